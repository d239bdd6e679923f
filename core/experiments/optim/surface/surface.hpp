// SPDX-License-Identifier: GPL-3.0-or-later
// optim.surface: optimizers race over a loss surface in the plane, under the hand.
#pragma once

#include "lab/experiment.hpp"

#include <memory>

namespace psephos::experiments {

/// Id, knobs, channels, panels and presets.
[[nodiscard]] lab::Description describeSurface();

/// The object that computes it.
[[nodiscard]] std::unique_ptr<lab::Computation> makeSurface();

} // namespace psephos::experiments
