// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/experiments/optim/keeper.hpp"
#include "experiments/optim/surface/knobs.hpp"
#include "experiments/optim/surface/learning_rates.hpp"
#include "experiments/optim/surface/surface.hpp"
#include "experiments/optim/surface/words.hpp"
#include "timing.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>

using namespace psephos;
using namespace psephos::experiments;
using test::Keeper;
using test::Settings;

namespace {

lab::RunScenario scenario(const Settings& settings, std::uint64_t seed = 0) {
    static const lab::Description kDescription = describeSurface();
    const auto one = test::oneRun(kDescription, settings, seed);
    INFO((one.ok() ? std::string() : one.error().line()));
    REQUIRE(one.ok());
    return *one;
}

Keeper run(const Settings& settings, std::uint64_t seed = 0) {
    const lab::RunScenario one = scenario(settings, seed);
    Keeper keeper;
    const std::atomic<bool> stop = false;
    lab::RunContext context(one, 1, keeper, stop);
    context.clock().start();
    const auto computation = makeSurface();
    REQUIRE(computation->start(context).ok());
    for (std::int64_t step = 1;; ++step) {
        context.setStep(step);
        const auto advanced = computation->advance(context);
        REQUIRE(advanced.ok());
        if (*advanced == lab::Advance::Done) {
            return keeper;
        }
    }
}

lab::Value word(const char* text) {
    return std::string(text);
}

constexpr std::int64_t operator""_i(unsigned long long number) {
    return static_cast<std::int64_t>(number);
}

const std::vector<const char*> kOptimizers{"sgd",  "adamw",     "shampoo", "soap",
                                           "muon", "adafactor", "lion",    "schedule_free"};
const std::vector<const char*> kSurfaces{"rosenbrock", "beale", "himmelblau",
                                         "rastrigin",  "booth", "quadratic"};

} // namespace

TEST_CASE("surface_description_isSound") {
    const lab::Description description = describeSurface();
    for (const std::string& fault : lab::validate(description)) {
        FAIL_CHECK(fault);
    }
    CHECK(description.lane == lab::Lane::Reactive);
}

TEST_CASE("surface_frames_areOnePerStepFromStepZero") {
    const Keeper keeper = run({{"steps", 40_i}, {"start", lab::PointValue{0.5, -1.0}}});
    REQUIRE(keeper.frames.at("loss").size() == 41);
    REQUIRE(keeper.frames.at("path").size() == 41);
    for (std::size_t i = 0; i <= 40; ++i) {
        CHECK(keeper.frames.at("loss")[i].step == static_cast<std::int64_t>(i));
        const lab::Table& point = keeper.table("path", i);
        CHECK(keeper.at("loss", i) ==
              optim::textbook::Surface(optim::textbook::SurfaceKind::Rosenbrock)
                  .value({point.numbers(0)[0], point.numbers(1)[0]}));
    }
    CHECK(keeper.table("path", 0).numbers(0)[0] == 0.5);
    CHECK(keeper.table("path", 0).numbers(1)[0] == -1.0);
    CHECK(keeper.frames.at("landscape").size() == 1);
    CHECK(keeper.frames.at("note").size() == 1);
    CHECK(keeper.table("minima", 0).texts(2)[0] == "minimum (1, 1)");
    for (const auto& [channel, frames] : keeper.frames) {
        CHECK(describeSurface().channel(channel) != nullptr);
    }
}

TEST_CASE("surface_goldenLoops_areMet") {
    // Source: the closed loops of the specification (§5): f after so many calls.
    struct Loop {
        Settings settings;
        std::int64_t calls;
        double expected;
    };

    const lab::Value start = lab::PointValue{-1.2, 1.0};
    const std::vector<Loop> loops{
        {{{"optimizer", word("sgd")}, {"sgd.lr", 1e-3}, {"sgd.momentum", 0.0}, {"start", start}},
         1000,
         0.45352902482768304},
        {{{"optimizer", word("sgd")}, {"sgd.lr", 2e-4}, {"start", start}}, 100, 3.2666269143294593},
        {{{"optimizer", word("adamw")},
          {"adamw.lr", 0.02},
          {"adamw.beta2", 0.999},
          {"start", start}},
         1000,
         0.12570365240968367},
        {{{"optimizer", word("soap")}, {"soap.lr", 0.02}, {"start", start}},
         100,
         2.0657394588751172},
        {{{"optimizer", word("shampoo")},
          {"shampoo.lr", 0.05},
          {"shampoo.beta2", 0.999},
          {"surface", word("quadratic")},
          {"start", lab::PointValue{1.0, 1.0}}},
         100,
         0.0012347135178854558},
    };
    for (const Loop& loop : loops) {
        Settings settings = loop.settings;
        settings.emplace_back("steps", loop.calls);
        const Keeper keeper = run(settings);
        CHECK(keeper.at("loss", static_cast<std::size_t>(loop.calls)) ==
              doctest::Approx(loop.expected).epsilon(1e-6));
    }
}

TEST_CASE("surface_muonInThePlane_takesStepsOfOneLength") {
    const Keeper keeper = run({{"optimizer", word("muon")}, {"muon.lr", 0.01}, {"steps", 60_i}});
    for (std::size_t i = 1; i <= 60; ++i) {
        const lab::Table& before = keeper.table("path", i - 1);
        const lab::Table& after = keeper.table("path", i);
        CHECK(std::hypot(after.numbers(0)[0] - before.numbers(0)[0],
                         after.numbers(1)[0] - before.numbers(1)[0]) ==
              doctest::Approx(0.01 * std::sqrt(2.0) * 0.6964364).epsilon(1e-5));
    }
}

TEST_CASE("surface_scheduleFree_isSeenAtItsAverage") {
    // Its gradients are taken at y, the path shows x: on a bowl from rest x lags behind y.
    const lab::RunScenario one = scenario({{"optimizer", word("schedule_free")},
                                           {"surface", word("booth")},
                                           {"schedule_free.lr", 0.1}});
    const surface::RaceSetup setup = surface::setupOf(one.knobs, 0);
    auto racer = surface::Racer::make(setup);
    REQUIRE(racer.ok());
    const auto optimizer = optim::textbook::makeOptimizer(setup.optimizer, 2, 1);
    REQUIRE(optimizer.ok());
    optim::textbook::Matrix w(2, 1);
    w << setup.start[0], setup.start[1];
    for (int step = 0; step < 20; ++step) {
        REQUIRE(racer->step().ok());
        const auto slope = setup.surface.gradient({w(0, 0), w(1, 0)});
        optim::textbook::Matrix g(2, 1);
        g << slope[0], slope[1];
        REQUIRE((*optimizer)->step(w, g).ok());
        const auto x = (*optimizer)->state("x_eval").value();
        CHECK(racer->point()[0] == x(0, 0));
        CHECK(racer->point()[1] == x(1, 0));
    }
    CHECK(racer->point()[0] != w(0, 0));
}

TEST_CASE("surface_noise_isTheSameForEveryOptimizerAndRepeats") {
    const auto shift = [](double noise, std::uint64_t seed) {
        // One step of plain SGD: its displacement shows the gradient.
        const Keeper keeper = run({{"optimizer", word("sgd")},
                                   {"sgd.lr", 1e-6},
                                   {"sgd.momentum", 0.0},
                                   {"noise", noise},
                                   {"steps", 1_i}},
                                  seed);
        return std::pair{keeper.table("path", 1).numbers(0)[0],
                         keeper.table("path", 1).numbers(1)[0]};
    };
    CHECK(shift(5.0, 1) == shift(5.0, 1));
    CHECK(shift(5.0, 1) != shift(5.0, 2));
    CHECK(shift(0.0, 1) == shift(0.0, 2));

    // The same noise reaches AdamW: its first step is the sign of the noisy gradient, so over many
    // seeds the signs agree with SGD's displacement.
    int noisySigns = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto sign = [seed](const char* optimizer, const char* rate) {
            const Keeper keeper = run({{"optimizer", word(optimizer)},
                                       {rate, 1e-6},
                                       {"surface", word("booth")},
                                       {"start", lab::PointValue{1.0, 3.0}}, // the minimum
                                       {"noise", 1.0},
                                       {"steps", 1_i}},
                                      seed);
            return keeper.table("path", 1).numbers(0)[0] > 1.0;
        };
        CHECK(sign("sgd", "sgd.lr") == sign("adamw", "adamw.lr"));
        noisySigns += sign("sgd", "sgd.lr") ? 1 : 0;
    }
    CHECK(noisySigns > 2);
    CHECK(noisySigns < 18);
}

TEST_CASE("surface_divergence_isTheLastFrame") {
    const Keeper keeper = run({{"optimizer", word("sgd")}, {"sgd.lr", 1.0}});
    const std::size_t last = keeper.frames.at("loss").size() - 1;
    CHECK(last < 500);
    CHECK_FALSE(std::isfinite(keeper.at("loss", last)));
    CHECK(std::isfinite(keeper.at("loss", last - 1)));
}

TEST_CASE("surface_landscape_holdsTheStart") {
    for (const lab::PointValue& start : {lab::PointValue{-1.35, 1.15}, lab::PointValue{9.0, -10.0},
                                         lab::PointValue{-10.0, 10.0}}) {
        const Keeper keeper = run({{"start", start}, {"steps", 1_i}});
        const lab::Grid& grid =
            *std::get<lab::GridPtr>(keeper.frames.at("landscape").front().payload);
        CHECK(grid.x.at.front() < start[0]);
        CHECK(grid.x.at.back() > start[0]);
        CHECK(grid.y.at.front() < start[1]);
        CHECK(grid.y.at.back() > start[1]);
        CHECK(grid.values.size() == grid.x.size() * grid.y.size());
    }
}

TEST_CASE("surface_angle_turnsTheValley_andOnlyAdamWNotices") {
    // The start turns with the valley: what is equivariant gives the same losses.
    const auto finalLoss = [](const char* optimizer, double degrees) {
        const double angleRad = degrees / 180.0 * 3.14159265358979323846;
        const double c = std::cos(angleRad);
        const double s = std::sin(angleRad);
        const Keeper keeper = run({{"optimizer", word(optimizer)},
                                   {"surface", word("quadratic")},
                                   {"quadratic.angle", degrees},
                                   {"start", lab::PointValue{c * 0.4 - s * 1.7, s * 0.4 + c * 1.7}},
                                   {"steps", 60_i}});
        return keeper.at("loss", 60);
    };
    for (const char* optimizer : {"sgd", "shampoo", "soap", "muon"}) {
        INFO(std::string(optimizer));
        CHECK(finalLoss(optimizer, 0.0) ==
              doctest::Approx(finalLoss(optimizer, 35.0)).epsilon(1e-4));
    }
    CHECK(std::abs(std::log(finalLoss("adamw", 0.0) / finalLoss("adamw", 35.0))) > 0.1);
}

TEST_CASE("surface_recordedLearningRates_areThoseOfTheSweep") {
    for (const char* surface : kSurfaces) {
        const lab::RunScenario one = scenario({{"surface", word(surface)}});
        std::string row;
        for (const char* optimizer : kOptimizers) {
            const auto sweep = surface::sweepLearningRates(one.knobs, optimizer);
            const double best = sweep[surface::chosenOf(sweep)].learningRate;
            const double recorded = surface::recordedLearningRate(one.knobs, optimizer);
            INFO(std::string(surface)
                 << " " << std::string(optimizer) << ": the sweep says " << best);
            CHECK(recorded == doctest::Approx(best).epsilon(0.03));
            CHECK(surface::bestOf(sweep) != 0);
            CHECK(surface::bestOf(sweep) + 1 != sweep.size());
            row += " " + lab::toText(best);
        }
        MESSAGE(std::string(surface) << row);
    }
}

TEST_CASE("surface_automaticRate_isResolvedAndRemembered") {
    const lab::RunScenario one = scenario({{"optimizer", word("soap")}});
    CHECK(one.knobs.real("soap.lr") == surface::recordedLearningRate(one.knobs, "soap"));
    REQUIRE(one.specials.size() == 1);
    CHECK(one.specials[0] == std::pair<std::string, std::string>{"soap.lr", "auto"});
    const lab::Evidence evidence = surface::learningRateEvidence(one.knobs, "soap");
    CHECK(evidence.x.size() == evidence.y.size());
    CHECK(evidence.chosen == one.knobs.real("soap.lr"));
    CHECK_FALSE(evidence.atGridEdge);
    // SGD's follows the curvature.
    const auto rate = [](double kappa) {
        return scenario({{"optimizer", word("sgd")},
                         {"surface", word("quadratic")},
                         {"quadratic.kappa", kappa}})
            .knobs.real("sgd.lr");
    };
    CHECK(rate(1000.0) == doctest::Approx(rate(100.0) / 10.0));
}

TEST_CASE("surface_everyPresetRun_staysFiniteAndDescends") {
    const lab::Description description = describeSurface();
    for (const lab::Preset& preset : description.presets) {
        const auto runs = lab::expand(preset.scenario, description);
        REQUIRE(runs.ok());
        for (const lab::RunScenario& one : *runs) {
            Keeper keeper;
            const std::atomic<bool> stop = false;
            lab::RunContext context(one, 1, keeper, stop);
            const auto computation = makeSurface();
            REQUIRE(computation->start(context).ok());
            for (std::int64_t step = 1; step <= one.knobs.integer("steps"); ++step) {
                context.setStep(step);
                REQUIRE(computation->advance(context).ok());
            }
            const std::size_t last = keeper.frames.at("loss").size() - 1;
            INFO(preset.id << " " << surface::runName(one) << " " << surface::runSettings(one));
            MESSAGE(preset.id << " " << surface::runName(one) << " [" << surface::runSettings(one)
                              << "]: " << keeper.at("loss", 0) << " -> " << keeper.at("loss", last)
                              << " at (" << keeper.table("path", last).numbers(0)[0] << ", "
                              << keeper.table("path", last).numbers(1)[0] << ")");
            CHECK(last == static_cast<std::size_t>(one.knobs.integer("steps")));
            CHECK(keeper.at("loss", last) < keeper.at("loss", 0));
        }
    }
}

TEST_CASE("surface_everyOptimizer_takesWellUnderOneFrame") {
    double best = std::numeric_limits<double>::infinity();
    for (int repeat = 0; repeat < 5; ++repeat) {
        const auto begin = std::chrono::steady_clock::now();
        for (const char* optimizer : kOptimizers) {
            run({{"optimizer", word(optimizer)}});
        }
        const std::chrono::duration<double, std::milli> spent =
            std::chrono::steady_clock::now() - begin;
        best = std::min(best, spent.count());
    }
    MESSAGE("8 x 500 steps with all frames: " << best << " ms");
    if (test::kTimesCount) {
        CHECK(best < 160.0); // a display frame is 16 ms; the margin is for busy machines
    }
}

TEST_CASE("surface_words_sayWhatVaries") {
    const lab::Description description = describeSurface();
    const auto names = [&description](const lab::Scenario& wanted) {
        std::vector<std::string> all;
        const auto runs = lab::expand(wanted, description);
        REQUIRE(runs.ok());
        for (const lab::RunScenario& one : *runs) {
            all.push_back(surface::runName(one));
        }
        return all;
    };
    lab::Scenario wanted;
    wanted.experiment = description.id;
    CHECK(names(wanted) == std::vector<std::string>{"SGD"});
    wanted.sweep("optimizer", {word("soap"), word("muon")});
    CHECK(names(wanted) == std::vector<std::string>{"SOAP", "Muon"});
    wanted.sweep("soap.f", {1_i, 10_i});
    CHECK(names(wanted) == std::vector<std::string>{"SOAP · f 1", "SOAP · f 10", "Muon"});
    lab::Scenario seeds;
    seeds.experiment = description.id;
    seeds.seeds = {1, 2};
    CHECK(names(seeds) == std::vector<std::string>{"seed 1", "seed 2"});
    CHECK(surface::runSettings(scenario({{"optimizer", word("soap")}, {"soap.lr", 0.055}})) ==
          "lr 0.055 · f 1 · full 2×2");
    CHECK(surface::runSettings(scenario({{"optimizer", word("muon")}, {"muon.lr", 0.02}})) ==
          "lr 0.02 · normalised step");
}

TEST_CASE("surface_notes_nameWhatDegeneratesAndUnequalTuning") {
    const auto notes = [](const std::vector<Settings>& all) {
        std::vector<lab::RunFacts> facts;
        for (const Settings& settings : all) {
            lab::RunFacts fact;
            fact.scenario = scenario(settings);
            facts.push_back(std::move(fact));
        }
        return surface::comparisonNotes(facts);
    };
    CHECK(notes({{{"optimizer", word("sgd")}}, {{"optimizer", word("adamw")}}}).empty());
    const auto race = notes({{{"optimizer", word("muon")}},
                             {{"optimizer", word("soap")}},
                             {{"optimizer", word("shampoo")}}});
    REQUIRE(race.size() == 1);
    CHECK(race[0].text ==
          "Shampoo and SOAP see one vector of length 2 here and precondition it with a full 2 × 2 "
          "matrix. Muon normalises the step.");
    const auto unequal =
        notes({{{"optimizer", word("sgd")}, {"sgd.lr", 0.001}}, {{"optimizer", word("adamw")}}});
    REQUIRE(unequal.size() == 1);
    CHECK(unequal[0].text == "Unequal tuning: the learning rate of SGD was set by hand, that of "
                             "AdamW comes from a sweep.");
    CHECK(notes({{{"optimizer", word("sgd")}, {"sgd.lr", 0.001}},
                 {{"optimizer", word("adamw")}, {"adamw.lr", 0.1}}})
              .empty());
    for (const char* optimizer : kOptimizers) {
        CHECK(surface::degeneration(optimizer).find("length 2") != std::string::npos);
    }
}
