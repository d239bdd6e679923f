// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/group_margins.hpp"

#include "choice/bradley_terry.hpp"
#include "lab/text.hpp"
#include "lab/value.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

namespace psephos::choice {

namespace {

using ballots::PairCounts;
using lab::Error;
using lab::Result;

/// Comparisons that a rate rests on, without imaginary ones.
double comparisonsOf(const PairCounts& counts, const MarginRule& rule, std::size_t i,
                     std::size_t j) {
    const double tied = rule.ties == ballots::Ties::Half ? counts.tie(i, j) : 0.0;
    return counts.win(i, j) + counts.win(j, i) + tied;
}

std::vector<double> plainMargins(const PairCounts& counts, const MarginRule& rule) {
    return rule.kind == MarginKind::Counts ? ballots::countMargins(counts)
                                           : ballots::rateMargins(counts, rule.ties, rule.alpha);
}

/// Comparisons of a pair, on average over those that have any.
double meanComparisons(const PairCounts& counts) {
    double sum = 0.0;
    double pairs = 0.0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        for (std::size_t j = i + 1; j < counts.size(); ++j) {
            sum += counts.compared(i, j);
            pairs += counts.compared(i, j) > 0.0 ? 1.0 : 0.0;
        }
    }
    return pairs > 0.0 ? sum / pairs : 0.0;
}

/// Rate margins that the strengths of Bradley-Terry predict for every pair.
Result<std::vector<double>> predictedRates(const PairCounts& counts) {
    constexpr double kRidge = 0.1;
    const std::size_t n = counts.size();
    const std::vector<double> wins = winsWithTies(counts, ballots::Ties::Half);
    Result<BradleyTerryFit> fit = fitBradleyTerry(wins, n);
    if (!fit) {
        fit = fitBradleyTerry(wins, n, kRidge);
    }
    if (!fit) {
        return fit.error();
    }
    std::vector<double> rates(n * n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = i + 1; j < n; ++j) {
            rates[i * n + j] = 2.0 * logistic(fit->strengths[i] - fit->strengths[j]) - 1.0;
            rates[j * n + i] = -rates[i * n + j];
        }
    }
    return rates;
}

Result<void> fillUnseen(std::vector<double>& payoffs, const PairCounts& counts,
                        const MarginRule& rule, std::span<const double> guesses) {
    const std::vector<ballots::Pair> unseen = ballots::unseenPairs(counts);
    if (unseen.empty() || rule.unseen == Unseen::Tie) {
        return {};
    }
    const std::size_t n = counts.size();
    if (rule.unseen == Unseen::Refuse) {
        return Error{"the pair " + lab::inQuotes(counts.names[unseen.front().first]) + " and " +
                         lab::inQuotes(counts.names[unseen.front().second]) +
                         " was never compared (" + std::to_string(unseen.size()) + " of " +
                         std::to_string(n * (n - 1) / 2) + " pairs)",
                     "let unseen pairs count as ties, or have them imputed", "knob 'unseen'"};
    }
    std::vector<double> predicted;
    if (rule.unseen == Unseen::Impute) {
        const Result<std::vector<double>> rates = predictedRates(counts);
        if (!rates) {
            return rates.error();
        }
        predicted = *rates;
    }
    const double unit = rule.kind == MarginKind::Counts ? meanComparisons(counts) : 1.0;
    for (const auto& [i, j] : unseen) {
        if (rule.unseen == Unseen::Interval) {
            payoffs[i * n + j] = payoffs[j * n + i] = -1.0;
            continue;
        }
        const bool isKnown = !guesses.empty() && std::isfinite(guesses[i * n + j]);
        const double guess = isKnown ? guesses[i * n + j] : unit * predicted[i * n + j];
        payoffs[i * n + j] = guess;
        payoffs[j * n + i] = 0.0 - guess;
    }
    return {};
}

} // namespace

Result<std::vector<double>> payoffsOf(const PairCounts& counts, const MarginRule& rule,
                                      std::span<const double> guesses) {
    if (counts.size() == 0) {
        return Error{"there is no candidate", "", "the votes"};
    }
    const bool isBox = rule.unseen == Unseen::Interval || rule.pessimism > 0.0;
    if (rule.kind == MarginKind::Counts && isBox) {
        return Error{"margins in votes have no bound that an unseen or uncertain pair could reach",
                     "use rates", "knob 'rule'"};
    }
    std::vector<double> payoffs = plainMargins(counts, rule);
    if (auto filled = fillUnseen(payoffs, counts, rule, guesses); !filled) {
        return filled.error();
    }
    if (rule.pessimism > 0.0) {
        lowerByBox(payoffs, marginHalfWidths(counts, rule, rule.pessimism), counts.size());
    }
    return payoffs;
}

Result<GroupGame> groupGame(std::span<const ballots::GroupCounts> groups, const MarginRule& rule,
                            std::span<const double> weights) {
    if (groups.empty()) {
        return Error{"there is no group", "", "knob 'group'"};
    }
    if (!weights.empty() && weights.size() != groups.size()) {
        return Error{"there are " + std::to_string(weights.size()) + " weights for " +
                         std::to_string(groups.size()) + " groups",
                     "give one for each, the largest group first", "knob 'weights'"};
    }
    PairCounts all(groups.front().pairs.names);
    for (const ballots::GroupCounts& group : groups) {
        for (std::size_t cell = 0; cell < all.wins.size(); ++cell) {
            all.wins[cell] += group.pairs.wins[cell];
            all.ties[cell] += group.pairs.ties[cell];
        }
    }
    std::vector<double> guesses;
    if (rule.unseen == Unseen::Impute) {
        MarginRule plain = rule;
        plain.pessimism = 0.0;
        const Result<std::vector<double>> pooled = payoffsOf(all, plain);
        if (!pooled) {
            return pooled.error();
        }
        guesses = *pooled;
    }
    GroupGame game;
    game.size = all.size();
    double sum = 0.0;
    for (std::size_t k = 0; k < groups.size(); ++k) {
        Result<std::vector<double>> payoffs = payoffsOf(groups[k].pairs, rule, guesses);
        if (!payoffs) {
            lab::Error error = payoffs.error();
            error.message = "in group " + lab::inQuotes(groups[k].name) + " " + error.message;
            return error;
        }
        game.payoffs.insert(game.payoffs.end(), payoffs->begin(), payoffs->end());
        const double weight = weights.empty() ? groups[k].share : weights[k];
        if (!(weight >= 0.0) || !std::isfinite(weight)) {
            return Error{"the weight of group " + lab::inQuotes(groups[k].name) + " is " +
                             lab::toText(weight),
                         "weights must not be negative", "knob 'weights'"};
        }
        game.weights.push_back(weight);
        sum += weight;
    }
    if (!(sum > 0.0)) {
        return Error{"all weights are 0", "give at least one group some", "knob 'weights'"};
    }
    for (double& weight : game.weights) {
        weight /= sum;
    }
    return game;
}

std::vector<double> marginHalfWidths(const PairCounts& counts, const MarginRule& rule,
                                     double errors) {
    const std::size_t n = counts.size();
    const std::vector<double> margins = ballots::rateMargins(counts, rule.ties, rule.alpha);
    std::vector<double> widths(n * n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            const double comparisons = comparisonsOf(counts, rule, i, j) + 2.0 * rule.alpha;
            const double margin = margins[i * n + j];
            const double error =
                comparisons > 0.0 ? std::sqrt((1.0 - margin * margin) / comparisons) : 2.0;
            widths[i * n + j] = i == j ? 0.0 : std::min(2.0, errors * error);
        }
    }
    return widths;
}

double effectiveComparisons(const PairCounts& counts, const MarginRule& rule) {
    double inverse = 0.0;
    double pairs = 0.0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        for (std::size_t j = i + 1; j < counts.size(); ++j) {
            inverse += 1.0 / (comparisonsOf(counts, rule, i, j) + 2.0 * rule.alpha);
            pairs += 1.0;
        }
    }
    return pairs > 0.0 ? pairs / inverse : 0.0;
}

} // namespace psephos::choice
