// SPDX-License-Identifier: GPL-3.0-or-later
// Ranked pairs: majorities are locked in from the largest down, as far as they close no cycle.
#pragma once

#include "choice/votes.hpp"
#include "lab/result.hpp"

namespace psephos::choice {

/// Ranked pairs (Tideman). Equal majorities are locked in every order (parallel universes): of each
/// level all largest sets that close no cycle are followed. Winners: whoever has nobody above in
/// some universe. Scores: how many are locked above a candidate in its best universe, negated.
///
/// Of a level only majorities on a common cycle can be in each other's way. Where these are more
/// than kRankedPairsTies, or universes more than kRankedPairsUniverses, they are locked in order of
/// their candidates, and the outcome says so.
/// \errors stopped()
[[nodiscard]] lab::Result<RuleOutcome> rankedPairs(const Votes& votes,
                                                   const StopRequest& stop = {});

/// Conflicting majorities of one size whose orders are all followed; at least 6.
inline constexpr std::size_t kRankedPairsTies = 12;

/// Universes followed at once.
inline constexpr std::size_t kRankedPairsUniverses = 256;

} // namespace psephos::choice
