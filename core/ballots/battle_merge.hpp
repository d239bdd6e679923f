// SPDX-License-Identifier: GPL-3.0-or-later
// One table of battles from the chunks of several threads.
#pragma once

#include "ballots/battle_chunk.hpp"
#include "ballots/battle_table.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace psephos::ballots {

/// What one thread read: chunks in the words of its collector.
struct CollectedBattles {
    std::unique_ptr<BattleCollector> collector;
    std::vector<BattleChunk> chunks; ///< by their sequence
};

/// Puts the chunks in their order and their words into one numbering, that of first appearance.
///
/// \param parts of each thread; emptied
/// \errors no battle at all, more than kMaxCandidates candidates
[[nodiscard]] lab::Result<BattleTable> mergeBattles(const BattleLayout& layout,
                                                    std::vector<CollectedBattles>& parts,
                                                    const std::string& place);

} // namespace psephos::ballots
