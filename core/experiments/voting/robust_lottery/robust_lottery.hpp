// SPDX-License-Identifier: GPL-3.0-or-later
// The experiment voting.robust_lottery: votes of several groups in, the lottery out that does best
// in the worst mix of them, for every distance from the mix at hand.
#pragma once

#include "lab/experiment.hpp"

#include <memory>

namespace psephos::experiments {

[[nodiscard]] lab::Description describeRobustLottery();

/// Reactive. First step: the lottery at the chosen distance; second: the whole path; then resamples
/// in batches, until all are done.
[[nodiscard]] std::unique_ptr<lab::Computation> makeRobustLottery();

} // namespace psephos::experiments
