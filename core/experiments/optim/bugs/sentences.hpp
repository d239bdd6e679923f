// SPDX-License-Identifier: GPL-3.0-or-later
// What optim.bugs says about mistakes: names, cells and sentences, from what was measured.
#pragma once

#include "experiments/optim/bugs/trial.hpp"
#include "lab/note.hpp"
#include "lab/scenario.hpp"

#include <optional>
#include <string>
#include <vector>

namespace psephos::experiments::bugs {

/// The best last losses over the grid of learning rates.
struct Tuned {
    double right = 0.0;    ///< infinite where every rate diverged
    double broken = 0.0;   ///< the same
    bool isAtEdge = false; ///< one of the two is best at the smallest or largest rate
};

/// A mistake with what was measured of it.
struct Finding {
    MistakeEntry mistake;
    Signature signature;
    std::optional<Tuned> tuned; ///< none before the sweep of rates, or without a loss
};

/// "V not permuted"; with the family before it where they are of several.
[[nodiscard]] std::string shortName(const MistakeEntry& mistake, bool areOfOneFamily);

/// "SOAP".
[[nodiscard]] std::string familyLabel(Family family);

/// "3.8 times as high", "no: within 10 %", "open: 0.9 to 1.2 times", "not finite after call 7".
[[nodiscard]] std::string lossWords(const Signature& signature);

/// "1.3 times as high", "the same to 5 %", "nowhere finite"; "…" while it is not known.
[[nodiscard]] std::string tunedWords(const Finding& finding);

/// What the run measured, in sentences.
[[nodiscard]] std::vector<lab::Note> notesOf(const std::vector<Finding>& findings, int draws);

/// "SOAP: V not permuted", "6 mistakes".
[[nodiscard]] std::string runName(const lab::RunScenario& run);

/// "turned valley 16 × 8 · κ 100 · 300 calls · f 10".
[[nodiscard]] std::string runSettings(const lab::RunScenario& run);

} // namespace psephos::experiments::bugs
