// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/experiments/optim/keeper.hpp"
#include "experiments/optim/bugs/bugs.hpp"
#include "experiments/optim/bugs/knobs.hpp"
#include "experiments/optim/bugs/sentences.hpp"
#include "numerics/orthogonal.hpp"
#include "optim/textbook/golden.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <map>
#include <set>

using namespace psephos;
using namespace psephos::experiments;
using namespace psephos::experiments::bugs;
using test::Keeper;
using test::Settings;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

lab::Result<lab::RunScenario> expanded(const Settings& settings, std::uint64_t seed = 0) {
    static const lab::Description kDescription = describeBugs();
    return test::oneRun(kDescription, settings, seed);
}

Keeper run(const Settings& settings, std::uint64_t seed = 0, bool stops = false) {
    const auto one = expanded(settings, seed);
    INFO((one.ok() ? std::string() : one.error().line()));
    REQUIRE(one.ok());
    Keeper keeper;
    const std::atomic<bool> stop = stops;
    lab::RunContext context(*one, 1, keeper, stop);
    context.clock().start();
    const auto computation = makeBugs();
    REQUIRE(computation->start(context).ok());
    for (std::int64_t step = 1;; ++step) {
        context.setStep(step);
        const auto advanced = computation->advance(context);
        REQUIRE(advanced.ok());
        if (*advanced == lab::Advance::Done || stops) {
            return keeper;
        }
    }
}

constexpr std::int64_t operator""_i(unsigned long long number) {
    return static_cast<std::int64_t>(number);
}

Settings small(const std::string& mistake) {
    return {{"bug", lab::ChoicesValue{mistake}},
            {"steps", 30_i},
            {"draws", 1_i},
            {"rows", 6_i},
            {"cols", 4_i}};
}

/// W after `calls` recorded gradients.
Matrix recordedEnd(Family family, Mistake mistake, const PortSettings& settings,
                   std::size_t calls) {
    const auto problem = makeRecorded();
    Matrix w = problem->start();
    Matrix gradient = w;
    const auto port = makePort(family, mistake, settings, w.rows(), w.cols());
    for (std::size_t i = 0; i < calls; ++i) {
        problem->gradient(w, i, gradient);
        port->step(w, gradient, problem->scheduleFactor(i));
    }
    return port->evaluated(w);
}

Matrix textbookEnd(const optim::OptimizerConfig& config, std::size_t calls) {
    const auto problem = makeRecorded();
    Matrix w = problem->start();
    Matrix gradient = w;
    const auto optimizer = optim::textbook::makeOptimizer(config, w.rows(), w.cols());
    REQUIRE(optimizer.ok());
    for (std::size_t i = 0; i < calls; ++i) {
        problem->gradient(w, i, gradient);
        REQUIRE((*optimizer)->step(w, gradient, problem->scheduleFactor(i)).ok());
    }
    return (*optimizer)->evaluationPoint(w);
}

/// W of a golden case after a call.
Matrix golden(const std::string& name, const std::string& call) {
    const auto document = optim::textbook::embeddedGolden();
    REQUIRE(document.ok());
    const lab::Json& rows = (*document)["cases"][name]["params_after_call"][call];
    Matrix w(rows.size(), rows[0].size());
    for (Eigen::Index i = 0; i < w.rows(); ++i) {
        for (Eigen::Index j = 0; j < w.cols(); ++j) {
            w(i, j) = rows[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)].get<double>();
        }
    }
    return w;
}

Signature signature(std::vector<double> ratios) {
    Signature made;
    made.right = {1.0, 1.0, 1.0};
    made.broken = spreadOf(ratios);
    made.ratio = spreadOf(ratios);
    made.difference = {0.1, 0.1, 0.1};
    made.shows = 3;
    return made;
}

Finding finding(const char* id, std::vector<double> ratios, std::optional<Tuned> tuned = {}) {
    return {mistakeOf(id), signature(std::move(ratios)), tuned};
}

} // namespace

TEST_CASE("bugs_description_isSound") {
    for (const std::string& fault : lab::validate(describeBugs())) {
        FAIL_CHECK(fault);
    }
}

TEST_CASE("mistakes_each_haveAnIdASentenceAndASource") {
    std::set<std::string> ids;
    std::set<Mistake> kinds;
    for (const MistakeEntry& each : mistakes()) {
        CAPTURE(each.id);
        CHECK(ids.insert(each.id).second);
        CHECK(kinds.insert(each.mistake).second);
        CHECK(each.label.find(": ") != std::string::npos);
        CHECK(each.changes.ends_with('.'));
        CHECK_FALSE(each.source.empty());
    }
    CHECK(kinds.size() >= 18);
    CHECK(kinds.count(Mistake::None) == 0);
}

TEST_CASE("port_right_isTheTextbook") {
    constexpr std::size_t kCalls = 40;
    PortSettings settings;
    settings.learningRate = 0.05;
    settings.refreshPeriod = 5;
    const auto near = [&](Family family, const optim::OptimizerConfig& config, double tolerance) {
        return (recordedEnd(family, Mistake::None, settings, kCalls) - textbookEnd(config, kCalls))
                   .norm() < tolerance;
    };
    optim::SgdConfig sgd;
    sgd.learningRate = 0.05;
    sgd.momentum = 0.9;
    CHECK(near(Family::Sgd, sgd, 1e-12));
    optim::ScheduleFreeConfig free;
    free.learningRate = 0.05;
    free.beta1 = 0.95;
    free.beta2 = 0.95;
    CHECK(near(Family::ScheduleFree, free, 1e-12));
    optim::MuonConfig muon;
    muon.learningRate = 0.05;
    muon.momentum = 0.9;
    CHECK(near(Family::Muon, muon, 1e-9));
    optim::ShampooConfig shampoo;
    shampoo.learningRate = 0.05;
    shampoo.beta1 = 0.95;
    shampoo.beta2 = 0.95;
    shampoo.eps = 1e-8;
    shampoo.refreshPeriod = 5;
    shampoo.graft = optim::Graft::None;
    CHECK(near(Family::Shampoo, shampoo, 1e-9));
    settings.grafts = true;
    shampoo.graft = optim::Graft::Adam;
    CHECK(near(Family::Shampoo, shampoo, 1e-9));
    settings.weightDecay = 0.1;
    optim::AdamConfig adam;
    adam.learningRate = 0.05;
    adam.beta1 = 0.95;
    adam.beta2 = 0.95;
    adam.decoupledWeightDecay = 0.1;
    CHECK(near(Family::AdamW, adam, 1e-12));
    optim::SoapConfig soap;
    soap.learningRate = 0.05;
    soap.refreshPeriod = 5;
    soap.decoupledWeightDecay = 0.1;
    CHECK(near(Family::Soap, soap, 1e-9));
}

TEST_CASE("port_goldenVectors_areMetAndTheNegativeOneIsTheMistake") {
    PortSettings settings;
    settings.learningRate = 0.05;
    settings.weightDecay = 0.01;
    settings.refreshPeriod = 5;
    for (const std::size_t call : {1, 2, 5, 10, 25}) {
        CAPTURE(call);
        const std::string text = std::to_string(call);
        const Matrix right = recordedEnd(Family::Soap, Mistake::None, settings, call);
        const Matrix wrong = recordedEnd(Family::Soap, Mistake::SoapNoPermute, settings, call);
        CHECK((right - golden("soap_f5", text)).cwiseAbs().maxCoeff() < 1e-10);
        CHECK((wrong - golden("soap_f5_noperm", text)).cwiseAbs().maxCoeff() < 1e-10);
        CHECK(((wrong - right).norm() > 1e-3) == (call == 25 || call == 10));
    }
}

TEST_CASE("port_eachMistake_changesItsOwnFamilyOnly") {
    PortSettings settings;
    settings.learningRate = 0.05;
    settings.weightDecay = 0.1;
    settings.grafts = true;
    settings.refreshPeriod = 3;
    constexpr std::size_t kCalls = 12;
    for (const MistakeEntry& each : mistakes()) {
        CAPTURE(each.id);
        settings.grafts = each.mistake == Mistake::ShampooRawGraft;
        for (const Family family : {Family::Sgd, Family::AdamW, Family::ScheduleFree,
                                    Family::Shampoo, Family::Soap, Family::Muon}) {
            const Matrix right = recordedEnd(family, Mistake::None, settings, kCalls);
            const Matrix wrong = recordedEnd(family, each.mistake, settings, kCalls);
            // P has fewer rows than columns: there Muon's scale is 1 anyhow.
            const bool isOwn = family == each.family && each.mistake != Mistake::MuonConvScale;
            CHECK((right == wrong) == !isOwn);
        }
    }
}

TEST_CASE("tf32Diagonal_ofAWideSpectrum_losesItsSmallEnd") {
    // Source: the primer on gradient spikes: eigenvalues from 2.5e6 to 0.1.
    numerics::RandomStream random(1, "test/tf32");
    const Matrix q = numerics::randomOrthogonal(16, random);
    Eigen::VectorXd lambda(16);
    for (Eigen::Index i = 0; i < 16; ++i) {
        lambda[i] = 2.5e6 * std::pow(2.5e7, -static_cast<double>(i) / 15.0);
    }
    const Matrix a = q * lambda.asDiagonal() * q.transpose();
    const Eigen::VectorXd rough = tf32Diagonal(a, q);
    CHECK(std::abs(rough[0] / lambda[0] - 1.0) < 1e-2);
    CHECK(std::abs(rough[15] - lambda[15]) > 1.0);
    CHECK(std::abs((q.transpose() * a * q)(15, 15) - lambda[15]) < 1e-6);
    // What has 10 bits is kept; halves go to the even neighbour.
    const Matrix one = Matrix::Identity(1, 1);
    CHECK(tf32Diagonal(Matrix::Constant(1, 1, 1.0 + 1.0 / 1024), one)[0] == 1.0 + 1.0 / 1024);
    CHECK(tf32Diagonal(Matrix::Constant(1, 1, 1.0 + 1.0 / 2048), one)[0] == 1.0);
    CHECK(tf32Diagonal(Matrix::Constant(1, 1, 1.0 + 3.0 / 2048), one)[0] == 1.0 + 2.0 / 1024);
}

TEST_CASE("spreadOf_values_isTheirMedianAndEnds") {
    CHECK(spreadOf({3.0, 1.0, 2.0}).middle == 2.0);
    CHECK(spreadOf({4.0, 1.0}).middle == 2.5);
    CHECK(spreadOf({1.0, kInfinity, 2.0}).high == kInfinity);
    CHECK(spreadOf({std::nan(""), 2.0}).middle == 2.0);
    CHECK(std::isnan(spreadOf({std::nan("")}).middle));
}

TEST_CASE("visibilityOf_ratios_byTheRule") {
    CHECK(visibilityOf(signature({1.0, 1.05, 0.95})) == Visibility::No);
    CHECK(visibilityOf(signature({1.2, 1.5, 1.11})) == Visibility::Worse);
    CHECK(visibilityOf(signature({1.2, 1.5, 1.09})) == Visibility::Open);
    CHECK(visibilityOf(signature({0.8, 0.5, 0.9})) == Visibility::Better);
    CHECK(visibilityOf(signature({0.8, 1.5, 0.9})) == Visibility::Open);
    CHECK(visibilityOf(signature({kInfinity, kInfinity, 2.0})) == Visibility::Diverges);
    Signature gone = signature({1.0});
    gone.right = {1.0, 1.0, kInfinity};
    CHECK(visibilityOf(gone) == Visibility::BothGone);
    Signature none = signature({});
    none.right = {};
    CHECK(visibilityOf(none) == Visibility::NoLoss);
}

TEST_CASE("bugs_frames_areDeclaredAndRatesComeAfterTheFirstLook") {
    const Keeper keeper = run(small("soap_stale_momentum"));
    const lab::Description description = describeBugs();
    for (const auto& [channel, frames] : keeper.frames) {
        CAPTURE(channel);
        REQUIRE(description.channel(channel) != nullptr);
        if (const auto* table = std::get_if<lab::TablePtr>(&frames.back().payload)) {
            CHECK((*table)->columns.size() == description.channel(channel)->columns.size());
        }
    }
    CHECK(keeper.wasShown);
    CHECK(keeper.table("losses").rows() == 2 * 31);
    CHECK(keeper.table("losses").texts(0).front() == "right SOAP");
    CHECK(keeper.table("losses").texts(0).back() == "M not turned");
    CHECK(keeper.table("differences").rows() == 1 + 31); // the right port, and the wrong one
    CHECK(keeper.table("rates").rows() == 2 * 11);
    // In each picture the ports come in one order, and so have one colour each.
    for (const char* channel : {"losses", "differences", "rates"}) {
        CAPTURE(channel);
        CHECK(keeper.table(channel).texts(0).front() == "right SOAP");
        CHECK(keeper.table(channel).texts(0).back() == "M not turned");
    }
    CHECK(keeper.table("signature").rows() == 1);
    CHECK(keeper.table("signature").numbers(1).front() == 12.0); // the first refresh is over
    CHECK(keeper.table("signature").texts(4).front() != "…");
    CHECK(keeper.table("seen").numbers(1).front() == keeper.last("difference"));
    CHECK(keeper.notes.contains("rule"));
}

TEST_CASE("bugs_decayAndGraft_haveRightPortsOfTheirOwn") {
    Settings settings = small("");
    settings.front().second = lab::ChoicesValue{"soap_decay_alpha", "soap_hat_eps"};
    const auto names = run(settings).table("losses").texts(0);
    const std::set<std::string> all(names.begin(), names.end());
    CHECK(all == std::set<std::string>{"right SOAP", "right SOAP, with decay", "decay by α",
                                       "ε after correction"});
    settings.front().second = lab::ChoicesValue{"soap_hat_eps", "muon_no_norm"};
    CHECK(run(settings).table("losses").texts(0).back() == "Muon: not normalised");
}

TEST_CASE("bugs_recorded_haveWeightsAndNoLoss") {
    Settings settings{{"bug", lab::ChoicesValue{"soap_no_permute", "adamw_zero_count"}},
                      {"problem", std::string("recorded")},
                      {"refresh_period", 5_i},
                      {"steps", 25_i}};
    const Keeper keeper = run(settings);
    CHECK_FALSE(keeper.frames.contains("losses"));
    CHECK_FALSE(keeper.frames.contains("rates"));
    // Each panel that is there has something to show.
    const lab::KnobValues recorded = expanded(settings)->knobs;
    const lab::KnobValues valley = expanded(small("soap_hat_eps"))->knobs;
    const lab::Description description = describeBugs();
    for (const lab::Panel& panel : description.panels) {
        CAPTURE(panel.id);
        CHECK(valley.hold(panel.when));
        for (const lab::PanelSource& source : panel.sources) {
            const bool hasRows =
                keeper.frames.contains(source.channel) && keeper.table(source.channel).rows() > 0;
            CHECK(recorded.hold(panel.when) == (hasRows && source.channel != "seen"));
        }
    }
    CHECK(keeper.table("signature").texts(3).front() == "no loss here");
    CHECK(keeper.notes.at("recorded").text.find("AdamW: counts from 0 (not finite after call 1)") !=
          std::string::npos);
}

TEST_CASE("bugs_knobs_eachChangeTheAnswer") {
    const std::map<std::string, lab::Value> turned{{"problem", std::string("recorded")},
                                                   {"steps", 20_i},
                                                   {"draws", 2_i},
                                                   {"condition", 30.0},
                                                   {"rows", 7_i},
                                                   {"cols", 5_i},
                                                   {"batch", 16_i},
                                                   {"rate", 0.5},
                                                   {"refresh_period", 4_i},
                                                   {"graft", true},
                                                   {"weight_decay", 0.3},
                                                   {"eps", 1e-2},
                                                   {"momentum", 0.5},
                                                   {"beta1", 0.8},
                                                   {"beta2", 0.8}};
    std::set<std::string> seen{"bug"};
    for (const MistakeEntry& mistake : mistakes()) {
        CAPTURE(mistake.id);
        const Settings before = small(mistake.id);
        const auto answer = [](const Keeper& keeper) {
            std::vector<double> numbers = keeper.table("differences").numbers(2);
            // Whatever is no number is unlike itself, too.
            std::ranges::replace_if(
                numbers, [](double each) { return std::isnan(each); }, -1.0);
            return numbers;
        };
        const auto first = answer(run(before));
        const lab::KnobValues values = expanded(before)->knobs;
        if (mistake.mistake == Mistake::AdamWZeroCount) {
            CHECK(first.back() == -1.0); // whatever the knobs are
            continue;
        }
        for (const lab::Knob& knob : knobs()) {
            if (knob.id == "bug" || !values.applies(knob)) {
                continue;
            }
            CAPTURE(knob.id);
            Settings settings = before;
            std::erase_if(settings, [&knob](const auto& each) { return each.first == knob.id; });
            settings.emplace_back(knob.id, turned.at(knob.id));
            CHECK(answer(run(settings)) != first);
            seen.insert(knob.id);
        }
    }
    CHECK(seen.size() == knobs().size());
}

TEST_CASE("bugs_badKnobs_areRefusedByName") {
    const std::vector<std::pair<std::string, lab::Value>> bad{
        {"bug", lab::ChoicesValue{"soap_upside_down"}},
        {"bug", lab::ChoicesValue{}},
        {"problem", std::string("lake")},
        {"steps", 0_i},
        {"draws", 0_i},
        {"rate", 0.0},
        {"condition", std::nan("")},
        {"eps", 0.0}};
    for (const auto& each : bad) {
        CAPTURE(each.first);
        const auto refused = expanded({each});
        REQUIRE(!refused.ok());
        CHECK(refused.error().line().find(each.first) != std::string::npos);
    }
}

TEST_CASE("bugs_extremes_endWithoutError") {
    for (const MistakeEntry& mistake : mistakes()) {
        CAPTURE(mistake.id);
        Settings settings = small(mistake.id);
        settings.insert(settings.end(), {{"rate", 100.0}, {"condition", 1e4}, {"batch", 1_i}});
        const Keeper keeper = run(settings);
        CHECK(keeper.table("signature").rows() == 1);
        CHECK_FALSE(std::isnan(keeper.last("difference")));
    }
}

TEST_CASE("bugs_stopped_givesUpWithoutAnAnswer") {
    CHECK(run(small("soap_hat_eps"), 0, true).frames.empty());
}

TEST_CASE("bugs_sameSeed_sameAnswer") {
    const auto answer = [](std::uint64_t seed) {
        return run(small("soap_no_permute"), seed).table("rates").numbers(2);
    };
    CHECK(answer(3) == answer(3));
    CHECK(answer(3) != answer(4));
}

TEST_CASE("notesOf_findings_sayWhatWasMeasured") {
    const std::vector<Finding> findings{
        finding("soap_stale_momentum", {3.0, 4.0, 5.0}, Tuned{1e-7, 3e-7, false}),
        finding("soap_hat_eps", {1.0, 1.0, 1.0}, Tuned{1e-7, 1e-7, false}),
        finding("soap_gram_first", {0.9, 1.0, 1.3}, Tuned{1e-7, 1e-7, false}),
        finding("sgd_average", {50.0, 52.0, 60.0}, Tuned{1e-5, 1.01e-5, true}),
        finding("adamw_zero_count", {kInfinity, kInfinity, kInfinity},
                Tuned{1e-5, kInfinity, false})};
    std::map<std::string, std::string> text;
    for (const lab::Note& note : notesOf(findings, 3)) {
        text[note.id] = note.text;
    }
    REQUIRE(text.size() == 4);
    CHECK(text["unseen"].find("SOAP: ε after correction (weights end 10 % of the way apart)") !=
          std::string::npos);
    CHECK(text["unseen"].find("SOAP: own projection (0.9 to 1.3 times as high)") !=
          std::string::npos);
    CHECK(text["seen"].find("SOAP: M not turned (4 times as high)") != std::string::npos);
    CHECK(text["tuned"].find("with SGD: momentum as an average (the same to 5 %)") !=
          std::string::npos);
    CHECK(text["tuned"].find("None mends SOAP: M not turned (3 times as high)") !=
          std::string::npos);
    CHECK(text["tuned"].find("AdamW: counts from 0 (nowhere finite)") != std::string::npos);
    CHECK(text["tuned"].find("edge") != std::string::npos);
    CHECK(tunedWords(findings[3]) == "the same to 5 % (edge)");
    CHECK(tunedWords(finding("soap_hat_eps", {1.0})) == "…");
    CHECK(lossWords(signature({2132.0})) == "2100 times as high");
    CHECK(notesOf({}, 3).empty());
}

TEST_CASE("runName_andSettings_sayWhatIsRun") {
    CHECK(runName(*expanded({})) == "6 mistakes");
    CHECK(runName(*expanded({{"bug", lab::ChoicesValue{"sgd_average"}}})) ==
          "SGD: momentum as an average");
    CHECK(runSettings(*expanded({})) == "valley 16 × 8 · κ 100 · 300 calls · f 10");
    CHECK(runSettings(*expanded(
              {{"bug", lab::ChoicesValue{"sgd_average"}}, {"problem", std::string("recorded")}})) ==
          "recorded gradients 3 × 4 · 300 calls");
}
