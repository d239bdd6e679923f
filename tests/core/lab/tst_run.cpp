// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lab/fake_experiment.hpp"
#include "lab/run.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace psephos::lab;

namespace {

const Description& descentDescription() {
    static const Description description = psephos::test::describeDescent();
    return description;
}

const Description& sharesDescription() {
    static const Description description = psephos::test::describeShares();
    return description;
}

RunScenario defaults(const Description& description) {
    RunScenario scenario;
    scenario.experiment = description.id;
    scenario.knobs = KnobValues(description.knobs);
    return scenario;
}

Run makeRun() {
    return {7, 3, descentDescription(), defaults(descentDescription()), 2};
}

TablePtr path(std::size_t columns) {
    Table table;
    table.columns = {std::vector<double>{1}, std::vector<double>{2}, std::vector<std::string>{"a"}};
    table.columns.resize(columns);
    return std::make_shared<const Table>(std::move(table));
}

} // namespace

TEST_CASE("after_everyStateAndEvent_isTheTransitionTable") {
    using enum RunState;
    using enum RunEvent;
    // Every allowed transition; whatever is not here is refused.
    const std::vector<std::tuple<RunState, RunEvent, RunState>> table = {
        {Queued, Start, Running},        {Queued, Pause, Paused},
        {Queued, Cancel, Cancelled},     {Queued, Lose, Interrupted},
        {Queued, Change, Queued},        {Running, Pause, Paused},
        {Running, Finish, Finished},     {Running, Cancel, Cancelled},
        {Running, Fail, Failed},         {Running, Lose, Interrupted},
        {Running, Change, Queued},       {Paused, Continue, Queued},
        {Paused, Cancel, Cancelled},     {Paused, Lose, Interrupted},
        {Paused, Change, Queued},        {Finished, Continue, Queued},
        {Finished, Change, Queued},      {Cancelled, Continue, Queued},
        {Cancelled, Change, Queued},     {Failed, Change, Queued},
        {Interrupted, Continue, Queued}, {Interrupted, Change, Queued},
    };
    std::size_t allowed = 0;
    for (const RunState state : kRunStates) {
        for (const RunEvent event : kRunEvents) {
            std::optional<RunState> expected;
            for (const auto& [from, when, to] : table) {
                if (from == state && when == event) {
                    expected = to;
                }
            }
            CAPTURE(name(state));
            CAPTURE(static_cast<int>(event));
            CHECK(after(state, event) == expected);
            allowed += expected.has_value() ? 1 : 0;
        }
    }
    CHECK(allowed == table.size());
}

TEST_CASE("runStateFromName_everyState_isTheInverseOfName") {
    std::set<std::string_view> names;
    for (const RunState state : kRunStates) {
        names.insert(name(state));
        CHECK(runStateFromName(name(state)) == state);
    }
    CHECK(names.size() == kRunStates.size());
    CHECK_FALSE(runStateFromName("asleep").has_value());
}

TEST_CASE("apply_eventThatIsNotAllowed_namesRunAndState") {
    Run run = makeRun();
    const auto refused = run.apply(RunEvent::Finish);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().message == "run 7 is queued");
    CHECK(run.state() == RunState::Queued);
    const std::uint64_t before = run.version();
    CHECK(run.apply(RunEvent::Start).ok());
    CHECK(run.version() > before);
}

TEST_CASE("accept_lossThatIsNotFinite_isTheStepOfDivergence") {
    Run run = makeRun();
    run.accept("loss/train", {1, 0, 0.5});
    run.accept("lr", {1, 0, std::numeric_limits<double>::infinity()});
    CHECK_FALSE(run.status().divergedAt.has_value());
    run.accept("loss/train", {2, 0, std::numeric_limits<double>::quiet_NaN()});
    run.accept("loss/train", {3, 0, std::numeric_limits<double>::infinity()});
    CHECK(run.status().divergedAt == 2);
    run.truncateAfter(1);
    CHECK_FALSE(run.status().divergedAt.has_value());
    CHECK(run.history()->extent("loss/train")->count == 1);
}

TEST_CASE("accept_frameThatIsNotDeclaredSo_isNotKeptAndExplained") {
    Run run = makeRun();
    const auto says = [&run](std::string_view channel, Payload payload, const std::string& what) {
        run.accept(channel, {4, 0, std::move(payload)});
        const auto error = run.takeFrameError();
        REQUIRE(error.has_value());
        CHECK(error->message.find(std::string(channel)) != std::string::npos);
        CHECK(error->message.find(what) != std::string::npos);
        CHECK_FALSE(run.takeFrameError().has_value());
    };
    says("speed", 1.0, "no such channel");
    says("loss/train", path(3), "a table on a channel of kind scalar");
    says("path", path(2), "2 columns instead of 3");
    Table wrong;
    wrong.columns = {std::vector<double>{1}, std::vector<double>{2, 3},
                     std::vector<std::string>{"a"}};
    says("path", std::make_shared<const Table>(wrong), "'y'");
    Grid grid;
    grid.x.at = {1, 2};
    grid.y.at = {1};
    grid.values = {1};
    says("field", std::make_shared<const Grid>(grid), "1 values in a grid of 2");
    run.accept("loss/train", {9, 0, 1.0});
    says("loss/train", 1.0, "before that of an earlier frame");
    run.accept("path", {4, 0, path(3)});
    CHECK_FALSE(run.takeFrameError().has_value());
}

TEST_CASE("accept_noteWithTheSameId_replacesTheEarlierOne") {
    Run run = makeRun();
    run.accept(Note{"a", NoteKind::Information, "one"});
    run.accept(Note{"b", NoteKind::Warning, "two"});
    run.accept(Note{"a", NoteKind::Certificate, "three"});
    const auto notes = run.status().notes;
    REQUIRE(notes.size() == 2);
    CHECK(notes[0] == Note{"a", NoteKind::Certificate, "three"});
}

TEST_CASE("publish_generation_replacesFramesScenarioAndNotesAtOnce") {
    Run run(1, 1, sharesDescription(), defaults(sharesDescription()), 1);
    run.accept("total", {1, 0, 1.0});
    run.accept(Note{"a", NoteKind::Information, "old"});
    const auto shown = run.history();
    RunScenario next = run.scenario();
    next.knobs.set("power", 2.0);
    run.beginGeneration(next);
    run.accept("total", {1, 0, 2.0});
    run.accept(Note{"b", NoteKind::Information, "new"});
    CHECK(run.history() == shown);
    CHECK(run.status().finals[0].second == 1.0);
    CHECK(run.status().notes[0].text == "old");
    CHECK(run.scenario().knobs.real("power") == 1);
    const std::uint64_t before = run.version();
    run.publish();
    CHECK(run.version() > before);
    CHECK(run.history() != shown);
    CHECK(run.status().finals[0].second == 2.0);
    CHECK(run.status().notes[0].text == "new");
    CHECK(run.scenario().knobs.real("power") == 2);
    CHECK(shown->extent("total")->count == 1); // whoever looks at the old ones still can
}

TEST_CASE("addTurn_thenTruncate_takesTheTurnBack") {
    Run run = makeRun();
    run.addTurn(5, "noise", Value(1.0));
    run.addTurn(9, "noise", Value(2.0));
    CHECK(run.scenario().knobs.real("noise") == 2.0);
    run.truncateAfter(8);
    CHECK(run.scenario().knobs.real("noise") == 1.0);
    REQUIRE(run.turns().size() == 1);
    CHECK(run.turns()[0].step == 5);
    run.truncateAfter(4);
    CHECK(run.scenario().knobs.real("noise") == 0.0);
}

TEST_CASE("name_withoutAFunctionOfItsOwn_isWhatVaries") {
    RunScenario scenario = defaults(descentDescription());
    CHECK(Run(1, 1, descentDescription(), scenario, 1).name() == "A ball on a bowl");
    scenario.varied = {"optimizer", "seed"};
    scenario.seed = 4;
    const Run run(1, 1, descentDescription(), scenario, 1);
    CHECK(run.name() == "plain · seed 4");
    CHECK(run.settings() == "optimizer plain · seed 4");
}
