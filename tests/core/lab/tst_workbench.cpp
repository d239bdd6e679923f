// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lab/lab_fixture.hpp"

using namespace psephos::lab;
using namespace psephos::test;

TEST_CASE("start_sweep_finishesWithTheLossesOfTheExperiment") {
    const auto workbench = openWorkbench();
    Scenario scenario = descent(50);
    scenario.sweep("optimizer", {std::string("plain"), std::string("momentum")});
    const auto comparison = workbench->start(scenario);
    REQUIRE(comparison.ok());
    REQUIRE(comparison->runs.size() == 2);
    for (const RunPtr& run : comparison->runs) {
        workbench->wait(run->id());
        CHECK(run->status().state == RunState::Finished);
        CHECK(run->status().step == 50);
        CHECK(lossesOf(*run) == descentLosses(run->scenario()));
    }
    CHECK(comparison->runs[0]->name() == "plain");
}

TEST_CASE("pause_runningRun_keepsItAndResumeGoesOnAsIfNothingHadBeen") {
    const auto workbench = openWorkbench();
    Scenario scenario = descent(400);
    scenario.set("wait_us", std::int64_t{200});
    const auto comparison = workbench->start(scenario);
    REQUIRE(comparison.ok());
    const RunPtr run = comparison->runs[0];
    REQUIRE(comesTrue([&] { return run->status().step > 5; }));
    REQUIRE(workbench->pause(run->id()).ok());
    workbench->wait(run->id());
    CHECK(run->status().state == RunState::Paused);
    const std::int64_t step = run->status().step;
    CHECK(step < 400);
    CHECK(lossesOf(*run).size() == static_cast<std::size_t>(step) + 1);
    REQUIRE(workbench->stepOnce(run->id()).ok());
    workbench->wait(run->id());
    CHECK(run->status().step == step + 1);
    REQUIRE(workbench->runTo(run->id(), step + 20).ok());
    workbench->wait(run->id());
    CHECK(run->status().step == step + 20);
    CHECK(run->status().state == RunState::Paused);
    REQUIRE(workbench->resume(run->id()).ok());
    workbench->wait(run->id());
    CHECK(run->status().state == RunState::Finished);
    CHECK(lossesOf(*run) == descentLosses(run->scenario()));
}

TEST_CASE("change_reactiveComparison_showsTheNewestAnswer") {
    const auto workbench = openWorkbench();
    Scenario scenario;
    scenario.experiment = "test.shares";
    const auto comparison = workbench->start(scenario);
    REQUIRE(comparison.ok());
    const RunPtr run = comparison->runs[0];
    workbench->wait(run->id());
    REQUIRE(run->status().state == RunState::Finished);
    CHECK(std::get<double>(run->history()->latest("total")->payload) == 21);
    for (int i = 0; i <= 20; ++i) {
        scenario.set("matrix", MatrixValue{1, 2, {1.0 * i, 2}});
        REQUIRE(workbench->change(comparison->id, scenario, i == 20).ok());
    }
    workbench->wait(run->id());
    CHECK(std::get<double>(run->history()->latest("total")->payload) == 22);
    CHECK(run->history()->extent("total")->count == 1);
}

TEST_CASE("start_badScenario_isRefusedAndMakesNoRun") {
    const auto workbench = openWorkbench();
    Scenario scenario;
    scenario.experiment = "test.nothing";
    CHECK(errorOf(workbench->start(scenario)).find("test.nothing") != std::string::npos);
    scenario = descent(10);
    scenario.set("lr", -1.0);
    CHECK(errorOf(workbench->start(scenario)).find("lr") != std::string::npos);
    CHECK(workbench->listing()->empty());
    CHECK(workbench->liveRuns().empty());
}

TEST_CASE("change_otherExperimentOrLongRun_isRefused") {
    const auto workbench = openWorkbench();
    const RunPtr run = runOne(*workbench, descent(3));
    CHECK_FALSE(workbench->change(run->comparison(), descent(5), true).ok());
    Scenario shares;
    shares.experiment = "test.shares";
    CHECK_FALSE(workbench->change(run->comparison(), shares, true).ok());
    CHECK_FALSE(workbench->change(99, shares, true).ok());
}

TEST_CASE("change_expansionOfAnotherLength_addsAndDropsRuns") {
    const TestFolder folder;
    Scenario scenario;
    scenario.experiment = "test.shares";
    scenario.sweep("power", {1.0, 2.0});
    {
        const auto workbench = openStored(folder / "runs.db");
        const auto started = workbench->start(scenario);
        REQUIRE(started.ok());
        const RunPtr first = started->runs[0];
        scenario.sweep("power", {1.0, 2.0, 3.0});
        const auto longer = workbench->change(started->id, scenario, false);
        REQUIRE_MESSAGE(longer.ok(), errorOf(longer));
        REQUIRE(longer->runs.size() == 3);
        CHECK(longer->runs[0] == first);
        workbench->wait(longer->runs[2]->id());
        CHECK(std::get<double>(longer->runs[2]->history()->latest("total")->payload) ==
              5 * 5 * 5 + 7 * 7 * 7 + 9 * 9 * 9);
        scenario.sweep("power", {1.5});
        const auto shorter = workbench->change(started->id, scenario, true);
        REQUIRE(shorter.ok());
        CHECK(shorter->runs == std::vector<RunPtr>{first});
        workbench->wait(first->id());
        CHECK(workbench->listing()->size() == 1);
    }
    const auto workbench = openStored(folder / "runs.db");
    const auto listing = workbench->listing();
    REQUIRE(listing->size() == 1);
    CHECK(listing->front().scenario.knobs.real("power") == 1.5);
    const auto comparison = workbench->loadComparison(listing->front().comparison);
    REQUIRE(comparison.ok());
    CHECK(comparison->runs.size() == 1);
    CHECK(comparison->scenario.find("power")->values.size() == 1);
}

TEST_CASE("extendForkAndRemove_withoutAStore_workInMemory") {
    const auto workbench = openWorkbench();
    const RunPtr run = runOne(*workbench, descent(50));
    REQUIRE(workbench->extend(run->id(), 90).ok());
    workbench->wait(run->id());
    CHECK(lossesOf(*run) == descentLosses(run->scenario()));
    const auto fork = workbench->fork(run->id(), 20, {});
    REQUIRE_MESSAGE(fork.ok(), errorOf(fork));
    workbench->wait((*fork)->id());
    CHECK(lossesOf(**fork) == lossesOf(*run));
    CHECK(workbench->loadComparison(run->comparison())->runs.size() == 2);
    REQUIRE(workbench->remove(run->id()).ok());
    CHECK(workbench->find(run->id()) == nullptr);
    CHECK(workbench->loadComparison(run->comparison())->runs.size() == 1);
    CHECK_FALSE(workbench->remove(run->id()).ok());
    CHECK_FALSE(workbench->pause(run->id()).ok());
    CHECK(workbench->listing()->size() == 1);
    CHECK(workbench->storeBytes() == 0);
    CHECK_FALSE(workbench->secondsSinceStored().has_value());
}

TEST_CASE("fork_withAnotherOptimizer_takesItsOwnAutomaticRate") {
    const auto workbench = openWorkbench();
    Scenario wanted = descent(30);
    wanted.set("lr", Special{"auto"});
    const RunPtr run = runOne(*workbench, wanted);
    REQUIRE(run->scenario().knobs.real("lr") == 0.1);
    const auto rateOf = [&](const std::vector<std::string>& assignments) {
        const auto fork = workbench->fork(run->id(), 10, assignments);
        REQUIRE_MESSAGE(fork.ok(), errorOf(fork));
        return (*fork)->scenario().knobs.real("lr");
    };
    CHECK(rateOf({"optimizer=momentum"}) == 0.01);
    CHECK(rateOf({"optimizer=momentum", "lr=0.05"}) == 0.05);
    CHECK(rateOf({"noise=0.5"}) == 0.1);
    wanted.set("lr", 0.1); // a number that happens to be the automatic one
    const RunPtr other = runOne(*workbench, wanted);
    const auto fork = workbench->fork(other->id(), 10, {"optimizer=momentum"});
    REQUIRE(fork.ok());
    CHECK((*fork)->scenario().knobs.real("lr") == 0.1);
}

TEST_CASE("extend_pausedRun_goesOnToTheNewEnd") {
    const auto workbench = openWorkbench();
    const RunPtr run = startOne(*workbench, descent(2000, 50));
    CHECK(errorOf(workbench->extend(run->id(), 2100)).find("pause it first") != std::string::npos);
    REQUIRE(comesTrue([&] { return run->status().step > 3; }));
    REQUIRE(workbench->pause(run->id()).ok());
    workbench->wait(run->id());
    REQUIRE(workbench->extend(run->id(), 2001).ok());
    CHECK(run->scenario().knobs.integer("steps") == 2001);
    REQUIRE(workbench->cancel(run->id()).ok());
    workbench->wait(run->id());
    CHECK(run->state() == RunState::Cancelled);
    REQUIRE(workbench->resume(run->id()).ok()); // a cancelled run can be continued
    workbench->wait(run->id());
    CHECK(run->status().step == 2001);
    CHECK(lossesOf(*run) == descentLosses(run->scenario()));
    CHECK(errorOf(workbench->resume(run->id())).find("extend it") != std::string::npos);
}

TEST_CASE("status_runningRun_tellsRateAndRemainingTime") {
    const auto workbench = openWorkbench();
    const RunPtr run = startOne(*workbench, descent(100000, 500));
    REQUIRE(comesTrue([&] { return run->status().remainingSeconds.has_value(); }));
    const RunStatus status = run->status();
    CHECK(status.steps == 100000);
    CHECK(status.stepsPerSecond > 0);
    CHECK(status.stepsPerSecond < 2000.0);
    CHECK(*status.remainingSeconds > 10);
    CHECK(workbench->liveRuns() == std::vector<RunPtr>{run});
}

TEST_CASE("wait_stopAnswersTrue_returnsWhileTheRunGoesOn") {
    const auto workbench = openWorkbench();
    const RunPtr run = startOne(*workbench, descent(1000000, 500));
    int asked = 0;
    workbench->wait(run->id(), [&] { return ++asked >= 3; });
    CHECK(asked == 3);
    CHECK((run->state() == RunState::Running || run->state() == RunState::Queued));
    workbench->wait(12345); // nobody knows it: nothing to wait for
}

TEST_CASE("notes_comparison_areWhatTheDescriptionSays") {
    auto opened = Workbench::open({});
    REQUIRE(opened.ok());
    Description description = describeDescent();
    description.id = "test.noted";
    description.presets.front().scenario.experiment = description.id;
    description.notes = [](std::span<const RunFacts> facts) {
        std::vector<Note> notes;
        for (const RunFacts& run : facts) {
            notes.push_back({"n" + std::to_string(notes.size()), NoteKind::Warning,
                             run.state + " at " + std::to_string(run.step)});
        }
        return notes;
    };
    (*opened)->registry().add(description);
    Scenario scenario = descent(3);
    scenario.experiment = description.id;
    const RunPtr run = runOne(**opened, scenario); // no factory: it fails
    const auto notes = (*opened)->notes(run->comparison());
    REQUIRE(notes.size() == 1);
    CHECK(notes[0].text == "failed at 0");
    CHECK((*opened)->notes(77).empty());
}

TEST_CASE("document_run_isWhatIsExported") {
    const auto workbench = openWorkbench();
    const RunPtr run = runOne(*workbench, descent(5));
    const auto document = workbench->document(run->id());
    REQUIRE(document.ok());
    CHECK(document->at("id") == run->id());
    CHECK(document->at("scenario").at("knobs").at("steps") == 5);
    CHECK(workbench->listing()->front().document == *document);
    CHECK_FALSE(workbench->document(99).ok());
}
