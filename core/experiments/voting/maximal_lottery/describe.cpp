// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/voting/maximal_lottery/examples.hpp"
#include "experiments/voting/maximal_lottery/maximal_lottery.hpp"

#include <algorithm>
#include <filesystem>

namespace psephos::experiments {

namespace {

using lab::Channel;
using lab::FrameKind;
using lab::Knob;
using lab::KnobType;
using lab::Level;
using lab::Panel;
using lab::Preset;

constexpr const char* kId = "voting.maximal_lottery";

/// How votes become margins.
std::vector<Knob> ruleKnobs() {
    Knob rule;
    rule.id = "rule";
    rule.label = "Margins are";
    rule.help = "What a margin is counted in; they differ where pairs were compared more or less "
                "often.";
    rule.type = KnobType::Choice;
    rule.defaultValue = std::string("auto");
    rule.choices = {{"auto", "By the votes", "Rates of battles, else votes."},
                    {"counts", "Votes", "How many more prefer the one."},
                    {"rates", "Rates", "Shares of the pair's comparisons."}};
    rule.group = "Margins";

    Knob ties;
    ties.id = "ties";
    ties.label = "Ties";
    ties.help = "What a tie says where margins are rates.";
    ties.type = KnobType::Choice;
    ties.defaultValue = std::string("half");
    ties.choices = {{"half", "Half a win each", "Ties pull to the middle."},
                    {"dropped", "Dropped", "Only decided comparisons count."}};
    ties.group = "Margins";
    ties.level = Level::Advanced;
    ties.when = {{"rule", {"auto", "rates"}}};

    Knob alpha;
    alpha.id = "alpha";
    alpha.label = "Smoothing α";
    alpha.help = "Imaginary wins of each side where margins are rates: those of few comparisons "
                 "shrink towards 0.";
    alpha.type = KnobType::Real;
    alpha.defaultValue = 0.0;
    alpha.min = 0.0;
    alpha.max = 1000.0;
    alpha.group = "Margins";
    alpha.level = Level::Advanced;
    alpha.when = {{"rule", {"auto", "rates"}}};

    Knob power;
    power.id = "power";
    power.label = "Power of margins";
    power.help = "0: only who beats whom counts; 1: by how much; more: large margins drown small "
                 "ones.";
    power.type = KnobType::Real;
    power.defaultValue = 1.0;
    power.min = 0.0;
    power.max = 8.0;
    power.group = "Margins";

    Knob unseen;
    unseen.id = "unseen";
    unseen.label = "Unseen pairs";
    unseen.help = "What is done about a pair that was never compared.";
    unseen.type = KnobType::Choice;
    unseen.defaultValue = std::string("tie");
    unseen.choices = {
        {"tie", "As a tie", "Its margin is 0; a warning says where that matters."},
        {"impute", "Imputed", "From the strengths of Bradley-Terry."},
        {"interval", "Anything", "Either side can only be sure of losing; needs rates."},
        {"refuse", "Refused", "The run ends with an error that names the first one."}};
    unseen.group = "Margins";
    return {rule, ties, alpha, power, unseen};
}

Knob bootstraps() {
    Knob bootstraps;
    bootstraps.id = "bootstraps";
    bootstraps.label = "Draws of the votes";
    bootstraps.help = "How often the votes are drawn anew, to see where the chances might have "
                      "been; they come in after the lottery.";
    bootstraps.type = KnobType::Integer;
    bootstraps.defaultValue = std::int64_t{200};
    bootstraps.min = 0;
    bootstraps.max = 100000;
    bootstraps.group = "Other votes";
    return bootstraps;
}

std::vector<Knob> knobs() {
    Knob data;
    data.id = "data";
    data.label = "Votes";
    data.help = "A win matrix as CSV (header and first column name the candidates; how often the "
                "row beat the column), PrefLib ballots, or battles as CSV, JSON or JSONL; empty: "
                "the example.";
    data.type = KnobType::File;
    data.defaultValue = std::string();
    data.optional = true;
    data.suffixes = {"csv", "json", "jsonl", "soc", "soi", "toc", "toi"};
    data.group = "Electorate";

    Knob example;
    example.id = "example";
    example.label = "Example";
    example.help = "An invented election, used while no file of votes is named.";
    example.type = KnobType::Choice;
    example.defaultValue = exampleElections().front().id;
    for (const ExampleElection& election : exampleElections()) {
        example.choices.push_back(
            {election.id, election.name, election.label + ". " + election.story});
    }
    example.group = "Electorate";
    example.when = {{"data", {""}}};

    Knob margins;
    margins.id = "margins";
    margins.label = "Edited margins";
    margins.help = "Margins of row over column that replace the counted ones: a matrix with a cell "
                   "for every pair, empty where the count stands; the mirror cell takes the "
                   "negative.";
    margins.type = KnobType::Matrix;
    margins.defaultValue = lab::MatrixValue{};
    margins.optional = true;
    margins.group = "Margins";
    margins.resetBy = {"data", "example"}; // another electorate has other candidates

    Knob columns;
    columns.id = "columns";
    columns.label = "Columns";
    columns.help = "What columns of battles say whose names are not known: "
                   "a:home.team,b:away.team,winner:result; empty: known names.";
    columns.type = KnobType::Text;
    columns.defaultValue = std::string();
    columns.optional = true;
    columns.group = "Electorate";
    columns.level = Level::Advanced;

    Knob solver;
    solver.id = "solver";
    solver.label = "Solver";
    solver.help = "How the game behind the lottery is solved; they differ only where several "
                  "lotteries are maximal.";
    solver.type = KnobType::Choice;
    solver.defaultValue = std::string("central_path");
    solver.choices = {
        {"central_path", "Central path",
         "Interior point: ends at the centre of all maximal lotteries, clones share equally."},
        {"linear_program", "Linear program",
         "Simplex: ends at one corner of the set of maximal lotteries; the reference."},
        {"least_norm", "Least norm",
         "Of all maximal lotteries the one whose chances have the least sum of squares."}};
    solver.group = "Margins";
    solver.level = Level::Advanced;
    std::vector<Knob> all{data, columns, example};
    for (Knob& knob : ruleKnobs()) {
        all.push_back(std::move(knob));
    }
    all.insert(all.end(), {margins, solver, bootstraps()});
    return all;
}

std::vector<Channel> channels() {
    Channel lottery;
    lottery.id = "lottery";
    lottery.kind = FrameKind::Table;
    lottery.label = "Maximal lottery";
    lottery.help = "Each candidate's chance, in the order of the votes; min and max bound it over "
                   "all maximal lotteries, empty until they are known.";
    lottery.columns = {{"candidate", "", true},
                       {"probability", "", false},
                       {"min", "", false},
                       {"max", "", false}};

    Channel gap;
    gap.id = "gap";
    gap.kind = FrameKind::Scalar;
    gap.label = "Gap";
    gap.help = "Certificate: what the best opponent gains on the lottery, over the largest margin; "
               "0 says that nobody beats it.";

    Channel margins;
    margins.id = "margins";
    margins.kind = FrameKind::Grid;
    margins.label = "Margins";
    margins.help = "How many more prefer the row to the column than the other way round: in votes, "
                   "or as a share of the pair's comparisons. Empty: never compared.";

    Channel bootstrap;
    bootstrap.id = "bootstrap";
    bootstrap.kind = FrameKind::Table;
    bootstrap.label = "Votes drawn anew";
    bootstrap.help = "Mean chance over draws, the middle 95 % of them, and how often there is any.";
    bootstrap.columns = {{"candidate", "", true},
                         {"mean", "", false},
                         {"low", "", false},
                         {"high", "", false},
                         {"support", "", false}};

    Channel distribution;
    distribution.id = "distribution";
    distribution.kind = FrameKind::Grid;
    distribution.label = "Distribution";
    distribution.unit = "%";
    distribution.help = "In which share of draws the candidate's chance lies in this bin.";
    Channel scores;
    scores.id = "scores";
    scores.kind = FrameKind::Table;
    scores.label = "Score and chance";
    scores.help = "The mean margin over all others (Borda's score), and the chance.";
    scores.columns = {{"candidate", "", true}, {"score", "", false}, {"probability", "", false}};
    return {lottery, gap, margins, scores, bootstrap, distribution};
}

std::vector<Panel> panels() {
    Panel margins;
    margins.id = "margins";
    margins.kind = "heatmap";
    margins.title = "Margins";
    margins.meaning = "row over column; drag a cell";
    margins.sources = {{"margins", "signed", {}}};
    margins.edits = {{"skew-cell", "margins"}};
    margins.row = 0;
    margins.stretch = 1.2;

    Panel lottery;
    lottery.id = "lottery";
    lottery.kind = "bars";
    lottery.title = "Maximal lottery";
    lottery.meaning = "whiskers: other draws of votes; dashed: all maximal lotteries";
    lottery.sources = {
        {"lottery",
         "",
         {{"name", "candidate"}, {"value", "probability"}, {"least", "min"}, {"greatest", "max"}}},
        {"bootstrap", "whiskers", {{"name", "candidate"}}}};
    lottery.y.label = "Chance";
    lottery.y.unit = "%";
    lottery.y.min = 0.0;
    lottery.row = 0;

    Panel notes;
    notes.id = "notes";
    notes.kind = "notes";
    notes.title = "What is certain";
    notes.meaning = "";
    notes.zone = lab::PanelZone::Left;

    Panel distribution;
    distribution.id = "distribution";
    distribution.kind = "heatmap";
    distribution.title = "If other votes had been drawn";
    distribution.meaning = "how often each chance came up";
    distribution.sources = {{"distribution", "unsigned", {}}};
    distribution.row = 0;
    distribution.isTab = true;
    Panel scores;
    scores.id = "scores";
    scores.kind = "scatter";
    scores.title = "Score and chance";
    scores.meaning = "the best on average need not have any chance";
    scores.sources = {
        {"scores", "", {{"name", "candidate"}, {"x", "score"}, {"y", "probability"}}}};
    scores.x.label = "Mean margin over all others";
    scores.y.label = "Chance";
    scores.y.unit = "%";
    scores.isTab = true;
    return {margins, scores, lottery, distribution, notes};
}

Preset preset(const std::string& example, const std::string& title, const std::string& question,
              bool inGallery) {
    Preset preset;
    preset.id = example;
    preset.title = title;
    preset.question = question;
    preset.scenario.experiment = kId;
    preset.scenario.set("example", example);
    preset.duration = "1 min";
    preset.miniature = "lottery";
    preset.inGallery = inGallery;
    return preset;
}

/// The example's name, or the file's without its folder.
std::string runName(const lab::RunScenario& run) {
    const std::string& data = run.knobs.text("data");
    if (!data.empty()) {
        return std::filesystem::path(data).filename().string();
    }
    const auto& elections = exampleElections();
    const auto election =
        std::find_if(elections.begin(), elections.end(),
                     [&run](const auto& each) { return each.id == run.knobs.text("example"); });
    return election == elections.end() ? run.knobs.text("example") : election->name;
}

std::string runSettings(const lab::RunScenario& run) {
    std::string settings = run.knobs.text("solver") == "linear_program" ? "linear program" : "";
    if (run.knobs.text("solver") == "least_norm") {
        settings = "least norm";
    }
    if (run.knobs.real("power") != 1.0) {
        settings += (settings.empty() ? "margins to the power " : " · margins to the power ") +
                    lab::toText(run.knobs.at("power"));
    }
    if (!run.knobs.matrix("margins").values.empty()) {
        settings += settings.empty() ? "edited margins" : " · edited margins";
    }
    return settings;
}

} // namespace

lab::Description describeMaximalLottery() {
    lab::Description description;
    description.id = kId;
    description.title = "Let a lottery decide";
    description.question = "Whom to elect when every candidate loses to another one?";
    description.paper = {"Maximal lotteries",
                         "P. C. Fishburn, Probabilistic social choice based on simple voting "
                         "comparisons, Review of Economic Studies 51 (1984); F. Brandl, F. Brandt, "
                         "H. G. Seedig, Consistent probabilistic social choice, Econometrica 84 "
                         "(2016)",
                         "1503.00694"};
    description.theme = lab::Theme::Choose;
    description.group = "Lotteries";
    description.keywords = {"voting",  "Condorcet", "paradox", "cycle",   "margins",
                            "PrefLib", "game",      "random",  "fishburn"};
    description.lane = lab::Lane::Reactive;
    description.knobs = knobs();
    description.channels = channels();
    description.panels = panels();
    description.presets = {
        preset("harbour", "A town that can't agree",
               "Seven plans, and each loses to another one: which shall be built?", true),
        preset("meal", "Rock, paper, scissors",
               "Three meals that beat each other in a circle: who gets which chance?", true),
        preset("square", "The winner nobody put first",
               "Can the favourite of the fewest beat everyone in a duel?", false),
        preset("holiday", "A tie at the top",
               "Two options tie: what does a canonical answer look like?", false),
    };
    description.headline = "gap";
    description.runName = runName;
    description.runSettings = runSettings;
    return description;
}

} // namespace psephos::experiments
