// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers as texts.
#pragma once

#include <string>

namespace psephos::ballots {

/// The shortest text that reads back bit for bit.
[[nodiscard]] std::string shortest(double number);

} // namespace psephos::ballots
