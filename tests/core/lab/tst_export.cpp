// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lab/lab_fixture.hpp"
#include "lab/files/csv.hpp"
#include "lab/files/export.hpp"
#include "lab/files/file.hpp"
#include "lab/files/json.hpp"

#include <sys/resource.h>

#include <bit>
#include <cmath>
#include <csignal>
#include <fstream>
#include <limits>
#include <set>

using namespace psephos::lab;
using namespace psephos::test;

namespace {

std::vector<std::vector<std::string>> readCsv(const std::filesystem::path& file) {
    const auto text = readFile(file);
    REQUIRE_MESSAGE(text.ok(), errorOf(text));
    std::vector<std::vector<std::string>> rows;
    CsvReader reader(*text);
    while (*reader.next()) {
        rows.emplace_back(reader.cells().begin(), reader.cells().end());
    }
    return rows;
}

bool isSame(double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) ||
           (std::isnan(a) && std::isnan(b));
}

} // namespace

TEST_CASE("exportRuns_sweep_writesAFolderARunAndAFileAChannel") {
    const TestFolder folder;
    const auto workbench = openWorkbench();
    Scenario scenario = descent(30);
    scenario.sweep("lr", {0.1, 0.01});
    const auto comparison = workbench->start(scenario);
    REQUIRE(comparison.ok());
    std::vector<RunId> ids;
    for (const RunPtr& run : comparison->runs) {
        workbench->wait(run->id());
        ids.push_back(run->id());
    }
    const auto out = folder / "out";
    REQUIRE(workbench->exportRuns(ids, out).ok());
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(out)) {
        names.insert(entry.path().filename().string());
    }
    CHECK(names == std::set<std::string>{"001-lr=0.1", "002-lr=0.01"});
    names.clear();
    for (const auto& entry : std::filesystem::directory_iterator(out / "002-lr=0.01")) {
        names.insert(entry.path().filename().string());
    }
    CHECK(names == std::set<std::string>{"field.json", "loss.train.csv", "lr.csv", "path.csv",
                                         "run.json", "story.json"});

    const RunPtr run = comparison->runs[1];
    const auto samples = samplesOf(*run, "loss/train");
    const auto rows = readCsv(out / "002-lr=0.01/loss.train.csv");
    REQUIRE(rows.size() == samples.size() + 1);
    CHECK(rows[0] == std::vector<std::string>{"step", "seconds", "value"});
    for (std::size_t i = 0; i < samples.size(); ++i) {
        CHECK(rows[i + 1][0] == std::to_string(samples[i].step));
        CHECK(isSame(*parseNumber(rows[i + 1][1]), samples[i].seconds));
        CHECK(isSame(*parseNumber(rows[i + 1][2]), samples[i].value));
    }
    const auto path = readCsv(out / "002-lr=0.01/path.csv");
    CHECK(path[0] == std::vector<std::string>{"step", "seconds", "x", "y", "name"});
    CHECK(path.size() == 32);
    CHECK(path[1][4] == "a,b");
    CHECK(isSame(*parseNumber(path[1][2]), 1));

    const auto field = readJson(out / "002-lr=0.01/field.json");
    REQUIRE(field.ok());
    REQUIRE(field->size() == 1);
    CHECK(field->at(0).at("step") == 0);
    CHECK(field->at(0).at("x") == Json::array({-1, 0, 1}));
    CHECK(field->at(0).at("y") == Json::array({"low", "high"}));
    CHECK(field->at(0).at("values") ==
          Json::array({Json::array({4, 3, 4}), Json::array({13, nullptr, 13})}));
    const auto story = readJson(out / "002-lr=0.01/story.json");
    REQUIRE(story.ok());
    REQUIRE(story->size() == 4);
    CHECK(story->at(0).at("text") == "once, \"upon\" a time");
    CHECK(story->at(3).at("step") == 30);
}

TEST_CASE("runDocument_run_holdsExactlyTheKeysOfRunJson") {
    const auto workbench = openWorkbench();
    Scenario scenario = descent(20);
    scenario.set("diverge_at", std::int64_t{5});
    const RunPtr run = runOne(*workbench, scenario);
    const Json document = runDocument(*run);
    std::vector<std::string> keys;
    for (const auto& [key, value] : document.items()) {
        keys.push_back(key);
    }
    CHECK(keys == std::vector<std::string>{"id", "comparison", "scenario", "state", "versions",
                                           "threads", "clock", "final"});
    keys.clear();
    for (const auto& [key, value] : document.at("scenario").items()) {
        keys.push_back(key);
    }
    CHECK(keys == std::vector<std::string>{"experiment", "knobs", "seed", "device"});
    CHECK(document.at("scenario").at("knobs").size() == run->description().knobs.size());
    CHECK(document.at("state") == "finished");
    CHECK(document.at("final").at("loss/train").is_null()); // infinite
    CHECK(document.at("final").at("diverged_at") == 5);
    CHECK(document.at("final").at("lr") == 0.05);
    CHECK(document.at("clock").at("seconds").get<double>() >= 0);
    CHECK(document.at("versions").contains("psephos"));
    CHECK(document.at("threads").get<int>() >= 1);
}

TEST_CASE("exportRuns_valuesOfEveryKind_readBackBitForBit") {
    const TestFolder folder;
    const Description description = describeDescent();
    RunScenario scenario;
    scenario.experiment = description.id;
    scenario.knobs = KnobValues(description.knobs);
    const auto run = std::make_shared<Run>(1, 1, description, scenario, 1);
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    const std::vector<double> values = {0.1,
                                        -0.0,
                                        1.0 / 3,
                                        5e-324,
                                        std::numeric_limits<double>::max(),
                                        kInfinity,
                                        -kInfinity,
                                        std::numeric_limits<double>::quiet_NaN(),
                                        123456789012345678.0};
    std::int64_t step = 0;
    Table empty;
    empty.columns = {std::vector<double>(), std::vector<double>(), std::vector<std::string>()};
    run->accept("path", {0, 0, std::make_shared<const Table>(empty)});
    for (const double value : values) {
        run->accept("loss/train", {step++, 0.5, value});
    }
    Grid grid;
    grid.x.at = {0.1, kInfinity};
    grid.y.names = {"π \"quoted\""};
    grid.values = {-0.0, 1.0 / 3};
    run->accept("field", {0, 0, std::make_shared<const Grid>(grid)});
    REQUIRE(exportRuns({run}, folder / "out").ok());
    const auto rows = readCsv(folder / "out/001/loss.train.csv");
    REQUIRE(rows.size() == values.size() + 1);
    for (std::size_t i = 0; i < values.size(); ++i) {
        CHECK(isSame(*parseNumber(rows[i + 1][2]), values[i]));
    }
    CHECK(rows[6][2] == "inf");
    CHECK(rows[7][2] == "-inf");
    CHECK(rows[8][2] == "nan");
    CHECK(readCsv(folder / "out/001/path.csv").size() == 1);
    const auto field = readJson(folder / "out/001/field.json");
    REQUIRE(field.ok());
    CHECK(field->at(0).at("x").at(1).is_null());
    CHECK(isSame(field->at(0).at("values").at(0).at(0).get<double>(), -0.0));
    CHECK(isSame(field->at(0).at("values").at(0).at(1).get<double>(), 1.0 / 3));
    CHECK(field->at(0).at("y").at(0) == "π \"quoted\"");
    CHECK(readJson(folder / "out/001/story.json")->empty());
}

TEST_CASE("exportRuns_directoryInTheWay_isRefusedBeforeAnythingIsWritten") {
    const TestFolder folder;
    const auto workbench = openWorkbench();
    const RunPtr run = runOne(*workbench, descent(3));
    std::ofstream(folder / "file") << "x";
    std::filesystem::create_directory(folder / "full");
    std::ofstream(folder / "full/mine.txt") << "x";
    std::filesystem::create_directory(folder / "empty");
    const auto refused = [&](const std::filesystem::path& out, const std::string& why) {
        const auto exported = workbench->exportRuns({run->id()}, out);
        REQUIRE_FALSE(exported.ok());
        CHECK(exported.error().line().find(why) != std::string::npos);
        CHECK(exported.error().line().find(out.string()) != std::string::npos);
    };
    refused(folder / "file", "not a folder");
    refused(folder / "full", "not empty");
    refused(folder / "file/out", "could not be written");
    CHECK(std::distance(std::filesystem::directory_iterator(folder / "full"), {}) == 1);
    CHECK(workbench->exportRuns({run->id()}, folder / "empty").ok());
    CHECK(workbench->exportRuns({run->id()}, folder / "deep/er").ok());
    CHECK_FALSE(workbench->exportRuns({99}, folder / "none").ok());
    CHECK_FALSE(std::filesystem::exists(folder / "none"));
}

TEST_CASE("exportRuns_fileThatCannotGrow_isAnErrorThatNamesIt") {
    const TestFolder folder;
    const auto workbench = openWorkbench();
    const RunPtr run = runOne(*workbench, descent(500));
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const auto handler = ::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{4096, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    const auto exported = exportRuns({run}, folder / "out");
    ::setrlimit(RLIMIT_FSIZE, &before);
    ::signal(SIGXFSZ, handler);
    REQUIRE_FALSE(exported.ok());
    CHECK(exported.error().line().find("loss.train.csv: could not be written") !=
          std::string::npos);
}
