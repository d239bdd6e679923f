// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/votes.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace psephos::choice {

namespace {

/// Wins and ties of each pair over its comparisons.
void scaleToShares(ballots::PairCounts& pairs) {
    const std::size_t n = pairs.size();
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = i + 1; j < n; ++j) {
            const double compared = pairs.compared(i, j);
            if (!(compared > 0.0)) {
                continue;
            }
            for (const std::size_t cell : {i * n + j, j * n + i}) {
                pairs.wins[cell] /= compared;
                pairs.ties[cell] /= compared;
            }
        }
    }
}

/// Below this distance two of these scores are equal.
double toleranceOf(std::span<const double> scores) {
    double largest = 0.0;
    for (const double score : scores) {
        if (std::isfinite(score)) {
            largest = std::max(largest, std::abs(score));
        }
    }
    return kTieTolerance * largest;
}

} // namespace

Votes votesOf(ballots::PairCounts pairs, MarginKind kind) {
    Votes votes;
    if (kind == MarginKind::Counts) {
        votes.margins = countMargins(pairs);
    } else {
        votes.margins = rateMargins(pairs, ballots::Ties::Half);
        scaleToShares(pairs);
    }
    votes.pairs = std::move(pairs);
    return votes;
}

Votes votesOf(const ballots::Profile& profile, MarginKind kind, ballots::Unranked unranked) {
    Votes votes = votesOf(pairCounts(profile, unranked), kind);
    votes.profile = &profile;
    votes.unranked = unranked;
    return votes;
}

RuleOutcome outcomeOf(std::vector<double> scores) {
    std::vector<std::size_t> winners;
    const double tolerance = toleranceOf(scores);
    const auto best = std::max_element(scores.begin(), scores.end());
    for (std::size_t i = 0; i < scores.size(); ++i) {
        if (scores[i] >= *best - tolerance) {
            winners.push_back(i);
        }
    }
    return outcomeOf(std::move(scores), std::move(winners));
}

RuleOutcome outcomeOf(std::vector<double> scores, std::vector<std::size_t> winners) {
    RuleOutcome outcome;
    outcome.scores = std::move(scores);
    outcome.winners = std::move(winners);
    std::sort(outcome.winners.begin(), outcome.winners.end());
    return outcome;
}

std::vector<std::size_t> ranksOf(std::span<const double> scores) {
    const double tolerance = toleranceOf(scores);
    std::vector<double> sorted(scores.begin(), scores.end());
    std::sort(sorted.begin(), sorted.end(), std::greater<>());
    std::vector<std::size_t> ranks(scores.size());
    for (std::size_t i = 0; i < scores.size(); ++i) {
        const auto above = std::partition_point(sorted.begin(), sorted.end(), [&](double score) {
            return score > scores[i] + tolerance;
        });
        ranks[i] = static_cast<std::size_t>(above - sorted.begin()) + 1;
    }
    return ranks;
}

lab::Error stopped() {
    return lab::Error{.message = "it was asked to stop", .hint = {}, .place = {}};
}

} // namespace psephos::choice
