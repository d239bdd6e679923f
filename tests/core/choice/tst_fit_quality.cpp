// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/bradley_terry.hpp"
#include "choice/fit_quality.hpp"
#include "choice/top_flip.hpp"
#include "comparisons.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>

using namespace psephos;
using namespace psephos::choice;
using psephos::testing::countsOf;
using psephos::testing::randomCounts;

namespace {

GoodnessOfFit qualityOf(const ballots::PairCounts& counts, TieModel ties = TieModel::Half) {
    const PairedData data = pairedData(counts);
    const PairedModel model(ties, 0.0, pairedComponents(data, ties));
    const auto fit = model.fit(data);
    REQUIRE(fit.ok());
    return goodnessOfFit(data, model, *fit);
}

/// Who leads after a fit.
std::size_t leaderOf(const ballots::PairCounts& counts, ballots::Ties ties) {
    const auto fit = fitBradleyTerry(winsWithTies(counts, ties), counts.size());
    REQUIRE(fit.ok());
    return static_cast<std::size_t>(std::max_element(fit->strengths.begin(), fit->strengths.end()) -
                                    fit->strengths.begin());
}

ballots::PairCounts without(ballots::PairCounts counts,
                            const std::vector<DroppedBattles>& dropped) {
    const std::size_t n = counts.size();
    for (const DroppedBattles& each : dropped) {
        auto& table = each.isTie ? counts.ties : counts.wins;
        table[each.winner * n + each.loser] -= each.count;
        CHECK(table[each.winner * n + each.loser] >= 0.0);
        if (each.isTie) {
            table[each.loser * n + each.winner] -= each.count;
        }
    }
    return counts;
}

} // namespace

TEST_CASE("goodnessOfFit_exactData_leavesNothing") {
    // Worths 4, 2, 1 to the letter.
    const GoodnessOfFit exact = qualityOf(countsOf(3, {0, 20, 24, 10, 0, 20, 6, 10, 0}));
    CHECK(std::abs(exact.deviance) < 1e-12);
    CHECK(std::abs(exact.pearson) < 1e-12);
    CHECK(exact.freedom == 1.0);
    CHECK(std::isnan(exact.residuals[0]));
}

TEST_CASE("goodnessOfFit_equalCycle_hasItsClosedForm") {
    // All strengths are equal; each pair is 2 : 1 against 1.5 : 1.5.
    const GoodnessOfFit cycle = qualityOf(countsOf(3, {0, 2, 1, 1, 0, 2, 2, 1, 0}));
    CHECK(cycle.residuals[1] == doctest::Approx(0.5 / std::sqrt(0.75)));
    CHECK(cycle.residuals[3] == -cycle.residuals[1]);
    CHECK(cycle.pearson == doctest::Approx(3 * 0.25 / 0.75));
    CHECK(cycle.deviance == doctest::Approx(6 * (2 * std::log(2 / 1.5) + std::log(1 / 1.5))));
}

TEST_CASE("goodnessOfFit_dataOfTheModel_isAboutItsFreedom") {
    double ratio = 0.0;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        const auto counts = randomCounts(8, 40, 0.0, seed);
        const GoodnessOfFit quality = qualityOf(counts);
        CHECK(quality.freedom == 21.0);
        ratio += quality.deviance / quality.freedom / 40;
    }
    CHECK(ratio == doctest::Approx(1.0).epsilon(0.15));
}

TEST_CASE("goodnessOfFit_tieModelOfItsOwnData_isAboutItsFreedom") {
    // Ties at random, whoever plays, are not Davidson's unless all are equal: strengths 0.
    double ratio = 0.0;
    double pearson = 0.0;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        std::mt19937_64 engine(seed);
        std::uniform_int_distribution<int> outcome(0, 2);
        ballots::PairCounts counts(psephos::testing::letters(6));
        for (std::size_t k = 0; k < 36; ++k) {
            for (int battle = 0; battle < 40 && k / 6 < k % 6; ++battle) {
                const int drawn = outcome(engine);
                counts.wins[drawn == 0 ? k : k % 6 * 6 + k / 6] += drawn == 2 ? 0.0 : 1.0;
                counts.ties[k] += drawn == 2 ? 1.0 : 0.0;
            }
            counts.ties[k % 6 * 6 + k / 6] = counts.ties[k / 6 * 6 + k % 6];
        }
        const GoodnessOfFit quality = qualityOf(counts, TieModel::Davidson);
        CHECK(quality.freedom == 24.0); // 15 pairs with two free outcomes, 5 strengths and ν
        ratio += quality.deviance / 24.0 / 40;
        pearson += quality.pearson / 10.0 / 40;
        CHECK(qualityOf(counts).pearson < quality.pearson); // halves vary less than wins
    }
    CHECK(ratio == doctest::Approx(1.0).epsilon(0.12));
    CHECK(pearson == doctest::Approx(1.0).epsilon(0.15));
}

TEST_CASE("cyclicShare_gradientsAndCycles_areToldApart") {
    // A cycle with equal counts is all cyclic.
    const CyclicShare cycle = cyclicShare(std::vector<double>{0, 7, 2, 2, 0, 7, 7, 2, 0}, 3);
    CHECK(cycle.share() == doctest::Approx(1.0));
    CHECK(cycle.chance == 1.0);
    // Flows that are differences of a potential are not cyclic at all: W + ½ = (8, 4, 2) : …
    const CyclicShare gradient =
        cyclicShare(std::vector<double>{0, 3.5, 7.5, 1.5, 0, 3.5, 1.5, 1.5, 0}, 3);
    CHECK(gradient.cyclic < 1e-12);
    CHECK(gradient.potential[0] - gradient.potential[1] == doctest::Approx(std::log(2.0)));
    // Two pairs that never meet have two potentials and no circle.
    const CyclicShare apart =
        cyclicShare(std::vector<double>{0, 3, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, 0, 0, 5, 0}, 4);
    CHECK(apart.cyclic < 1e-12);
    CHECK(apart.chance == 0.0);
    CHECK(apart.potential[0] + apart.potential[1] == doctest::Approx(0.0).epsilon(1e-12));
    CHECK(cyclicShare(std::vector<double>{0, 4, 4, 0}, 2).share() == 0.0);
}

TEST_CASE("cyclicShare_splitsTheFlow_orthogonally") {
    const auto counts = randomCounts(7, 5, 0.2, 3);
    const auto wins = winsWithTies(counts, ballots::Ties::Half);
    const CyclicShare share = cyclicShare(wins, 7);
    double gradient = 0.0;
    for (std::size_t i = 0; i < 7; ++i) {
        for (std::size_t j = i + 1; j < 7; ++j) {
            const double won = wins[i * 7 + j] + 0.5;
            const double lost = wins[j * 7 + i] + 0.5;
            const double difference = share.potential[i] - share.potential[j];
            gradient += won * lost / (won + lost) * difference * difference;
        }
    }
    CHECK(gradient + share.cyclic == doctest::Approx(share.total).epsilon(1e-12));
}

TEST_CASE("cyclicShare_dataOfTheModel_isAboutChance") {
    double ratio = 0.0;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        const CyclicShare share = cyclicShare(randomCounts(8, 60, 0.0, seed).wins, 8);
        ratio += share.cyclic / share.chance / 40;
    }
    CHECK(ratio == doctest::Approx(1.0).epsilon(0.15));
}

TEST_CASE("strongestTriangle_oneOfMany_isFound") {
    const auto found = strongestTriangle(std::vector<double>{0, 7, 2, 2, 0, 6, 9, 4, 0}, 3);
    REQUIRE(found);
    CHECK(found->candidates == std::array<std::size_t, 3>{0, 1, 2});
    CHECK(found->margin == doctest::Approx(0.2)); // 6 : 4
    CHECK_FALSE(strongestTriangle(std::vector<double>{0, 5, 5, 1, 0, 5, 1, 1, 0}, 3));
    CHECK_FALSE(strongestTriangle(std::vector<double>{0, 1, 1, 0}, 2));
}

TEST_CASE("findTopFlip_removal_flipsAndOneFewerDoesNot") {
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
        const auto counts = randomCounts(5, 14, 0.2, seed);
        const auto ties = seed % 2 == 0 ? ballots::Ties::Half : ballots::Ties::Dropped;
        const auto flip = findTopFlip(counts, ties);
        REQUIRE(flip.ok());
        REQUIRE(flip->has_value());
        const TopFlip& found = **flip;
        CAPTURE(seed);
        CHECK(found.battles == 140.0);
        CHECK(leaderOf(counts, ties) == found.top);
        CHECK(leaderOf(without(counts, found.dropped), ties) == found.newTop);
        CHECK(found.newTop != found.top);
        double count = 0.0;
        for (const DroppedBattles& each : found.dropped) {
            count += each.count;
        }
        CHECK(count == found.count);
        std::vector<DroppedBattles> fewer = found.dropped;
        fewer.back().count -= 1.0;
        const auto held = without(counts, fewer);
        const auto strengths = fitBradleyTerry(winsWithTies(held, ties), 5)->strengths;
        CHECK(strengths[found.top] >=
              *std::max_element(strengths.begin(), strengths.end()) - 1e-12);
    }
}

TEST_CASE("findTopFlip_twoCandidates_needTheLead") {
    // 7 : 4 flips once four wins are gone (3 : 4).
    const auto flip = findTopFlip(countsOf(2, {0, 7, 4, 0}), ballots::Ties::Half);
    REQUIRE((flip.ok() && flip->has_value()));
    CHECK((*flip)->count == 4.0);
    CHECK((*flip)->newTop == 1);
    // Without the only loss of the top there is no estimate, so nothing flips 1 : 1 … but one does.
    const auto even = findTopFlip(countsOf(2, {0, 2, 2, 0}), ballots::Ties::Half);
    REQUIRE((even.ok() && even->has_value()));
    CHECK((*even)->count == 1.0);
    CHECK_FALSE(findTopFlip(countsOf(2, {0, 1, 1, 0}), ballots::Ties::Half)->has_value());
    CHECK_FALSE(findTopFlip(countsOf(2, {0, 1, 0, 0}), ballots::Ties::Half).ok());
    CHECK_FALSE(findTopFlip(countsOf(1, {0}), ballots::Ties::Half)->has_value());
}
