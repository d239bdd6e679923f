// SPDX-License-Identifier: GPL-3.0-or-later
// Rules that score each candidate by its duels: Borda, Copeland, minimax, Condorcet.
#pragma once

#include "choice/votes.hpp"

#include <optional>

namespace psephos::choice {

/// Borda. Scores: Σ_j N_ij + T_ij / 2, which on ballots is n − 1 points for the first place down to
/// 0 for the last one, tied candidates sharing theirs. Where pairs were compared unequally often,
/// Votes made of rates weigh them alike.
[[nodiscard]] RuleOutcome borda(const Votes& votes);

/// Copeland. Scores: duels won, a tied one counting half.
[[nodiscard]] RuleOutcome copeland(const Votes& votes);

/// Minimax (margins). Scores: the margin of the worst duel; 0 for a single candidate.
[[nodiscard]] RuleOutcome minimax(const Votes& votes);

/// Who beats every other candidate, if anybody.
[[nodiscard]] std::optional<std::size_t> condorcetWinner(const Votes& votes);

/// Who is beaten by every other candidate, if anybody; none of a single candidate.
[[nodiscard]] std::optional<std::size_t> condorcetLoser(const Votes& votes);

/// Elects the Condorcet winner, else nobody. Scores: 1 for that winner, −1 for the Condorcet loser,
/// else 0.
[[nodiscard]] RuleOutcome condorcet(const Votes& votes);

} // namespace psephos::choice
