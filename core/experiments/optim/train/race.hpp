// SPDX-License-Identifier: GPL-3.0-or-later
// A short race that a basis warm-up decides, as rows of `verify`.
#pragma once

#include "lab/check.hpp"
#include "lab/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace psephos::experiments::train {

/// Runs of optim.train on its built-in text, from small first weights alike for all, and what they
/// have to show.
struct BasisRace {
    /// KNOB=VALUE of every run: the model, its batches, the steps.
    std::vector<std::string> settings;
    double rate = 0.01; ///< of SOAP and Shampoo
    /// Of AdamW; the better one counts.
    std::vector<double> adamRates = {0.003, 0.01};
    std::vector<std::uint64_t> seeds = {0, 1, 2};
    double leastLag = 0.2; ///< [nats] of SOAP at f = 10 without a warm-up, behind f = 1
    double mostLag = 0.1;  ///< [nats] of SOAP at f = 10 with a warm-up of 30, behind f = 1
};

/// Two layers of width 64, 200 steps of 32 x 64 bytes: about two minutes on one core.
[[nodiscard]] BasisRace shortRace();

/// Trains AdamW, SOAP (f = 1; f = 10 with and without a basis warm-up of 30; f = 100 with it) and
/// Shampoo (f = 100 with it) from the same weights on the same batches. Appends a row for the
/// held-out loss of each (the losses of the seeds; the residual is their mean), then one for each
/// of what has to hold of the means: AdamW ends behind everybody; SOAP at f = 10 ends at least
/// `leastLag` behind f = 1 without a warm-up, at most `mostLag` with it. How SOAP and Shampoo
/// stand at f = 100 is measured only. One thread, so that the rows repeat.
/// \errors a setting that optim.train refuses; no such device
[[nodiscard]] lab::Result<void> checkRace(const BasisRace& race, const std::string& device,
                                          std::vector<lab::CheckRow>& rows);

/// Registers shortRace() in the area `optim`, as a check that is long.
void registerChecks(lab::CheckRegistry& registry);

} // namespace psephos::experiments::train
