// SPDX-License-Identifier: GPL-3.0-or-later
// Rules made from the strongest paths of majorities: Schulze and Split Cycle.
#pragma once

#include "choice/votes.hpp"
#include "lab/result.hpp"

#include <vector>

namespace psephos::choice {

/// The strongest path from each candidate to each other one, [n,n]: a path steps from winner to
/// loser of duels and is as strong as its smallest margin; 0 where there is none. O(n³).
/// Errors: stopped().
[[nodiscard]] lab::Result<std::vector<double>> widestPaths(const Votes& votes,
                                                           const StopRequest& stop = {});

/// Schulze: i stands above j if its strongest path to j is stronger than the one back. Scores: by
/// how many a candidate is stood above, negated. Errors: stopped().
/// Source: M. Schulze, arXiv 1804.02973 (winning margins).
[[nodiscard]] lab::Result<RuleOutcome> schulze(const Votes& votes, const StopRequest& stop = {});

/// Split Cycle: i defeats j if it beats j by more than the strongest path from j to i, that is, if
/// their duel is not a weakest one of any cycle. Scores: by how many a candidate is defeated,
/// negated. Errors: stopped().
/// Source: W. H. Holliday, E. Pacuit, arXiv 2004.02350.
[[nodiscard]] lab::Result<RuleOutcome> splitCycle(const Votes& votes, const StopRequest& stop = {});

} // namespace psephos::choice
