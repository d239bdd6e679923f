// SPDX-License-Identifier: GPL-3.0-or-later
// Text from a file as an error message shows it.
#pragma once

#include <string>
#include <string_view>

namespace psephos::ballots {

/// The text in single quotes, on one line: control characters become blanks, and what is longer
/// than 60 bytes is cut between two characters and ends in an ellipsis.
[[nodiscard]] std::string quote(std::string_view text);

} // namespace psephos::ballots
