// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/train/knobs.hpp"
#include "experiments/optim/train/live.hpp"
#include "experiments/optim/train/train.hpp"
#include "experiments/optim/train/words.hpp"
#include "lab/declare.hpp"
#include "optim/papers.hpp"

#include <utility>

namespace psephos::experiments {

namespace train {

namespace {

constexpr const char* kId = "optim.train";
constexpr const char* kMatrix = "matrix_factorisation";
/// Short runs are decided by how soon the basis is good.
constexpr std::int64_t kWarmBasis = 30;
constexpr std::int64_t kBasisSteps = 150; // of the study of the first basis

std::vector<lab::Channel> learningChannels() {
    using namespace lab::declare;
    return {
        scalar("loss/train", "training loss",
               "Mean over the step's batch, before its update: cross-entropy in nats a byte of "
               "text, a row or an image; of an entry of a matrix the squared error, as a share of "
               "the entries' mean square."),
        scalar("loss/validation", "held-out loss", "The same on data that is not trained on."),
        scalar("loss/unigram", "letter frequencies alone",
               "Entropy of the text's bytes, each by itself: the loss of whoever knows how often "
               "each byte occurs and nothing else.",
               "nats"),
        scalar("loss/best_of_rank", "best of this rank",
               "The held-out loss of the best matrix of the rank of UVᵀ: what cutting off the "
               "singular values gives whoever sees every entry (Eckart and Young)."),
        scalar("accuracy/validation", "held-out accuracy",
               "Share of the held-out predictions whose most likely answer is right."),
        {"sample",
         lab::FrameKind::Text,
         "what it answers",
         "",
         "A line that the model writes, or its answers to the first held-out rows or entries.",
         {}},
        table("directions", "directions learned",
              "Of each singular direction of the matrix, strongest first, the share that UVᵀ has: "
              "1 is all of it.",
              {number("direction"), number("learned")}),
    };
}

std::vector<lab::Channel> stepChannels() {
    using namespace lab::declare;
    return {
        scalar("lr", "learning rate", "The step's learning rate, schedule included."),
        scalar("norm/gradient", "gradient norm", "Of all gradients together."),
        scalar("norm/update", "update norm", "Of the change of all weights together."),
        scalar("cost/gradients", "gradients",
               "Gradients taken so far. The first call of SOAP finds a basis and moves nothing: it "
               "counts too."),
        scalar("cost/work", "optimizer work",
               "What the optimizer has computed so far, by its formula: a multiplication with its "
               "addition is two. Gradients are not in it.",
               "GFLOP"),
        scalar("cost/state", "optimizer state",
               "What the optimizer keeps beside weights and gradients.", "MB"),
        scalar("time/gradient", "time of the gradient", "Forward and backward pass of the step.",
               "ms"),
        scalar("time/optimizer", "time of the optimizer",
               "The optimizer's part of the step, refreshes included.", "ms"),
    };
}

lab::Panel line(std::string id, std::string title, std::string meaning, std::string channel,
                std::string label, std::string unit, lab::Scale scale) {
    lab::Panel panel;
    panel.id = std::move(id);
    panel.kind = "line";
    panel.title = std::move(title);
    panel.meaning = std::move(meaning);
    panel.sources = {{std::move(channel), "", {}}};
    panel.x.label = "step";
    panel.y.label = std::move(label);
    panel.y.unit = std::move(unit);
    panel.y.scale = scale;
    panel.row = 1;
    return panel;
}

template <typename Item>
std::vector<Item> together(const std::vector<std::vector<Item>>& groups) {
    std::vector<Item> all;
    for (const std::vector<Item>& group : groups) {
        all.insert(all.end(), group.begin(), group.end());
    }
    return all;
}

/// The panels of a loss in their two places: above, and behind the answers.
struct LossPanels {
    std::vector<lab::Panel> above;
    lab::Panel standings;
};

/// \param name "loss"
LossPanels lossPanels(const std::vector<lab::Condition>& when, const std::string& name,
                      const std::string& unit) {
    using lab::Scale;
    lab::Panel loss = line("loss", "Loss", "surprise at the next answer, on average", "loss/train",
                           name, unit, Scale::Log);
    loss.sources = {{"loss/train", "train", {}},
                    {"loss/validation", "validation", {}},
                    {"loss/unigram", "reference", {}}};
    loss.row = 0;
    loss.height = 1.7;
    lab::Panel race;
    race.id = "race";
    race.kind = "race";
    race.title = "Race";
    race.meaning = "held-out loss, median over seeds";
    race.sources = {{"loss/validation", "", {}},
                    {"cost/gradients", "clock", {}},
                    {"cost/work", "clock", {}},
                    {"cost/state", "clock", {}}};
    race.y.label = "held-out " + name;
    race.y.unit = unit;
    race.y.scale = Scale::Log;
    race.isTab = true;

    lab::Panel rates;
    rates.id = "rates";
    rates.kind = "response";
    rates.title = "Learning rates";
    rates.meaning = "held-out loss by learning rate; bars: within 1 % of the best";
    rates.sources = {{"loss/validation", "", {}}};
    rates.edits = {{"over", "lr"}};
    rates.y = race.y;
    rates.isTab = true;

    lab::Panel standings = race;
    standings.id = "standings";
    standings.kind = "standings";
    standings.title = "Standings";
    standings.meaning = "at the last look, and what the target cost";
    standings.row = 2;

    for (lab::Panel* panel : {&loss, &race, &rates, &standings}) {
        panel->when = when;
    }
    return {{loss, race, rates}, standings};
}

/// The same of a matrix' error: the places are the same, the runs and the unit are not.
LossPanels matrixLossPanels(const std::vector<lab::Condition>& when) {
    LossPanels panels = lossPanels(when, "error", "share of the matrix");
    lab::Panel& error = panels.above.front();
    error.title = "Error";
    error.meaning = "what UVᵀ misses of the matrix";
    error.sources.back().channel = "loss/best_of_rank";
    for (lab::Panel& panel : panels.above) {
        panel.id = "matrix-" + panel.id;
        panel.isTab = true;
    }
    panels.standings.id = "matrix-" + panels.standings.id;
    return panels;
}

/// Beside the pictures: who leads, and what is to be said.
std::vector<lab::Panel> leftPanels() {
    lab::Panel leaders;
    leaders.id = "leaders";
    leaders.kind = "leaders";
    leaders.title = "Who leads";
    leaders.meaning = "held-out loss at the play head";
    leaders.sources = {{"loss/validation", "", {}}};
    leaders.y.label = "held-out loss";
    leaders.zone = lab::PanelZone::Left;
    leaders.row = 0;

    lab::Panel notes;
    notes.id = "notes";
    notes.kind = "notes";
    notes.title = "Notes";
    notes.zone = lab::PanelZone::Left;
    notes.row = 1;
    notes.height = 0.8;
    return {leaders, notes};
}

std::vector<lab::Panel> panels() {
    using lab::Scale;
    const std::vector<lab::Condition> isMatrix{{"task", {kMatrix}}};
    std::vector<std::string> predictors;
    for (const lab::ChoiceOption& task : tasks()) {
        if (task.id != kMatrix) {
            predictors.push_back(task.id);
        }
    }
    const std::vector<lab::Condition> predicts{{"task", predictors}};

    const auto [losses, standings] = lossPanels(predicts, "loss", "nats");
    const auto [errors, errorStandings] = matrixLossPanels(isMatrix);

    lab::Panel sample;
    sample.id = "sample";
    sample.kind = "table";
    sample.title = "What it answers";
    sample.meaning = "in its own words, at the play head";
    sample.sources = {{"sample", "", {}}};
    sample.row = 2;
    sample.height = 0.9;

    lab::Panel accuracy = line("accuracy", "Accuracy", "right answers, held out",
                               "accuracy/validation", "accuracy", "%", Scale::Linear);
    accuracy.sources.front().role = "validation";
    accuracy.when = predicts;
    lab::Panel directions = lab::declare::panel(
        "directions", "curves", "Directions learned", "of the matrix, strongest first",
        {{"directions", "", {{"x", "direction"}, {"y", "learned"}}}}, 1);
    directions.x.label = "direction";
    directions.y.label = "learned";
    directions.y.unit = "%";
    directions.when = isMatrix;
    directions.isTab = true;
    lab::Panel time = line("time", "Cost of a step", "the optimizer's part", "time/optimizer",
                           "time", "ms", Scale::Log);
    time.sources.front().role = "noisy";
    return together<lab::Panel>({losses,
                                 errors,
                                 {accuracy, directions},
                                 matrixPanels(),
                                 {time},
                                 costPanels(),
                                 {sample, standings, errorStandings},
                                 leftPanels()});
}

lab::declare::PresetMaker card(std::string id, std::string title, std::string question) {
    return {kId, std::move(id), std::move(title), std::move(question), "1 min", "loss"};
}

lab::declare::PresetMaker matrixCard() {
    return {
        kId,     "matrix",     "A matrix from its pieces", "Who finds what is 200 times fainter?",
        "1 min", "matrix-loss"};
}

/// A race each over one task.
std::vector<lab::Preset> racePresets() {
    return {
        card("spell", "Teach a machine to spell",
             "How soon does it know more than which letters are frequent?")
            .sweep("optimizer", racers())
            .set("task", "char_lm")
            .set("steps", 120)
            .set("validate_every", 10)
            .set("shampoo.basis_warmup", kWarmBasis)
            .set("soap.basis_warmup", kWarmBasis)
            .make(),
        card("series", "Ten shapes in noise", "Who learns the most from each look?")
            .sweep("optimizer", racers())
            .set("task", "mnist1d")
            .set("steps", 1000)
            .set("shampoo.basis_warmup", kWarmBasis)
            .set("soap.basis_warmup", kWarmBasis)
            .make(),
        card("digits", "Painted digits", "Is the cleverest step worth its price?")
            .sweep("optimizer", racers())
            .set("task", "image_classifier")
            .set("steps", 300)
            .set("validate_every", 10)
            .set("shampoo.basis_warmup", kWarmBasis)
            .set("soap.basis_warmup", kWarmBasis)
            .make(),
        card("numbers", "House numbers", "Are filters matrices, too?")
            .sweep("optimizer", racers())
            .set("task", "conv")
            .set("steps", 300)
            .set("validate_every", 10)
            .set("shampoo.basis_warmup", kWarmBasis)
            .set("soap.basis_warmup", kWarmBasis)
            .make(),
        matrixCard()
            .sweep("optimizer", racers())
            .set("task", kMatrix)
            .set("steps", 300)
            .set("validate_every", 10)
            .set("shampoo.basis_warmup", kWarmBasis)
            .set("soap.basis_warmup", kWarmBasis)
            .make(),
    };
}

/// Questions about one optimizer, or about racing itself.
std::vector<lab::Preset> studyPresets() {
    return {
        card("first-basis", "The first basis decides",
             "What does SOAP lose by trusting a single gradient?")
            .set("task", "char_lm")
            .set("char_lm.start", "even")
            .set("optimizer", "soap")
            .set("lr", 0.02)
            .set("steps", kBasisSteps)
            .set("validate_every", 10)
            // The last one is a refresh at every step, as f = 1.
            .sweep("soap.basis_warmup", {0, 10, 30, kBasisSteps})
            .outsideGallery()
            .make(),
        lab::declare::PresetMaker(kId, "inside-soap", "Inside SOAP",
                                  "How far does the basis turn between two refreshes?", "1 min",
                                  "residual")
            .set("task", "image_classifier")
            .set("optimizer", "soap")
            .set("steps", 300)
            .set("validate_every", 10)
            .set("soap.basis_warmup", kWarmBasis)
            .sweep("soap.f", {5, 20, 80})
            .outsideGallery()
            .make(),
        card("luck", "Skill or luck?", "Who is ahead once chance has had its say?")
            .sweep("optimizer", racers())
            .set("task", "mnist1d")
            .set("steps", 300)
            .set("validate_every", 10)
            .set("shampoo.basis_warmup", kWarmBasis)
            .set("soap.basis_warmup", kWarmBasis)
            .seeds({0, 1, 2})
            .make(),
        // What optim.efficiency asks for: each length with a whole schedule of its own.
        card("sooner", "Each its own decay", "How much shorter may the better optimizer run?")
            .set("task", "mnist1d")
            .sweep("optimizer", {std::string("adamw"), std::string("soap")})
            .set("soap.basis_warmup", kWarmBasis)
            .sweep("steps", {500, 625, 750, 875, 1000})
            .seeds({0, 1, 2})
            .outsideGallery()
            .make(),
        card("learning-rates", "Too short, too long", "How wide is the good range?")
            .set("task", "mnist1d")
            .sweep("optimizer", {std::string("adamw"), std::string("shampoo"), std::string("soap"),
                                 std::string("muon")})
            .set("steps", 300)
            .set("shampoo.basis_warmup", kWarmBasis)
            .set("soap.basis_warmup", kWarmBasis)
            .sweep("lr", {1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1.0})
            .outsideGallery()
            .make(),
    };
}

} // namespace

} // namespace train

lab::Description describeTrain() {
    using namespace train;
    lab::Description description;
    description.id = kId;
    description.title = "Training race";
    description.question = "Who teaches a model the most, in steps and in seconds?";
    description.paper = optim::soapPaper();
    description.theme = lab::Theme::Descend;
    description.group = "Races";
    description.keywords = {
        "optimizer", "race",          "training",  "language model", "transformer", "spelling",
        "text",      "digits",        "mnist",     "perceptron",     "sgd",         "adamw",
        "shampoo",   "soap",          "muon",      "learning rate",  "schedule",    "adafactor",
        "lion",      "schedule-free", "kl-shampoo"};
    description.lane = lab::Lane::Long;
    description.module = "torch";
    description.devices = {"cpu", "cuda"};
    description.knobs = knobs();
    description.colourKnob = "optimizer";
    description.channels =
        together<lab::Channel>({learningChannels(), stepChannels(), liveChannels()});
    description.panels = panels();
    description.presets = together<lab::Preset>({racePresets(), studyPresets()});
    description.stepsKnob = "steps";
    description.headline = "loss/validation";
    description.runName = runName;
    description.runSettings = runSettings;
    description.notes = comparisonNotes;
    return description;
}

} // namespace psephos::experiments
