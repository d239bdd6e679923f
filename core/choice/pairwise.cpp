// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/pairwise.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace psephos::choice {

namespace {

/// The candidate whose margins over all others have this sign.
std::optional<std::size_t> oneSided(const Votes& votes, double sign) {
    const std::size_t n = votes.size();
    for (std::size_t i = 0; i < n; ++i) {
        bool isIt = true;
        for (std::size_t j = 0; j < n && isIt; ++j) {
            isIt = i == j || sign * votes.margin(i, j) > 0.0;
        }
        if (isIt) {
            return i;
        }
    }
    return std::nullopt;
}

} // namespace

RuleOutcome borda(const Votes& votes) {
    const std::size_t n = votes.size();
    std::vector<double> scores(n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            scores[i] += i == j ? 0.0 : votes.pairs.win(i, j) + votes.pairs.tie(i, j) / 2.0;
        }
    }
    return outcomeOf(std::move(scores));
}

RuleOutcome copeland(const Votes& votes) {
    const std::size_t n = votes.size();
    std::vector<double> scores(n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            if (i != j) {
                scores[i] += votes.beats(i, j) ? 1.0 : (votes.beats(j, i) ? 0.0 : 0.5);
            }
        }
    }
    return outcomeOf(std::move(scores));
}

RuleOutcome minimax(const Votes& votes) {
    const std::size_t n = votes.size();
    std::vector<double> scores(n, n == 1 ? 0.0 : std::numeric_limits<double>::infinity());
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            if (i != j) {
                scores[i] = std::min(scores[i], votes.margin(i, j));
            }
        }
    }
    return outcomeOf(std::move(scores));
}

std::optional<std::size_t> condorcetWinner(const Votes& votes) {
    return oneSided(votes, 1.0);
}

std::optional<std::size_t> condorcetLoser(const Votes& votes) {
    return votes.size() > 1 ? oneSided(votes, -1.0) : std::nullopt;
}

RuleOutcome condorcet(const Votes& votes) {
    std::vector<double> scores(votes.size(), 0.0);
    std::vector<std::size_t> winners;
    if (const auto loser = condorcetLoser(votes)) {
        scores[*loser] = -1.0;
    }
    if (const auto winner = condorcetWinner(votes)) {
        scores[*winner] = 1.0;
        winners.push_back(*winner);
    }
    return outcomeOf(std::move(scores), std::move(winners));
}

} // namespace psephos::choice
