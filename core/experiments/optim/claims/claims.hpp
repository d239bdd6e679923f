// SPDX-License-Identifier: GPL-3.0-or-later
// optim.claims: what SOAP is said to do, tried in miniature, with the verdict that was measured.
#pragma once

#include "lab/experiment.hpp"

#include <memory>

namespace psephos::experiments {

/// Id, knobs, channels, panels and presets; needs no LibTorch.
[[nodiscard]] lab::Description describeClaims();

/// An object that trains a claim's arms; provided by the module psephos-torch.
[[nodiscard]] std::unique_ptr<lab::Computation> makeClaims();

} // namespace psephos::experiments
