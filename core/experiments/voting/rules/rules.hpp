// SPDX-License-Identifier: GPL-3.0-or-later
// The experiment voting.rules: one election, every rule's winners, and the axioms that each breaks.
#pragma once

#include "lab/experiment.hpp"

namespace psephos::experiments {

/// Knobs say whose votes (`data`, `example`, or `axiom` with `axiom_rule` and `ballot_change`), how
/// they are read, and which `rules` decide; channels hold winners, scores and the tournament.
[[nodiscard]] lab::Description describeRules();

/// Makes what computes: quick rules in the first step, slow ones in one each, then the hunt, which
/// goes on where another of the same factory's computations left it; reactive.
[[nodiscard]] lab::ComputationFactory rulesFactory();

} // namespace psephos::experiments
