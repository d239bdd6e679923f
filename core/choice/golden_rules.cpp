// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/golden_rules.hpp"

#include "choice/axioms.hpp"
#include "choice/first_places.hpp"
#include "choice/kemeny.hpp"
#include "choice/letter_ballots.hpp"
#include "choice/majority_sets.hpp"
#include "choice/pairwise.hpp"
#include "choice/rules.hpp"
#include "choice/votes.hpp"
#include "choice/widest_paths.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace psephos::choice {

namespace {

using lab::Json;
using lab::Result;

/// Fields of a profile with a rule's winners, and with its scores.
struct RuleFields {
    Rule rule;
    const char* winners;
    const char* scores;
};

constexpr std::array<RuleFields, 12> kRuleFields = {{
    {Rule::Plurality, "plurality", "plurality_scores"},
    {Rule::Irv, "irv_put", nullptr},
    {Rule::Borda, "borda", "borda_scores"},
    {Rule::Copeland, "copeland", "copeland_scores"},
    {Rule::Minimax, "minimax", "minimax_worst_loss_negated"},
    {Rule::RankedPairs, "ranked_pairs_put", nullptr},
    {Rule::Schulze, "schulze", nullptr},
    {Rule::Smith, "smith", nullptr},
    {Rule::Uncovered, "uncovered_gillies", nullptr},
    {Rule::RandomDictatorship, nullptr, "random_dictatorship"},
    {Rule::SplitCycle, "split_cycle", nullptr},
    {Rule::StableVoting, "stable_voting", nullptr},
}};

Json letterOrNull(const std::optional<std::size_t>& candidate) {
    return candidate ? Json(letterOf(*candidate)) : Json(nullptr);
}

std::optional<std::size_t> only(const std::vector<std::size_t>& winners) {
    return winners.size() == 1 ? std::optional(winners[0]) : std::nullopt;
}

void compareKemeny(GoldenEntry& entry, const Kemeny& kemeny) {
    entry.compare("kemeny_score_agreements", kemeny.agreements);
    entry.compare("kemeny_distance", kemeny.distance);
    entry.compare("kemeny_winners", lettersOf(kemeny.winners));
    entry.compare("kemeny_num_optimal_rankings", kemeny.optimalOrders);
    std::string order;
    for (const std::size_t candidate : kemeny.order) {
        order += letterOf(candidate);
    }
    entry.compare("kemeny_lexfirst_ranking", order);
}

std::vector<std::size_t> common(const std::vector<std::size_t>& a,
                                const std::vector<std::size_t>& b) {
    std::vector<std::size_t> both;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
    return both;
}

} // namespace

Result<void> checkProfileRules(GoldenEntry& entry, const ballots::Profile& profile) {
    const Votes votes = votesOf(profile);
    const std::size_t n = votes.size();
    for (const RuleFields& fields : kRuleFields) {
        const Result<RuleOutcome> outcome = applyRule(fields.rule, votes);
        if (!outcome) {
            return entry.error("ballots", outcome.error().message);
        }
        if (fields.winners != nullptr) {
            entry.compare(fields.winners, lettersOf(outcome->winners));
        }
        if (fields.scores != nullptr) {
            entry.compare(fields.scores, outcome->scores);
        }
    }
    entry.compare("condorcet_winner", letterOrNull(condorcetWinner(votes)));
    entry.compare("condorcet_loser", letterOrNull(condorcetLoser(votes)));
    const Result<Kemeny> orders = kemeny(votes);
    const Result<std::vector<double>> paths = widestPaths(votes);
    if (!orders || !paths) {
        return entry.error("ballots", orders ? paths.error().message : orders.error().message);
    }
    compareKemeny(entry, *orders);
    Json strengths = Json::array();
    for (std::size_t i = 0; i < n; ++i) {
        const auto row = paths->begin() + static_cast<std::ptrdiff_t>(i * n);
        strengths.push_back(std::vector<double>(row, row + static_cast<std::ptrdiff_t>(n)));
    }
    entry.compare("schulze_strengths", std::move(strengths));
    return {};
}

Result<void> checkAxiomCounterexample(GoldenEntry& entry) {
    const Result<AxiomCase> example = parseAxiomCase(entry.json());
    if (!example) {
        return entry.error(example.error().place, example.error().message);
    }
    if (example->rule != kBradleyTerry && !ruleOf(example->rule)) {
        return {};
    }
    const Result<CaseWinners> winners = winnersOf(*example);
    if (!winners) {
        return entry.error("rule", winners.error().message);
    }
    const Votes votes = votesOf(example->before);
    const bool isReversal = example->axiom == Axiom::ReversalSymmetry;
    entry.compare("num_voters", example->before.voters());
    entry.compare("winners", lettersOf(isReversal ? common(winners->before, winners->after)
                                                  : winners->before));
    entry.compare("winner_before", letterOrNull(only(winners->before)));
    entry.compare("winners_after", lettersOf(winners->after));
    entry.compare("winner_after", letterOrNull(only(winners->after)));
    entry.compare("winner_each", letterOrNull(only(winners->before) == only(winners->second)
                                                  ? only(winners->before)
                                                  : std::nullopt));
    entry.compare("winners_union", lettersOf(winners->after));
    entry.compare("condorcet", letterOrNull(condorcetWinner(votes)));
    entry.compare("loser", letterOrNull(condorcetLoser(votes)));
    entry.compare("smith", lettersOf(majorityTiers(votes).front()));
    const auto shares = plurality(example->before).scores;
    const auto most = std::max_element(shares.begin(), shares.end());
    const bool isMajority = 2.0 * *most > static_cast<double>(example->before.voters());
    entry.compare("majority", isMajority
                                  ? Json(letterOf(static_cast<std::size_t>(most - shares.begin())))
                                  : Json(nullptr));
    return {};
}

} // namespace psephos::choice
