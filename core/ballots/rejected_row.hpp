// SPDX-License-Identifier: GPL-3.0-or-later
// Rows that are left out, and why: listed, never dropped silently.
#pragma once

#include <cstddef>
#include <string>

namespace psephos::ballots {

/// A row of a file that says nothing that could be counted.
struct RejectedRow {
    std::size_t line = 0; ///< on which it starts, from 1
    std::string reason;   ///< "the winner is 'banana', …"

    friend bool operator==(const RejectedRow&, const RejectedRow&) = default;
};

/// Rejected rows that are listed; the others are only counted.
inline constexpr std::size_t kListedRows = 1000;

} // namespace psephos::ballots
