// SPDX-License-Identifier: GPL-3.0-or-later
// Moments as text.
#pragma once

#include <string>

namespace psephos::lab {

/// This moment as ISO 8601 in UTC: `2026-03-01T12:00:00Z`.
[[nodiscard]] std::string nowText();

} // namespace psephos::lab
