// SPDX-License-Identifier: GPL-3.0-or-later
#include "numerics/distributions.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <numbers>
#include <numeric>

namespace psephos::numerics {

namespace {

constexpr double kInversionBelow = 10.0; // BTRS is proven for n·p at least this

/// ln k!, from a table, else by Stirling's series; to about 1e-15 relative.
double logFactorial(double k) {
    constexpr std::size_t kTabled = 64;
    static const std::array<double, kTabled> kTable = [] {
        std::array<double, kTabled> table{};
        for (std::size_t i = 1; i < kTabled; ++i) {
            table[i] = table[i - 1] + std::log(static_cast<double>(i));
        }
        return table;
    }();
    if (k < static_cast<double>(kTabled)) {
        return kTable[static_cast<std::size_t>(k)];
    }
    const double inverse = 1.0 / k;
    const double square = inverse * inverse;
    const double series = inverse * (1.0 / 12 - square * (1.0 / 360 - square / 1260));
    return (k + 0.5) * std::log(k) - k + 0.5 * std::log(2 * std::numbers::pi) + series;
}

/// Counts down the distribution function from 0; for n·p below kInversionBelow.
std::uint64_t binomialByInversion(RandomStream& random, std::uint64_t n, double p) {
    const double odds = p / (1.0 - p);
    const double none = std::exp(static_cast<double>(n) * std::log1p(-p));
    const double factor = (static_cast<double>(n) + 1.0) * odds;
    for (;;) {
        double rest = random.uniform();
        double mass = none;
        for (std::uint64_t k = 0; k <= n && k < 200; ++k) { // beyond 200 lies less than 1e-200
            if (rest < mass) {
                return k;
            }
            rest -= mass;
            mass *= factor / static_cast<double>(k + 1) - odds;
        }
    }
}

/// Transformed rejection with a squeeze (BTRS); letters as in the paper. p ≤ 1/2.
std::uint64_t binomialByRejection(RandomStream& random, std::uint64_t trials, double p) {
    const auto n = static_cast<double>(trials);
    const double spread = std::sqrt(n * p * (1.0 - p));
    const double b = 1.15 + 2.53 * spread;
    const double a = -0.0873 + 0.0248 * b + 0.01 * p;
    const double c = n * p + 0.5;
    const double vr = 0.92 - 4.2 / b;
    for (;;) {
        const double u = random.uniform() - 0.5;
        const double v = random.uniform();
        const double us = 0.5 - std::abs(u);
        const double k = std::floor((2 * a / us + b) * u + c);
        if (us >= 0.07 && v <= vr) {
            return static_cast<std::uint64_t>(k);
        }
        if (!(k >= 0.0 && k <= n)) {
            continue;
        }
        const double alpha = (2.83 + 5.1 / b) * spread;
        const double mode = std::floor((n + 1.0) * p);
        const double logOdds = std::log(p / (1.0 - p));
        const double density = logFactorial(mode) + logFactorial(n - mode) - logFactorial(k) -
                               logFactorial(n - k) + (k - mode) * logOdds;
        if (std::log(v * alpha / (a / (us * us) + b)) <= density) {
            return static_cast<std::uint64_t>(k);
        }
    }
}

} // namespace

std::uint64_t binomial(RandomStream& random, std::uint64_t n, double chance) {
    assert(chance >= 0.0 && chance <= 1.0);
    if (n == 0 || chance == 0.0) {
        return 0;
    }
    if (chance == 1.0) {
        return n;
    }
    if (chance > 0.5) {
        return n - binomial(random, n, 1.0 - chance);
    }
    return static_cast<double>(n) * chance < kInversionBelow
               ? binomialByInversion(random, n, chance)
               : binomialByRejection(random, n, chance);
}

void multinomial(RandomStream& random, std::uint64_t n, std::span<const double> weights,
                 std::span<double> counts) {
    assert(weights.size() == counts.size());
    const std::size_t none = weights.size();
    std::size_t last = none; // takes what is left: rounding must not lose a draw
    for (std::size_t c = weights.size(); c > 0 && last == none; --c) {
        last = weights[c - 1] > 0.0 ? c - 1 : none;
    }
    assert(last != none || n == 0);
    double rest = std::accumulate(weights.begin(), weights.end(), 0.0);
    for (std::size_t c = 0; c < weights.size(); ++c) {
        std::uint64_t here = 0;
        if (n > 0 && weights[c] > 0.0) {
            here = c == last ? n : binomial(random, n, std::min(1.0, weights[c] / rest));
        }
        counts[c] = static_cast<double>(here);
        n -= here;
        rest = std::max(rest - weights[c], weights[c] * 0x1.0p-52);
    }
}

double normalQuantile(double chance) {
    assert(chance > 0.0 && chance < 1.0);
    if (chance > 0.5) {
        return -normalQuantile(1.0 - chance);
    }
    // Newton on ln Φ, which is concave: from the left of the solution it never overshoots.
    double x = -40.0;
    for (int step = 0; step < 100; ++step) {
        const double below = 0.5 * std::erfc(-x / std::numbers::sqrt2);
        const double density = std::exp(-0.5 * x * x) / std::sqrt(2 * std::numbers::pi);
        if (below == 0.0) {
            x += 1.0;
            continue;
        }
        const double change = (std::log(chance) - std::log(below)) * below / density;
        x += change;
        if (std::abs(change) < 1e-15 * std::max(1.0, std::abs(x))) {
            break;
        }
    }
    return x;
}

double sortedQuantile(std::span<const double> sorted, double share) {
    assert(!sorted.empty() && share >= 0.0 && share <= 1.0);
    const double at = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

} // namespace psephos::numerics
