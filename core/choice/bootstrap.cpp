// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/bootstrap.hpp"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cmath>
#include <numeric>
#include <thread>

namespace psephos::choice {

Resampling clusteredResampling(std::span<const std::uint32_t> cells,
                               std::span<const double> weights,
                               std::span<const std::uint32_t> clusters, std::size_t cellCount,
                               std::size_t clusterCount) {
    assert(cells.size() == clusters.size());
    Resampling resampling;
    resampling.counts.assign(cellCount, 0.0);

    struct Row {
        std::size_t cluster;
        Resampling::Part part;
    };

    std::vector<Row> rows;
    rows.reserve(cells.size());
    std::size_t last = clusterCount;
    for (std::size_t b = 0; b < cells.size(); ++b) {
        const double weight = weights.empty() ? 1.0 : weights[b];
        if (cells[b] < cellCount && weight > 0.0) {
            const std::size_t cluster = clusters[b] < clusterCount ? clusters[b] : last++;
            rows.push_back({cluster, {cells[b], weight}});
            resampling.counts[cells[b]] += weight;
        }
    }
    std::stable_sort(rows.begin(), rows.end(), [](const Row& one, const Row& other) {
        return one.cluster != other.cluster ? one.cluster < other.cluster
                                            : one.part.cell < other.part.cell;
    });
    for (std::size_t r = 0; r < rows.size(); ++r) {
        const bool isNewCluster = r == 0 || rows[r].cluster != rows[r - 1].cluster;
        if (isNewCluster) {
            resampling.begins.push_back(resampling.parts.size());
        }
        if (!isNewCluster && resampling.parts.back().cell == rows[r].part.cell) {
            resampling.parts.back().count += rows[r].part.count;
        } else {
            resampling.parts.push_back(rows[r].part);
        }
    }
    resampling.begins.push_back(resampling.parts.size());
    return resampling;
}

namespace {

std::uint64_t drawsOf(const Resampling& resampling) {
    return resampling.isClustered()
               ? 0
               : static_cast<std::uint64_t>(std::llround(
                     std::accumulate(resampling.counts.begin(), resampling.counts.end(), 0.0)));
}

} // namespace

ReplicateSource::ReplicateSource(const Resampling& resampling)
    : resampling_(resampling)
    , cells_(drawsOf(resampling), resampling.counts) {}

void ReplicateSource::draw(std::uint64_t seed, std::uint64_t number,
                           std::span<double> counts) const {
    assert(counts.size() == resampling_.counts.size());
    numerics::RandomStream random(seed, "bootstrap", number);
    if (!resampling_.isClustered()) {
        cells_.draw(random, counts);
        return;
    }
    std::fill(counts.begin(), counts.end(), 0.0);
    const std::size_t clusters = resampling_.clusters();
    for (std::size_t draw = 0; draw < clusters; ++draw) {
        const std::uint64_t cluster = random.below(clusters);
        for (std::size_t p = resampling_.begins[cluster]; p < resampling_.begins[cluster + 1];
             ++p) {
            counts[resampling_.parts[p].cell] += resampling_.parts[p].count;
        }
    }
}

BootstrapStrengths bootstrap(const Resampling& resampling, std::size_t candidates,
                             std::size_t replicates, std::uint64_t seed, int threads,
                             const std::function<Refit()>& makeRefit,
                             const std::function<bool()>& stop) {
    BootstrapStrengths answer;
    answer.candidates = candidates;
    std::vector<double> strengths(replicates * candidates, 0.0);
    std::vector<char> isKept(replicates, 0); // written by the thread that has the replicate
    const ReplicateSource source(resampling);
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        const Refit refit = makeRefit();
        std::vector<double> counts(resampling.counts.size());
        for (std::size_t b = next++; b < replicates && !(stop && stop()); b = next++) {
            source.draw(seed, b, counts);
            const std::span<double> row(strengths.data() + b * candidates, candidates);
            isKept[b] = refit(counts, row) ? 1 : 0;
        }
    };
    {
        std::vector<std::jthread> others;
        const auto wanted = static_cast<std::size_t>(std::max(threads, 1));
        for (std::size_t t = 1; t < std::min(wanted, replicates); ++t) {
            others.emplace_back(work);
        }
        work();
    }
    for (std::size_t b = 0; b < replicates; ++b) {
        if (isKept[b] != 0) {
            const auto from = strengths.begin() + static_cast<std::ptrdiff_t>(b * candidates);
            answer.strengths.insert(answer.strengths.end(), from,
                                    from + static_cast<std::ptrdiff_t>(candidates));
        } else {
            ++answer.lost;
        }
    }
    return answer;
}

} // namespace psephos::choice
