// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/preflib.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using psephos::ballots::Ballot;
using psephos::ballots::looksLikePrefLib;
using psephos::ballots::pairCounts;
using psephos::ballots::parsePrefLib;
using psephos::ballots::Unranked;

namespace {

/// A header of the new format for three alternatives.
std::string header(const std::string& type, int voters, int orders) {
    return "# FILE NAME: demo." + type +
           "\n# TITLE: Lunch: a vote\n# DESCRIPTION: \n# DATA TYPE: " + type +
           "\n# NUMBER ALTERNATIVES: 3\n# NUMBER VOTERS: " + std::to_string(voters) +
           "\n# NUMBER UNIQUE ORDERS: " + std::to_string(orders) +
           "\n# ALTERNATIVE NAME 1: Kill Bill: Vol. 1\n# ALTERNATIVE NAME 2: soup, hot\n"
           "# ALTERNATIVE NAME 3: Ragoût\n";
}

std::string refusal(const std::string& text) {
    const auto file = parsePrefLib(text, "f.soi");
    REQUIRE_FALSE(file.ok());
    return file.error().place + ": " + file.error().message;
}

} // namespace

TEST_CASE("preflib_newFormat_isRead") {
    const auto file =
        parsePrefLib(header("toi", 6, 3) + "3: 1,{2,3}\n 0 : 3 \n3:{ 2 , 1 },3\n", "f");
    REQUIRE(file.ok());
    CHECK(file->title == "Lunch: a vote");
    CHECK(file->dataType == "toi");
    CHECK(file->profile.names ==
          std::vector<std::string>{"Kill Bill: Vol. 1", "soup, hot", "Ragoût"});
    CHECK(file->profile.ballots ==
          std::vector<Ballot>{{3, {0, 1, 2}, {1, 3}}, {0, {2}, {1}}, {3, {1, 0, 2}, {2, 3}}});
    CHECK(file->profile.voters() == 6);
    CHECK(file->warnings.empty());
}

TEST_CASE("preflib_carriageReturnsAndNoLastLineEnd_areRead") {
    std::string text = header("soc", 2, 1) + "2: 3,1,2";
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) {
        text.insert(at, "\r");
    }
    const auto file = parsePrefLib(text, "f");
    REQUIRE(file.ok());
    CHECK(file->profile.names[2] == "Ragoût");
    CHECK(file->profile.ballots == std::vector<Ballot>{{2, {2, 0, 1}, {1, 2, 3}}});
}

TEST_CASE("preflib_oldFormat_isRead") {
    const std::string text = "3\n1,Smith, John\n2,Öz\n3,c\n5,5,2\n3,1,{2,3}\n2,3,2,1\n";
    CHECK(looksLikePrefLib(text));
    const auto file = parsePrefLib(text, "f");
    REQUIRE(file.ok());
    CHECK(file->profile.names == std::vector<std::string>{"Smith, John", "Öz", "c"});
    CHECK(file->profile.ballots ==
          std::vector<Ballot>{{3, {0, 1, 2}, {1, 3}}, {2, {2, 1, 0}, {1, 2, 3}}});
}

TEST_CASE("preflib_countsThatAreNoLongerExact_areRefused") {
    const std::string most = "9007199254740992";
    const std::string old = "2\n1,a\n2,b\n";
    CHECK(parsePrefLib(old + most + "," + most + ",1\n" + most + ",1,2\n", "f").ok());
    CHECK(refusal(old + "9007199254740993,1,1\n1,1,2\n") ==
          "f.soi, line 4: 'voters' is '9007199254740993', more than 2^53");
    CHECK(refusal(old + "1,1,1\n9007199254740993,1,2\n") ==
          "f.soi, line 5: the order's count is '9007199254740993', more than 2^53");
    CHECK(refusal(old + "1,1,2\n" + most + ",1,2\n1,2,1\n") ==
          "f.soi, line 6: the counts add up to more than 2^53");
}

TEST_CASE("preflib_look_isThatOfAKeyInCapitals") {
    CHECK(looksLikePrefLib("# FILE NAME: x.soc\n"));
    CHECK(looksLikePrefLib("# RELATED FILES:\n"));
    CHECK(looksLikePrefLib("#TITLE: x\n"));
    CHECK_FALSE(looksLikePrefLib("# who: beats whom,a,b\na,,1\nb,2,\n"));
    CHECK_FALSE(looksLikePrefLib("#,a: b,c\n"));
}

TEST_CASE("preflib_oldFormatFaults_areRefused") {
    CHECK(refusal("3\n1,a\n2,b\n") ==
          "f.soi: the file ends within its header: it names 2 of 3 alternatives");
    CHECK(refusal("2\n1,a\n2,b\n") == "f.soi: the file ends within its header");
    CHECK(refusal("2\n1,a\n2,b\n3,3,2\n3,1\n") ==
          "f.soi: the file has 1 of the 2 orders that its header announces");
    CHECK(refusal("2\n1,a\n2,b\n3,x,2\n") ==
          "f.soi, line 4: 'sum of counts' is 'x', not a whole number");
    CHECK(refusal("2\n1,a\n2,b\n3;3\n") ==
          "f.soi, line 4: expected 'voters,sum of counts,unique orders', not '3;3'");
    CHECK(refusal("a,b\n") ==
          "f.soi, line 1: expected '# KEY: VALUE' or the number of alternatives, not 'a,b'");
}

TEST_CASE("preflib_unrankedPolicies_differInWhatTheyCompare") {
    // The specification's golden case io.preflib_toc.
    const std::string text = "# DATA TYPE: toi\n# NUMBER ALTERNATIVES: 4\n# NUMBER VOTERS: 9\n"
                             "# NUMBER UNIQUE ORDERS: 3\n# ALTERNATIVE NAME 1: A\n"
                             "# ALTERNATIVE NAME 2: B\n# ALTERNATIVE NAME 3: C\n"
                             "# ALTERNATIVE NAME 4: D\n4: 1, {2, 3}\n3: 4,1,2,3\n2: {3,4}, 2\n";
    const auto file = parsePrefLib(text, "f");
    REQUIRE(file.ok());
    const auto below = pairCounts(file->profile);
    CHECK(below.wins == std::vector<double>{0, 7, 7, 4, 2, 0, 3, 4, 2, 2, 0, 4, 5, 5, 3, 0});
    for (std::size_t i = 0; i < 4; ++i) {
        for (std::size_t j = 0; j < 4; ++j) {
            CHECK(below.compared(i, j) == (i == j ? 0 : 9));
        }
    }
    const auto ranked = pairCounts(file->profile, Unranked::NotCompared);
    CHECK(ranked.wins == std::vector<double>{0, 7, 7, 0, 0, 0, 3, 0, 0, 2, 0, 0, 3, 5, 3, 0});
    CHECK(ranked.ties == std::vector<double>{0, 0, 0, 0, 0, 0, 4, 0, 0, 4, 0, 2, 0, 0, 2, 0});
}

TEST_CASE("preflib_ordersThatBreakTheGrammar_areRefusedWithTheirLine") {
    const auto refuse = [](const std::string& order) {
        return refusal(header("toi", 1, 1) + order + "\n");
    };
    CHECK(refuse("1: 1,4") == "f.soi, line 11: alternative 4 is unknown; they are numbered 1 to 3");
    CHECK(refuse("1: 0") == "f.soi, line 11: alternative 0 is unknown; they are numbered 1 to 3");
    CHECK(refuse("1: 1,2,1") == "f.soi, line 11: alternative 1 stands in the order twice");
    CHECK(refuse("1: {1,1}") == "f.soi, line 11: alternative 1 stands in the order twice");
    CHECK(refuse("1: 1,x") == "f.soi, line 11: 'x' is not an alternative's number");
    const std::string missing =
        "f.soi, line 11: an alternative is missing between two commas or braces";
    for (const char* order : {"1: 1,,2", "1: ", "1:", "1: 1,", "1: {}", "1: {1,},2", "1: {1},"}) {
        CAPTURE(order);
        CHECK(refuse(order) == missing);
    }
    CHECK(refuse("1: {1,2") == "f.soi, line 11: a brace is not closed");
    CHECK(refuse("1: {1}2") == "f.soi, line 11: expected a comma after a closing brace");
    CHECK(refuse("1: 1}") == "f.soi, line 11: '1}' is not an alternative's number");
    CHECK(refuse("1, 2") == "f.soi, line 11: expected 'count: order', not '1, 2'");
    CHECK(refuse("-1: 2") == "f.soi, line 11: expected 'count: order', not '-1: 2'");
    CHECK(refuse("1.5: 2") == "f.soi, line 11: expected 'count: order', not '1.5: 2'");
    CHECK(refuse("99999999999999999999: 2") ==
          "f.soi, line 11: the order's count is '99999999999999999999', more than 2^53");
    CHECK(refuse("1: 1\n# TITLE: late") == "f.soi, line 12: a header line stands among the orders");
}

TEST_CASE("preflib_ordersAgainstTheFilesType_areRefused") {
    CHECK(
        refusal(header("soi", 1, 1) + "1: {1,2}\n") ==
        "f.soi, line 11: the order has a tie, but the file says that its orders are strict (soi)");
    CHECK(refusal(header("toc", 1, 1) + "1: {1,2}\n") ==
          "f.soi, line 11: the order ranks 2 of 3 alternatives, but the file says that its orders "
          "are complete (toc)");
    CHECK(refusal(header("dat", 1, 1) + "1: 1,2,3\n") ==
          "f.soi: the file holds data of type 'dat', which is not known");
}

TEST_CASE("preflib_counts_fewerOrdersAreAnErrorOtherDifferencesWarn") {
    CHECK(refusal(header("soi", 3, 2) + "2: 1\n") ==
          "f.soi: the file has 1 of the 2 orders that its header announces");
    CHECK(refusal(header("soi", 3, 2)) ==
          "f.soi: the file has 0 of the 2 orders that its header announces");
    CHECK(refusal(header("soi", 0, 0)) == "f.soi: the file has a header, but no order");
    CHECK(refusal(header("soi", 0, 1) + "0: 1\n") ==
          "f.soi: the file has orders, but every count is 0");
    const auto file = parsePrefLib(header("soi", 7, 1) + "2: 1\n2: 2,1\n", "f");
    REQUIRE(file.ok());
    CHECK(file->warnings ==
          std::vector<std::string>{"the header announces 1 orders, the file has 2",
                                   "the header announces 7 voters, the orders count 4"});
}

TEST_CASE("preflib_headerFaults_areRefused") {
    CHECK(refusal("# TITLE: x\n") == "f.soi: the file has no line '# NUMBER ALTERNATIVES: …'");
    CHECK(refusal("# ALTERNATIVE NAME 1: a\n") ==
          "f.soi, line 1: an alternative is named before their number is given");
    CHECK(refusal("# NUMBER ALTERNATIVES: two\n") ==
          "f.soi, line 1: 'NUMBER ALTERNATIVES' is 'two', not a whole number");
    CHECK(refusal("# NUMBER ALTERNATIVES: 0\n") == "f.soi, line 1: the file has no alternative");
    CHECK(refusal("# NUMBER ALTERNATIVES: 1000000000\n") ==
          "f.soi, line 1: the file has 1000000000 alternatives, at most 4096 are read");
    CHECK(refusal("# NUMBER ALTERNATIVES: 2\n# NUMBER ALTERNATIVES: 2\n") ==
          "f.soi, line 2: 'NUMBER ALTERNATIVES' stands in the header twice");
    CHECK(refusal("# NUMBER ALTERNATIVES: 2\n# ALTERNATIVE NAME 3: c\n") ==
          "f.soi, line 2: alternative '3' is named, but they are numbered 1 to 2");
    CHECK(refusal("# NUMBER ALTERNATIVES: 2\n# ALTERNATIVE NAME 1: c\n# ALTERNATIVE NAME 1: d\n") ==
          "f.soi, line 3: alternative 1 is named twice");
    CHECK(refusal("# NUMBER ALTERNATIVES: 2\n# ALTERNATIVE NAME 1: c\n1: 1\n") ==
          "f.soi: alternative 2 of 2 has no name in the header");
    CHECK(refusal("") == "f.soi: the file holds no data");
    const auto twins = parsePrefLib(
        "# NUMBER ALTERNATIVES: 2\n# ALTERNATIVE NAME 1: c\n# ALTERNATIVE NAME 2: c\n1: 1\n", "f");
    REQUIRE(twins.ok());
    CHECK(twins->warnings == std::vector<std::string>{"alternatives 1 and 2 are both named 'c'"});
}

TEST_CASE("preflib_categories_rankTheirAlternatives") {
    const std::string head = "# DATA TYPE: cat\n# NUMBER ALTERNATIVES: 3\n# NUMBER VOTERS: 7\n"
                             "# NUMBER UNIQUE PREFERENCES: 3\n# NUMBER CATEGORIES: 3\n"
                             "# CATEGORY NAME 1: Yes\n# CATEGORY NAME 2: Maybe\n"
                             "# CATEGORY NAME 3: No\n# ALTERNATIVE NAME 1: a\n"
                             "# ALTERNATIVE NAME 2: b\n# ALTERNATIVE NAME 3: c\n";
    const auto file = parsePrefLib(head + "4: {1,3},{},2\n2: { },{1,2,3},{}\n1: 3,2\n", "f");
    REQUIRE(file.ok());
    CHECK(file->dataType == "cat");
    CHECK(file->profile.ballots ==
          std::vector<Ballot>{{4, {0, 2, 1}, {2, 3}}, {2, {0, 1, 2}, {3}}, {1, {2, 1}, {1, 2}}});
    CHECK(file->warnings.empty());
    CHECK(refusal(head + "4: 1,2,3,{}\n") ==
          "f.soi, line 12: the order has 4 categories, the header announces 3");
    CHECK(refusal(head + "4: {1,1},2\n") ==
          "f.soi, line 12: alternative 1 stands in the order twice");
    CHECK(refusal(head + "4: {1,},2\n") ==
          "f.soi, line 12: an alternative is missing between two commas or braces");
}

TEST_CASE("preflib_weightedPairs_areCounts") {
    const std::string head = "# DATA TYPE: wmd\n# NUMBER ALTERNATIVES: 3\n# NUMBER EDGES: 2\n"
                             "# ALTERNATIVE NAME 1: a\n# ALTERNATIVE NAME 2: b\n"
                             "# ALTERNATIVE NAME 3: c\n";
    const auto file = parsePrefLib(head + "1,2,3.5\n 3 , 1 , 0\n2,3,7\n", "f");
    REQUIRE(file.ok());
    REQUIRE(file->weights.has_value());
    CHECK(file->weights->wins == std::vector<double>{0, 3.5, 0, 0, 0, 7, 0, 0, 0});
    CHECK(file->warnings ==
          std::vector<std::string>{"the header announces 2 edges, the file has 3"});
    CHECK(refusal(head) == "f.soi: the file has 0 of the 2 edges that its header announces");
    CHECK(refusal(head + "1,2\n") == "f.soi, line 7: expected 'source,target,weight', not '1,2'");
    CHECK(refusal(head + "1,4,1\n") ==
          "f.soi, line 7: alternative 4 is unknown; they are numbered 1 to 3");
    CHECK(refusal(head + "2,2,1\n") == "f.soi, line 7: an edge leads from 2 to 2");
    CHECK(refusal(head + "1,2,1\n1,2,1\n") == "f.soi, line 8: the edge from 1 to 2 is given twice");
    for (const char* weight : {"-1", "nan", "inf", "x", ""}) {
        CAPTURE(weight);
        CHECK(refusal(head + "1,2," + weight + "\n") ==
              "f.soi, line 7: the weight is '" + std::string(weight) + "', not a number from 0");
    }
}
