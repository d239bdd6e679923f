// SPDX-License-Identifier: GPL-3.0-or-later
// Axioms of voting, and elections that show a rule to break one.
#pragma once

#include "ballots/profile.hpp"
#include "choice/votes.hpp"
#include "lab/result.hpp"
#include "lab/value.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::choice {

enum class Axiom {
    CondorcetWinner,
    CondorcetLoser,
    Majority,
    Smith,
    CloneIndependence,
    Monotonicity,
    Participation,
    Reinforcement,
    ReversalSymmetry
};

/// An axiom in words.
struct AxiomInfo {
    Axiom axiom;
    std::string_view id;    ///< as knobs and files spell it: `condorcet_winner`
    std::string_view label; ///< "Condorcet winner"
    std::string_view help;  ///< what it asks for, one sentence
    bool hasChange;         ///< it compares two elections
};

/// All axioms, in order of the enumeration.
[[nodiscard]] std::span<const AxiomInfo> votingAxioms();

[[nodiscard]] const AxiomInfo& infoOf(Axiom axiom);

[[nodiscard]] std::optional<Axiom> axiomOf(std::string_view id);

/// The id of the rule that is no voting rule but a model: see strongestInDuels().
inline constexpr std::string_view kBradleyTerry = "bradley_terry";

/// What a rule is called: one of votingRules(), or "Bradley-Terry".
/// \param rule its id, a known one
[[nodiscard]] std::string_view ruleLabel(std::string_view rule);

/// The strongest of the model of Bradley and Terry fitted to counted pairs, a tie half a win for
/// each. Who falls without end is not among them. \errors somebody has no place below the
/// strongest, since no chain of wins leads there; those of fitBradleyTerry()
[[nodiscard]] lab::Result<std::vector<std::size_t>>
strongestInDuels(const ballots::PairCounts& pairs);

/// Winners of a rule by its id on ballots: one of votingRules(), or kBradleyTerry.
/// \errors no such rule; those of the rule
[[nodiscard]] lab::Result<std::vector<std::size_t>> winnersBy(std::string_view rule,
                                                              const ballots::Profile& profile);

/// An election, and where the axiom is about a change, what it changes to. Ballots are strict
/// orders of all candidates, who are called a, b, ….
struct AxiomCase {
    std::string rule; ///< id
    Axiom axiom = Axiom::CondorcetWinner;
    ballots::Profile before;
    std::optional<ballots::Profile> after;  ///< cloned, raised, joined, united or reversed
    std::optional<ballots::Profile> second; ///< of reinforcement: what is united with `before`
    /// Of clones: for each candidate of `after`, whose copy it is (itself, if nobody's).
    std::vector<std::size_t> originals;
    std::optional<ballots::Ballot> joined; ///< of participation: who joins
    std::string change;                    ///< "3 voters join with acdb"; empty without a change
};

/// What a rule elects in the elections of a case.
struct CaseWinners {
    std::vector<std::size_t> before;
    std::vector<std::size_t> after;
    std::vector<std::size_t> second;
};

/// Applies the case's rule. Errors: those of winnersBy().
[[nodiscard]] lab::Result<CaseWinners> winnersOf(const AxiomCase& example);

/// Whether these winners break the case's axiom, however ties are broken. (Of random dictatorship
/// and the bipartisan and essential sets the winners are no tie but all that chance may elect; they
/// break it as soon as one of them does.)
///
/// Condorcet winner, majority: that candidate is not among the winners · Condorcet loser: it wins ·
/// Smith: winners are outside of the Smith set · clones: neither the former single winner nor a
/// copy of it is among the winners · monotonicity: the raised single winner is no more among them ·
/// participation: the new single winner is worse for those who joined than the former one ·
/// reinforcement: the single winner of both electorates is not among those of their union ·
/// reversal: the single winner wins again when every ballot is reversed.
[[nodiscard]] bool breaksAxiom(const AxiomCase& example, const CaseWinners& winners);

/// Why these winners break the axiom, a sentence.
[[nodiscard]] std::string explain(const AxiomCase& example, const CaseWinners& winners);

/// Cases whose change needs no more to be said: `after` is filled in.
[[nodiscard]] AxiomCase plainCase(std::string rule, Axiom axiom, ballots::Profile before);
[[nodiscard]] AxiomCase joinedCase(std::string rule, ballots::Profile before,
                                   ballots::Ballot joined);
[[nodiscard]] AxiomCase unitedCase(std::string rule, ballots::Profile before,
                                   ballots::Profile second);

/// `count` of those with order `from` change it to `to`; none if there are fewer.
[[nodiscard]] std::optional<AxiomCase> raisedCase(std::string rule, ballots::Profile before,
                                                  std::string_view from, std::string_view to,
                                                  std::int64_t count);

/// The last candidates of `after` are copies of `cloned`.
[[nodiscard]] AxiomCase clonedCase(std::string rule, ballots::Profile before,
                                   ballots::Profile after, std::size_t cloned);

/// The election when only this share of the change, 0 to 1, has happened: voters change their
/// ballots, or join, one by one; copies appear half way. Without a change, `before`.
[[nodiscard]] ballots::Profile changedBy(const AxiomCase& example, double share);

/// Reads a case as the golden document's section `axiom_counterexamples` writes it (rule, axiom,
/// profile and, as the axiom needs, profile_after with cloned, raise, added, second_profile).
/// \errors what is missing or not of the form
[[nodiscard]] lab::Result<AxiomCase> parseAxiomCase(const lab::Json& json);

/// The reverse of parseAxiomCase(), with the winners.
[[nodiscard]] lab::Json toJson(const AxiomCase& example, const CaseWinners& winners);

} // namespace psephos::choice
