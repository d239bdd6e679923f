// SPDX-License-Identifier: GPL-3.0-or-later
// What the experiment voting.rules has found out so far, for its frames and sentences.
#pragma once

#include "ballots/profile.hpp"
#include "choice/axiom_table.hpp"
#include "choice/counterexample_hunt.hpp"
#include "choice/kemeny.hpp"
#include "choice/rules.hpp"
#include "choice/votes.hpp"
#include "lab/frame.hpp"
#include "lab/note.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::experiments {

/// A rule that was asked: its outcome, or why there is none. Neither yet: it is still to come.
struct AskedRule {
    choice::Rule rule = choice::Rule::Plurality;
    std::optional<choice::RuleOutcome> outcome;
    std::string refusal;
};

struct RulesState {
    choice::Votes votes;
    choice::MarginKind marginKind = choice::MarginKind::Counts;
    std::vector<AskedRule> rules; ///< in order of votingRules()
    std::optional<choice::Kemeny> kemeny;
    const choice::AxiomCell* cell = nullptr;  ///< the axiom looked at
    const choice::AxiomCase* shown = nullptr; ///< the election that breaks it: stored, or found
    bool isFound = false;                     ///< `shown` is from the hunt
    double change = 0.0;                      ///< share of its change that has happened
};

/// Whether chance decides among a rule's winners, so that its scores are chances.
[[nodiscard]] bool isByChance(choice::Rule rule);

/// Tables `winners` and `scores` of the rules that have answered.
[[nodiscard]] lab::Table winnersTable(const RulesState& state);
[[nodiscard]] lab::Table scoresTable(const RulesState& state);

/// By how much each rule elects each candidate: its chance where chance decides, else 1 over the
/// number of winners for each of them.
[[nodiscard]] lab::Grid electedGrid(const RulesState& state);

/// What each rule gives each candidate.
[[nodiscard]] lab::Grid scoresGrid(const RulesState& state);

/// The candidates, the winners of a rule highlighted, and the majorities between them.
/// \param highlight id of a rule or choice::kBradleyTerry; nobody's where a rule was not asked or
///                  has no answer
[[nodiscard]] lab::Table nodesTable(const RulesState& state, std::string_view highlight);
[[nodiscard]] lab::Table edgesTable(const RulesState& state);

/// Margins of row over column; NaN where a pair was never compared.
[[nodiscard]] lab::Grid marginsGrid(const RulesState& state);

/// Voters and orders: "a > b = c"; the first kShownBallots of them. Of an election that changes,
/// the same orders all the way, also those of nobody.
[[nodiscard]] lab::Table ballotsTable(const RulesState& state);
inline constexpr std::size_t kShownBallots = 500;

/// What is known of every rule and axiom, as a table and as 1 (holds), −1 (counterexample), 0.
[[nodiscard]] lab::Table axiomsTable();
[[nodiscard]] lab::Grid axiomsGrid();

/// The ballots of a counterexample that was found.
[[nodiscard]] lab::Table foundTable(const choice::AxiomCase& found);

/// What there is to say about the votes and the rules' answers.
[[nodiscard]] std::vector<lab::Note> sentencesOf(const RulesState& state);

/// How the hunt goes; it is over, or goes on until its budget is spent.
[[nodiscard]] lab::Note huntSentence(const RulesState& state,
                                     const choice::CounterexampleHunt& hunt, bool isOver);

} // namespace psephos::experiments
