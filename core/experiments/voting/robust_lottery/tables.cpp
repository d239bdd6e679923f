// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/voting/robust_lottery/study.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstdio>
#include <limits>
#include <numeric>

namespace psephos::experiments {

namespace {

using choice::HeldOutPoint;
using choice::RobustLottery;
using lab::Table;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// The value below which this share of the values lies.
double quantile(std::vector<double> values, double share) {
    if (values.empty()) {
        return kNone;
    }
    std::sort(values.begin(), values.end());
    const double position = share * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    const std::size_t above = std::min(below + 1, values.size() - 1);
    return std::lerp(values[below], values[above], position - static_cast<double>(below));
}

/// The resampled points at this distance; none where resamples have another grid.
std::vector<const HeldOutPoint*> resampledAt(const RobustStudy& study, double rho) {
    std::vector<const HeldOutPoint*> points;
    for (const auto& resample : study.resamples) {
        for (const HeldOutPoint& point : resample) {
            if (point.rho == rho) {
                points.push_back(&point);
            }
        }
    }
    return points;
}

std::string distanceLabel(double rho) {
    char text[32];
    std::snprintf(text, sizeof text, "ρ = %.2g", rho);
    return text;
}

} // namespace

choice::GroupGame RobustStudy::gameAt(double rho) const {
    if (set == MixSet::TotalVariation) {
        return game;
    }
    choice::GroupGame box{game.size, game.pooled(), {1.0}};
    choice::lowerByBox(box.payoffs, std::vector<double>(box.payoffs.size(), rho), box.size);
    return box;
}

double rateOf(double margin) {
    return 0.5 * (1.0 + margin);
}

lab::Grid marginsGrid(const RobustStudy& study) {
    lab::Grid grid;
    grid.x.names = study.names();
    grid.y.names = study.names();
    grid.values = study.shown.pooled();
    return grid;
}

Table coverageTable(const RobustStudy& study) {
    std::vector<std::string> names;
    std::vector<double> weights;
    std::vector<double> comparisons;
    std::vector<double> effective;
    std::vector<double> unseen;
    for (std::size_t k = 0; k < study.groups.size(); ++k) {
        const ballots::GroupCounts& group = study.groups[k];
        names.push_back(group.name);
        weights.push_back(study.game.weights[k]);
        const double wins = std::accumulate(group.pairs.wins.begin(), group.pairs.wins.end(), 0.0);
        const double ties = std::accumulate(group.pairs.ties.begin(), group.pairs.ties.end(), 0.0);
        comparisons.push_back(wins + ties / 2.0);
        effective.push_back(choice::effectiveComparisons(group.pairs, study.rule));
        unseen.push_back(static_cast<double>(ballots::unseenPairs(group.pairs).size()));
    }
    return {{names, weights, comparisons, effective, unseen}};
}

Table groupTable(const RobustStudy& study) {
    const auto from = choice::groupValues(study.shown, study.nominal.probabilities);
    const auto to = choice::groupValues(study.shown, study.chosen.probabilities);
    std::vector<std::string> names;
    std::vector<double> before;
    std::vector<double> after;
    for (std::size_t k = 0; k < study.groups.size(); ++k) {
        names.push_back(study.groups[k].name);
        before.push_back(rateOf(from[k]));
        after.push_back(rateOf(to[k]));
    }
    return {{names, study.game.weights, before, after}};
}

Table adversaryTable(const RobustStudy& study) {
    std::vector<std::string> opponents;
    std::vector<double> probabilities;
    std::vector<std::string> groups;
    std::vector<double> weights;
    std::vector<double> changes;
    const bool isBox = study.set == MixSet::EdgeBox;
    for (const choice::Threat& threat : study.chosen.adversary) {
        for (std::size_t k = 0; k < threat.weights.size(); ++k) {
            opponents.push_back(study.names()[threat.opponent]);
            probabilities.push_back(threat.probability);
            groups.push_back(isBox ? "all votes" : study.groups[k].name);
            weights.push_back(threat.weights[k]);
            changes.push_back(isBox ? 0.0 : threat.weights[k] - study.game.weights[k]);
        }
    }
    return {{opponents, probabilities, groups, weights, changes}};
}

Table pathTable(const RobustStudy& study) {
    std::vector<double> rhos;
    std::vector<std::string> names;
    std::vector<double> probabilities;
    for (const RobustLottery& robust : study.path) {
        for (std::size_t i = 0; i < study.names().size(); ++i) {
            rhos.push_back(robust.rho);
            names.push_back(study.names()[i]);
            probabilities.push_back(robust.probabilities[i]);
        }
    }
    return {{rhos, names, probabilities}};
}

Table certificateTable(const RobustStudy& study) {
    std::vector<double> rhos;
    std::vector<double> lower;
    std::vector<double> upper;
    for (const RobustLottery& robust : study.path) {
        rhos.push_back(robust.rho);
        lower.push_back(robust.lower);
        upper.push_back(robust.upper);
    }
    return {{rhos, lower, upper}};
}

Table sweepTable(const RobustStudy& study) {
    std::vector<std::string> measures;
    std::vector<double> rhos;
    std::vector<double> rates;
    const auto add = [&](const char* measure, double rho, double margin) {
        measures.emplace_back(measure);
        rhos.push_back(rho);
        rates.push_back(rateOf(margin));
    };
    for (const RobustLottery& robust : study.path) {
        const std::vector<double> byGroup = choice::groupValues(study.shown, robust.probabilities);
        add("mix at hand", robust.rho, choice::robustValue(study.shown, robust.probabilities, 0.0));
        add("worst case", robust.rho, robust.lower);
        add("worst group", robust.rho, *std::min_element(byGroup.begin(), byGroup.end()));
    }
    return {{measures, rhos, rates}};
}

Table heldOutTable(const RobustStudy& study) {
    std::vector<std::string> measures;
    std::vector<double> rhos;
    std::array<std::vector<double>, 3> rates; // middle, low, high
    for (const bool isGroup : {false, true}) {
        for (const RobustLottery& robust : study.path) {
            std::vector<double> values;
            for (const HeldOutPoint* point : resampledAt(study, robust.rho)) {
                values.push_back(isGroup ? point->testWorstRate : point->testRate);
            }
            if (values.empty()) {
                continue;
            }
            measures.emplace_back(isGroup ? "worst group, held out" : "mix at hand, held out");
            rhos.push_back(robust.rho);
            rates[0].push_back(std::accumulate(values.begin(), values.end(), 0.0) /
                               static_cast<double>(values.size()));
            rates[1].push_back(quantile(values, 0.025));
            rates[2].push_back(quantile(values, 0.975));
        }
    }
    return {{measures, rhos, rates[0], rates[1], rates[2]}};
}

Table supportTable(const RobustStudy& study) {
    constexpr double kSupport = 1e-6;
    std::vector<double> rhos;
    std::vector<double> here;
    std::vector<double> resampled;
    for (const RobustLottery& robust : study.path) {
        rhos.push_back(robust.rho);
        here.push_back(static_cast<double>(std::ranges::count_if(
            robust.probabilities, [](double each) { return each > kSupport; })));
        const auto points = resampledAt(study, robust.rho);
        double sum = 0.0;
        for (const HeldOutPoint* point : points) {
            sum += point->support;
        }
        resampled.push_back(points.empty() ? kNone : sum / static_cast<double>(points.size()));
    }
    return {{rhos, here, resampled}};
}

Table barsTable(const RobustStudy& study, const RobustLottery& lottery) {
    const auto points = resampledAt(study, lottery.rho);
    std::vector<double> low;
    std::vector<double> high;
    for (std::size_t i = 0; i < study.names().size(); ++i) {
        std::vector<double> chances;
        for (const HeldOutPoint* point : points) {
            chances.push_back(point->probabilities[i]);
        }
        low.push_back(quantile(chances, 0.025));
        high.push_back(quantile(chances, 0.975));
    }
    return {{study.names(), lottery.probabilities, low, high}};
}

namespace {

using Corners = std::array<std::size_t, 3>;

/// The three candidates with the greatest chance somewhere on the path.
Corners cornersOf(const RobustStudy& study) {
    std::vector<double> greatest(study.names().size(), 0.0);
    for (const RobustLottery& robust : study.path) {
        for (std::size_t i = 0; i < greatest.size(); ++i) {
            greatest[i] = std::max(greatest[i], robust.probabilities[i]);
        }
    }
    std::vector<std::size_t> order(greatest.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(
        order, [&](std::size_t a, std::size_t b) { return greatest[a] > greatest[b]; });
    Corners corners{order[0], order[1], order[2]};
    std::ranges::sort(corners);
    return corners;
}

/// The shares of the three, rescaled to a sum of 1; none where they have no chance at all.
std::array<double, 3> sharesOf(const RobustLottery& robust, const Corners& corners) {
    std::array<double, 3> shares{};
    double sum = 0.0;
    for (std::size_t c = 0; c < 3; ++c) {
        shares[c] = robust.probabilities[corners[c]];
        sum += shares[c];
    }
    for (double& share : shares) {
        share = sum > 0.0 ? share / sum : kNone;
    }
    return shares;
}

void addShares(Table& table, const std::array<double, 3>& shares) {
    for (std::size_t c = 0; c < 3; ++c) {
        std::get<std::vector<double>>(table.columns[c]).push_back(shares[c]);
    }
}

} // namespace

TriangleTables triangleTables(const RobustStudy& study) {
    constexpr int kDivisions = 24;
    assert(study.names().size() >= 3 && !study.path.empty());
    const Corners corners = cornersOf(study);
    const std::vector<double> none;
    const std::vector<std::string> words;
    TriangleTables tables{{{none, none, none, none}},
                          {{none, none, none, words}},
                          {{none, none, none, words}},
                          {{words}}};
    const choice::GroupGame game = study.gameAt(study.chosen.rho);
    const double distance = study.mixDistance(study.chosen.rho);
    std::vector<double> lottery(game.size, 0.0);
    for (int a = 0; a <= kDivisions; ++a) {
        for (int b = 0; a + b <= kDivisions; ++b) {
            const std::array<double, 3> shares{
                static_cast<double>(a) / kDivisions, static_cast<double>(b) / kDivisions,
                static_cast<double>(kDivisions - a - b) / kDivisions};
            for (std::size_t c = 0; c < 3; ++c) {
                lottery[corners[c]] = shares[c];
            }
            addShares(tables.field, shares);
            std::get<std::vector<double>>(tables.field.columns[3])
                .push_back(choice::robustValue(game, lottery, distance));
        }
    }
    for (const RobustLottery& robust : study.path) {
        addShares(tables.path, sharesOf(robust, corners));
        const bool isEnd = &robust == &study.path.front() || &robust == &study.path.back();
        std::get<std::vector<std::string>>(tables.path.columns[3])
            .push_back(isEnd ? distanceLabel(robust.rho) : std::string());
    }
    addShares(tables.marks, sharesOf(study.chosen, corners));
    std::get<std::vector<std::string>>(tables.marks.columns[3])
        .push_back(distanceLabel(study.chosen.rho));
    for (const std::size_t corner : corners) {
        std::get<std::vector<std::string>>(tables.corners.columns[0])
            .push_back(study.names()[corner]);
    }
    return tables;
}

} // namespace psephos::experiments
