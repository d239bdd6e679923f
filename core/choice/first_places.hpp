// SPDX-License-Identifier: GPL-3.0-or-later
// Rules that read the tops of ballots: plurality, random dictatorship, instant runoff.
#pragma once

#include "ballots/profile.hpp"
#include "choice/candidate_set.hpp"
#include "choice/votes.hpp"
#include "lab/result.hpp"

#include <vector>

namespace psephos::choice {

/// Votes of each candidate as the best of those alive, [n]: the candidates alive in the highest
/// tier that holds any share the ballot equally; a ballot that ranks none of them is exhausted.
[[nodiscard]] std::vector<double> firstPlaces(const ballots::Profile& profile,
                                              const CandidateSet& alive);

/// firstPlaces() with everyone alive. Scores: votes.
[[nodiscard]] RuleOutcome plurality(const ballots::Profile& profile);

/// A ballot drawn at random decides. Scores: the chance of each; winners: who may win. Nobody wins
/// where every ballot is empty.
[[nodiscard]] RuleOutcome randomDictatorship(const ballots::Profile& profile);

/// Instant runoff: whoever has the fewest first places among those alive leaves, until one is left.
/// Tied eliminations are followed in parallel (every one is somebody's choice of tie-break), each
/// set of survivors once; winners of any branch win. Scores: the most eliminations that a candidate
/// survives in any branch.
///
/// Where the branches cost too much, from there on ties eliminate the candidate that comes first,
/// and the outcome says so.
/// \errors stopped()
[[nodiscard]] lab::Result<RuleOutcome> instantRunoff(const ballots::Profile& profile,
                                                     const StopRequest& stop = {});

} // namespace psephos::choice
