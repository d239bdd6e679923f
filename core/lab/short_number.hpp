// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers as the names and settings of runs spell them.
#pragma once

#include <string>

namespace psephos::lab {

/// A number in as few characters as a label needs: "0.055", "1e-4", "2.5e5". Numbers below a
/// thousandth and from a hundred thousand on have an exponent, without plus or leading zeros.
/// @param significant digits, at least 1
[[nodiscard]] std::string shortNumber(double number, int significant = 3);

} // namespace psephos::lab
