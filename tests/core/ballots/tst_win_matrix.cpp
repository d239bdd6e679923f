// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/win_matrix.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using psephos::ballots::countMargins;
using psephos::ballots::Pair;
using psephos::ballots::parseWinMatrix;
using psephos::ballots::unseenPairs;

namespace {

std::string refusal(std::string_view text) {
    const auto counts = parseWinMatrix(text, "m.csv");
    REQUIRE_FALSE(counts.ok());
    CHECK(counts.error().line().find('\n') == std::string::npos);
    return counts.error().place + ": " + counts.error().message;
}

} // namespace

TEST_CASE("winMatrix_plain_givesWinsAndMargins") {
    const auto counts = parseWinMatrix(",a,b,c\na,,7,4\nb,3,,6\nc,6,4,\n", "m.csv");
    REQUIRE(counts.ok());
    CHECK(counts->names == std::vector<std::string>{"a", "b", "c"});
    CHECK(counts->wins == std::vector<double>{0, 7, 4, 3, 0, 6, 6, 4, 0});
    CHECK(countMargins(*counts) == std::vector<double>{0, 4, -2, -4, 0, 2, 2, -2, 0});
    CHECK(unseenPairs(*counts).empty());
}

TEST_CASE("winMatrix_namesAndNumbers_areTakenAsWritten") {
    const auto counts =
        parseWinMatrix("\xef\xbb\xbf"
                       "wins,\"Kill Bill: Vol. 1\", padded ,\"say \"\"hi\"\"\"\r\n"
                       "\"Kill Bill: Vol. 1\",0,1.5, 2 \r\n padded ,+0.5,99,1e1\r\n\r\n"
                       "\"say \"\"hi\"\"\",0,0,x\r\n",
                       "m.csv");
    REQUIRE(counts.ok());
    CHECK(counts->names == std::vector<std::string>{"Kill Bill: Vol. 1", " padded ", "say \"hi\""});
    CHECK(counts->wins == std::vector<double>{0, 1.5, 2, 0.5, 0, 10, 0, 0, 0});
}

TEST_CASE("winMatrix_bothCellsEmpty_pairIsUnseen") {
    const auto counts = parseWinMatrix("x,a,b,c\na,,,1\nb,nan,,0\nc,2,0,\n", "m.csv");
    REQUIRE(counts.ok());
    // b against c: compared never, too, as nobody won and a win matrix knows no ties.
    CHECK(unseenPairs(*counts) == std::vector<Pair>{{0, 1}, {1, 2}});
    CHECK(countMargins(*counts)[1] == 0.0);
}

TEST_CASE("winMatrix_rowsInAnotherOrder_areFoundByName") {
    const auto counts = parseWinMatrix(",a,b,c\nc,6,4,\na,,7,4\nb,3,,6\n", "m.csv");
    REQUIRE(counts.ok());
    CHECK(counts->names == std::vector<std::string>{"a", "b", "c"});
    CHECK(counts->wins == std::vector<double>{0, 7, 4, 3, 0, 6, 6, 4, 0});
    // A place in the file, not in the matrix.
    CHECK(refusal(",a,b\nb,3,\na,,\n") ==
          "m.csv, line 3, column 3: no number for 'a' over 'b', but the opposite cell has one");
}

TEST_CASE("winMatrix_semicolonsAndTabs_separateWhereNoCommaDoes") {
    const std::vector<double> wins{0, 7, 3.5, 0};
    for (const char* text :
         {";\"a, b\";c\n\"a, b\";;7\nc;3.5;\n", "\n\"a;\"\t\"a, b\"\tc\n\"a, b\"\t\t7\nc\t3.5\t\n",
          ",\"a, b\",c\n\"a, b\",,7\nc,3.5,\n"}) {
        CAPTURE(text);
        const auto counts = parseWinMatrix(text, "m.csv");
        REQUIRE(counts.ok());
        CHECK(counts->names == std::vector<std::string>{"a, b", "c"});
        CHECK(counts->wins == wins);
    }
    const auto verbatim = parseWinMatrix("x,a;b,c\na;b,,7\nc,3.5,\n", "m.csv");
    REQUIRE(verbatim.ok());
    CHECK(verbatim->names == std::vector<std::string>{"a;b", "c"});
    CHECK(refusal(";a;b\na;;1,5\nb;1;\n") == "m.csv, line 2, column 3: '1,5' is not a number");
}

TEST_CASE("winMatrix_oneCandidate_isRead") {
    const auto counts = parseWinMatrix(",only\nonly,\n", "m.csv");
    REQUIRE(counts.ok());
    CHECK(counts->size() == 1);
    CHECK(countMargins(*counts) == std::vector<double>{0.0});
}

TEST_CASE("winMatrix_faults_nameLineAndColumn") {
    CHECK(refusal("") == "m.csv: the file holds no data");
    CHECK(refusal("\n\n") == "m.csv: the file holds no data");
    CHECK(refusal("a\n") == "m.csv, line 1: the header names no candidate");
    CHECK(refusal("0,1,2\n2,0,1\n1,1,0\n") ==
          "m.csv, line 1: the first line holds only numbers, not the candidates' names");
    CHECK(parseWinMatrix(",1,2\n1,,1\n2,1,\n", "m.csv").ok());
    CHECK(refusal(",a,\na,,1\n,2,\n") == "m.csv, line 1, column 3: a candidate has no name");
    CHECK(refusal(",a,b,a\n") == "m.csv, line 1, column 4: 'a' is named in column 2 already");
    CHECK(refusal(",a,b\na,,one\nb,1,\n") == "m.csv, line 2, column 3: 'one' is not a number");
    CHECK(refusal(",a,b\na,,1\nb,-2,\n") ==
          "m.csv, line 3, column 2: '-2' is negative, but a win matrix counts wins");
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

TEST_CASE("winMatrix_longOrBrokenCell_isShownOnOneLine") {
    const std::string cell = "\"two\nlines " + std::string(200, 'x') + "\"";
    const std::string message = refusal(",a,b\na,," + cell + "\nb,1,\n");
    CHECK(message.find("'two\\nlines xxx") != std::string::npos);
    CHECK(message.size() < 150);
}
