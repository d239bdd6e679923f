// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/voting/robust_lottery/electorates.hpp"
#include "experiments/voting/robust_lottery/robust_lottery.hpp"
#include "lab/declare.hpp"

#include <algorithm>
#include <filesystem>

namespace psephos::experiments {

namespace {

namespace declare = lab::declare;
using declare::bounded;
using declare::panel;
using declare::scalar;
using declare::table;
using lab::Channel;
using lab::FrameKind;
using lab::Knob;
using lab::KnobType;
using lab::Level;
using lab::Panel;
using lab::Preset;

constexpr const char* kId = "voting.robust_lottery";

std::vector<Knob> dataKnobs() {
    const std::string group = "Electorate";
    Knob data =
        declare::knob("data", "Votes",
                      "Battles as CSV, JSON or JSONL, PrefLib ballots, or a win matrix as CSV; "
                      "empty: the example.",
                      KnobType::File, std::string(), group);
    data.suffixes = {"csv", "json", "jsonl", "soc", "soi", "toc", "toi"};
    Knob columns = declare::knob("columns", "Columns",
                                 "What columns of battles say whose names are not known: "
                                 "a:home.team,b:away.team,winner:result; empty: known names.",
                                 KnobType::Text, std::string(), group);
    columns.level = Level::Advanced;
    Knob example = declare::knob("example", "Example",
                                 "An invented electorate, used while no file of votes is named.",
                                 KnobType::Choice, exampleGroups().front().id, group);
    for (const ExampleGroups& each : exampleGroups()) {
        example.choices.push_back({each.id, each.label, each.story});
    }
    example.when = {{"data", {""}}};
    Knob by =
        declare::knob("group", "Group by",
                      "Column of words (language, age) whose groups the mix is made of; empty: "
                      "the first with at most a dozen words, else the one with fewest.",
                      KnobType::Text, std::string(), group);
    by.resetBy = {"data", "example"};
    return {data, columns, example, by};
}

std::vector<Knob> distanceKnobs() {
    const std::string group = "How different may it be?";
    Knob rho =
        bounded(declare::knob("rho", "Distance ρ",
                              "How far the electorate may be from the one at hand: the share of "
                              "voters that may belong to other groups, or the error of every "
                              "margin.",
                              KnobType::Real, 0.3, group),
                0.0, 1.0);
    Knob set = declare::knob("set", "Measure", "Which electorates are possible.", KnobType::Choice,
                             std::string("total_variation"), group);
    set.choices = {{"total_variation", "Total variation",
                    "Every mix of the groups in which at most ρ of the voters changed group."},
                   {"edge_box", "Box of margins",
                    "Every margin of the pool may be off by up to ρ, each on its own."}};
    Knob most = bounded(
        declare::knob("rho_max", "Largest ρ", "Where the path ends.", KnobType::Real, 1.0, group),
        0.01, 1.0);
    most.level = Level::Advanced;
    Knob steps = bounded(declare::knob("rho_steps", "Steps of ρ",
                                       "Into so many equal steps the path is divided.",
                                       KnobType::Integer, std::int64_t{10}, group),
                         1, 1000);
    steps.level = Level::Advanced;
    return {rho, set, most, steps};
}

std::vector<Knob> voteKnobs() {
    const std::string group = "Votes";
    Knob ties = declare::knob("ties", "Ties", "What a tie says.", KnobType::Choice,
                              std::string("dropped"), group);
    ties.choices = {{"dropped", "Dropped", "Nothing: only decided battles count."},
                    {"half", "Half a win each", "Every battle counts; ties pull to the middle."}};
    Knob alpha =
        bounded(declare::knob("alpha", "Smoothing α",
                              "Imaginary wins of each side of a pair: margins of few battles "
                              "shrink towards 0.",
                              KnobType::Real, 1.0, group),
                0.0, 1000.0);
    Knob unseen = declare::knob("unseen", "Unseen pairs",
                                "What is done about a pair that a group never compared.",
                                KnobType::Choice, std::string("tie"), group);
    unseen.choices = {
        {"tie", "As a tie", "Their margin is 0; a warning names those that matter."},
        {"impute", "Imputed", "From the other groups, else from strengths of Bradley-Terry."},
        {"interval", "Anything", "Either side can only be sure of losing."},
        {"refuse", "Refused", "The run ends with an error that names the first one."}};
    Knob pessimism = bounded(
        declare::knob(
            "pessimism", "Pessimism",
            "Standard errors by which every margin is taken to be worse for either side, so "
            "that small groups are not overlooked.",
            KnobType::Real, 0.0, group),
        0.0, 5.0);
    return {ties, alpha, unseen, pessimism};
}

std::vector<Knob> groupKnobs() {
    const std::string group = "Groups";
    Knob weights =
        declare::knob("weights", "Weights",
                      "The mix at hand: a number for each group, the largest group first, "
                      "separated by commas; empty: their shares of the votes.",
                      KnobType::Text, std::string(), group);
    weights.resetBy = {"data", "example", "group"};
    Knob margins = bounded(
        declare::knob(
            "margins", "Edited margins",
            "Margins of row over column that replace those of the mix at hand, −1 to 1; the "
            "groups' own move alike. Empty: as they are.",
            KnobType::Matrix, lab::MatrixValue{}, group),
        -1.0, 1.0);
    margins.optional = true;
    margins.resetBy = {"data", "example", "group", "weights"};
    Knob heterogeneity =
        bounded(declare::knob(
                    "heterogeneity", "Heterogeneity",
                    "How much the groups differ: 0 gives all of them the pool's margins, 1 leaves "
                    "them as they are, more exaggerates.",
                    KnobType::Real, 1.0, group),
                0.0, 3.0);
    return {weights, heterogeneity, margins};
}

std::vector<Knob> heldOutKnobs() {
    const std::string group = "Held-out votes";
    Knob resamples = bounded(
        declare::knob("resamples", "Resamples",
                      "Of the votes that a lottery is made from; it is evaluated on others. "
                      "They come in after the lottery.",
                      KnobType::Integer, std::int64_t{200}, group),
        0, 100000);
    Knob heldOut =
        bounded(declare::knob("held_out", "Held out",
                              "Share of each group's votes that no lottery is made from; "
                              "split before resampling.",
                              KnobType::Real, 0.2, group),
                0.05, 0.9);
    heldOut.level = Level::Advanced;
    Knob solver = declare::knob("solver", "Solver", "How the game is solved; they give one value.",
                                KnobType::Choice, std::string("cutting_planes"), group);
    solver.choices = {
        {"cutting_planes", "Cutting planes", "Adds the worst mixes as they are found."},
        {"linear_program", "Linear program", "The whole dualised problem, by HiGHS: slower."}};
    solver.level = Level::Advanced;
    return {resamples, heldOut, solver};
}

std::vector<Knob> knobs() {
    return declare::together(
        {dataKnobs(), distanceKnobs(), voteKnobs(), groupKnobs(), heldOutKnobs()});
}

std::vector<Channel> lotteryChannels() {
    const std::vector<lab::ColumnSpec> bars = {{"candidate", "", true},
                                               {"probability", "", false},
                                               {"low", "", false},
                                               {"high", "", false}};
    return {
        table("lottery", "Robust lotteries", "Each candidate's chance at every distance.",
              {{"rho", "", false}, {"candidate", "", true}, {"probability", "", false}}),
        table("certificate", "Bounds",
              "At every distance: what the lottery is sure of, and what no lottery exceeds.",
              {{"rho", "", false}, {"lower", "", false}, {"upper", "", false}}),
        scalar("value", "Worst case", "What the lottery is sure of at the chosen distance."),
        scalar("bound", "Bound",
               "What no lottery can be sure of more than, at the chosen "
               "distance."),
        table("maximal", "Maximal lottery, ρ = 0",
              "Chances for the mix at hand; low and high hold the middle 95 % of resamples.", bars),
        table("robust", "Robust lottery",
              "Chances at the chosen distance; low and high hold the middle 95 % of resamples.",
              bars),
        table("adversary", "Adversary",
              "Whom the adversary plays, and against which mix of groups each time.",
              {{"opponent", "", true},
               {"probability", "%", false},
               {"group", "", true},
               {"weight", "%", false},
               {"change", "%", false}}),
    };
}

std::vector<Channel> groupChannels() {
    return {
        table(
            "groups", "Win rates by group",
            "Against the worst opponent in each group: of the maximal lottery and of the robust "
            "one.",
            {{"group", "", true}, {"share", "", false}, {"from", "%", false}, {"to", "%", false}}),
        table("coverage", "What the margins rest on",
              "Weight, comparisons, comparisons that a pair has in effect, pairs never compared.",
              {{"group", "", true},
               {"weight", "%", false},
               {"comparisons", "", false},
               {"effective", "", false},
               {"unseen_pairs", "", false}}),
        table("sweep", "Along the path",
              "Win rate against the worst opponent: in the mix at hand, in the worst mix, in the "
              "worst group.",
              {{"measure", "", true}, {"rho", "", false}, {"rate", "%", false}}),
        table("held_out", "On held-out votes",
              "The same on votes that the lottery was not made from: mean over resamples and the "
              "middle 95 % of them.",
              {{"measure", "", true},
               {"rho", "", false},
               {"rate", "%", false},
               {"low", "%", false},
               {"high", "%", false}}),
        table("support", "Candidates with a chance",
              "At every distance, and on average over resamples.",
              {{"rho", "", false}, {"candidates", "", false}, {"resampled", "", false}}),
    };
}

std::vector<Channel> channels() {
    std::vector<Channel> all = lotteryChannels();
    for (Channel& channel : groupChannels()) {
        all.push_back(std::move(channel));
    }
    const lab::ColumnSpec a{"a", "", false};
    const lab::ColumnSpec b{"b", "", false};
    const lab::ColumnSpec c{"c", "", false};
    all.push_back(table("triangle/field", "Worst case",
                        "Of every lottery over the three candidates with the greatest chances.",
                        {a, b, c, {"value", "", false}}));
    all.push_back(table("triangle/path", "Path",
                        "The robust lottery from ρ = 0 on, rescaled to these three.",
                        {a, b, c, {"label", "", true}}));
    all.push_back(table("triangle/marks", "Chosen", "The lottery at the chosen distance.",
                        {a, b, c, {"label", "", true}}));
    all.push_back(
        table("triangle/corners", "Corners", "The three candidates.", {{"name", "", true}}));
    Channel margins;
    margins.id = "margins";
    margins.kind = FrameKind::Grid;
    margins.label = "Margins";
    margins.unit = "%";
    margins.help = "By how much of the votes the row beats the column, in the mix at hand.";
    all.push_back(margins);
    return all;
}

std::vector<Panel> panels() {
    Panel margins =
        panel("margins", "heatmap", "Margins", "row over column, in the mix at hand; drag a cell",
              {{"margins", "signed", {}}}, 0);
    margins.edits = {{"skew-cell", "margins"}};
    Panel triangle = panel("triangle", "ternary", "The path", "worst case over all mixes of three",
                           {{"triangle/field", "field", {}},
                            {"triangle/path", "path", {}},
                            {"triangle/marks", "marks", {}},
                            {"triangle/corners", "corners", {}}},
                           0);
    triangle.stretch = 1.44;
    Panel sweep = panel(
        "sweep", "curves", "What robustness buys",
        "win rate against the worst opponent, by distance",
        {{"sweep", "", {{"series", "measure"}, {"x", "rho"}, {"y", "rate"}}},
         {"held_out",
          "",
          {{"series", "measure"}, {"x", "rho"}, {"y", "rate"}, {"low", "low"}, {"high", "high"}}}},
        0);
    sweep.isTab = true;
    sweep.x.label = "Distance ρ";
    sweep.y.label = "Win rate";
    sweep.y.unit = "%";
    sweep.edits = {{"x", "rho"}};
    Panel groups = panel(
        "groups", "dumbbells", "Who gains, who loses", "win rate by group, ρ = 0 to ρ",
        {{"groups", "", {{"name", "group"}, {"share", "share"}, {"from", "from"}, {"to", "to"}}}},
        1);
    groups.height = 0.86;
    groups.x.label = "Win rate against the worst opponent";
    groups.x.unit = "%";
    const std::vector<std::pair<std::string, std::string>> bars = {
        {"name", "candidate"}, {"value", "probability"}, {"low", "low"}, {"high", "high"}};
    Panel lottery = panel("lottery", "bars", "Lottery", "the chance of each; whiskers: resamples",
                          {{"maximal", "maximal, ρ = 0", bars}, {"robust", "robust", bars}}, 1);
    lottery.y.label = "Chance";
    lottery.y.unit = "%";
    lottery.y.min = 0.0;
    lottery.stretch = 1.44;
    Panel adversary = panel("adversary", "table", "The adversary", "whom it plays, in which mix",
                            {{"adversary", "", {}}}, 1);
    adversary.isTab = true;
    Panel coverage = panel("coverage", "table", "What the margins rest on", "comparisons by group",
                           {{"coverage", "", {}}}, 0);
    coverage.isTab = true;
    Panel support = panel("support", "curves", "How many have a chance", "by distance",
                          {{"support", "these votes", {{"x", "rho"}, {"y", "candidates"}}},
                           {"support", "mean of resamples", {{"x", "rho"}, {"y", "resampled"}}}},
                          1);
    support.x.label = "Distance ρ";
    support.y.label = "Candidates";
    support.y.min = 0.0;
    support.isTab = true;
    Panel notes = panel("notes", "notes", "What is certain", "", {}, 0);
    notes.zone = lab::PanelZone::Left;
    return {margins, coverage, triangle, sweep, groups, adversary, lottery, support, notes};
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
    preset.miniature = example == "walk" || example == "niche" ? "triangle" : "sweep";
    preset.inGallery = inGallery;
    return preset;
}

/// The example's name without "(invented)", or the file's without its folder.
std::string runName(const lab::RunScenario& run) {
    const std::string& data = run.knobs.text("data");
    if (!data.empty()) {
        return std::filesystem::path(data).filename().string();
    }
    const std::string& id = run.knobs.text("example");
    const auto& all = exampleGroups();
    const auto example =
        std::find_if(all.begin(), all.end(), [&id](const auto& each) { return each.id == id; });
    return example == all.end() ? id : example->label.substr(0, example->label.rfind(" ("));
}

std::string runSettings(const lab::RunScenario& run) {
    std::string settings = "ρ = " + lab::toText(run.knobs.at("rho"));
    if (run.knobs.text("set") == "edge_box") {
        settings += " · box of margins";
    }
    if (run.knobs.real("pessimism") > 0.0) {
        settings += " · pessimistic";
    }
    return settings;
}

} // namespace

lab::Description describeRobustLottery() {
    lab::Description description;
    description.id = kId;
    description.title = "Robust lotteries";
    description.question = "Which mix of winners survives a changed electorate?";
    description.paper = {"Robust lotteries",
                         "Khalaf, Wang, Halpern, Shapira, Calmon, Procaccia, ICML 2026",
                         "2602.21297"};
    description.theme = lab::Theme::Choose;
    description.group = "Lotteries";
    description.keywords = {"voting",        "robust",    "groups",   "minorities",     "lottery",
                            "heterogeneity", "adversary", "held out", "total variation"};
    description.lane = lab::Lane::Reactive;
    description.knobs = knobs();
    description.channels = channels();
    description.panels = panels();
    description.presets = {
        preset("models", "Whom the average leaves behind",
               "Which chatbot to send, when each language prefers another one?", true),
        preset("niche", "A song for everybody",
               "How much of the winner must go, so that nobody is left out?", true),
        preset("walk", "A walk through the triangle",
               "Where does the lottery go as the electorate may shift?", false),
        preset("two", "Two groups, two options",
               "From which distance on must the loser get a chance?", false),
    };
    description.headline = "value";
    description.runName = runName;
    description.runSettings = runSettings;
    return description;
}

} // namespace psephos::experiments
