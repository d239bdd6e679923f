// SPDX-License-Identifier: GPL-3.0-or-later
// optim.efficiency: how many steps, and how much time, a challenger saves on the way to a
// baseline's loss.
#pragma once

#include "lab/experiment.hpp"

#include <memory>

namespace psephos::experiments {

/// Id, knobs, channels, panels and presets.
[[nodiscard]] lab::Description describeEfficiency();

[[nodiscard]] std::unique_ptr<lab::Computation> makeEfficiency();

} // namespace psephos::experiments
