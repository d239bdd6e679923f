// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/experiments/optim/keeper.hpp"
#include "experiments/optim/rotation/knobs.hpp"
#include "experiments/optim/rotation/rotation.hpp"
#include "experiments/optim/rotation/sentences.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <map>
#include <set>

using namespace psephos;
using namespace psephos::experiments;
using namespace psephos::experiments::rotation;
using optim::textbook::drawQuadratic;
using optim::textbook::QuadraticDraw;
using test::Keeper;
using test::Settings;

namespace {

lab::Result<lab::RunScenario> expanded(const Settings& settings, std::uint64_t seed = 0) {
    static const lab::Description kDescription = describeRotation();
    return test::oneRun(kDescription, settings, seed);
}

Keeper run(const Settings& settings, std::uint64_t seed = 0, bool onlyDial = false) {
    const auto one = expanded(settings, seed);
    INFO((one.ok() ? std::string() : one.error().line()));
    REQUIRE(one.ok());
    Keeper keeper;
    const std::atomic<bool> stop = false;
    lab::RunContext context(*one, 1, keeper, stop);
    context.clock().start();
    const auto computation = rotationFactory()();
    REQUIRE(computation->start(context).ok());
    for (std::int64_t step = 1;; ++step) {
        context.setStep(step);
        const auto advanced = computation->advance(context);
        REQUIRE(advanced.ok());
        if (*advanced == lab::Advance::Done || onlyDial) {
            return keeper;
        }
    }
}

double dialLoss(const Settings& settings, std::uint64_t seed = 0) {
    return run(settings, seed, true).last("loss");
}

lab::Value word(const char* text) {
    return std::string(text);
}

constexpr std::int64_t operator""_i(unsigned long long number) {
    return static_cast<std::int64_t>(number);
}

/// A run of few and small steps.
Settings small(const char* optimizer) {
    return {{"optimizer", word(optimizer)}, {"steps", 40_i}, {"draws", 1_i}, {"side", 6_i}};
}

lab::RunFacts facts(const Settings& settings, std::vector<std::pair<std::string, double>> finals) {
    return {*expanded(settings), "finished", 1, std::move(finals)};
}

const std::vector<const char*> kOptimizers{"sgd",     "adamw", "adafactor", "lion",
                                           "shampoo", "soap",  "muon"};

} // namespace

TEST_CASE("rotation_description_isSound") {
    for (const std::string& fault : lab::validate(describeRotation())) {
        FAIL_CHECK(fault);
    }
}

TEST_CASE("summaryOf_divergedDraw_isInfinite") {
    const Summary fine = summaryOf({1.0, 100.0});
    CHECK(fine.middle == doctest::Approx(10.0));
    CHECK(fine.low == 1.0);
    CHECK(fine.high == 100.0);
    CHECK(std::isinf(summaryOf({1.0, std::numeric_limits<double>::infinity()}).middle));
    CHECK(std::isinf(summaryOf({std::nan("")}).middle));
}

TEST_CASE("sweep_ratesThatDiverge_areNotTheBest") {
    const std::vector<QuadraticDraw> draws{drawQuadratic({6, 6, 10.0, 8, 60}, 0, 0)};
    const RateGrid grid{-2.0, 3.0, 6};
    const auto sgd = [](double rate) {
        optim::SgdConfig config;
        config.learningRate = rate;
        return optim::OptimizerConfig(config);
    };
    const auto cell = sweep(draws, 1.0, grid, sgd, [] { return false; });
    REQUIRE(cell.ok());
    REQUIRE(cell->rates.size() == 6);
    CHECK(cell->rates[0] == doctest::Approx(0.01));
    CHECK(cell->rates[5] == doctest::Approx(1000.0));
    CHECK(cell->hasConverged());
    CHECK(!cell->isAtEdge());
    CHECK(cell->losses[5].middle > 1.0);
    CHECK(cell->descent.size() == 61);
    CHECK(cell->descent.front().middle == 1.0);
    CHECK(cell->descent.back().middle == cell->bestLoss().middle);
    // Only rates that are too small: the best is the largest, at the edge.
    const auto cautious = sweep(draws, 1.0, {-6.0, -4.0, 3}, sgd, [] { return false; });
    CHECK(cautious->isAtEdge());
    // An invalid configuration is an error, not a cell.
    const auto backwards = [](double rate) {
        optim::SgdConfig config;
        config.learningRate = -rate;
        return optim::OptimizerConfig(config);
    };
    CHECK(!sweep(draws, 1.0, grid, backwards, [] { return false; }).ok());
}

// Acceptance (h) of the optimizers' specification.
TEST_CASE("rotation_adamAndLion_fallApart") {
    CHECK(run({{"optimizer", word("adamw")}}).last("rotation/ratio") > 10.0);
    CHECK(run({{"optimizer", word("lion")}}).last("rotation/ratio") > 500.0);
}

TEST_CASE("rotation_soapAndShampoo_doNotNotice") {
    for (const char* optimizer : {"soap", "shampoo"}) {
        CAPTURE(optimizer);
        const Keeper keeper = run({{"optimizer", word(optimizer)}});
        CHECK(keeper.last("rotation/change") < 1e-6);
        CHECK(keeper.last("loss") < 1e-5);
    }
    // Muon's Newton–Schulz amplifies round-off.
    const double muon = run({{"optimizer", word("muon")}}).last("rotation/ratio");
    CHECK(muon > 1.0 / 1.5);
    CHECK(muon < 1.5);
}

TEST_CASE("rotation_oneSidedSoap_noticesTheOtherSide") {
    const Keeper keeper = run({{"optimizer", word("soap")}, {"soap.form", word("one_sided")}});
    CHECK(keeper.last("rotation/change") > 1e-3);
}

TEST_CASE("refresh_seldom_breaksShampooAndNotSoap") {
    const Keeper shampoo =
        run({{"optimizer", word("shampoo")}, {"shampoo.form", word("half_grafted")}});
    CHECK(shampoo.last("refresh/ratio10") > 20.0);
    const Keeper soap = run({{"optimizer", word("soap")}});
    CHECK(soap.last("refresh/ratio1") < 2.0);
    const lab::Table& periods = soap.table("periods");
    CHECK(periods.numbers(0) == std::vector<double>{1, 5, 10, 25, 50, 100, 400});
}

TEST_CASE("rotation_frames_areDeclaredAndTheDialComesFirst") {
    Settings settings = small("soap");
    settings.push_back({"rotation", 0.3});
    const Keeper first = run(settings, 0, true);
    CHECK(first.wasShown);
    CHECK(first.table("descent").rows() == 41);
    CHECK(first.table("rates").rows() == 9);
    CHECK(first.table("best").texts(0) == std::vector<std::string>{"as dialled"});
    CHECK(!first.frames.contains("rotations"));
    const Keeper keeper = run(settings);
    for (const auto& [channel, frames] : keeper.frames) {
        CAPTURE(channel);
        CHECK(describeRotation().channel(channel) != nullptr);
    }
    CHECK(keeper.table("rotations").numbers(0) ==
          std::vector<double>{0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1});
    CHECK(keeper.table("best").rows() == 1 + 2 + 7);
    // A rate that diverges leaves a gap; all else is drawn.
    const Keeper sgd = run(small("sgd"), 0, true);
    CHECK(std::isfinite(sgd.table("rates").numbers(1).front()));
    CHECK(std::isnan(sgd.table("rates").numbers(1).back()));
    // Without bases there is nothing to refresh.
    CHECK(!run(small("adamw")).frames.contains("periods"));
}

TEST_CASE("rotation_knobs_eachChangeTheAnswer") {
    const std::map<std::string, lab::Value> turned{
        {"rotation", 0.4},
        {"condition", 30.0},
        {"steps", 30_i},
        {"draws", 2_i},
        {"side", 5_i},
        {"batch", 16_i},
        {"refresh_period", 3_i},
        {"basis_warmup", 8_i},
        {"shampoo.form", word("half_grafted")},
        {"soap.form", word("factored")},
        {"momentum", 0.5},
        {"beta1", 0.8},
        {"beta2", 0.8},
        {"lion.beta1", 0.7},
        {"lion.beta2", 0.8},
    };
    std::set<std::string> seen{"optimizer"};
    std::set<double> answers;
    for (const char* optimizer : kOptimizers) {
        CAPTURE(optimizer);
        const double before = dialLoss(small(optimizer));
        CHECK(std::isfinite(before));
        CHECK(answers.insert(before).second);
        CHECK(dialLoss(small(optimizer)) == before);
        CHECK(dialLoss(small(optimizer), 1) != before);
        const lab::KnobValues values = expanded(small(optimizer))->knobs;
        for (const lab::Knob& knob : knobs()) {
            // A turn is not noticed by all; that is what the experiment is about.
            if (knob.id == "optimizer" || !values.applies(knob) ||
                (knob.id == "rotation" && std::string_view(optimizer) != "adamw")) {
                continue;
            }
            CAPTURE(knob.id);
            Settings settings = small(optimizer);
            std::erase_if(settings, [&knob](const auto& each) { return each.first == knob.id; });
            settings.emplace_back(knob.id, turned.at(knob.id));
            CHECK(dialLoss(settings) != before);
            seen.insert(knob.id);
        }
    }
    CHECK(seen.size() == knobs().size());
}

TEST_CASE("rotation_badKnobs_areRefusedByName") {
    const std::vector<std::pair<std::string, lab::Value>> bad{
        {"rotation", 1.5}, {"condition", 0.5},
        {"steps", 0_i},    {"draws", 0_i},
        {"side", 1_i},     {"optimizer", word("adamax")},
        {"batch", 0_i},    {"rotation", std::nan("")}};
    for (const auto& each : bad) {
        CAPTURE(each.first);
        const auto refused = expanded({each});
        REQUIRE(!refused.ok());
        CHECK(refused.error().line().find(each.first) != std::string::npos);
    }
}

TEST_CASE("rotation_extremes_endWithoutError") {
    for (const char* optimizer : kOptimizers) {
        CAPTURE(optimizer);
        const Keeper keeper = run({{"optimizer", word(optimizer)},
                                   {"side", 2_i},
                                   {"batch", 1_i},
                                   {"steps", 10_i},
                                   {"draws", 1_i},
                                   {"condition", 1e4}});
        CHECK(!std::isnan(keeper.last("loss")));
    }
}

TEST_CASE("rotation_stopped_givesUpWithoutAnAnswer") {
    const auto one = expanded(small("soap"));
    Keeper keeper;
    const std::atomic<bool> stop = true;
    lab::RunContext context(*one, 1, keeper, stop);
    context.clock().start();
    const auto computation = rotationFactory()();
    REQUIRE(computation->start(context).ok());
    context.setStep(1);
    const auto advanced = computation->advance(context);
    REQUIRE(advanced.ok());
    CHECK(*advanced == lab::Advance::More);
    CHECK(keeper.frames.empty());
}

TEST_CASE("rotation_turnedDial_keepsWhatDoesNotDependOnIt") {
    const auto factory = rotationFactory();
    std::vector<std::vector<double>> curves;
    for (const double rotation : {1.0, 0.35}) {
        Settings settings = small("adamw");
        settings.push_back({"rotation", rotation});
        Keeper keeper;
        const std::atomic<bool> stop = false;
        lab::RunContext context(*expanded(settings), 1, keeper, stop);
        context.clock().start();
        const auto computation = factory();
        REQUIRE(computation->start(context).ok());
        for (std::int64_t step = 1; *computation->advance(context) == lab::Advance::More; ++step) {
            context.setStep(step);
        }
        curves.push_back(keeper.table("rotations").numbers(1));
        // From the shelf or measured anew: the same.
        CHECK(keeper.last("loss") == dialLoss(settings));
    }
    CHECK(curves[0] == curves[1]);
}

TEST_CASE("comparisonNotes_sayWhatWasMeasured") {
    const std::vector<lab::RunFacts> runs{
        facts({{"optimizer", word("adamw")}},
              {{"rotation/ratio", 47.3}, {"rotation/change", 46.3}}),
        facts({{"optimizer", word("soap")}}, {{"rotation/ratio", 1.0},
                                              {"rotation/change", 1e-10},
                                              {"refresh/ratio10", 1.1},
                                              {"edges", 2.0}}),
        facts({{"optimizer", word("shampoo")}}, {{"refresh/ratio10", 90.2}}),
    };
    const std::vector<lab::Note> notes = comparisonNotes(runs);
    REQUIRE(notes.size() == 3);
    CHECK(notes[0].kind == lab::NoteKind::Warning);
    CHECK(notes[0].text.find("A best learning rate of SOAP lies at the edge") == 0);
    CHECK(notes[1].text.find("AdamW 47 times") != std::string::npos);
    CHECK(notes[1].text.find("SOAP does not notice the turn") != std::string::npos);
    CHECK(notes[2].text.find("It hurts SOAP less than Shampoo") != std::string::npos);
    // Round-off that grew is told from a loss that did not move at all.
    const std::vector<lab::RunFacts> nearly{
        facts({{"optimizer", word("soap")}}, {{"rotation/ratio", 1.0}, {"rotation/change", 1e-4}})};
    REQUIRE(comparisonNotes(nearly).size() == 1);
    CHECK(comparisonNotes(nearly)[0].text ==
          "SOAP changes by less than 1 % when the valley is turned.");
    // The other way round, and a tie.
    auto reversed = runs;
    reversed[1].finals = {{"refresh/ratio10", 400.0}};
    CHECK(comparisonNotes(reversed).back().text.find("It hurts Shampoo less than SOAP") !=
          std::string::npos);
    reversed[1].finals = {{"refresh/ratio10", 100.0}};
    CHECK(comparisonNotes(reversed).back().text.find("Neither") != std::string::npos);
    CHECK(comparisonNotes({}).empty());
}

TEST_CASE("runName_andSettings_sayWhatVariesOnce") {
    lab::RunScenario soap = *expanded({{"optimizer", word("soap")}});
    CHECK(runName(soap) == "SOAP");
    CHECK(runSettings(soap) == "f 10 · full · best of 9 lr");
    soap.varied = {"refresh_period"};
    CHECK(runName(soap) == "SOAP · f 10");
    CHECK(runSettings(soap) == "full · best of 9 lr");
    soap.varied = {"soap.form", "seed"};
    CHECK(runName(soap) == "SOAP · full · seed 0");
    CHECK(runSettings(*expanded({{"optimizer", word("lion")}})) == "β 0.9, 0.99 · best of 11 lr");
}
