// SPDX-License-Identifier: GPL-3.0-or-later
// The knobs of optim.claims, and what they mean for a plan and for its arms.
#pragma once

#include "experiments/optim/claims/findings.hpp"
#include "lab/knob.hpp"
#include "optim/config.hpp"

#include <vector>

namespace psephos::experiments::claims {

/// Every knob, in the order in which the window shows them.
[[nodiscard]] std::vector<lab::Knob> knobs();

[[nodiscard]] Claim claimOf(const lab::KnobValues& values);

/// "Fewer steps".
[[nodiscard]] std::string claimLabel(const lab::KnobValues& values);

[[nodiscard]] PlanSize planSizeOf(const lab::KnobValues& values);

[[nodiscard]] Standard standardOf(const lab::KnobValues& values);

/// Updates at the start that are each a refresh as well. The claim BatchSize has none: as many
/// steps at every batch would be more refreshes for a sample the larger the batch.
[[nodiscard]] std::int64_t basisWarmupOf(const lab::KnobValues& values);

/// The arm's hyper-parameters at a refresh period; its learning rate is the caller's.
[[nodiscard]] optim::OptimizerConfig configOf(const lab::KnobValues& values, Arm arm,
                                              std::int64_t refreshPeriod);

/// The AdamW for embeddings, heads and vectors, which is the same beside every arm.
[[nodiscard]] optim::AdamConfig auxiliaryOf();

/// Steps of linear warm-up in a schedule of this length: a twentieth, at least 5, at most half.
[[nodiscard]] std::int64_t warmupOf(std::int64_t steps);

} // namespace psephos::experiments::claims
