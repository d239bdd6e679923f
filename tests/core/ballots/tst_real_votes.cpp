// SPDX-License-Identifier: GPL-3.0-or-later
// Published files of votes, where they are at hand: what each is known to hold.
#include "ballots/electorate.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

using psephos::ballots::Battles;
using psephos::ballots::Category;
using psephos::ballots::Electorate;
using psephos::ballots::Outcome;
using psephos::ballots::readElectorate;
using psephos::ballots::unseenPairs;

namespace {

std::filesystem::path data() {
    return std::getenv("PSEPHOS_DATA");
}

Electorate read(const std::string& file) {
    auto electorate = readElectorate(data() / file);
    REQUIRE_MESSAGE(electorate.ok(), (electorate.ok() ? "" : electorate.error().line()));
    CHECK(electorate->rejectedRows == 0);
    return std::move(electorate).value();
}

double weightOf(const Battles& battles, Outcome outcome) {
    double sum = 0.0;
    for (std::size_t b = 0; b < battles.size(); ++b) {
        const double weight = battles.weights.empty() ? 1.0 : battles.weights[b];
        sum += battles.outcomes[b] == outcome ? weight : 0.0;
    }
    return sum;
}

std::size_t labels(const Battles& battles, std::string_view name) {
    const Category* category = battles.category(name);
    return category == nullptr ? 0 : category->labels.size();
}

bool hasNoData() {
    return std::getenv("PSEPHOS_DATA") == nullptr;
}

} // namespace

TEST_CASE("realVotes_llmfao" * doctest::skip(hasNoData())) {
    const Electorate crowd = read("llmfao/crowd-comparisons.csv");
    CHECK(crowd.format == "battles (CSV)");
    REQUIRE(crowd.battles.has_value());
    CHECK(crowd.battles->size() == 8931);
    CHECK(crowd.battles->names.size() == 59);
    CHECK(crowd.battles->names[0] == "Airoboros L2 70B");
    CHECK(weightOf(*crowd.battles, Outcome::First) == 2911);
    CHECK(weightOf(*crowd.battles, Outcome::Second) == 2549);
    CHECK(weightOf(*crowd.battles, Outcome::Tie) == 3471);
    CHECK(labels(*crowd.battles, "worker") == 124);
    CHECK(labels(*crowd.battles, "id") == 2139);
    CHECK(labels(*crowd.battles, "prompt") == 13);
    CHECK(unseenPairs(crowd.pairs).size() == 784);
    for (const char* file : {"gpt3", "gpt4"}) {
        const Electorate judge = read("llmfao/" + std::string(file) + "-crowd-comparisons.csv");
        CHECK(judge.battles->size() == 2139);
        CHECK(judge.battles->category("worker") == nullptr);
    }
    for (const char* file : {"models.jsonl", "prompts.jsonl", "results.jsonl.gz"}) {
        const auto other = readElectorate(data() / "llmfao" / file);
        REQUIRE_FALSE(other.ok());
        CHECK(other.error().message.starts_with("this is JSON, but no battles"));
    }
}

TEST_CASE("realVotes_pandalm" * doctest::skip(hasNoData())) {
    for (const char* file : {"pandalm/votes.csv", "pandalm/testset-v1.json.gz"}) {
        CAPTURE(file);
        const Electorate votes = read(file);
        REQUIRE(votes.battles.has_value());
        CHECK(votes.battles->size() == 3 * 999);
        CHECK(votes.battles->names.size() == 5);
        CHECK(labels(*votes.battles, "annotator") == 3);
        CHECK(votes.pairs.names[0] == "bloom-7b");
        CHECK(weightOf(*votes.battles, Outcome::First) == 1255);
        CHECK(weightOf(*votes.battles, Outcome::Second) == 1416);
        CHECK(weightOf(*votes.battles, Outcome::Tie) == 326);
    }
}

TEST_CASE("realVotes_alpacaeval" * doctest::skip(hasNoData())) {
    const Electorate judge = read("alpacaeval2/preferences.csv.gz");
    CHECK(judge.format == "judge matrix (CSV)");
    REQUIRE(judge.profile.has_value());
    CHECK(judge.profile->voters() == 805);
    CHECK(judge.profile->names.size() == 58);
    const Category* dataset = findCategory(judge.profile->categories, "dataset");
    REQUIRE(dataset != nullptr);
    std::map<std::string, int> prompts;
    for (const std::uint32_t code : dataset->codes) {
        ++prompts[dataset->labels[code]];
    }
    CHECK(prompts == std::map<std::string, int>{{"selfinstruct", 252},
                                                {"oasst", 188},
                                                {"koala", 156},
                                                {"helpful_base", 129},
                                                {"vicuna", 80}});
    for (std::size_t i = 0; i < 58; ++i) {
        if (judge.profile->names[i] == "NullModel") {
            CHECK(std::abs(judge.meanScores[i] - 0.7691979180) < 1e-6);
        }
    }
    for (const char* file :
         {"output_chars.csv.gz", "leaderboard_published.csv", "instructions.csv"}) {
        const auto other = readElectorate(data() / "alpacaeval2" / file);
        CHECK_FALSE(other.ok());
    }
}

TEST_CASE("realVotes_bradleyTerryClassics" * doctest::skip(hasNoData())) {
    const std::string folder = "bradley_terry_classics/";
    const Electorate baseball = read(folder + "baseball_1987.csv");
    CHECK(baseball.format == "counted battles (CSV)");
    CHECK(baseball.battles->names.size() == 7);
    CHECK(weightOf(*baseball.battles, Outcome::First) +
              weightOf(*baseball.battles, Outcome::Second) ==
          273);
    const Electorate citations = read(folder + "citations_stigler.csv");
    CHECK(citations.battles->names.size() == 4);
    CHECK(citations.battles->size() == 12);
    CHECK(citations.pairs.win(0, 1) + citations.pairs.win(1, 0) == 730 + 33);
    const Electorate pudding = read(folder + "pudding.csv");
    CHECK(weightOf(*pudding.battles, Outcome::First) == 254);
    CHECK(weightOf(*pudding.battles, Outcome::Second) == 289);
    CHECK(weightOf(*pudding.battles, Outcome::Tie) == 202);
    CHECK(unseenPairs(pudding.pairs).empty());
    const Electorate hockey = read(folder + "icehockey_ncaa_2009_10.csv");
    CHECK(hockey.battles->size() == 1083);
    CHECK(hockey.battles->names[hockey.battles->first[0]] == "Quinnipiac");
    CHECK(hockey.battles->outcomes[0] == Outcome::First); // 4 : 2 for the visitor
    CHECK(hockey.battles->outcomes[1] == Outcome::Second);
    CHECK(labels(*hockey.battles, "home.ice") == 2);
    const Electorate football = read(folder + "football_epl_2008_2013.csv");
    CHECK(football.battles->size() == 1900);
    CHECK(football.battles->names.size() == 29);
    CHECK(labels(*football.battles, "season") == 5);
    const double lead =
        weightOf(*football.battles, Outcome::First) - weightOf(*football.battles, Outcome::Second);
    CHECK(std::abs(lead / 1900 - 0.194) < 5e-4);
    const Electorate nascar = read(folder + "nascar_2002_races.csv");
    CHECK(nascar.format == "orders (CSV)");
    CHECK(nascar.profile->voters() == 36);
    CHECK(nascar.profile->names.size() == 87);
    const auto drivers = readElectorate(data() / folder / "nascar_2002_drivers.csv");
    REQUIRE_FALSE(drivers.ok());
    CHECK(drivers.error().message.starts_with("this is no file of votes"));
}
