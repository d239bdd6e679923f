// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/numbering.hpp"

#include <algorithm>
#include <cstddef>

namespace psephos::ballots {

/// By first appearance. At one position there are only words of one table, in their order.
Numbering numbered(const std::vector<SeenWords>& tables) {
    struct Word {
        Position position;
        std::size_t table;
        std::uint32_t id;
    };

    std::vector<Word> order;
    Numbering numbering;
    for (std::size_t t = 0; t < tables.size(); ++t) {
        numbering.of.emplace_back(tables[t].words->size());
        for (std::uint32_t id = 0; id < tables[t].words->size(); ++id) {
            if ((*tables[t].firstSeen)[id] != kNowhere) {
                order.push_back({(*tables[t].firstSeen)[id], t, id});
            }
        }
    }
    std::stable_sort(order.begin(), order.end(), [](const Word& one, const Word& other) {
        return one.position < other.position;
    });
    WordTable all;
    for (const Word& word : order) {
        const std::string_view text = tables[word.table].words->word(word.id);
        const std::uint32_t number = all.idOf(text);
        if (number == numbering.words.size()) {
            numbering.words.emplace_back(text);
        }
        numbering.of[word.table][word.id] = number;
    }
    return numbering;
}

} // namespace psephos::ballots
