// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lab/fake_experiment.hpp"
#include "lab/experiment.hpp"
#include "lab/files/json.hpp"
#include "lab/scenario.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <unistd.h>
#include <vector>

using namespace psephos::lab;
using psephos::test::describeDescent;

namespace {

const Registry& registry() {
    static const auto made = [] {
        auto filled = std::make_unique<Registry>();
        psephos::test::registerFakes(*filled);
        return filled;
    }();
    return *made;
}

const Description& descent() {
    return *registry().find("test.descent");
}

Scenario scenarioOf(const std::vector<std::string>& assignments) {
    Scenario scenario;
    scenario.experiment = "test.descent";
    for (const std::string& assignment : assignments) {
        const Result<void> applied = applyAssignment(scenario, assignment, descent());
        REQUIRE_MESSAGE(applied.ok(), applied.error().line());
    }
    return scenario;
}

std::string refusal(const std::string& assignment) {
    Scenario scenario;
    const Result<void> applied = applyAssignment(scenario, assignment, descent());
    CAPTURE(assignment);
    REQUIRE_FALSE(applied.ok());
    CHECK(applied.error().line().find('\n') == std::string::npos);
    return applied.error().line();
}

std::vector<RunScenario> expanded(const Scenario& scenario) {
    const Result<std::vector<RunScenario>> runs = expand(scenario, descent());
    REQUIRE_MESSAGE(runs.ok(), runs.error().line());
    return *runs;
}

std::vector<RunScenario> runsOf(const std::vector<std::string>& assignments) {
    return expanded(scenarioOf(assignments));
}

Result<Scenario> read(const std::string& text) {
    const Result<Json> json = parseJson(text, "test");
    REQUIRE_MESSAGE(json.ok(), json.error().line());
    return scenarioFromJson(*json, registry());
}

class Folder {
  public:
    Folder()
        : path_(std::filesystem::temp_directory_path() /
                ("psephos-scenario-" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(path_);
    }

    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] std::filesystem::path write(const std::string& name,
                                              const std::string& text) const {
        std::ofstream(path_ / name, std::ios::binary) << text;
        return path_ / name;
    }

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

/// What a POSIX shell makes of a line of arguments.
std::vector<std::string> shellWords(const std::string& line) {
    const std::string command = "for a in " + line + "; do printf '%s\\001' \"$a\"; done";
    std::FILE* pipe = ::popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string output;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
        output += static_cast<char>(c);
    }
    ::pclose(pipe);
    std::vector<std::string> words(1);
    for (const char c : output) {
        if (c == '\001') {
            words.emplace_back();
        } else {
            words.back() += c;
        }
    }
    words.pop_back();
    return words;
}

} // namespace

TEST_CASE("assignment_oneValue_isSet") {
    const Scenario scenario = scenarioOf({"steps=50", "start=[-1.2,1]", "lr=auto", "lr=0.2"});
    CHECK(scenario.settings.size() == 3);
    CHECK(scenario.find("start")->values.front() == Value(PointValue{-1.2, 1}));
    CHECK_FALSE(scenario.find("start")->isSweep);
    CHECK(scenario.find("lr")->values == std::vector<Value>{0.2});
    CHECK(scenarioOf({"data=a=b"}).find("data")->values.front() == Value(std::string("a=b")));
}

TEST_CASE("assignment_listOneLevelDeeper_sweeps") {
    const Scenario scenario = scenarioOf({"lr=[1e-3,1e-2,auto]", "optimizer=[plain,momentum]",
                                          "start=[[1,2],[3,4]]", "unstoppable=[on,off]"});
    CHECK(scenario.find("lr")->values == std::vector<Value>{1e-3, 1e-2, Special{"auto"}});
    CHECK(scenario.find("lr")->isSweep);
    CHECK(scenario.find("start")->values == std::vector<Value>{PointValue{1, 2}, PointValue{3, 4}});
    CHECK(scenario.find("unstoppable")->values == std::vector<Value>{true, false});
    CHECK(scenarioOf({"lr=[0.1]"}).find("lr")->isSweep);
    CHECK(scenarioOf({R"(data=[a.txt,"b,c.txt"])"}).find("data")->values ==
          std::vector<Value>{std::string("a.txt"), std::string("b,c.txt")});
    Scenario shares;
    const Description& description = *registry().find("test.shares");
    REQUIRE(applyAssignment(shares, "matrix=[[1,2],[3,4]]", description).ok());
    CHECK_FALSE(shares.find("matrix")->isSweep);
    REQUIRE(applyAssignment(shares, "matrix=[[[1,2]],[[3],[4]]]", description).ok());
    CHECK(shares.find("matrix")->values.size() == 2);
}

TEST_CASE("assignment_seedAndDevice_areScenarios") {
    CHECK(scenarioOf({"seed=3"}).seeds == std::vector<std::uint64_t>{3});
    CHECK(scenarioOf({"seed=[0, 1,18446744073709551615]"}).seeds ==
          std::vector<std::uint64_t>{0, 1, 18446744073709551615u});
    CHECK(scenarioOf({"device=cuda"}).device == "cuda");
    for (const char* wrong : {"seed=", "seed=-1", "seed=1.5", "seed=[]", "seed=[1,x]", "seed=[[1]]",
                              "seed=18446744073709551616", "device=gpu"}) {
        refusal(wrong);
    }
}

TEST_CASE("assignment_wrong_isRefusedWithWhatWasExpected") {
    CHECK(refusal("stepz=3") == "unknown knob 'stepz' of test.descent (did you mean 'steps'?)");
    CHECK(refusal("banana=3") == "unknown knob 'banana' of test.descent "
                                 "(see psephos-cli describe test.descent)");
    CHECK(refusal("beta=3") ==
          "unknown knob 'beta' of test.descent (did you mean 'momentum.beta'?)");
    CHECK(refusal("steps").find("expected KNOB=VALUE") != std::string::npos);
    CHECK(refusal("=3").find("expected KNOB=VALUE") != std::string::npos);
    CHECK(refusal("steps=0") == "knob 'steps': '0' is below 1 (expected integer in 1 … 1e9)");
    CHECK(refusal("lr=[0.1,20]").find("'20' is above 10") != std::string::npos);
    CHECK(refusal("lr=[]").find("the list is empty") != std::string::npos);
    CHECK(refusal("lr=[0.1,[0.2]]").find("knob 'lr'") == 0);
    CHECK(refusal("lr=[0.1,").find("knob 'lr'") == 0);
    CHECK(refusal("data=[draft").find("a text that starts with '['") != std::string::npos);
    CHECK(refusal("start=[[1,2],3]").find("knob 'start'") == 0);
}

TEST_CASE("expand_defaults_isOneRun") {
    const std::vector<RunScenario> runs = runsOf({});
    REQUIRE(runs.size() == 1);
    CHECK(runs[0].experiment == "test.descent");
    CHECK(runs[0].knobs.all().size() == descent().knobs.size());
    CHECK(runs[0].varied.empty());
    CHECK(runs[0].seed == 0);
    CHECK(runs[0].device == "cpu");
}

TEST_CASE("expand_lists_firstWrittenOutermostThenSeeds") {
    const std::vector<RunScenario> runs = runsOf({"steps=[5,6]", "seed=[7,8]", "lr=[0.1,0.2]"});
    REQUIRE(runs.size() == 8);
    std::string order;
    for (const RunScenario& run : runs) {
        order += std::to_string(run.knobs.integer("steps")) + "/" + toText(run.knobs.real("lr")) +
                 "/" + std::to_string(run.seed) + " ";
    }
    CHECK(order == "5/0.1/7 5/0.1/8 5/0.2/7 5/0.2/8 6/0.1/7 6/0.1/8 6/0.2/7 6/0.2/8 ");
    CHECK(runs[0].varied == std::vector<std::string>{"steps", "lr", "seed"});
}

TEST_CASE("expand_knobsThatDoNotApply_makeNoRuns") {
    const std::vector<RunScenario> runs =
        runsOf({"optimizer=[plain,momentum]", "momentum.beta=[0.5,0.8]", "lr=auto"});
    REQUIRE(runs.size() == 3);
    CHECK(runs[0].knobs.text("optimizer") == "plain");
    CHECK(runs[0].knobs.real("momentum.beta") == 0.9); // its default
    CHECK(runs[0].varied == std::vector<std::string>{"optimizer"});
    CHECK(runs[1].knobs.real("momentum.beta") == 0.5);
    CHECK(runs[2].knobs.real("momentum.beta") == 0.8);
    CHECK(runs[2].varied == std::vector<std::string>{"optimizer", "momentum.beta"});
    CHECK(runs[0].knobs.real("lr") == 0.1);
    CHECK(runs[1].knobs.real("lr") == 0.01);
    using Specials = std::vector<std::pair<std::string, std::string>>;
    CHECK(runs[0].specials == Specials{{"lr", "auto"}});
    for (const RunScenario& run : runs) {
        for (const auto& [id, value] : run.knobs.all()) {
            CHECK_FALSE(std::holds_alternative<Special>(value));
        }
    }
}

TEST_CASE("expand_repeatedValues_areOneRun") {
    CHECK(runsOf({"lr=[0.1,0.1]", "seed=[1,1]"}).size() == 1);
    CHECK(runsOf({"lr=[0.1,auto]"}).size() == 1); // auto stands for 0.1 here
    CHECK(runsOf({"lr=[0.1,auto]"})[0].varied.empty());
}

TEST_CASE("expand_tooMany_isRefused") {
    Scenario scenario = scenarioOf({});
    scenario.sweep("steps", std::vector<Value>(1000, std::int64_t{5}));
    scenario.sweep("lr", std::vector<Value>(1000, 0.1));
    const auto runs = expand(scenario, descent());
    REQUIRE_FALSE(runs.ok());
    CHECK(runs.error().line() == "the scenario expands into 1e6 runs (at most 10000)");
}

TEST_CASE("expand_missingFileName_isRefusedWhereTheKnobApplies") {
    Description description = describeDescent();
    for (Knob& knob : description.knobs) {
        if (knob.id == "data") {
            knob.optional = false;
            knob.when = {{"optimizer", {"momentum"}}};
        }
    }
    // The preset runs momentum, too, and names no file.
    REQUIRE(validate(description).size() == 1);
    CHECK(validate(description)[0].find("does not expand: knob 'data'") != std::string::npos);
    CHECK(expand(scenarioOf({}), description).ok());
    const auto runs = expand(scenarioOf({"optimizer=momentum"}), description);
    REQUIRE_FALSE(runs.ok());
    CHECK(runs.error().line() == "knob 'data': is empty (expected file)");
}

TEST_CASE("expand_relativeFile_becomesAbsolute") {
    const std::vector<RunScenario> runs = runsOf({"data=here/a.txt"});
    CHECK(runs[0].knobs.text("data") == (std::filesystem::current_path() / "here/a.txt").string());
}

TEST_CASE("checkFiles_whatCannotBeRead_isNamed") {
    const Folder folder;
    const auto check = [](const std::filesystem::path& path) {
        const std::vector<RunScenario> runs = runsOf({"data=" + path.string()});
        return checkFiles(runs[0], descent());
    };
    CHECK(check(folder.write("a.txt", "x")).ok());
    CHECK(check("").ok());
    const Result<void> absent = check(folder.path() / "b.txt");
    REQUIRE_FALSE(absent.ok());
    CHECK(absent.error().message ==
          "knob 'data': no such file '" + (folder.path() / "b.txt").string() + "'");
    CHECK_FALSE(check(folder.path()).ok());
    CHECK_FALSE(check(folder.write("empty.txt", "")).ok());
}

TEST_CASE("scenario_roundTrip_keepsEverything") {
    const std::string text =
        R"({"experiment":"test.descent","knobs":{"optimizer":["plain","momentum"],"lr":"auto",)"
        R"("start":[[1.0,2.0]],"stepz":{"a":[1]}},"seed":[1,2],"device":"cuda","future":[null]})";
    const Result<Scenario> scenario = read(text);
    REQUIRE(scenario.ok());
    CHECK(scenario->warnings.size() == 2);
    CHECK(scenario->warnings[0] ==
          "unknown knob 'stepz' of test.descent is kept but does nothing (did you mean 'steps'?)");
    CHECK(scenario->warnings[1].find("unknown key 'future'") == 0);
    CHECK(scenario->find("start")->isSweep);
    CHECK(toJson(*scenario).dump() == text);
    const Result<Scenario> again = scenarioFromJson(toJson(*scenario), registry());
    REQUIRE(again.ok());
    CHECK(toJson(*again).dump() == text);
}

TEST_CASE("scenario_fromJson_badOnesAreRefused") {
    const auto refused = [](const std::string& text) {
        const Result<Scenario> scenario = read(text);
        CAPTURE(text);
        REQUIRE_FALSE(scenario.ok());
        return scenario.error().line();
    };
    CHECK(refused("[]").find("a scenario is a JSON object") == 0);
    CHECK(refused("{}").find("key 'experiment'") == 0);
    CHECK(refused(R"({"experiment":3})").find("key 'experiment'") == 0);
    CHECK(refused(R"({"experiment":"test.descend"})") ==
          "unknown experiment 'test.descend' (did you mean 'test.descent'?)");
    CHECK(refused(R"({"experiment":"test.descent","knobs":[]})").find("key 'knobs'") == 0);
    CHECK(refused(R"({"experiment":"test.descent","knobs":{"steps":"many"}})")
              .find("knob 'steps': '\"many\"' is not an integer") == 0);
    CHECK(refused(R"({"experiment":"test.descent","knobs":{"lr":-1}})")
              .find("knob 'lr': '-1' is below 1e-6") == 0);
    CHECK(refused(R"({"experiment":"test.descent","knobs":{"lr":[]}})").find("the list is empty") !=
          std::string::npos);
    CHECK(refused(R"({"experiment":"test.descent","seed":-1})").find("key 'seed'") == 0);
    CHECK(refused(R"({"experiment":"test.descent","seed":[]})").find("key 'seed'") == 0);
    CHECK(refused(R"({"experiment":"test.descent","seed":1.5})").find("key 'seed'") == 0);
    CHECK(refused(R"({"experiment":"test.descent","device":"gpu"})").find("key 'device'") == 0);
}

TEST_CASE("scenario_file_isWrittenAndReadBack") {
    const Folder folder;
    const Scenario scenario = scenarioOf({"lr=[0.1,0.2]", "seed=3"});
    REQUIRE(writeScenario(scenario, folder.path() / "a.json").ok());
    const Result<Scenario> again = readScenario(folder.path() / "a.json", registry());
    REQUIRE(again.ok());
    CHECK(toJson(*again) == toJson(scenario));
    const Result<Scenario> broken =
        readScenario(folder.write("b.json", "{\"experiment\":\n\"x\"}"), registry());
    REQUIRE_FALSE(broken.ok());
    CHECK(broken.error().place == (folder.path() / "b.json").string());
    CHECK_FALSE(readScenario(folder.path() / "c.json", registry()).ok());
    CHECK_FALSE(readScenario(folder.write("d.json", "{\"experiment\""), registry()).ok());
}

TEST_CASE("scenario_file_findsDataBesideItself") {
    const Folder folder;
    folder.write("words.txt", "x").string();
    const auto file = folder.write(
        "a.json", R"({"experiment":"test.descent","knobs":{"data":["words.txt","absent.txt"]}})");
    const Result<Scenario> scenario = readScenario(file, registry());
    REQUIRE(scenario.ok());
    CHECK(scenario->find("data")->values[0] == Value((folder.path() / "words.txt").string()));
    CHECK(scenario->find("data")->values[1] == Value(std::string("absent.txt")));
}

TEST_CASE("scenario_runDocument_isReadAsTheScenarioInIt") {
    const Json document = {
        {"id", 3}, {"scenario", toJson(runsOf({"lr=0.3", "seed=9"})[0])}, {"state", "finished"}};
    const Result<Scenario> scenario = scenarioFromJson(document, registry());
    REQUIRE(scenario.ok());
    CHECK(scenario->warnings.empty());
    CHECK(scenario->seeds == std::vector<std::uint64_t>{9});
    CHECK(scenario->find("lr")->values.front() == Value(0.3));
}

TEST_CASE("runScenario_roundTrip_keepsEverything") {
    for (const RunScenario& run : runsOf({"optimizer=[plain,momentum]", "lr=auto", "seed=[1,2]"})) {
        const Json strict = toJson(run);
        CHECK(strict.size() == 4);
        Result<RunScenario> again = runScenarioFromJson(strict, registry());
        REQUIRE(again.ok());
        CHECK(again->knobs == run.knobs);
        CHECK(again->seed == run.seed);
        CHECK(again->varied.empty());
        again = runScenarioFromJson(toRecord(run), registry());
        REQUIRE(again.ok());
        CHECK(toRecord(*again) == toRecord(run));
        CHECK(again->varied == run.varied);
        CHECK(again->specials == run.specials);
        // The same run as a scenario of its own.
        const Result<std::vector<RunScenario>> alone = expand(toScenario(run), descent());
        REQUIRE(alone.ok());
        REQUIRE(alone->size() == 1);
        CHECK(toJson((*alone)[0]) == strict);
    }
}

TEST_CASE("runScenario_ofAnotherVersion_isStillRead") {
    const auto json = Json::parse(
        R"({"experiment":"test.descent","knobs":{"steps":2000000000,"gone":3},"seed":1})");
    const Result<RunScenario> run = runScenarioFromJson(json, registry());
    REQUIRE(run.ok());
    CHECK(run->knobs.integer("steps") == 2000000000); // out of today's range
    CHECK(run->knobs.real("lr") == 0.05);
    CHECK_FALSE(run->knobs.contains("gone"));
    CHECK_FALSE(runScenarioFromJson(Json::parse(R"({"experiment":"x.y"})"), registry()).ok());
    CHECK_FALSE(runScenarioFromJson(
                    Json::parse(R"({"experiment":"test.descent","knobs":{"lr":true}})"), registry())
                    .ok());
}

TEST_CASE("commandLine_throughAShell_isTheSameScenario") {
    Scenario scenario = scenarioOf({"lr=[1e-3,auto]", "start=[[1,2],[-3,4]]", "optimizer=momentum",
                                    "steps=30", "seed=[1,2]", "device=cuda"});
    scenario.sweep("data", {std::string("it's $HOME/a b.txt"), std::string("[x],y"),
                            std::string("*"), std::string("\"")});
    const std::string line = commandLine(scenario, descent());
    std::vector<std::string> words = shellWords(line);
    REQUIRE(words.size() > 3);
    CHECK(words[0] == "psephos-cli");
    CHECK(words[1] == "run");
    CHECK(words[2] == "test.descent");
    CHECK(words[words.size() - 2] == "--device");
    Scenario again;
    again.experiment = words[2];
    again.device = words.back();
    for (std::size_t i = 3; i + 2 < words.size(); ++i) {
        CAPTURE(words[i]);
        REQUIRE(applyAssignment(again, words[i], descent()).ok());
    }
    CHECK(toJson(again) == toJson(scenario));
    CHECK(commandLine(scenarioOf({"steps=3", "seed=4"}), descent()) ==
          "psephos-cli run test.descent steps=3 --seed 4");
    CHECK(commandLine(scenarioOf({"lr=[0.1,0.2]"}), descent()) ==
          "psephos-cli run test.descent 'lr=[0.1,0.2]'");
    CHECK(commandLine(scenarioOf({"data=a b"}), descent()) ==
          "psephos-cli run test.descent 'data=a b'");
}

TEST_CASE("folderName_isSafeAndTellsWhatVaries") {
    const std::vector<RunScenario> runs = runsOf({"lr=[0.001,0.01]"});
    CHECK(folderName(1, runs[0]) == "001-lr=0.001");
    CHECK(folderName(2, runs[1]) == "002-lr=0.01");
    CHECK(folderName(1, runsOf({"lr=0.01"})[0]) == "001");
    CHECK(folderName(12, runsOf({"start=[[1,-2],[3,4]]", "seed=[5,6]"})[1]) ==
          "012-start=1,-2-seed=6");
    Scenario scenario = scenarioOf({});
    scenario.sweep("data",
                   {std::string("/a/../etc/pass wd?"), std::string(300, 'x'), std::string("κ..")});
    std::size_t number = 0;
    for (const RunScenario& run : expanded(scenario)) {
        const std::string folder = folderName(++number, run);
        CAPTURE(folder);
        CHECK(folder.size() <= 120);
        CHECK(folder.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                       "0123456789._=+,-") == std::string::npos);
        CHECK_FALSE(folder.ends_with('.'));
    }
    CHECK(folderName(1, expanded(scenario)[0]) == "001-data=pass_wd_");
}

TEST_CASE("appliesSomewhere_oneRunIsEnough") {
    const Knob& beta = *descent().knob("momentum.beta");
    CHECK_FALSE(appliesSomewhere(scenarioOf({}), descent(), beta));
    CHECK(appliesSomewhere(scenarioOf({"optimizer=[plain,momentum]"}), descent(), beta));
    CHECK(appliesSomewhere(scenarioOf({}), descent(), *descent().knob("lr")));
}

TEST_CASE("scenario_editing_setSweepReset") {
    Scenario scenario;
    scenario.set("a", 1.0);
    scenario.sweep("b", {1.0, 2.0});
    scenario.set("b", 3.0);
    CHECK_FALSE(scenario.find("b")->isSweep);
    CHECK(scenario.find("b")->values.size() == 1);
    scenario.reset("a");
    CHECK(scenario.find("a") == nullptr);
    CHECK(scenario.settings.size() == 1);
}
