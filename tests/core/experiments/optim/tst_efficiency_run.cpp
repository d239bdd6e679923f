// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/experiments/optim/keeper.hpp"
#include "experiments/optim/efficiency/efficiency.hpp"
#include "experiments/optim/efficiency/measured.hpp"
#include "lab/files/file.hpp"
#include "lab/files/json.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <map>

using namespace psephos;
using namespace psephos::experiments;
using namespace psephos::experiments::efficiency;
using test::Keeper;
using test::Settings;

namespace {

/// The error's line, or empty and the frames in `keeper`.
std::string run(const Settings& settings, Keeper& keeper) {
    static const lab::Description kDescription = describeEfficiency();
    const auto one = test::oneRun(kDescription, settings);
    INFO((one.ok() ? std::string() : one.error().line()));
    REQUIRE(one.ok());
    const std::atomic<bool> stop = false;
    lab::RunContext context(*one, 1, keeper, stop);
    context.clock().start();
    context.setStep(1);
    const auto computation = makeEfficiency();
    REQUIRE(computation->start(context).ok());
    const auto advanced = computation->advance(context);
    return advanced.ok() ? std::string() : advanced.error().line();
}

/// One run as run.json has it.
lab::Json runOf(const std::string& optimizer, int steps, double loss, double seconds,
                std::uint64_t seed = 0) {
    lab::Json run = lab::Json::object();
    run["scenario"] = {{"experiment", "optim.train"},
                       {"knobs",
                        {{"optimizer", optimizer},
                         {"steps", steps},
                         {"lr", optimizer == "soap" ? 0.01 : 0.003},
                         {"task", "char_lm"},
                         {"char_lm.layers", 2},
                         {"batch", 64},
                         {"schedule", "cosine"},
                         {"soap.f", optimizer == "soap" ? 5 : 10}}}};
    run["scenario"]["seed"] = seed;
    run["scenario"]["device"] = "cpu";
    run["state"] = "finished";
    run["clock"] = {{"seconds", seconds}};
    run["final"] = {{"loss/validation", loss}};
    return run;
}

/// A baseline of 1000 steps with loss 2.90 and the known challenger, of three seeds each.
lab::Json knownRuns() {
    lab::Json runs = lab::Json::array();
    const std::vector<std::pair<int, double>> known{
        {500, 2.93941125}, {625, 2.90357866}, {750, 2.87712813}, {875, 2.85657079}, {1000, 2.84}};
    std::uint64_t seed = 0;
    for (const double luck : {-0.01, 0.0, 0.02}) {
        runs.push_back(runOf("adamw", 1000, 2.90 + luck, 10, seed));
        runs.push_back(runOf("adamw", 500, 2.95 + luck, 5, seed));
        for (const auto& [steps, loss] : known) {
            runs.push_back(runOf("soap", steps, loss + luck, steps * 0.0108, seed));
        }
        ++seed;
    }
    return runs;
}

std::string written(const lab::Json& json) {
    const auto file = std::filesystem::temp_directory_path() /
                      ("psephos-efficiency-" + std::to_string(::getpid()) + ".json");
    REQUIRE(lab::writeFile(file, json.dump()).ok());
    return file.string();
}

} // namespace

TEST_CASE("efficiency_typedExample_isAnsweredAndDrawn") {
    Keeper keeper;
    REQUIRE(run({}, keeper).empty());
    CHECK(keeper.last("saving/share") == doctest::Approx(0.64).epsilon(1e-6));
    CHECK(keeper.last("saving/steps") == doctest::Approx(0.36).epsilon(1e-5));
    CHECK(keeper.last("saving/time") == doctest::Approx(0.3088).epsilon(1e-5));
    CHECK(keeper.notes.at("benefit").kind == lab::NoteKind::Certificate);
    CHECK(keeper.frames.contains("share"));
    CHECK_FALSE(keeper.notes.contains("seeds"));
}

TEST_CASE("efficiency_whatCannotBeAnswered_claimsNothing") {
    Keeper keeper;
    REQUIRE(run({{"baseline_loss", 2.5}}, keeper).empty());
    CHECK_FALSE(keeper.frames.contains("saving/steps"));
    CHECK_FALSE(keeper.frames.contains("share"));
    CHECK(keeper.frames.contains("measured"));
    CHECK(keeper.frames.contains("law")); // the fit is shown, no saving is
    CHECK(keeper.notes.at("benefit").kind == lab::NoteKind::Warning);
    CHECK(keeper.notes.at("benefit").text.starts_with("No saving is claimed"));
    Keeper few;
    REQUIRE(
        run({{"fractions", std::string("0.5 0.7 1")}, {"losses", std::string("3 2.9 2.8")}}, few)
            .empty());
    CHECK(few.notes.at("benefit").text.find("at least four") != std::string::npos);
    Keeper none;
    REQUIRE(run({{"fractions", std::string()}, {"losses", std::string()}}, none).empty());
    CHECK(none.notes.at("benefit").kind == lab::NoteKind::Warning);
}

TEST_CASE("efficiency_lists_areCheckedByName") {
    Keeper keeper;
    CHECK(run({{"losses", std::string("1, 2, x")}}, keeper).find("losses: 'x'") !=
          std::string::npos);
    CHECK(run({{"losses", std::string("1, 2")}}, keeper).find("2 numbers for 5") !=
          std::string::npos);
    CHECK(run({{"losses", std::string("1, 2, 3, 4, nan")}}, keeper).find("'nan'") !=
          std::string::npos);
    CHECK(run({{"fractions", std::string("0, 1, 2, 3, 4")}}, keeper).find("above 0") !=
          std::string::npos);
}

TEST_CASE("efficiency_runsOfAFile_areTakenByTheirMedians") {
    const std::string file = written(knownRuns());
    Keeper keeper;
    REQUIRE(run({{"source", std::string("file")}, {"runs", file}}, keeper).empty());
    CHECK(keeper.last("saving/share") == doctest::Approx(0.64).epsilon(1e-6));
    CHECK(keeper.last("time/ratio") == doctest::Approx(1.08));
    CHECK(keeper.last("saving/time") == doctest::Approx(0.3088).epsilon(1e-5));
    CHECK_FALSE(keeper.notes.contains("seeds"));
    std::filesystem::remove(file);
}

TEST_CASE("efficiency_severalRates_theBestOfEachLengthCounts") {
    lab::Json runs = knownRuns();
    for (const lab::Json& run : knownRuns()) {
        lab::Json worse = run;
        worse["scenario"]["knobs"]["lr"] = 1.0;
        worse["final"]["loss/validation"] = run["final"]["loss/validation"].get<double>() + 1;
        runs.push_back(worse);
    }
    const std::string file = written(runs);
    const auto measured = measuredFromFile(file, "", "adamw");
    std::filesystem::remove(file);
    REQUIRE(measured.ok());
    CHECK(measured->seeds == 3);
    CHECK(measured->baselineLoss == doctest::Approx(2.90));
    CHECK(measured->points.front().loss == doctest::Approx(2.93941125));
}

TEST_CASE("efficiency_runsThatDoNotCompare_areRefusedByName") {
    const auto refusal = [](const lab::Json& runs, const std::string& challenger = "",
                            const std::string& baseline = "adamw") {
        const std::string file = written(runs);
        const auto measured = measuredFromFile(file, challenger, baseline);
        std::filesystem::remove(file);
        return measured.ok() ? std::string() : measured.error().line();
    };
    CHECK(refusal(knownRuns()).empty());
    auto batch = knownRuns();
    batch[3]["scenario"]["knobs"]["batch"] = 32;
    CHECK(refusal(batch).find("'batch'") != std::string::npos);
    auto model = knownRuns();
    model[3]["scenario"]["knobs"]["char_lm.layers"] = 3;
    CHECK(refusal(model).find("'char_lm.layers'") != std::string::npos);
    auto constant = knownRuns();
    constant[2]["scenario"]["knobs"]["schedule"] = "constant";
    CHECK(refusal(constant).find("run 3") != std::string::npos);
    auto three = knownRuns();
    three.push_back(runOf("muon", 1000, 2.8, 9));
    CHECK(refusal(three).find("name one") != std::string::npos);
    CHECK(refusal(three, "muon").empty());
    CHECK(refusal(three, "lion").find("'lion'") != std::string::npos);
    CHECK(refusal(knownRuns(), "", "sgd").find("'sgd'") != std::string::npos);
    CHECK(refusal(lab::Json::array()).find("no finished run") != std::string::npos);
    CHECK(refusal(lab::Json::array({1})).find("run 1") != std::string::npos);
    CHECK(refusal("text").find("run 1") != std::string::npos);
    CHECK(measuredFromFile("", "", "adamw").error().message.starts_with("runs:"));
    auto mistyped = knownRuns();
    mistyped[1]["state"] = 3;
    mistyped[2]["clock"]["seconds"] = "long";
    CHECK(refusal(mistyped).empty()); // one run less, and one without its time
    mistyped[3]["scenario"]["experiment"] = 4;
    CHECK(refusal(mistyped).find("run 4") != std::string::npos);
    auto device = knownRuns();
    device[5]["scenario"]["device"] = "cuda";
    CHECK(refusal(device).find("'device'") != std::string::npos);
    auto lost = knownRuns();
    lost[4]["final"]["diverged_at"] = 30;
    const std::string file = written(lost);
    const auto measured = measuredFromFile(file, "", "adamw");
    REQUIRE(measured.ok());
    CHECK(measured->leftAside.size() == 1);
    std::filesystem::remove(file);
    CHECK_FALSE(measuredFromFile("/nowhere/runs.json", "", "adamw").ok());
}
