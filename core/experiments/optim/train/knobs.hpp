// SPDX-License-Identifier: GPL-3.0-or-later
// The knobs of optim.train and what they stand for.
#pragma once

#include "lab/knob.hpp"
#include "optim/config.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace psephos::experiments::train {

[[nodiscard]] const std::vector<lab::ChoiceOption>& optimizers();
[[nodiscard]] const std::vector<lab::ChoiceOption>& tasks();

/// The label of an option, "SOAP" of `soap`; the id itself where there is no such option.
[[nodiscard]] std::string labelOf(const std::vector<lab::ChoiceOption>& options,
                                  std::string_view id);

/// Those that race in the presets: one of each kind, for a picture that can be read.
[[nodiscard]] std::vector<lab::ChoiceOption> racers();

/// Every knob, in the order of the window.
[[nodiscard]] std::vector<lab::Knob> knobs();

/// The optimizer that the values ask for; `lr` and `muon.aux_lr` are its learning rates.
[[nodiscard]] optim::OptimizerConfig optimizerOf(const lab::KnobValues& values);

/// The AdamW to which SOAP and Shampoo leave embeddings, head and vectors: their own η and β.
[[nodiscard]] optim::AdamConfig auxiliaryOf(const lab::KnobValues& values);

} // namespace psephos::experiments::train
