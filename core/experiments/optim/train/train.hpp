// SPDX-License-Identifier: GPL-3.0-or-later
// optim.train: optimizers race at training a model.
#pragma once

#include "lab/experiment.hpp"

#include <memory>

namespace psephos::experiments {

/// Id, knobs, channels, panels and presets. Needs no LibTorch.
[[nodiscard]] lab::Description describeTrain();

/// The object that computes it; of the module `torch`.
[[nodiscard]] std::unique_ptr<lab::Computation> makeTrain();

} // namespace psephos::experiments
