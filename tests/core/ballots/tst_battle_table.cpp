// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/battle_table.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

using psephos::ballots::Battles;
using psephos::ballots::BattleTable;
using psephos::ballots::ByteSource;
using psephos::ballots::Category;
using psephos::ballots::Outcome;
using psephos::ballots::readBattleTable;
using psephos::ballots::ReadOptions;
using psephos::ballots::RecordBlocks;
using psephos::ballots::RecordKind;
using psephos::ballots::RejectedRow;

namespace {

using enum Outcome;
using Names = std::vector<std::string>;
using Outcomes = std::vector<Outcome>;

psephos::lab::Result<BattleTable> read(std::string_view text, RecordKind kind = RecordKind::Csv,
                                       const std::string& columns = {}) {
    ByteSource source(text, "f");
    return readBattleTable(source, kind, ReadOptions{.columns = columns});
}

BattleTable good(std::string_view text, RecordKind kind = RecordKind::Csv,
                 const std::string& columns = {}) {
    auto table = read(text, kind, columns);
    REQUIRE_MESSAGE(table.ok(), (table.ok() ? "" : table.error().line()));
    return std::move(table).value();
}

std::string refusal(std::string_view text, RecordKind kind = RecordKind::Csv,
                    const std::string& columns = {}) {
    const auto table = read(text, kind, columns);
    REQUIRE_FALSE(table.ok());
    CHECK(table.error().line().find('\n') == std::string::npos);
    return table.error().place + ": " + table.error().message;
}

/// "a>b a=b": the battles in words.
std::string told(const Battles& battles) {
    std::string text;
    for (std::size_t b = 0; b < battles.size(); ++b) {
        const char* const sign[] = {">", "<", "=", "~"};
        text += (b == 0 ? "" : " ") + battles.names[battles.first[b]] +
                sign[static_cast<int>(battles.outcomes[b])] + battles.names[battles.second[b]];
    }
    return text;
}

/// The words of a category, `-` where the cell was empty.
std::string words(const Battles& battles, std::string_view name) {
    const Category* category = battles.category(name);
    REQUIRE(category != nullptr);
    std::string text;
    for (const std::uint32_t code : category->codes) {
        text +=
            (text.empty() ? "" : " ") + (code == Category::kNone ? "-" : category->labels[code]);
    }
    return text;
}

} // namespace

TEST_CASE("battleTable_csv_isReadInAnyOrderOfColumns") {
    const BattleTable table = good("winner,judge,model_b,model_a\nmodel_a,u1,y,x\n"
                                   "tie (bothbad),u2,y,\"z, \"\"the\"\" z\"\nboth_bad,,x,y\n"
                                   "model_b,u1,y,x\r\ntie,u3,x,y");
    CHECK(told(table.battles) == "x>y z, \"the\" z~y y~x x<y y=x");
    CHECK(words(table.battles, "judge") == "u1 u2 - u1 u3");
    CHECK(table.battles.weights.empty());
    CHECK(table.rejectedRows == 0);
    CHECK(table.warnings.empty());
}

TEST_CASE("battleTable_spellingsOfTheSides_areKnown") {
    CHECK(told(good("left,right,winner\na,b,left\na,b,right\na,b,tie\n").battles) == "a>b a<b a=b");
    CHECK(told(good("home;away;winner\na;b;away\na;b;draw\n").battles) == "a<b a=b");
    CHECK(told(good("model_1\tmodel_2\toutcome\na\tb\tmodel_2\n").battles) == "a<b");
    // The name of a side itself.
    CHECK(told(good("player1,player2,winner\nann,bob,bob\nann,cid,ann\n").battles) ==
          "ann<bob ann>cid");
    // The winner's column comes first: no further column is needed.
    CHECK(told(good("winner,loser\na,b\nb,c\n").battles) == "a>b b>c");
}

TEST_CASE("battleTable_namesAndIdsOfTheSides_namesWin") {
    const BattleTable table =
        good("id,prompt,model_x,model_y,worker,winner,left,right\n0,8,97,98,58,tie,A 70B,W (12k)\n"
             "0,8,97,98,14,right,A 70B,W (12k)\n1,8,29,98,88,left,B,W (12k)\n");
    CHECK(told(table.battles) == "A 70B=W (12k) A 70B<W (12k) B>W (12k)");
    CHECK(words(table.battles, "id") == "0 0 1"); // a repeated id is no key
    CHECK(words(table.battles, "worker") == "58 14 88");
    CHECK(table.battles.category("model_x") == nullptr);
    CHECK(table.battles.covariates.empty());
    // Where there are only ids, they are the names.
    CHECK(told(good("model_x,model_y,winner\n7,8,left\n").battles) == "7>8");
}

TEST_CASE("battleTable_rowsThatSayNothing_areRejectedWithLineAndReason") {
    const BattleTable table = good("model_a,model_b,winner,weight\n"
                                   "x,y,model_a,1\n"
                                   "x,x,model_a,1\n"
                                   ",y,model_a,1\n"
                                   "x,\"\",model_a,1\n"
                                   "\"y\n2\",x,banana,1\n"
                                   "x,y,,1\n"
                                   "x,y,tie,-1\n"
                                   "x,y,tie,nan\n"
                                   "x,y,tie,inf\n"
                                   "x,y,tie\n"
                                   "\n"
                                   "x,y,Model_A,1\n"
                                   "q,x,1,1\n"
                                   "x,y,model_b,\n"
                                   "x,y,tie,0.5\n");
    CHECK(told(table.battles) == "x>y x<y x=y");
    CHECK(table.battles.weights == std::vector<double>{1, 1, 0.5});
    CHECK(table.battles.names == Names{"x", "y"}); // not those of rejected rows
    CHECK(table.rejectedRows == 11);
    REQUIRE(table.rejected.size() == 11);
    CHECK(table.rejected[0] == RejectedRow{3, "both sides are 'x'"});
    CHECK(table.rejected[1] == RejectedRow{4, "the first side has no name"});
    CHECK(table.rejected[2] == RejectedRow{5, "the second side has no name"});
    CHECK(table.rejected[3].line == 6);
    CHECK(table.rejected[3].reason.starts_with("the winner is 'banana'"));
    CHECK(table.rejected[4] == RejectedRow{8, "nothing says who won"});
    CHECK(table.rejected[5] == RejectedRow{9, "the weight is '-1', not a number from 0"});
    CHECK(table.rejected[6].line == 10);
    CHECK(table.rejected[7].line == 11);
    CHECK(table.rejected[8] == RejectedRow{12, "3 cells, the header has 4"});
    CHECK(table.rejected[9].line == 14);
    CHECK(table.rejected[10].line == 15);
}

TEST_CASE("battleTable_moreRejectedRowsThanAreListed_areCounted") {
    std::string text = "model_a,model_b,winner\na,b,tie\n";
    for (int i = 0; i < 1500; ++i) {
        text += "a,a,tie\n";
    }
    for (const std::size_t blockBytes : {std::size_t{50}, RecordBlocks::kBlockBytes}) {
        ByteSource source(text, "f");
        const auto table =
            readBattleTable(source, RecordKind::Csv, ReadOptions{.threads = 3}, blockBytes);
        REQUIRE(table.ok());
        CHECK(table->rejectedRows == 1500);
        REQUIRE(table->rejected.size() == 1000);
        CHECK(table->rejected.back().line == 1002);
    }
}

TEST_CASE("battleTable_numbersForWinners_areReadByAllOfThem") {
    const auto coded = [](const std::string& codes) {
        std::string text = "home,away,result\n";
        for (std::size_t at = 0; at < codes.size(); at = codes.find_first_of(' ', at)) {
            at = at == 0 ? 0 : at + 1;
            text += "a,b," + codes.substr(at, codes.find(' ', at) - at) + "\n";
            if (codes.find(' ', at) == std::string::npos) {
                break;
            }
        }
        return told(good(text).battles);
    };
    CHECK(coded("1 0 -1") == "a>b a=b a<b");
    CHECK(coded("1 0.5 0") == "a>b a=b a<b");
    CHECK(coded("1 2 0") == "a>b a<b a=b");
    CHECK(coded("1 0") == "a>b a<b");
    CHECK(coded("1.0 -1.0 0.0") == "a>b a<b a=b");
    const BattleTable table = good("home,away,result\na,b,1\na,b,-1\na,b,7\na,b,0.5\n");
    CHECK(told(table.battles) == "a>b a<b");
    REQUIRE(table.rejected.size() == 2);
    CHECK(table.rejected[0] == RejectedRow{4, "the winner is '7', expected 1, 0 or -1"});
    // Numbers may be the names of the sides.
    CHECK(told(good("player1,player2,winner\n3,1,1\n1,2,1\n").battles) == "3<1 1>2");
    CHECK(told(good("player1,player2,winner\n3,1,1\n1,2,1\n1,2,0\n").battles) == "3>1 1>2 1<2");
    // A typing error does not change what the others mean.
    CHECK(told(good("home,away,result\na,b,1\na,b,x\na,b,-1\na,b,0\n").battles) == "a>b a<b a=b");
    CHECK(good("home,away,result\na,b,home\na,b,1\na,b,away\n").rejectedRows == 1);
    // The code that tells the others apart may stand last, in another block.
    std::string text = "home,away,result\n";
    for (int i = 0; i < 40; ++i) {
        text += "a,b,0\n";
    }
    text += "a,b,-1\n";
    ByteSource source(text, "f");
    const auto late = readBattleTable(source, RecordKind::Csv, {}, 64);
    REQUIRE(late.ok());
    CHECK(late->battles.outcomes.front() == Tie);
    CHECK(late->battles.outcomes.back() == Second);
}

TEST_CASE("battleTable_countsOfPairs_becomeWeightedBattlesInTheirOrder") {
    const BattleTable baseball =
        good("home.team,away.team,home.wins,away.wins\nMil,Det,4,3\nDet,Mil,0,2\nDet,Tor,0,0\n");
    CHECK(baseball.isTally);
    CHECK(told(baseball.battles) == "Mil>Det Mil<Det Det<Mil");
    CHECK(baseball.battles.weights == std::vector<double>{4, 3, 2});
    CHECK(baseball.battles.names == Names{"Mil", "Det", "Tor"});
    const BattleTable pudding = good("i,j,r_ij,w_ij,w_ji,t_ij\n1,2,57,19,22,16\n1,3,47,16,19,12\n");
    CHECK(told(pudding.battles) == "1>2 1<2 1=2 1>3 1<3 1=3");
    CHECK(pudding.battles.weights == std::vector<double>{19, 22, 16, 16, 19, 12});
    const BattleTable cited = good("cited,citing,count\nB,B,714\nC,B,33\nB,C,730\n");
    CHECK(told(cited.battles) == "C>B B>C");
    CHECK(cited.battles.weights == std::vector<double>{33, 730});
    CHECK(cited.warnings == Names{"1 counts of a candidate against itself are left out"});
    const BattleTable faulty = good("i,j,w_ij,w_ji\na,b,1,\na,b,1,x\na,b,-1,0\na,b,2,1\n");
    REQUIRE(faulty.rejectedRows == 3);
    CHECK(faulty.rejected[0] == RejectedRow{2, "'w_ji' is empty"});
    CHECK(faulty.rejected[1] == RejectedRow{3, "'w_ji' is 'x', not a count"});
    CHECK(refusal("i,j,w_ij,w_ji\na,b,0,0\n") == "f: the file counts no comparison");
}

TEST_CASE("battleTable_votesOfSeveralJudges_areABattleEach") {
    const BattleTable table = good("pair,model_1,model_2,annotator1,annotator2,annotator3\n"
                                   "0,x,y,2,0,1\n1,x,z,1,,1\n2,x,z,,,\n3,y,z,1,4,2\n");
    CHECK(told(table.battles) == "x<y x=y x>y x>z x>z");
    CHECK(words(table.battles, "annotator") ==
          "annotator1 annotator2 annotator3 annotator1 annotator3");
    CHECK(words(table.battles, "pair") == "0 0 0 1 1");
    CHECK(table.rejectedRows == 2);
    // Both names in one column.
    const BattleTable keyed = good("cmp_key,annotator1,annotator2\nx_y,1,2\nx_y_z,1,2\n");
    CHECK(told(keyed.battles) == "x>y x<y");
    CHECK(keyed.rejectedRows == 1);
}

TEST_CASE("battleTable_toldColumns_goBeforeKnownNames") {
    const std::string text = "H,V,who,left,right\na,b,1,q,r\nb,a,0,q,r\n";
    const BattleTable table = good(text, RecordKind::Csv, "a:H, b:V,winner:who");
    CHECK(told(table.battles) == "a>b b<a");
    CHECK(words(table.battles, "left") == "q q");
    CHECK(told(good("x,y,\"u,v\"\na,b,x\n", RecordKind::Csv, "a:x,b:y,\"winner:u,v\"").battles) ==
          "a>b");
    const BattleTable kinds = good("a,b,winner,age,code\nx,y,a,7,08\ny,x,b,9,07\n", RecordKind::Csv,
                                   "words:code,nothing:age");
    CHECK(words(kinds.battles, "code") == "08 07");
    CHECK(kinds.battles.covariates.empty());
    CHECK(kinds.battles.category("age") == nullptr);
    const auto refuse = [&text](const std::string& columns) {
        return refusal(text, RecordKind::Csv, columns);
    };
    CHECK(refuse("a:H,b:W,winner:who") == "f: there is no column 'W'");
    CHECK(refuse("a:H,b:V") == "f: the column that says who won is not known");
    CHECK(refuse("a:H,winner:who") == "f: the columns of the two sides are not known");
    CHECK(refuse("a:H,b:H,winner:who") == "f: the column 'H' is given two roles");
    CHECK(refuse("a:H,b:V,winner:who,wins_a:left,wins_b:right") ==
          "f: several columns say who won");
    CHECK(refuse("a:H,b:V,winner:who,ties:left") ==
          "f: a column of ties goes with columns wins_a and wins_b");
    CHECK(refuse("A:H") == ": columns: 'A:H' is no role and column");
    CHECK(refuse("a") == ": columns: 'a' is no role and column");
    CHECK(refuse("a:") == ": columns: 'a:' is no role and column");
    CHECK(refuse("a:H,a:V") == ": columns: the role 'a' is given twice");
}

TEST_CASE("battleTable_otherColumns_becomeCategoriesOrCovariates") {
    const BattleTable table = good("a,b,winner,tokens,language,is_code,turn,note\n"
                                   "x,y,a,120.5,Greek,true,1,\n"
                                   "x,y,b,-3e2,,false,2,\n"
                                   "x,y,a,,Latin,true,1,\n");
    const auto& battles = table.battles;
    CHECK(words(battles, "language") == "Greek - Latin");
    CHECK(words(battles, "is_code") == "true false true");
    CHECK(battles.covariate("is_code")->values == std::vector<double>{1, 0, 1});
    CHECK(battles.covariate("tokens")->values[1] == -300.0);
    CHECK(std::isnan(battles.covariate("tokens")->values[2]));
    CHECK(words(battles, "turn") == "1 2 1");
    CHECK(battles.covariate("turn")->values == std::vector<double>{1, 2, 1});
    CHECK(battles.covariate("language") == nullptr);
    CHECK(battles.category("note") == nullptr); // nothing in it
}

TEST_CASE("battleTable_numbersWithAFewOtherCells_countThoseAsMissing") {
    std::string text = "a,b,winner,age\n";
    for (int i = 0; i < 60; ++i) {
        text += "x,y,tie," + std::to_string(i) + "\n";
    }
    const BattleTable table = good(text + "x,y,tie,old\n");
    REQUIRE(table.battles.covariate("age") != nullptr);
    CHECK(std::isnan(table.battles.covariate("age")->values.back()));
    CHECK(table.warnings ==
          Names{"the column 'age' has 1 cells that are no numbers: they count as missing"});
}

TEST_CASE("battleTable_texts_areLeftOut") {
    const BattleTable table =
        good("a,b,winner,essay,conversation_a\nx,y,tie," + std::string(2000, 'e') + ",hello\n");
    CHECK(table.battles.categories.empty());
    CHECK(table.warnings == Names{"the column 'essay' holds texts and is left out"});
}

TEST_CASE("battleTable_jsonLines_areReadAndFaultyOnesRejected") {
    const BattleTable table =
        good("{\"model_a\":\"x\",\"model_b\":\"y\",\"winner\":\"model_a\",\"language\":\"English\","
             "\"tstamp\":1.5,\"anony\":true}\n"
             "\n"
             " { \"winner\" : \"tie (bothbad)\" , \"model_b\":\"x\", \"model_a\" : \"z\\u00e9\\/\" "
             "} \r\n"
             "{\"model_a\":\"x\",\"model_b\":\"x\",\"winner\":\"model_a\"}\n"
             "{\"model_a\":\"x\",\"model_b\":\"z\",\"winner\":\"banana\"}\n"
             "{\"model_a\":\"x\",\"model_b\":\"z\"\n"
             "{\"model_a\":\"x\",\"model_b\":\"z\",\"winner\":\"tie\"} x\n"
             "{\"model_b\":\"z\",\"winner\":\"tie\"}\n"
             "{\"model_a\":null,\"model_b\":\"z\",\"winner\":\"tie\"}\n"
             "[1]\n"
             "{\"model_a\":\"x\",\"model_b\":\"y\",\"winner\":\"model_b\",\"late\":\"w\"}",
             RecordKind::Lines);
    CHECK(told(table.battles) == "x>y zé/~x x<y");
    CHECK(words(table.battles, "language") == "English - -");
    CHECK(words(table.battles, "late") == "- - w");
    CHECK(words(table.battles, "anony") == "true - -");
    CHECK(table.battles.covariate("tstamp")->values[0] == 1.5);
    std::vector<std::size_t> lines;
    for (const RejectedRow& row : table.rejected) {
        lines.push_back(row.line);
    }
    CHECK(lines == std::vector<std::size_t>{4, 5, 6, 7, 8, 9, 10});
    CHECK(table.rejected[2].reason == "expected a comma or a closing brace");
    CHECK(table.rejected[3].reason == "text follows the object");
    CHECK(table.rejected[4].reason == "the first side has no name");
    CHECK(table.rejected[6].reason == "expected an object {…}");
}

TEST_CASE("battleTable_nestedObjects_becomeColumnsNamedByTheirPath") {
    const BattleTable table = good(
        R"({"model_a":"x","model_b":"y","winner":"tie","conversation_a":[{"role":"u","content":"} \" ]"}],)"
        R"("conv_metadata":{"sum_assistant_a_tokens":12,"bold_count_a":{"**":1,"__":0},)"
        R"("header_count_a":{"h1":2}},"tags":["p",{"q":1}],"category_tag":{"if":{"score":4}}})",
        RecordKind::Lines);
    const auto value = [&table](std::string_view name) {
        const auto* covariate = table.battles.covariate(name);
        return covariate == nullptr ? -1.0 : covariate->values.at(0);
    };
    CHECK(value("conv_metadata.sum_assistant_a_tokens") == 12);
    CHECK(value("conv_metadata.bold_count_a.**") == 1);
    CHECK(value("conv_metadata.bold_count_a.__") == 0);
    CHECK(value("conv_metadata.header_count_a.h1") == 2);
    CHECK(value("category_tag.if.score") == 4);
    CHECK(table.battles.covariates.size() == 5);
    CHECK(told(good(R"({"m":{"a":"x","b":"y"},"w":"a"})", RecordKind::Lines, "a:m.a,b:m.b,winner:w")
                   .battles) == "x>y");
}

TEST_CASE("battleTable_jsonArray_isReadOrRefusedWithItsLine") {
    const std::string one = R"({"model_a":"x","model_b":"y","winner":"model_a"})";
    const std::string two = R"({"model_a":"y","model_b":"x",
  "winner":"tie"})";
    const BattleTable table =
        good("\xef\xbb\xbf [\n" + one + ",\n" + two + "\n]\n", RecordKind::JsonArray);
    CHECK(told(table.battles) == "x>y y=x");
    CHECK(told(good("[" + one + "]", RecordKind::JsonArray).battles) == "x>y");
    const BattleTable faulty =
        good("[" + one + ",\n" + R"({"model_a":"x","model_b":"x","winner":"tie"}])",
             RecordKind::JsonArray);
    REQUIRE(faulty.rejectedRows == 1);
    CHECK(faulty.rejected[0].line == 2);
    const auto refuse = [](const std::string& text) {
        return refusal(text, RecordKind::JsonArray);
    };
    CHECK(refuse("[" + one + ",\n" + two) == "f: the JSON array is not closed");
    CHECK(refuse("[" + one + "] x") == "f: text follows the end of the JSON array");
    CHECK(refuse("[" + one + "\n" + two + "]") ==
          "f, line 2: expected a comma between two objects");
    CHECK(refuse("[" + one + ",\n7]") == "f, line 2: expected an object {…}");
    CHECK(refuse("[]") == "f: the file has no row that can be read");
    CHECK(refuse("7") == "f: expected a JSON array");
}

TEST_CASE("battleTable_filesWithoutBattles_areRefused") {
    CHECK(refusal("") == "f: the file has no row that can be read");
    CHECK(refusal("model_a,model_b,winner\n") == "f: the file has no battle");
    CHECK(refusal("a,b,c\n1,2,3\n") ==
          "f: this is no table of battles: there are columns 'a, b, c'");
    CHECK(refusal("model_a,model_b,winner\na,a,tie\n,b,tie\n") ==
          "f, line 2: none of the 2 rows can be used; the first: both sides are 'a'");
    CHECK(refusal("model_a,model_b,winner\na,b,tie\na,\"b,tie\n") ==
          "f, line 3: a quoted cell is never closed");
    CHECK(refusal("model_a,model_b,winner\na,b,tie\na,b\xff,tie\n") ==
          "f, line 3: the file is not UTF-8 text");
    CHECK(refusal("{\"a\":1}\n", RecordKind::Lines) ==
          "f: this is no table of battles: there are columns 'a'");
}

TEST_CASE("battleTable_stopRequested_endsTheReading") {
    ByteSource source("model_a,model_b,winner\na,b,tie\n", "f");
    ReadOptions options;
    options.stopRequested = [] { return true; };
    const auto table = readBattleTable(source, RecordKind::Csv, options);
    REQUIRE_FALSE(table.ok());
    CHECK(table.error().message == "the reading was stopped");
}

TEST_CASE("battleTable_progress_growsToOne") {
    std::string text = "model_a,model_b,winner\n";
    for (int i = 0; i < 100; ++i) {
        text += "a,b,tie\n";
    }
    ByteSource source(text, "f");
    std::vector<double> parts;
    ReadOptions options{.threads = 1};
    options.progress = [&parts](double part) { parts.push_back(part); };
    REQUIRE(readBattleTable(source, RecordKind::Csv, options, 100).ok());
    CHECK(parts.size() > 5);
    CHECK(std::is_sorted(parts.begin(), parts.end()));
    CHECK(parts.back() == 1.0);
}

namespace {

/// A table with quoted cells, faulty rows and columns of every kind.
std::string mixedTable(std::size_t rows, bool isJson) {
    std::mt19937_64 engine(7);
    const auto random = [&engine](std::size_t below) { return std::size_t(engine() % below); };
    const char* const outcomes[] = {"model_a", "model_b", "tie", "both_bad", "banana"};
    std::string text = isJson ? "" : "model_a,model_b,winner,note,stamp,age\n";
    for (std::size_t row = 0; row < rows; ++row) {
        const std::string a = "m" + std::to_string(random(9));
        const std::string b = "m" + std::to_string(random(9));
        const std::string note = random(3) == 0 ? "n" + std::to_string(random(30)) : "";
        const std::string stamp = std::to_string(row) + ".25";
        const std::string age = random(40) == 0 ? "old" : std::to_string(random(50));
        const std::string outcome = outcomes[random(50) == 0 ? 4 : random(4)];
        if (isJson) {
            text += R"({"model_a":")" + a + R"(","model_b":")" + b + R"(","winner":")" + outcome +
                    R"(","note":")" + note + R"(","stamp":)" + stamp + R"(,"age":")" + age +
                    "\"}\n";
        } else {
            text += a + "," + (random(4) == 0 ? "\"" + b + "\"" : b) + "," + outcome + "," +
                    (note.empty() ? "" : "\"" + note + "\n\"\"x\"\"\"") + "," + stamp + "," + age +
                    "\n";
        }
    }
    return text;
}

} // namespace

TEST_CASE("battleTable_anyNumberOfThreadsAndBlocks_giveTheSame") {
    for (const bool isJson : {false, true}) {
        // More different stamps than are kept as words.
        const std::string text = mixedTable(6000, isJson);
        const RecordKind kind = isJson ? RecordKind::Lines : RecordKind::Csv;
        ByteSource whole(text, "f");
        const auto expected = readBattleTable(whole, kind, ReadOptions{.threads = 1});
        REQUIRE(expected.ok());
        CHECK(expected->rejectedRows > 500);
        CHECK(expected->battles.covariate("stamp")->values[1] > 1.0);
        CHECK(expected->battles.category("note")->labels.size() == 30);
        for (const int threads : {1, 2, 5}) {
            for (const std::size_t blockBytes : {100, 4096, 50000}) {
                CAPTURE(threads);
                CAPTURE(blockBytes);
                ByteSource source(text, "f");
                const auto table =
                    readBattleTable(source, kind, ReadOptions{.threads = threads}, blockBytes);
                REQUIRE(table.ok());
                CHECK(table->battles.names == expected->battles.names);
                CHECK(table->battles.first == expected->battles.first);
                CHECK(table->battles.second == expected->battles.second);
                CHECK(table->battles.outcomes == expected->battles.outcomes);
                CHECK(table->rejected == expected->rejected);
                CHECK(table->rejectedRows == expected->rejectedRows);
                CHECK(table->warnings == expected->warnings);
                REQUIRE(table->battles.categories.size() == expected->battles.categories.size());
                for (std::size_t c = 0; c < table->battles.categories.size(); ++c) {
                    const Category& category = table->battles.categories[c];
                    CHECK(category.name == expected->battles.categories[c].name);
                    CHECK(category.labels == expected->battles.categories[c].labels);
                    CHECK(category.codes == expected->battles.categories[c].codes);
                }
                CHECK(table->battles.covariate("stamp")->values ==
                      expected->battles.covariate("stamp")->values);
            }
        }
    }
}
