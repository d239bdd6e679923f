// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/held_out.hpp"

#include "choice/bradley_terry.hpp"
#include "numerics/random.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <utility>

namespace psephos::choice {

namespace {

using lab::Error;
using lab::Result;

constexpr double kSupport = 1e-6;

double rateOf(double margin) {
    return (1.0 + margin) / 2.0;
}

double worstOf(const std::vector<double>& values) {
    return *std::min_element(values.begin(), values.end());
}

/// Adds a battle to counts; see HeldOutStudy::battles_.
void add(ballots::PairCounts& counts, std::uint32_t battle, double weight) {
    const std::size_t n = counts.size();
    const std::size_t cell = battle / 2;
    if (battle % 2 == 0) {
        counts.wins[cell] += weight;
    } else {
        counts.ties[cell] += weight;
        counts.ties[cell % n * n + cell / n] += weight;
    }
}

} // namespace

Result<HeldOutStudy> HeldOutStudy::make(const ballots::Battles& battles, std::string_view category,
                                        Options options) {
    const auto groups = ballots::groupCounts(battles, category);
    if (!groups) {
        return groups.error();
    }
    const std::size_t n = battles.names.size();
    if (n * n * groups->size() >= (std::size_t{1} << 30)) {
        return Error{"there are too many candidates to hold battles out", "", "the votes"};
    }
    HeldOutStudy study;
    study.options_ = std::move(options);
    study.names_ = battles.names;
    study.battles_.resize(groups->size());
    study.weights_.resize(battles.weights.empty() ? 0 : groups->size());
    const ballots::Category& column = *battles.category(category);
    std::vector<std::size_t> groupOf(column.labels.size(), groups->size());
    for (std::size_t k = 0; k < groups->size(); ++k) {
        study.shares_.push_back((*groups)[k].share);
        const auto label = std::ranges::find(column.labels, (*groups)[k].name);
        groupOf[static_cast<std::size_t>(label - column.labels.begin())] = k;
    }
    for (std::size_t b = 0; b < battles.size(); ++b) {
        const std::uint32_t code = column.codes[b];
        if (code == ballots::Category::kNone || groupOf[code] == groups->size()) {
            continue;
        }
        const bool isSecond = battles.outcomes[b] == ballots::Outcome::Second;
        const std::size_t winner = isSecond ? battles.second[b] : battles.first[b];
        const std::size_t loser = isSecond ? battles.first[b] : battles.second[b];
        const bool isTie = battles.outcomes[b] == ballots::Outcome::Tie ||
                           battles.outcomes[b] == ballots::Outcome::BothBad;
        study.battles_[groupOf[code]].push_back(
            static_cast<std::uint32_t>(2 * (winner * n + loser) + (isTie ? 1 : 0)));
        if (!battles.weights.empty()) {
            study.weights_[groupOf[code]].push_back(static_cast<float>(battles.weights[b]));
        }
    }
    return study;
}

std::vector<ballots::GroupCounts> HeldOutStudy::empty() const {
    std::vector<ballots::GroupCounts> groups;
    for (std::size_t k = 0; k < battles_.size(); ++k) {
        groups.push_back({std::to_string(k + 1), shares_[k], ballots::PairCounts(names_)});
    }
    return groups;
}

Result<std::vector<HeldOutPoint>> HeldOutStudy::resample(std::uint64_t number) const {
    std::vector<ballots::GroupCounts> train = empty();
    std::vector<ballots::GroupCounts> test = empty();
    numerics::RandomStream random(options_.seed, "held-out", number);
    std::vector<std::uint32_t> order;
    for (std::size_t k = 0; k < battles_.size(); ++k) {
        const std::size_t size = battles_[k].size();
        order.resize(size);
        for (std::size_t b = 0; b < size; ++b) {
            order[b] = static_cast<std::uint32_t>(b);
        }
        for (std::size_t b = size; b > 1; --b) {
            std::swap(order[b - 1], order[random.below(b)]);
        }
        const auto weightOf = [&](std::uint32_t b) {
            return weights_.empty() ? 1.0 : static_cast<double>(weights_[k][b]);
        };
        const auto cut =
            static_cast<std::size_t>(std::lround(options_.trainShare * static_cast<double>(size)));
        for (std::size_t draw = 0; draw < cut; ++draw) {
            const std::uint32_t b = order[random.below(cut)];
            add(train[k].pairs, battles_[k][b], weightOf(b));
        }
        for (std::size_t b = cut; b < size; ++b) {
            add(test[k].pairs, battles_[k][order[b]], weightOf(order[b]));
        }
    }
    MarginRule plain = options_.rule;
    plain.pessimism = 0.0;
    const Result<GroupGame> seen = groupGame(train, options_.rule, options_.weights);
    const Result<GroupGame> shown = groupGame(train, plain, options_.weights);
    plain.unseen = Unseen::Tie;
    const Result<GroupGame> unseen = groupGame(test, plain, options_.weights);
    for (const Result<GroupGame>* game : {&seen, &shown, &unseen}) {
        if (!*game) {
            return game->error();
        }
    }
    Result<std::vector<RobustLottery>> path = robustPath(*seen, options_.rhos);
    if (!path) {
        return path.error();
    }
    std::vector<HeldOutPoint> points;
    for (RobustLottery& robust : *path) {
        HeldOutPoint point;
        point.rho = robust.rho;
        const std::vector<double>& p = robust.probabilities;
        point.trainRate = rateOf(robustValue(*shown, p, 0.0));
        point.testRate = rateOf(robustValue(*unseen, p, 0.0));
        point.trainWorstRate = rateOf(worstOf(groupValues(*shown, p)));
        point.testWorstRate = rateOf(worstOf(groupValues(*unseen, p)));
        point.support = static_cast<double>(
            std::ranges::count_if(p, [](double each) { return each > kSupport; }));
        point.probabilities = std::move(robust.probabilities);
        points.push_back(std::move(point));
    }
    return points;
}

std::vector<HeldOutPoint> meanOf(std::span<const std::vector<HeldOutPoint>> resamples) {
    std::vector<HeldOutPoint> mean;
    const double share = resamples.empty() ? 0.0 : 1.0 / static_cast<double>(resamples.size());
    for (const std::vector<HeldOutPoint>& resample : resamples) {
        mean.resize(resample.size());
        for (std::size_t i = 0; i < resample.size(); ++i) {
            mean[i].rho = resample[i].rho;
            mean[i].trainRate += share * resample[i].trainRate;
            mean[i].testRate += share * resample[i].testRate;
            mean[i].trainWorstRate += share * resample[i].trainWorstRate;
            mean[i].testWorstRate += share * resample[i].testWorstRate;
            mean[i].support += share * resample[i].support;
            mean[i].probabilities.resize(resample[i].probabilities.size(), 0.0);
            for (std::size_t c = 0; c < mean[i].probabilities.size(); ++c) {
                mean[i].probabilities[c] += share * resample[i].probabilities[c];
            }
        }
    }
    return mean;
}

ballots::Battles miniatureBattles(std::uint64_t seed) {
    constexpr std::size_t kModels = 23;
    constexpr std::size_t kBattles = 36000;
    constexpr double kTies = 0.25;
    constexpr std::array<double, 4> kShares = {0.70, 0.12, 0.10, 0.08};
    constexpr std::array<const char*, 4> kLanguages = {"English", "Polish", "Russian", "Chinese"};
    numerics::RandomStream random(seed, "miniature", 0);
    std::vector<double> common(kModels);
    random.fillNormal(common);
    // What a group adds to the strength of a model, and to the margin of a pair.
    std::array<std::vector<double>, 4> own;
    std::array<std::vector<double>, 4> circular;
    for (std::size_t k = 0; k < kShares.size(); ++k) {
        own[k].resize(kModels);
        random.fillNormal(own[k]);
        circular[k].assign(kModels * kModels, 0.0);
        for (std::size_t i = 0; i < kModels; ++i) {
            own[k][i] = 0.35 * common[i] + (k == 0 ? 0.4 : 1.0) * 0.25 * own[k][i];
            for (std::size_t j = 0; j < i; ++j) {
                circular[k][i * kModels + j] = 0.12 * random.normal();
                circular[k][j * kModels + i] = -circular[k][i * kModels + j];
            }
        }
    }
    ballots::Battles battles;
    for (std::size_t i = 0; i < kModels; ++i) {
        battles.names.push_back(std::string("Model ") + static_cast<char>('A' + i));
    }
    ballots::Category language{"language", {kLanguages.begin(), kLanguages.end()}, {}};
    for (std::size_t b = 0; b < kBattles; ++b) {
        const double draw = random.uniform();
        std::size_t k = 0;
        for (double sum = kShares[0]; k + 1 < kShares.size() && draw >= sum; sum += kShares[k]) {
            ++k;
        }
        const std::size_t i = random.below(kModels);
        const std::size_t j = (i + 1 + random.below(kModels - 1)) % kModels;
        const double lead = own[k][i] - own[k][j] + circular[k][i * kModels + j];
        const bool isTie = random.uniform() < kTies;
        const bool isFirst = random.uniform() < logistic(lead);
        battles.first.push_back(static_cast<std::uint32_t>(i));
        battles.second.push_back(static_cast<std::uint32_t>(j));
        battles.outcomes.push_back(isTie     ? ballots::Outcome::Tie
                                   : isFirst ? ballots::Outcome::First
                                             : ballots::Outcome::Second);
        language.codes.push_back(static_cast<std::uint32_t>(k));
    }
    battles.categories.push_back(std::move(language));
    return battles;
}

} // namespace psephos::choice
