// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/word_table.hpp"

#include <doctest/doctest.h>

#include <string>

using psephos::ballots::WordTable;

TEST_CASE("wordTable_words_areNumberedInOrderOfFirstAppearance") {
    WordTable table;
    CHECK(table.idOf("b") == 0);
    CHECK(table.idOf("a") == 1);
    CHECK(table.idOf("b") == 0);
    CHECK(table.idOf("") == 2);
    CHECK(table.idOf("") == 2);
    CHECK(table.word(1) == "a");
    CHECK(table.bytes() == 2);
    table.clear();
    CHECK(table.size() == 0);
    CHECK(table.idOf("a") == 0);
}

TEST_CASE("wordTable_manyWordsOfAllLengths_keepTheirNumbers") {
    WordTable table;
    const auto word = [](std::uint32_t i) {
        return std::to_string(i) + std::string(i % 40, 'x') + std::string(i == 7 ? 100000 : 0, 'y');
    };
    for (std::uint32_t i = 0; i < 20000; ++i) {
        CHECK(table.idOf(word(i)) == i);
    }
    for (std::uint32_t i = 0; i < 20000; ++i) {
        CHECK(table.idOf(word(i)) == i);
        CHECK(table.word(i) == word(i));
    }
    CHECK(table.size() == 20000);
}
