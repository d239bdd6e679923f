// SPDX-License-Identifier: GPL-3.0-or-later
// run: what it computes, prints, writes and refuses.
#include "app/cli_fixture.hpp"
#include "core/lab/fake_experiment.hpp"
#include "lab/files/csv.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <unistd.h>

using namespace psephos::test;
using psephos::lab::Json;

namespace {

std::vector<std::string> namesIn(const std::filesystem::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

Json jsonOf(const std::filesystem::path& file) {
    const auto json = psephos::lab::readJson(file);
    REQUIRE_MESSAGE(json.ok(), json.error().line());
    return *json;
}

/// The losses that a run must have, computed apart from the program.
std::vector<double> expectedLosses(const Json& scenario) {
    psephos::lab::Registry registry;
    registerFakes(registry);
    const auto run = psephos::lab::runScenarioFromJson(scenario, registry);
    REQUIRE(run.ok());
    return descentLosses(*run);
}

} // namespace

TEST_CASE("cli_run_defaults_printsASummary") {
    const Cli cli;
    const Outcome outcome = cli({"run", "test.descent", "steps=7"});
    CHECK(outcome.code == 0);
    CHECK(contains(outcome.out, "loss/train"));
    CHECK(contains(outcome.out, "finished"));
    CHECK(contains(outcome.err, "finished at step 7"));
    const Outcome quiet = cli({"run", "test.descent", "steps=7", "--quiet"});
    CHECK(quiet.code == 0);
    CHECK(quiet.err.empty());
    CHECK(contains(quiet.out, "finished"));
}

TEST_CASE("cli_run_json_isTheArrayOfRunDocuments") {
    const Cli cli;
    const Json runs = cli.json({"run", "test.descent", "lr=[0.02,auto]", "steps=30", "noise=0.5",
                                "--seed", "7", "--threads", "1", "--quiet"});
    REQUIRE(runs.size() == 2);
    const Json& run = runs[1];
    std::vector<std::string> keys;
    for (const auto& [key, value] : run.items()) {
        keys.push_back(key);
    }
    CHECK(keys == std::vector<std::string>{"id", "comparison", "scenario", "state", "versions",
                                           "threads", "clock", "final"});
    CHECK(run["state"] == "finished");
    CHECK(run["threads"] == 1);
    CHECK(run["comparison"] == runs[0]["comparison"]);
    CHECK(run["scenario"].size() == 4);
    CHECK(run["scenario"]["knobs"].size() == 12);
    CHECK(run["scenario"]["knobs"]["lr"] == 0.1); // resolved
    CHECK(run["scenario"]["seed"] == 7);
    // Bit for bit what the computation gives.
    const auto bits = [](double number) { return std::bit_cast<std::uint64_t>(number); };
    for (const Json& each : runs) {
        CHECK(bits(each["final"]["loss/train"].get<double>()) ==
              bits(expectedLosses(each["scenario"]).back()));
    }
}

TEST_CASE("cli_run_out_writesAFolderARun") {
    const Cli cli;
    const Outcome outcome =
        cli({"run", "test.descent", "lr=[0.02,0.01]", "steps=12", "--out", cli.path("d/e")});
    REQUIRE(outcome.code == 0);
    CHECK(namesIn(cli.path("d/e")) == std::vector<std::string>{"001-lr=0.02", "002-lr=0.01"});
    const std::filesystem::path folder = cli.path("d/e/002-lr=0.01");
    CHECK(namesIn(folder) == std::vector<std::string>{"field.json", "loss.train.csv", "lr.csv",
                                                      "path.csv", "run.json", "story.json"});
    const Json document = jsonOf(folder / "run.json");
    CHECK(document["scenario"]["knobs"]["lr"] == 0.01);

    const std::vector<double> losses = expectedLosses(document["scenario"]);
    const std::vector<std::string> rows = linesOf(contentOf(folder / "loss.train.csv"));
    REQUIRE(rows.size() == 14);
    CHECK(rows[0] == "step,seconds,value");
    for (std::size_t step = 0; step <= 12; ++step) {
        CHECK(rows[step + 1].starts_with(std::to_string(step) + ","));
        const std::string value = rows[step + 1].substr(rows[step + 1].rfind(',') + 1);
        CHECK(*psephos::lab::parseNumber(value) == losses[step]);
    }
    CHECK(linesOf(contentOf(folder / "path.csv"))[0] == "step,seconds,x,y,name");
    CHECK(linesOf(contentOf(folder / "path.csv"))[1].ends_with(",\"a,b\""));
    const Json field = jsonOf(folder / "field.json");
    REQUIRE(field.size() == 1);
    CHECK(field[0]["y"] == Json::array({"low", "high"}));
    CHECK(field[0]["values"][1][1].is_null());
    const Json story = jsonOf(folder / "story.json");
    CHECK(story[0]["text"] == "once, \"upon\" a time");
    CHECK(story[1]["step"] == 10);
}

TEST_CASE("cli_run_outThatIsNotFree_isRefusedBeforeComputing") {
    const Cli cli;
    std::filesystem::create_directories(cli.path("full"));
    cli.folder().write("full/x", "x");
    CHECK(contains(cli.refusal({"run", "test.descent", "--out", cli.path("full")}), "not empty"));
    CHECK(contentOf(cli.path("full/x")) == "x");
    const std::string file = cli.folder().write("file", "x");
    CHECK(contains(cli.refusal({"run", "test.descent", "--out", file}), "not a folder"));
    CHECK(contains(cli.refusal({"run", "test.descent", "--out", file + "/d"}), "--out"));
    CHECK(contains(cli.refusal({"run", "test.descent", "--out", "/proc/d"}), "--out"));
    CHECK(cli.json({"runs"}) == Json::array());
    std::filesystem::create_directories(cli.path("empty"));
    CHECK(cli({"run", "test.descent", "--out", cli.path("empty")}).code == 0);
}

TEST_CASE("cli_run_presetAndFile_areTheSameScenario") {
    const Cli cli;
    const Json preset = cli.json({"run", "test.descent", "--preset", "race", "--quiet"});
    REQUIRE(preset.size() == 2);
    CHECK(preset[1]["scenario"]["knobs"]["optimizer"] == "momentum");
    CHECK(preset[0]["scenario"]["knobs"]["steps"] == 10);
    const std::string file =
        cli.folder().write("race.json", R"({"experiment": "test.descent", "seed": 0,
                         "knobs": {"optimizer": ["plain", "momentum"], "steps": 10}})");
    const Json fromFile = cli.json({"run", file, "--quiet"});
    REQUIRE(fromFile.size() == 2);
    for (std::size_t i = 0; i < 2; ++i) {
        CHECK(fromFile[i]["scenario"] == preset[i]["scenario"]);
        CHECK(fromFile[i]["final"] == preset[i]["final"]);
    }
    const Json turned =
        cli.json({"run", "test.descent", "--preset", "race", "steps=4", "seed=[1,2]", "--quiet"});
    CHECK(turned.size() == 4);
    CHECK(turned[3]["scenario"]["knobs"]["steps"] == 4);
    // A run's own document is a scenario, too.
    const std::string document = cli.folder().write("run.json", preset[1].dump());
    CHECK(cli.json({"run", document, "--quiet"})[0]["final"] == preset[1]["final"]);
}

TEST_CASE("cli_run_unknownKeys_areWarnedAbout") {
    const Cli cli;
    const std::string file = cli.folder().write(
        "a.json", R"({"experiment": "test.descent", "knobs": {"stepz": 3}, "colour": "red"})");
    const Outcome outcome = cli({"run", file, "--quiet"});
    CHECK(outcome.code == 0);
    REQUIRE(linesOf(outcome.err).size() == 2);
    CHECK(outcome.err.starts_with("warning: unknown knob 'stepz'"));
    CHECK(contains(outcome.err, "did you mean 'steps'?"));
    CHECK(contains(outcome.err, "unknown key 'colour'"));
}

TEST_CASE("cli_run_whatIsWrong_isRefusedBeforeComputing") {
    const Cli cli;
    const std::string empty = cli.folder().write("empty.txt", "");
    const auto refusal = [&cli](std::vector<std::string> words) {
        words.insert(words.begin(), "run");
        return cli.refusal(words);
    };
    CHECK(contains(refusal({"test.descend"}), "did you mean 'test.descent'?"));
    CHECK(contains(refusal({"test.descent", "stepz=3"}), "did you mean 'steps'?"));
    CHECK(contains(refusal({"test.descent", "steps"}), "expected KNOB=VALUE"));
    CHECK(contains(refusal({"test.descent", "steps=0"}), "'0' is below 1"));
    CHECK(contains(refusal({"test.descent", "steps=many"}), "expected integer in 1 … 1e9"));
    CHECK(contains(refusal({"test.descent", "lr=[0.1,-1]"}), "knob 'lr': '-1' is below"));
    CHECK(contains(refusal({"test.descent", "optimizer=adam"}), "one of plain, momentum"));
    CHECK(contains(refusal({"test.descent", "data=" + cli.path("absent.txt")}), "no such file"));
    CHECK(contains(refusal({"test.descent", "data=" + empty}), "nothing in the file"));
    CHECK(contains(refusal({"test.descent", "data=/tmp"}), "folder"));
    CHECK(contains(refusal({"test.descent", "--seed", "x"}), "seed: 'x' is not a seed"));
    CHECK(contains(refusal({"test.descent", "--threads", "0"}), "--threads '0'"));
    CHECK(contains(refusal({"test.descent", "--device", "gpu"}), "expected cpu or cuda"));
    CHECK(contains(refusal({"test.descent", "--device", "cuda"}), "computes on cpu"));
    CHECK(contains(refusal({"test.absent", "--device", "cuda"}), "psephos-absent.so"));
    CHECK(contains(refusal({"test.descent", "--preset", "rcae"}), "expected one of race"));
    CHECK(contains(refusal({cli.path("absent.json")}), "no such file"));
    CHECK(contains(refusal({empty}), "is empty"));
    CHECK(contains(refusal({cli.folder().write("a.json", "{\"experiment\":")}), "a.json:1:"));
    CHECK(contains(refusal({cli.folder().write("b.json", "{}")}), "b.json: key 'experiment'"));
    CHECK(contains(refusal({cli.folder().write("c.json", R"({"experiment": "x.y"})")}),
                   "c.json: unknown experiment 'x.y'"));
    CHECK(contains(refusal({cli.folder().write(
                       "d.json", R"({"experiment": "test.descent", "knobs": {"lr": "fast"}})")}),
                   "d.json: knob 'lr'"));
    CHECK(contains(refusal({cli.path("d.json"), "--preset", "race"}), "--preset"));
    for (const std::string option : {"--out", "--seed", "--device", "--threads", "--preset"}) {
        CHECK(contains(refusal({"test.descent", option, ""}), option));
    }
    CHECK(contains(refusal({cli.folder().write("big.json", R"({"experiment": 1e999})")}),
                   "big.json: not valid JSON: number overflow parsing '1e999'"));
    CHECK(cli.json({"runs"}) == Json::array());
}

TEST_CASE("cli_run_failure_keepsWhatThereIsAndExitsOne") {
    const Cli cli;
    const Outcome outcome = cli({"run", "test.descent", "fail_at=[0,5]", "steps=9", "--json",
                                 "--quiet", "--out", cli.path("d")});
    CHECK(outcome.code == 1);
    CHECK(linesOf(outcome.err).size() == 1);
    CHECK(contains(outcome.err, "the wheel came off at step 5 (turn fail_at to 0)"));
    const auto runs = psephos::lab::parseJson(outcome.out, "stdout");
    REQUIRE(runs.ok());
    CHECK((*runs)[0]["state"] == "finished"); // its sibling went on
    CHECK((*runs)[1]["state"] == "failed");
    CHECK(linesOf(contentOf(cli.path("d/002-fail_at=5/loss.train.csv"))).size() == 6);
    const std::string damaged = cli.folder().write("damaged.gz", "no gzip data at all");
    const Outcome unread = cli({"run", "test.descent", "data=" + damaged, "--quiet"});
    CHECK(unread.code == 1);
    CHECK(unread.err.starts_with("error: run 3: " + damaged + ": "));
    const Outcome thrown = cli({"run", "test.descent", "throw_at=3", "--quiet"});
    CHECK(thrown.code == 1);
    CHECK(contains(thrown.err, "a library threw"));
    const Outcome absent = cli({"run", "test.absent", "--quiet"});
    CHECK(absent.code == 1);
    CHECK(contains(absent.err, "psephos-absent.so"));
}

TEST_CASE("cli_run_divergence_isAResult") {
    const Cli cli;
    const Outcome text = cli({"run", "test.descent", "diverge_at=[4,0]", "--quiet"});
    CHECK(text.code == 0);
    CHECK(contains(text.out, "diverged at step 4"));
    const Json runs =
        cli.json({"run", "test.descent", "diverge_at=4", "--quiet", "--out", cli.path("d")});
    CHECK(runs[0]["state"] == "finished");
    CHECK(runs[0]["final"]["diverged_at"] == 4);
    CHECK(runs[0]["final"]["loss/train"].is_null());
    CHECK(linesOf(contentOf(cli.path("d/001/loss.train.csv"))).back().ends_with(",inf"));
}

TEST_CASE("cli_run_reactive_printsItsTable") {
    const Cli cli;
    const Outcome outcome = cli({"run", "test.shares", "matrix=[[1,2,1]]", "--quiet"});
    CHECK(outcome.code == 0);
    CHECK(contains(outcome.out, "name  share"));
    CHECK(contains(outcome.out, "c1    0.5"));
    const Outcome failed = cli({"run", "test.shares", "matrix=[[0,0]]", "--quiet"});
    CHECK(failed.code == 1);
    CHECK(contains(failed.err, "no positive cell"));
}
