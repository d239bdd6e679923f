// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/bradley_terry.hpp"
#include "choice/elo.hpp"
#include "choice/ratings.hpp"
#include "comparisons.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace psephos;
using namespace psephos::choice;
using psephos::testing::countsOf;
using psephos::testing::randomCounts;

namespace {

Ratings rated(const ballots::PairCounts& counts, const RatingOptions& options = {},
              const ballots::Battles* battles = nullptr) {
    auto ratings = rate(counts, battles, options);
    INFO((ratings ? std::string() : ratings.error().line()));
    REQUIRE(ratings.ok());
    return std::move(ratings).value();
}

/// Each comparison as a battle of its own, in order of the pairs; judges take turns.
ballots::Battles battlesOf(const ballots::PairCounts& counts, std::size_t judges) {
    ballots::Battles battles;
    battles.names = counts.names;
    ballots::Category judge{"judge", {}, {}};
    for (std::size_t j = 0; j < judges; ++j) {
        judge.labels.push_back(std::string(1, 'J') + std::to_string(j));
    }
    for (const EloBattle& battle : eloBattles(counts)) {
        battles.first.push_back(battle.first);
        battles.second.push_back(battle.second);
        battles.outcomes.push_back(battle.score == 1.0F   ? ballots::Outcome::First
                                   : battle.score == 0.0F ? ballots::Outcome::Second
                                                          : ballots::Outcome::Tie);
        judge.codes.push_back(static_cast<std::uint32_t>(battles.size() % judges));
    }
    battles.categories = {judge};
    return battles;
}

} // namespace

TEST_CASE("rate_ranks_followTheIntervals") {
    const auto counts = randomCounts(8, 6, 0.2, 3);
    for (const std::size_t bootstraps : {std::size_t{0}, std::size_t{200}}) {
        const Ratings ratings = rated(counts, {.bootstraps = bootstraps});
        for (const Rating& row : ratings.rows) {
            std::size_t low = 1, high = 8, rank = 1;
            for (const Rating& other : ratings.rows) {
                low += other.low > row.high ? 1 : 0;
                high -= other.high < row.low ? 1 : 0;
                rank += other.rating > row.rating ? 1 : 0;
            }
            CHECK(row.rankLow == low);
            CHECK(row.rankHigh == high);
            CHECK(row.rank == rank);
            CHECK(row.low < row.rating);
            CHECK(row.rating < row.high);
        }
    }
}

TEST_CASE("rate_scales_areTheSameRatings") {
    const auto counts = randomCounts(5, 9, 0.2, 4);
    const Ratings natural = rated(counts, {.scale = RatingScale::Natural});
    const Ratings elo = rated(counts);
    const auto fit = fitBradleyTerry(winsWithTies(counts, ballots::Ties::Half), 5);
    for (std::size_t i = 0; i < 5; ++i) {
        CHECK(std::abs(natural.rows[i].rating - fit->strengths[i]) < 1e-12);
        CHECK(elo.rows[i].rating ==
              doctest::Approx(1000 + eloPerUnit() * natural.rows[i].rating).epsilon(1e-13));
        CHECK(elo.rows[i].se == doctest::Approx(eloPerUnit() * natural.rows[i].se).epsilon(1e-12));
        CHECK(natural.rows[i].high - natural.rows[i].low ==
              doctest::Approx(2 * 1.959963984540054 * natural.rows[i].se));
    }
}

TEST_CASE("rate_anchor_isFixedAndWidensTheOthers") {
    const auto counts = randomCounts(5, 9, 0.2, 4);
    const Ratings free = rated(counts);
    for (const std::size_t bootstraps : {std::size_t{0}, std::size_t{300}}) {
        const Ratings anchored =
            rated(counts, {.bootstraps = bootstraps, .anchor = "c", .anchorAt = 1114.0});
        CHECK(anchored.rows[2].rating == 1114.0);
        CHECK(anchored.rows[2].low == 1114.0);
        CHECK(anchored.rows[2].high == 1114.0);
        for (const std::size_t i : {0U, 1U, 3U, 4U}) {
            CHECK(anchored.rows[i].rating - 1114.0 ==
                  doctest::Approx(free.rows[i].rating - free.rows[2].rating));
            CHECK(anchored.rows[i].se > free.rows[i].se);
        }
    }
    CHECK(
        rate(counts, nullptr, {.anchor = "z"}).error().line().starts_with("knob 'anchor': there "));
}

TEST_CASE("rate_bootstrap_agreesWithTheSandwichAndRepeats") {
    const auto counts = randomCounts(6, 60, 0.2, 9);
    const Ratings sandwich = rated(counts);
    const Ratings one = rated(counts, {.bootstraps = 800, .seed = 5, .threads = 1});
    const Ratings two = rated(counts, {.bootstraps = 800, .seed = 5, .threads = 2});
    const Ratings other = rated(counts, {.bootstraps = 800, .seed = 6, .threads = 2});
    CHECK(one.replicates.strengths == two.replicates.strengths); // bit for bit
    CHECK(one.replicates.strengths != other.replicates.strengths);
    CHECK(one.replicates.lost == 0);
    for (std::size_t i = 0; i < 6; ++i) {
        CHECK(one.rows[i].se == doctest::Approx(sandwich.rows[i].se).epsilon(0.12));
        CHECK(one.rows[i].low == doctest::Approx(sandwich.rows[i].low).epsilon(0.01));
    }
}

TEST_CASE("rate_denseAndGeneralReplicates_areTheSame") {
    // Davidson without ties is Bradley and Terry's model, and takes the other way.
    const auto counts = randomCounts(6, 12, 0.0, 2);
    const RatingOptions options{.bootstraps = 40, .seed = 3};
    RatingOptions davidson = options;
    davidson.ties = TieModel::Davidson;
    const Ratings dense = rated(counts, options);
    const Ratings general = rated(counts, davidson);
    REQUIRE(dense.replicates.kept() == general.replicates.kept());
    for (std::size_t k = 0; k < dense.replicates.strengths.size(); ++k) {
        CHECK(std::abs(dense.replicates.strengths[k] - general.replicates.strengths[k]) < 1e-9);
    }
}

TEST_CASE("rate_replicatesThatFallApart_areCountedAndLeftOut") {
    // One win against three holds b to the others: a third of the replicates lose it.
    const auto counts = countsOf(3, {0, 6, 4, 1, 0, 5, 3, 4, 0});
    const Ratings ratings = rated(counts, {.bootstraps = 400});
    CHECK(ratings.replicates.lost + ratings.replicates.kept() == 400);
    CHECK(ratings.replicates.kept() > 200);
    const auto thin = countsOf(2, {0, 4, 1, 0});
    const Ratings lost = rated(thin, {.bootstraps = 1000});
    // No win of the second: (4/5)^5; no win of the first: (1/5)^5.
    CHECK(static_cast<double>(lost.replicates.lost) ==
          doctest::Approx(1000 * (std::pow(0.8, 5) + std::pow(0.2, 5))).epsilon(0.12));
    CHECK(rated(thin, {.ridge = 0.5, .bootstraps = 100}).replicates.lost == 0);
}

TEST_CASE("rate_clusters_areDrawnWhole") {
    const auto counts = randomCounts(4, 30, 0.2, 6);
    const ballots::Battles battles = battlesOf(counts, 12);
    const Ratings single = rated(counts, {.bootstraps = 400}, &battles);
    const Ratings clustered = rated(counts, {.bootstraps = 400, .cluster = "judge"}, &battles);
    CHECK(single.clusters == 0);
    CHECK(clustered.clusters == 12);
    CHECK(clustered.replicates.kept() == 400);
    // Each of 120 judges says the same thing ten times: only the judges are evidence, and the
    // interval is √10 times as wide as if all votes were.
    ballots::Battles copies = battlesOf(randomCounts(4, 20, 0.2, 6), 1);
    copies.categories[0].labels.resize(120);
    const std::size_t said = copies.size();
    for (std::size_t b = 0; b < 10 * said; ++b) {
        if (b >= said) {
            copies.first.push_back(copies.first[b % said]);
            copies.second.push_back(copies.second[b % said]);
            copies.outcomes.push_back(copies.outcomes[b % said]);
            copies.categories[0].codes.push_back(0);
        }
        copies.categories[0].codes[b] = static_cast<std::uint32_t>(b % said);
    }
    const auto width = [&copies](const std::string& cluster, std::size_t bootstraps) {
        const Ratings of =
            rated(pairCounts(copies), {.bootstraps = bootstraps, .cluster = cluster, .threads = 2},
                  &copies);
        return of.rows[0].high - of.rows[0].low;
    };
    CHECK(width("judge", 600) / width("", 600) == doctest::Approx(std::sqrt(10.0)).epsilon(0.15));
    CHECK(width("judge", 0) / width("", 0) == doctest::Approx(std::sqrt(10.0)).epsilon(1e-9));
    CHECK(rate(counts, &battles, {.bootstraps = 5, .cluster = "jury"}).error().line() ==
          "knob 'cluster': the battles have no column 'jury' of words (there are: judge)");
    CHECK_FALSE(rate(counts, nullptr, {.bootstraps = 5, .cluster = "judge"}).ok());
}

TEST_CASE("rate_groupsThatNeverLost_areRatedOneByOneAndRankedByWins") {
    // {a, b} over {c, d}; e never played.
    const auto counts =
        countsOf(5, {0, 3, 5, 5, 0, 1, 0, 5, 5, 0, 0, 0, 0, 2, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0});
    for (const std::size_t bootstraps : {std::size_t{0}, std::size_t{50}}) {
        const Ratings ratings = rated(counts, {.bootstraps = bootstraps});
        CHECK_FALSE(ratings.isJoint);
        CHECK(ratings.components.size() == 3);
        CHECK(ratings.rows[0].rating + ratings.rows[1].rating == doctest::Approx(2000));
        CHECK(ratings.rows[2].rating + ratings.rows[3].rating == doctest::Approx(2000));
        CHECK(std::isnan(ratings.rows[4].rating));
        CHECK(ratings.rows[0].rank == 1);
        CHECK(ratings.rows[1].rank == 2);
        CHECK(ratings.rows[3].rank == 3);
        CHECK(ratings.rows[2].rank == 4);
        CHECK(ratings.rows[2].rankLow >= 3);
        CHECK(ratings.rows[0].rankHigh <= 3);
        CHECK(ratings.rows[4].rankLow == 1);
        CHECK(ratings.rows[4].rankHigh == 5);
    }
    const Ratings joint = rated(counts, {.ridge = 1.0});
    CHECK(joint.isJoint);
    CHECK(std::isfinite(joint.rows[4].rating));
}

TEST_CASE("rate_oneCandidateAlone_isAtTheMean") {
    const Ratings ratings = rated(countsOf(1, {0}));
    CHECK(ratings.rows[0].rating == 1000.0);
    CHECK(ratings.rows[0].rank == 1);
    CHECK(ratings.rows[0].rankHigh == 1);
    CHECK_FALSE(rate(ballots::PairCounts{}, nullptr, {}).ok());
}

TEST_CASE("eloInRandomOrder_sameBattles_spreadAndRepeat") {
    const auto counts = randomCounts(4, 10, 0.3, 1);
    const auto battles = eloBattles(counts);
    CHECK(battles.size() == 60);
    const auto first = eloInRandomOrder(battles, 4, 0, 3);
    CHECK(first == eloInRandomOrder(battles, 4, 0, 3));
    CHECK(first != eloInRandomOrder(battles, 4, 1, 3));
    CHECK(first != eloInRandomOrder(battles, 4, 0, 4));
    CHECK(std::accumulate(first.begin(), first.end(), 0.0) == doctest::Approx(4000)); // points move
}
