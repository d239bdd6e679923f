// SPDX-License-Identifier: GPL-3.0-or-later
// The knobs of optim.rotation, and what they mean for a cell.
#pragma once

#include "experiments/optim/rotation/race.hpp"
#include "lab/knob.hpp"

#include <string_view>
#include <vector>

namespace psephos::experiments::rotation {

/// Every knob, in the order in which the window shows them.
[[nodiscard]] std::vector<lab::Knob> knobs();

/// The names of the optimizers: `sgd`, `adamw`, `adafactor`, `lion`, `shampoo`, `soap`, `muon`.
[[nodiscard]] const std::vector<lab::ChoiceOption>& optimizers();

/// Whether the optimizer keeps a basis or roots that are refreshed now and then.
[[nodiscard]] bool isRefreshed(std::string_view optimizer);

/// The problem that the knobs choose.
[[nodiscard]] QuadraticSize sizeOf(const lab::KnobValues& values);

/// The optimizer that the knobs choose, at a learning rate.
[[nodiscard]] optim::OptimizerConfig configOf(const lab::KnobValues& values, double learningRate);

/// The learning rates that are tried for an optimizer.
[[nodiscard]] RateGrid gridOf(std::string_view optimizer);

} // namespace psephos::experiments::rotation
