// SPDX-License-Identifier: GPL-3.0-or-later
// Words that several threads numbered for themselves, in one numbering.
#pragma once

#include "ballots/battle_chunk.hpp"
#include "ballots/word_table.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace psephos::ballots {

/// Words of several tables in one numbering.
struct Numbering {
    std::vector<std::string> words;
    std::vector<std::vector<std::uint32_t>> of; ///< for each table, the number of each of its words
};

/// The words of one thread, and where each stood first.
struct SeenWords {
    const WordTable* words;
    const std::vector<Position>* firstSeen;
};

/// Numbers words by their first appearance. At one position there are words of one table only, in
/// their order. A word that was seen nowhere gets no number.
[[nodiscard]] Numbering numbered(const std::vector<SeenWords>& tables);

} // namespace psephos::ballots
