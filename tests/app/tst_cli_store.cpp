// SPDX-License-Identifier: GPL-3.0-or-later
// Runs that outlive their process: Ctrl-C, kill, resume, extend, fork, and what the store holds.
#include "app/cli_fixture.hpp"

#include <chrono>
#include <csignal>
#include <functional>
#include <thread>

using namespace psephos::test;
using psephos::lab::Json;

namespace {

/// Waits at most ten seconds for something to hold.
void await(const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!holds()) {
        REQUIRE(std::chrono::steady_clock::now() < end);
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

/// (step, value) of a channel's file, without the seconds.
std::vector<std::string> stepsAndValues(const std::filesystem::path& file) {
    std::vector<std::string> rows;
    for (const std::string& line : linesOf(contentOf(file))) {
        const std::size_t first = line.find(',');
        rows.push_back(line.substr(0, first) + line.substr(line.find(',', first + 1)));
    }
    return rows;
}

/// The first run of the store, as another process sees it.
Json firstRun(const Cli& cli) {
    const Json runs = cli.json({"runs"});
    return runs.empty() ? Json::object() : runs.back();
}

std::int64_t stepsStored(const Cli& cli, const std::string& run) {
    const std::string folder = cli.path("look");
    std::filesystem::remove_all(folder);
    if (cli({"export", run, folder}).code != 0) {
        return 0;
    }
    return static_cast<std::int64_t>(linesOf(contentOf(folder + "/001/loss.train.csv")).size());
}

/// So long that it never ends by itself, however slow the machine.
const std::vector<std::string> kLongRun = {"run",          "test.descent", "steps=1000000",
                                           "wait_us=4000", "noise=0.5",    "optimizer=momentum"};

/// The frames of run 1 as they are stored now.
std::vector<std::string> stored(const Cli& cli) {
    const std::string folder = cli.path("stored");
    std::filesystem::remove_all(folder);
    REQUIRE(cli({"export", "1", folder}).code == 0);
    return stepsAndValues(folder + "/001/loss.train.csv");
}

/// The frames of kLongRun's first steps, undisturbed and without waiting.
std::vector<std::string> undisturbed(const Cli& cli, std::size_t steps) {
    const std::string folder = cli.path("whole");
    std::filesystem::remove_all(folder);
    const Outcome outcome =
        cli({"run", "test.descent", "steps=" + std::to_string(steps), "noise=0.5",
             "optimizer=momentum", "--quiet", "--store", cli.path("whole.db"), "--out", folder});
    REQUIRE(outcome.code == 0);
    return stepsAndValues(folder + "/001/loss.train.csv");
}

/// Resumes run 1, pauses it once it is longer than `rows`, and compares all of it.
void checkItGoesOn(const Cli& cli, std::int64_t rows) {
    Process process = cli.start({"resume", "1"});
    await([&cli, rows] { return stepsStored(cli, "1") > rows; });
    process.signal(SIGINT);
    CHECK(process.wait().code == 130);
    const std::vector<std::string> frames = stored(cli);
    REQUIRE(static_cast<std::int64_t>(frames.size()) > rows);
    CHECK(frames == undisturbed(cli, frames.size() - 2)); // less the heading and step 0
}

} // namespace

TEST_CASE("cli_ctrlC_pausesAndSaysHowToResume") {
    const Cli cli;
    Process process = cli.start(kLongRun);
    await([&cli] { return stepsStored(cli, "1") > 10; });
    process.signal(SIGINT);
    const Outcome outcome = process.wait();
    CAPTURE(outcome.err);
    CHECK(outcome.code == 130);
    CHECK(contains(outcome.err, "run 1 is paused at step"));
    CHECK(contains(outcome.err, "psephos-cli resume 1"));
    CHECK(contains(outcome.out, "paused"));
    CHECK(firstRun(cli)["state"] == "paused");
    checkItGoesOn(cli, static_cast<std::int64_t>(stored(cli).size()));
}

TEST_CASE("cli_secondCtrlC_kills") {
    const Cli cli;
    Process process = cli.start({"run", "test.descent", "wait_us=5000000", "unstoppable=true"});
    await([&cli] { return firstRun(cli).value("state", "") == "running"; });
    process.signal(SIGINT);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    CHECK(process.isRunning()); // it finishes the step
    process.signal(SIGINT);
    CHECK(process.wait().code == 128 + SIGINT);
    CHECK(firstRun(cli)["state"] == "interrupted");
}

TEST_CASE("cli_kill_leavesItInterruptedAndItResumes") {
    const Cli cli;
    Process process = cli.start(kLongRun);
    await([&cli] { return stepsStored(cli, "1") > 10; });
    CHECK(firstRun(cli)["state"] == "running"); // looking does not disturb
    process.signal(SIGKILL);
    CHECK(process.wait().code == 128 + SIGKILL);
    CHECK(firstRun(cli)["state"] == "interrupted");
    const auto rows = static_cast<std::int64_t>(stored(cli).size());
    CHECK(rows > 10);
    CHECK(contains(cli({"show", "1"}).out, "interrupted at step"));
    checkItGoesOn(cli, rows);
}

TEST_CASE("cli_aRunOfALivingProcess_isLeftAlone") {
    const Cli cli;
    Process process = cli.start(kLongRun);
    await([&cli] { return firstRun(cli).value("state", "") == "running"; });
    CHECK(contains(cli.refusal({"resume", "1"}), "1"));
    CHECK(contains(cli.refusal({"delete", "1"}), "1"));
    CHECK(contains(cli.refusal({"extend", "1", "--steps", "500"}), "1"));
    process.signal(SIGINT);
    CHECK(process.wait().code == 130);
    CHECK(cli({"delete", "1"}).code == 0);
    CHECK(cli.json({"runs"}) == Json::array());
}

TEST_CASE("cli_extend_goesOnAsTheSameRun") {
    const Cli cli;
    REQUIRE(cli({"run", "test.descent", "steps=250", "noise=0.5", "optimizer=momentum", "--quiet"})
                .code == 0);
    const Json extended = cli.json({"extend", "1", "--steps", "300", "--quiet"});
    CHECK(extended[0]["id"] == 1);
    CHECK(extended[0]["scenario"]["knobs"]["steps"] == 300);
    REQUIRE(cli({"export", "1", cli.path("d")}).code == 0);
    CHECK(stepsAndValues(cli.path("d/001/loss.train.csv")) == undisturbed(cli, 300));
    CHECK(contains(cli.refusal({"extend", "1", "--steps", "0"}), "--steps '0'"));
    CHECK(contains(cli.refusal({"extend", "1", "--steps", "100"}), "300"));
}

TEST_CASE("cli_fork_isANewRunFromThatStep") {
    const Cli cli;
    REQUIRE(
        cli({"run", "test.descent", "steps=60", "noise=0.5", "--quiet", "--out", cli.path("first")})
            .code == 0);
    const Json forked = cli.json({"fork", "1", "--at", "40", "lr=0.01", "--quiet"});
    CHECK(forked[0]["id"] != 1);
    CHECK(forked[0]["comparison"] == firstRun(cli)["comparison"]);
    CHECK(forked[0]["scenario"]["knobs"]["lr"] == 0.01);
    const std::string id = std::to_string(forked[0]["id"].get<int>());
    REQUIRE(cli({"export", id, cli.path("d")}).code == 0);
    const auto first = stepsAndValues(cli.path("first/001/loss.train.csv"));
    const auto second = stepsAndValues(cli.path("d/002-lr=0.01/loss.train.csv"));
    REQUIRE(first.size() == 62); // the heading and steps 0 … 60
    REQUIRE(second.size() == 62);
    for (std::size_t step = 0; step <= 60; ++step) {
        CAPTURE(step);
        CHECK((second[step + 1] == first[step + 1]) == (step <= 40));
    }
    CHECK(contains(cli({"show", id}).out, "from run 1 at step 40"));
    CHECK(contains(cli.refusal({"fork", "1", "--at", "-3"}), "--at"));
    CHECK(contains(cli.refusal({"fork", "1", "--at", "40", "lr=-1"}), "knob 'lr'"));
    CHECK(contains(cli.refusal({"fork", "1", "--at", "40", "stepz=1"}), "did you mean 'steps'?"));
    CHECK(contains(cli.refusal({"fork", "1", "--at", "99"}), "99"));
}

TEST_CASE("cli_fork_thatCannotBe_isRefusedBeforeComputing") {
    const Cli cli;
    REQUIRE(cli({"run", "test.descent", "steps=20", "--quiet"}).code == 0);
    const auto refusal = [&cli](const std::string& assignment) {
        return cli.refusal({"fork", "1", "--at", "10", assignment});
    };
    CHECK(contains(refusal("device=cuda"), "does not compute on device 'cuda'"));
    CHECK(contains(refusal("steps=9"), "knob 'steps': '9' is before step 10"));
    CHECK(contains(refusal("start=[2,2]"), "knob 'start' can't change when a run goes on"));
    CHECK(contains(refusal("data=" + cli.path("gone")), cli.path("gone")));
    CHECK(cli.json({"runs"}).size() == 1);
    CHECK(cli({"fork", "1", "--at", "10", "device=cpu", "start=[1,1]", "--quiet"}).code == 0);
}

TEST_CASE("cli_continue_dataThatIsGone_isRefusedAndTheRunStaysAsItWas") {
    const Cli cli;
    const std::string data = cli.folder().write("data.txt", "some data");
    REQUIRE(cli({"run", "test.descent", "steps=20", "data=" + data, "--quiet"}).code == 0);
    const Json before = cli.json({"runs"});
    std::filesystem::remove(data);
    CHECK(contains(cli.refusal({"extend", "1", "--steps", "30"}), data));
    CHECK(contains(cli.refusal({"fork", "1", "--at", "10"}), data));
    CHECK(cli.json({"runs"}) == before);
    cli.folder().write("data.txt", "some data");
    CHECK(cli({"extend", "1", "--steps", "30", "--quiet"}).code == 0);
}

TEST_CASE("cli_continue_thatCannotGoOn_leavesARunThatCanLater") {
    const Cli cli;
    const std::string data = cli.folder().write("data.txt", "some data");
    REQUIRE(cli({"run", "test.descent", "steps=250", "noise=0.5", "optimizer=momentum",
                 "data=" + data, "--quiet"})
                .code == 0);
    cli.folder().write("data.txt", "other data");
    const Outcome changed = cli({"extend", "1", "--steps", "300", "--quiet"});
    CHECK(changed.code == 1);
    CHECK(changed.err == "error: run 1: " + data + ": the data have changed\n");
    CHECK(firstRun(cli)["state"] == "interrupted");
    CHECK(contains(cli({"show", "1"}).out, "the data have changed"));
    CHECK(stored(cli) == undisturbed(cli, 250));
    CHECK(cli({"resume", "1", "--quiet"}).code == 1);
    CHECK(cli({"fork", "1", "--at", "100", "--quiet"}).code == 1);
    cli.folder().write("data.txt", "some data");
    CHECK(cli({"resume", "1", "--quiet"}).code == 0);
    CHECK(firstRun(cli)["state"] == "finished");
    CHECK_FALSE(contains(cli({"show", "1"}).out, "the data have changed"));
    CHECK(stored(cli) == undisturbed(cli, 300));
}

TEST_CASE("cli_knobThatDoesNotApply_isSaid") {
    const Cli cli;
    const std::string warning = "warning: knob 'momentum.beta' does nothing here (it applies where "
                                "optimizer is momentum)";
    const Outcome ran = cli({"run", "test.descent", "momentum.beta=0.5", "--quiet"});
    CHECK(ran.code == 0);
    CHECK(linesOf(ran.err) == std::vector<std::string>{warning});
    CHECK(cli({"run", "test.descent", "momentum.beta=0.5", "optimizer=[plain,momentum]", "--quiet"})
              .err.empty());
    const Outcome forked = cli({"fork", "1", "--at", "10", "momentum.beta=0.5", "--quiet"});
    CHECK(forked.code == 0);
    CHECK(linesOf(forked.err) == std::vector<std::string>{warning});
    REQUIRE(cli({"export", "4", cli.path("d")}).code == 0);
    CHECK(std::filesystem::exists(cli.path("d/002"))); // named by no knob that does nothing
}

TEST_CASE("cli_ctrlC_quiet_stillSaysHowToResume") {
    const Cli cli;
    std::vector<std::string> words = kLongRun;
    words.emplace_back("--quiet");
    Process process = cli.start(words);
    await([&cli] { return stepsStored(cli, "1") > 10; });
    process.signal(SIGINT);
    const Outcome outcome = process.wait();
    CHECK(outcome.code == 130);
    CHECK(linesOf(outcome.err).size() == 1);
    CHECK(contains(outcome.err, "psephos-cli resume 1"));
}

TEST_CASE("cli_storeThatMayNotGrow_isSaidAndTheRunIsThere") {
    const Cli cli;
    std::vector<std::string> words = {"/bin/sh", "-c", "ulimit -f 600; exec \"$@\"", "sh"};
    const std::vector<std::string> run =
        cli.words({"run", "test.descent", "steps=60000", "--quiet", "--json"});
    words.insert(words.end(), run.begin(), run.end());
    const Outcome outcome =
        Process(words, {{"PSEPHOS_STORE", cli.path("runs.db")}}, cli.folder().path()).wait();
    CAPTURE(outcome.err);
    CHECK(outcome.code == 1);
    CHECK(contains(outcome.err, "runs.db"));
    CHECK(contains(outcome.out, "finished"));
    CHECK(firstRun(cli)["state"] == "interrupted"); // what reached the store is there
}

TEST_CASE("cli_store_showExportDelete") {
    const Cli cli;
    REQUIRE(cli({"run", "test.descent", "steps=[5,6]", "--quiet"}).code == 0);
    CHECK(cli.json({"runs"}).size() == 2);
    const Outcome shown = cli({"show", "2"});
    CHECK(contains(shown.out, "finished at step 6 of 6"));
    CHECK(contains(shown.out, "lr"));
    CHECK_FALSE(contains(shown.out, "momentum.beta")); // does not apply
    CHECK(cli.json({"show", "2"})["scenario"]["knobs"]["steps"] == 6);
    CHECK(cli({"export", "1", cli.path("d")}).code == 0);
    CHECK(contains(cli.refusal({"export", "1", cli.path("d")}), cli.path("d")));
    CHECK(contains(cli.refusal({"show", "x"}), "not the number of a run"));
    CHECK(contains(cli.refusal({"show", "9"}), "run 9"));
    CHECK(contains(cli.refusal({"resume", "2"}), "2"));
    CHECK(contains(cli.refusal({"delete", "1", "9"}), "run 9"));
    CHECK(cli.json({"runs"}).size() == 2); // all or none
    CHECK(contains(cli.refusal({"extend", "1", "--steps", "5"}), "run 1 goes to step 5 already"));
    CHECK(cli.json({"delete", "1", "2", "1"}) == Json::array({1, 2}));
    CHECK(cli.json({"runs"}) == Json::array());
}

TEST_CASE("cli_store_byOptionAndDefault") {
    const Cli cli;
    CHECK(cli({"run", "test.descent", "--quiet", "--store", cli.path("other/runs.db")}).code == 0);
    CHECK(cli.json({"runs"}) == Json::array());
    CHECK(cli.json({"--store", cli.path("other/runs.db"), "runs"}).size() == 1);
    CHECK(cli.json({"runs", "--store", cli.path("nothing/here.db")}) == Json::array());
    CHECK_FALSE(std::filesystem::exists(cli.path("nothing"))); // looking makes no store
    const Outcome byHome =
        Process(cli.words({"run", "test.descent", "--quiet"}),
                {{"PSEPHOS_STORE", ""}, {"XDG_DATA_HOME", cli.path("share")}}, cli.folder().path())
            .wait();
    CHECK(byHome.code == 0);
    CHECK(std::filesystem::exists(cli.path("share/psephos/runs.db")));
}

TEST_CASE("cli_store_thatCannotBeUsed_isRefusedInOneLine") {
    const Cli cli;
    const std::string foreign = cli.folder().write("foreign.db", "this is no data base at all\n");
    const auto refusal = [&cli](const std::string& store) {
        const std::string looking = cli.refusal({"runs", "--store", store});
        CHECK(contains(cli.refusal({"run", "test.descent", "--store", store}), store));
        return looking;
    };
    CHECK(contains(refusal(foreign), foreign));
    CHECK(contentOf(foreign) == "this is no data base at all\n");
    CHECK(contains(refusal(cli.folder().path().string()), cli.folder().path().string()));
    const Outcome unwritable =
        cli({"run", "test.descent", "--store", "/proc/psephos/runs.db", "--quiet"});
    CHECK(unwritable.code == 2);
    CHECK(linesOf(unwritable.err).size() == 1);
}
