// SPDX-License-Identifier: GPL-3.0-or-later
// The experiment voting.maximal_lottery: votes in, the lottery that no other one beats out, moving
// under the hand that drags a margin.
#pragma once

#include "lab/experiment.hpp"

#include <memory>

namespace psephos::experiments {

/// Knobs `data`, `example`, `margins`, `solver`; channels `lottery`, `gap`, `margins`.
[[nodiscard]] lab::Description describeMaximalLottery();

/// Computes in one step; reactive.
[[nodiscard]] std::unique_ptr<lab::Computation> makeMaximalLottery();

} // namespace psephos::experiments
