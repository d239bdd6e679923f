// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/majority_sets.hpp"

#include "choice/candidate_set.hpp"
#include "choice/maximal_lottery.hpp"
#include "choice/pairwise.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace psephos::choice {

namespace {

lab::Result<RuleOutcome> lotterySupport(const std::vector<double>& margins, std::size_t n) {
    const lab::Result<Lottery> lottery = maximalLottery(margins, n);
    if (!lottery) {
        return lottery.error();
    }
    // At the centre of all maximal lotteries each candidate has either a chance or a payoff above
    // 0 against it; what rounding leaves of the other one is smaller.
    const LotteryGap certificate = lotteryGap(lottery->probabilities, margins);
    double largest = 0.0;
    for (const double margin : margins) {
        largest = std::max(largest, std::abs(margin));
    }
    constexpr double kRounding = 1e-11;
    std::vector<std::size_t> winners;
    for (std::size_t i = 0; i < n; ++i) {
        const double payoff = largest > 0.0 ? certificate.payoffs[i] / largest : 0.0;
        if (lottery->probabilities[i] > std::max(kRounding, payoff)) {
            winners.push_back(i);
        }
    }
    return outcomeOf(lottery->probabilities, std::move(winners));
}

} // namespace

std::vector<std::vector<std::size_t>> majorityTiers(const Votes& votes) {
    const std::size_t n = votes.size();
    const std::vector<double> wins = copeland(votes).scores;
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t i, std::size_t j) { return wins[i] > wins[j]; });
    // A set of k that beats all others holds the k highest scores, and exactly then these sum to
    // k (k − 1) / 2 (duels within) + k (n − k). All of them are multiples of 1/2.
    std::vector<std::vector<std::size_t>> tiers(1);
    double sum = 0.0;
    for (std::size_t k = 1; k <= n; ++k) {
        tiers.back().push_back(order[k - 1]);
        sum += wins[order[k - 1]];
        const auto most = static_cast<double>(k * (k - 1)) / 2.0 + static_cast<double>(k * (n - k));
        if (k < n && sum >= most) {
            tiers.emplace_back();
        }
    }
    for (auto& tier : tiers) {
        std::sort(tier.begin(), tier.end());
    }
    return tiers;
}

RuleOutcome smith(const Votes& votes) {
    const auto tiers = majorityTiers(votes);
    std::vector<double> scores(votes.size(), 0.0);
    std::size_t below = votes.size();
    for (const auto& tier : tiers) {
        below -= tier.size();
        for (const std::size_t i : tier) {
            scores[i] = static_cast<double>(below);
        }
    }
    return outcomeOf(std::move(scores), tiers.front());
}

RuleOutcome uncovered(const Votes& votes) {
    const std::size_t n = votes.size();
    std::vector<CandidateSet> beatenBy(n, CandidateSet(n));
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            if (votes.beats(j, i)) {
                beatenBy[i].insert(j);
            }
        }
    }
    std::vector<double> scores(n, 0.0);
    std::vector<std::size_t> winners;
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            const bool isCovered = votes.beats(j, i) && beatenBy[j].isSubsetOf(beatenBy[i]);
            scores[i] -= isCovered ? 1.0 : 0.0;
        }
        if (scores[i] == 0.0) {
            winners.push_back(i);
        }
    }
    return outcomeOf(std::move(scores), std::move(winners));
}

lab::Result<RuleOutcome> bipartisan(const Votes& votes) {
    return lotterySupport(marginSigns(votes.margins), votes.size());
}

lab::Result<RuleOutcome> essential(const Votes& votes) {
    return lotterySupport(votes.margins, votes.size());
}

} // namespace psephos::choice
