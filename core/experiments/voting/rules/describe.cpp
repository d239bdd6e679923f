// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/axiom_table.hpp"
#include "choice/rules.hpp"
#include "experiments/voting/rules/examples.hpp"
#include "experiments/voting/rules/rules.hpp"

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

constexpr const char* kId = "voting.rules";
constexpr const char* kNoAxiom = "none";

Knob makeKnob(std::string id, std::string label, std::string help, KnobType type,
              lab::Value defaultValue, std::string group) {
    Knob knob;
    knob.id = std::move(id);
    knob.label = std::move(label);
    knob.help = std::move(help);
    knob.type = type;
    knob.defaultValue = std::move(defaultValue);
    knob.group = std::move(group);
    return knob;
}

/// "The axiom knob names an axiom."
lab::Condition someAxiom() {
    lab::Condition condition{"axiom", {}};
    for (const choice::AxiomInfo& info : choice::votingAxioms()) {
        condition.anyOf.emplace_back(info.id);
    }
    return condition;
}

std::vector<Knob> votesKnobs() {
    const std::string group = "Votes";
    Knob data = makeKnob("data", "Votes",
                         "PrefLib ballots, orders or judge scores as CSV, battles as CSV, JSON or "
                         "JSONL, or a win matrix as CSV; empty: the example.",
                         KnobType::File, std::string(), group);
    data.suffixes = {"csv", "tsv", "json", "jsonl", "soc", "soi", "toc", "toi"};
    data.optional = true;
    Knob columns = makeKnob("columns", "Columns",
                            "What the columns of a table of battles say, where their names are not "
                            "known: a:home.team,b:away.team,winner:result.",
                            KnobType::Text, std::string(), group);
    columns.optional = true;
    columns.level = Level::Advanced;
    Knob example = makeKnob("example", "Example",
                            "Ballots to look at while neither a file nor a counterexample is.",
                            KnobType::Choice, exampleVotes().front().id, group);
    for (const ExampleVote& each : exampleVotes()) {
        example.choices.push_back({each.id, each.label, each.story});
    }
    example.when = {{"data", {""}}};
    Knob unranked = makeKnob("unranked", "Not ranked",
                             "What a ballot says about candidates that it leaves out.",
                             KnobType::Choice, std::string("auto"), group);
    unranked.choices = {
        {"auto", "As usual", "Below in ballots; absent in a table of orders, as of races."},
        {"below", "Below", "They are below every ranked one and tied with one another."},
        {"absent", "Absent", "Nothing: only ranked candidates are compared."}};
    unranked.level = Level::Advanced;
    Knob margins = makeKnob("margins", "Margins", "What a majority is counted in.",
                            KnobType::Choice, std::string("counts"), group);
    margins.choices = {
        {"counts", "Votes", "Votes for less votes against."},
        {"rates", "Shares",
         "Shares of the pair's comparisons, a tie half to each: every pair weighs the same."}};
    margins.level = Level::Advanced;
    return {data, columns, example, unranked, margins};
}

std::vector<Knob> rulesKnobs() {
    const std::string group = "Rules";
    lab::ChoicesValue all;
    Knob rules = makeKnob("rules", "Rules", "Who decides.", KnobType::Choices, all, group);
    Knob highlight = makeKnob("highlight", "Highlighted",
                              "Whose winners are filled in the picture of duels; nobody, where "
                              "that rule is not asked.",
                              KnobType::Choice, std::string("smith"), group);
    for (const choice::RuleInfo& info : choice::votingRules()) {
        all.emplace_back(info.id);
        rules.choices.push_back(
            {std::string(info.id), std::string(info.label), std::string(info.help)});
    }
    highlight.choices = rules.choices;
    rules.defaultValue = all;
    Knob restarts = makeKnob("kemeny_restarts", "Kemeny restarts",
                             "Random orders from which Kemeny is searched where more than 20 "
                             "candidates stand in one tier; smaller ones are solved exactly.",
                             KnobType::Integer, std::int64_t{50}, group);
    restarts.min = 0;
    restarts.max = 10000;
    restarts.level = Level::Advanced;
    return {rules, highlight, restarts};
}

std::vector<Knob> axiomKnobs() {
    const std::string group = "Axioms";
    Knob axiom = makeKnob("axiom", "Axiom",
                          "An axiom to look at: where a stored election shows the rule to break "
                          "it, that election is loaded.",
                          KnobType::Choice, std::string(kNoAxiom), group);
    axiom.choices = {{kNoAxiom, "None", "The votes are those above."}};
    for (const choice::AxiomInfo& info : choice::votingAxioms()) {
        axiom.choices.push_back(
            {std::string(info.id), std::string(info.label), std::string(info.help)});
    }
    Knob rule = makeKnob("axiom_rule", "of the rule", "Whose axiom is looked at.", KnobType::Choice,
                         std::string("irv"), group);
    for (const std::string_view id : choice::axiomRules()) {
        const auto known = choice::ruleOf(id);
        rule.choices.push_back(
            {std::string(id), known ? std::string(infoOf(*known).label) : "Bradley-Terry",
             known ? std::string(infoOf(*known).help)
                   : "The strongest in a model of duels fitted to the ballots."});
    }
    rule.when = {someAxiom()};
    Knob change = makeKnob("ballot_change", "Change of ballots",
                           "How much of the axiom's change has happened: 0 before, 1 after; "
                           "between, part of the voters have changed or joined.",
                           KnobType::Real, 0.0, group);
    change.min = 0.0;
    change.max = 1.0;
    change.when = {someAxiom()};
    Knob hunt = makeKnob("hunt", "Hunt",
                         "Looks for a smaller election that breaks the axiom, first through all "
                         "small ones, then at random.",
                         KnobType::Flag, false, group);
    hunt.when = {someAxiom()};
    Knob budget =
        makeKnob("hunt_budget", "Elections", "How many elections the hunt has the rule decide.",
                 KnobType::Integer, std::int64_t{200'000}, group);
    budget.min = 1000;
    budget.max = 100'000'000;
    budget.scale = lab::Scale::Log;
    budget.when = {someAxiom(), {"hunt", {"true"}}};
    return {axiom, rule, change, hunt, budget};
}

std::vector<Knob> knobs() {
    std::vector<Knob> all;
    for (auto&& group : {votesKnobs(), rulesKnobs(), axiomKnobs()}) {
        all.insert(all.end(), group.begin(), group.end());
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

Channel grid(std::string id, std::string label, std::string help) {
    Channel channel;
    channel.id = std::move(id);
    channel.kind = FrameKind::Grid;
    channel.label = std::move(label);
    channel.help = std::move(help);
    return channel;
}

std::vector<Channel> channels() {
    std::vector<Channel> all;
    all.push_back(table("winners", "Winners", "All that a rule elects, a row each.",
                        {{"rule", "", true}, {"winner", "", true}}));
    all.push_back(table(
        "scores", "Scores", "What each rule gives each candidate, larger is better, and its place.",
        {{"rule", "", true}, {"candidate", "", true}, {"score", "", false}, {"rank", "", false}}));
    all.push_back(grid("elected", "Elected",
                       "1 over the number of the rule's winners for each of them, else 0."));
    all.push_back(table("nodes", "Candidates", "1 where the highlighted rule elects the candidate.",
                        {{"name", "", true}, {"highlight", "", false}}));
    all.push_back(table("edges", "Majorities", "Who beats whom, and by how much.",
                        {{"from", "", true}, {"to", "", true}, {"margin", "", false}}));
    all.push_back(grid("margins", "Margins",
                       "Row over column, in votes or shares; empty where never compared."));
    all.push_back(table("ballots", "Ballots",
                        "Voters and their orders, > for above and = for tied; the first 500.",
                        {{"voters", "", false}, {"order", "", true}}));
    all.push_back(table("axioms", "Axioms",
                        "What is known of each rule and axiom: holds with a proof, a "
                        "counterexample with its number of voters, or open.",
                        {{"rule", "", true},
                         {"axiom", "", true},
                         {"status", "", true},
                         {"voters", "", false},
                         {"basis", "", true}}));
    all.push_back(
        grid("axiom_grid", "Axioms", "1 holds, −1 a counterexample is stored, 0 neither."));
    Channel hunt;
    hunt.id = "hunt";
    hunt.kind = FrameKind::Scalar;
    hunt.label = "Elections decided";
    hunt.help = "How many elections the hunt has had the rule decide.";
    all.push_back(std::move(hunt));
    all.push_back(table("found", "Found", "The ballots of the smallest election that was found.",
                        {{"part", "", true}, {"voters", "", false}, {"order", "", true}}));
    return all;
}

Panel panel(std::string id, std::string kind, std::string title, std::string meaning,
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
    std::vector<Panel> all;
    all.push_back(panel("tournament", "tournament", "Duels", "an arrow from winner to loser",
                        {{"nodes", "nodes", {}}, {"edges", "edges", {}}}, 0));
    all.push_back(panel("elected", "heatmap", "Who elects whom", "tied winners share a row",
                        {{"elected", "unsigned", {}}}, 0));
    all.push_back(panel("axioms", "heatmap", "Axioms", "1 proved, −1 counterexample, 0 open",
                        {{"axiom_grid", "signed", {}}}, 1));
    all.push_back(panel("scores", "table", "Scores", "larger is better", {{"scores", "", {}}}, 1));
    all.push_back(
        panel("ballots", "table", "Ballots", "voters and their orders", {{"ballots", "", {}}}, 1));
    all.back().stretch = 0.7;
    Panel notes =
        panel("notes", "notes", "What the rules say", "winners, certificates, warnings", {}, 0);
    notes.zone = lab::PanelZone::Left;
    all.push_back(std::move(notes));
    return all;
}

Preset preset(const std::string& id, const std::string& title, const std::string& question,
              const std::string& miniature) {
    Preset preset;
    preset.id = id;
    preset.title = title;
    preset.question = question;
    preset.scenario.experiment = kId;
    preset.duration = "2 min";
    preset.miniature = miniature;
    return preset;
}

std::vector<Preset> presets() {
    Preset five = preset("five", "Five ways to win",
                         "Same ballots, five winners: whom do you call elected?", "elected");
    five.scenario.set("example", std::string("five"));
    Preset squeeze = preset("squeeze", "A centre squeezed out",
                            "How can a runoff drop the one who beats everybody?", "tournament");
    squeeze.scenario.set("example", std::string("squeeze"));
    squeeze.scenario.set("highlight", std::string("irv"));
    Preset raise = preset("raise", "Lost by more votes",
                          "Can a winner lose because two voters now like it better?", "tournament");
    raise.scenario.set("axiom", std::string("monotonicity"));
    raise.scenario.set("axiom_rule", std::string("irv"));
    raise.scenario.set("highlight", std::string("irv"));
    Preset capital = preset("tennessee", "A capital for Tennessee",
                            "Where should voters who live far apart meet?", "elected");
    capital.scenario.set("example", std::string("tennessee"));
    capital.inGallery = false;
    Preset stay = preset("stay", "Better stay at home",
                         "Can voters get a worse winner because they voted?", "tournament");
    stay.scenario.set("axiom", std::string("participation"));
    stay.scenario.set("axiom_rule", std::string("ranked_pairs"));
    stay.scenario.set("highlight", std::string("ranked_pairs"));
    stay.inGallery = false;
    return {five, squeeze, raise, capital, stay};
}

/// The label of an option of a choice knob.
std::string labelOf(const lab::RunScenario& run, const char* knob) {
    static const std::vector<Knob> kKnobs = knobs();
    const auto known = std::find_if(kKnobs.begin(), kKnobs.end(),
                                    [knob](const Knob& each) { return each.id == knob; });
    const std::string& id = run.knobs.text(knob);
    const auto option = std::find_if(known->choices.begin(), known->choices.end(),
                                     [&id](const auto& each) { return each.id == id; });
    return option == known->choices.end() ? id : option->label;
}

std::string runName(const lab::RunScenario& run) {
    const choice::AxiomCell* cell = nullptr;
    if (const auto axiom = choice::axiomOf(run.knobs.text("axiom"))) {
        cell = &choice::axiomCell(run.knobs.text("axiom_rule"), *axiom);
    }
    if (cell != nullptr && cell->example != nullptr) {
        return labelOf(run, "axiom_rule") + ": " + labelOf(run, "axiom");
    }
    const std::string& data = run.knobs.text("data");
    return data.empty() ? labelOf(run, "example") : std::filesystem::path(data).filename().string();
}

std::string runSettings(const lab::RunScenario& run) {
    std::string settings;
    const auto add = [&settings](const std::string& words) {
        settings += (settings.empty() ? "" : " · ") + words;
    };
    const auto rules = run.knobs.choices("rules").size();
    if (rules < choice::votingRules().size()) {
        add(std::to_string(rules) + (rules == 1 ? " rule" : " rules"));
    }
    if (run.knobs.text("margins") == "rates") {
        add("shares");
    }
    if (run.knobs.text("axiom") != kNoAxiom && run.knobs.real("ballot_change") > 0.0) {
        add(run.knobs.real("ballot_change") < 1.0 ? "on the way" : "after");
    }
    return settings;
}

} // namespace

lab::Description describeRules() {
    lab::Description description;
    description.id = kId;
    description.title = "Ask every rule";
    description.question = "How much of a result is the voters', and how much the rule's?";
    description.paper = {"Voting rules",
                         "F. Brandt, V. Conitzer, U. Endriss, J. Lang, A. D. Procaccia, Handbook "
                         "of Computational Social Choice, Cambridge University Press (2016)",
                         ""};
    description.theme = lab::Theme::Choose;
    description.group = "Rules";
    description.keywords = {"plurality", "runoff",  "Borda",     "Condorcet",   "Schulze",
                            "Kemeny",    "ranked",  "Copeland",  "axioms",      "paradox",
                            "clones",    "PrefLib", "Tennessee", "Split Cycle", "IRV"};
    description.lane = lab::Lane::Reactive;
    description.knobs = knobs();
    description.channels = channels();
    description.panels = panels();
    description.presets = presets();
    description.runName = runName;
    description.runSettings = runSettings;
    return description;
}

} // namespace psephos::experiments
