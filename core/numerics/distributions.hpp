// SPDX-License-Identifier: GPL-3.0-or-later
// Draws from distributions beyond the uniform and the normal, and quantiles.
#pragma once

#include "numerics/random.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace psephos::numerics {

/// How many of n independent trials succeed, each with this chance; exact but for rounding. About
/// 50 ns, whatever n.
///
/// \param chance in [0, 1] (asserted)
/// Source: for n·min(p, 1−p) ≥ 10 W. Hörmann, "The generation of binomial random variates", Journal
/// of Statistical Computation and Simulation 46 (1993), algorithm BTRS; below it inversion.
[[nodiscard]] std::uint64_t binomial(RandomStream& random, std::uint64_t n, double chance);

/// Distributes n draws over cells, each draw into cell c with chance weights[c] / Σ weights, by
/// conditional binomials: one draw a cell, whatever n.
///
/// \param weights not negative, finite, not all 0 unless n is 0 (asserted)
/// \param counts  receives how many fell into each cell; as long as weights (asserted)
void multinomial(RandomStream& random, std::uint64_t n, std::span<const double> weights,
                 std::span<double> counts);

/// The number below which a standard normal lies with this chance, to about 1e-15 relative.
///
/// \param chance in (0, 1) (asserted)
[[nodiscard]] double normalQuantile(double chance);

/// The value below which this share of the sorted values lies, interpolated linearly between
/// neighbours: position share·(size − 1).
///
/// \param sorted ascending, at least one (asserted)
/// \param share  in [0, 1] (asserted)
[[nodiscard]] double sortedQuantile(std::span<const double> sorted, double share);

} // namespace psephos::numerics
