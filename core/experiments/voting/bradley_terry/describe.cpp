// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/voting/bradley_terry/bradley_terry.hpp"
#include "experiments/voting/bradley_terry/examples.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace psephos::experiments {

namespace {

using lab::Channel;
using lab::FrameKind;
using lab::Knob;
using lab::KnobType;
using lab::Level;
using lab::Panel;
using lab::Preset;

constexpr const char* kId = "voting.bradley_terry";

Knob makeKnob(std::string id, std::string label, std::string help, KnobType type,
              lab::Value defaultValue, std::string group) {
    Knob knob;
    knob.id = std::move(id);
    knob.label = std::move(label);
    knob.help = std::move(help);
    knob.type = type;
    knob.defaultValue = std::move(defaultValue);
    knob.group = std::move(group);
    knob.optional = type == KnobType::Text || type == KnobType::File;
    return knob;
}

std::vector<Knob> dataKnobs() {
    const std::string group = "Battles";
    Knob data = makeKnob("data", "Votes",
                         "Battles as CSV, JSON or JSONL, a win matrix as CSV, or PrefLib ballots; "
                         "empty: the example.",
                         KnobType::File, std::string(), group);
    data.suffixes = {"csv", "json", "jsonl", "soc", "soi", "toc", "toi"};
    Knob columns = makeKnob(
        "columns", "Columns",
        "What the columns of a table of battles say, where their names do not: "
        "a:home.team,b:away.team,winner:result. Roles: a, b, pair, winner, wins_a, wins_b, "
        "ties, weight, vote, words, number, nothing.",
        KnobType::Text, std::string(), group);
    Knob example = makeKnob("example", "Example", "Invented battles, used while no file is named.",
                            KnobType::Choice, exampleBattles().front().id, group);
    for (const ExampleBattles& each : exampleBattles()) {
        example.choices.push_back({each.id, each.label, each.story});
    }
    example.when = {{"data", {""}}};
    return {data, columns, example};
}

std::vector<Knob> modelKnobs() {
    const std::string group = "Model";
    Knob ties =
        makeKnob("ties", "Ties", "What a tie says.", KnobType::Choice, std::string("half"), group);
    ties.choices = {
        {"half", "Half a win each", "The usual way of leaderboards."},
        {"dropped", "Left out", "Only decided battles count."},
        {"davidson", "Davidson", "Equals tie most: weights π_i, π_j and ν√(π_i π_j)."},
        {"rao_kupper", "Rao-Kupper", "Who wins must be better by a threshold: π_i/(π_i + η π_j)."}};
    Knob home = makeKnob("home", "Advantage of the first",
                         "Estimates what it is worth to be named first: to play at home, to answer "
                         "first.",
                         KnobType::Flag, false, group);
    Knob covariates =
        makeKnob("covariates", "Covariates",
                 "Columns whose influence is taken out, separated by commas: an advantage of the "
                 "first (home.ice), or two columns of the two sides (length_a:length_b), of which "
                 "(a − b)/(a + b + 1) counts.",
                 KnobType::Text, std::string(), group);
    Knob ridge = makeKnob("ridge", "Ridge",
                          "λ of the penalty (λ/2)‖θ‖², which keeps strengths finite where wins do "
                          "not; 0: plain maximum likelihood.",
                          KnobType::Real, 0.0, group);
    ridge.min = 0.0;
    ridge.max = 1e6;
    return {ties, home, covariates, ridge};
}

std::vector<Knob> intervalKnobs() {
    const std::string group = "Intervals";
    Knob bootstraps = makeKnob("bootstraps", "Bootstraps",
                               "Resamples that are fitted; intervals are their percentiles. 0: "
                               "sandwich intervals.",
                               KnobType::Integer, std::int64_t{0}, group);
    bootstraps.min = 0;
    bootstraps.max = 100000;
    Knob cluster = makeKnob("cluster", "Clusters",
                            "Column of words (student, worker): whole clusters are resampled, or "
                            "counted as one observation each, because the battles of one judge are "
                            "not independent; empty: single battles.",
                            KnobType::Text, std::string(), group);
    Knob level = makeKnob("level", "Level", "Share of estimates that an interval holds.",
                          KnobType::Real, 0.95, group);
    level.min = 0.5;
    level.max = 0.999;
    level.level = Level::Advanced;
    return {bootstraps, cluster, level};
}

std::vector<Knob> scaleKnobs() {
    const std::string group = "Scale";
    Knob scale = makeKnob("scale", "Scale", "Unit and middle of the ratings.", KnobType::Choice,
                          std::string("elo"), group);
    scale.choices = {{"elo", "Elo", "Mean 1000; 400 points are odds of ten to one."},
                     {"natural", "Natural", "Log strengths θ, mean 0."}};
    Knob anchor = makeKnob("anchor", "Anchor",
                           "Candidate whose rating is fixed in place of the mean; intervals are "
                           "then those of the distance to it.",
                           KnobType::Text, std::string(), group);
    Knob anchorAt = makeKnob("anchor_at", "Anchor's rating", "Where the anchor is fixed.",
                             KnobType::Real, lab::Special{"middle"}, group);
    lab::SpecialValue middle;
    middle.id = "middle";
    middle.label = "middle";
    middle.help = "1000 on the scale of Elo, 0 on the natural one.";
    middle.resolve = [](const lab::KnobValues& values) -> lab::Result<lab::Value> {
        return lab::Value(values.text("scale") == "elo" ? 1000.0 : 0.0);
    };
    anchorAt.specials = {middle};
    anchorAt.level = Level::Advanced;
    return {scale, anchor, anchorAt};
}

std::vector<Knob> furtherKnobs() {
    const std::string group = "Further views";
    Knob orders = makeKnob("elo_orders", "Orders for online Elo",
                           "Random orders of the same battles in which online Elo is played; 0: "
                           "none.",
                           KnobType::Integer, std::int64_t{0}, group);
    orders.min = 0;
    orders.max = 1000;
    Knob k = makeKnob("elo_k", "K of online Elo", "Points that one battle can move.",
                      KnobType::Real, 4.0, group);
    k.unit = "points";
    k.min = 0.1;
    k.max = 100.0;
    k.level = Level::Advanced;
    Knob flip = makeKnob("flip", "What holds the top",
                         "Looks for few battles without which somebody else leads.", KnobType::Flag,
                         true, group);
    return {orders, k, flip};
}

std::vector<Knob> knobs() {
    std::vector<Knob> all = dataKnobs();
    for (auto& some : {modelKnobs(), intervalKnobs(), scaleKnobs(), furtherKnobs()}) {
        all.insert(all.end(), some.begin(), some.end());
    }
    return all;
}

Channel table(std::string id, std::string label, std::string help,
              std::vector<lab::ColumnSpec> columns) {
    Channel channel;
    channel.id = std::move(id);
    channel.kind = FrameKind::Table;
    channel.label = std::move(label);
    channel.help = std::move(help);
    channel.columns = std::move(columns);
    return channel;
}

Channel scalar(std::string id, std::string label, std::string help) {
    Channel channel;
    channel.id = std::move(id);
    channel.kind = FrameKind::Scalar;
    channel.label = std::move(label);
    channel.help = std::move(help);
    return channel;
}

lab::ColumnSpec word(std::string id) {
    return {std::move(id), "", true};
}

lab::ColumnSpec number(std::string id) {
    return {std::move(id), "", false};
}

std::vector<Channel> channels() {
    Channel residuals;
    residuals.id = "residuals";
    residuals.kind = FrameKind::Grid;
    residuals.label = "Residuals";
    residuals.unit = "sd";
    residuals.help = "How many standard deviations more the row won against the column than its "
                     "rating says; the best 200 candidates.";
    return {
        table("ratings", "Ratings", "Rating, interval and possible ranks, the best first.",
              {word("name"), number("rating"), number("se"), number("low"), number("high"),
               number("rank"), number("rank_low"), number("rank_high")}),
        table("coefficients", "What else decides",
              "Covariates as log-odds per unit (scale: that unit in the column's own terms) and "
              "the tie parameter.",
              {word("name"), number("estimate"), number("se"), number("scale")}),
        scalar("loglik", "Log-likelihood", "Of the battles at the estimate, without a ridge."),
        residuals,
        scalar("deviance", "Deviance",
               "Twice what the likelihood loses against a free win rate "
               "for every pair."),
        scalar("freedom", "Degrees of freedom",
               "Pairs less strengths: what the deviance is on "
               "average if the model holds."),
        scalar("cyclic_share", "Cyclic share",
               "Part of the log-odds, by weighted squares, that no list of ratings explains."),
        scalar("cyclic_by_chance", "Cyclic by chance",
               "The same part as chance alone would make it if the model holds."),
        table("groups", "Groups",
              "Candidates that wins connect both ways; greater numbers stand "
              "below or aside.",
              {word("candidate"), number("group"), number("size")}),
        table("group_nodes", "Groups by name",
              "A row for each group; 1 marks those that nobody "
              "outside has beaten.",
              {word("name"), number("highlight")}),
        table("group_edges", "Who stands above whom",
              "Groups that have beaten others, and by how "
              "many wins.",
              {word("from"), word("to"), number("margin")}),
        table("race", "Solver race", "Largest error of a log strength after each iteration.",
              {number("iteration"), number("error"), word("solver")}),
        table("elo", "Online Elo",
              "Mean and range of the final ratings over random orders of the "
              "same battles.",
              {word("name"), number("rating"), number("low"), number("high")}),
        table("flip", "Battles that hold the top", "What to take away so that another one leads.",
              {word("winner"), word("loser"), word("outcome"), number("count")}),
    };
}

Panel makePanel(std::string id, std::string kind, std::string title, std::string meaning,
                std::vector<lab::PanelSource> sources, int row) {
    Panel panel;
    panel.id = std::move(id);
    panel.kind = std::move(kind);
    panel.title = std::move(title);
    panel.meaning = std::move(meaning);
    panel.sources = std::move(sources);
    panel.row = row;
    return panel;
}

std::vector<Panel> panels() {
    Panel ratings = makePanel("ratings", "intervals", "Ratings", "estimate and interval",
                              {{"ratings", "", {{"name", "name"}, {"value", "rating"}}}}, 0);
    ratings.x.label = "Rating";
    ratings.height = 2.0;
    Panel residuals = makePanel("residuals", "heatmap", "What ratings miss",
                                "wins of the row over the column beyond what is expected, in "
                                "standard deviations",
                                {{"residuals", "signed", {}}}, 0);
    Panel race =
        makePanel("race", "curves", "Solver race", "distance from the maximum",
                  {{"race", "", {{"x", "iteration"}, {"y", "error"}, {"series", "solver"}}}}, 1);
    race.x.label = "Iteration";
    race.y.label = "Largest error";
    race.y.scale = lab::Scale::Log;
    Panel elo = makePanel("elo", "intervals", "Online Elo", "mean and range over random orders",
                          {{"elo", "", {{"name", "name"}, {"value", "rating"}}}}, 1);
    elo.x.label = "Rating after the last battle";
    Panel flip = makePanel("flip", "table", "What holds the top", "take these away, and it falls",
                           {{"flip", "", {}}}, 1);
    Panel groups = makePanel("groups", "tournament", "Groups without a common scale",
                             "an arrow: has beaten, and never lost to",
                             {{"group_edges", "edges", {}}, {"group_nodes", "nodes", {}}}, 2);
    groups.height = 0.8;
    Panel listed = makePanel("table", "table", "All numbers", "ratings, ranks and their ranges",
                             {{"ratings", "", {}}}, 2);
    Panel coefficients =
        makePanel("coefficients", "table", "What else decides",
                  "log-odds of the first side, and ties", {{"coefficients", "", {}}}, 2);
    Panel notes = makePanel("notes", "notes", "What is certain", "certificate and warnings", {}, 0);
    notes.zone = lab::PanelZone::Left;
    return {ratings, residuals, race, elo, flip, listed, coefficients, groups, notes};
}

Preset preset(std::string id, std::string title, std::string question,
              const std::vector<std::pair<std::string, lab::Value>>& settings, bool inGallery) {
    Preset preset;
    preset.id = std::move(id);
    preset.title = std::move(title);
    preset.question = std::move(question);
    preset.scenario.experiment = kId;
    for (const auto& [knob, value] : settings) {
        preset.scenario.set(knob, value);
    }
    preset.duration = "1 min";
    preset.miniature = "ratings";
    preset.inGallery = inGallery;
    return preset;
}

/// The example's name without "(invented)", or the file's without its folder.
std::string runName(const lab::RunScenario& run) {
    const std::string& data = run.knobs.text("data");
    if (!data.empty()) {
        return std::filesystem::path(data).filename().string();
    }
    const auto& examples = exampleBattles();
    const auto example = std::find_if(examples.begin(), examples.end(), [&run](const auto& each) {
        return each.id == run.knobs.text("example");
    });
    return example == examples.end() ? run.knobs.text("example") : example->label;
}

std::string runSettings(const lab::RunScenario& run) {
    std::string settings;
    const auto add = [&settings](const std::string& part) {
        settings += (settings.empty() ? "" : " · ") + part;
    };
    const std::string& ties = run.knobs.text("ties");
    if (ties != "half") {
        add(ties == "dropped" ? "ties left out" : ties == "davidson" ? "Davidson" : "Rao-Kupper");
    }
    if (run.knobs.flag("home")) {
        add("home advantage");
    }
    if (!run.knobs.text("covariates").empty()) {
        add("without " + run.knobs.text("covariates"));
    }
    if (run.knobs.real("ridge") > 0.0) {
        add("ridge " + lab::toText(run.knobs.real("ridge")));
    }
    if (run.knobs.integer("bootstraps") > 0) {
        add(std::to_string(run.knobs.integer("bootstraps")) + " resamples");
    }
    if (!run.knobs.text("cluster").empty()) {
        add("by " + run.knobs.text("cluster"));
    }
    return settings;
}

} // namespace

lab::Description describeBradleyTerry() {
    lab::Description description;
    description.id = kId;
    description.title = "Rate from battles";
    description.question = "Who is better, by how much, and how sure can we be?";
    description.paper = {"Bradley-Terry",
                         "R. A. Bradley, M. E. Terry, Rank analysis of incomplete block designs: "
                         "the method of paired comparisons, Biometrika 39 (1952)",
                         ""};
    description.theme = lab::Theme::Choose;
    description.group = "Ratings";
    description.keywords = {"Elo",      "leaderboard", "ranking",  "bootstrap", "interval",
                            "Davidson", "arena",       "strength", "ties",      "home advantage",
                            "Bradley",  "Terry",       "HodgeRank"};
    description.lane = lab::Lane::Reactive;
    description.knobs = knobs();
    description.channels = channels();
    description.panels = panels();
    description.presets = {
        preset("assistants", "Who leads the board?",
               "Twelve assistants, forty judges: which ranks are certain, and how few votes hold "
               "the first place?",
               {{"bootstraps", std::int64_t{200}},
                {"cluster", std::string("student")},
                {"elo_orders", std::int64_t{50}}},
               true),
        preset("style", "Long answers win too much",
               "What is left of the ranking once the length of the answers is taken out?",
               {{"covariates", std::string("length_a:length_b")}}, false),
        preset(
            "league", "Draws and home games",
            "How much is it worth to play at home, and what does a draw say?",
            {{"example", std::string("league")}, {"ties", std::string("davidson")}, {"home", true}},
            false),
        preset("schools", "No common scale",
               "What can be said about players who never lost to, or never met, one another?",
               {{"example", std::string("schools")}}, false),
        preset("styles", "Styles that beat each other",
               "How much of the results goes in circles, which no list of ratings can say?",
               {{"example", std::string("styles")}}, true),
    };
    description.headline = "cyclic_share";
    description.runName = runName;
    description.runSettings = runSettings;
    return description;
}

} // namespace psephos::experiments
