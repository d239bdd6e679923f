// SPDX-License-Identifier: GPL-3.0-or-later
// Tests that measure how long something takes.
#pragma once

namespace psephos::test {

/// Whether a time says anything about the product: the program is optimised, and no sanitizer slows
/// it down. Elsewhere such a test still runs, and only its limit is left out.
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
inline constexpr bool kTimesCount = true;
#else
inline constexpr bool kTimesCount = false;
#endif

} // namespace psephos::test
