// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lab/fake_experiment.hpp"
#include "lab/workbench.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace psephos::lab;
using psephos::test::descentLosses;

namespace {

std::unique_ptr<Workbench> openWorkbench() {
    auto opened = Workbench::open({});
    REQUIRE(opened.ok());
    psephos::test::registerFakes((*opened)->registry());
    return std::move(*opened);
}

Scenario descent(std::int64_t steps) {
    Scenario scenario;
    scenario.experiment = "test.descent";
    scenario.set("steps", steps);
    scenario.set("noise", 0.5);
    return scenario;
}

std::vector<double> losses(const Run& run) {
    std::vector<double> values;
    for (const Sample& sample : run.history()->samples("loss/train", 0, 1u << 24)) {
        CHECK(sample.step == static_cast<std::int64_t>(values.size()));
        values.push_back(sample.value);
    }
    return values;
}

bool waitUntil(const std::function<bool()>& done) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (std::chrono::steady_clock::now() < end) {
        if (done()) {
            return true;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
}

} // namespace

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
        CHECK(losses(*run) == descentLosses(run->scenario()));
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
    REQUIRE(waitUntil([&] { return run->status().step > 5; }));
    REQUIRE(workbench->pause(run->id()).ok());
    workbench->wait(run->id());
    CHECK(run->status().state == RunState::Paused);
    const std::int64_t step = run->status().step;
    CHECK(step < 400);
    CHECK(losses(*run).size() == static_cast<std::size_t>(step) + 1);
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
    CHECK(losses(*run) == descentLosses(run->scenario()));
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
