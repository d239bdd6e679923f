// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/rules.hpp"

#include "choice/first_places.hpp"
#include "choice/majority_sets.hpp"
#include "choice/pairwise.hpp"
#include "choice/plackett_luce.hpp"
#include "choice/ranked_pairs.hpp"
#include "choice/stable_voting.hpp"
#include "choice/widest_paths.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace psephos::choice {

namespace {

using lab::Result;

constexpr std::array<RuleInfo, 17> kRules = {{
    {Rule::Plurality, "plurality", "Plurality", "Most first places.", "first places", true},
    {Rule::Irv, "irv", "Instant runoff",
     "Whoever has the fewest first places leaves, until one is left.", "eliminations survived",
     true},
    {Rule::Borda, "borda", "Borda", "Most points: one for every other candidate below.", "points",
     false},
    {Rule::Copeland, "copeland", "Copeland", "Most duels won; a tie is half a win.", "duels won",
     false},
    {Rule::Minimax, "minimax", "Minimax", "Whose worst defeat is the smallest.",
     "margin of the worst duel", false},
    {Rule::RankedPairs, "ranked_pairs", "Ranked pairs",
     "Majorities are locked in from the largest down, unless they close a cycle; nobody is above.",
     "locked above, negated", false},
    {Rule::Schulze, "schulze", "Schulze",
     "Whose strongest path of majorities to each other one is no weaker than the path back.",
     "stronger paths against, negated", false},
    {Rule::Kemeny, "kemeny", "Kemeny",
     "The top of an order that agrees with the most voters on the most pairs.",
     "agreements with it on top", false},
    {Rule::Smith, "smith", "Smith set",
     "The smallest set whose members beat everyone outside of it.", "candidates in lower tiers",
     false},
    {Rule::Uncovered, "uncovered", "Uncovered set",
     "Whom nobody covers: beats, and loses only to those who beat the other one, too.",
     "covered by, negated", false},
    {Rule::Bipartisan, "bipartisan", "Bipartisan set",
     "Who has a chance in a maximal lottery that asks only who wins each duel.", "chance", false},
    {Rule::Essential, "essential", "Essential set", "Who has a chance in some maximal lottery.",
     "chance", false},
    {Rule::RandomDictatorship, "random_dictatorship", "Random dictatorship",
     "Who may win when one ballot, drawn at random, decides.", "chance", true},
    {Rule::Condorcet, "condorcet", "Condorcet winner", "Who beats everyone; often nobody does.",
     "1 winner, −1 loser", false},
    {Rule::SplitCycle, "split_cycle", "Split Cycle",
     "Who is undefeated once the weakest majorities of every cycle are set aside.",
     "defeats, negated", false},
    {Rule::StableVoting, "stable_voting", "Stable Voting",
     "Of those undefeated in Split Cycle, who would win without the one it beats most clearly.",
     "1 winner, 0 undefeated, else defeats, negated", false},
    {Rule::PlackettLuce, "plackett_luce", "Plackett-Luce",
     "The strongest in the model that fills places from the top by chances.", "log strength", true},
}};

Result<RuleOutcome> byBallots(Rule rule, const Votes& votes, const StopRequest& stop) {
    if (votes.profile == nullptr) {
        return lab::Error{.message = std::string(infoOf(rule).label) +
                                     " needs ballots, and there are only compared pairs",
                          .hint = {},
                          .place = {}};
    }
    switch (rule) {
    case Rule::Irv:
        return instantRunoff(*votes.profile, stop);
    case Rule::RandomDictatorship:
        return randomDictatorship(*votes.profile);
    case Rule::PlackettLuce: {
        const auto model = plackettLuce(*votes.profile, votes.unranked, stop);
        if (!model) {
            return model.error();
        }
        return outcomeOf(*model, *votes.profile);
    }
    default:
        return plurality(*votes.profile);
    }
}

Result<RuleOutcome> byKemeny(const Votes& votes, const StopRequest& stop,
                             const KemenyOptions& options) {
    const auto orders = kemeny(votes, options, stop);
    if (!orders) {
        return orders.error();
    }
    return outcomeOf(*orders);
}

} // namespace

std::span<const RuleInfo> votingRules() {
    return kRules;
}

const RuleInfo& infoOf(Rule rule) {
    return kRules.at(static_cast<std::size_t>(rule));
}

std::optional<Rule> ruleOf(std::string_view id) {
    const auto found = std::find_if(kRules.begin(), kRules.end(),
                                    [id](const RuleInfo& info) { return info.id == id; });
    return found == kRules.end() ? std::nullopt : std::optional(found->rule);
}

Result<RuleOutcome> applyRule(Rule rule, const Votes& votes, const StopRequest& stop,
                              const KemenyOptions& kemeny) {
    switch (rule) {
    case Rule::Borda:
        return borda(votes);
    case Rule::Copeland:
        return copeland(votes);
    case Rule::Minimax:
        return minimax(votes);
    case Rule::RankedPairs:
        return rankedPairs(votes, stop);
    case Rule::Schulze:
        return schulze(votes, stop);
    case Rule::Kemeny:
        return byKemeny(votes, stop, kemeny);
    case Rule::Smith:
        return smith(votes);
    case Rule::Uncovered:
        return uncovered(votes);
    case Rule::Bipartisan:
        return bipartisan(votes);
    case Rule::Essential:
        return essential(votes);
    case Rule::Condorcet:
        return condorcet(votes);
    case Rule::SplitCycle:
        return splitCycle(votes, stop);
    case Rule::StableVoting:
        return stableVoting(votes, stop);
    case Rule::Plurality:
    case Rule::Irv:
    case Rule::RandomDictatorship:
    case Rule::PlackettLuce:
        break;
    }
    return byBallots(rule, votes, stop);
}

} // namespace psephos::choice
