// SPDX-License-Identifier: GPL-3.0-or-later
// What separates the cells of a table.
#pragma once

#include <string_view>

namespace psephos::ballots {

/// A comma; but where the header has none outside quotes, the semicolon or tab that it has.
[[nodiscard]] char separatorOf(std::string_view text);

} // namespace psephos::ballots
