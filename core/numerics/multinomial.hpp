// SPDX-License-Identifier: GPL-3.0-or-later
// Many draws from one multinomial distribution, as a bootstrap needs them.
#pragma once

#include "numerics/random.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace psephos::numerics {

/// A finite distribution drawn from in constant time.
/// Source: A. J. Walker, ACM Transactions on Mathematical Software 3 (1977); the tables are built
/// as by M. D. Vose, IEEE Transactions on Software Engineering 17 (1991).
class AliasTable {
  public:
    AliasTable() = default;

    /// \param weights not negative, finite, their sum positive (asserted)
    explicit AliasTable(std::span<const double> weights);

    /// The number of a weight, with chance weight/Σ weights.
    [[nodiscard]] std::size_t draw(RandomStream& random) const {
        const double at = random.uniform() * static_cast<double>(cells_.size());
        const auto cell = static_cast<std::size_t>(at);
        return at - static_cast<double>(cell) < cells_[cell].share ? cell : cells_[cell].alias;
    }

    [[nodiscard]] std::size_t size() const { return cells_.size(); }

  private:
    struct Cell {
        double share = 1.0; ///< of the cell that is its own
        std::size_t alias = 0;
    };

    std::vector<Cell> cells_;
};

/// Distributes n draws over cells, each into cell c with chance weights[c]/Σ weights; exact but for
/// rounding. Thread-safe.
///
/// Where n is much greater than the number of cells, most draws come as independent Poisson
/// numbers, one a cell, with a sum a little below n; the rest is drawn one by one. Given their sum,
/// independent Poisson numbers are multinomial, so that the whole is, whatever the sum. Cells of
/// equal weight share a table, which for counts makes a draw as cheap as a uniform number a cell.
class MultinomialSampler {
  public:
    /// \param weights not negative, finite, not all 0 unless n is 0 (asserted)
    MultinomialSampler(std::uint64_t n, std::span<const double> weights);

    /// \param counts receives how many fell into each cell; as long as the weights (asserted)
    void draw(RandomStream& random, std::span<double> counts) const;

  private:
    /// Poisson numbers of one mean: those that are not too rare for a double.
    struct Poisson {
        AliasTable table;
        double least = 0.0;
    };

    static Poisson poissonOf(double mean);
    void buildPoissons();

    std::uint64_t n_;
    std::vector<double> weights_;
    AliasTable cells_;
    std::vector<Poisson> poissons_;        ///< empty: no Poisson numbers are drawn
    std::vector<std::uint32_t> poissonOf_; ///< of each cell
    bool isConditional_ = false;           ///< by conditional binomials instead
};

} // namespace psephos::numerics
