// SPDX-License-Identifier: GPL-3.0-or-later
// optim.bugs: what becomes of an optimizer when one line of its port is wrong.
#pragma once

#include "lab/experiment.hpp"

#include <memory>

namespace psephos::experiments {

/// Id, knobs, channels, panels and presets.
[[nodiscard]] lab::Description describeBugs();

/// An object that runs a port beside the same port with one mistake.
[[nodiscard]] std::unique_ptr<lab::Computation> makeBugs();

} // namespace psephos::experiments
