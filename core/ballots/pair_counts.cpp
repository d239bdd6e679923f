// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/pair_counts.hpp"

#include <utility>

namespace psephos::ballots {

PairCounts::PairCounts(std::vector<std::string> candidates)
    : names(std::move(candidates))
    , wins(names.size() * names.size(), 0.0)
    , ties(names.size() * names.size(), 0.0) {}

std::vector<Pair> unseenPairs(const PairCounts& counts) {
    std::vector<Pair> pairs;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        for (std::size_t j = i + 1; j < counts.size(); ++j) {
            if (counts.compared(i, j) == 0.0) {
                pairs.push_back({i, j});
            }
        }
    }
    return pairs;
}

std::vector<double> countMargins(const PairCounts& counts) {
    const std::size_t n = counts.size();
    std::vector<double> margins(n * n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = i + 1; j < n; ++j) {
            margins[i * n + j] = counts.win(i, j) - counts.win(j, i);
            margins[j * n + i] = counts.win(j, i) - counts.win(i, j); // never −0
        }
    }
    return margins;
}

std::vector<double> rateMargins(const PairCounts& counts, Ties ties, double alpha) {
    const std::size_t n = counts.size();
    std::vector<double> margins(n * n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = i + 1; j < n; ++j) {
            const double tied = ties == Ties::Half ? counts.tie(i, j) : 0.0;
            const double compared = counts.win(i, j) + counts.win(j, i) + tied;
            const double lead = counts.win(i, j) - counts.win(j, i);
            if (compared > 0.0 && lead != 0.0) {
                margins[i * n + j] = lead / (compared + 2.0 * alpha);
                margins[j * n + i] = -margins[i * n + j];
            }
        }
    }
    return margins;
}

} // namespace psephos::ballots
