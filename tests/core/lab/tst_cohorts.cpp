// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lab/fake_experiment.hpp"
#include "lab/cohorts.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <memory>
#include <string>
#include <vector>

using namespace psephos::lab;

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kEnd = 1'000'000;

const Description& descent() {
    static const Description description = psephos::test::describeDescent();
    return description;
}

/// A run of test.descent without frames.
RunPtr makeRun(std::uint64_t seed, const std::string& optimizer, double rate,
               std::vector<std::string> varied) {
    static RunId id = 0;
    RunScenario scenario;
    scenario.experiment = descent().id;
    scenario.knobs = KnobValues(descent().knobs);
    scenario.knobs.set("optimizer", optimizer);
    scenario.knobs.set("lr", rate);
    scenario.seed = seed;
    scenario.varied = std::move(varied);
    ++id;
    return std::make_shared<Run>(id, 1, descent(), std::move(scenario),
                                 static_cast<std::size_t>(id));
}

void emit(const RunPtr& run, const std::string& channel, std::int64_t step, double seconds,
          double value) {
    run->accept(channel, Frame{step, seconds, value});
}

std::vector<std::size_t> sizesOf(const std::vector<Cohort>& cohorts) {
    std::vector<std::size_t> sizes;
    for (const Cohort& cohort : cohorts) {
        sizes.push_back(cohort.runs.size());
    }
    return sizes;
}

} // namespace

TEST_CASE("cohortsOf_runsThatDifferInTheSeedOnly_areTogether") {
    const std::vector<std::string> varied{"optimizer", "seed"};
    const std::vector<RunPtr> runs{
        makeRun(0, "plain", 0.1, varied), makeRun(1, "plain", 0.1, varied),
        makeRun(0, "momentum", 0.1, varied), makeRun(1, "momentum", 0.1, varied)};
    const auto cohorts = cohortsOf(runs);
    REQUIRE(sizesOf(cohorts) == std::vector<std::size_t>{2, 2});
    CHECK(cohorts[0].name == "plain");
    CHECK(cohorts[1].name == "momentum");
    CHECK(cohorts[1].runs[1] == runs[3]);
}

TEST_CASE("cohortsOf_anotherKnob_separates_unlessItIsLeftAside") {
    const std::vector<std::string> varied{"lr", "seed"};
    const std::vector<RunPtr> runs{makeRun(0, "plain", 0.1, varied),
                                   makeRun(0, "plain", 0.2, varied),
                                   makeRun(1, "plain", 0.1, varied)};
    CHECK(sizesOf(cohortsOf(runs)) == std::vector<std::size_t>{2, 1});
    const auto together = cohortsOf(runs, "lr");
    REQUIRE(sizesOf(together) == std::vector<std::size_t>{3});
    CHECK(together[0].name == descent().title); // nothing is left that varies
}

TEST_CASE("cohortsOf_aFork_standsAlone") {
    const std::vector<RunPtr> runs{makeRun(0, "plain", 0.1, {}), makeRun(0, "plain", 0.1, {})};
    RunRecord record = runs[1]->record();
    record.forkedFrom = {runs[0]->id(), 5};
    runs[1]->setRecord(record);
    CHECK(sizesOf(cohortsOf(runs)) == std::vector<std::size_t>{1, 1});
}

TEST_CASE("quantile_isTheSeventhDefinition_andNoResultIsTheWorst") {
    CHECK(quantile({4, 1, 3, 2}, 0.5) == doctest::Approx(2.5));
    CHECK(quantile({4, 1, 3, 2}, 0.25) == doctest::Approx(1.75));
    CHECK(quantile({4, 1, 3, 2}, 1.0) == 4);
    CHECK(quantile({7}, 0.25) == 7);
    CHECK(quantile({kNan, 1, 2}, 0.5) == 2);
    CHECK(quantile({kNan, 1, 2}, 1.0) == kNever);
    CHECK(quantile({kNan, kNan, 1}, 0.75) == kNever);
    CHECK(quantile({kNan, 1}, 0.5) == kNever);
}

TEST_CASE("Spread_overlaps_whereTheQuartilesMeet") {
    CHECK(Spread{1, 2, 3, 3}.overlaps({3, 4, 5, 3}));
    CHECK_FALSE(Spread{1, 2, 3, 3}.overlaps({3.1, 4, 5, 3}));
    CHECK(Spread{1, 5, 9, 3}.overlaps({4, 4, 4, 1}));
}

TEST_CASE("pointsOf_takesTheMedian_whereAllThatHaveComeSoFarHaveASample") {
    const std::vector<RunPtr> runs{makeRun(0, "plain", 0.1, {"seed"}),
                                   makeRun(1, "plain", 0.1, {"seed"}),
                                   makeRun(2, "plain", 0.1, {"seed"})};
    for (int i = 0; i < 3; ++i) {
        emit(runs[static_cast<std::size_t>(i)], "loss/train", 0, 0.0, 10.0 + i);
        emit(runs[static_cast<std::size_t>(i)], "loss/train", 5, 1.0 + i, 1.0 + i);
    }
    emit(runs[0], "loss/train", 7, 2, 0.7); // the others go on past 7 without a sample there
    emit(runs[0], "loss/train", 10, 4, 0.5);
    emit(runs[1], "loss/train", 10, 5, 0.3); // the third ended at 5
    const auto cohorts = cohortsOf(runs);
    REQUIRE(cohorts.size() == 1);
    const auto points = pointsOf(cohorts[0], "loss/train", {}, kEnd);
    REQUIRE(points.size() == 3);
    CHECK(points[0].value.median == 11);
    CHECK(points[1].step == 5);
    CHECK(points[1].value.median == 2);
    CHECK(points[1].value.low == doctest::Approx(1.5));
    CHECK(points[2].step == 10);
    CHECK(points[2].value.count == 2);
    CHECK(points[2].value.median == doctest::Approx(0.4));

    const auto bySeconds = pointsOf(cohorts[0], "loss/train", {Clock::Kind::Seconds, ""}, kEnd);
    CHECK(bySeconds[1].clock == 2);
    CHECK(pointsOf(cohorts[0], "loss/train", {}, 5).size() == 2);
}

TEST_CASE("reached_isTheFirstSampleAtOrBelow_onAnyClock") {
    const std::vector<RunPtr> runs{makeRun(0, "plain", 0.1, {"seed"}),
                                   makeRun(1, "plain", 0.1, {"seed"})};
    for (int step = 0; step <= 4; ++step) {
        emit(runs[0], "lr", step, step * 0.5, 100.0 * step); // stands for a cost
        emit(runs[1], "lr", step, step * 0.5, 300.0 * step);
        emit(runs[0], "loss/train", step, step * 0.5, 4.0 - step);
        emit(runs[1], "loss/train", step, step * 0.5, step == 2 ? 9.0 : 5.0 - step);
    }
    const Cohort cohort = cohortsOf(runs).front();
    const auto steps = reached(cohort, "loss/train", {}, 2.0, kEnd);
    REQUIRE(steps);
    CHECK(steps->median == doctest::Approx(2.5)); // 2 and 3
    const Clock cost{Clock::Kind::Channel, "lr"};
    CHECK(reached(cohort, "loss/train", cost, 2.0, kEnd)->median == doctest::Approx(550));
    CHECK(reached(cohort, "loss/train", {}, 0.5, kEnd)->median == kNever); // one never does
    CHECK(reached(cohort, "loss/train", {}, 2.0, 2)->median == kNever);    // one had not yet
    CHECK_FALSE(reached(cohort, "loss/none", {}, 2.0, kEnd));
}

TEST_CASE("pointsOf_aDivergedRun_isWorseThanAny_fromThereOn") {
    const auto lose = [](const RunPtr& run, std::int64_t step) {
        RunRecord record = run->record();
        record.divergedAt = step;
        run->setRecord(record);
    };
    const std::vector<RunPtr> runs{makeRun(0, "plain", 0.1, {"seed"}),
                                   makeRun(1, "plain", 0.1, {"seed"}),
                                   makeRun(2, "plain", 0.1, {"seed"})};
    for (const RunPtr& run : runs) {
        emit(run, "loss/train", 0, 0.0, 1.0);
    }
    emit(runs[2], "loss/train", 10, 1.0, 0.5);
    lose(runs[0], 4);
    lose(runs[1], 7);
    const Cohort cohort = cohortsOf(runs).front();
    const auto points = pointsOf(cohort, "loss/train", {}, kEnd);
    REQUIRE(points.size() == 2);
    CHECK(points[0].value.median == 1.0);
    CHECK(points[1].step == 10);
    CHECK(points[1].value.median == kNever);
    CHECK(points[1].value.count == 3);
    CHECK(pointsOf(cohort, "loss/train", {}, 3).back().value.median == 1.0); // not yet
    CHECK(reached(cohort, "loss/train", {}, 2.0, kEnd)->median == kNever);
    CHECK(reached(cohort, "loss/train", {}, 2.0, 3)->median == 0);
    lose(runs[2], 12);
    const auto lost = pointsOf(cohort, "loss/train", {}, kEnd);
    CHECK(lost.back().step == 12);
    CHECK(lost.back().value.low == kNever);
}
