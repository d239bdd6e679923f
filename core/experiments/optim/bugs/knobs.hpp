// SPDX-License-Identifier: GPL-3.0-or-later
// The knobs of optim.bugs, and what they mean for a trial.
#pragma once

#include "experiments/optim/bugs/ports.hpp"
#include "lab/knob.hpp"
#include "optim/textbook/turned_quadratic.hpp"

#include <vector>

namespace psephos::experiments::bugs {

/// Every knob, in the order in which the window shows them.
[[nodiscard]] std::vector<lab::Knob> knobs();

/// The mistakes that the knobs choose, in the order of mistakes().
[[nodiscard]] std::vector<MistakeEntry> chosenMistakes(const lab::KnobValues& values);

/// Whether gradients are recorded ones, whatever the weights are.
[[nodiscard]] bool isRecorded(const lab::KnobValues& values);

/// The valley that the knobs choose.
[[nodiscard]] optim::textbook::QuadraticSize sizeOf(const lab::KnobValues& values);

/// The hyper-parameters for a mistake, at `rate` times the family's own learning rate.
[[nodiscard]] PortSettings settingsOf(const lab::KnobValues& values, const MistakeEntry& mistake,
                                      double rate);

} // namespace psephos::experiments::bugs
