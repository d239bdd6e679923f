// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/wide_tables.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

using psephos::ballots::Ballot;
using psephos::ballots::Category;
using psephos::ballots::parseJudgeMatrix;
using psephos::ballots::parseOrders;
using psephos::ballots::RejectedRow;
using psephos::ballots::Unranked;

namespace {

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("judgeMatrix_rows_becomeVotersWhoOrderTheCandidates") {
    const auto table = parseJudgeMatrix("prompt,dataset,m.1,m-2,m_3\n0,koala,0.25,1,0.25\n"
                                        "1,vicuna,,0.5,0.75\n2,,0,0,0\n",
                                        "f");
    REQUIRE(table.ok());
    CHECK(table->profile.names == Names{"m.1", "m-2", "m_3"});
    CHECK(table->profile.ballots ==
          std::vector<Ballot>{{1, {1, 0, 2}, {1, 3}}, {1, {2, 1}, {1, 2}}, {1, {0, 1, 2}, {3}}});
    CHECK(table->meanScores == std::vector<double>{0.125, 0.5, 1.0 / 3.0});
    REQUIRE(table->profile.categories.size() == 2);
    const Category& dataset = table->profile.categories[1];
    CHECK(dataset.name == "dataset");
    CHECK(dataset.labels == Names{"koala", "vicuna"});
    CHECK(dataset.codes == std::vector<std::uint32_t>{0, 1, Category::kNone});
    // Who is not ranked is below all others.
    CHECK(pairCounts(table->profile).win(1, 0) == 2);
}

TEST_CASE("judgeMatrix_rowsThatCantBeRead_areRejected") {
    const auto table =
        parseJudgeMatrix("prompt,x,y\n0,0.5,1\n1,1.5,0\n2,,\n3,0.1\n4,a,0\n5,nan,0\n", "f");
    REQUIRE(table.ok());
    CHECK(table->profile.voters() == 1);
    CHECK(table->rejectedRows == 5);
    CHECK(table->rejected[0] ==
          RejectedRow{3, "the cell of 'x' is '1.5', not a number from 0 to 1"});
    CHECK(table->rejected[1] == RejectedRow{4, "all candidates' cells are empty"});
    CHECK(table->rejected[2] == RejectedRow{5, "2 cells, the header has 3"});
    const auto none = parseJudgeMatrix("prompt,x,y\n1,,\n", "f");
    REQUIRE_FALSE(none.ok());
    CHECK(none.error().line().starts_with("f, line 2: none of the 1 rows can be used"));
    const auto empty = parseJudgeMatrix("prompt,x,y\n", "f");
    REQUIRE_FALSE(empty.ok());
    CHECK(empty.error().line() == "f: the file has a header, but no row");
}

TEST_CASE("orders_rows_becomeBallots") {
    const auto table =
        parseOrders("race,p2,p1,p3,count\nDaytona,18,83,20,2\nRockingham,4,72,,1\n", "f");
    REQUIRE(table.ok());
    CHECK(table->profile.names == Names{"83", "18", "20", "72", "4"});
    CHECK(table->profile.ballots ==
          std::vector<Ballot>{{2, {0, 1, 2}, {1, 2, 3}}, {1, {3, 4}, {1, 2}}});
    CHECK(table->profile.voters() == 3);
    CHECK(pairCounts(table->profile, Unranked::NotCompared).compared(0, 3) == 0);
    CHECK(table->profile.categories.at(0).labels == Names{"Daytona", "Rockingham"});
}

TEST_CASE("orders_rowsThatCantBeRead_areRejected") {
    const auto table =
        parseOrders("rank 1,rank 2,count\na,b,1\na,a,1\n,,1\na,b,x\na,b,-1\na,b\n", "f");
    REQUIRE(table.ok());
    CHECK(table->rejectedRows == 5);
    CHECK(table->rejected[0] == RejectedRow{3, "'a' stands in it twice"});
    CHECK(table->rejected[1] == RejectedRow{4, "it names no candidate"});
    CHECK(table->rejected[2] == RejectedRow{5, "the count is 'x', not a whole number"});
    const auto nobody = parseOrders("p1,p2,count\na,b,0\n", "f");
    REQUIRE_FALSE(nobody.ok());
    CHECK(nobody.error().line() == "f: every count is 0");
}
