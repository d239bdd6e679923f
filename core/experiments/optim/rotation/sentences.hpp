// SPDX-License-Identifier: GPL-3.0-or-later
// What optim.rotation says about its runs: names, settings, verdicts.
#pragma once

#include "lab/experiment.hpp"

#include <span>
#include <string>
#include <vector>

namespace psephos::experiments::rotation {

/// "SOAP", and what else varies: "SOAP · f 10".
[[nodiscard]] std::string runName(const lab::RunScenario& run);

/// "f 10 · full · best of 9 lr".
[[nodiscard]] std::string runSettings(const lab::RunScenario& run);

/// The verdicts as measured: who loses when the valley is turned, who when bases grow stale, and
/// whose best learning rate may lie beyond its grid.
[[nodiscard]] std::vector<lab::Note> comparisonNotes(std::span<const lab::RunFacts> runs);

} // namespace psephos::experiments::rotation
