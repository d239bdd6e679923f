// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/electorate.hpp"
#include "ballots/preflib.hpp"
#include "ballots/writers.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

using psephos::ballots::Ballot;
using psephos::ballots::Battles;
using psephos::ballots::Category;
using psephos::ballots::countMargins;
using psephos::ballots::Covariate;
using psephos::ballots::marginMatrixCsv;
using psephos::ballots::Outcome;
using psephos::ballots::PairCounts;
using psephos::ballots::parseElectorate;
using psephos::ballots::parsePrefLib;
using psephos::ballots::prefLibText;
using psephos::ballots::Profile;

namespace {

Profile profileOf(std::vector<Ballot> ballots) {
    return Profile{{"Kill Bill: Vol. 1", "b, c", " Ö "}, std::move(ballots), {}};
}

std::string written(const Profile& profile) {
    const auto text = prefLibText(profile, "demo", "A vote");
    REQUIRE(text.ok());
    return *text;
}

void checkSame(const Battles& one, const Battles& other) {
    CHECK(one.names == other.names);
    CHECK(one.first == other.first);
    CHECK(one.second == other.second);
    CHECK(one.outcomes == other.outcomes);
    CHECK(one.weights == other.weights);
    // In JSON a column stands where it has its first cell.
    REQUIRE(one.categories.size() == other.categories.size());
    for (const Category& category : one.categories) {
        const Category* same = other.category(category.name);
        REQUIRE(same != nullptr);
        CHECK(category.labels == same->labels);
        CHECK(category.codes == same->codes);
    }
    REQUIRE(one.covariates.size() == other.covariates.size());
    for (const Covariate& covariate : one.covariates) {
        const Covariate* same = other.covariate(covariate.name);
        REQUIRE(same != nullptr);
        for (std::size_t b = 0; b < one.size(); ++b) {
            const double value = covariate.values[b];
            const double again = same->values[b];
            CHECK((value == again || (std::isnan(value) && std::isnan(again))));
        }
    }
}

} // namespace

TEST_CASE("prefLibText_equalOrders_areMergedAndSorted") {
    const std::string text = written(
        profileOf({{1, {0, 1, 2}, {1, 2, 3}}, {2, {2, 1, 0}, {2, 3}}, {3, {1, 2, 0}, {2, 3}}}));
    CHECK(text.starts_with("# FILE NAME: demo.toc\n# TITLE: A vote\n"));
    CHECK(text.ends_with("# NUMBER ALTERNATIVES: 3\n# NUMBER VOTERS: 6\n# NUMBER UNIQUE ORDERS: 2\n"
                         "# ALTERNATIVE NAME 1: Kill Bill: Vol. 1\n# ALTERNATIVE NAME 2: b, c\n"
                         "# ALTERNATIVE NAME 3:  Ö \n5: {2,3},1\n1: 1,2,3\n"));
    const auto back = parsePrefLib(text, "f");
    REQUIRE(back.ok());
    CHECK(back->warnings.empty());
    CHECK(back->profile.names == profileOf({}).names);
    CHECK(back->profile.ballots ==
          std::vector<Ballot>{{5, {1, 2, 0}, {2, 3}}, {1, {0, 1, 2}, {1, 2, 3}}});
}

TEST_CASE("prefLibText_type_isTheMostRestrictive") {
    const auto typeOf = [](std::vector<Ballot> ballots) {
        return parsePrefLib(written(profileOf(std::move(ballots))), "f")->dataType;
    };
    CHECK(typeOf({{1, {0, 1, 2}, {1, 2, 3}}}) == "soc");
    CHECK(typeOf({{1, {0, 1, 2}, {1, 2, 3}}, {1, {0}, {1}}}) == "soi");
    CHECK(typeOf({{1, {0, 1, 2}, {1, 2, 3}}, {1, {0, 1, 2}, {3}}}) == "toc");
    CHECK(typeOf({{1, {0, 1}, {2}}}) == "toi");
}

TEST_CASE("prefLibText_whatTheFormatCantHold_isRefused") {
    CHECK_FALSE(prefLibText(profileOf({}), "x").ok());
    CHECK_FALSE(prefLibText(profileOf({{1, {}, {}}}), "x").ok());
    CHECK_FALSE(prefLibText(Profile{{"a\nb"}, {{1, {0}, {1}}}, {}}, "x").ok());
    CHECK_FALSE(prefLibText(Profile{{""}, {{1, {0}, {1}}}, {}}, "x").ok());
}

TEST_CASE("writtenBattles_readBackTheSame") {
    const auto original = parseElectorate("model_a,model_b,winner,weight,language,tokens,long\n"
                                          "x,\"y, \"\"z\"\"\",model_a,0.1,Greek,,7\n"
                                          "w,x,both_bad,3,\"a\nb\",1e-300,8\n"
                                          "\" w \",x,model_b,1,,0.30000000000000004,7\n"
                                          "x,w,tie,1,Greek,-0.5,\n",
                                          "f");
    REQUIRE(original.ok());
    Battles battles = *original->battles;
    for (const std::string& text : {battlesCsv(battles), battlesJsonl(battles)}) {
        CAPTURE(text);
        const auto back = parseElectorate(text, "f");
        REQUIRE_MESSAGE(back.ok(), (back.ok() ? "" : back.error().line()));
        CHECK(back->rejectedRows == 0);
        checkSame(*back->battles, battles);
    }
    battles.weights.clear();
    CHECK(battlesCsv(battles).starts_with("model_a,model_b,winner,language,tokens,long\n"));
}

TEST_CASE("writtenMatrices_readBackTheSame") {
    PairCounts counts({"a", "b, c", "d", "e"});
    const auto add = [&counts](std::size_t i, std::size_t j, double wins, double ties) {
        counts.wins[i * 4 + j] += wins;
        counts.ties[i * 4 + j] += ties;
        counts.ties[j * 4 + i] += ties;
    };
    add(0, 1, 3, 1);
    add(1, 0, 2, 0);
    add(2, 0, 0.1, 0);
    add(3, 2, 0, 5);
    const auto wins = parseElectorate(winMatrixCsv(counts), "f");
    REQUIRE(wins.ok());
    CHECK(wins->format == "win matrix");
    CHECK(wins->pairs.names == counts.names);
    CHECK(wins->pairs.wins == counts.wins);
    const auto rates = parseElectorate(rateMatrixCsv(counts), "f");
    REQUIRE(rates.ok());
    CHECK(rates->format == "rate matrix");
    CHECK(rates->pairs.win(0, 1) == 3.5 / 6);
    CHECK(rates->pairs.win(2, 3) == 0.5);
    CHECK(unseenPairs(rates->pairs) == unseenPairs(counts));
    const std::vector<double> margins = countMargins(counts);
    const auto back = parseElectorate(marginMatrixCsv(counts.names, margins), "f");
    REQUIRE(back.ok());
    CHECK(back->format == "margin matrix");
    for (std::size_t i = 0; i < margins.size(); ++i) {
        CHECK(countMargins(back->pairs)[i] == doctest::Approx(margins[i]).epsilon(1e-14));
    }
}

TEST_CASE("prefLibText_realFiles_readBackTheSame" *
          doctest::skip(std::getenv("PSEPHOS_DATA") == nullptr)) {
    const std::filesystem::path folder =
        std::filesystem::path(std::getenv("PSEPHOS_DATA")) / "preflib";
    for (const char* file : {"00008_glasgow/00008-00000009.soi", "00024_dots/00024-00000001.soc"}) {
        const auto original = psephos::ballots::readElectorate(folder / file);
        REQUIRE(original.ok());
        const auto back = parseElectorate(written(*original->profile), "f");
        REQUIRE(back.ok());
        CHECK(back->format == original->format);
        CHECK(back->pairs.wins == original->pairs.wins);
        CHECK(back->pairs.ties == original->pairs.ties);
        CHECK(back->warnings.empty());
    }
}
