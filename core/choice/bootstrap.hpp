// SPDX-License-Identifier: GPL-3.0-or-later
// Resampling of comparisons: what the strengths would have been with other battles of the same
// kind.
#pragma once

#include "numerics/multinomial.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace psephos::choice {

/// What is drawn: counts of cells, or whole clusters of battles (all of one judge).
struct Resampling {
    std::vector<double> counts; ///< of each cell; a replicate draws as many battles as these

    /// A cluster's share of a cell.
    struct Part {
        std::uint32_t cell = 0;
        double count = 0.0;
    };

    /// Parts of cluster k are parts[begins[k]] … parts[begins[k + 1] − 1]; empty: single battles
    /// are drawn.
    std::vector<std::size_t> begins;
    std::vector<Part> parts;

    [[nodiscard]] bool isClustered() const { return !begins.empty(); }

    [[nodiscard]] std::size_t clusters() const { return begins.empty() ? 0 : begins.size() - 1; }
};

/// Sorts battles into clusters.
///
/// \param cells    of each battle; those not below `cellCount` are left out
/// \param weights  of each battle; empty: 1 each
/// \param clusters of each battle; those not below `clusterCount` are clusters of their own
[[nodiscard]] Resampling clusteredResampling(std::span<const std::uint32_t> cells,
                                             std::span<const double> weights,
                                             std::span<const std::uint32_t> clusters,
                                             std::size_t cellCount, std::size_t clusterCount);

/// Draws replicates. Thread-safe; keeps a reference to the resampling.
class ReplicateSource {
  public:
    explicit ReplicateSource(const Resampling& resampling);

    /// Draws replicate `number`: cell counts from a multinomial with the observed shares (as many
    /// battles as were observed, rounded to a whole number), or as many clusters as there are, with
    /// replacement. Drawn from the stream (seed, "bootstrap", number), so any one can be drawn
    /// alone.
    void draw(std::uint64_t seed, std::uint64_t number, std::span<double> counts) const;

  private:
    const Resampling& resampling_;
    numerics::MultinomialSampler cells_;
};

/// Fits a replicate: strengths from cell counts; false where there is no estimate.
using Refit = std::function<bool(std::span<const double> counts, std::span<double> strengths)>;

/// Strengths of all replicates that have an estimate.
struct BootstrapStrengths {
    std::size_t candidates = 0;
    std::vector<double> strengths; ///< [kept, candidates], in order of their numbers
    std::size_t lost = 0;          ///< replicates without an estimate: left out

    [[nodiscard]] std::size_t kept() const {
        return candidates == 0 ? 0 : strengths.size() / candidates;
    }

    [[nodiscard]] double at(std::size_t replicate, std::size_t candidate) const {
        return strengths[replicate * candidates + candidate];
    }
};

/// Draws and fits replicates on several threads; the answer does not depend on their number.
///
/// \param makeRefit called once in each thread: a Refit with its own workspace
/// \param stop      asked between replicates; the answer is not to be used after it said true
[[nodiscard]] BootstrapStrengths bootstrap(const Resampling& resampling, std::size_t candidates,
                                           std::size_t replicates, std::uint64_t seed, int threads,
                                           const std::function<Refit()>& makeRefit,
                                           const std::function<bool()>& stop = {});

} // namespace psephos::choice
