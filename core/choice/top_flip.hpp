// SPDX-License-Identifier: GPL-3.0-or-later
// How few battles hold the winner at the top.
#pragma once

#include "ballots/pair_counts.hpp"
#include "lab/result.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace psephos::choice {

/// Battles of one pair with one outcome that are taken away.
struct DroppedBattles {
    std::size_t winner = 0; ///< of a tie the one with the smaller number
    std::size_t loser = 0;
    bool isTie = false;
    double count = 0.0;
};

/// Battles without which another candidate leads.
struct TopFlip {
    std::size_t top = 0;
    std::size_t newTop = 0;
    std::vector<DroppedBattles> dropped; ///< most influential first
    double count = 0.0;                  ///< of them
    double battles = 0.0;                ///< of all comparisons
};

/// Looks for few battles whose removal puts another candidate on top.
///
/// For each of the next-best candidates, battles are put in order of their influence: to first
/// order removing one between i and j that went y for i changes the lead of the top by −(h_i −
/// h_j)(y − p_ij), h = H⁺(e_top − e_rival). How many are needed in that order is found by
/// refitting. So it is certain that without these battles another one leads, and that with one
/// fewer, in this order, none does; that no other set is smaller is not.
///
/// \param ties   half a win of each, or nothing
/// \param rivals how many of the next-best are tried
/// \return none where nobody takes the lead before the candidates fall apart
/// \errors those of fitBradleyTerry()
/// Source: for the question and influence as the order J. Y. Huang, Y. Shen, D. Wei, T. Broderick,
/// "Dropping just a handful of preferences can change top large language model rankings",
/// 2508.11847; the search is our own.
[[nodiscard]] lab::Result<std::optional<TopFlip>>
findTopFlip(const ballots::PairCounts& counts, ballots::Ties ties, std::size_t rivals = 2);

} // namespace psephos::choice
