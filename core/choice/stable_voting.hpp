// SPDX-License-Identifier: GPL-3.0-or-later
// Stable Voting.
#pragma once

#include "choice/votes.hpp"
#include "lab/result.hpp"

#include <cstddef>

namespace psephos::choice {

/// Sets of candidates that Stable Voting looks at before it gives up.
inline constexpr std::size_t kStableVotingSets = 20'000;

/// Stable Voting: among the pairs (a, b) of which Split Cycle leaves a undefeated and a wins once b
/// is removed (by Stable Voting, in turn), the a of the pair with the greatest margin of a over b
/// wins; of equal margins, each. Scores: 1 for winners, 0 for others undefeated, else how often
/// Split Cycle defeats a candidate, negated.
///
/// The number of sets looked at may grow exponentially: beyond kStableVotingSets, or with several
/// undefeated among more than 64 candidates, it elects nobody, and the outcome says so.
/// \errors stopped()
/// Source: W. H. Holliday, E. Pacuit, arXiv 2108.00542.
[[nodiscard]] lab::Result<RuleOutcome> stableVoting(const Votes& votes,
                                                    const StopRequest& stop = {});

} // namespace psephos::choice
