// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/widest_paths.hpp"

#include <algorithm>
#include <utility>

namespace psephos::choice {

namespace {

/// Elects those that nobody defeats; scores count defeats, negated.
template <typename Defeats>
RuleOutcome undefeated(std::size_t n, const Defeats& defeats) {
    std::vector<double> scores(n, 0.0);
    for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t i = 0; i < n; ++i) {
            scores[j] -= i != j && defeats(i, j) ? 1.0 : 0.0;
        }
    }
    return outcomeOf(std::move(scores));
}

} // namespace

lab::Result<std::vector<double>> widestPaths(const Votes& votes, const StopRequest& stop) {
    const std::size_t n = votes.size();
    std::vector<double> strength(n * n);
    std::transform(votes.margins.begin(), votes.margins.end(), strength.begin(),
                   [](double margin) { return std::max(margin, 0.0); });
    for (std::size_t k = 0; k < n; ++k) {
        if (stop && stop()) {
            return stopped();
        }
        const double* const from = strength.data() + k * n;
        for (std::size_t i = 0; i < n; ++i) {
            double* const row = strength.data() + i * n;
            const double first = row[k];
            if (first == 0.0) {
                continue;
            }
            for (std::size_t j = 0; j < n; ++j) {
                row[j] = std::max(row[j], std::min(first, from[j]));
            }
        }
    }
    for (std::size_t i = 0; i < n; ++i) {
        strength[i * n + i] = 0.0;
    }
    return strength;
}

lab::Result<RuleOutcome> schulze(const Votes& votes, const StopRequest& stop) {
    const auto paths = widestPaths(votes, stop);
    if (!paths) {
        return paths.error();
    }
    const std::size_t n = votes.size();
    return undefeated(
        n, [&](std::size_t i, std::size_t j) { return (*paths)[i * n + j] > (*paths)[j * n + i]; });
}

lab::Result<RuleOutcome> splitCycle(const Votes& votes, const StopRequest& stop) {
    const auto paths = widestPaths(votes, stop);
    if (!paths) {
        return paths.error();
    }
    return undefeated(votes.size(), [&](std::size_t i, std::size_t j) {
        return votes.beats(i, j) && votes.margin(i, j) > (*paths)[j * votes.size() + i];
    });
}

} // namespace psephos::choice
