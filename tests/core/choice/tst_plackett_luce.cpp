// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/plackett_luce.hpp"
#include "profiles.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace psephos;
using namespace psephos::choice;
using psephos::testing::ballot;
using psephos::testing::order;
using psephos::testing::profile;
using Winners = std::vector<std::size_t>;

namespace {

/// −Σ log of the chances of the ballots under these log strengths, straight from the model.
double lossOf(const ballots::Profile& election, const std::vector<double>& logStrengths) {
    double loss = 0.0;
    for (const ballots::Ballot& each : election.ballots) {
        for (std::size_t k = 0; k + 1 < each.candidates.size(); ++k) {
            double atHand = 0.0;
            for (std::size_t l = k; l < each.candidates.size(); ++l) {
                atHand += std::exp(logStrengths[each.candidates[l]]);
            }
            loss -= double(each.count) * (logStrengths[each.candidates[k]] - std::log(atHand));
        }
    }
    return loss;
}

} // namespace

TEST_CASE("plackettLuce_twoCandidates_isTheLogOfTheOdds") {
    const auto model = plackettLuce(profile({{6, "ab"}, {2, "ba"}}));
    REQUIRE(model.ok());
    CHECK(model->logStrengths[0] - model->logStrengths[1] == doctest::Approx(std::log(3.0)));
    CHECK(model->logStrengths[0] + model->logStrengths[1] == doctest::Approx(0.0));
    CHECK(model->logLikelihood == doctest::Approx(6.0 * std::log(0.75) + 2.0 * std::log(0.25)));
}

TEST_CASE("plackettLuce_completeOrders_isAMinimumOfTheLoss") {
    std::mt19937_64 engine(1);
    for (int round = 0; round < 10; ++round) {
        const auto election = testing::randomProfile(engine, 4, 9);
        const auto model = plackettLuce(election);
        REQUIRE(model.ok());
        REQUIRE(model->logStrengths.size() == 4);
        CHECK(model->residual <= kPlackettLuceResidual);
        const double best = lossOf(election, model->logStrengths);
        CHECK(best == doctest::Approx(-model->logLikelihood));
        for (std::size_t i = 0; i < 4; ++i) {
            for (const double step : {-1e-3, 1e-3}) {
                auto moved = model->logStrengths;
                moved[i] += step;
                CHECK(lossOf(election, moved) > best);
            }
        }
    }
}

TEST_CASE("plackettLuce_whoIsLeftOut_wasBeatenOrAbsent") {
    ballots::Profile election;
    election.names = testing::letterNames(3);
    election.ballots = {order(3, "ab"), order(1, "ba"), order(1, "cab"), order(1, "bca")};
    const auto below = plackettLuce(election, ballots::Unranked::TiedBelow);
    const auto absent = plackettLuce(election, ballots::Unranked::NotCompared);
    REQUIRE((below.ok() && absent.ok()));
    // Left out of four ballots, c is last there; absent, it has one first and one second place.
    CHECK(below->logStrengths[2] < below->logStrengths[1]);
    CHECK(absent->logStrengths[2] > absent->logStrengths[1]);
}

TEST_CASE("plackettLuce_alwaysLast_fallsWithoutEnd") {
    const auto election = profile({{3, "abcd"}, {1, "bacd"}, {1, "bcad"}, {1, "cabd"}});
    const auto model = plackettLuce(election);
    REQUIRE(model.ok());
    CHECK(model->groups == 2);
    CHECK(std::isinf(model->logStrengths[3]));
    const auto without = plackettLuce(profile({{3, "abc"}, {1, "bac"}, {1, "bca"}, {1, "cab"}}));
    REQUIRE(without.ok());
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(model->logStrengths[i] == doctest::Approx(without->logStrengths[i]));
    }
    const RuleOutcome outcome = outcomeOf(*model, election);
    CHECK(outcome.winners == Winners{0});
    CHECK(outcome.remark.find("1 candidate never stands above") != std::string::npos);
    CHECK(outcome.remark.find("(d)") != std::string::npos);
    CHECK(ranksOf(outcome.scores)[3] == 4);
}

TEST_CASE("plackettLuce_separateRaces_haveNoEstimate") {
    ballots::Profile election;
    election.names = testing::letterNames(4);
    election.ballots = {order(1, "ab"), order(1, "ba"), order(2, "cd"), order(1, "dc")};
    const auto model = plackettLuce(election, ballots::Unranked::NotCompared);
    REQUIRE(model.ok());
    CHECK(model->topGroups == 2);
    const RuleOutcome outcome = outcomeOf(*model, election);
    CHECK(outcome.winners.empty());
    CHECK_FALSE(outcome.isExact);
    CHECK(outcome.remark.starts_with("There is no estimate: 2 groups"));
}

TEST_CASE("plackettLuce_ties_areRefusedAboveTheLastPlace") {
    ballots::Profile election;
    election.names = testing::letterNames(3);
    election.ballots = {order(1, "abc"), ballot(1, {{0, 1}, {2}})};
    const auto refused = plackettLuce(election);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().message == "ballot 2 ties a and b above others");
    // Tied for the last place they are left over, as if they were not ranked.
    election.ballots = {order(1, "abc"), ballot(2, {{2}, {0, 1}}), order(1, "bac")};
    const auto tied = plackettLuce(election);
    election.ballots[1] = ballot(2, {{2}});
    const auto leftOut = plackettLuce(election);
    REQUIRE((tied.ok() && leftOut.ok()));
    CHECK(tied->logStrengths[2] == doctest::Approx(leftOut->logStrengths[2]));
}

TEST_CASE("plackettLuce_stopped_saysSo") {
    const auto stopped = plackettLuce(profile({{1000, "ab"}, {1, "ba"}}),
                                      ballots::Unranked::TiedBelow, [] { return true; });
    CHECK((stopped.ok() || stopped.error().message == "it was asked to stop"));
}
