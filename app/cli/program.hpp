// SPDX-License-Identifier: GPL-3.0-or-later
// psephos-cli as a function: everything that needs no screen.
#pragma once

#include "app/cli/session.hpp"

namespace psephos::cli {

/// Reads the arguments and does what they say.
/// \return the exit code: 0 done, 1 failed, 2 refused, 130 interrupted
int runProgram(int argc, const char* const* argv, Registration registration);

} // namespace psephos::cli
