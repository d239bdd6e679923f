// SPDX-License-Identifier: GPL-3.0-or-later
// Invented comparisons for the tests of ratings.
#pragma once

#include "ballots/pair_counts.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace psephos::testing {

inline std::vector<std::string> letters(std::size_t count) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < count; ++i) {
        names.push_back(std::string(1, static_cast<char>('a' + i % 26)) +
                        (i < 26 ? "" : std::to_string(i / 26)));
    }
    return names;
}

inline ballots::PairCounts countsOf(std::size_t n, const std::vector<double>& wins,
                                    const std::vector<double>& ties = {}) {
    ballots::PairCounts counts(letters(n));
    counts.wins = wins;
    if (!ties.empty()) {
        counts.ties = ties;
    }
    return counts;
}

/// Battles among n candidates of random strengths: `each` a pair, a share of them ties.
inline ballots::PairCounts randomCounts(std::size_t n, int each, double tied, std::uint64_t seed) {
    std::mt19937_64 engine(seed);
    std::normal_distribution<double> normal(0.0, 0.7);
    std::uniform_real_distribution<double> uniform;
    std::vector<double> strengths(n);
    for (double& strength : strengths) {
        strength = normal(engine);
    }
    ballots::PairCounts counts(letters(n));
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = i + 1; j < n; ++j) {
            for (int k = 0; k < each; ++k) {
                if (uniform(engine) < tied) {
                    counts.ties[i * n + j] += 1.0;
                    counts.ties[j * n + i] += 1.0;
                } else if (uniform(engine) < 1.0 / (1.0 + std::exp(strengths[j] - strengths[i]))) {
                    counts.wins[i * n + j] += 1.0;
                } else {
                    counts.wins[j * n + i] += 1.0;
                }
            }
        }
    }
    return counts;
}

/// A sparse win matrix with small counts, connected or not.
inline std::vector<double> sparseWins(std::size_t n, double density, std::uint64_t seed) {
    std::mt19937_64 engine(seed);
    std::uniform_real_distribution<double> uniform;
    std::vector<double> wins(n * n, 0.0);
    for (std::size_t k = 0; k < n * n; ++k) {
        if (k / n != k % n && uniform(engine) < density) {
            wins[k] = 1.0 + std::floor(3.0 * uniform(engine));
        }
    }
    return wins;
}

} // namespace psephos::testing
