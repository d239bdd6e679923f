// SPDX-License-Identifier: GPL-3.0-or-later
// The experiment voting.rules: one election, every rule's winners, and the axioms that each breaks.
#pragma once

#include "lab/experiment.hpp"

#include <memory>

namespace psephos::experiments {

/// Knobs say whose votes (`data`, `example`, or `axiom` with `axiom_rule` and `ballot_change`), how
/// they are read, and which `rules` decide; channels hold winners, scores and the tournament.
[[nodiscard]] lab::Description describeRules();

/// Quick rules in the first step, slow ones in one each, then the hunt; reactive.
[[nodiscard]] std::unique_ptr<lab::Computation> makeRules();

} // namespace psephos::experiments
