// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/voting/bradley_terry/bradley_terry.hpp"
#include "experiments/voting/bradley_terry/examples.hpp"
#include "lab/declare.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace psephos::experiments {

namespace {

using lab::Channel;
using lab::Knob;
using lab::KnobType;
using lab::Level;
using lab::Panel;
using lab::Preset;
using namespace lab::declare;

constexpr const char* kId = "voting.bradley_terry";

std::vector<Knob> dataKnobs() {
    const std::string group = "Battles";
    Knob data = knob("data", "Votes",
                     "Battles as CSV, JSON or JSONL, a win matrix as CSV, or PrefLib ballots; "
                     "empty: the example.",
                     KnobType::File, std::string(), group);
    data.suffixes = {"csv", "json", "jsonl", "soc", "soi", "toc", "toi"};
    Knob columns =
        knob("columns", "Columns",
             "What the columns of a table of battles say, where their names do not: "
             "a:home.team,b:away.team,winner:result. Roles: a, b, pair, winner, wins_a, wins_b, "
             "ties, weight, vote, words, number, nothing.",
             KnobType::Text, std::string(), group);
    Knob example = knob("example", "Example", "Invented battles, used while no file is named.",
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
        knob("ties", "Ties", "What a tie says.", KnobType::Choice, std::string("half"), group);
    ties.choices = {
        {"half", "Half a win each", "The usual way of leaderboards."},
        {"dropped", "Left out", "Only decided battles count."},
        {"davidson", "Davidson", "Equals tie most: weights π_i, π_j and ν√(π_i π_j)."},
        {"rao_kupper", "Rao-Kupper", "Who wins must be better by a threshold: π_i/(π_i + η π_j)."}};
    Knob home = knob("home", "Advantage of the first",
                     "Estimates what it is worth to be named first: to play at home, to answer "
                     "first.",
                     KnobType::Flag, false, group);
    Knob covariates =
        knob("covariates", "Covariates",
             "Columns whose influence is taken out, separated by commas: an advantage of the "
             "first (home.ice), or two columns of the two sides (length_a:length_b), of which "
             "(a − b)/(a + b + 1) counts.",
             KnobType::Text, std::string(), group);
    Knob ridge =
        bounded(knob("ridge", "Ridge",
                     "λ of the penalty (λ/2)‖θ‖², which keeps strengths finite where wins do "
                     "not; 0: plain maximum likelihood.",
                     KnobType::Real, 0.0, group),
                0.0, 1e6);
    return {ties, home, covariates, ridge};
}

std::vector<Knob> intervalKnobs() {
    const std::string group = "Intervals";
    Knob bootstraps = bounded(knob("bootstraps", "Bootstraps",
                                   "Resamples that are fitted; intervals are their percentiles. 0: "
                                   "sandwich intervals.",
                                   KnobType::Integer, std::int64_t{0}, group),
                              0, 100000);
    Knob cluster = knob("cluster", "Clusters",
                        "Column of words (student, worker): whole clusters are resampled, or "
                        "counted as one observation each, because the battles of one judge are "
                        "not independent; empty: single battles.",
                        KnobType::Text, std::string(), group);
    Knob level = bounded(knob("level", "Level", "Share of estimates that an interval holds.",
                              KnobType::Real, 0.95, group),
                         0.5, 0.999);
    level.level = Level::Advanced;
    return {bootstraps, cluster, level};
}

std::vector<Knob> scaleKnobs() {
    const std::string group = "Scale";
    Knob scale = knob("scale", "Scale", "Unit and middle of the ratings.", KnobType::Choice,
                      std::string("elo"), group);
    scale.choices = {{"elo", "Elo", "Mean 1000; 400 points are odds of ten to one."},
                     {"natural", "Natural", "Log strengths θ, mean 0."}};
    Knob anchor = knob("anchor", "Anchor",
                       "Candidate whose rating is fixed in place of the mean; intervals are "
                       "then those of the distance to it.",
                       KnobType::Text, std::string(), group);
    Knob anchorAt = knob("anchor_at", "Anchor's rating", "Where the anchor is fixed.",
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
    Knob orders =
        bounded(knob("elo_orders", "Orders for online Elo",
                     "Random orders of the same battles in which online Elo is played; 0: "
                     "none.",
                     KnobType::Integer, std::int64_t{0}, group),
                0, 1000);
    Knob k = bounded(knob("elo_k", "K of online Elo", "Points that one battle can move.",
                          KnobType::Real, 4.0, group),
                     0.1, 100.0);
    k.unit = "points";
    k.level = Level::Advanced;
    Knob flip = knob("flip", "What holds the top",
                     "Looks for few battles without which somebody else leads.", KnobType::Flag,
                     true, group);
    return {orders, k, flip};
}

std::vector<Knob> knobs() {
    return together({dataKnobs(), modelKnobs(), intervalKnobs(), scaleKnobs(), furtherKnobs()});
}

std::vector<Channel> channels() {
    return {
        table("ratings", "Ratings", "Rating, interval and possible ranks, the best first.",
              {word("name"), number("rating"), number("se"), number("low"), number("high"),
               number("rank"), number("rank_low"), number("rank_high")}),
        table("coefficients", "What else decides",
              "Covariates as log-odds per unit (scale: that unit in the column's own terms) and "
              "the tie parameter.",
              {word("name"), number("estimate"), number("se"), number("scale")}),
        scalar("loglik", "Log-likelihood", "Of the battles at the estimate, without a ridge."),
        grid("residuals", "Residuals",
             "How many standard deviations more the row won against the column than its rating "
             "says; the best 200 candidates.",
             "sd"),
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

std::vector<Panel> panels() {
    Panel ratings = panel("ratings", "intervals", "Ratings", "estimate and interval",
                          {{"ratings", "", {{"name", "name"}, {"value", "rating"}}}}, 0);
    ratings.x.label = "Rating";
    ratings.height = 1.4;
    Panel residuals = panel("residuals", "heatmap", "What ratings miss",
                            "wins of the row over the column beyond what is expected, in "
                            "standard deviations",
                            {{"residuals", "signed", {}}}, 0);
    Panel race =
        panel("race", "curves", "Solver race", "distance from the maximum",
              {{"race", "", {{"x", "iteration"}, {"y", "error"}, {"series", "solver"}}}}, 1);
    race.x.label = "Iteration";
    race.y.label = "Largest error";
    race.y.scale = lab::Scale::Log;
    Panel elo = panel("elo", "intervals", "Online Elo", "mean and range over random orders",
                      {{"elo", "", {{"name", "name"}, {"value", "rating"}}}}, 1);
    elo.isTab = true;
    elo.x.label = "Rating after the last battle";
    Panel flip = panel("flip", "table", "What holds the top", "take these away, and it falls",
                       {{"flip", "", {}}}, 1);
    Panel groups = panel("groups", "tournament", "Groups without a common scale",
                         "an arrow: has beaten, and never lost to",
                         {{"group_edges", "edges", {}}, {"group_nodes", "nodes", {}}}, 0);
    groups.isTab = true;
    Panel listed = panel("table", "table", "All numbers", "ratings, ranks and their ranges",
                         {{"ratings", "", {}}}, 0);
    listed.isTab = true;
    Panel coefficients =
        panel("coefficients", "table", "What else decides", "log-odds of the first side, and ties",
              {{"coefficients", "", {}}}, 1);
    coefficients.isTab = true;
    Panel notes = panel("notes", "notes", "What is certain", "", {}, 0);
    notes.zone = lab::PanelZone::Left;
    return {ratings, listed, residuals, groups, race, elo, flip, coefficients, notes};
}

PresetMaker card(std::string id, std::string title, std::string question) {
    return {kId, std::move(id), std::move(title), std::move(question), "1 min", "ratings"};
}

std::vector<Preset> presets() {
    return {
        card("assistants", "Who leads the board?",
             "Twelve assistants, forty judges: which ranks are certain, and how few votes hold "
             "the first place?")
            .set("bootstraps", 200)
            .set("cluster", "student")
            .set("elo_orders", 50)
            .make(),
        card("style", "Long answers win too much",
             "What is left of the ranking once the length of the answers is taken out?")
            .set("covariates", "length_a:length_b")
            .outsideGallery()
            .make(),
        card("league", "Draws and home games",
             "How much is it worth to play at home, and what does a draw say?")
            .set("example", "league")
            .set("ties", "davidson")
            .set("home", true)
            .outsideGallery()
            .make(),
        card("schools", "No common scale",
             "What can be said about players who never lost to, or never met, one another?")
            .set("example", "schools")
            .outsideGallery()
            .make(),
        card("styles", "Styles that beat each other",
             "How much of the results goes in circles, which no list of ratings can say?")
            .set("example", "styles")
            .make(),
    };
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
    std::vector<std::string> parts;
    const std::string& ties = run.knobs.text("ties");
    if (ties != "half") {
        parts.emplace_back(ties == "dropped"    ? "ties left out"
                           : ties == "davidson" ? "Davidson"
                                                : "Rao-Kupper");
    }
    if (run.knobs.flag("home")) {
        parts.emplace_back("home advantage");
    }
    if (!run.knobs.text("covariates").empty()) {
        parts.emplace_back("without " + run.knobs.text("covariates"));
    }
    if (run.knobs.real("ridge") > 0.0) {
        parts.emplace_back("ridge " + lab::toText(run.knobs.real("ridge")));
    }
    if (run.knobs.integer("bootstraps") > 0) {
        parts.emplace_back(std::to_string(run.knobs.integer("bootstraps")) + " resamples");
    }
    if (!run.knobs.text("cluster").empty()) {
        parts.emplace_back("by " + run.knobs.text("cluster"));
    }
    return lab::joined(parts, " · ");
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
    description.presets = presets();
    description.headline = "cyclic_share";
    description.runName = runName;
    description.runSettings = runSettings;
    return description;
}

} // namespace psephos::experiments
