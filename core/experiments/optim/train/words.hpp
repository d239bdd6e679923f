// SPDX-License-Identifier: GPL-3.0-or-later
// What optim.train says about its runs: names, settings, rules of fair comparison.
#pragma once

#include "lab/experiment.hpp"

#include <span>
#include <string>
#include <vector>

namespace psephos::experiments::train {

/// "SOAP", and what else varies: "SOAP · f 10".
[[nodiscard]] std::string runName(const lab::RunScenario& run);

/// "lr 0.01 · f 10 · warm-up 30".
[[nodiscard]] std::string runSettings(const lab::RunScenario& run);

/// The rules of fair comparison that this comparison breaks, in full sentences.
[[nodiscard]] std::vector<lab::Note> comparisonNotes(std::span<const lab::RunFacts> runs);

} // namespace psephos::experiments::train
