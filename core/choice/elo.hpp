// SPDX-License-Identifier: GPL-3.0-or-later
// Elo's online ratings, which depend on the order of the battles, and by how much they do.
#pragma once

#include "ballots/pair_counts.hpp"
#include "numerics/random.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace psephos::choice {

/// One battle as Elo sees it.
struct EloBattle {
    std::uint32_t first = 0;
    std::uint32_t second = 0;
    float score = 0.5F; ///< of the first: 1 won, 0.5 tied, 0 lost
};

struct EloOptions {
    double k = 4.0;          ///< points that a battle can move
    double initial = 1000.0; ///< rating before the first battle
};

/// 400/ln 10 = 173.7177928: Elo points per unit of θ.
[[nodiscard]] double eloPerUnit();

/// E = 1/(1 + 10^((R_b − R_a)/400)); R_a += K(y − E), R_b −= K(y − E), battle after battle.
///
/// \param order in which the battles are played; empty: as they stand
/// \return [candidates] ratings after the last one
/// Source: A. E. Elo, "The rating of chessplayers, past and present" (1978).
[[nodiscard]] std::vector<double> eloOnline(std::span<const EloBattle> battles,
                                            std::size_t candidates, const EloOptions& options = {},
                                            std::span<const std::uint64_t> order = {});

/// What the counts say as single battles, pair by pair; fractions of a battle are rounded.
[[nodiscard]] std::vector<EloBattle> eloBattles(const ballots::PairCounts& counts);

/// Ratings after the same battles in random order number `order`, drawn from the stream
/// (seed, "elo", order).
[[nodiscard]] std::vector<double> eloInRandomOrder(std::span<const EloBattle> battles,
                                                   std::size_t candidates, std::uint64_t order,
                                                   std::uint64_t seed,
                                                   const EloOptions& options = {});

} // namespace psephos::choice
