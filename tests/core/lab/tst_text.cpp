// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/short_number.hpp"
#include "lab/text.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

using namespace psephos::lab;

TEST_CASE("inQuotes_anything_isOneLineOfUtf8") {
    CHECK(inQuotes("plain") == "'plain'");
    CHECK(inQuotes("two\nlines\t\x01") == "'two\\nlines\\t\\x01'");
    CHECK(inQuotes("κ=3") == "'κ=3'");
    CHECK(inQuotes("\xff\xc3") == "'\\xff\\xc3'");
    const std::string cut = inQuotes(std::string(50, 'a') + "κκκκ", 53);
    CHECK(isUtf8(cut));
    CHECK(cut == "'" + std::string(50, 'a') + "κ…'");
}

TEST_CASE("isUtf8_wellFormedOnly") {
    for (const char* text : {"", "a", "ψῆφος", "\xf0\x9f\x98\x80"}) {
        CHECK(isUtf8(text));
    }
    using namespace std::string_literals;
    for (const std::string& text : {"\x80"s, "\xc0\xaf"s, "\xe0\x80\x80"s, "\xed\xa0\x80"s,
                                    "\xf4\x90\x80\x80"s, "\xc3"s, "a\0b"s, "\xf5\x80\x80\x80"s}) {
        CHECK_FALSE(isUtf8(text));
    }
}

TEST_CASE("nearest_fewEdits_isFound") {
    const std::vector<std::string> known = {"steps", "lr", "optimizer", "soap.f"};
    CHECK(nearest("stpes", known) == "steps");
    CHECK(nearest("Optimiser", known) == "optimizer");
    CHECK(nearest("soap.g", known) == "soap.f");
    CHECK(nearest("batch", known).empty());
    CHECK(nearest(std::string(100, 'x'), known).empty());
    CHECK(nearestHint("stpes", known) == "did you mean 'steps'?");
}

TEST_CASE("shortNumber_everySize_isSpelledOneWay") {
    CHECK(shortNumber(0.055) == "0.055");
    CHECK(shortNumber(0.001) == "0.001");
    CHECK(shortNumber(1e-4) == "1e-4");
    CHECK(shortNumber(1e-5) == "1e-5");
    CHECK(shortNumber(0.00056234) == "5.62e-4");
    CHECK(shortNumber(0.0009996) == "0.001");
    CHECK(shortNumber(-0.9) == "-0.9");
    CHECK(shortNumber(0) == "0");
    CHECK(shortNumber(20000) == "20000");
    CHECK(shortNumber(99999.7, 5) == "1e5");
    CHECK(shortNumber(250000) == "2.5e5");
    CHECK(shortNumber(-INFINITY) == "-inf");
}

TEST_CASE("trimmed_blanksOnEitherSide_areGone") {
    CHECK(trimmed(" \ta b\n") == "a b");
    CHECK(trimmed(" \n").empty());
    CHECK(onOneLine("a\nb\x7f") == "a b ");
}
