// SPDX-License-Identifier: GPL-3.0-or-later
// psephos as a function: the window, and pictures without a screen.
#pragma once

#include "ui/shell/miniatures.hpp"

namespace psephos::window {

/// Reads the arguments and does what they say.
/// \return the exit code: 0 done, 1 failed, 2 refused
int runProgram(int argc, char** argv, const ui::RegisterExperiments& experiments);

} // namespace psephos::window
