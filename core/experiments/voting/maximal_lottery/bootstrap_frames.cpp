// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/voting/maximal_lottery/bootstrap_frames.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace psephos::experiments {

namespace {

/// A smaller chance counts as none.
constexpr double kSupport = 1e-7;
constexpr std::size_t kBins = 20;

std::vector<double> chancesOf(std::size_t candidate,
                              std::span<const std::vector<double>> replicates) {
    std::vector<double> chances;
    for (const std::vector<double>& replicate : replicates) {
        chances.push_back(replicate[candidate]);
    }
    std::sort(chances.begin(), chances.end());
    return chances;
}

/// The value below which this share of the sorted values lies.
double quantile(const std::vector<double>& sorted, double share) {
    const double position = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return std::lerp(sorted[below], sorted[above], position - static_cast<double>(below));
}

/// The column of the grid: 0 for no chance, the last for certainty.
std::size_t binOf(double chance) {
    if (chance <= kSupport) {
        return 0;
    }
    if (chance >= 1.0 - kSupport) {
        return kBins + 1;
    }
    return 1 + std::min(kBins - 1, static_cast<std::size_t>(chance * static_cast<double>(kBins)));
}

} // namespace

lab::Table bootstrapTable(std::span<const std::string> names,
                          std::span<const std::vector<double>> replicates) {
    std::vector<double> mean;
    std::vector<double> low;
    std::vector<double> high;
    std::vector<double> support;
    for (std::size_t i = 0; i < names.size() && !replicates.empty(); ++i) {
        const std::vector<double> chances = chancesOf(i, replicates);
        double sum = 0.0;
        double played = 0.0;
        for (const double chance : chances) {
            sum += chance;
            played += chance > kSupport ? 1.0 : 0.0;
        }
        const auto count = static_cast<double>(chances.size());
        mean.push_back(sum / count);
        low.push_back(quantile(chances, 0.025));
        high.push_back(quantile(chances, 0.975));
        support.push_back(played / count);
    }
    std::vector<std::string> rows(names.begin(),
                                  names.begin() + static_cast<std::ptrdiff_t>(mean.size()));
    return {{std::move(rows), mean, low, high, support}};
}

lab::Grid distributionGrid(std::span<const std::string> names,
                           std::span<const std::vector<double>> replicates) {
    lab::Grid grid;
    grid.y.names.assign(names.begin(), names.end());
    grid.x.names.emplace_back("0");
    for (std::size_t bin = 0; bin < kBins; ++bin) {
        grid.x.names.push_back(std::to_string(100 * bin / kBins) + "–" +
                               std::to_string(100 * (bin + 1) / kBins) + " %");
    }
    grid.x.names.emplace_back("100 %");
    grid.values.assign(names.size() * (kBins + 2), 0.0);
    for (const std::vector<double>& replicate : replicates) {
        for (std::size_t i = 0; i < names.size(); ++i) {
            grid.values[i * (kBins + 2) + binOf(replicate[i])] +=
                1.0 / static_cast<double>(replicates.size());
        }
    }
    return grid;
}

lab::Note bootstrapNote(std::size_t drawn, std::size_t wanted) {
    const bool isComplete = drawn >= wanted;
    return {"bootstrap", lab::NoteKind::Information,
            isComplete ? "The votes were drawn anew " + std::to_string(drawn) +
                             " times: the distribution shows where the chances would have been."
                       : "Stale: the distribution rests on " + std::to_string(drawn) + " of " +
                             std::to_string(wanted) + " draws so far."};
}

} // namespace psephos::experiments
