// SPDX-License-Identifier: GPL-3.0-or-later
// Plans, searches and verdicts of optim.claims, on made-up trials.
#include "experiments/optim/claims/claims.hpp"
#include "experiments/optim/claims/knobs.hpp"
#include "experiments/optim/claims/sentences.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <set>

using namespace psephos;
using namespace psephos::experiments;
using namespace psephos::experiments::claims;
using Settings = std::vector<std::pair<std::string, lab::Value>>;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

lab::Result<lab::RunScenario> expanded(const Settings& settings) {
    static const lab::Description kDescription = describeClaims();
    lab::Scenario wanted;
    wanted.experiment = kDescription.id;
    for (const auto& [knob, value] : settings) {
        wanted.set(knob, value);
    }
    const auto runs = lab::expand(wanted, kDescription);
    if (!runs) {
        return runs.error();
    }
    return runs->front();
}

Measured measured(const char* name, std::vector<double> values, bool isAtEdge = false) {
    return {name, std::move(values), isAtEdge, false};
}

/// A loss for a cell, a rate and a seed.
using Model = std::function<double(const Cell&, double, int)>;

/// Runs a whole search on made-up losses; a step takes 1 ms of AdamW, 2 ms of the others.
Search searched(const PlanSize& size, const Model& loss, int seeds = 3, int rates = 6) {
    Search search("mnist1d", planOf(size), seeds, rates);
    while (const auto trial = search.next()) {
        const Cell& cell = search.plan()[trial->cell];
        search.add(loss(cell, trial->rate, trial->seed),
                   static_cast<double>(cell.steps) * (isRefreshed(cell.arm) ? 2e-3 : 1e-3));
    }
    return search;
}

double bowl(double rate, double best);

/// A bowl around the rate at which the search starts.
double bowlOf(const Cell& cell, double rate) {
    return bowl(rate, firstRate("mnist1d", cell.arm));
}

/// Least at a rate of `best`, by a bowl over its logarithm.
double bowl(double rate, double best) {
    return 0.01 * std::pow(std::log2(rate / best), 2.0);
}

double seedNoise(int seed) {
    return 0.001 * seed;
}

constexpr std::int64_t operator""_i(unsigned long long number) {
    return static_cast<std::int64_t>(number);
}

} // namespace

TEST_CASE("claims_description_isSound") {
    for (const std::string& fault : lab::validate(describeClaims())) {
        FAIL_CHECK(fault);
    }
}

TEST_CASE("planOf_fewerSteps_trainsShorterSchedulesOfTheirOwn") {
    const std::vector<Cell> plan = planOf({Claim::FewerSteps, 200, 10, 64});
    REQUIRE(plan.size() == 3 * 5);
    CHECK(plan[0] == Cell{Arm::AdamW, 1, 70, 64});
    CHECK(plan[1] == Cell{Arm::Shampoo, 10, 70, 64}); // arms take turns
    CHECK(plan[2] == Cell{Arm::Soap, 10, 70, 64});
    CHECK(plan[11] == Cell{Arm::Soap, 10, 200, 64});
    CHECK(plan[12] == Cell{Arm::AdamW, 1, 280, 64});    // where its slower seeds arrive
    CHECK(plan.back() == Cell{Arm::Soap, 10, 280, 64}); // as far as AdamW, to be found slower
}

TEST_CASE("planOf_staleness_asksAdamWOnce") {
    const std::vector<Cell> plan = planOf({Claim::Staleness, 60, 10, 64});
    REQUIRE(plan.size() == 1 + 6 + 6); // f up to 50 fits
    CHECK(plan[0].arm == Arm::AdamW);
    CHECK(plan[1].refreshPeriod == 1);
    CHECK(plan[2].refreshPeriod == 1);
    CHECK(plan.back() == Cell{Arm::Soap, 50, 60, 64});
}

TEST_CASE("planOf_batchSize_keepsBatchTimesF") {
    for (const Cell& cell : planOf({Claim::BatchSize, 800, 2, 16})) {
        CAPTURE(cell.batch);
        CHECK(cell.batch * cell.refreshPeriod == (cell.arm == Arm::Soap ? 512 : cell.batch));
        CHECK(cell.steps * cell.batch <= 800 * 16 * 4);
        CHECK(cell.steps >= 2);
    }
}

TEST_CASE("configOf_batchSize_refreshesAsOftenForASampleAtEveryBatch") {
    const lab::KnobValues values = expanded({{"claim", std::string("batch_size")},
                                             {"batch", 16_i},
                                             {"steps", 800_i},
                                             {"refresh_period", 2_i}})
                                       ->knobs;
    const std::int64_t samples = 800 * 16;
    for (const Cell& cell : planOf(planSizeOf(values))) {
        if (cell.arm != Arm::Soap) {
            continue;
        }
        CAPTURE(cell.batch);
        const auto config =
            std::get<optim::SoapConfig>(configOf(values, cell.arm, cell.refreshPeriod));
        int refreshes = 0;
        for (std::int64_t step = 1; step <= samples / cell.batch; ++step) {
            refreshes +=
                optim::refreshDue(step, config.refreshPeriod, config.basisWarmup, false) ? 1 : 0;
        }
        CHECK(refreshes == 25);
    }
    // The other claims have one batch, and a warm-up.
    CHECK(basisWarmupOf(values) == 0);
    CHECK(basisWarmupOf(expanded({})->knobs) == 30);
    CHECK(basisWarmupOf(expanded({{"basis_warmup", 7_i}})->knobs) == 7);
    const std::string how = protocolNote(values, 7434).text;
    CHECK(how.find("f 32 at batch 16, f 8 at batch 64, f 2 at batch 256; no basis warm-up, so that "
                   "SOAP refreshes equally often for a sample") != std::string::npos);
}

TEST_CASE("planOf_tinySizes_haveNoCellTwice") {
    for (const Claim claim : {Claim::FewerSteps, Claim::Staleness, Claim::SameAtOne,
                              Claim::QrAsEigh, Claim::Thrifty, Claim::BatchSize}) {
        const std::vector<Cell> plan = planOf({claim, 8, 10, 1});
        CHECK_FALSE(plan.empty());
        for (std::size_t i = 0; i < plan.size(); ++i) {
            CHECK(std::count(plan.begin(), plan.end(), plan[i]) == 1);
        }
    }
}

TEST_CASE("rateWalk_goesOnUntilTheBestStandsInside") {
    RateWalk walk(0.01, 9);
    while (const auto rate = walk.next()) {
        walk.add(bowl(*rate, 0.08));
    }
    CHECK(walk.best() == doctest::Approx(0.08));
    CHECK(walk.tried() == 6); // 0.005 … 0.16
    CHECK_FALSE(walk.isAtEdge());
}

TEST_CASE("rateWalk_atItsLimit_saysThatTheBestIsAtTheEdge") {
    RateWalk walk(0.01, 4);
    while (const auto rate = walk.next()) {
        walk.add(bowl(*rate, 10.0));
    }
    CHECK(walk.tried() == 4);
    CHECK(walk.isAtEdge());
    RateWalk diverging(0.01, 5);
    while (diverging.next()) {
        diverging.add(std::nan(""));
    }
    CHECK(diverging.isAtEdge());
    CHECK(diverging.best() < 0.01); // smaller rates are where hope is
}

TEST_CASE("search_eachCell_startsWhereItsArmsLastOneEnded") {
    const Search search =
        searched({Claim::FewerSteps, 100, 10, 64}, [](const Cell& cell, double rate, int seed) {
            return bowl(rate, cell.arm == Arm::AdamW ? 0.08 : 0.03) + seedNoise(seed);
        });
    REQUIRE(search.results().size() == search.plan().size());
    CHECK(search.results()[0].tried == 6);
    CHECK(search.results()[1].rate == doctest::Approx(0.03));
    CHECK(search.results()[3].cell.arm == Arm::AdamW);
    CHECK(search.results()[3].tried == 3); // from 0.08 on
    for (const CellResult& each : search.results()) {
        CHECK_FALSE(each.isAtEdge);
        REQUIRE(each.losses.size() == 3);
        CHECK(each.losses[2] - each.losses[0] == doctest::Approx(0.002));
    }
    CHECK_FALSE(search.next());
}

TEST_CASE("search_secondsOfACell_areTheLeastOfItsTrials") {
    Search search("mnist1d", {{Arm::AdamW, 1, 100, 64}}, 2, 3);
    const double seconds[] = {5, 2, 3, 4, 9, 1}; // two seeds at each of three rates
    for (const double each : seconds) {
        search.add(bowl(search.next()->rate, 0.01), each);
    }
    REQUIRE(search.results().size() == 1);
    CHECK(search.results()[0].seconds == std::vector<double>{3, 1});
}

TEST_CASE("search_secondsOfACell_areOverAsManyTrialsForEveryArm") {
    // The more trials, the smaller the least of them: a longer walk is not to look quicker.
    Search search("mnist1d", {{Arm::AdamW, 1, 100, 64}, {Arm::Soap, 10, 100, 64}}, 1, 9);
    double seconds = 9.0;
    while (search.next()) {
        const double best = search.results().empty() ? 0.08 : 0.03;
        search.add(bowl(search.next()->rate, best), seconds);
        seconds = search.results().size() == 1 && search.trials().size() == 6 ? 9.0 : seconds - 1.0;
    }
    REQUIRE(search.results().size() == 2);
    CHECK(search.results()[0].tried == 6);
    CHECK(search.results()[1].tried == 3);
    CHECK(search.results()[0].seconds == std::vector<double>{7.0});
    CHECK(search.results()[1].seconds == std::vector<double>{7.0});
    // One that diverges stops early, and is no time.
    Search diverging("mnist1d", {{Arm::AdamW, 1, 100, 64}}, 1, 9);
    for (const double rate : {0.01, 0.02, 0.005, 0.0025, 0.00125}) {
        REQUIRE(diverging.next());
        diverging.add(rate > 0.01 ? kInfinity : bowl(rate, 0.0025), 100.0 * rate + 1.0);
    }
    REQUIRE(diverging.results().size() == 1);
    CHECK(diverging.results()[0].seconds.front() == doctest::Approx(1.25));
}

TEST_CASE("tuningNotes_unequalOrFew_areSaid") {
    const auto cell = [](Arm arm, std::int64_t steps, int tried) {
        CellResult made;
        made.cell = {arm, 10, steps, 64};
        made.tried = tried;
        return made;
    };
    CHECK(tuningNotes({}).empty());
    CHECK(tuningNotes({cell(Arm::AdamW, 70, 7), cell(Arm::Soap, 70, 7)}).empty());
    const auto unequal = tuningNotes({cell(Arm::AdamW, 70, 9), cell(Arm::Soap, 70, 7),
                                      cell(Arm::AdamW, 140, 7), cell(Arm::Soap, 140, 7)});
    REQUIRE(unequal.size() == 1);
    CHECK(unequal[0].kind == lab::NoteKind::Warning);
    CHECK(unequal[0].text == "Tuning: not every setting tried as many learning rates (learning "
                             "rates for a setting: AdamW 7 to 9, SOAP 7).");
    const auto few = tuningNotes({cell(Arm::AdamW, 70, 3), cell(Arm::Soap, 70, 3)});
    REQUIRE(few.size() == 1);
    CHECK(few[0].text == "Tuning: each setting tried fewer than the 7 that a fair comparison asks "
                         "for (learning rates for a setting: AdamW 3, SOAP 3).");
    const auto both = tuningNotes({cell(Arm::AdamW, 70, 5), cell(Arm::Soap, 70, 3)});
    CHECK(both[0].text.find("as many learning rates, and some fewer than the 7 that") !=
          std::string::npos);
}

TEST_CASE("search_replayed_isTheSame") {
    const Search first =
        searched({Claim::SameAtOne, 50, 1, 64}, [](const Cell&, double rate, int seed) {
            return bowl(rate, 0.1) + seedNoise(seed);
        });
    Search second("mnist1d", first.plan(), 3, 6);
    for (const Trial& each : first.trials()) {
        REQUIRE(second.next());
        CHECK(second.next()->rate == each.rate);
        CHECK(second.next()->seed == each.seed);
        second.add(each.loss, each.seconds);
    }
    CHECK_FALSE(second.next());
    CHECK(second.results().back().losses == first.results().back().losses);
}

TEST_CASE("quartilesOf_values_areLinearBetweenNeighbours") {
    const Quartiles spread = quartilesOf({4.0, 1.0, 3.0, 2.0});
    CHECK(spread.low == 1.75);
    CHECK(spread.middle == 2.5);
    CHECK(spread.high == 3.25);
    CHECK(quartilesOf({7.0}).low == 7.0);
    CHECK(quartilesOf({1.0, std::nan(""), 2.0}).high == kInfinity);
    CHECK(quartilesOf({1.0, kInfinity, 2.0}).middle == 2.0);
}

TEST_CASE("compareLess_intervals_byTheRule") {
    const Measured low = measured("a", {1.0, 1.1, 1.2});
    const Measured high = measured("b", {2.0, 2.1, 2.2});
    CHECK(compareLess("", low, high).outcome == Outcome::Held);
    CHECK(compareLess("", high, low).outcome == Outcome::NotHeld);
    const Measured wide = measured("c", {0.5, 1.1, 3.0});
    CHECK(compareLess("", low, wide).outcome == Outcome::Open);
    CHECK(compareLess("", low, wide).reason == "the intervals overlap");
    CHECK(compareLess("", low, low).outcome == Outcome::Open);
    const Measured never = measured("d", {2.0, kInfinity, kInfinity});
    CHECK(compareLess("", low, never).outcome == Outcome::Held);
    CHECK(compareLess("", low, never).figures == "a 1.1 (1.05 to 1.15), d never (never to never)");
    CHECK(compareLess("", never, never).outcome == Outcome::Open);
}

TEST_CASE("compareLess_missingFewOrEdge_staysOpen") {
    const Measured low = measured("a", {1.0, 1.1, 1.2});
    const Measured high = measured("b", {2.0, 2.1, 2.2});
    CHECK(compareLess("", low, measured("b", {})).reason == "a measurement is missing");
    CHECK(compareLess("", measured("a", {1.0, 1.1}), high).reason == "fewer than three seeds");
    // Only the loser's rate can turn the verdict.
    const Measured lowEdge = measured("a", low.values, true);
    const Measured highEdge = measured("b", high.values, true);
    CHECK(compareLess("", lowEdge, high).outcome == Outcome::Held);
    CHECK(compareLess("", low, highEdge).outcome == Outcome::Open);
    CHECK(compareLess("", low, highEdge).reason.find("best learning rate of b") == 4);
    CHECK(compareLess("", highEdge, low).outcome == Outcome::Open);
    CHECK(compareLess("", high, lowEdge).outcome == Outcome::NotHeld);
}

TEST_CASE("compareLess_differenceAtAnEdge_staysOpenWhoeverWins") {
    const Measured low = measured("a", {1.0, 1.1, 1.2});
    const Measured high = measured("b", {2.0, 2.1, 2.2});
    const auto relative = [](Measured made) {
        made.isAtEdge = true;
        made.isRelative = true;
        return made;
    };
    // A better rate at the start of a rise makes the rise larger.
    const Part winner = compareLess("", relative(low), high);
    CHECK(winner.outcome == Outcome::Open);
    CHECK(winner.reason == "the best learning rate of a lies at the edge of those tried");
    CHECK(compareLess("", low, relative(high)).outcome == Outcome::Open);
    CHECK(compareLess("", high, relative(low)).outcome == Outcome::Open);
    CHECK(compareLess("", relative(high), low).outcome == Outcome::Open);
    CHECK(compareLess("", low, relative(low)).reason.find("best learning rate of a") == 4);
}

TEST_CASE("compareLess_missingSeed_staysOpen") {
    const Measured low = measured("a", {1.0, 1.1, 1.2, 1.2, 1.3});
    const Measured gap = measured("b", {2.0, std::nan(""), 2.1, 2.2, 2.3});
    CHECK(compareLess("", low, gap).outcome == Outcome::Open);
    CHECK(compareLess("", low, gap).reason == "a measurement is missing");
    CHECK(compareLess("", gap, low).outcome == Outcome::Open);
    CHECK(compareAlike("", gap, gap, 0.5).reason == "a measurement is missing");
}

TEST_CASE("compareAlike_intervals_byTheRule") {
    const Measured one = measured("a", {1.00, 1.01, 1.02});
    CHECK(compareAlike("", one, measured("b", {1.01, 1.01, 1.02}), 0.03).outcome == Outcome::Held);
    const Part apart = compareAlike("", one, measured("b", {1.025, 1.025, 1.025}), 0.03);
    CHECK(apart.outcome == Outcome::Held);
    CHECK(apart.reason == "both intervals lie within 3 %, though apart");
    CHECK(compareAlike("", one, measured("b", {1.2, 1.21, 1.22}), 0.03).outcome ==
          Outcome::NotHeld);
    CHECK(compareAlike("", one, measured("b", {0.9, 1.0, 1.1}), 0.03).outcome == Outcome::Open);
    CHECK(compareAlike("", one, measured("b", {1.03, 1.03, 1.2}), 0.03).outcome == Outcome::Open);
    CHECK(compareAlike("", one, measured("b", one.values, true), 0.03).outcome == Outcome::Open);
    CHECK(compareAlike("", one, measured("b", {}), 0.03).outcome == Outcome::Open);
}

TEST_CASE("overall_onlyWhatCounts_decides") {
    const auto part = [](Outcome outcome, bool counts = true) {
        Part made;
        made.outcome = outcome;
        made.counts = counts;
        return made;
    };
    using enum Outcome;
    CHECK(overall({part(Held), part(Held)}) == Held);
    CHECK(overall({part(Held), part(Open)}) == Open);
    CHECK(overall({part(Open), part(NotHeld)}) == NotHeld);
    CHECK(overall({part(Held), part(NotHeld, false)}) == Held);
    CHECK(overall({part(Held, false)}) == Open);
    CHECK(overall({}) == Open);
}

TEST_CASE("compareLess_bounds_decideOnlyWhatHoldsWhereverTheValuesLie") {
    const auto bounded = [](const char* name, double most, double least) {
        Measured made = measured(name, {most, most, most});
        made.least = {least, least, least};
        return made;
    };
    const Measured exact = measured("b", {2.0, 2.1, 2.2});
    const Measured atMost = bounded("a", 1.0, 0.0);
    CHECK(compareLess("", atMost, exact).outcome == Outcome::Held); // less still is no harm
    CHECK(compareLess("", atMost, exact).figures ==
          "a at most 1 (at most 1 to at most 1), b 2.1 (2.05 to 2.15)");
    CHECK(compareLess("", exact, atMost).outcome == Outcome::NotHeld);
    const Measured loser = bounded("a", 3.0, 0.0);
    CHECK(compareLess("", exact, loser).outcome == Outcome::Open);
    CHECK(compareLess("", exact, loser).reason ==
          "only a bound is known of a: its shortest schedule reaches the target");
    CHECK(compareLess("", loser, exact).outcome == Outcome::Open);
    CHECK(compareLess("", atMost, atMost).reason.find("the intervals overlap, and only a bound") ==
          0);
    // Never within what was trained is not never.
    const Measured over = bounded("a", kInfinity, 2.15);
    CHECK(compareLess("", exact, over).outcome == Outcome::Open);
    CHECK(compareLess("", exact, over).reason ==
          "only a bound is known of a: its longest schedule misses the target");
    CHECK(compareLess("", exact, over).figures == "b 2.1 (2.05 to 2.15), a over 2.15 (over 2.15 "
                                                  "to over 2.15)");
    CHECK(compareLess("", exact, bounded("a", kInfinity, 2.3)).outcome == Outcome::Held);
    Measured ratio = measured("a", {1.0, 1.0, 1.0});
    ratio.most = {kInfinity, kInfinity, kInfinity};
    CHECK(compareLess("", ratio, exact).outcome == Outcome::Open);
    CHECK(compareLess("", ratio, exact).figures.find("a at least 1 (") == 0);
    CHECK(compareLess("", measured("b", {0.1, 0.2, 0.3}), ratio).outcome == Outcome::Held);
    // One bounded seed below all others does not move the quartiles.
    Measured one = measured("a", {1.0, 2.0, 2.1, 2.2, 2.3});
    one.least = {0.0, 2.0, 2.1, 2.2, 2.3};
    CHECK(compareLess("", one, measured("b", {1.5, 1.5, 1.5})).outcome == Outcome::NotHeld);
    CHECK_FALSE(isAtMost(one));
    CHECK(isAtMost(atMost));
    CHECK_FALSE(isAtMost(over));
}

TEST_CASE("stepsToTarget_betweenBudgets_isLogLinear") {
    const std::vector<Budget> budgets{{100, 2.0}, {400, 1.0}, {800, 0.9}};
    const auto within = [](const Reach& reach, double least, double most) {
        CHECK(reach.least == doctest::Approx(least));
        CHECK(reach.most == doctest::Approx(most));
    };
    within(stepsToTarget(budgets, 1.5), 200.0, 200.0);
    within(stepsToTarget(budgets, 1.0), 400.0, 400.0);
    within(stepsToTarget(budgets, 2.5), 0.0, 100.0); // a shorter one may do
    within(stepsToTarget({{100, kInfinity}, {200, 1.0}}, 1.5), 100.0, 200.0);
    const Reach never = stepsToTarget(budgets, 0.5);
    CHECK(never.most == kInfinity);
    CHECK(never.least == 800.0);
    CHECK(stepsToTarget({}, 1.0).most == kInfinity);
}

TEST_CASE("partsOf_fewerSteps_countsStepsAndTellsTimeBeside") {
    // SOAP needs half of AdamW's steps, Shampoo three quarters.
    const auto loss = [](const Cell& cell, double rate, int seed) {
        const double speed = cell.arm == Arm::AdamW     ? 1.0
                             : cell.arm == Arm::Shampoo ? 4.0 / 3
                                                        : 2.0;
        return 3.0 - std::log(speed * static_cast<double>(cell.steps)) / 4 + bowlOf(cell, rate) +
               seedNoise(seed);
    };
    const Search search = searched({Claim::FewerSteps, 400, 10, 64}, loss);
    const Standard standard{0.0, 400, 0.03};
    const double target = *targetOf(search.results(), standard);
    CHECK(target == doctest::Approx(3.0 - std::log(400.0) / 4 + 0.001).epsilon(1e-6));
    const auto all = toTarget(search.results(), target);
    REQUIRE(all.size() == 3);
    CHECK(quartilesOf(all[0].steps.values).middle == doctest::Approx(400.0));
    CHECK(std::isfinite(quartilesOf(all[0].steps.values).high));
    CHECK(quartilesOf(all[2].steps.values).middle == doctest::Approx(200.0));
    CHECK(quartilesOf(all[2].seconds.values).middle == doctest::Approx(0.4));
    const std::vector<Part> parts = partsOf(Claim::FewerSteps, search.results(), standard);
    REQUIRE(parts.size() == 4);
    CHECK(overall(parts) == Outcome::Held);
    CHECK_FALSE(parts[2].counts);
    CHECK(parts[2].outcome == Outcome::Open); // half the steps, each twice as long
    CHECK(parts[3].outcome == Outcome::Held);
    // A target of one's own, which nobody reaches.
    const auto harder = partsOf(Claim::FewerSteps, search.results(), {0.1, 400, 0.03});
    CHECK(overall(harder) == Outcome::Open);
    CHECK(partsOf(Claim::FewerSteps, {}, standard).front().outcome == Outcome::Open);
}

TEST_CASE("partsOf_staleness_comparesTheRises") {
    const auto loss = [](double soap, double shampoo) {
        return [soap, shampoo](const Cell& cell, double rate, int seed) {
            const double rise = cell.arm == Arm::Soap      ? soap
                                : cell.arm == Arm::Shampoo ? shampoo
                                                           : 0.0;
            return (cell.arm == Arm::AdamW ? 2.0 : 1.0) +
                   rise * std::log(static_cast<double>(cell.refreshPeriod)) + bowlOf(cell, rate) +
                   seedNoise(seed) * 10;
        };
    };
    const PlanSize size{Claim::Staleness, 300, 10, 64};
    const Standard standard{0.0, 300, 0.03};
    const auto held = partsOf(Claim::Staleness, searched(size, loss(0.1, 0.3)).results(), standard);
    REQUIRE(held.size() == 3);
    CHECK(overall(held) == Outcome::Held);
    CHECK(held[1].outcome == Outcome::Held);
    CHECK(held[2].outcome == Outcome::NotHeld); // at f = 100 it is above AdamW
    CHECK(held[2].reason.find("did not hold at f = 50, f = 100") != std::string::npos);
    CHECK(overall(partsOf(Claim::Staleness, searched(size, loss(0.3, 0.1)).results(), standard)) ==
          Outcome::NotHeld);
    CHECK(partsOf(Claim::Staleness, {}, standard).empty());
}

TEST_CASE("partsOf_staleness_edgeOrDivergenceAtEitherEnd_isOpen") {
    const PlanSize size{Claim::Staleness, 300, 10, 64};
    const Standard standard{0.0, 300, 0.03};
    const auto outcomeOf = [&](Arm arm, std::int64_t f, bool diverges) {
        const auto loss = [=](const Cell& cell, double rate, int seed) {
            const bool isIt = cell.arm == arm && cell.refreshPeriod == f;
            if (isIt && diverges) {
                return kInfinity;
            }
            const double rise = cell.arm == Arm::Soap ? 0.1 : 0.3;
            const double slope = isIt ? -1e-4 * std::log(rate) : bowlOf(cell, rate);
            return 1.0 + rise * std::log(static_cast<double>(cell.refreshPeriod)) + slope +
                   seedNoise(seed);
        };
        return partsOf(Claim::Staleness, searched(size, loss).results(), standard).front();
    };
    CHECK(outcomeOf(Arm::AdamW, 1, false).outcome == Outcome::Held); // it has no part in this
    for (const Arm arm : {Arm::Soap, Arm::Shampoo}) {
        for (const std::int64_t f : {1, 100}) {
            CAPTURE(label(arm));
            CAPTURE(f);
            const Part part = outcomeOf(arm, f, false);
            CHECK(part.outcome == Outcome::Open);
            CHECK(part.reason ==
                  "the best learning rate of " + label(arm) + " lies at the edge of those tried");
        }
    }
    // −∞ would be the smallest rise there is.
    CHECK(outcomeOf(Arm::Soap, 1, true).outcome == Outcome::Open);
    CHECK(outcomeOf(Arm::Soap, 1, true).reason == "a measurement is missing");
}

TEST_CASE("partsOf_alikeClaims_byTheMargin") {
    const auto loss = [](const Cell& cell, double rate, int seed) {
        const double extra = cell.arm == Arm::SoapOneSided                           ? 0.3
                             : cell.arm == Arm::AdamW                                ? 0.6
                             : cell.arm == Arm::SoapEigh && cell.refreshPeriod == 25 ? 0.2
                                                                                     : 0.0;
        return 1.0 + extra + bowlOf(cell, rate) + seedNoise(seed);
    };
    const Standard standard{0.0, 300, 0.03};
    const auto partsFor = [&](Claim claim) {
        return partsOf(claim, searched({claim, 300, 10, 64}, loss).results(), standard);
    };
    CHECK(overall(partsFor(Claim::SameAtOne)) == Outcome::Held);
    CHECK(overall(partsFor(Claim::Thrifty)) == Outcome::Held);
    CHECK(partsFor(Claim::Thrifty)[2].outcome == Outcome::NotHeld); // one-sided ≈ Shampoo
    const auto eigh = partsFor(Claim::QrAsEigh);
    REQUIRE(eigh.size() == 1);
    CHECK(eigh[0].outcome == Outcome::NotHeld);
    CHECK(eigh[0].reason.find("did not hold at f = 25") != std::string::npos);
}

TEST_CASE("partsOf_fewerSteps_slowerArm_doesNotHold") {
    for (const double speed : {0.8, 0.1}) { // it arrives late, or not within what is trained
        CAPTURE(speed);
        const auto loss = [speed](const Cell& cell, double rate, int seed) {
            const double own = cell.arm == Arm::Soap ? speed : 1.0;
            return 3.0 - std::log(own * static_cast<double>(cell.steps)) / 4 + bowlOf(cell, rate) +
                   seedNoise(seed);
        };
        const Search search = searched({Claim::FewerSteps, 400, 10, 64}, loss);
        const auto parts = partsOf(Claim::FewerSteps, search.results(), {0.0, 400, 0.03});
        CHECK(parts[0].outcome == Outcome::NotHeld);
        CHECK(overall(parts) == Outcome::NotHeld);
        CHECK((parts[0].figures.find("SOAP over 560 (") == 0) == (speed < 0.5));
    }
}

TEST_CASE("partsOf_fewerSteps_shortestScheduleReaches_isABound") {
    // Every schedule of SOAP and Shampoo reaches the target; of AdamW the longest ones.
    const auto loss = [](const Cell& cell, double rate, int seed) {
        const double speed = cell.arm == Arm::AdamW ? 1.0 : 4.0;
        return 3.0 - std::log(speed * static_cast<double>(cell.steps)) / 4 + bowlOf(cell, rate) +
               seedNoise(seed);
    };
    const Search search = searched({Claim::FewerSteps, 400, 10, 64}, loss);
    const Standard standard{0.0, 400, 0.03};
    const auto all = toTarget(search.results(), *targetOf(search.results(), standard));
    CHECK_FALSE(isAtMost(all[0].steps));
    REQUIRE(isAtMost(all[2].steps));
    CHECK(isAtMost(all[2].seconds));
    CHECK(all[2].steps.values == std::vector<double>{140, 140, 140});
    const auto parts = partsOf(Claim::FewerSteps, search.results(), standard);
    CHECK(parts[0].outcome == Outcome::Held); // at most 140 is below AdamW's 400
    CHECK(parts[0].figures.find("SOAP at most 140 (") == 0);
    CHECK(parts[1].outcome == Outcome::Open);
    CHECK(parts[1].reason.find("only a bound is known of SOAP") != std::string::npos);
    const auto notes = boundNotes(all);
    REQUIRE(notes.size() == 1);
    CHECK(notes[0].text.find("Shampoo (at most 140 steps)") != std::string::npos);
    CHECK(notes[0].text.find("SOAP (at most 140 steps)") != std::string::npos);
    CHECK(notes[0].text.find("AdamW") == std::string::npos);
    CHECK(boundNotes({all[0]}).empty());
}

TEST_CASE("partsOf_batchSize_boundAtTheSmallestBatch_leavesTheRatioOpen") {
    // SOAP's ratio is larger where its smallest batch needs less than the shortest schedule.
    const auto outcomeOf = [](double speed) {
        const auto loss = [speed](const Cell& cell, double rate, int seed) {
            const double useful = cell.arm == Arm::Soap
                                      ? speed * static_cast<double>(cell.batch)
                                      : std::min(96.0, static_cast<double>(cell.batch));
            return 4.0 - std::log(useful * static_cast<double>(cell.steps)) / 4 +
                   bowlOf(cell, rate) + seedNoise(seed);
        };
        const Search search = searched({Claim::BatchSize, 800, 2, 16}, loss);
        return partsOf(Claim::BatchSize, search.results(), {0.0, 800, 0.03}).front();
    };
    CHECK(outcomeOf(2.0).outcome == Outcome::Held);
    const Part bounded = outcomeOf(5.0);
    CHECK(bounded.outcome == Outcome::Open);
    CHECK(bounded.reason == "only a bound is known of SOAP: its shortest schedule reaches the "
                            "target");
    CHECK(bounded.figures.find("SOAP not known") == 0);
}

TEST_CASE("partsOf_batchSize_seedThatNeverArrives_isMissing") {
    const auto loss = [](const Cell& cell, double rate, int seed) {
        const bool fails = cell.arm == Arm::AdamW && cell.batch == 16 && seed == 4;
        return 4.0 - std::log(static_cast<double>(cell.batch * cell.steps)) / 4 +
               bowlOf(cell, rate) + seedNoise(seed) + (fails ? 5.0 : 0.0);
    };
    const Search search = searched({Claim::BatchSize, 800, 2, 16}, loss, 5);
    const Part part = partsOf(Claim::BatchSize, search.results(), {0.0, 800, 0.03}).front();
    CHECK(part.outcome == Outcome::Open);
    CHECK(part.reason == "a measurement is missing");
}

TEST_CASE("partsOf_batchSize_comparesWithLinearScaling") {
    // AdamW stops gaining at batch 96, SOAP does not.
    const auto loss = [](const Cell& cell, double rate, int seed) {
        const double useful = cell.arm == Arm::Soap
                                  ? static_cast<double>(cell.batch)
                                  : std::min(96.0, static_cast<double>(cell.batch));
        return 4.0 - std::log(useful * static_cast<double>(cell.steps)) / 4 + bowlOf(cell, rate) +
               seedNoise(seed);
    };
    const Search search = searched({Claim::BatchSize, 800, 2, 16}, loss);
    const auto parts = partsOf(Claim::BatchSize, search.results(), {0.0, 800, 0.03});
    REQUIRE(parts.size() == 1);
    CAPTURE(parts[0].reason);
    CAPTURE(parts[0].figures);
    CHECK(parts[0].outcome == Outcome::Held);
    CHECK(parts[0].figures.find("SOAP 1 (") == 0);
    CHECK(parts[0].figures.find("AdamW 2.667 (") != std::string::npos);
}

TEST_CASE("notes_sayVerdictProtocolPaperAndEdges") {
    const lab::KnobValues values = expanded({})->knobs;
    Part part = compareLess("SOAP needs fewer steps than AdamW", measured("SOAP", {1, 1, 1}),
                            measured("AdamW", {2, 2, 2}));
    Part beside = compareLess("SOAP needs less time than AdamW [s]", measured("SOAP", {3, 3, 3}),
                              measured("AdamW", {2, 2, 2}));
    beside.counts = false;
    const lab::Note held = verdictNote(values, {part, beside});
    CHECK(held.kind == lab::NoteKind::Certificate);
    CHECK(held.text.find("Held: the claim “Fewer steps” in this miniature.") == 0);
    CHECK(held.text.find("Beside it, SOAP needs less time than AdamW [s]: did not hold.") !=
          std::string::npos);
    part.outcome = Outcome::NotHeld;
    CHECK(verdictNote(values, {part}).kind == lab::NoteKind::Warning);
    CHECK(verdictNote(values, {}).text.find("Open:") == 0);
    const lab::Note how = protocolNote(values, 7434);
    CHECK(how.text.find("7434 parameters") != std::string::npos);
    CHECK(how.text.find("f 10, basis warm-up 30 steps") != std::string::npos);
    CHECK(how.text.find("best of 3 to 6 learning rates") != std::string::npos);
    const lab::Note three = protocolNote(expanded({{"rates", 3_i}})->knobs, 7434);
    CHECK(three.text.find("best of 3 learning rates") != std::string::npos);
    CHECK(paperNote(Claim::BatchSize).text.find("larger critical batch size") != std::string::npos);
    CellResult edge;
    edge.cell = {Arm::Soap, 10, 300, 64};
    edge.tried = 6;
    CHECK(edgeNotes(Claim::FewerSteps, {edge}).empty());
    edge.isAtEdge = true;
    CHECK(edgeNotes(Claim::FewerSteps, {edge}).front().text.find("SOAP (300 steps · f 10)") !=
          std::string::npos);
    CHECK(placeOf(edge) == "6 tried: edge");
}

TEST_CASE("runName_andSettings_sayFAndWarmup") {
    const auto run = *expanded({{"claim", std::string("staleness")}});
    CHECK(runName(run) == "Stale bases");
    CHECK(runSettings(run) == "Series · 400 steps · 5 seeds · f from 1 to 100 · warm-up 30");
    CHECK(runSettings(*expanded({{"claim", std::string("batch_size")}}))
              .find("f 160 to 10 · warm-up 0") != std::string::npos);
}

TEST_CASE("claims_badKnobs_areRefusedByName") {
    const std::vector<std::pair<std::string, lab::Value>> bad{{"claim", std::string("always_wins")},
                                                              {"task", std::string("chess")},
                                                              {"seeds", 0_i},
                                                              {"rates", 2_i},
                                                              {"steps", 1_i},
                                                              {"basis_warmup", -1_i},
                                                              {"batch", 0_i},
                                                              {"refresh_period", 0_i},
                                                              {"target", -1.0},
                                                              {"width", 1_i}};
    for (const auto& each : bad) {
        CAPTURE(each.first);
        const auto refused = expanded({each});
        REQUIRE(!refused.ok());
        CHECK(refused.error().line().find(each.first) != std::string::npos);
    }
    CHECK(expanded({})->knobs.real("target") == 0.0); // auto
}

TEST_CASE("claims_presets_areOneForEachClaim") {
    std::set<std::string> claims;
    for (const lab::Preset& preset : describeClaims().presets) {
        claims.insert(expanded({{"claim", preset.scenario.find("claim")->values.front()}})
                          ->knobs.text("claim"));
    }
    CHECK(claims.size() == 6);
}
