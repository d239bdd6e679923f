// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/files/csv.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using psephos::lab::appendCsvCell;
using psephos::lab::CsvReader;
using psephos::lab::parseNumber;

namespace {

using Rows = std::vector<std::vector<std::string>>;

std::optional<Rows> readAll(std::string_view text, char separator = ',') {
    CsvReader reader(text, separator);
    Rows rows;
    for (;;) {
        const auto more = reader.next();
        if (!more) {
            return std::nullopt;
        }
        if (!*more) {
            return rows;
        }
        rows.emplace_back(reader.cells().begin(), reader.cells().end());
    }
}

/// The grammar once more, a byte at a time.
std::optional<Rows> readSlowly(std::string_view text) {
    Rows rows;
    std::size_t at = 0;
    while (at < text.size()) {
        rows.emplace_back();
        for (bool more = true; more;) {
            std::string cell;
            if (at < text.size() && text[at] == '"') {
                ++at;
                for (;;) {
                    if (at == text.size()) {
                        return std::nullopt;
                    }
                    if (text[at] != '"') {
                        cell += text[at++];
                    } else if (at + 1 < text.size() && text[at + 1] == '"') {
                        cell += '"';
                        at += 2;
                    } else {
                        ++at;
                        break;
                    }
                }
                if (at < text.size() && text[at] == '\r' &&
                    (at + 1 == text.size() || text[at + 1] == '\n')) {
                    ++at;
                }
                if (at < text.size() && text[at] != ',' && text[at] != '\n') {
                    return std::nullopt;
                }
            } else {
                while (at < text.size() && text[at] != ',' && text[at] != '\n') {
                    cell += text[at++];
                }
                if (!(at < text.size() && text[at] == ',') && cell.ends_with('\r')) {
                    cell.pop_back();
                }
            }
            more = at < text.size() && text[at] == ',';
            ++at;
            rows.back().push_back(cell);
        }
    }
    return rows;
}

} // namespace

TEST_CASE("csv_plainRecords_areSplit") {
    CHECK(*readAll("a,b\n1,2\n") == Rows{{"a", "b"}, {"1", "2"}});
    CHECK(*readAll("a,b\r\n1,2") == Rows{{"a", "b"}, {"1", "2"}});
    CHECK(*readAll("a,\n,b") == Rows{{"a", ""}, {"", "b"}});
    CHECK(*readAll("a,") == Rows{{"a", ""}});
    CHECK(*readAll("\xef\xbb\xbf"
                   "a") == Rows{{"a"}});
    CHECK(*readAll("a;b,c", ';') == Rows{{"a", "b,c"}});
    CHECK(readAll("")->empty());
}

TEST_CASE("csv_carriageReturn_belongsToLineEndOnly") {
    CHECK(*readAll("a\r,b\r\r\nc\rd") == Rows{{"a\r", "b\r"}, {"c\rd"}});
}

TEST_CASE("csv_quotedCells_keepSeparatorsQuotesAndLines") {
    CHECK(*readAll("\"a,b\",\"c\nd\",\"\"\n\"x\"\"y\"\"\",z") ==
          Rows{{"a,b", "c\nd", ""}, {"x\"y\"", "z"}});
    CHECK(*readAll("a\"b,\"c\"\r\n\"\"\"\"") == Rows{{"a\"b", "c"}, {"\""}});
}

TEST_CASE("csv_line_countsThoseInsideCells") {
    CsvReader reader("a\n\"b\n\nc\"\n\nd\n");
    const std::vector<std::size_t> lines{1, 2, 5, 6};
    const std::vector<bool> blank{false, false, true, false};
    for (std::size_t i = 0; i < lines.size(); ++i) {
        REQUIRE(*reader.next());
        CHECK(reader.line() == lines[i]);
        CHECK(reader.isBlank() == blank[i]);
    }
    CHECK_FALSE(*reader.next());
    CHECK(reader.offset() == 12);
}

TEST_CASE("csv_brokenQuotes_nameTheirLine") {
    CsvReader open("a\nb,\"c\nd\n");
    REQUIRE(open.next().ok());
    auto more = open.next();
    REQUIRE_FALSE(more.ok());
    CHECK(more.error().line() == "line 2: a quoted cell is never closed");
    CHECK_FALSE(*open.next());

    CsvReader text("a\nb,\"c\"d\n");
    REQUIRE(text.next().ok());
    more = text.next();
    REQUIRE_FALSE(more.ok());
    CHECK(more.error().line() == "line 2: text follows the closing quote of a cell");
}

TEST_CASE("csv_randomTexts_readAsTheGrammarSays") {
    constexpr std::string_view kAlphabet = "aaaaa,,\"\n\r\"";
    std::uint64_t state = 1;
    const auto random = [&state](std::uint64_t below) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        return (state >> 33) % below;
    };
    int readable = 0;
    for (int trial = 0; trial < 20000; ++trial) {
        std::string text;
        // Few quotes in most texts, so that long ones are readable, too.
        const std::uint64_t letters = trial % 4 == 0 ? kAlphabet.size() : 7;
        for (std::uint64_t length = random(200); length > 0; --length) {
            text += random(12) == 0 ? '\n' : kAlphabet[random(letters)];
            if (random(40) == 0) {
                text += "\"q,\"\"\n\"";
            }
        }
        const auto expected = readSlowly(text);
        const auto computed = readAll(text);
        CAPTURE(text);
        REQUIRE(computed == expected);
        readable += expected.has_value() ? 1 : 0;
    }
    CHECK(readable > 2000);
}

TEST_CASE("csv_writtenCells_readBack") {
    const Rows rows{{"plain", "a,b", "say \"x\"", "two\nlines", "", " blank ", "Ärger\r"}};
    std::string line;
    for (const std::string& cell : rows[0]) {
        if (&cell != &rows[0][0]) {
            line += ',';
        }
        appendCsvCell(line, cell);
    }
    CHECK(*readAll(line) == rows);
    CHECK(line.starts_with("plain,\"a,b\","));
}

TEST_CASE("parseNumber_takesWholeCellsOnly") {
    CHECK(*parseNumber("-1.5e3") == -1500.0);
    CHECK(*parseNumber(" +7 ") == 7.0);
    CHECK(*parseNumber(".5") == 0.5);
    CHECK(std::isnan(*parseNumber("nan")));
    CHECK(std::isinf(*parseNumber("-inf")));
    for (const char* wrong : {"", " ", "1,5", "0x10", "1 2", "one", "+-1", "+", "1e999", "--1"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parseNumber(wrong).has_value());
    }
}
