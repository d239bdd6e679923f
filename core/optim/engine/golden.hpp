// SPDX-License-Identifier: GPL-3.0-or-later
// The engine under the golden cases that the textbook is checked by.
#pragma once

#include "lab/check.hpp"
#include "optim/textbook/golden.hpp"

#include <string>

namespace psephos::optim::engine {

/// The engine as a target, in `float64` or `float32`, on a device by name (`cpu`, `cuda`).
[[nodiscard]] textbook::GoldenTarget goldenTarget(const std::string& precision,
                                                  const std::string& device);

/// Registers the golden check in the area `optim`: rows of implementation `engine`, first in
/// float64; the quantity of the others ends in " (float32)".
void registerChecks(lab::CheckRegistry& registry);

} // namespace psephos::optim::engine
