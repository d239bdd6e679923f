// SPDX-License-Identifier: GPL-3.0-or-later
// What a run of optim.train emits, and what it refuses.
#include "core/experiments/optim/train_harness.hpp"

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <set>

using namespace psephos;
using namespace psephos::test;

namespace {

const char* const kOptimizers[] = {"sgd",  "adamw",     "shampoo", "soap",
                                   "muon", "adafactor", "lion",    "schedule_free"};

std::string startError(const Settings& settings, const std::string& device = "cpu") {
    lab::RunScenario scenario = tinyScenario(settings);
    scenario.device = device;
    Keeper keeper;
    Session session(scenario, keeper);
    const auto started = session.start();
    REQUIRE_FALSE(started.ok());
    return started.error().line();
}

} // namespace

TEST_CASE("train_run_emitsARowAStepAndValidationsWhereDeclared") {
    const Keeper keeper = runAll(tinyScenario({{"optimizer", word("soap")}}));
    std::vector<std::int64_t> all(12);
    std::iota(all.begin(), all.end(), 1);
    for (const char* channel :
         {"loss/train", "lr", "norm/gradient", "norm/update", "time/gradient", "time/optimizer"}) {
        CHECK_MESSAGE(keeper.steps(channel) == all, channel);
    }
    CHECK(keeper.steps("loss/validation") == std::vector<std::int64_t>{0, 5, 10, 12});
    CHECK(keeper.steps("accuracy/validation") == std::vector<std::int64_t>{0, 5, 10, 12});
    CHECK(keeper.steps("loss/unigram") == std::vector<std::int64_t>{0});
    REQUIRE(keeper.samples.size() == 4);
    CHECK(keeper.samples[3].first == 12);
    CHECK(keeper.samples[0].second != keeper.samples[3].second);
    std::set<std::string> declared;
    for (const lab::Channel& channel : trainDescription().channels) {
        declared.insert(channel.id);
    }
    for (const auto& [channel, rows] : keeper.rows) {
        CHECK_MESSAGE(declared.count(channel) == 1, channel);
    }
    // SOAP's first call changes nothing.
    CHECK(keeper.rows.at("norm/update")[0].second > 0.0); // its AdamW does move the rest
}

TEST_CASE("train_firstWeights_areDrawnAsAsked") {
    // Scores of small weights are nearly equal: the guess is nearly uniform.
    const auto before = [](const Settings& settings) {
        return runAll(tinyScenario(settings)).rows.at("loss/validation").front().second;
    };
    const auto text = datasets::sharedText("");
    REQUIRE(text.ok());
    const double uniform = std::log(static_cast<double>((*text)->alphabet().size()));
    const auto even = word("even");
    CHECK(before({{"char_lm.start", even}}) == doctest::Approx(uniform).epsilon(0.005));
    CHECK(before({{"char_lm.start", even}, {"char_lm.deviation", 0.5}}) > uniform + 0.2);
    CHECK(before({}) > uniform + 0.05);
}

TEST_CASE("train_everyTaskAndOptimizer_runsAndLowersTheLoss") {
    for (const char* task :
         {"char_lm", "image_classifier", "mnist1d", "conv", "matrix_factorisation"}) {
        const bool isMatrix = std::string(task) == "matrix_factorisation";
        for (const char* optimizer : kOptimizers) {
            CAPTURE(task);
            CAPTURE(optimizer);
            // The recorded rates are for the size of the default.
            const Keeper keeper =
                runAll(tinyScenario({{"task", word(task)},
                                     {"optimizer", word(optimizer)},
                                     {"batch", std::int64_t{isMatrix ? 1024 : 16}},
                                     {"matrix_factorisation.rows", std::int64_t{128}},
                                     {"matrix_factorisation.columns", std::int64_t{96}},
                                     {"matrix_factorisation.start", 0.5},
                                     {"steps", std::int64_t{isMatrix ? 120 : 60}}}));
            const auto& validation = keeper.rows.at("loss/validation");
            CHECK(validation.back().second < validation.front().second - 0.02);
            CHECK(keeper.notes.count("diverged") == 0);
            CHECK(keeper.rows.count("loss/unigram") == (std::string(task) == "char_lm" ? 1 : 0));
        }
    }
}

TEST_CASE("train_matrix_hasDirectionsAndNoAccuracy") {
    const Keeper keeper = runAll(
        tinyScenario({{"task", word("matrix_factorisation")}, {"optimizer", word("adamw")}}));
    CHECK(keeper.rows.count("accuracy/validation") == 0);
    CHECK(keeper.rows.count("loss/unigram") == 0);
    CHECK(keeper.steps("loss/best_of_rank") == std::vector<std::int64_t>{0});
    CHECK(keeper.rows.at("loss/best_of_rank")[0].second <
          keeper.rows.at("loss/validation")[0].second);
    const auto& directions = keeper.tables.at("directions");
    REQUIRE(directions.size() == 4); // with each look at the held-out entries
    CHECK(directions[3].first == 12);
    CHECK(directions[3].second.numbers(0) == std::vector<double>{1, 2, 3, 4, 5, 6});
    CHECK(keeper.samples[0].second.find(", says") != std::string::npos);
    const Keeper images =
        runAll(tinyScenario({{"task", word("conv")}, {"optimizer", word("adamw")}}));
    CHECK(images.tables.count("directions") == 0);
    CHECK(images.steps("accuracy/validation") == std::vector<std::int64_t>{0, 5, 10, 12});
}

TEST_CASE("train_muonScaleOfFilters_isThatOfTheKnob") {
    // The second bank is [8, 4·3·3]: as a matrix it is wide, s = 1, and so is a filter of 3 x 3; a
    // tall one, [8, 1·3·3] … [16, 1·3·3], tells them apart.
    const auto updateOf = [](const char* scale) {
        const Keeper keeper = runAll(tinyScenario({{"task", word("conv")},
                                                   {"optimizer", word("muon")},
                                                   {"conv.width", std::int64_t{1}},
                                                   {"conv.layers", std::int64_t{6}},
                                                   {"muon.conv_scale", word(scale)},
                                                   {"muon.scale", word("spectral")},
                                                   {"steps", std::int64_t{1}}}));
        return keeper.rows.at("norm/update")[0].second;
    };
    CHECK(updateOf("matrix") > 1.5 * updateOf("filter"));
}

TEST_CASE("train_sameSeed_startsAllOptimizersFromTheSameLossOnTheSameData") {
    std::set<double> firstTrain;
    std::set<double> firstValidation;
    for (const char* optimizer : kOptimizers) {
        const Keeper keeper =
            runAll(tinyScenario({{"optimizer", word(optimizer)}, {"steps", std::int64_t{1}}}));
        firstTrain.insert(keeper.rows.at("loss/train")[0].second);
        firstValidation.insert(keeper.rows.at("loss/validation")[0].second);
    }
    CHECK(firstTrain.size() == 1);
    CHECK(firstValidation.size() == 1);
    const Keeper other =
        runAll(tinyScenario({{"optimizer", word("sgd")}, {"steps", std::int64_t{1}}}, 1));
    CHECK(firstTrain.count(other.rows.at("loss/train")[0].second) == 0);
}

TEST_CASE("train_repeated_isBitForBitTheSame") {
    for (const char* task : {"char_lm", "conv", "matrix_factorisation"}) {
        for (const char* optimizer : kOptimizers) {
            const auto scenario =
                tinyScenario({{"task", word(task)}, {"optimizer", word(optimizer)}});
            CHECK(runAll(scenario).untimed() == runAll(scenario).untimed());
        }
    }
}

TEST_CASE("train_schedule_isWhatTheChannelSays") {
    const Keeper keeper = runAll(tinyScenario({{"optimizer", word("sgd")},
                                               {"schedule", word("linear")},
                                               {"lr", 0.5},
                                               {"warmup", std::int64_t{2}},
                                               {"floor", 0.0}}));
    const auto& rates = keeper.rows.at("lr");
    CHECK(rates[0].second == doctest::Approx(0.25));
    CHECK(rates[1].second == doctest::Approx(0.5));
    CHECK(rates[6].second == doctest::Approx(0.25));
    CHECK(rates[11].second == doctest::Approx(0.0));
}

TEST_CASE("train_divergence_endsTheRunAsAResult") {
    const auto scenario =
        tinyScenario({{"optimizer", word("sgd")}, {"lr", 100.0}, {"steps", std::int64_t{200}}});
    Keeper keeper;
    Session session(scenario, keeper);
    REQUIRE(session.start().ok());
    CHECK(session.advanceTo(200) == lab::Advance::Done);
    CHECK(session.context().step() < 200);
    CHECK_FALSE(std::isfinite(keeper.rows.at("loss/train").back().second));
    CHECK(keeper.notes.count("diverged") == 1);
}

TEST_CASE("train_liveLearningRate_countsFromTheNextStep") {
    Keeper keeper;
    Session session(tinyScenario({{"schedule", word("constant")}, {"lr", 0.01}}), keeper);
    REQUIRE(session.start().ok());
    session.advanceTo(4);
    session.context().setKnob("lr", 0.02);
    session.advanceTo(6);
    CHECK(keeper.rows.at("lr")[3].second == 0.01);
    CHECK(keeper.rows.at("lr")[4].second == 0.02);
}

TEST_CASE("train_badInput_isNamed") {
    const auto has = [](const std::string& text, const char* part) {
        return text.find(part) != std::string::npos;
    };
    CHECK(has(startError({{"data", word("/nowhere/at/all.txt")}}), "/nowhere/at/all.txt"));
    CHECK(
        has(startError({{"char_lm.heads", std::int64_t{64}}, {"char_lm.width", std::int64_t{96}}}),
            "char_lm.heads"));
    const auto file = std::filesystem::temp_directory_path() / "psephos-train-short.txt";
    std::ofstream(file) << "a short text of some words";
    CHECK(has(startError({{"data", file.string()}}), "char_lm.context"));
    CHECK(has(startError({{"task", word("image_classifier")}, {"data", file.string()}}),
              "psephos-train-short.txt"));
    CHECK(has(startError({{"task", word("matrix_factorisation")},
                          {"matrix_factorisation.rank", std::int64_t{17}}}),
              "matrix_factorisation.rank"));
    std::filesystem::remove(file);
    // Rows that are no images, and records that are none.
    const auto table = std::filesystem::temp_directory_path() / "psephos-train-table.csv";
    {
        std::ofstream out(table);
        for (int i = 0; i < 30; ++i) {
            out << i << ",2," << i % 3 << "\n";
        }
    }
    const std::string rows = startError({{"task", word("conv")}, {"data", table.string()}});
    CHECK(has(rows, "psephos-train-table.csv"));
    CHECK(has(rows, "not images"));
    std::filesystem::remove(table);
    const auto cut = std::filesystem::temp_directory_path() / "psephos-train-cut.bin";
    std::ofstream(cut, std::ios::binary) << std::string(3072, '\x02');
    CHECK(has(startError({{"task", word("conv")}, {"data", cut.string()}}), "truncated"));
    std::filesystem::remove(cut);
}

TEST_CASE("train_colourImagesOfAFile_areTrainedOn") {
    // Red pictures and green ones.
    const auto file = std::filesystem::temp_directory_path() / "psephos-train-batch.bin";
    {
        std::ofstream out(file, std::ios::binary);
        for (int i = 0; i < 60; ++i) {
            out << static_cast<char>(i % 2)
                << std::string(1024, static_cast<char>(i % 2 == 0 ? 200 : i))
                << std::string(1024, static_cast<char>(i % 2 == 0 ? i : 200))
                << std::string(1024, '\x05');
        }
    }
    const Keeper keeper = runAll(tinyScenario({{"task", word("conv")},
                                               {"data", file.string()},
                                               {"lr", 0.01},
                                               {"optimizer", word("adamw")},
                                               {"batch", std::int64_t{16}},
                                               {"steps", std::int64_t{20}}}));
    CHECK(keeper.rows.at("accuracy/validation").back().second == 1.0);
    std::filesystem::remove(file);
}

TEST_CASE("train_fileOfAText_isTrainedOn") {
    const auto file = std::filesystem::temp_directory_path() / "psephos-train-text.txt";
    {
        std::ofstream out(file);
        for (int i = 0; i < 300; ++i) {
            out << "one two three, ";
        }
    }
    const Keeper keeper = runAll(tinyScenario({{"data", file.string()},
                                               {"lr", 0.02},
                                               {"batch", std::int64_t{16}},
                                               {"steps", std::int64_t{60}}}));
    CHECK(keeper.rows.at("loss/validation").back().second <
          keeper.rows.at("loss/unigram").back().second - 0.5);
    std::filesystem::remove(file);
}

TEST_CASE("train_validation_isOffTheClock") {
    // One window a step, but sixty-four at each look at the held-out data: validation is nearly all
    // of the wall time.
    Keeper keeper;
    Session session(tinyScenario({{"char_lm.width", std::int64_t{64}},
                                  {"char_lm.context", std::int64_t{64}},
                                  {"batch", std::int64_t{1}},
                                  {"validate_every", std::int64_t{1}}}),
                    keeper);
    const auto begin = std::chrono::steady_clock::now();
    session.context().clock().start();
    REQUIRE(session.start().ok());
    session.advanceTo(12);
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
    double spent = 0.0;
    for (const char* channel : {"time/gradient", "time/optimizer"}) {
        for (const auto& [step, milliseconds] : keeper.rows.at(channel)) {
            spent += milliseconds / 1000.0;
        }
    }
    CHECK(session.context().clock().seconds() >= spent);
    CHECK(session.context().clock().seconds() < 0.6 * wall.count());
}
