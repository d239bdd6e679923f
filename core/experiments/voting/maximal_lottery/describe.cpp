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

std::vector<Knob> knobs() {
    Knob data;
    data.id = "data";
    data.label = "Votes";
    data.help = "A win matrix as CSV (header and first column name the candidates; how often the "
                "row beat the column) or PrefLib ballots; empty: the example.";
    data.type = KnobType::File;
    data.defaultValue = std::string();
    data.optional = true;
    data.suffixes = {"csv", "soc", "soi", "toc", "toi"};
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
    margins.unit = "votes";
    margins.type = KnobType::Matrix;
    margins.defaultValue = lab::MatrixValue{};
    margins.optional = true;
    margins.group = "Margins";
    margins.resetBy = {"data", "example"}; // another electorate has other candidates

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
         "Simplex: ends at one corner of the set of maximal lotteries; the reference."}};
    solver.group = "Margins";
    solver.level = Level::Advanced;
    return {data, example, margins, solver};
}

std::vector<Channel> channels() {
    Channel lottery;
    lottery.id = "lottery";
    lottery.kind = FrameKind::Table;
    lottery.label = "Maximal lottery";
    lottery.help = "Each candidate's chance, in the order of the votes.";
    lottery.columns = {{"candidate", "", true}, {"probability", "", false}};

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
    margins.unit = "votes";
    margins.help = "How many more prefer the row to the column than the other way round.";
    return {lottery, gap, margins};
}

std::vector<Panel> panels() {
    Panel margins;
    margins.id = "margins";
    margins.kind = "heatmap";
    margins.title = "Margins";
    margins.meaning = "row over column, in votes; drag a cell";
    margins.sources = {{"margins", "signed", {}}};
    margins.edits = {{"skew-cell", "margins"}};
    margins.row = 0;
    margins.stretch = 1.2;

    Panel lottery;
    lottery.id = "lottery";
    lottery.kind = "bars";
    lottery.title = "Maximal lottery";
    lottery.meaning = "the chance of each";
    lottery.sources = {{"lottery", "", {{"name", "candidate"}, {"value", "probability"}}}};
    lottery.y.label = "Chance";
    lottery.y.unit = "%";
    lottery.y.min = 0.0;
    lottery.row = 0;

    Panel notes;
    notes.id = "notes";
    notes.kind = "notes";
    notes.title = "What is certain";
    notes.meaning = "certificate and warnings";
    notes.zone = lab::PanelZone::Left;
    return {margins, lottery, notes};
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
    std::string settings = run.knobs.text("solver") == "central_path" ? "" : "linear program";
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
