// SPDX-License-Identifier: GPL-3.0-or-later
// Sets of candidates made from who beats whom: Smith, uncovered, bipartisan, essential.
#pragma once

#include "choice/votes.hpp"
#include "lab/result.hpp"

#include <vector>

namespace psephos::choice {

/// The candidates in tiers, best first: everyone in a tier beats everyone in a lower one, and no
/// tier can be split so. These are the strong components of "beats or ties"; O(n²).
[[nodiscard]] std::vector<std::vector<std::size_t>> majorityTiers(const Votes& votes);

/// The Smith set: the first of the majorityTiers(). Scores: how many candidates stand in lower
/// tiers.
[[nodiscard]] RuleOutcome smith(const Votes& votes);

/// The uncovered set. x covers y if x beats y and whoever beats x beats y, too (Gillies). Scores:
/// by how many a candidate is covered, negated.
[[nodiscard]] RuleOutcome uncovered(const Votes& votes);

/// The bipartisan set: who has a chance in some maximal lottery of the mere signs of the margins
/// (Laffond, Laslier, Le Breton). Scores: the chances in the centre of these lotteries. Errors:
/// those of maximalLottery().
[[nodiscard]] lab::Result<RuleOutcome> bipartisan(const Votes& votes);

/// The essential set: the same of the margins (Dutta, Laslier).
[[nodiscard]] lab::Result<RuleOutcome> essential(const Votes& votes);

} // namespace psephos::choice
