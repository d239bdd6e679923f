// SPDX-License-Identifier: GPL-3.0-or-later
// The experiment voting.maximal_lottery: votes in, the lottery that no other one beats out, moving
// under the hand that drags a margin.
#pragma once

#include "lab/experiment.hpp"

#include <memory>

namespace psephos::experiments {

[[nodiscard]] lab::Description describeMaximalLottery();

/// Reactive. First step: the lottery; then what takes longer, bounds and votes drawn anew.
[[nodiscard]] std::unique_ptr<lab::Computation> makeMaximalLottery();

} // namespace psephos::experiments
