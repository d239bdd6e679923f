// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/battles.hpp"

#include <doctest/doctest.h>

using namespace psephos;
using ballots::Battles;
using ballots::Category;
using ballots::Outcome;

namespace {

/// a beats b twice (once in Greek), b beats a once, a and c tie, b and c are both bad.
Battles sample() {
    Battles battles;
    battles.names = {"a", "b", "c"};
    battles.first = {0, 0, 1, 0, 1};
    battles.second = {1, 1, 0, 2, 2};
    battles.outcomes = {Outcome::First, Outcome::First, Outcome::First, Outcome::Tie,
                        Outcome::BothBad};
    battles.categories = {{"language", {"Latin", "Greek"}, {0, 1, 0, 0, Category::kNone}}};
    battles.covariates = {{"length", {1, 2, 3, 4, 5}}};
    return battles;
}

} // namespace

TEST_CASE("pairCounts_battles_countsWinsAndTiesOfEachPair") {
    const auto counts = ballots::pairCounts(sample());
    CHECK(counts.win(0, 1) == 2.0);
    CHECK(counts.win(1, 0) == 1.0);
    CHECK(counts.tie(0, 2) == 1.0);
    CHECK(counts.tie(2, 0) == 1.0);
    CHECK(counts.tie(1, 2) == 1.0); // both bad
    CHECK(counts.compared(0, 1) == 3.0);
}

TEST_CASE("pairCounts_weightsAndTimes_multiply") {
    Battles battles = sample();
    battles.weights = {0.5, 1, 1, 1, 1};
    const std::vector<std::uint32_t> times = {4, 0, 1, 0, 0};
    const auto counts = ballots::pairCounts(battles, times);
    CHECK(counts.win(0, 1) == 2.0);
    CHECK(counts.win(1, 0) == 1.0);
    CHECK(counts.compared(0, 2) == 0.0);
}

TEST_CASE("groupCounts_byWord_largestFirstAndSharesSumToOne") {
    const auto groups = ballots::groupCounts(sample(), "language");
    REQUIRE(groups.ok());
    REQUIRE(groups->size() == 2);
    CHECK(groups->front().name == "Latin");
    CHECK(groups->front().share == 0.75);
    CHECK(groups->back().share == 0.25);
    CHECK(groups->back().pairs.win(0, 1) == 1.0);
    CHECK(groups->back().pairs.compared(0, 2) == 0.0);
}

TEST_CASE("groupCounts_unknownColumn_namesThoseThereAre") {
    const auto groups = ballots::groupCounts(sample(), "city");
    REQUIRE_FALSE(groups.ok());
    CHECK(groups.error().message.find("'city'") != std::string::npos);
    CHECK(groups.error().hint.find("language") != std::string::npos);
}

TEST_CASE("rateMargins_tiesAndSmoothing_followTheirPolicy") {
    ballots::PairCounts counts({"a", "b"});
    counts.wins = {0, 6, 2, 0};
    counts.ties = {0, 4, 4, 0};
    using ballots::Ties;
    CHECK(ballots::rateMargins(counts, Ties::Dropped)[1] == 0.5);
    CHECK(ballots::rateMargins(counts, Ties::Half)[1] == doctest::Approx(4.0 / 12.0));
    CHECK(ballots::rateMargins(counts, Ties::Dropped, 1.0)[1] == doctest::Approx(0.4));
    CHECK(ballots::rateMargins(counts, Ties::Dropped, 1.0)[2] == doctest::Approx(-0.4));
    CHECK(ballots::rateMargins(ballots::PairCounts({"a", "b"}), Ties::Half)[1] == 0.0);
}

TEST_CASE("groupCounts_profile_countsTheVotersOfEachGroup") {
    ballots::Profile profile;
    profile.names = {"a", "b"};
    profile.ballots = {{3, {0, 1}, {1, 2}}, {1, {1}, {1}}, {5, {1, 0}, {1, 2}}};
    profile.categories = {{"town", {"Ur", "Uruk"}, {0, 1, Category::kNone}}};
    const auto groups = ballots::groupCounts(profile, "town");
    REQUIRE(groups.ok());
    REQUIRE(groups->size() == 2);
    CHECK(groups->front().name == "Ur");
    CHECK(groups->front().share == 0.75);
    CHECK(groups->front().pairs.win(0, 1) == 3.0);
    CHECK(groups->back().pairs.win(1, 0) == 1.0);
    const auto unknown = ballots::groupCounts(profile, "country");
    REQUIRE_FALSE(unknown.ok());
    CHECK(unknown.error().hint == "there are: town");
}
