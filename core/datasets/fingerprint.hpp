// SPDX-License-Identifier: GPL-3.0-or-later
// Tells one content from another, so that a run does not go on with other data unnoticed.
#pragma once

#include <cstdint>
#include <string_view>

namespace psephos::datasets {

/// 64 bits of the bytes, the same on every machine of one byte order; `seed` is the fingerprint of
/// what comes before. No protection against somebody who wants two contents to be taken for one.
[[nodiscard]] std::uint64_t fingerprint(std::string_view bytes, std::uint64_t seed = 0);

} // namespace psephos::datasets
