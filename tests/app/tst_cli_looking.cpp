// SPDX-License-Identifier: GPL-3.0-or-later
// list, describe, device, data, verify, bench, and how the command line itself is refused.
#include "app/cli_fixture.hpp"

using namespace psephos::test;
using psephos::lab::Json;

TEST_CASE("cli_list_idTitlePaper") {
    const Cli cli;
    const Outcome outcome = cli({"list"});
    CHECK(outcome.code == 0);
    CHECK(outcome.err.empty());
    CHECK(contains(outcome.out, "test.descent  A ball on a bowl    Bowl (arXiv 0000.00000)"));
    const Json list = cli.json({"list"});
    REQUIRE(list.size() == 3);
    CHECK(list[0]["id"] == "test.descent");
    CHECK_FALSE(std::filesystem::exists(cli.path("runs.db"))); // looking leaves no trace
}

TEST_CASE("cli_describe_everyKnobWithItsExpectation") {
    const Cli cli;
    const Outcome outcome = cli({"describe", "test.descent"});
    CHECK(outcome.code == 0);
    for (const char* part :
         {"lr=0.05", "real in 1e-6 … 10 or auto (log scale)", "applies where optimizer is momentum",
          "may be turned while it runs", "loss/train", "[nat]", "race", "one of plain, momentum"}) {
        CAPTURE(part);
        CHECK(contains(outcome.out, part));
    }
    const Json json = cli.json({"describe", "test.descent"});
    CHECK(json["knobs"].size() == 12);
    CHECK(json["knobs"][2]["specials"][0]["evidence"]["y"][2].is_null());
    CHECK(json["channels"][2]["columns"][2]["type"] == "text");
    CHECK(json["presets"][0]["scenario"]["knobs"]["optimizer"].size() == 2);
    CHECK(cli.json({"describe", "--all"}).size() == 3);
    const Outcome markdown = cli({"describe", "--all", "--markdown"});
    CHECK(markdown.code == 0);
    CHECK(contains(markdown.out, "| `momentum.beta` | `0.9` | real in 0 … 0.999 |"));
    CHECK(contains(cli.refusal({"describe", "test.descend"}), "did you mean 'test.descent'?"));
    CHECK(contains(cli.refusal({"describe"}), "describe takes the id of one experiment"));
}

TEST_CASE("cli_wrongCommand_isRefusedInOneLine") {
    const Cli cli;
    CHECK(contains(cli.refusal({"rnu"}), "unknown command 'rnu'; did you mean 'run'?"));
    CHECK(
        contains(cli.refusal({"data", "chekc"}), "unknown command 'chekc'; did you mean 'check'?"));
    CHECK(contains(cli.refusal({"--stroe", "x"}), "unknown option '--stroe'"));
    CHECK(contains(cli.refusal({"run", "test.descent", "--quite"}), "--quite"));
    CHECK(contains(cli.refusal({"run"}), "required"));
    CHECK(contains(cli.refusal({"runs", "3"}), "not expected: 3"));
    const Outcome nothing = Process(cli.words({}), {}, cli.folder().path()).wait();
    CHECK(nothing.code == 2);
    CHECK(contains(nothing.err, "a command is missing"));
    const Outcome help = cli({"run", "--help"});
    CHECK(help.code == 0);
    CHECK(contains(help.out, "--preset"));
    CHECK(cli({"--version"}).out.starts_with("psephos "));
}

TEST_CASE("cli_device_saysWhatIsHereAndWhatIsNot") {
    const Cli cli;
    const Json json = cli.json({"device"});
    CHECK(json["cpu"]["threads"].get<int>() >= 1);
    CHECK(json["cpu"]["memory_bytes"].get<double>() > 1e8);
    CHECK(json["versions"].contains("psephos"));
    CHECK(contains(json["missing_modules"]["absent"].get<std::string>(), "psephos-absent.so"));
    CHECK(cli({"device"}).code == 0);
}

TEST_CASE("cli_data_listsAndChecks") {
    const Cli cli;
    const std::string good = cli.folder().write("good.list", "list\na\nb\n");
    const std::string bad = cli.folder().write("bad.list", "a\nb\n");
    const Outcome fine = cli({"data", "check", good});
    CHECK(fine.code == 0);
    CHECK(contains(fine.out, "lines 3"));
    CHECK(contains(fine.out, "taken by: test.descent data=FILE"));
    const Outcome faulty = cli({"data", "check", bad});
    CHECK(faulty.code == 1);
    CHECK(faulty.err == "error: " + bad + ": line 1: does not start with 'list'\n");
    const std::string second = cli.folder().write("second.list", "list\nwhy?\n");
    CHECK(cli({"data", "check", second}).err == "error: " + second + ":2: a question\n");
    const std::string pair = cli.folder().write("pair.list", "list\nbeside\n");
    const std::string beside = cli.folder().write("pair.list.beside", "list\n");
    CHECK(cli({"data", "check", pair}).err ==
          "error: " + beside + ": a fault of the file beside it\n");
    for (const auto& file : {second, pair, beside}) {
        std::filesystem::remove(file);
    }
    const Json json = cli.json({"data", "check", bad}, 1);
    CHECK(json["kind"] == "list");
    CHECK(json["faults"][0]["place"] == "line 1");
    const std::string gaps = cli.folder().write("gaps.list", "list\nnot this\nb\nnor not this\n");
    const Outcome partly = cli({"data", "check", gaps});
    CHECK(partly.code == 1);
    CHECK(contains(partly.out, "taken by"));
    CHECK(contains(partly.err, gaps + ": line 2: 'not this' says nothing"));
    const Json rejected = cli.json({"data", "check", gaps}, 1);
    CHECK(rejected["rejected_rows"] == 2);
    CHECK(rejected["rejected"][1]["line"] == 4);
    CHECK(rejected["faults"].empty());
    CHECK(contains(cli.refusal({"data", "check", cli.path("absent")}), "no such file"));
    const Outcome empty = cli({"data", "check", cli.folder().write("empty", "")});
    CHECK(empty.code == 1);
    CHECK(contains(empty.err, "empty: the file is empty"));
    CHECK(contains(cli({"data", "check", cli.folder().path().string()}).err,
                   ": this is a folder, not a file"));
    const Outcome unknown = cli({"data", "check", cli.folder().write("x.bin", "\x01\x02")});
    CHECK(unknown.code == 1);
    CHECK(contains(unknown.err, "looks like no kind of data"));

    const Json own = cli.json({"data", "list"});
    CHECK(own["built_in"][0]["id"] == "ten");
    const Outcome found =
        Process(cli.words({"data", "list", "--json"}),
                {{"PSEPHOS_DATA", cli.folder().path().string()}}, cli.folder().path())
            .wait();
    const auto list = psephos::lab::parseJson(found.out, "stdout");
    REQUIRE(list.ok());
    CHECK((*list)["found"].size() == 3);
    CHECK((*list)["found"][2]["path"] == good);
}

TEST_CASE("cli_verify_missExitsOneAndNotAvailableDoesNotCount") {
    const Cli cli;
    const Outcome own = cli({"verify"});
    CHECK(own.code == 0);
    CHECK(contains(own.out, "1 passed, 0 missed, 0 not available"));
    const std::string golden =
        cli.folder().write("golden.json", R"({"sums": {"right": {"a": 1, "b": 1, "sum": 2},
                                    "open": {"a": 1, "sum": 2},
                                    "wrong": {"a": 1, "b": 1, "sum": 3}}})");
    const Json rows = cli.json({"verify", "lab", "--golden", golden}, 1);
    REQUIRE(rows.size() == 3);
    CHECK(rows[0]["pass"] == true);
    CHECK(rows[1]["pass"].is_null());
    CHECK(rows[2]["pass"] == false);
    CHECK(rows[2]["residual"] == 1.0);
    const Outcome text = cli({"verify", "--golden", golden});
    CHECK(text.code == 1);
    CHECK(contains(text.out, "MISSED"));
    CHECK(contains(text.out, "not available in lab, in part or whole: open"));
    CHECK(contains(text.out, "1 passed, 1 missed, 1 not available"));
    const std::string open =
        cli.folder().write("open.json", R"({"sums": {"open": {"a": 1, "sum": 2}}})");
    CHECK(cli({"verify", "--golden", open}).code == 0);
    const Outcome none = cli({"verify", "slates"});
    CHECK(none.code == 0);
    CHECK(cli.json({"verify", "slates"}) == Json::array());
}

TEST_CASE("cli_verifyLong_alsoRunsWhatTakesMinutesAndReportsWhatIsOnlyMeasured") {
    const Cli cli;
    const Outcome quick = cli({"verify"});
    CHECK(contains(quick.err, "verify lab: ages: left out, takes minutes (--long)"));
    CHECK_FALSE(contains(quick.out, "measured"));
    CHECK_FALSE(contains(cli({"verify", "--quiet"}).err, "ages"));
    const Outcome all = cli({"verify", "lab", "--long"});
    CHECK(all.code == 0);
    CHECK(contains(all.out, "measured  lab   ages"));
    CHECK(contains(all.out, "1 passed, 0 missed, 0 not available, 1 measured"));
    const Json rows = cli.json({"verify", "--long"});
    REQUIRE(rows.size() == 2);
    CHECK(rows[1]["pass"].is_null());
    CHECK(rows[1]["computed"] == 0.5);
    const std::string golden = cli.folder().write("golden.json", R"({"sums": {}})");
    CHECK_FALSE(contains(cli({"verify", "--golden", golden}).err, "ages"));
}

TEST_CASE("cli_verify_badGoldenFile_isNamed") {
    const Cli cli;
    const auto faulty = [&cli](const std::string& name, const std::string& content) {
        const Outcome outcome =
            cli({"verify", "lab", "--golden", cli.folder().write(name, content)});
        CAPTURE(content);
        CHECK(outcome.code == 1);
        CHECK(linesOf(outcome.err).size() == 1);
        CHECK(contains(outcome.err, name));
        return outcome.err;
    };
    CHECK(contains(faulty("a.json", "{\"sums\":"), "not valid JSON"));
    CHECK(contains(faulty("b.json", "[1]"), "not a golden document"));
    CHECK(contains(faulty("c.json", "{\"other\": {}}"), "no section that is known"));
    CHECK(contains(faulty("d.json", R"({"sums": {"x": {}}})"), "sums.x has no sum"));
    // Without an area the document's own sections say whose it is.
    const Outcome foreign =
        cli({"verify", "--golden", cli.folder().write("f.json", R"({"cases": {}})"), "--quiet"});
    CHECK(foreign.code == 1);
    CHECK(contains(foreign.err, "no section that is known"));
    CHECK(contains(faulty("e.json", ""), "is empty"));
    CHECK(contains(cli.refusal({"verify", "--golden", cli.path("absent.json")}), "no such file"));
    CHECK(contains(cli.refusal({"verify", "votign"}), "expected one of optim"));
    CHECK(contains(cli.refusal({"verify", "lab", "--device", "gpu"}), "expected cpu or cuda"));
}

TEST_CASE("cli_verifyOnCuda_withoutOne_isRefused") {
    const Cli cli;
    const Outcome outcome = cli({"verify", "lab", "--device", "cuda"});
    CHECK(outcome.code == 2);
    CHECK(outcome.err.starts_with("error: device 'cuda'"));
    CHECK(linesOf(outcome.err).size() == 1);
    CHECK(outcome.out.empty());
}

TEST_CASE("cli_bench_printsAndWritesItsResults") {
    const Cli cli;
    const Json json = cli.json({"bench", "lab", "--out", cli.path("bench.json")});
    CHECK(json["results"][0]["bench"] == "nothing");
    CHECK(json["results"][0]["seconds"] == 0.25);
    const auto written = psephos::lab::readJson(cli.path("bench.json"));
    REQUIRE(written.ok());
    CHECK(*written == json);
    CHECK(contains(cli({"bench"}).out, "seconds=0.25"));
    CHECK(cli({"bench", "--out", cli.path("absent/bench.json")}).code == 1);
}

TEST_CASE("cli_stdoutThatCannotBeWritten_isAFailure") {
    const Cli cli;
    const std::string command = std::string(PSEPHOS_FAKE_CLI) + " list > /dev/full";
    const Outcome outcome = Process({"/bin/sh", "-c", command}, {}, cli.folder().path()).wait();
    CHECK(outcome.code == 1);
    CHECK(contains(outcome.err, "stdout can't be written"));
}
