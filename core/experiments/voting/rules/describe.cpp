// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/axiom_table.hpp"
#include "choice/rules.hpp"
#include "experiments/voting/rules/examples.hpp"
#include "experiments/voting/rules/rules.hpp"
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

constexpr const char* kId = "voting.rules";
constexpr const char* kNoAxiom = "none";

/// "The axiom knob names an axiom."
lab::Condition someAxiom() {
    lab::Condition condition{"axiom", {}};
    for (const choice::AxiomInfo& info : choice::votingAxioms()) {
        condition.anyOf.emplace_back(info.id);
    }
    return condition;
}

/// "The axiom knob names an axiom that compares two elections."
lab::Condition someChange() {
    lab::Condition condition{"axiom", {}};
    for (const choice::AxiomInfo& info : choice::votingAxioms()) {
        if (info.hasChange) {
            condition.anyOf.emplace_back(info.id);
        }
    }
    return condition;
}

std::vector<Knob> votesKnobs() {
    const std::string group = "Votes";
    Knob data = knob("data", "Votes",
                     "PrefLib ballots, orders or judge scores as CSV, battles as CSV, JSON or "
                     "JSONL, or a win matrix as CSV; empty: the example.",
                     KnobType::File, std::string(), group);
    data.suffixes = {"csv", "tsv", "json", "jsonl", "soc", "soi", "toc", "toi"};
    Knob columns = knob("columns", "Columns",
                        "What the columns of a table of battles say, where their names are not "
                        "known: a:home.team,b:away.team,winner:result.",
                        KnobType::Text, std::string(), group);
    columns.level = Level::Advanced;
    Knob example = knob("example", "Example",
                        "Ballots to look at while neither a file nor a counterexample is.",
                        KnobType::Choice, exampleVotes().front().id, group);
    for (const ExampleVote& each : exampleVotes()) {
        example.choices.push_back({each.id, each.label, each.story});
    }
    example.when = {{"data", {""}}};
    Knob unranked =
        knob("unranked", "Not ranked", "What a ballot says about candidates that it leaves out.",
             KnobType::Choice, std::string("auto"), group);
    unranked.choices = {
        {"auto", "As usual", "Below in ballots; absent in a table of orders, as of races."},
        {"below", "Below", "They are below every ranked one and tied with one another."},
        {"absent", "Absent", "Nothing: only ranked candidates are compared."}};
    unranked.level = Level::Advanced;
    Knob margins = knob("margins", "Margins", "What a majority is counted in.", KnobType::Choice,
                        std::string("counts"), group);
    margins.choices = {
        {"counts", "Votes", "Votes for less votes against."},
        {"rates", "Shares",
         "Shares of the pair's comparisons, a tie half to each: every pair weighs the same."}};
    margins.level = Level::Advanced;
    return {data, columns, example, unranked, margins};
}

/// All rules, Bradley-Terry among them.
std::vector<lab::ChoiceOption> axiomRuleChoices() {
    std::vector<lab::ChoiceOption> options;
    for (const std::string_view id : choice::axiomRules()) {
        const auto known = choice::ruleOf(id);
        options.push_back({std::string(id), std::string(choice::ruleLabel(id)),
                           known ? std::string(infoOf(*known).help)
                                 : "The strongest in a model of duels fitted to the ballots."});
    }
    return options;
}

std::vector<Knob> rulesKnobs() {
    const std::string group = "Rules";
    lab::ChoicesValue all;
    Knob rules = knob("rules", "Rules", "Who decides.", KnobType::Choices, all, group);
    Knob highlight = knob("highlight", "Highlighted",
                          "Whose winners are filled in the picture of duels: a rule's, where it "
                          "is asked, or the strongest by Bradley-Terry.",
                          KnobType::Choice, std::string("smith"), group);
    for (const choice::RuleInfo& info : choice::votingRules()) {
        all.emplace_back(info.id);
        rules.choices.push_back(
            {std::string(info.id), std::string(info.label), std::string(info.help)});
    }
    highlight.choices = axiomRuleChoices();
    rules.defaultValue = all;
    Knob restarts = bounded(knob("kemeny_restarts", "Kemeny restarts",
                                 "Random orders from which Kemeny is searched where more than 20 "
                                 "candidates stand in one tier; smaller ones are solved exactly.",
                                 KnobType::Integer, std::int64_t{50}, group),
                            0, 10000);
    restarts.level = Level::Advanced;
    return {rules, highlight, restarts};
}

std::vector<Knob> axiomKnobs() {
    const std::string group = "Axioms";
    Knob axiom = knob("axiom", "Axiom",
                      "An axiom to look at: where a stored election shows the rule to break "
                      "it, that election is loaded.",
                      KnobType::Choice, std::string(kNoAxiom), group);
    axiom.choices = {{kNoAxiom, "None", "The votes are those above."}};
    for (const choice::AxiomInfo& info : choice::votingAxioms()) {
        axiom.choices.push_back(
            {std::string(info.id), std::string(info.label), std::string(info.help)});
    }
    Knob rule = knob("axiom_rule", "of the rule", "Whose axiom is looked at.", KnobType::Choice,
                     std::string("irv"), group);
    rule.choices = axiomRuleChoices();
    rule.when = {someAxiom()};
    Knob change = bounded(knob("ballot_change", "Change of ballots",
                               "How much of the axiom's change has happened: 0 before, 1 after; "
                               "between, part of the voters have changed or joined.",
                               KnobType::Real, 0.0, group),
                          0.0, 1.0);
    change.when = {someChange()};
    Knob hunt = knob("hunt", "Hunt for a smaller one",
                     "Looks for a smaller election that breaks the axiom, first through all "
                     "small ones, then at random; what it finds is loaded.",
                     KnobType::Flag, false, group);
    hunt.when = {someAxiom()};
    Knob budget = bounded(knob("hunt_budget", "Elections to try",
                               "How many elections the hunt has the rule decide.",
                               KnobType::Integer, std::int64_t{200'000}, group),
                          1000, 100'000'000);
    budget.scale = lab::Scale::Log;
    budget.when = {someAxiom(), {"hunt", {"true"}}};
    return {axiom, rule, change, hunt, budget};
}

std::vector<Knob> knobs() {
    return together({votesKnobs(), rulesKnobs(), axiomKnobs()});
}

std::vector<Channel> channels() {
    std::vector<Channel> all;
    all.push_back(table("winners", "Winners", "All that a rule elects, a row each.",
                        {word("rule"), word("winner")}));
    all.push_back(table("scores", "Scores",
                        "What each rule gives each candidate, larger is better, and its place.",
                        {word("rule"), word("candidate"), number("score"), number("rank")}));
    all.push_back(grid("scores_grid", "Scores", "The same, rules by candidates."));
    all.push_back(grid("elected", "Elected",
                       "The chance of each candidate where chance decides, else 1 over the number "
                       "of the rule's winners for each of them."));
    all.push_back(table("nodes", "Candidates", "1 where the highlighted rule elects the candidate.",
                        {word("name"), number("highlight")}));
    all.push_back(table("edges", "Majorities", "Who beats whom, and by how much.",
                        {word("from"), word("to"), number("margin")}));
    all.push_back(grid("margins", "Margins",
                       "Row over column, in votes or shares; empty where never compared."));
    all.push_back(table("ballots", "Ballots",
                        "Voters and their orders, > for above and = for tied; the first 500. Of "
                        "an election that changes, also orders that nobody has yet or any more.",
                        {number("voters"), word("order")}));
    all.push_back(
        table("axioms", "Axioms",
              "What is known of each rule and axiom: holds with a proof, a "
              "counterexample with its number of voters, or open.",
              {word("rule"), word("axiom"), word("status"), number("voters"), word("basis")}));
    all.push_back(
        grid("axiom_grid", "Axioms", "1 holds, −1 a counterexample is stored, 0 neither."));
    all.push_back(scalar("hunt", "Elections decided",
                         "How many elections the hunt has had the rule decide."));
    all.push_back(table("found", "Found", "The ballots of the smallest election that was found.",
                        {word("part"), number("voters"), word("order")}));
    return all;
}

Panel electedPanel() {
    Panel elected =
        panel("elected", "marks", "Who elects whom",
              "click a rule to fill its winners in the duels", {{"elected", "share", {}}}, 0);
    elected.edits = {{"pick-row", "highlight"}};
    elected.words = {{"full", "elected", "%row elects %column"},
                     {"part", "tied, or drawn by chance: its share", "%row elects %column: %value"},
                     {"none", "", "%row does not elect %column"}};
    elected.stretch = 1.2;
    return elected;
}

Panel axiomsPanel() {
    Panel axioms = panel("axioms", "marks", "Axioms", "what each rule keeps and breaks",
                         {{"axiom_grid", "verdict", {}}}, 1);
    axioms.edits = {{"pick-row", "axiom_rule"},
                    {"pick-row", "highlight"},
                    {"pick-column", "axiom"},
                    {"play", "ballot_change"}};
    axioms.words = {{"kept", "proved", "%row keeps %column: click for the proof"},
                    {"violated", "broken: click to see how",
                     "%row violates %column: click for the counterexample"},
                    {"open", "open: hunt for a case",
                     "%row and %column: neither a proof nor a counterexample is stored"}};
    axioms.stretch = 1.4;
    axioms.height = 1.2;
    return axioms;
}

std::vector<Panel> panels() {
    std::vector<Panel> all;
    all.push_back(panel("tournament", "tournament", "Duels",
                        "arrows from winner to loser; filled: elected",
                        {{"nodes", "nodes", {}}, {"edges", "edges", {}}}, 0));
    all.push_back(electedPanel());
    all.push_back(axiomsPanel());
    all.push_back(
        panel("ballots", "table", "Ballots", "voters and their orders", {{"ballots", "", {}}}, 1));
    all.push_back(panel("scores", "table", "Scores", "larger is better; each rule has its own",
                        {{"scores_grid", "", {}}}, 1));
    all.back().isTab = true;
    Panel notes = panel("notes", "notes", "What the rules say", "", {}, 0);
    notes.zone = lab::PanelZone::Left;
    all.push_back(std::move(notes));
    return all;
}

PresetMaker card(std::string id, std::string title, std::string question, std::string miniature) {
    return {kId,     std::move(id),       std::move(title), std::move(question),
            "2 min", std::move(miniature)};
}

std::vector<Preset> presets() {
    return {
        card("five", "Five ways to win", "Same ballots, five winners: whom do you call elected?",
             "elected")
            .set("example", "five")
            .make(),
        card("squeeze", "A centre squeezed out",
             "How can a runoff drop the one who beats everybody?", "tournament")
            .set("example", "squeeze")
            .set("highlight", "irv")
            .make(),
        card("raise", "Lost by more votes",
             "Can a winner lose because two voters now like it better?", "tournament")
            .set("axiom", "monotonicity")
            .set("axiom_rule", "irv")
            .set("highlight", "irv")
            .make(),
        card("tennessee", "A capital for Tennessee", "Where should voters who live far apart meet?",
             "elected")
            .set("example", "tennessee")
            .outsideGallery()
            .make(),
        card("stay", "Better stay at home", "Can voters get a worse winner because they voted?",
             "tournament")
            .set("axiom", "participation")
            .set("axiom_rule", "ranked_pairs")
            .set("highlight", "ranked_pairs")
            .outsideGallery()
            .make(),
    };
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
    std::vector<std::string> parts;
    const auto rules = run.knobs.choices("rules").size();
    if (rules < choice::votingRules().size()) {
        parts.emplace_back(std::to_string(rules) + (rules == 1 ? " rule" : " rules"));
    }
    if (run.knobs.text("margins") == "rates") {
        parts.emplace_back("shares");
    }
    if (run.knobs.text("axiom") != kNoAxiom && run.knobs.real("ballot_change") > 0.0) {
        parts.emplace_back(run.knobs.real("ballot_change") < 1.0 ? "on the way" : "after");
    }
    return lab::joined(parts, " · ");
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
