// SPDX-License-Identifier: GPL-3.0-or-later
// How fast lotteries are found.
#pragma once

#include "lab/check.hpp"

namespace psephos::choice {

/// Registers the benchmarks of the area `voting`: maximal lotteries of Gaussian margins by the
/// central path and, for reference, by linear programs. Each answers its size, solver, median and
/// least milliseconds, largest gap and repetitions.
void registerBenchmarks(lab::CheckRegistry& registry);

} // namespace psephos::choice
