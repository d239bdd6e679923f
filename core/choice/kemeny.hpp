// SPDX-License-Identifier: GPL-3.0-or-later
// Kemeny's rule: the orders that agree with the most votes on pairs.
#pragma once

#include "choice/votes.hpp"
#include "lab/result.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace psephos::choice {

/// Tiers of the majority up to this size are solved exactly; larger ones are searched.
inline constexpr std::size_t kKemenyExact = 20;

struct KemenyOptions {
    std::size_t restarts = 50; ///< of the search in a larger tier
    std::uint64_t seed = 0;    ///< of the orders that it starts from
};

/// Optimal orders, or the best ones found.
struct Kemeny {
    std::vector<std::size_t> winners; ///< tops of all optimal orders (of those found, by search)
    /// [n]: agreements of the best order with the candidate on top; after a search a lower bound.
    std::vector<double> topAgreements;
    std::vector<std::size_t> order; ///< an optimal one: the first by the candidates' indices
    double agreements = 0.0;        ///< of it: Σ N_ij over i before j
    double distance = 0.0;          ///< of it: Σ N_ji over i before j
    /// No order agrees with more: equal to `agreements` where the order is certified optimal.
    double bound = 0.0;
    double optimalOrders = 0.0; ///< how many there are; 0 after a search: not known
    bool isExact = true;        ///< no tier was searched
};

/// Optimal orders keep the tiers of majorityTiers() together, so each is solved by itself: up to
/// kKemenyExact by dynamic programming over subsets (n 2^n steps, 16 bytes a subset), larger ones
/// by local search with insertions from the Borda order and random ones. The bound is then
/// Σ max(N_ij, N_ji) less, for disjoint cycles of three, what each must lose.
///
/// The same votes and options give the same answer.
/// \errors stopped()
[[nodiscard]] lab::Result<Kemeny> kemeny(const Votes& votes, const KemenyOptions& options = {},
                                         const StopRequest& stop = {});

/// Its outcome as a rule. Scores: topAgreements.
[[nodiscard]] RuleOutcome outcomeOf(const Kemeny& kemeny);

/// Size of the largest tier, on which the time depends: seconds begin at about kKemenyExact.
[[nodiscard]] std::size_t kemenyTier(const Votes& votes);

} // namespace psephos::choice
