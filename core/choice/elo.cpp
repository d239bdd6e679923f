// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/elo.hpp"

#include <cassert>
#include <cmath>
#include <numbers>

namespace psephos::choice {

namespace {

constexpr double kScale = 400.0;

} // namespace

double eloPerUnit() {
    return kScale / std::numbers::ln10;
}

std::vector<double> eloOnline(std::span<const EloBattle> battles, std::size_t candidates,
                              const EloOptions& options, std::span<const std::uint64_t> order) {
    assert(order.empty() || order.size() == battles.size());
    std::vector<double> ratings(candidates, options.initial);
    const double perPoint = 1.0 / eloPerUnit();
    for (std::size_t b = 0; b < battles.size(); ++b) {
        const EloBattle& battle = battles[order.empty() ? b : order[b]];
        double& first = ratings[battle.first];
        double& second = ratings[battle.second];
        const double expected = 1.0 / (1.0 + std::exp((second - first) * perPoint));
        const double change = options.k * (static_cast<double>(battle.score) - expected);
        first += change;
        second -= change;
    }
    return ratings;
}

std::vector<EloBattle> eloBattles(const ballots::PairCounts& counts) {
    std::vector<EloBattle> battles;
    const auto add = [&battles](std::size_t i, std::size_t j, double times, float score) {
        const auto first = static_cast<std::uint32_t>(i);
        const auto second = static_cast<std::uint32_t>(j);
        for (auto left = std::llround(times); left > 0; --left) {
            battles.push_back({first, second, score});
        }
    };
    for (std::size_t i = 0; i < counts.size(); ++i) {
        for (std::size_t j = i + 1; j < counts.size(); ++j) {
            add(i, j, counts.win(i, j), 1.0F);
            add(i, j, counts.tie(i, j), 0.5F);
            add(i, j, counts.win(j, i), 0.0F);
        }
    }
    return battles;
}

std::vector<double> eloInRandomOrder(std::span<const EloBattle> battles, std::size_t candidates,
                                     std::uint64_t order, std::uint64_t seed,
                                     const EloOptions& options) {
    numerics::RandomStream random(seed, "elo", order);
    return eloOnline(battles, candidates, options, random.permutation(battles.size()));
}

} // namespace psephos::choice
