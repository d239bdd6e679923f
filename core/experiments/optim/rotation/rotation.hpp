// SPDX-License-Identifier: GPL-3.0-or-later
// optim.rotation: what an optimizer loses when the axes of its problem are turned, or its basis
// is seldom refreshed.
#pragma once

#include "lab/experiment.hpp"

namespace psephos::experiments {

/// Id, knobs, channels, panels and presets.
[[nodiscard]] lab::Description describeRotation();

/// Makes the objects that compute it. They share the cells that they have measured, so that a turn
/// of the dial measures only what depends on it.
[[nodiscard]] lab::ComputationFactory rotationFactory();

} // namespace psephos::experiments
