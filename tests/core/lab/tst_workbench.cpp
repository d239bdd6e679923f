// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lab/lab_fixture.hpp"

using namespace psephos::lab;
using namespace psephos::test;

TEST_CASE("start_scenario_runs_finish_with_the_losses_of_the_experiment") {
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

TEST_CASE("pause_running_run_keeps_it_and_resume_goes_on_as_if_nothing_had_been") {
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

TEST_CASE("change_reactive_comparison_shows_the_newest_answer") {
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
