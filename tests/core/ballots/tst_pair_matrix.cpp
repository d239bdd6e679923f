// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/pair_matrix.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using psephos::ballots::countMargins;
using psephos::ballots::MatrixKind;
using psephos::ballots::Pair;
using psephos::ballots::parsePairMatrix;
using psephos::ballots::unseenPairs;

namespace {

std::string refusal(std::string_view text) {
    const auto counts = parsePairMatrix(text, "m.csv");
    REQUIRE_FALSE(counts.ok());
    CHECK(counts.error().line().find('\n') == std::string::npos);
    return counts.error().place + ": " + counts.error().message;
}

} // namespace

TEST_CASE("pairMatrix_plain_givesWinsAndMargins") {
    const auto counts = parsePairMatrix(",a,b,c\na,,7,4\nb,3,,6\nc,6,4,\n", "m.csv");
    REQUIRE(counts.ok());
    CHECK(counts->counts.names == std::vector<std::string>{"a", "b", "c"});
    CHECK(counts->counts.wins == std::vector<double>{0, 7, 4, 3, 0, 6, 6, 4, 0});
    CHECK(countMargins(counts->counts) == std::vector<double>{0, 4, -2, -4, 0, 2, 2, -2, 0});
    CHECK(unseenPairs(counts->counts).empty());
}

TEST_CASE("pairMatrix_namesAndNumbers_areTakenAsWritten") {
    const auto counts =
        parsePairMatrix("\xef\xbb\xbf"
                        "wins,\"Kill Bill: Vol. 1\", padded ,\"say \"\"hi\"\"\"\r\n"
                        "\"Kill Bill: Vol. 1\",0,1.5, 2 \r\n padded ,+0.5,99,1e1\r\n\r\n"
                        "\"say \"\"hi\"\"\",0,0,x\r\n",
                        "m.csv");
    REQUIRE(counts.ok());
    CHECK(counts->counts.names ==
          std::vector<std::string>{"Kill Bill: Vol. 1", " padded ", "say \"hi\""});
    CHECK(counts->counts.wins == std::vector<double>{0, 1.5, 2, 0.5, 0, 10, 0, 0, 0});
}

TEST_CASE("pairMatrix_bothCellsEmpty_pairIsUnseen") {
    const auto counts = parsePairMatrix("x,a,b,c\na,,,1\nb,nan,,0\nc,2,0,\n", "m.csv");
    REQUIRE(counts.ok());
    // b against c: compared never, too, as nobody won and a win matrix knows no ties.
    CHECK(unseenPairs(counts->counts) == std::vector<Pair>{{0, 1}, {1, 2}});
    CHECK(countMargins(counts->counts)[1] == 0.0);
}

TEST_CASE("pairMatrix_rowsInAnotherOrder_areFoundByName") {
    const auto counts = parsePairMatrix(",a,b,c\nc,6,4,\na,,7,4\nb,3,,6\n", "m.csv");
    REQUIRE(counts.ok());
    CHECK(counts->counts.names == std::vector<std::string>{"a", "b", "c"});
    CHECK(counts->counts.wins == std::vector<double>{0, 7, 4, 3, 0, 6, 6, 4, 0});
    // A place in the file, not in the matrix.
    CHECK(refusal(",a,b\nb,3,\na,,\n") ==
          "m.csv, line 3, column 3: no number for 'a' over 'b', but the opposite cell has one");
}

TEST_CASE("pairMatrix_semicolonsAndTabs_separateWhereNoCommaDoes") {
    const std::vector<double> wins{0, 7, 3.5, 0};
    for (const char* text :
         {";\"a, b\";c\n\"a, b\";;7\nc;3.5;\n", "\n\"a;\"\t\"a, b\"\tc\n\"a, b\"\t\t7\nc\t3.5\t\n",
          ",\"a, b\",c\n\"a, b\",,7\nc,3.5,\n"}) {
        CAPTURE(text);
        const auto counts = parsePairMatrix(text, "m.csv");
        REQUIRE(counts.ok());
        CHECK(counts->counts.names == std::vector<std::string>{"a, b", "c"});
        CHECK(counts->counts.wins == wins);
    }
    const auto verbatim = parsePairMatrix("x,a;b,c\na;b,,7\nc,3.5,\n", "m.csv");
    REQUIRE(verbatim.ok());
    CHECK(verbatim->counts.names == std::vector<std::string>{"a;b", "c"});
    CHECK(refusal(";a;b\na;;1,5\nb;1;\n") == "m.csv, line 2, column 3: '1,5' is not a number");
}

TEST_CASE("pairMatrix_oneCandidate_isRead") {
    const auto counts = parsePairMatrix(",only\nonly,\n", "m.csv");
    REQUIRE(counts.ok());
    CHECK(counts->counts.size() == 1);
    CHECK(countMargins(counts->counts) == std::vector<double>{0.0});
}

TEST_CASE("pairMatrix_faults_nameLineAndColumn") {
    CHECK(refusal("") == "m.csv: the file holds no data");
    CHECK(refusal("\n\n") == "m.csv: the file holds no data");
    CHECK(refusal("a\n") == "m.csv, line 1: the header names no candidate");
    CHECK(refusal("0,1,2\n2,0,1\n1,1,0\n") ==
          "m.csv, line 1: the first line holds only numbers, not the candidates' names");
    CHECK(parsePairMatrix(",1,2\n1,,1\n2,1,\n", "m.csv").ok());
    CHECK(refusal(",a,\na,,1\n,2,\n") == "m.csv, line 1, column 3: a candidate has no name");
    CHECK(refusal(",a,b,a\n") == "m.csv, line 1, column 4: 'a' is named in column 2 already");
    CHECK(refusal(",a,b\na,,one\nb,1,\n") == "m.csv, line 2, column 3: 'one' is not a number");
    CHECK(refusal(",a,b\na,,1\nb,-2,\n") ==
          "m.csv, line 3, column 2: '-2' is negative, but the opposite cell is '1'");
    CHECK(refusal(",a,b\na,,inf\nb,2,\n") == "m.csv, line 2, column 3: 'inf' is not finite");
    CHECK(refusal(",a,b\na,,1\n") ==
          "m.csv: the file has rows for 1 of the 2 candidates that the header names");
    CHECK(refusal(",a,b\na,,1\nb,1,\nc,1,1\n") ==
          "m.csv, line 4, column 1: the header names no candidate 'c'");
    CHECK(refusal(",a,b\na,,1\na,,1\nb,1,\n") ==
          "m.csv, line 3, column 1: the row of 'a' stands on line 2 already");
    CHECK(refusal(",a,b\na,\nb,1,\n") ==
          "m.csv, line 2: row 'a' has 1 cells after its name, the header names 2 candidates");
    CHECK(refusal(",a,b\na,,\nb,3,\n") ==
          "m.csv, line 2, column 3: no number for 'a' over 'b', but the opposite cell has one");
    CHECK(refusal(",a,b\na,,1\nb,nan,\n") ==
          "m.csv, line 3, column 2: no number for 'b' over 'a', but the opposite cell has one");
    CHECK(refusal(",a,b\na,,\"1\nb,1,\n") == "m.csv, line 2: a quoted cell is never closed");
}

TEST_CASE("pairMatrix_longOrBrokenCell_isShownOnOneLine") {
    const std::string cell = "\"two\nlines " + std::string(200, 'x') + "\"";
    const std::string message = refusal(",a,b\na,," + cell + "\nb,1,\n");
    CHECK(message.find("'two\\nlines xxx") != std::string::npos);
    CHECK(message.size() < 150);
}

TEST_CASE("pairMatrix_margins_keepTheirMargins") {
    const auto counts = parsePairMatrix(",a,b,c\na,0,3,-7\nb,-3,0,\nc,7,,0\n", "m.csv");
    REQUIRE(counts.ok());
    CHECK(counts->kind == MatrixKind::Margins);
    CHECK(countMargins(counts->counts) == std::vector<double>{0, 3, -7, -3, 0, 0, 7, 0, 0});
    CHECK(counts->counts.compared(0, 1) == 7);
    CHECK(unseenPairs(counts->counts) == std::vector<Pair>{{1, 2}});
    // A margin of 0 is a comparison; margins up to 1 are those of rates.
    const auto rates = parsePairMatrix(",a,b,c\na,,0,-0.5\nb,0,,0.25\nc,0.5,-0.25,\n", "m.csv");
    REQUIRE(rates.ok());
    CHECK(rates->counts.compared(0, 1) == 1);
    CHECK(rates->counts.win(1, 2) == 0.625);
    CHECK(unseenPairs(rates->counts).empty());
    CHECK(refusal(",a,b,c\na,,3,-7\nb,-3,,1\nc,7,1,\n") ==
          "m.csv, line 3, column 4: the opposite cells 1 and 1 are no margins, but others are "
          "negative");
    CHECK(refusal(",a,b\na,,-1\nb,-1,\n") ==
          "m.csv, line 2, column 3: '-1' is negative, but the opposite cell is '-1'");
}

TEST_CASE("pairMatrix_rates_areKnownByTheirSums") {
    const auto kindOf = [](std::string_view text) {
        const auto counts = parsePairMatrix(text, "m.csv");
        REQUIRE(counts.ok());
        return counts->kind;
    };
    CHECK(kindOf(",a,b\na,0.5,0.7\nb,0.3,0.5\n") == MatrixKind::Rates);
    CHECK(kindOf(",a,b,c\na,,1,\nb,0,,0.25\nc,,0.75,\n") == MatrixKind::Rates);
    CHECK(kindOf(",a,b\na,,0.7\nb,0.4,\n") == MatrixKind::Wins);
    CHECK(kindOf(",a,b\na,,1\nb,0,\n") == MatrixKind::Wins);
    CHECK(kindOf(",a,b\na,,7\nb,3,\n") == MatrixKind::Wins);
}
