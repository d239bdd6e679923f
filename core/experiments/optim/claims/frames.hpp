// SPDX-License-Identifier: GPL-3.0-or-later
// The frames of optim.claims, from the trials so far.
#pragma once

#include "experiments/optim/claims/findings.hpp"
#include "lab/run_context.hpp"

namespace psephos::experiments::claims {

/// Emits the table of trials, and the learning rates of each arm's newest cell.
void emitTrials(lab::RunContext& context, const Search& search);

/// Emits the table of cells and the claim's picture, as far as cells are done.
void emitCells(lab::RunContext& context, const Search& search);

/// Emits the parts of the verdict and the verdict itself: 1 held, −1 did not hold, 0 open.
void emitVerdict(lab::RunContext& context, const std::vector<Part>& parts);

} // namespace psephos::experiments::claims
