// SPDX-License-Identifier: GPL-3.0-or-later
// Checks and benchmarks of this folder: area `lab`.
#pragma once

#include "lab/check.hpp"

namespace psephos::lab {

/// Numbers that go through text and JSON; extremes of a history against brute force. Benchmarks:
/// appending to a history and reading a window of it.
void registerLabChecks(CheckRegistry& registry);

} // namespace psephos::lab
