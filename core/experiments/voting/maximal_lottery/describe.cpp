// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/voting/maximal_lottery/examples.hpp"
#include "experiments/voting/maximal_lottery/maximal_lottery.hpp"
#include "lab/declare.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace psephos::experiments {

namespace {

namespace declare = lab::declare;
using lab::Channel;
using lab::Knob;
using lab::KnobType;
using lab::Panel;
using lab::Preset;

constexpr const char* kId = "voting.maximal_lottery";

/// How votes become margins.
std::vector<Knob> ruleKnobs() {
    const auto ofRates = [](Knob knob) {
        return declare::advanced(declare::when(std::move(knob), "rule", {"auto", "rates"}));
    };
    std::vector<Knob> all{
        declare::choice("rule", "Margins are",
                        "What a margin is counted in; they differ where pairs were compared more "
                        "or less often.",
                        {{"auto", "By the votes", "Rates of battles, else votes."},
                         {"counts", "Votes", "How many more prefer the one."},
                         {"rates", "Rates", "Shares of the pair's comparisons."}}),
        ofRates(declare::choice("ties", "Ties", "What a tie says where margins are rates.",
                                {{"half", "Half a win each", "Ties pull to the middle."},
                                 {"dropped", "Dropped", "Only decided comparisons count."}})),
        ofRates(declare::real("alpha", "Smoothing α",
                              "Imaginary wins of each side where margins are rates: those of few "
                              "comparisons shrink towards 0.",
                              0.0, 0.0, 1000.0)),
        declare::real("power", "Power of margins",
                      "0: only who beats whom counts; 1: by how much; more: large margins drown "
                      "small ones.",
                      1.0, 0.0, 8.0),
        declare::choice(
            "unseen", "Unseen pairs", "What is done about a pair that was never compared.",
            {{"tie", "As a tie", "Its margin is 0; a warning says where that matters."},
             {"impute", "Imputed", "From the strengths of Bradley-Terry."},
             {"interval", "Anything", "Either side can only be sure of losing; needs rates."},
             {"refuse", "Refused", "The run ends with an error that names the first one."}})};
    for (Knob& knob : all) {
        knob.group = "Margins";
    }
    return all;
}

std::vector<Knob> voteKnobs() {
    const std::string group = "Electorate";
    Knob data = declare::knob(
        "data", "Votes",
        "A win matrix as CSV (header and first column name the candidates; how often the row beat "
        "the column), PrefLib ballots, or battles as CSV, JSON or JSONL; empty: the example.",
        KnobType::File, std::string(), group);
    data.suffixes = {"csv", "json", "jsonl", "soc", "soi", "toc", "toi"};
    const Knob columns = declare::advanced(
        declare::knob("columns", "Columns",
                      "What columns of battles say whose names are not known: "
                      "a:home.team,b:away.team,winner:result; empty: known names.",
                      KnobType::Text, std::string(), group));
    Knob example = declare::knob("example", "Example",
                                 "An invented election, used while no file of votes is named.",
                                 KnobType::Choice, exampleElections().front().id, group);
    for (const ExampleElection& election : exampleElections()) {
        example.choices.push_back(
            {election.id, election.name, election.label + ". " + election.story});
    }
    return {data, columns, declare::when(example, "data", {""})};
}

std::vector<Knob> lotteryKnobs() {
    Knob margins = declare::knob(
        "margins", "Edited margins",
        "Margins of row over column that replace the counted ones: a matrix with a cell for every "
        "pair, empty where the count stands; the mirror cell takes the negative.",
        KnobType::Matrix, lab::MatrixValue{}, "Margins");
    margins.optional = true;
    margins.resetBy = {"data", "example"}; // another electorate has other candidates
    Knob solver = declare::advanced(declare::choice(
        "solver", "Solver",
        "How the game behind the lottery is solved; they differ only where several lotteries are "
        "maximal.",
        {{"central_path", "Central path",
          "Interior point: ends at the centre of all maximal lotteries, clones share equally."},
         {"linear_program", "Linear program",
          "Simplex: ends at one corner of the set of maximal lotteries; the reference."},
         {"least_norm", "Least norm",
          "Of all maximal lotteries the one whose chances have the least sum of squares."}}));
    solver.group = "Margins";
    Knob bootstraps = declare::integer(
        "bootstraps", "Draws of the votes",
        "How often the votes are drawn anew, to see where the chances might have been; they come "
        "in after the lottery.",
        200, 0, 100000);
    bootstraps.group = "Other votes";
    return {margins, solver, bootstraps};
}

std::vector<Channel> channels() {
    using declare::number;
    using declare::word;
    return {
        declare::table("lottery", "Maximal lottery",
                       "Each candidate's chance, in the order of the votes; min and max bound it "
                       "over all maximal lotteries, empty until they are known.",
                       {word("candidate"), number("probability"), number("min"), number("max")}),
        declare::scalar("gap", "Gap",
                        "Certificate: what the best opponent gains on the lottery, over the "
                        "largest margin; 0 says that nobody beats it."),
        declare::grid("margins", "Margins",
                      "How many more prefer the row to the column than the other way round: in "
                      "votes, or as a share of the pair's comparisons. Empty: never compared."),
        declare::table("scores", "Score and chance",
                       "The mean margin over all others (Borda's score), and the chance.",
                       {word("candidate"), number("score"), number("probability")}),
        declare::table(
            "bootstrap", "Votes drawn anew",
            "Mean chance over draws, the middle 95 % of them, and how often there is "
            "any.",
            {word("candidate"), number("mean"), number("low"), number("high"), number("support")}),
        declare::grid("distribution", "Distribution",
                      "In which share of draws the candidate's chance lies in this bin.", "%")};
}

std::vector<Panel> panels() {
    using declare::panel;
    Panel margins = panel("margins", "heatmap", "Margins", "row over column; drag a cell",
                          {{"margins", "signed", {}}});
    margins.edits = {{"skew-cell", "margins"}};
    margins.stretch = 1.2;
    Panel scores = panel(
        "scores", "scatter", "Score and chance", "the best on average need not have any chance",
        {{"scores", "", {{"name", "candidate"}, {"x", "score"}, {"y", "probability"}}}});
    scores.x.label = "Mean margin over all others";
    scores.y.label = "Chance";
    scores.y.unit = "%";
    scores.isTab = true;
    Panel lottery = panel(
        "lottery", "bars", "Maximal lottery",
        "whiskers: other draws of votes; dashed: all maximal lotteries",
        {{"lottery",
          "",
          {{"name", "candidate"}, {"value", "probability"}, {"least", "min"}, {"greatest", "max"}}},
         {"bootstrap", "whiskers", {{"name", "candidate"}}}});
    lottery.y.label = "Chance";
    lottery.y.unit = "%";
    lottery.y.min = 0.0;
    Panel distribution = panel("distribution", "heatmap", "If other votes had been drawn",
                               "how often each chance came up", {{"distribution", "unsigned", {}}});
    distribution.isTab = true;
    Panel notes = panel("notes", "notes", "What is certain", "", {});
    notes.zone = lab::PanelZone::Left;
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
    description.knobs = declare::together({voteKnobs(), ruleKnobs(), lotteryKnobs()});
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
