// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lab/lab_fixture.hpp"
#include "lab/scheduler.hpp"

#include <atomic>
#include <cmath>
#include <map>
#include <mutex>
#include <numeric>
#include <set>
#include <stdexcept>

#ifdef __linux__
#include <sys/resource.h>
#endif

using namespace psephos::lab;
using namespace psephos::test;

namespace {

using Wall = std::chrono::steady_clock;

void busyFor(std::chrono::microseconds time) {
    const auto end = Wall::now() + time;
    while (Wall::now() < end) {
    }
}

/// A computation made of functions.
struct Script {
    std::function<Result<void>(RunContext&)> start = [](RunContext&) { return Result<void>(); };
    std::function<Result<Advance>(RunContext&)> advance = [](RunContext&) {
        return Result<Advance>(Advance::More);
    };
    std::function<Result<std::string>()> save;
    std::function<Result<void>(RunContext&, std::string_view)> restore;
    std::function<void()> synchronize = [] {};
};

class Scripted final : public Computation {
  public:
    explicit Scripted(const Script& script)
        : script_(script) {}

    Result<void> start(RunContext& context) override { return script_.start(context); }

    Result<Advance> advance(RunContext& context) override { return script_.advance(context); }

    void synchronize() override { script_.synchronize(); }

    [[nodiscard]] bool canSave() const override { return script_.save != nullptr; }

    [[nodiscard]] Result<std::string> save() const override { return script_.save(); }

    Result<void> restore(RunContext& context, std::string_view bytes) override {
        return script_.restore(context, bytes);
    }

  private:
    const Script& script_;
};

/// A scheduler with one scripted experiment a lane.
class Stage {
  public:
    explicit Stage(SchedulerSettings settings = {})
        : scheduler(registry, checks, keeper, settings) {
        Description description = describeDescent();
        description.id = "test.script";
        description.presets.front().scenario.experiment = description.id;
        registry.add(description);
        registry.provide(description.id, [this] { return std::make_unique<Scripted>(script); });
        Description reactive = describeShares();
        reactive.id = "test.quick";
        reactive.presets.front().scenario.experiment = reactive.id;
        registry.add(reactive);
        registry.provide(reactive.id, [this] { return std::make_unique<Scripted>(quick); });
    }

    ~Stage() { scheduler.stop(); }

    RunPtr make(const std::string& id, std::int64_t steps = 1000000) {
        const Description& description = *registry.find(id);
        RunScenario scenario;
        scenario.experiment = id;
        scenario.knobs = KnobValues(description.knobs);
        if (!description.stepsKnob.empty()) {
            scenario.knobs.set("steps", steps);
        }
        ++runs;
        return std::make_shared<Run>(runs, 1, description, scenario,
                                     static_cast<std::size_t>(runs));
    }

    RunPtr start(const std::string& id = "test.script", std::int64_t steps = 1000000) {
        RunPtr run = make(id, steps);
        scheduler.add(run, {});
        return run;
    }

    /// Waits until it is neither queued nor running.
    RunState end(const RunPtr& run) {
        const auto limit = Wall::now() + std::chrono::seconds(10);
        scheduler.wait(
            [&] { return run->state() != RunState::Queued && run->state() != RunState::Running; },
            [&] { return Wall::now() > limit; });
        return run->state();
    }

    Script script;
    Script quick;
    Registry registry;
    CheckRegistry checks;
    MemoryKeeper keeper;
    Scheduler scheduler;
    RunId runs = 0;
};

double spread(const std::vector<double>& values) {
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    return *high / *low;
}

} // namespace

TEST_CASE("longLane_unequalSteps_sharesComputeTimeFairly") {
    Stage stage;
    std::map<std::uint64_t, int> microseconds = {{1, 200}, {2, 1000}, {3, 5000}};
    stage.script.advance = [&](RunContext& context) -> Result<Advance> {
        busyFor(std::chrono::microseconds(microseconds.at(context.seed())));
        return Advance::More;
    };
    std::vector<RunPtr> runs;
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        runs.push_back(stage.make("test.script"));
        RunScenario scenario = runs.back()->scenario();
        scenario.seed = seed;
        runs.back()->setScenario(scenario);
    }
    const auto begin = Wall::now();
    for (const RunPtr& run : runs) {
        stage.scheduler.add(run, {});
    }
    std::size_t changes = 0;
    std::vector<std::int64_t> last(3, 0);
    std::size_t lastMover = 3;
    const auto secondsOf = [&runs] {
        std::vector<double> seconds;
        for (const RunPtr& run : runs) {
            seconds.push_back(run->status().computeSeconds);
        }
        return seconds;
    };
    // On a busy machine a slice may take long; a fair lane makes up for it, an unfair one never.
    const auto elapsed = [begin] { return std::chrono::duration<double>(Wall::now() - begin); };
    while (elapsed().count() < 0.6 || (spread(secondsOf()) > 1.25 && elapsed().count() < 6.0)) {
        for (std::size_t i = 0; i < 3; ++i) {
            const std::int64_t step = runs[i]->status().step;
            if (step != last[i]) {
                changes += lastMover != i ? 1 : 0;
                lastMover = i;
                last[i] = step;
            }
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    for (const RunPtr& run : runs) {
        REQUIRE(stage.scheduler.pause(run).ok());
    }
    for (const RunPtr& run : runs) {
        CHECK(stage.end(run) == RunState::Paused);
    }
    const std::vector<double> seconds = secondsOf();
    CHECK(spread(seconds) < 1.5);
    CHECK(changes >= 6); // interleaved, not one after the other
    // Only one computes at a time.
    CHECK(std::accumulate(seconds.begin(), seconds.end(), 0.0) < elapsed().count());
}

TEST_CASE("longLane_runThatJoinsLate_isNotGivenWhatItMissed") {
    Stage stage;
    stage.script.advance = [](RunContext&) -> Result<Advance> {
        busyFor(std::chrono::microseconds(500));
        return Advance::More;
    };
    const RunPtr first = stage.start();
    REQUIRE(comesTrue([&] { return first->status().computeSeconds > 0.3; }));
    const RunPtr second = stage.start();
    REQUIRE(comesTrue([&] { return second->status().computeSeconds > 0.15; }));
    CHECK(first->status().computeSeconds > 0.38); // it went on meanwhile
}

TEST_CASE("clock_offClockAndSaving_areNotCounted") {
    Stage stage;
    stage.script.advance = [](RunContext& context) -> Result<Advance> {
        {
            const auto off = context.offClock();
            std::this_thread::sleep_for(std::chrono::milliseconds(40));
        }
        busyFor(std::chrono::milliseconds(2));
        context.emit("lr", 1.0);
        return Advance::More;
    };
    stage.script.save = []() -> Result<std::string> {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        return std::string("x");
    };
    const RunPtr run = stage.start("test.script", 5);
    CHECK(stage.end(run) == RunState::Finished);
    CHECK(run->status().computeSeconds >= 0.010);
    CHECK(run->status().computeSeconds < 0.150);
    CHECK(run->history()->extent("lr")->lastSeconds <= run->status().computeSeconds);
}

TEST_CASE("advance_doneOrNumberOfSteps_endsTheRun") {
    Stage stage;
    stage.script.advance = [](RunContext& context) -> Result<Advance> {
        return context.step() == 7 ? Advance::Done : Advance::More;
    };
    const RunPtr early = stage.start("test.script", 100);
    CHECK(stage.end(early) == RunState::Finished);
    CHECK(early->status().step == 7);
    const RunPtr whole = stage.start("test.script", 5);
    CHECK(stage.end(whole) == RunState::Finished);
    CHECK(whole->status().step == 5);
}

TEST_CASE("computation_thatFailsOrThrows_failsWithWordsAndSiblingsGoOn") {
    Stage stage;
    const auto failing = [&](std::function<Result<Advance>(RunContext&)> how) {
        stage.script.advance = std::move(how);
        const RunPtr run = stage.start("test.script", 5);
        CHECK(stage.end(run) == RunState::Failed);
        REQUIRE(run->status().error.has_value());
        return run->status().error->line();
    };
    CHECK(failing([](RunContext&) -> Result<Advance> {
              return Error{"no more tea", "put the kettle on", ""};
          }) == "no more tea (put the kettle on)");
    CHECK(failing([](RunContext&) -> Result<Advance> {
              throw std::runtime_error("a tensor of 3 GB\nframe #0: somewhere\nframe #1");
          }) == "a tensor of 3 GB");
    CHECK(failing([](RunContext&) -> Result<Advance> { throw 7; }) ==
          "the computation threw something that is no exception");
    CHECK(failing([](RunContext&) -> Result<Advance> {
              throw std::bad_alloc();
          }).find("out of memory") != std::string::npos);
    CHECK(failing([](RunContext& context) -> Result<Advance> {
              context.emit("nothing", 1.0);
              return Advance::More;
          }).find("'nothing'") != std::string::npos);
    stage.script.start = [](RunContext&) -> Result<void> { return Error{"no file", "", "x.txt"}; };
    const RunPtr run = stage.start();
    CHECK(stage.end(run) == RunState::Failed);
    CHECK(run->status().error->line() == "x.txt: no file");
}

TEST_CASE("divergedRun_finishesAndItsSiblingGoesOn") {
    const auto workbench = openWorkbench();
    Scenario scenario = descent(60);
    scenario.sweep("diverge_at", {std::int64_t{0}, std::int64_t{9}});
    const auto comparison = workbench->start(scenario);
    REQUIRE(comparison.ok());
    for (const RunPtr& run : comparison->runs) {
        workbench->wait(run->id());
        CHECK(run->state() == RunState::Finished);
    }
    CHECK_FALSE(comparison->runs[0]->status().divergedAt.has_value());
    CHECK(comparison->runs[0]->status().step == 60);
    CHECK(comparison->runs[1]->status().divergedAt == 9);
}

TEST_CASE("cancel_atAnyTime_endsWithinOneStepAndDropsHalfOfIt") {
    Stage stage;
    stage.script.advance = [](RunContext& context) -> Result<Advance> {
        context.emit("lr", 1.0);
        while (context.step() == 3 && !context.stopRequested()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        context.emit("loss/train", 1.0);
        return Advance::More;
    };
    const RunPtr run = stage.start();
    REQUIRE(comesTrue([&] { return run->history()->extent("lr")->count == 3; }));
    const auto asked = Wall::now();
    REQUIRE(stage.scheduler.cancel(run).ok());
    CHECK(stage.end(run) == RunState::Cancelled);
    CHECK(Wall::now() - asked < std::chrono::milliseconds(500));
    CHECK(run->status().step == 2);
    CHECK(run->history()->extent("lr")->count == 2);
    CHECK(run->history()->extent("loss/train")->count == 2);
    CHECK_FALSE(stage.scheduler.cancel(run).ok());
    CHECK_FALSE(stage.scheduler.pause(run).ok());

    stage.script.advance = [](RunContext&) -> Result<Advance> {
        busyFor(std::chrono::microseconds(200));
        return Advance::More;
    };
    const RunPtr paused = stage.start();
    const RunPtr queued = stage.start();
    REQUIRE(stage.scheduler.pause(paused).ok());
    CHECK(stage.end(paused) == RunState::Paused);
    REQUIRE(stage.scheduler.cancel(paused).ok());
    REQUIRE(stage.scheduler.cancel(queued).ok());
    REQUIRE(comesTrue([&] { return paused->state() == RunState::Cancelled; }));
    CHECK(stage.end(queued) == RunState::Cancelled);
}

TEST_CASE("stop_stepThatNeverEndsByItself_isGivenUpAndPaused") {
    SchedulerSettings settings;
    settings.longLane.stopPatienceSeconds = 0.1;
    Stage stage(settings);
    std::atomic<bool> isIn{false};
    stage.script.advance = [&](RunContext& context) -> Result<Advance> {
        isIn = true;
        while (!context.stopRequested()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        return Advance::More;
    };
    const RunPtr run = stage.start();
    REQUIRE(comesTrue([&] { return isIn.load(); }));
    stage.scheduler.stop();
    CHECK(run->state() == RunState::Paused);
    CHECK(run->status().step == 0);
}

TEST_CASE("runTo_step_pausesExactlyThere") {
    Stage stage;
    const RunPtr run = stage.make("test.script");
    Beginning beginning;
    beginning.pauseAt = 4;
    stage.scheduler.add(run, beginning);
    CHECK(stage.end(run) == RunState::Paused);
    CHECK(run->status().step == 4);
    REQUIRE(stage.scheduler.runTo(run, 1000).ok());
    CHECK(stage.end(run) == RunState::Paused);
    CHECK(run->status().step == 1000);
    REQUIRE(stage.scheduler.stepOnce(run).ok());
    CHECK(stage.end(run) == RunState::Paused);
    CHECK(run->status().step == 1001);
    CHECK(stage.scheduler.runTo(run, 50).error().message.find("at step 1001") != std::string::npos);
}

TEST_CASE("checkpoints_areTakenAtTheStartInTimeAndAtTheEnd") {
    SchedulerSettings settings;
    settings.longLane.checkpointSeconds = 0.02;
    settings.longLane.sliceSeconds = 0.005;
    Stage stage(settings);
    std::int64_t at = 0;
    stage.script.advance = [&](RunContext& context) -> Result<Advance> {
        at = context.step();
        busyFor(std::chrono::milliseconds(1));
        return Advance::More;
    };
    stage.script.save = [&]() -> Result<std::string> { return std::to_string(at); };
    const RunPtr run = stage.start("test.script", 100);
    CHECK(stage.end(run) == RunState::Finished);
    const auto steps = [&](std::int64_t step) {
        const auto checkpoint = stage.keeper.checkpoint(run->id(), step);
        REQUIRE(checkpoint.ok());
        REQUIRE(checkpoint->has_value());
        CHECK((*checkpoint)->bytes == std::to_string((*checkpoint)->step));
        return (*checkpoint)->step;
    };
    CHECK(steps(0) == 0);
    CHECK(steps(1000) == 100);
    CHECK(steps(99) > 50);
    CHECK(steps(60) > 0);
}

TEST_CASE("checkpoints_thatCostMuch_areTakenSeldom") {
    SchedulerSettings settings;
    settings.longLane.checkpointSeconds = 0.02;
    settings.longLane.sliceSeconds = 0.005;
    Stage stage(settings);
    std::atomic<int> saves{0};
    stage.script.advance = [](RunContext&) -> Result<Advance> {
        busyFor(std::chrono::milliseconds(1));
        return Advance::More;
    };
    stage.script.save = [&]() -> Result<std::string> {
        ++saves;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        return std::string("x");
    };
    const RunPtr run = stage.start("test.script", 100);
    CHECK(stage.end(run) == RunState::Finished);
    // Besides those at the start and at the end, one of 5 ms may be taken every 250 ms of compute.
    CHECK(saves <= 2 + static_cast<int>(run->status().computeSeconds / 0.25));
}

TEST_CASE("save_thatFails_isANoteAndNoEnd") {
    Stage stage;
    stage.script.save = []() -> Result<std::string> { return Error{"too large", "", ""}; };
    const RunPtr run = stage.start("test.script", 3);
    CHECK(stage.end(run) == RunState::Finished);
    REQUIRE(run->status().notes.size() == 1);
    CHECK(run->status().notes[0].kind == NoteKind::Warning);
    CHECK(run->status().notes[0].text.find("too large") != std::string::npos);
}

TEST_CASE("otherLaneWasBusy_onlyWhereItWas") {
    Stage stage;
    std::atomic<bool> goOn{false};
    stage.script.advance = [&](RunContext&) -> Result<Advance> {
        busyFor(std::chrono::milliseconds(1));
        return goOn ? Advance::Done : Advance::More;
    };
    stage.quick.advance = [](RunContext&) -> Result<Advance> {
        busyFor(std::chrono::milliseconds(60));
        return Advance::Done;
    };
    goOn = true;
    const RunPtr alone = stage.start();
    CHECK(stage.end(alone) == RunState::Finished);
    CHECK_FALSE(alone->status().otherLaneWasBusy);
    goOn = false;
    const RunPtr shared = stage.start();
    REQUIRE(comesTrue([&] { return shared->status().step > 0; }));
    const RunPtr quick = stage.start("test.quick");
    CHECK(stage.end(quick) == RunState::Finished);
    goOn = true;
    CHECK(stage.end(shared) == RunState::Finished);
    CHECK(shared->status().otherLaneWasBusy);
    CHECK(quick->status().otherLaneWasBusy);
}

TEST_CASE("module_notOpenYet_keepsTheRunQueuedAndSaysWhy") {
    SchedulerSettings settings;
    settings.openModulesOnDemand = false;
    Stage stage(settings);
    Description description = describeDescent();
    description.id = "test.later";
    description.module = "torch";
    description.presets.front().scenario.experiment = description.id;
    stage.registry.add(description);
    const RunPtr waiting = stage.start("test.later", 3);
    const RunPtr other = stage.start("test.script", 3);
    CHECK(stage.end(other) == RunState::Finished); // nobody waits behind it
    CHECK(waiting->state() == RunState::Queued);
    CHECK(comesTrue([&] { return waiting->status().waitingFor == "LibTorch is loading"; }));
    stage.registry.provide("test.later", [&] { return std::make_unique<Scripted>(stage.script); });
    stage.scheduler.moduleOpened("torch", {});
    CHECK(stage.end(waiting) == RunState::Finished);
    CHECK(waiting->status().waitingFor.empty());

    description.id = "test.never";
    description.module = "cuda";
    description.presets.front().scenario.experiment = description.id;
    stage.registry.add(description);
    const RunPtr never = stage.start("test.never", 3);
    stage.scheduler.moduleOpened("cuda", Error{"libcuda.so.1 is not there", "", ""});
    CHECK(stage.end(never) == RunState::Failed);
    CHECK(never->status().error->message == "libcuda.so.1 is not there");
}

TEST_CASE("reactiveLane_request_cancelsWhatIsUnderWayAndShowsTheNewest") {
    Stage stage;
    std::atomic<int> begun{0};
    stage.quick.advance = [&](RunContext& context) -> Result<Advance> {
        ++begun;
        if (context.knobs().real("power") == 1) { // takes ten seconds unless asked to stop
            for (int i = 0; i < 10000 && !context.stopRequested(); ++i) {
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
        }
        context.emit("total", context.knobs().real("power"));
        return context.stopRequested() ? Advance::More : Advance::Done;
    };
    const RunPtr run = stage.start("test.quick");
    REQUIRE(comesTrue([&] { return begun == 1; }));
    RunScenario scenario = run->scenario();
    const auto asked = Wall::now();
    for (const double power : {1.0, 1.0, 1.0, 3.0}) {
        scenario.knobs.set("power", power);
        stage.scheduler.change(run, scenario, false);
    }
    CHECK(stage.end(run) == RunState::Finished);
    CHECK(Wall::now() - asked < std::chrono::seconds(2));
    CHECK(begun == 2); // those between were never begun
    CHECK(run->history()->extent("total")->count == 1);
    CHECK(std::get<double>(run->history()->latest("total")->payload) == 3);
}

TEST_CASE("reactiveLane_handThatNeverRests_stillSeesAnswers") {
    Stage stage;
    stage.quick.advance = [&](RunContext& context) -> Result<Advance> {
        for (int i = 0; i < 20 && !context.stopRequested(); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        context.emit("total", context.knobs().real("power"));
        return Advance::Done;
    };
    const RunPtr run = stage.start("test.quick");
    CHECK(stage.end(run) == RunState::Finished);
    RunScenario scenario = run->scenario();
    std::set<double> seen;
    for (int i = 0; i < 100; ++i) { // faster than an answer takes
        scenario.knobs.set("power", i / 50.0);
        stage.scheduler.change(run, scenario, false);
        std::this_thread::sleep_for(std::chrono::milliseconds(4));
        seen.insert(std::get<double>(run->history()->latest("total")->payload));
    }
    CHECK(seen.size() >= 4);
}

TEST_CASE("reactiveLane_readers_neverSeeAHalfFilledGeneration") {
    Stage stage;
    stage.quick.advance = [](RunContext& context) -> Result<Advance> {
        context.emit("total", context.knobs().real("power"));
        busyFor(std::chrono::microseconds(100));
        return context.step() == 10 ? Advance::Done : Advance::More;
    };
    const RunPtr run = stage.start("test.quick");
    CHECK(stage.end(run) == RunState::Finished);
    std::atomic<bool> done{false};
    std::atomic<int> halves{0};
    std::thread reader([&] {
        while (!done) {
            const auto history = run->history();
            const auto extent = *history->extent("total");
            halves += extent.count == 10 && extent.low == extent.high ? 0 : 1;
        }
    });
    RunScenario scenario = run->scenario();
    for (int i = 0; i < 200; ++i) {
        scenario.knobs.set("power", i / 100.0);
        stage.scheduler.change(run, scenario, false);
        std::this_thread::sleep_for(std::chrono::microseconds(500));
    }
    CHECK(stage.end(run) == RunState::Finished);
    done = true;
    reader.join();
    CHECK(halves == 0);
    CHECK(run->history()->extent("total")->low == 1.99);
}

TEST_CASE("reactiveLane_shownAnswer_isSeenAtOnceGrowsAndIsEndedByTheNextTurn") {
    Stage stage;
    std::atomic<bool> mayEnd{false};
    std::atomic<int> ended{0};
    stage.quick.advance = [&](RunContext& context) -> Result<Advance> {
        if (context.step() == 1) {
            context.emit("total", context.knobs().real("power"));
            context.show();
            return Advance::More;
        }
        // Resamples that would take for ever.
        while (!mayEnd && !context.stopRequested()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        ++ended;
        context.emit("total", 7.0);
        return mayEnd ? Advance::Done : Advance::More;
    };
    const auto shown = [](const RunPtr& run) {
        const auto frame = run->history()->latest("total");
        return frame ? std::get<double>(frame->payload) : -1.0;
    };
    const RunPtr run = stage.start("test.quick");
    REQUIRE(comesTrue([&] { return shown(run) == 1.0; }));
    CHECK(run->state() == RunState::Running);
    RunScenario scenario = run->scenario();
    for (const double power : {0.25, 0.5}) {
        scenario.knobs.set("power", power);
        const auto asked = Wall::now();
        stage.scheduler.change(run, scenario, false);
        REQUIRE(comesTrue([&] { return shown(run) == power; }));
        CHECK(Wall::now() - asked < std::chrono::milliseconds(300)); // patience would be longer
        CHECK(run->scenario().knobs.real("power") == power);
    }
    CHECK(ended >= 1); // what waited for the hand to rest had not begun
    // What the answers before were like is at hand until this one has it, too.
    CHECK_FALSE(run->staleFrame("total").has_value());
    mayEnd = true;
    CHECK(stage.end(run) == RunState::Finished);
    CHECK(shown(run) == 7.0); // added to what was shown
    CHECK(run->history()->extent("total")->count == 2);
}

TEST_CASE("reactiveLane_growingAnswer_hasStaleFramesUntilItHasItsOwn") {
    Stage stage;
    std::atomic<bool> mayGoOn{true};
    stage.quick.advance = [&](RunContext& context) -> Result<Advance> {
        if (context.step() == 1) {
            context.emit("total", context.knobs().real("power"));
            context.show();
            return Advance::More;
        }
        while (!mayGoOn && !context.stopRequested()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        if (context.stopRequested()) {
            return Advance::More;
        }
        context.emit("shares", Table{{std::vector<std::string>{"a"},
                                      std::vector<double>{context.knobs().real("power")}}});
        return Advance::Done;
    };
    const RunPtr run = stage.start("test.quick");
    REQUIRE(comesTrue([&] { return run->state() == RunState::Finished; }));
    const auto shares = [](const std::optional<Frame>& frame) {
        return frame ? std::get<TablePtr>(frame->payload)->numbers(1)[0] : -1.0;
    };
    CHECK(shares(run->history()->latest("shares")) == 1.0);
    CHECK(shares(run->staleFrame("shares")) == -1.0);
    mayGoOn = false;
    RunScenario scenario = run->scenario();
    for (const double power : {0.25, 0.5}) { // the second ends the first: the stale stays
        scenario.knobs.set("power", power);
        stage.scheduler.change(run, scenario, false);
        REQUIRE(comesTrue([&] {
            const auto total = run->history()->latest("total");
            return total && std::get<double>(total->payload) == power;
        }));
        CHECK(shares(run->history()->latest("shares")) == -1.0);
        CHECK(shares(run->staleFrame("shares")) == 1.0);
    }
    mayGoOn = true;
    REQUIRE(stage.end(run) == RunState::Finished);
    CHECK(shares(run->history()->latest("shares")) == 0.5);
    CHECK(shares(run->staleFrame("shares")) == -1.0);
    // Whoever gives the computation up gives up what it might have brought.
    mayGoOn = false;
    scenario.knobs.set("power", 0.75);
    stage.scheduler.change(run, scenario, true);
    REQUIRE(comesTrue([&] { return shares(run->staleFrame("shares")) == 0.5; }));
    REQUIRE(stage.scheduler.cancel(run).ok());
    REQUIRE(comesTrue([&] { return run->state() == RunState::Cancelled; }));
    CHECK(shares(run->staleFrame("shares")) == -1.0);
}

#ifdef __linux__
TEST_CASE("longLane_besideTheHand_stepsBack") {
    Stage stage;
    const auto niceness = [] { return ::getpriority(PRIO_PROCESS, 0); };
    std::atomic<int> ofLong{-100};
    std::atomic<int> ofQuick{-100};
    stage.script.advance = [&](RunContext&) -> Result<Advance> {
        ofLong = niceness();
        return Advance::Done;
    };
    stage.quick.advance = [&](RunContext&) -> Result<Advance> {
        ofQuick = niceness();
        return Advance::Done;
    };
    CHECK(stage.end(stage.start("test.script")) == RunState::Finished);
    CHECK(stage.end(stage.start("test.quick")) == RunState::Finished);
    CHECK(ofQuick == niceness());
    CHECK(ofLong == std::min(niceness() + 5, 19));
}
#endif

TEST_CASE("reactiveLane_waitForTheHand_isNoComputeTime") {
    Stage stage;
    stage.quick.advance = [&](RunContext& context) -> Result<Advance> {
        context.emit("total", context.knobs().real("power"));
        context.show();
        return context.step() == 1 ? Advance::More : Advance::Done;
    };
    const RunPtr run = stage.start("test.quick");
    REQUIRE(comesTrue([&] { return run->state() == RunState::Finished; }));
    RunScenario scenario = run->scenario();
    scenario.knobs.set("power", 0.5);
    const auto asked = Wall::now();
    stage.scheduler.change(run, scenario, false);
    REQUIRE(comesTrue([&] {
        return run->state() == RunState::Finished && run->scenario().knobs.real("power") == 0.5;
    }));
    CHECK(Wall::now() - asked >= std::chrono::milliseconds(100)); // it did wait
    CHECK(run->status().computeSeconds < 0.05);
}

TEST_CASE("reactiveLane_failure_keepsTheLastAnswerAndTheNextChangeWorks") {
    Stage stage;
    stage.quick.advance = [](RunContext& context) -> Result<Advance> {
        if (context.knobs().real("power") == 5) {
            throw std::runtime_error("five is right out");
        }
        context.emit("total", 1.0);
        return Advance::Done;
    };
    const RunPtr run = stage.start("test.quick");
    CHECK(stage.end(run) == RunState::Finished);
    RunScenario scenario = run->scenario();
    scenario.knobs.set("power", 5.0);
    stage.scheduler.change(run, scenario, false);
    CHECK(stage.end(run) == RunState::Failed);
    CHECK(run->status().error->message == "five is right out");
    CHECK(run->history()->extent("total")->count == 1);
    scenario.knobs.set("power", 2.0);
    stage.scheduler.change(run, scenario, false);
    CHECK(stage.end(run) == RunState::Finished);
    CHECK_FALSE(run->status().error.has_value());
}

TEST_CASE("reactiveLane_pauseCancelAndStop_leaveNothingRunning") {
    Stage stage;
    stage.quick.advance = [](RunContext& context) -> Result<Advance> {
        while (!context.stopRequested()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        return Advance::More;
    };
    const RunPtr run = stage.start("test.quick");
    const RunPtr behind = stage.start("test.quick");
    REQUIRE(comesTrue([&] { return run->state() == RunState::Running; }));
    REQUIRE(stage.scheduler.pause(behind).ok());
    CHECK(behind->state() == RunState::Paused);
    REQUIRE(stage.scheduler.cancel(run).ok());
    CHECK(stage.end(run) == RunState::Cancelled);
    REQUIRE(stage.scheduler.resume(behind).ok());
    REQUIRE(comesTrue([&] { return behind->state() == RunState::Running; }));
    stage.scheduler.stop();
    CHECK(behind->state() == RunState::Paused);
    CHECK_FALSE(stage.scheduler.stepOnce(behind).ok());
}

TEST_CASE("checkpointToDrop_overTheQuota_thinsTheDensestButNeverTheEnds") {
    const std::vector<std::int64_t> steps = {0, 100, 110, 200, 300};
    const std::vector<std::size_t> bytes(5, 10);
    CHECK_FALSE(checkpointToDrop(steps, bytes, std::vector<bool>(5, false), 50).has_value());
    CHECK(checkpointToDrop(steps, bytes, std::vector<bool>(5, false), 49) == 2u);
    CHECK(checkpointToDrop(steps, bytes, {false, false, true, false, false}, 49) == 1u);
    CHECK_FALSE(checkpointToDrop(steps, bytes, std::vector<bool>(5, true), 1).has_value());
    CHECK_FALSE(checkpointToDrop({0, 5}, {9, 9}, {false, false}, 1).has_value());
}
