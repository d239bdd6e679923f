// SPDX-License-Identifier: GPL-3.0-or-later
// The knobs of optim.surface, and what they mean for a run.
#pragma once

#include "experiments/optim/surface/race.hpp"
#include "lab/knob.hpp"
#include "lab/scenario.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace psephos::experiments::surface {

/// Every knob, in the order in which the window shows them.
[[nodiscard]] std::vector<lab::Knob> knobs();

/// The names of the optimizers: `sgd`, `adamw`, `shampoo`, `soap`, `muon`.
[[nodiscard]] const std::vector<lab::ChoiceOption>& optimizers();

/// Those that race in the presets: one of each kind, for a picture that can be read.
[[nodiscard]] std::vector<lab::ChoiceOption> racers();

/// The surface that the knobs choose.
[[nodiscard]] Surface surfaceOf(const lab::KnobValues& values);

/// The optimizer that the knobs choose, at `learningRate`.
[[nodiscard]] optim::OptimizerConfig optimizerOf(const lab::KnobValues& values,
                                                 double learningRate);

/// The whole set-up of a run; special values must have been resolved.
[[nodiscard]] RaceSetup setupOf(const lab::KnobValues& values, std::uint64_t seed);

/// The id of the chosen optimizer's learning rate: `soap.lr`.
[[nodiscard]] std::string learningRateKnob(const lab::KnobValues& values);

} // namespace psephos::experiments::surface
