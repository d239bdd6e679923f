// SPDX-License-Identifier: GPL-3.0-or-later
// What optim.claims says: names of settings, verdicts in sentences, what the paper states.
#pragma once

#include "experiments/optim/claims/findings.hpp"
#include "lab/note.hpp"
#include "lab/scenario.hpp"

#include <string>
#include <vector>

namespace psephos::experiments::claims {

/// "f 10 · 300 steps · batch 64": what sets a cell apart within its claim.
[[nodiscard]] std::string settingOf(Claim claim, const Cell& cell);

/// "4 tried", "6 tried: edge".
[[nodiscard]] std::string placeOf(const CellResult& result);

/// The verdict with what it rests on: each part that counts, then those told beside it.
[[nodiscard]] lab::Note verdictNote(const lab::KnobValues& values, const std::vector<Part>& parts);

/// How it was tried: task, seeds, learning rates, schedules, f and warm-up.
[[nodiscard]] lab::Note protocolNote(const lab::KnobValues& values, std::int64_t parameters);

/// What the paper states, at which size.
[[nodiscard]] lab::Note paperNote(Claim claim);

/// Cells whose best learning rate may lie beyond those that were tried; none: no note.
[[nodiscard]] std::vector<lab::Note> edgeNotes(Claim claim, const std::vector<CellResult>& results);

/// Says where settings tried different numbers of learning rates, or fewer than kFairRates; none:
/// no note.
[[nodiscard]] std::vector<lab::Note> tuningNotes(const std::vector<CellResult>& results);

/// Arms of which only an upper bound of the steps to the target is known; none: no note.
[[nodiscard]] std::vector<lab::Note> boundNotes(const std::vector<ToTarget>& all);

/// "Fewer steps".
[[nodiscard]] std::string runName(const lab::RunScenario& run);

/// "Series · 300 steps · 3 seeds · f 10 · warm-up 30".
[[nodiscard]] std::string runSettings(const lab::RunScenario& run);

} // namespace psephos::experiments::claims
