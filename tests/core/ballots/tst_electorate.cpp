// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/electorate.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

using psephos::ballots::openElectorate;
using psephos::ballots::parseElectorate;
using psephos::ballots::readElectorate;
using psephos::ballots::ReadOptions;

namespace {

constexpr const char* kMatrix = ",a,b\na,,3\nb,1,\n";
constexpr const char* kOrders = "# DATA TYPE: soi\n# TITLE: demo\n# NUMBER ALTERNATIVES: 2\n"
                                "# ALTERNATIVE NAME 1: a\n# ALTERNATIVE NAME 2: b\n3: 1\n1: 2,1\n";

} // namespace

TEST_CASE("electorate_format_isFoundByContent") {
    const auto matrix = parseElectorate(kMatrix, "votes.txt");
    REQUIRE(matrix.ok());
    CHECK(matrix->format == "win matrix");
    CHECK_FALSE(matrix->profile.has_value());
    CHECK(matrix->pairs.win(0, 1) == 3);

    const auto orders = parseElectorate(std::string("\xef\xbb\xbf") + kOrders, "votes.txt");
    REQUIRE(orders.ok());
    CHECK(orders->format == "PrefLib soi");
    CHECK(orders->title == "demo");
    REQUIRE(orders->profile.has_value());
    CHECK(orders->profile->voters() == 4);
    CHECK(orders->pairs.win(0, 1) == 3);
    CHECK(orders->pairs.win(1, 0) == 1);

    const auto old = parseElectorate("2\n1,a\n2,b\n4,4,2\n3,1\n1,2,1\n", "votes.txt");
    REQUIRE(old.ok());
    CHECK(old->format == "PrefLib (older format)");
    CHECK(old->pairs.wins == orders->pairs.wins);
}

TEST_CASE("electorate_prefLibSuffix_rulesOutCsv") {
    for (const char* name : {"x.soi", "x.toc.gz"}) {
        const auto wrong = parseElectorate(kMatrix, name);
        REQUIRE_FALSE(wrong.ok());
        CHECK(wrong.error().message ==
              "expected '# KEY: VALUE' or the number of alternatives, not ',a,b'");
    }
}

TEST_CASE("electorate_battles_areFoundByTheirColumns") {
    const auto csv = parseElectorate("model_a,model_b,winner\nx,y,model_a\ny,z,tie\n", "b.csv");
    REQUIRE(csv.ok());
    CHECK(csv->format == "battles (CSV)");
    REQUIRE(csv->battles.has_value());
    CHECK(csv->pairs.win(0, 1) == 1);
    CHECK(csv->pairs.tie(1, 2) == 1);
    const std::string row = R"({"model_a":"x","model_b":"y","winner":"model_b"})";
    CHECK(parseElectorate(row + "\n" + row + "\n", "b")->format == "battles (JSONL)");
    CHECK(parseElectorate("[" + row + "]", "b")->format == "battles (JSON)");
    CHECK(parseElectorate("i,j,w_ij,w_ji\na,b,2,1\n", "b")->format == "counted battles (CSV)");
    const ReadOptions options{.columns = "a:p,b:q,winner:r"};
    CHECK(parseElectorate("p,q,r\nx,y,1\n", "b", options)->pairs.win(0, 1) == 1);
    const auto orders = parseElectorate(kOrders, "votes.soi", options);
    REQUIRE_FALSE(orders.ok());
    CHECK(orders.error().line() == "votes.soi: columns are named, but this is a PrefLib file");
}

TEST_CASE("electorate_tablesOfVoters_areFoundByTheirColumns") {
    CHECK(parseElectorate("p1,p2\na,b\n", "f")->format == "orders (CSV)");
    const auto judges = parseElectorate("prompt,x,y\n0,0.5,1\n1,0.2,\n", "f");
    REQUIRE(judges.ok());
    CHECK(judges->format == "judge matrix (CSV)");
    CHECK(judges->meanScores.at(1) == 1.0);
    const auto other = parseElectorate("id,name\n1,x\n", "f");
    REQUIRE_FALSE(other.ok());
    CHECK(other.error().message == "this is no file of votes: there are columns 'id, name'");
    const auto objects = parseElectorate("{\"id\":1}\n", "f");
    REQUIRE_FALSE(objects.ok());
    CHECK(objects.error().message.starts_with("this is JSON, but no battles"));
}

TEST_CASE("electorate_bytesThatAreNoText_areRefused") {
    const auto refuse = [](const std::string& text) {
        const auto electorate = parseElectorate(text, "x.csv");
        return electorate.ok() ? "" : electorate.error().place + ": " + electorate.error().message;
    };
    for (const char* bytes : {"\xff", "\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                              "\xe0\x80\xaf", "\xf8\x88\x80\x80\x80", "M\xfcller"}) {
        CHECK(refuse(std::string(",a\n") + bytes) == "x.csv, line 2: the file is not UTF-8 text");
    }
    CHECK(refuse(std::string(",a\0\na,\n", 7)) == "x.csv, line 1: the file is not UTF-8 text");
    CHECK(refuse(",Müller-Łódź 漢 🗳\nMüller-Łódź 漢 🗳,\n").empty());
}

TEST_CASE("electorate_open_readsAChangedFileAgain") {
    const std::filesystem::path path =
        std::filesystem::temp_directory_path() /
        ("psephos-electorate-" + std::to_string(::getpid()) + ".csv");
    std::ofstream(path) << kMatrix;
    const auto first = openElectorate(path);
    REQUIRE(first.ok());
    const auto again = openElectorate(path);
    REQUIRE(again.ok());
    CHECK(first->get() == again->get());
    std::ofstream(path) << ",a,b\na,,30\nb,1,\n";
    const auto changed = openElectorate(path);
    REQUIRE(changed.ok());
    CHECK((*changed)->pairs.win(0, 1) == 30);
    CHECK((*first)->pairs.win(0, 1) == 3);
    std::filesystem::remove(path);
    const auto gone = openElectorate(path);
    REQUIRE_FALSE(gone.ok());
    CHECK(gone.error().line() == path.string() + ": no such file");
}

// Whatever is done to a file: an electorate that is whole, or one line that says what is wrong.
TEST_CASE("electorate_damagedText_isReadOrRefusedInOneLine") {
    const std::vector<std::string> originals = {
        ",a,\"b, c\",d\na,,3,1\n\"b, c\",1,,4\nd,2,2,\n",
        std::string(kOrders) + "2: 2\n",
        "3\n1,a\n2,b\n3,c\n6,6,2\n3,1,{2,3}\n3,2,1\n",
        "model_a,model_b,winner,n\na,\"b, c\",tie,1\nd,a,model_b,2\n\"b, c\",d,model_a,x\n",
        R"({"model_a":"a","model_b":"b","winner":"tie","m":{"k":[1,"}"],"l":2}})"
        "\n"
        R"({"model_a":"\u00e9\\n","model_b":"b","winner":"model_b","m":null})",
        R"([{"model_a":"a","model_b":"b","winner":"tie"},{"model_a":"a","model_b":"c",)"
        R"("winner":"model_a"}])",
        "# DATA TYPE: cat\n# NUMBER ALTERNATIVES: 2\n# NUMBER CATEGORIES: 2\n"
        "# ALTERNATIVE NAME 1: a\n# ALTERNATIVE NAME 2: b\n3: {},{1,2}\n1: 2,1\n",
        "# DATA TYPE: wmd\n# NUMBER ALTERNATIVES: 2\n# ALTERNATIVE NAME 1: a\n"
        "# ALTERNATIVE NAME 2: b\n1,2,3\n2,1,0.5\n",
        ",a,b,c\na,,3,-7\nb,-3,,\nc,7,,\n",
        ",a,b,c\na,,0.25,1\nb,0.75,,0.5\nc,0,0.5,\n",
        "i,j,w_ij,w_ji,t_ij\na,b,1,2,3\nb,c,0,2,1\na,a,1,2,3\n",
        "prompt,x,y,z\n0,0.5,1,0\n1,0.2,,0.2\n",
        "p1,p2,p3,count\na,b,c,2\nb,,a,1\n",
    };
    constexpr std::string_view kBytes = "0123456789,:{}[]#\"\\\n\r -.ab\xc3\xbc\0";
    std::mt19937_64 engine(1);
    const auto random = [&engine](std::size_t below) { return std::size_t(engine() % below); };
    int read = 0;
    for (int trial = 0; trial < 20000; ++trial) {
        std::string text = originals[random(originals.size())];
        for (std::size_t edits = 1 + random(3); edits > 0 && !text.empty(); --edits) {
            const std::size_t at = random(text.size());
            switch (random(4)) {
            case 0:
                text.erase(at, 1 + random(5));
                break;
            case 1:
                text.insert(at, 1, kBytes[random(kBytes.size())]);
                break;
            case 2:
                text[at] = kBytes[random(kBytes.size())];
                break;
            default:
                text += text.substr(at);
            }
        }
        CAPTURE(text);
        const auto electorate = parseElectorate(text, "x");
        if (!electorate) {
            const std::string line = electorate.error().line();
            CHECK(line.starts_with("x"));
            CHECK(line.find_first_of("\n\r") == std::string::npos);
            continue;
        }
        ++read;
        const std::size_t n = electorate->pairs.size();
        CHECK(n > 0);
        REQUIRE(electorate->pairs.wins.size() == n * n);
        REQUIRE(electorate->pairs.ties.size() == n * n);
        for (std::size_t i = 0; i < n * n; ++i) {
            CHECK(electorate->pairs.wins[i] >= 0.0);
            CHECK(std::isfinite(electorate->pairs.wins[i]));
            CHECK(electorate->pairs.ties[i] >= 0.0);
        }
    }
    CHECK(read > 1000);
}

TEST_CASE("electorate_realFiles_areAllRead" *
          doctest::skip(std::getenv("PSEPHOS_DATA") == nullptr)) {
    const std::filesystem::path folder =
        std::filesystem::path(std::getenv("PSEPHOS_DATA")) / "preflib";
    int files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        const std::string suffix = entry.path().extension();
        if (suffix != ".soc" && suffix != ".soi" && suffix != ".toc" && suffix != ".toi" &&
            suffix != ".cat") {
            continue;
        }
        const auto electorate = readElectorate(entry.path());
        INFO(entry.path().string());
        REQUIRE(electorate.ok());
        CHECK(electorate->format == "PrefLib " + suffix.substr(1));
        // One file names an alternative twice.
        CHECK(electorate->warnings.size() == (entry.path().stem() == "00057-00000006" ? 1 : 0));
        ++files;
    }
    CHECK(files == 253);
}
