// SPDX-License-Identifier: GPL-3.0-or-later
// Time since this process started.
#pragma once

#include "lab/result.hpp"

namespace psephos::window {

/// Milliseconds since the kernel started this process (resolution 10 ms, never too small), so that
/// loading libraries counts. Errors: /proc can't be read.
[[nodiscard]] lab::Result<double> millisecondsSinceStart();

} // namespace psephos::window
