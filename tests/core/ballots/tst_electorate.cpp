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

TEST_CASE("electorate_battles_areRefusedWithWhatIsExpected") {
    const auto battles =
        parseElectorate("model_a,model_b,winner\nx,y,model_a\ny,z,tie\n", "battles.csv");
    REQUIRE_FALSE(battles.ok());
    CHECK(battles.error().hint.find("expected a win matrix") != std::string::npos);
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
    };
    constexpr std::string_view kBytes = "0123456789,:{}#\"\n\r -.ab\xc3\xbc\0";
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
        if (suffix != ".soc" && suffix != ".soi" && suffix != ".toc" && suffix != ".toi") {
            continue;
        }
        const auto electorate = readElectorate(entry.path());
        INFO(entry.path().string());
        REQUIRE(electorate.ok());
        CHECK(electorate->format == "PrefLib " + suffix.substr(1));
        CHECK(electorate->warnings.empty());
        ++files;
    }
    CHECK(files > 200);
}
