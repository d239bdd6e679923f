// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/group_margins.hpp"
#include "choice/held_out.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace psephos::choice;
using psephos::ballots::GroupCounts;
using psephos::ballots::PairCounts;
using psephos::ballots::Ties;

namespace {

/// a beats b 6 : 2 with 4 ties, b beats c 3 : 1; a and c never met.
PairCounts chain() {
    PairCounts counts({"a", "b", "c"});
    counts.wins = {0, 6, 0, 2, 0, 3, 0, 1, 0};
    counts.ties = {0, 4, 0, 4, 0, 0, 0, 0, 0};
    return counts;
}

std::vector<double> payoffs(const MarginRule& rule) {
    const auto result = payoffsOf(chain(), rule);
    REQUIRE(result.ok());
    return *result;
}

} // namespace

TEST_CASE("payoffsOf_rules_areTheirFormulas") {
    CHECK(payoffs({.kind = MarginKind::Counts})[1] == 4.0);
    CHECK(payoffs({.ties = Ties::Dropped, .alpha = 1.0})[1] == doctest::Approx(0.4));
    CHECK(payoffs({.ties = Ties::Half, .alpha = 0.0})[1] == doctest::Approx(4.0 / 12));
    CHECK(payoffs({})[2] == 0.0);
}

TEST_CASE("payoffsOf_unseenPair_isWhatThePolicySays") {
    const auto refused = payoffsOf(chain(), {.unseen = Unseen::Refuse});
    REQUIRE(!refused.ok());
    CHECK(refused.error().message.find("a") != std::string::npos);
    const std::vector<double> interval = payoffs({.unseen = Unseen::Interval});
    CHECK(interval[2] == -1.0);
    CHECK(interval[6] == -1.0);
    // a over b and b over c: a over c by more than either.
    const std::vector<double> imputed = payoffs({.alpha = 0.0, .unseen = Unseen::Impute});
    CHECK(imputed[2] > imputed[1]);
    CHECK(imputed[2] < 1.0);
    CHECK(imputed[6] == -imputed[2]);
    const std::vector<double> counted =
        payoffs({.kind = MarginKind::Counts, .unseen = Unseen::Impute});
    CHECK(counted[2] == doctest::Approx(imputed[2] * 8.0)); // 12 and 4 comparisons
    CHECK(!payoffsOf(chain(), {.kind = MarginKind::Counts, .unseen = Unseen::Interval}).ok());
}

TEST_CASE("payoffsOf_pessimism_lowersBothSidesTheMoreTheFewerWereCompared") {
    const std::vector<double> plain = payoffs({});
    const std::vector<double> lowered = payoffs({.pessimism = 1.0});
    for (const auto& [cell, mirror] : {std::pair{1, 3}, {5, 7}, {2, 6}}) {
        CHECK(lowered[cell] < plain[cell]);
        CHECK(lowered[mirror] < plain[mirror]);
        CHECK(lowered[cell] >= -1.0);
    }
    CHECK(plain[1] - lowered[1] < plain[2] - lowered[2]);
    CHECK(lowered[0] == 0.0);
}

TEST_CASE("groupGame_unseenInOneGroup_isImputedFromAll") {
    GroupCounts seen{"seen", 0.75, PairCounts({"a", "b"})};
    seen.pairs.wins = {0, 9, 3, 0};
    const GroupCounts unseen{"unseen", 0.25, PairCounts({"a", "b"})};
    const std::vector<GroupCounts> groups{seen, unseen};
    const auto imputed = groupGame(groups, {.alpha = 0.0, .unseen = Unseen::Impute});
    REQUIRE(imputed.ok());
    CHECK(imputed->payoff(1, 0, 1) == doctest::Approx(0.5));
    CHECK(imputed->weights == std::vector<double>{0.75, 0.25});
    const auto weighted = groupGame(groups, {}, std::vector<double>{1.0, 4.0});
    REQUIRE(weighted.ok());
    CHECK(weighted->weights == std::vector<double>{0.2, 0.8});
    CHECK(!groupGame(groups, {}, std::vector<double>{1.0}).ok());
    CHECK(!groupGame(groups, {}, std::vector<double>{0.0, 0.0}).ok());
    CHECK(!groupGame(groups, {}, std::vector<double>{1.0, -1.0}).ok());
    CHECK(!groupGame({}, {}).ok());
}

TEST_CASE("effectiveComparisons_fewInOnePair_areFew") {
    CHECK(effectiveComparisons(chain(), {.alpha = 0.0}) == 0.0);
    PairCounts even({"a", "b", "c"});
    even.wins = {0, 5, 5, 5, 0, 5, 5, 5, 0};
    CHECK(effectiveComparisons(even, {.alpha = 0.0}) == doctest::Approx(10.0));
    CHECK(effectiveComparisons(even, {.alpha = 1.0}) == doctest::Approx(12.0));
}

// What a lottery was made from does better than what it was not made from, and neither part knows
// a battle of the other one.
TEST_CASE("heldOutStudy_splitBeforeResampling_partsShareNoBattle") {
    psephos::ballots::Battles battles;
    battles.names = {"a", "b", "c", "d", "e"};
    psephos::ballots::Category group{"group", {"x"}, {}};
    // Ten battles, each pair once: a pair is either in the part that is learnt from or held out.
    for (std::uint32_t i = 0; i < 5; ++i) {
        for (std::uint32_t j = i + 1; j < 5; ++j) {
            battles.first.push_back(i);
            battles.second.push_back(j);
            battles.outcomes.push_back(psephos::ballots::Outcome::First);
            group.codes.push_back(0);
        }
    }
    battles.categories.push_back(group);
    HeldOutStudy::Options options;
    options.rhos = {0.0};
    options.trainShare = 0.0; // nothing to learn from: everything is tied
    const auto nothing = HeldOutStudy::make(battles, "group", options);
    REQUIRE(nothing.ok());
    const auto blind = nothing->resample(0);
    REQUIRE(blind.ok());
    CHECK(blind->front().trainRate == 0.5);
    CHECK(blind->front().support == 5.0);
    CHECK(blind->front().testRate < 0.5);
    options.trainShare = 1.0; // nothing held out
    const auto everything = HeldOutStudy::make(battles, "group", options);
    REQUIRE(everything.ok());
    CHECK(everything->resample(0)->front().testRate == 0.5);
    CHECK(!HeldOutStudy::make(battles, "language", options).ok());
}

TEST_CASE("heldOutStudy_sameSeedAndNumber_sameAnswer") {
    HeldOutStudy::Options options;
    options.rhos = {0.0, 0.5};
    const auto study = HeldOutStudy::make(miniatureBattles(1), "language", options);
    REQUIRE(study.ok());
    const auto one = study->resample(4);
    const auto same = study->resample(4);
    const auto other = study->resample(5);
    REQUIRE((one.ok() && same.ok() && other.ok()));
    CHECK((*one)[1].probabilities == (*same)[1].probabilities);
    CHECK((*one)[1].probabilities != (*other)[1].probabilities);
    CHECK(one->front().trainRate == doctest::Approx(0.5).epsilon(1e-9));
}

TEST_CASE("miniatureBattles_shares_areThoseOfTheSpecification") {
    const auto battles = miniatureBattles(kMiniatureSeed);
    const auto groups = psephos::ballots::groupCounts(battles, "language");
    REQUIRE(groups.ok());
    REQUIRE(groups->size() == 4);
    CHECK((*groups)[0].share == doctest::Approx(0.70).epsilon(0.02));
    CHECK((*groups)[3].share == doctest::Approx(0.08).epsilon(0.05));
    CHECK(battles.names.size() == 23);
    const auto ties = std::ranges::count(battles.outcomes, psephos::ballots::Outcome::Tie);
    CHECK(static_cast<double>(ties) == doctest::Approx(9000.0).epsilon(0.03));
}
