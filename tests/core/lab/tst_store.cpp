// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lab/lab_fixture.hpp"
#include "lab/store.hpp"
#include "lab/store/codec.hpp"
#include "lab/store/database.hpp"
#include "lab/store/schema.hpp"

#include <sys/wait.h>

#include <bit>
#include <cmath>
#include <csignal>
#include <cstring>
#include <fstream>
#include <limits>
#include <spawn.h>

using namespace psephos::lab;
using namespace psephos::test;

extern char** environ;

namespace {

/// A process that trains test.descent into a store; killed at the end of its scope.
class Trainer {
  public:
    Trainer(const std::filesystem::path& store, std::int64_t steps, std::int64_t waitMicroseconds) {
        std::vector<std::string> words = {PSEPHOS_CRASH_CHILD, store.string(),
                                          std::to_string(steps), std::to_string(waitMicroseconds)};
        std::vector<char*> arguments;
        for (std::string& word : words) {
            arguments.push_back(word.data());
        }
        arguments.push_back(nullptr);
        REQUIRE(::posix_spawn(&process_, PSEPHOS_CRASH_CHILD, nullptr, nullptr, arguments.data(),
                              environ) == 0);
    }

    ~Trainer() { kill(); }

    Trainer(const Trainer&) = delete;
    Trainer& operator=(const Trainer&) = delete;

    /// Waits for its end; whether it went well.
    bool finish() {
        int status = -1;
        ::waitpid(process_, &status, 0);
        process_ = -1;
        return status == 0;
    }

    void kill() {
        if (process_ > 0) {
            ::kill(process_, SIGKILL);
            ::waitpid(process_, nullptr, 0);
            process_ = -1;
        }
    }

  private:
    pid_t process_ = -1;
};

std::string bytesOf(const std::filesystem::path& file) {
    if (std::filesystem::is_directory(file)) {
        return "";
    }
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

void checkSameSteps(const Run& run, const Run& other) {
    for (const Channel& channel : run.description().channels) {
        INFO(channel.id);
        const auto count = run.history()->extent(channel.id)->count;
        REQUIRE(count == other.history()->extent(channel.id)->count);
        for (std::size_t i = 0; i < count; ++i) {
            const auto a = run.history()->frame(channel.id, i);
            const auto b = other.history()->frame(channel.id, i);
            REQUIRE(a.has_value());
            REQUIRE(b.has_value());
            REQUIRE(a->step == b->step);
            if (channel.kind == FrameKind::Scalar) {
                REQUIRE(std::bit_cast<std::uint64_t>(std::get<double>(a->payload)) ==
                        std::bit_cast<std::uint64_t>(std::get<double>(b->payload)));
            } else {
                REQUIRE(detail::encodePayload(a->payload) == detail::encodePayload(b->payload));
            }
        }
    }
}

} // namespace

TEST_CASE("load_finishedRunInAnotherWorkbench_hasTheSameFramesBitForBit") {
    const TestFolder folder;
    RunId id = 0;
    const auto reference = openWorkbench();
    const RunPtr expected = runOne(*reference, descent(3000));
    std::vector<Sample> written;
    {
        const auto workbench = openStored(folder / "runs.db");
        const RunPtr run = runOne(*workbench, descent(3000));
        id = run->id();
        written = samplesOf(*run, "loss/train");
    }
    const auto workbench = openStored(folder / "runs.db");
    const auto run = workbench->load(id);
    REQUIRE_MESSAGE(run.ok(), errorOf(run));
    CHECK((*run)->state() == RunState::Finished);
    CHECK((*run)->status().step == 3000);
    CHECK(samplesOf(**run, "loss/train") == written);
    checkSameSteps(**run, *expected);
    CHECK((*run)->scenario().knobs == expected->scenario().knobs);
    CHECK((*run)->record().versions == versions());
}

TEST_CASE("listing_storeThatDoesNotExist_isEmptyAndMakesNoFile") {
    const TestFolder folder;
    const auto workbench = openStored(folder / "sub/runs.db");
    const auto listing = workbench->listing();
    REQUIRE(listing.ok());
    CHECK(listing->empty());
    CHECK_FALSE(workbench->load(1).ok());
    CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("listing_secondWorkbenchWhileTheFirstTrains_seesRunningAndChangesNothing") {
    const TestFolder folder;
    const auto first = openStored(folder / "runs.db");
    const RunPtr run = startOne(*first, descent(100000, 1000));
    REQUIRE(comesTrue([&] { return run->status().step > 20; }));
    REQUIRE(first->flush().ok());
    const auto second = openStored(folder / "runs.db");
    const auto listing = second->listing();
    REQUIRE(listing.ok());
    REQUIRE(listing->size() == 1);
    CHECK(listing->front().state == RunState::Running);
    CHECK(listing->front().step >= 20);
    CHECK(listing->front().document.at("state") == "running");
    const auto seen = second->load(run->id());
    REQUIRE(seen.ok());
    CHECK(lossesOf(**seen).size() >= 20);
    CHECK(errorOf(second->pause(run->id())).find("another process") != std::string::npos);
    CHECK(errorOf(second->resume(run->id())) != "");
    CHECK(errorOf(second->remove(run->id())).find("is being computed") != std::string::npos);
    REQUIRE(first->cancel(run->id()).ok());
    first->wait(run->id());
}

TEST_CASE("open_foreignFiles_sayWhatTheyAreAndLeaveThemAlone") {
    const TestFolder folder;
    const auto refuses = [&](const std::filesystem::path& file, const std::string& why) {
        const std::string before = bytesOf(file);
        WorkbenchOptions options;
        options.store = file;
        const auto opened = Workbench::open(options);
        REQUIRE_FALSE(opened.ok());
        CHECK(opened.error().line().find(why) != std::string::npos);
        CHECK(opened.error().place == file.string());
        CHECK(bytesOf(file) == before);
    };
    std::ofstream(folder / "text.db") << "this is a letter to my aunt, long enough for a header";
    refuses(folder / "text.db", "no store of Psephos");
    {
        auto other = detail::Database::open(folder / "other.db", detail::Database::Mode::ReadWrite);
        REQUIRE(other->execute("CREATE TABLE a(b)").ok());
    }
    refuses(folder / "other.db", "another program");
    {
        auto newer = detail::openForWriting(folder / "newer.db", 0);
        REQUIRE(newer->execute("PRAGMA user_version = 99").ok());
    }
    refuses(folder / "newer.db", "newer Psephos");
    std::filesystem::create_directory(folder / "folder.db");
    refuses(folder / "folder.db", "folder");
}

TEST_CASE("start_storeInAFolderThatCannotBeMade_isRefused") {
    const TestFolder folder;
    std::ofstream(folder / "file") << "x";
    const auto workbench = openStored(folder / "file/sub/runs.db");
    const auto started = workbench->start(descent(10));
    CHECK_FALSE(started.ok());
}

TEST_CASE("start_diskIsFull_losesNothingInMemoryAndSaysSo") {
    const TestFolder folder;
    WorkbenchOptions options;
    options.store = folder / "runs.db";
    options.storeMaxPages = 60;
    const auto workbench = openWorkbench(options);
    const RunPtr run = runOne(*workbench, descent(20000));
    CHECK(run->state() == RunState::Finished);
    CHECK_FALSE(workbench->flush().ok());
    CHECK(workbench->storeTrouble().find("no disk space") != std::string::npos);
    CHECK(lossesOf(*run) == descentLosses(run->scenario()));
    REQUIRE(workbench->exportRuns({run->id()}, folder / "out").ok());
    CHECK(std::filesystem::exists(folder / "out/001/loss.train.csv"));
}

TEST_CASE("resume_afterKill_goesOnAsIfNothingHadBeen") {
    const TestFolder folder;
    const auto store = folder / "runs.db";
    constexpr std::int64_t kSteps = 2000;
    Trainer trainer(store, kSteps, 200);
    const auto workbench = openStored(store);
    const auto step = [&]() -> std::int64_t {
        const auto listing = workbench->listing();
        return listing.ok() && !listing->empty() ? listing->front().step : 0;
    };
    REQUIRE(comesTrue([&] { return step() > 400; }));
    trainer.kill();

    const auto listing = workbench->listing();
    REQUIRE(listing.ok());
    REQUIRE(listing->size() == 1);
    CHECK(listing->front().state == RunState::Interrupted);
    const RunId id = listing->front().id;
    const auto run = workbench->load(id);
    REQUIRE_MESSAGE(run.ok(), errorOf(run));
    CHECK(lossesOf(**run).size() > 400);

    const auto resumed = workbench->resume(id);
    REQUIRE_MESSAGE(resumed.ok(), errorOf(resumed));
    workbench->wait(id);
    CHECK((*run)->state() == RunState::Finished);
    const auto reference = openWorkbench();
    const RunPtr undisturbed = runOne(*reference, descent(kSteps));
    checkSameSteps(**run, *undisturbed);
    REQUIRE(workbench->flush().ok());
    const auto another = openStored(store);
    const auto stored = another->load(id);
    REQUIRE_MESSAGE(stored.ok(), errorOf(stored));
    checkSameSteps(**stored, *undisturbed);
}

TEST_CASE("start_afterKill_storesThatTheOtherRunWasInterrupted") {
    const TestFolder folder;
    const auto store = folder / "runs.db";
    {
        Trainer trainer(store, 1000000, 200);
        const auto workbench = openStored(store);
        REQUIRE(comesTrue([&] {
            const auto listing = workbench->listing();
            return listing.ok() && !listing->empty() && listing->front().step > 10;
        }));
    }
    const auto state = [&] {
        auto database = detail::openForReading(store);
        auto select = (*database)->prepare("SELECT state FROM run WHERE id = 1");
        CHECK(*select->next());
        return std::string(select->text(0));
    };
    {
        const auto looking = openStored(store);
        REQUIRE(looking->listing().ok());
    }
    CHECK(state() == "running");
    const auto workbench = openStored(store);
    (void)runOne(*workbench, descent(5));
    CHECK(state() == "interrupted");
    std::size_t leases = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
        leases += entry.path().string().find("-lease-") != std::string::npos ? 1 : 0;
    }
    CHECK(leases == 1); // this workbench's own
}

TEST_CASE("resume_pausedByClosing_goesOnInTheNextProcess") {
    const TestFolder folder;
    RunId id = 0;
    std::int64_t step = 0;
    {
        const auto workbench = openStored(folder / "runs.db");
        const RunPtr run = startOne(*workbench, descent(1000, 100));
        REQUIRE(comesTrue([&] { return run->status().step > 50; }));
        id = run->id();
    }
    const auto workbench = openStored(folder / "runs.db");
    const auto run = workbench->load(id);
    REQUIRE(run.ok());
    CHECK((*run)->state() == RunState::Paused);
    step = (*run)->status().step;
    CHECK(step > 50);
    CHECK(step < 1000);
    REQUIRE(workbench->resume(id).ok());
    workbench->wait(id);
    CHECK(lossesOf(**run) == descentLosses((*run)->scenario()));
    CHECK(samplesOf(**run, "loss/train").size() == 1001);
}

TEST_CASE("extend_finishedRunFromTheStore_equalsALongerRun") {
    const TestFolder folder;
    RunId id = 0;
    {
        const auto workbench = openStored(folder / "runs.db");
        id = runOne(*workbench, descent(100))->id();
    }
    const auto workbench = openStored(folder / "runs.db");
    CHECK(errorOf(workbench->extend(id, 100)).find("goes to step 100 already") !=
          std::string::npos);
    const auto run = workbench->extend(id, 250);
    REQUIRE_MESSAGE(run.ok(), errorOf(run));
    CHECK((*run)->id() == id);
    workbench->wait(id);
    CHECK((*run)->status().step == 250);
    CHECK(lossesOf(**run) == descentLosses((*run)->scenario()));
    CHECK(lossesOf(**run).size() == 251);
}

TEST_CASE("fork_atAStepBetweenCheckpoints_replaysUpToItAndKeepsThePath") {
    const TestFolder folder;
    const auto workbench = openStored(folder / "runs.db");
    Scenario scenario = descent(200);
    scenario.set("optimizer", std::string("momentum"));
    const RunPtr parent = runOne(*workbench, scenario);
    const auto fork = workbench->fork(parent->id(), 120, {"lr=0.01"});
    REQUIRE_MESSAGE(fork.ok(), errorOf(fork));
    workbench->wait((*fork)->id());
    CHECK((*fork)->state() == RunState::Finished);
    CHECK((*fork)->id() != parent->id());
    CHECK((*fork)->comparison() == parent->comparison());
    CHECK((*fork)->number() == 2);
    CHECK((*fork)->forkedFrom() == std::pair<RunId, std::int64_t>(parent->id(), 120));
    const auto before = samplesOf(*parent, "loss/train");
    const auto after = samplesOf(**fork, "loss/train");
    REQUIRE(after.size() == 201);
    for (std::size_t i = 0; i <= 120; ++i) {
        CHECK(after[i] == before[i]);
    }
    CHECK(after[121].value != before[121].value);
    CHECK(after[121].seconds >= after[120].seconds);
    // The same as turning the knob by hand: a fork with no change goes on as its parent did.
    const auto same = workbench->fork(parent->id(), 77, {});
    REQUIRE(same.ok());
    workbench->wait((*same)->id());
    CHECK(lossesOf(**same) == lossesOf(*parent));
    CHECK(errorOf(workbench->fork(parent->id(), 201, {})).find("no step 201") != std::string::npos);
    CHECK_FALSE(workbench->fork(parent->id(), 3, {"lr=[0.1,0.2]"}).ok());
    CHECK_FALSE(workbench->fork(parent->id(), 3, {"nonsense=1"}).ok());
}

TEST_CASE("fork_storedParent_survivesTheParentsDeletion") {
    const TestFolder folder;
    RunId parent = 0;
    RunId fork = 0;
    {
        const auto workbench = openStored(folder / "runs.db");
        parent = runOne(*workbench, descent(60))->id();
    }
    {
        const auto workbench = openStored(folder / "runs.db");
        const auto forked = workbench->fork(parent, 30, {"lr=0.2"});
        REQUIRE_MESSAGE(forked.ok(), errorOf(forked));
        fork = (*forked)->id();
        workbench->wait(fork);
        REQUIRE(workbench->remove(parent).ok());
        CHECK(workbench->find(parent) == nullptr);
    }
    const auto workbench = openStored(folder / "runs.db");
    CHECK_FALSE(workbench->load(parent).ok());
    const auto run = workbench->load(fork);
    REQUIRE(run.ok());
    CHECK(lossesOf(**run).size() == 61);
}

TEST_CASE("remove_run_takesFramesAndCheckpointsAndGivesSpaceBack") {
    const TestFolder folder;
    const auto workbench = openStored(folder / "runs.db");
    const RunPtr run = runOne(*workbench, descent(5000));
    REQUIRE(workbench->flush().ok());
    REQUIRE(workbench->remove(run->id()).ok());
    auto database = detail::openForReading(folder / "runs.db");
    REQUIRE(database.ok());
    for (const char* table : {"run", "comparison", "channel", "samples", "frame", "checkpoint"}) {
        INFO(table);
        CHECK(*(*database)->integer("SELECT count(*) FROM " + std::string(table)) == 0);
    }
    CHECK(*(*database)->integer("PRAGMA page_count") < 40);
    CHECK_FALSE(workbench->remove(run->id()).ok());
}

TEST_CASE("remove_runningRun_isRefusedUntilCancelled") {
    const TestFolder folder;
    const auto workbench = openStored(folder / "runs.db");
    const RunPtr run = startOne(*workbench, descent(1000000, 100));
    REQUIRE(comesTrue([&] { return run->status().step > 3; }));
    CHECK(errorOf(workbench->remove(run->id())).find("cancel it first") != std::string::npos);
    REQUIRE(workbench->cancel(run->id()).ok());
    workbench->wait(run->id());
    CHECK(run->state() == RunState::Cancelled);
    CHECK(workbench->remove(run->id()).ok());
}

TEST_CASE("change_reactive_storesOnlyWhereTheHandComesToRest") {
    const TestFolder folder;
    ComparisonId id = 0;
    Scenario scenario;
    scenario.experiment = "test.shares";
    {
        const auto workbench = openStored(folder / "runs.db");
        const auto comparison = workbench->start(scenario);
        REQUIRE(comparison.ok());
        id = comparison->id;
        const RunPtr run = comparison->runs[0];
        workbench->wait(run->id());
        for (int i = 1; i <= 30; ++i) {
            scenario.set("matrix", MatrixValue{1, 2, {1.0 * i, 2}});
            REQUIRE(workbench->change(id, scenario, i == 20).ok());
            workbench->wait(run->id());
        }
        CHECK(std::get<double>(run->history()->latest("total")->payload) == 32);
    }
    const auto workbench = openStored(folder / "runs.db");
    const auto comparison = workbench->loadComparison(id);
    REQUIRE_MESSAGE(comparison.ok(), errorOf(comparison));
    REQUIRE(comparison->runs.size() == 1);
    const RunPtr run = comparison->runs[0];
    CHECK(run->state() == RunState::Finished);
    CHECK(run->history()->extent("total")->count == 1);
    CHECK(std::get<double>(run->history()->latest("total")->payload) == 22);
    CHECK(run->scenario().knobs.matrix("matrix").values[0] == 20);
    scenario.set("matrix", MatrixValue{1, 2, {5, 2}});
    REQUIRE(workbench->change(id, scenario, true).ok());
    workbench->wait(run->id());
    CHECK(std::get<double>(run->history()->latest("total")->payload) == 7);
}

TEST_CASE("turn_liveKnob_isTakenAgainAtItsStepAfterResume") {
    const TestFolder folder;
    RunId id = 0;
    std::vector<double> whole;
    std::int64_t turnedAt = 0;
    {
        const auto workbench = openStored(folder / "runs.db");
        const RunPtr run = startOne(*workbench, descent(400, 100));
        id = run->id();
        REQUIRE(comesTrue([&] { return run->status().step > 20; }));
        REQUIRE(workbench->turn(id, "noise", Value(2.0)).ok());
        CHECK_FALSE(workbench->turn(id, "lr", Value(0.1)).ok());
        CHECK_FALSE(workbench->turn(id, "noise", Value(-1.0)).ok());
        workbench->wait(id);
        whole = lossesOf(*run);
        REQUIRE(run->turns().size() == 1);
        turnedAt = run->turns()[0].step;
        CHECK(run->scenario().knobs.real("noise") == 2.0);
    }
    const auto workbench = openStored(folder / "runs.db");
    const auto fork = workbench->fork(id, turnedAt - 1, {});
    REQUIRE(fork.ok());
    CHECK((*fork)->scenario().knobs.real("noise") == 0.5);
    const auto later = workbench->fork(id, 390, {});
    REQUIRE(later.ok());
    workbench->wait((*later)->id());
    CHECK(lossesOf(**later) == whole);
}

TEST_CASE("kill_frames_areThereUpToTheLastSecond") {
    const TestFolder folder;
    const auto store = folder / "runs.db";
    Trainer trainer(store, 1000000, 1000);
    const auto workbench = openStored(store);
    const auto reached = [&]() -> std::int64_t {
        const auto listing = workbench->listing();
        return listing.ok() && !listing->empty() ? listing->front().step : 0;
    };
    REQUIRE(comesTrue([&] { return reached() > 20; }));
    const auto begun = std::chrono::steady_clock::now();
    const std::int64_t first = reached();
    std::int64_t longest = 0; // milliseconds without news from the store
    std::int64_t last = first;
    auto since = begun;
    while (std::chrono::steady_clock::now() - begun < std::chrono::milliseconds(1200)) {
        const auto now = std::chrono::steady_clock::now();
        if (const std::int64_t step = reached(); step != last) {
            last = step;
            since = now;
        }
        longest = std::max<std::int64_t>(
            longest, std::chrono::duration_cast<std::chrono::milliseconds>(now - since).count());
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    trainer.kill();
    CHECK(longest < 1000);
    CHECK(reached() > first);
    const auto run = workbench->load(1);
    REQUIRE(run.ok());
    CHECK((*run)->history()->extent("loss/train")->lastStep >= reached());
}

TEST_CASE("start_twoWorkbenchesOnOneStore_bothFinishAndBothAreListed") {
    const TestFolder folder;
    const auto first = openStored(folder / "runs.db");
    const auto second = openStored(folder / "runs.db");
    const RunPtr a = startOne(*first, descent(3000, 20));
    const RunPtr b = startOne(*second, descent(3000, 20));
    CHECK(a->id() != b->id());
    first->wait(a->id());
    second->wait(b->id());
    CHECK(first->flush().ok());
    CHECK(second->flush().ok());
    const auto third = openStored(folder / "runs.db");
    for (const RunId id : {a->id(), b->id()}) {
        const auto run = third->load(id);
        REQUIRE_MESSAGE(run.ok(), errorOf(run));
        CHECK((*run)->state() == RunState::Finished);
        CHECK(lossesOf(**run) == descentLosses((*run)->scenario()));
    }
    const auto listing = third->listing();
    REQUIRE(listing->size() == 2);
    CHECK(listing->front().id > listing->back().id); // newest first
}

TEST_CASE("start_processesThatMakeTheStoreAtOnce_allSucceed") {
    for (int i = 0; i < 5; ++i) {
        const TestFolder folder;
        std::vector<std::unique_ptr<Trainer>> trainers;
        for (int k = 0; k < 4; ++k) {
            trainers.push_back(std::make_unique<Trainer>(folder / "runs.db", 20, 0));
        }
        for (const auto& trainer : trainers) {
            CHECK(trainer->finish());
        }
        const auto workbench = openStored(folder / "runs.db");
        const auto listing = workbench->listing();
        REQUIRE_MESSAGE(listing.ok(), errorOf(listing));
        CHECK(listing->size() == 4);
        for (const RunListing& run : *listing) {
            CHECK(run.state == RunState::Finished);
        }
    }
}

TEST_CASE("close_storeWhoseRunsAreStillHeld_leavesOneFile") {
    const TestFolder folder;
    RunPtr run;
    {
        const auto workbench = openStored(folder / "runs.db");
        run = runOne(*workbench, descent(100));
        CHECK(workbench->listing()->size() == 1);
    }
    run.reset();
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("extend_runThatAnotherProcessFinished_isSeenHereAfterwards") {
    const TestFolder folder;
    const auto first = openStored(folder / "runs.db");
    const RunPtr run = runOne(*first, descent(50));
    REQUIRE(first->flush().ok());
    {
        const auto second = openStored(folder / "runs.db");
        REQUIRE(second->extend(run->id(), 80).ok());
        second->wait(run->id());
    }
    CHECK(first->listing()->front().step == 80);
    const auto again = first->load(run->id());
    REQUIRE(again.ok());
    CHECK(*again == run);
    CHECK(lossesOf(*run).size() == 81);
    CHECK(run->scenario().knobs.integer("steps") == 80);
}

TEST_CASE("fork_closedBeforeItsFirstStep_beginsAgainFromItsParent") {
    const TestFolder folder;
    RunId parent = 0;
    RunId fork = 0;
    Scenario scenario = descent(300);
    scenario.set("optimizer", std::string("momentum"));
    {
        const auto workbench = openStored(folder / "runs.db");
        parent = runOne(*workbench, scenario)->id();
        const RunPtr busy = startOne(*workbench, descent(1000000, 20000));
        REQUIRE(comesTrue([&] { return busy->status().step > 0; }));
        const auto forked = workbench->fork(parent, 123, {"lr=0.011"});
        REQUIRE_MESSAGE(forked.ok(), errorOf(forked));
        fork = (*forked)->id();
        REQUIRE(workbench->pause(fork).ok()); // before its turn comes
        workbench->wait(fork);
    }
    const auto workbench = openStored(folder / "runs.db");
    const auto run = workbench->load(fork);
    REQUIRE_MESSAGE(run.ok(), errorOf(run));
    CHECK((*run)->state() == RunState::Paused);
    CHECK(lossesOf(**run).size() == 124);
    REQUIRE(workbench->resume(fork).ok());
    workbench->wait(fork);
    const auto expected = workbench->fork(parent, 123, {"lr=0.011"});
    REQUIRE(expected.ok());
    workbench->wait((*expected)->id());
    checkSameSteps(**run, **expected);
}

TEST_CASE("fork_atStepZero_isAFreshStartWithOtherKnobs") {
    const TestFolder folder;
    const auto workbench = openStored(folder / "runs.db");
    const RunPtr parent = runOne(*workbench, descent(40));
    const auto fork = workbench->fork(parent->id(), 0, {"lr=0.02", "steps=60"});
    REQUIRE_MESSAGE(fork.ok(), errorOf(fork));
    workbench->wait((*fork)->id());
    CHECK(lossesOf(**fork) == descentLosses((*fork)->scenario()));
    CHECK(lossesOf(**fork).size() == 61);
}

TEST_CASE("flush_onceThereIsRoomAgain_writesWhatWaited") {
    const TestFolder folder;
    WorkbenchOptions options;
    options.store = folder / "runs.db";
    options.storeMaxPages = 200;
    const auto workbench = openWorkbench(options);
    const RunPtr first = runOne(*workbench, descent(3000));
    REQUIRE_MESSAGE(workbench->flush().ok(), workbench->storeTrouble());
    const RunPtr second = runOne(*workbench, descent(3000));
    CHECK_FALSE(workbench->flush().ok());
    CHECK(workbench->storeTrouble() != "");
    REQUIRE(workbench->remove(first->id()).ok());
    CHECK(workbench->flush().ok());
    CHECK(workbench->storeTrouble() == "");
    const auto another = openStored(folder / "runs.db");
    const auto stored = another->load(second->id());
    REQUIRE(stored.ok());
    checkSameSteps(**stored, *second);
}

TEST_CASE("load_damagedStore_saysSoAndNeverCrashes") {
    const TestFolder folder;
    {
        const auto workbench = openStored(folder / "whole.db");
        Scenario scenario = descent(60);
        scenario.sweep("lr", {0.1, 0.2});
        const auto comparison = workbench->start(scenario);
        for (const RunPtr& run : comparison->runs) {
            workbench->wait(run->id());
        }
    }
    const std::string whole = bytesOf(folder / "whole.db");
    std::uint64_t random = 1;
    const auto next = [&random] {
        random = random * 6364136223846793005u + 1442695040888963407u;
        return random >> 33;
    };
    int refused = 0;
    for (int i = 0; i < 60; ++i) {
        std::string bytes = whole;
        if (i % 4 == 0) {
            bytes.resize(next() % bytes.size());
        }
        for (int k = 0; k < 40 && !bytes.empty(); ++k) {
            bytes[next() % bytes.size()] = static_cast<char>(next());
        }
        const auto file = folder / ("damaged" + std::to_string(i) + ".db");
        std::ofstream(file, std::ios::binary) << bytes;
        WorkbenchOptions options;
        options.store = file;
        auto opened = Workbench::open(options);
        if (!opened) {
            CHECK(opened.error().line().find('\n') == std::string::npos);
            ++refused;
            continue;
        }
        registerFakes((*opened)->registry());
        const auto listing = (*opened)->listing();
        for (const RunId id : {1, 2}) {
            const auto run = (*opened)->load(id);
            refused += run.ok() ? 0 : 1;
            (void)(*opened)->resume(id);
        }
    }
    CHECK(refused > 10);
}

TEST_CASE("pin_checkpoint_outlivesTheQuota") {
    const TestFolder folder;
    StoreOptions options;
    options.file = folder / "runs.db";
    options.checkpointQuotaBytes = 1000;
    const auto store = Store::open(options);
    REQUIRE(store.ok());
    const Description description = describeDescent();
    RunScenario scenario;
    scenario.experiment = description.id;
    scenario.knobs = KnobValues(description.knobs);
    const auto made = (*store)->create({}, Json::object(), {{&description, scenario, {}, 1}});
    REQUIRE_MESSAGE(made.ok(), errorOf(made));
    const RunId id = made->second.front();
    const auto run = std::make_shared<Run>(id, made->first, description, scenario, 1);
    (*store)->track(run);
    const auto keep = [&](std::int64_t step) {
        run->setProgress(step, 0.1 * static_cast<double>(step));
        (*store)->keep(run, {step, 0.1 * static_cast<double>(step), std::string(300, 'x')});
        CHECK((*store)->flush().ok());
    };
    const auto latest = [&](std::int64_t step) {
        const auto checkpoint = (*store)->checkpoint(id, step);
        REQUIRE(checkpoint.ok());
        return checkpoint->has_value() ? (*checkpoint)->step : -1;
    };
    keep(0);
    keep(10);
    CHECK((*store)->pin(id, 13, true).value() == 10);
    for (const std::int64_t step : {20, 30, 40, 50}) {
        keep(step);
    }
    CHECK(latest(1000) == 50);
    CHECK(latest(45) == 10); // all between were dropped, the pinned one was not
    CHECK(latest(5) == 0);
    CHECK((*store)->pin(id, 11, false).value() == 10);
    keep(60);
    CHECK(latest(59) != 10);
    CHECK_FALSE((*store)->pin(id + 1, 10, true).ok());
}
