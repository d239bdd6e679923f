// SPDX-License-Identifier: GPL-3.0-or-later
// The voting rules by name.
#pragma once

#include "choice/kemeny.hpp"
#include "choice/votes.hpp"
#include "lab/result.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace psephos::choice {

enum class Rule {
    Plurality,
    Irv,
    Borda,
    Copeland,
    Minimax,
    RankedPairs,
    Schulze,
    Kemeny,
    Smith,
    Uncovered,
    Bipartisan,
    Essential,
    RandomDictatorship,
    Condorcet,
    SplitCycle,
    StableVoting,
    PlackettLuce
};

/// A rule in words.
struct RuleInfo {
    Rule rule;
    std::string_view id;    ///< as knobs and tables spell it: `ranked_pairs`
    std::string_view label; ///< "Ranked pairs"
    std::string_view help;  ///< whom it elects, one sentence
    std::string_view score; ///< what its scores are: "duels won"
    bool needsBallots;      ///< counted pairs are not enough
};

/// All rules, in order of the enumeration.
[[nodiscard]] std::span<const RuleInfo> votingRules();

[[nodiscard]] const RuleInfo& infoOf(Rule rule);

/// The rule of this id, if there is one.
[[nodiscard]] std::optional<Rule> ruleOf(std::string_view id);

/// Applies a rule.
///
/// \param votes on at least one candidate; its ballots decide whether a rule that needs them works
/// \errors a rule that needs ballots and has none, a model that can't be fitted, stopped()
[[nodiscard]] lab::Result<RuleOutcome> applyRule(Rule rule, const Votes& votes,
                                                 const StopRequest& stop = {},
                                                 const KemenyOptions& kemeny = {});

} // namespace psephos::choice
