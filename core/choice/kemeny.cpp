// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/kemeny.hpp"

#include "choice/kemeny_tier.hpp"
#include "choice/majority_sets.hpp"

#include <algorithm>
#include <utility>

namespace psephos::choice {

namespace {

using Tiers = std::vector<std::vector<std::size_t>>;

TierWins winsOf(const Votes& votes, const std::vector<std::size_t>& tier) {
    TierWins wins;
    wins.size = tier.size();
    for (const std::size_t i : tier) {
        for (const std::size_t j : tier) {
            wins.wins.push_back(i == j ? 0.0 : votes.pairs.win(i, j));
        }
    }
    return wins;
}

/// Puts a tier's orders below those of the tiers before it.
void append(Kemeny& kemeny, const std::vector<std::size_t>& tier, const TierOrders& orders) {
    if (kemeny.order.empty()) {
        for (const std::size_t top : orders.tops) {
            kemeny.winners.push_back(tier[top]);
        }
    }
    for (const std::size_t place : orders.order) {
        kemeny.order.push_back(tier[place]);
    }
    kemeny.bound += orders.bound - orders.agreements;
    kemeny.isExact = kemeny.isExact && orders.isExact;
    kemeny.optimalOrders *= static_cast<double>(orders.optimalOrders);
}

/// Agreements and distance of the order, and of those with each candidate on top.
void score(Kemeny& kemeny, const Votes& votes, const std::vector<std::size_t>& tierOf) {
    const std::size_t n = votes.size();
    for (std::size_t p = 0; p < n; ++p) {
        for (std::size_t q = p + 1; q < n; ++q) {
            kemeny.agreements += votes.pairs.win(kemeny.order[p], kemeny.order[q]);
            kemeny.distance += votes.pairs.win(kemeny.order[q], kemeny.order[p]);
        }
    }
    kemeny.bound += kemeny.agreements;
    for (std::size_t i = 0; i < n; ++i) {
        // To come to the top it also passes everyone of the tiers above.
        kemeny.topAgreements[i] += kemeny.agreements;
        for (std::size_t j = 0; j < n; ++j) {
            if (tierOf[j] < tierOf[i]) {
                kemeny.topAgreements[i] += votes.pairs.win(i, j) - votes.pairs.win(j, i);
            }
        }
    }
}

} // namespace

std::size_t kemenyTier(const Votes& votes) {
    std::size_t largest = 0;
    for (const auto& tier : majorityTiers(votes)) {
        largest = std::max(largest, tier.size());
    }
    return largest;
}

lab::Result<Kemeny> kemeny(const Votes& votes, const KemenyOptions& options,
                           const StopRequest& stop) {
    const Tiers tiers = majorityTiers(votes);
    Kemeny kemeny;
    kemeny.optimalOrders = 1.0;
    kemeny.topAgreements.assign(votes.size(), 0.0);
    std::vector<std::size_t> tierOf(votes.size());
    for (std::size_t t = 0; t < tiers.size(); ++t) {
        const TierWins wins = winsOf(votes, tiers[t]);
        const auto orders = tiers[t].size() <= kKemenyExact ? exactTier(wins, stop)
                                                            : searchTier(wins, options, stop);
        if (!orders) {
            return orders.error();
        }
        append(kemeny, tiers[t], *orders);
        for (std::size_t k = 0; k < tiers[t].size(); ++k) {
            tierOf[tiers[t][k]] = t;
            kemeny.topAgreements[tiers[t][k]] = orders->topAgreements[k] - orders->agreements;
        }
    }
    score(kemeny, votes, tierOf);
    return kemeny;
}

RuleOutcome outcomeOf(const Kemeny& kemeny) {
    RuleOutcome outcome = outcomeOf(kemeny.topAgreements, kemeny.winners);
    outcome.isExact = kemeny.isExact;
    return outcome;
}

} // namespace psephos::choice
