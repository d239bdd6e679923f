// SPDX-License-Identifier: GPL-3.0-or-later
// What optim.surface says about its runs: names, settings, notes.
#pragma once

#include "lab/experiment.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::experiments::surface {

/// What becomes of the optimizer (`soap` …) when the parameter is one vector of length 2.
[[nodiscard]] std::string degeneration(std::string_view optimizer);

/// "SOAP", and what else varies: "SOAP · f 10".
[[nodiscard]] std::string runName(const lab::RunScenario& run);

/// "lr 0.018 · f 1 · full 2×2".
[[nodiscard]] std::string runSettings(const lab::RunScenario& run);

/// Notes on a comparison: what degenerates in the plane, and unequal tuning.
[[nodiscard]] std::vector<lab::Note> comparisonNotes(std::span<const lab::RunFacts> runs);

} // namespace psephos::experiments::surface
