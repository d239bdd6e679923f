// SPDX-License-Identifier: GPL-3.0-or-later
// The description of optim.train: knobs, recorded sweeps, names, notes.
#include "experiments/optim/train/knobs.hpp"
#include "experiments/optim/train/sweeps.hpp"
#include "experiments/optim/train/train.hpp"
#include "experiments/optim/train/words.hpp"
#include "lab/files/json.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <string>

using namespace psephos;
using namespace psephos::experiments;

namespace {

const lab::Description& description() {
    static const lab::Description kDescription = describeTrain();
    return kDescription;
}

/// The runs that assignments of the command line expand to.
std::vector<lab::RunScenario> runsOf(const std::vector<std::string>& assignments,
                                     std::vector<std::uint64_t> seeds = {0}) {
    lab::Scenario scenario;
    scenario.experiment = description().id;
    scenario.seeds = std::move(seeds);
    for (const std::string& assignment : assignments) {
        const auto applied = lab::applyAssignment(scenario, assignment, description());
        INFO((applied.ok() ? std::string() : applied.error().line()));
        REQUIRE(applied.ok());
    }
    auto runs = lab::expand(scenario, description());
    INFO((runs.ok() ? std::string() : runs.error().line()));
    REQUIRE(runs.ok());
    return *runs;
}

std::vector<std::string> noteIds(const std::vector<lab::RunScenario>& runs) {
    std::vector<lab::RunFacts> facts;
    for (const lab::RunScenario& run : runs) {
        facts.push_back({run, "finished", 10, {}});
    }
    std::vector<std::string> ids;
    for (const lab::Note& note : description().notes(facts)) {
        CHECK(note.text.back() == '.');
        ids.push_back(note.id);
    }
    return ids;
}

bool has(const std::vector<std::string>& ids, const std::string& id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
}

} // namespace

TEST_CASE("trainDescription_isSound") {
    const auto faults = lab::validate(description());
    for (const std::string& fault : faults) {
        MESSAGE(fault);
    }
    CHECK(faults.empty());
    CHECK(description().module == "torch");
}

TEST_CASE("trainChannels_areThoseThatScriptsReadBy") {
    for (const char* id : {"loss/train", "loss/validation", "accuracy/validation", "lr",
                           "norm/gradient", "norm/update", "time/gradient", "time/optimizer"}) {
        CHECK_MESSAGE(description().channel(id) != nullptr, id);
    }
}

TEST_CASE("trainSweeps_everyMethodOnEveryTask_hasItsOwnInsideItsGrid") {
    std::vector<std::string> methods;
    for (const auto& option : train::optimizers()) {
        methods.push_back("optimizer=" + option.id);
    }
    for (const auto& task : train::tasks()) {
        std::set<const train::Sweep*> seen;
        const auto check = [&](std::vector<std::string> assignments) {
            CAPTURE(task.id);
            CAPTURE(assignments.back());
            assignments.push_back("task=" + task.id);
            const lab::KnobValues knobs = runsOf(assignments)[0].knobs;
            const train::Sweep* sweep = train::sweepOf(knobs);
            REQUIRE(sweep != nullptr);
            CHECK(seen.insert(sweep).second);
            CHECK(sweep->learningRates.size() >= 7);
            CHECK_FALSE(sweep->isAtEdge());
            const auto evidence = sweep->evidence();
            CHECK(evidence.x.size() == evidence.y.size());
            CHECK(evidence.chosen == sweep->best());
            CHECK(evidence.atGridEdge == sweep->isAtEdge());
            CHECK_FALSE(evidence.provenance.empty());
            CHECK((evidence.yLabel.find("nats") == std::string::npos) ==
                  (task.id == "matrix_factorisation"));
            CHECK(knobs.real("lr") == sweep->best());
        };
        for (const std::string& method : methods) {
            check({method});
        }
        check({"optimizer=shampoo", "shampoo.statistics=kl"});
        check({"optimizer=adafactor", "adafactor.form=original"});
    }
}

TEST_CASE("trainSweeps_theirKnobs_areKnobsOfTheirOptimizer") {
    for (const train::Sweep& sweep : train::recordedSweeps()) {
        for (const auto& [id, value] : sweep.knobs) {
            const lab::Knob* knob = description().knob(id);
            REQUIRE_MESSAGE(knob != nullptr, id);
            CHECK(id.starts_with(sweep.optimizer + "."));
            CHECK(knob->parse(value).ok());
        }
    }
}

TEST_CASE("trainSweep_best_isTheSmallestFiniteLoss") {
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    train::Sweep sweep{"t", "o", {}, 10, {1, 2, 3, 4}, {kNan, 3, 2, kNan}, ""};
    CHECK(sweep.best() == 3);
    CHECK_FALSE(sweep.isAtEdge());
    sweep.losses = {1, 2, 3, 4};
    CHECK(sweep.best() == 1);
    CHECK(sweep.isAtEdge());
    sweep.losses = {kNan, kNan, 3, 1};
    CHECK(sweep.best() == 4);
    CHECK(sweep.isAtEdge());
}

TEST_CASE("trainSweeps_faultyTable_isRefused") {
    for (
        const char* text :
        {"", "[]", "{}", R"({"provenance":"p","sweeps":[{}]})",
         R"({"provenance":"p","sweeps":[{"task":"a","optimizer":"b","steps":1,"lr":[1,2],"loss":[1]}]})",
         R"({"provenance":"p","sweeps":[{"task":"a","optimizer":"b","steps":1,"lr":[2,1],"loss":[1,1]}]})",
         R"({"provenance":"p","sweeps":[{"task":"a","optimizer":"b","steps":1,"lr":[1],"loss":[null]}]})",
         R"({"provenance":"p","sweeps":[{"task":"a","optimizer":"b","steps":1,"lr":[1],"loss":["x"]}]})",
         R"({"provenance":"p","sweeps":[{"task":"a","optimizer":"b","knobs":[],"steps":1,"lr":[1],"loss":[1]}]})",
         R"({"provenance":"p","sweeps":[{"task":"a","optimizer":"b","knobs":{"b.c":1},"steps":1,"lr":[1],"loss":[1]}]})"}) {
        CHECK_MESSAGE(!train::readSweeps(text, "test").ok(), text);
    }
}

TEST_CASE("trainKnobs_optimizer_isBuiltFromItsOwn") {
    const auto soap = runsOf({"optimizer=soap", "lr=0.5", "soap.f=7", "soap.basis_warmup=3"});
    const auto config = std::get<optim::SoapConfig>(train::optimizerOf(soap[0].knobs));
    CHECK(config.learningRate == 0.5);
    CHECK(config.refreshPeriod == 7);
    CHECK(config.basisWarmup == 3);
    CHECK(train::auxiliaryOf(soap[0].knobs).learningRate == 0.5);
    for (const auto& option : train::optimizers()) {
        const auto runs = runsOf({"optimizer=" + option.id});
        const auto made = train::optimizerOf(runs[0].knobs);
        CHECK(optim::validate(made).ok());
        const std::map<std::string, std::string> families{{"adamw", "adam"},
                                                          {"adafactor", "adafactor_simple"},
                                                          {"schedule_free", "schedule_free_adamw"}};
        const auto known = families.find(option.id);
        const std::string family = known != families.end() ? known->second : option.id;
        CHECK(optim::familyName(made) == family);
        CHECK(optim::validate(train::auxiliaryOf(runs[0].knobs)).ok());
    }
}

TEST_CASE("trainNotes_scheduleFreeUnderASchedule_saysSo") {
    CHECK(has(noteIds(runsOf({"optimizer=schedule_free"})), "needless-schedule"));
    CHECK_FALSE(has(noteIds(runsOf({"optimizer=schedule_free", "schedule=constant"})),
                    "needless-schedule"));
}

TEST_CASE("trainKnobs_options_reachTheirOptimizer") {
    using namespace optim;
    const auto soap = std::get<SoapConfig>(train::optimizerOf(
        runsOf({"optimizer=soap", "soap.sides=smaller", "soap.second_moment=factored",
                "soap.refresh=cholesky_qr2", "soap.carry=transport", "soap.eps_mode=hat",
                "soap.normalize=true"})[0]
            .knobs));
    CHECK(soap.sides == Sides::Smaller);
    CHECK(soap.secondMoment == SecondMoment::Factored);
    CHECK(soap.refresh == BasisRefresh::CholeskyQr2);
    CHECK(soap.carry == SecondMomentCarry::Transport);
    CHECK(soap.epsMode == EpsMode::Hat);
    CHECK(soap.normalizeUpdate);
    const auto shampoo = std::get<ShampooConfig>(train::optimizerOf(
        runsOf({"optimizer=shampoo", "shampoo.statistics=kl", "shampoo.trace_scale=true",
                "shampoo.tolerance=0.2", "shampoo.max_precond_dim=64", "shampoo.blocking=true",
                "shampoo.starts_grafted=true"})[0]
            .knobs));
    CHECK(shampoo.statistics == FactorStatistics::KullbackLeibler);
    CHECK(shampoo.traceScale);
    CHECK(shampoo.refreshTolerance == 0.2);
    CHECK(shampoo.maxPreconditionerDim == 64);
    CHECK(shampoo.blocking);
    CHECK(shampoo.startsGrafted);
    const auto muon = std::get<MuonConfig>(
        train::optimizerOf(runsOf({"optimizer=muon", "muon.orthogonalisation=quintic",
                                   "muon.scale=moonshot", "muon.ns_precision=bfloat16"})[0]
                               .knobs));
    CHECK(muon.coefficients == quinticCoefficients());
    CHECK(muon.scale == MuonScale::Moonshot);
    CHECK(muon.precision == NsPrecision::BFloat16);
    const auto original = std::get<AdafactorConfig>(
        train::optimizerOf(runsOf({"optimizer=adafactor", "adafactor.form=original",
                                   "adafactor.clip=0.5", "adafactor.scale_parameter=false"})[0]
                               .knobs));
    CHECK(original.clip == 0.5);
    CHECK_FALSE(original.scaleParameter);
    CHECK(original.relativeStep);
}

TEST_CASE("trainBatch_auto_followsTheTask") {
    CHECK(runsOf({"task=char_lm"})[0].knobs.integer("batch") == 16);
    CHECK(runsOf({"task=mnist1d"})[0].knobs.integer("batch") == 64);
    CHECK(runsOf({"task=conv"})[0].knobs.integer("batch") == 64);
    CHECK(runsOf({"task=matrix_factorisation"})[0].knobs.integer("batch") == 1024);
}

TEST_CASE("trainKnobs_ofATask_doNotApplyElsewhere") {
    const auto applies = [](const char* task, const char* knob) {
        const auto runs = runsOf({std::string("task=") + task});
        return runs[0].knobs.applies(*description().knob(knob));
    };
    CHECK_FALSE(applies("matrix_factorisation", "data"));
    CHECK(applies("conv", "data"));
    CHECK(applies("char_lm", "char_lm.start"));
    CHECK_FALSE(applies("mnist1d", "char_lm.start"));
    CHECK_FALSE(applies("char_lm", "char_lm.deviation"));
    CHECK(
        runsOf({"char_lm.start=even"})[0].knobs.applies(*description().knob("char_lm.deviation")));
    CHECK(applies("matrix_factorisation", "matrix_factorisation.rank"));
    CHECK_FALSE(applies("conv", "matrix_factorisation.rank"));
    CHECK(applies("conv", "conv.layers"));
    CHECK_FALSE(applies("image_classifier", "conv.layers"));
    CHECK_FALSE(applies("conv", "hidden_width"));
}

TEST_CASE("trainPanels_nats_areOnlyForTasksThatPredict") {
    for (const lab::Panel& panel : description().panels) {
        const lab::KnobValues matrix = runsOf({"task=matrix_factorisation"})[0].knobs;
        if (matrix.hold(panel.when)) {
            CHECK_MESSAGE(panel.y.unit != "nats", panel.id);
        }
    }
    for (const lab::Channel& channel : description().channels) {
        if (channel.unit == "nats") {
            CHECK(channel.id == "loss/unigram");
        }
    }
    const auto shows = [](const char* task, const std::string& id) {
        const auto knobs = runsOf({std::string("task=") + task})[0].knobs;
        const auto& panels = description().panels;
        const auto panel = std::find_if(panels.begin(), panels.end(),
                                        [&id](const auto& each) { return each.id == id; });
        REQUIRE(panel != panels.end());
        return knobs.hold(panel->when);
    };
    for (const auto& task : train::tasks()) {
        const bool isMatrix = task.id == "matrix_factorisation";
        CHECK(shows(task.id.c_str(), "loss") != isMatrix);
        CHECK(shows(task.id.c_str(), "accuracy") != isMatrix);
        CHECK(shows(task.id.c_str(), "matrix-loss") == isMatrix);
        CHECK(shows(task.id.c_str(), "race") != isMatrix);
        CHECK(shows(task.id.c_str(), "matrix-race") == isMatrix);
        CHECK(shows(task.id.c_str(), "directions") == isMatrix);
        CHECK(shows(task.id.c_str(), "time"));
    }
}

TEST_CASE("trainPresets_expandIntoTheirRuns") {
    for (const lab::Preset& preset : description().presets) {
        const auto runs = lab::expand(preset.scenario, description());
        REQUIRE_MESSAGE(runs.ok(), preset.id);
        CHECK(runs->size() >= 3);
    }
    REQUIRE(description().preset("spell") != nullptr);
    CHECK(lab::expand(description().preset("spell")->scenario, description())->size() == 5);
}

TEST_CASE("trainNames_sayWhatVaries") {
    const auto race = runsOf({"optimizer=[sgd,soap]", "lr=0.01"});
    CHECK(description().runName(race[1]) == "SOAP");
    CHECK(description().runSettings(race[1]) == "lr 0.01 · f 10 · no warm-up");
    const auto periods = runsOf({"optimizer=soap", "lr=0.01", "soap.f=[1,10]"});
    CHECK(description().runName(periods[0]) == "f 1");
    CHECK(description().runSettings(periods[0]) == "lr 0.01");
    CHECK(description().runSettings(periods[1]) == "lr 0.01 · no warm-up");
    const auto always = runsOf({"optimizer=soap", "lr=0.01", "soap.f=1"});
    CHECK(description().runSettings(always[0]) == "lr 0.01 · f 1");
    const auto warm = runsOf({"optimizer=soap", "lr=0.01", "soap.basis_warmup=[0,30,200]"});
    CHECK(description().runName(warm[0]) == "no warm-up");
    CHECK(description().runName(warm[1]) == "warm-up 30");
    CHECK(description().runName(warm[2]) == "every step"); // of 200
    CHECK(description().runSettings(warm[1]) == "lr 0.01 · f 10");
    const auto same = runsOf({"optimizer=shampoo", "shampoo.basis_warmup=30", "lr=0.01"});
    CHECK(description().runSettings(same[0]) == "lr 0.01 · f 10 · warm-up 30");
    const auto rates = runsOf({"optimizer=adamw", "lr=[1e-5,1e-4,0.01]"});
    CHECK(description().runName(rates[0]) == "lr 1e-5");
    CHECK(description().runName(rates[1]) == "lr 1e-4");
    CHECK(description().runName(rates[2]) == "lr 0.01");
    CHECK(description().runSettings(rates[0]) == "β 0.95, 0.95");
    // The number beside a run is the one by which its rank is told.
    CHECK(description().headline == "loss/validation");
    const auto seeds = runsOf({"optimizer=[sgd,soap]"}, {0, 1});
    CHECK(description().runName(seeds[3]) == "SOAP · seed 1");
    CHECK(description().runName(runsOf({})[0]) == "SOAP");
}

TEST_CASE("trainNotes_brokenRules_areNamed") {
    CHECK(has(noteIds(runsOf({"optimizer=[sgd,soap]"})), "seeds"));
    CHECK_FALSE(has(noteIds(runsOf({"optimizer=[sgd,soap]"}, {0, 1, 2})), "seeds"));
    CHECK_FALSE(has(noteIds(runsOf({"optimizer=soap"})), "seeds"));

    auto mixed = runsOf({"optimizer=soap"});
    mixed.push_back(runsOf({"optimizer=sgd", "lr=0.07"})[0]);
    CHECK(has(noteIds(mixed), "tuning"));
    CHECK_FALSE(has(noteIds(runsOf({"optimizer=[sgd,soap]"})), "tuning"));
    // Another method of the same name has a sweep of its own: Gram's rate is by hand for it.
    auto methods = runsOf({"optimizer=soap"});
    const double gram = runsOf({"optimizer=shampoo"})[0].knobs.real("lr");
    const std::string rate = "lr=" + lab::toText(lab::Value(gram));
    methods.push_back(runsOf({"optimizer=shampoo", rate})[0]);
    CHECK_FALSE(has(noteIds(methods), "tuning"));
    CHECK_FALSE(
        has(noteIds(runsOf({"optimizer=[shampoo,soap]", "shampoo.statistics=kl"})), "tuning"));

    auto lengths = runsOf({"optimizer=soap", "steps=100"});
    lengths.push_back(runsOf({"optimizer=sgd", "steps=200"})[0]);
    CHECK(has(noteIds(lengths), "unequal-steps"));
    CHECK_FALSE(has(noteIds(runsOf({"optimizer=soap", "steps=[100,200]"})), "unequal-steps"));

    auto decays = runsOf({"optimizer=soap", "soap.weight_decay=0.1"});
    decays.push_back(runsOf({"optimizer=sgd"})[0]);
    CHECK(has(noteIds(decays), "decay"));

    auto refreshes = runsOf({"optimizer=soap", "soap.basis_warmup=30"});
    refreshes.push_back(runsOf({"optimizer=shampoo"})[0]);
    CHECK(has(noteIds(refreshes), "refreshes"));

    for (const char* task : {"task=char_lm", "task=conv", "task=matrix_factorisation"}) {
        CHECK_FALSE(has(noteIds(runsOf({task})), "other-model"));
        CHECK(has(noteIds(runsOf({task, "batch=32"})), "other-model"));
    }
    CHECK(has(noteIds(runsOf({"char_lm.start=even"})), "other-model"));
    CHECK(has(noteIds(runsOf({"task=conv", "conv.width=[16,32]"})), "other-model"));
    CHECK_FALSE(has(noteIds(runsOf({"batch=32", "lr=0.02"})), "other-model"));

    CHECK(has(noteIds(runsOf({"optimizer=soap", "soap.basis_warmup=[0,30]"})), "first-basis"));
    for (const char* harmless :
         {"soap.basis_warmup=10", "soap.f=1", "steps=1000", "optimizer=shampoo"}) {
        CAPTURE(harmless);
        CHECK_FALSE(has(noteIds(runsOf({"optimizer=soap", harmless})), "first-basis"));
    }
    CHECK_FALSE(has(noteIds(runsOf({"optimizer=[shampoo,soap]"})), "refreshes"));

    CHECK(has(noteIds(runsOf({"optimizer=[sgd,soap]", "steps=77"})), "other-length"));

    const std::string file = "data=book.txt";
    CHECK(has(noteIds(runsOf({"optimizer=[sgd,soap]", file})), "other-data"));
    CHECK_FALSE(has(noteIds(runsOf({"optimizer=[sgd,soap]"})), "other-data"));
    CHECK_FALSE(has(noteIds(runsOf({"optimizer=[sgd,soap]", file, "lr=0.07"})), "other-data"));
}

TEST_CASE("trainNotes_overSeeds_claimAnOrderOnlyWhereQuartilesLieApart") {
    const auto noteOf = [](const std::vector<double>& losses, const std::string& state,
                           bool lost = false) {
        const auto runs = runsOf({"optimizer=[adamw,soap]"}, {0, 1, 2});
        std::vector<lab::RunFacts> facts;
        for (std::size_t i = 0; i < runs.size(); ++i) {
            facts.push_back({runs[i], state, 200, {{"loss/validation", losses[i]}}});
        }
        if (lost) { // their last looks are from before they diverged
            facts[3].divergedAt = facts[4].divergedAt = facts[5].divergedAt = 10;
        }
        for (const lab::Note& note : description().notes(facts)) {
            if (note.id == "order") {
                return std::string(note.kind == lab::NoteKind::Certificate ? "apart: " : "tied: ") +
                       note.text;
            }
        }
        return std::string();
    };
    const std::string apart = noteOf({1.2, 1.25, 1.3, 1.0, 1.05, 1.1}, "finished");
    CHECK(apart.starts_with("apart: Over 3 seeds"));
    const std::string tied = noteOf({1.2, 1.05, 1.3, 1.0, 1.15, 1.1}, "finished");
    CHECK(tied.starts_with("tied: "));
    CHECK(tied.find("SOAP and AdamW") != std::string::npos); // the better median first
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(noteOf({1.2, nan, nan, 1.0, 1.05, 1.1}, "finished").starts_with("apart: "));
    CHECK(noteOf({1.2, 1.25, 1.3, 1.0, 1.05, 1.1}, "running").empty());
    CHECK(noteOf({1.2, 1.25, 1.3, 1.2, 1.25, 1.3}, "finished").starts_with("tied: "));
    CHECK(noteOf({1.2, 1.25, 1.3, 1.2, 1.25, 1.3}, "finished", true).starts_with("apart: "));
}

TEST_CASE("trainNotes_overTwoSeeds_claimNothing") {
    std::vector<lab::RunFacts> facts;
    for (const lab::RunScenario& run : runsOf({"optimizer=[adamw,soap]"}, {0, 1})) {
        facts.push_back({run, "finished", 200, {{"loss/validation", run.seed == 0 ? 1.0 : 2.0}}});
    }
    for (const lab::Note& note : description().notes(facts)) {
        CHECK(note.id != "order");
    }
}

TEST_CASE("trainNotes_ofASweepOfRates_doNotSpeakOfTuning") {
    const auto ids = noteIds(runsOf({"optimizer=[sgd,soap]", "lr=[0.01,0.1]", "steps=77"}));
    CHECK_FALSE(has(ids, "tuning"));
    CHECK_FALSE(has(ids, "grid-edge"));
    CHECK_FALSE(has(ids, "other-length"));
    CHECK(has(ids, "seeds"));
}
