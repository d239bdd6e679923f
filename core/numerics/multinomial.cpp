// SPDX-License-Identifier: GPL-3.0-or-later
#include "numerics/multinomial.hpp"

#include "numerics/distributions.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>
#include <numeric>

namespace psephos::numerics {

namespace {

constexpr std::size_t kManyDraws = 4;          // a cell: from there on Poisson numbers pay
constexpr std::size_t kMostEntries = 1U << 20; // of all Poisson tables: they must stay in a cache
constexpr double kHeadroom = 3.0;              // standard deviations of the Poisson sum below n

} // namespace

AliasTable::AliasTable(std::span<const double> weights)
    : cells_(weights.size()) {
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    assert(sum > 0.0 && std::isfinite(sum));
    std::vector<double> share(weights.size());
    std::vector<std::size_t> poor;
    std::vector<std::size_t> rich;
    for (std::size_t c = 0; c < weights.size(); ++c) {
        share[c] = weights[c] / sum * static_cast<double>(weights.size());
        (share[c] < 1.0 ? poor : rich).push_back(c);
    }
    while (!poor.empty() && !rich.empty()) {
        const std::size_t low = poor.back();
        poor.pop_back();
        const std::size_t high = rich.back();
        cells_[low] = {share[low], high};
        share[high] -= 1.0 - share[low];
        if (share[high] < 1.0) {
            rich.pop_back();
            poor.push_back(high);
        }
    }
    // What rounding left over is full, unless its weight is 0: that must never be drawn.
    for (const std::size_t c : poor) {
        cells_[c] = {weights[c] > 0.0 ? 1.0 : 0.0, c};
    }
    for (const std::size_t c : rich) {
        cells_[c] = {1.0, c};
    }
    const auto heaviest = static_cast<std::size_t>(
        std::max_element(weights.begin(), weights.end()) - weights.begin());
    for (const std::size_t c : poor) {
        cells_[c].alias = weights[c] > 0.0 ? c : heaviest;
    }
}

MultinomialSampler::MultinomialSampler(std::uint64_t n, std::span<const double> weights)
    : n_(n)
    , weights_(weights.begin(), weights.end()) {
    if (n == 0) {
        return;
    }
    cells_ = AliasTable(weights);
    if (n > kManyDraws * weights.size()) {
        buildPoissons();
    }
}

MultinomialSampler::Poisson MultinomialSampler::poissonOf(double mean) {
    const double width = 10.0 * std::sqrt(mean) + 20.0; // beyond lies less than 1e-20
    Poisson poisson;
    poisson.least = std::max(0.0, std::floor(mean - width));
    std::vector<double> masses;
    for (double k = poisson.least; k <= mean + width; k += 1.0) {
        masses.push_back(std::exp(k * std::log(mean) - mean - std::lgamma(k + 1.0)));
    }
    poisson.table = AliasTable(masses);
    return poisson;
}

void MultinomialSampler::buildPoissons() {
    const auto n = static_cast<double>(n_);
    const double sum = std::accumulate(weights_.begin(), weights_.end(), 0.0);
    const double scale = (n - kHeadroom * std::sqrt(n)) / sum;
    std::map<double, std::uint32_t> known;
    std::size_t entries = 0;
    poissonOf_.resize(weights_.size());
    for (std::size_t c = 0; c < weights_.size(); ++c) {
        const auto [place, isNew] =
            known.emplace(weights_[c], static_cast<std::uint32_t>(poissons_.size()));
        if (isNew) {
            poissons_.push_back(weights_[c] > 0.0 ? poissonOf(scale * weights_[c]) : Poisson{});
            entries += poissons_.back().table.size();
        }
        if (entries > kMostEntries) {
            poissons_.clear();
            isConditional_ = true;
            return;
        }
        poissonOf_[c] = place->second;
    }
}

void MultinomialSampler::draw(RandomStream& random, std::span<double> counts) const {
    assert(counts.size() == weights_.size());
    if (isConditional_) {
        multinomial(random, n_, weights_, counts);
        return;
    }
    double left = static_cast<double>(n_);
    std::fill(counts.begin(), counts.end(), 0.0);
    while (!poissons_.empty()) { // once in a thousand draws the sum is above n, and drawn again
        for (std::size_t c = 0; c < counts.size(); ++c) {
            const Poisson& poisson = poissons_[poissonOf_[c]];
            counts[c] = poisson.table.size() == 0
                            ? 0.0
                            : poisson.least + static_cast<double>(poisson.table.draw(random));
        }
        left = static_cast<double>(n_) - std::accumulate(counts.begin(), counts.end(), 0.0);
        if (left >= 0.0) {
            break;
        }
    }
    for (; left > 0.0; left -= 1.0) {
        counts[cells_.draw(random)] += 1.0;
    }
}

} // namespace psephos::numerics
