// SPDX-License-Identifier: GPL-3.0-or-later
// Golden cases of voting rules and axioms.
#pragma once

#include "ballots/profile.hpp"
#include "choice/golden_entry.hpp"
#include "lab/result.hpp"

namespace psephos::choice {

/// The fields of an entry of `profiles` that voting rules answer.
[[nodiscard]] lab::Result<void> checkProfileRules(GoldenEntry& entry,
                                                  const ballots::Profile& profile);

/// An entry of `axiom_counterexamples`: the winners before and after, and what the axiom is about.
/// Of reversal symmetry, `winners` are those who win both ways round.
[[nodiscard]] lab::Result<void> checkAxiomCounterexample(GoldenEntry& entry);

} // namespace psephos::choice
