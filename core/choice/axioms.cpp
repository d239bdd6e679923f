// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/axioms.hpp"

#include "choice/bradley_terry.hpp"
#include "choice/first_places.hpp"
#include "choice/letter_ballots.hpp"
#include "choice/majority_sets.hpp"
#include "choice/pairwise.hpp"
#include "choice/rules.hpp"
#include "choice/strong_components.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace psephos::choice {

namespace {

using ballots::Ballot;
using ballots::Profile;
using lab::Error;
using lab::Result;
using Winners = std::vector<std::size_t>;

constexpr std::array<AxiomInfo, 9> kAxioms = {{
    {Axiom::CondorcetWinner, "condorcet_winner", "Condorcet winner",
     "Whoever beats every other candidate is elected, alone.", false},
    {Axiom::CondorcetLoser, "condorcet_loser", "Condorcet loser",
     "Whoever is beaten by every other candidate is not elected.", false},
    {Axiom::Majority, "majority", "Majority",
     "Whoever more than half of the voters put first is elected, alone.", false},
    {Axiom::Smith, "smith", "Smith",
     "Only members of the smallest set that beats everyone else are elected.", false},
    {Axiom::CloneIndependence, "clone_independence", "Clones",
     "When a candidate is replaced by copies that nobody puts others between, the winner, or a "
     "copy of it, stays.",
     true},
    {Axiom::Monotonicity, "monotonicity", "Monotonicity",
     "A winner does not lose because some voters raise it.", true},
    {Axiom::Participation, "participation", "Participation",
     "Nobody gets a worse winner by voting.", true},
    {Axiom::Reinforcement, "reinforcement", "Reinforcement",
     "Who wins in two electorates wins in their union.", true},
    {Axiom::ReversalSymmetry, "reversal_symmetry", "Reversal",
     "Who wins alone does not win when every voter says the opposite.", true},
}};

bool contains(const Winners& winners, std::size_t candidate) {
    return std::find(winners.begin(), winners.end(), candidate) != winners.end();
}

std::optional<std::size_t> only(const Winners& winners) {
    return winners.size() == 1 ? std::optional(winners[0]) : std::nullopt;
}

/// Whether chance, not a tie-break, decides among the winners.
bool isLottery(std::string_view rule) {
    return rule == "random_dictatorship" || rule == "bipartisan" || rule == "essential";
}

/// Whether one of these is elected, however ties are broken; by a lottery, whether one may be.
bool elects(std::string_view rule, const Winners& winners, const Winners& candidates) {
    const auto isOne = [&](std::size_t winner) { return contains(candidates, winner); };
    return isLottery(rule) ? std::any_of(winners.begin(), winners.end(), isOne)
                           : !winners.empty() && std::all_of(winners.begin(), winners.end(), isOne);
}

/// Whether the candidate is not elected, however ties are broken; by a lottery, whether another one
/// may be.
bool misses(std::string_view rule, const Winners& winners, std::size_t candidate) {
    return isLottery(rule) ? only(winners) != candidate : !contains(winners, candidate);
}

std::optional<std::size_t> majorityFavourite(const Profile& profile) {
    const std::vector<double> votes = plurality(profile).scores;
    for (std::size_t i = 0; i < votes.size(); ++i) {
        if (2.0 * votes[i] > static_cast<double>(profile.voters())) {
            return i;
        }
    }
    return std::nullopt;
}

Profile reversed(Profile profile) {
    for (Ballot& ballot : profile.ballots) {
        std::reverse(ballot.candidates.begin(), ballot.candidates.end());
    }
    return profile;
}

std::string voters(std::int64_t count) {
    return std::to_string(count) + (count == 1 ? " voter" : " voters");
}

/// "a", "a and b", "a, b and c", "nobody".
std::string listOf(const Winners& winners) {
    if (winners.empty()) {
        return "nobody";
    }
    std::string text;
    for (std::size_t k = 0; k < winners.size(); ++k) {
        text += (k == 0 ? "" : (k + 1 == winners.size() ? " and " : ", ")) + letterOf(winners[k]);
    }
    return text;
}

std::string whoWins(const Winners& winners) {
    return listOf(winners) + (winners.size() > 1 ? " win" : " wins");
}

std::size_t placeIn(const Ballot& ballot, std::size_t candidate) {
    return static_cast<std::size_t>(
        std::find(ballot.candidates.begin(), ballot.candidates.end(), candidate) -
        ballot.candidates.begin());
}

} // namespace

std::span<const AxiomInfo> votingAxioms() {
    return kAxioms;
}

const AxiomInfo& infoOf(Axiom axiom) {
    return kAxioms.at(static_cast<std::size_t>(axiom));
}

std::optional<Axiom> axiomOf(std::string_view id) {
    const auto found = std::find_if(kAxioms.begin(), kAxioms.end(),
                                    [id](const AxiomInfo& info) { return info.id == id; });
    return found == kAxioms.end() ? std::nullopt : std::optional(found->axiom);
}

std::string_view ruleLabel(std::string_view rule) {
    const auto known = ruleOf(rule);
    return known ? infoOf(*known).label : "Bradley-Terry";
}

// They are in the first group by wins: where nobody outside has beaten it and it is not all, the
// likelihood drives the others below it without end.
Result<Winners> strongestInDuels(const ballots::PairCounts& pairs) {
    constexpr double kEqual = 1e-7; // well above the residual of a fit
    const std::size_t n = pairs.size();
    const std::vector<double> wins = winsWithTies(pairs, ballots::Ties::Half);
    const StrongComponents groups = strongComponents(wins, n);
    const std::vector<bool> reaches = reachableComponents(groups);
    for (std::size_t group = 1; group < groups.size(); ++group) {
        if (!reaches[group]) { // from the first
            return Error{.message = "no chain of wins leads from the strongest to " +
                                    pairs.names[groups.members[group].front()],
                         .hint = {},
                         .place = {}};
        }
    }
    const Winners& top = groups.members.front();
    std::vector<double> within;
    for (const std::size_t i : top) {
        for (const std::size_t j : top) {
            within.push_back(wins[i * n + j]);
        }
    }
    const auto fit = fitBradleyTerry(within, top.size());
    if (!fit) {
        return fit.error();
    }
    const double best = *std::max_element(fit->strengths.begin(), fit->strengths.end());
    Winners winners;
    for (std::size_t k = 0; k < top.size(); ++k) {
        if (fit->strengths[k] >= best - kEqual) {
            winners.push_back(top[k]);
        }
    }
    return winners;
}

Result<Winners> winnersBy(std::string_view rule, const Profile& profile) {
    if (rule == kBradleyTerry) {
        return strongestInDuels(pairCounts(profile));
    }
    const auto known = ruleOf(rule);
    if (!known) {
        return Error{
            .message = "there is no rule '" + std::string(rule) + "'", .hint = {}, .place = {}};
    }
    const auto outcome = applyRule(*known, votesOf(profile));
    if (!outcome) {
        return outcome.error();
    }
    return outcome->winners;
}

Result<CaseWinners> winnersOf(const AxiomCase& example) {
    CaseWinners winners;
    for (const auto& [profile, answer] :
         {std::pair{&example.before, &winners.before},
          std::pair{example.after ? &*example.after : nullptr, &winners.after},
          std::pair{example.second ? &*example.second : nullptr, &winners.second}}) {
        if (profile == nullptr) {
            continue;
        }
        Result<Winners> elected = winnersBy(example.rule, *profile);
        if (!elected) {
            return elected.error();
        }
        *answer = std::move(elected).value();
    }
    return winners;
}

bool breaksAxiom(const AxiomCase& example, const CaseWinners& winners) {
    const auto single = only(winners.before);
    switch (example.axiom) {
    case Axiom::CondorcetWinner: {
        const auto winner = condorcetWinner(votesOf(example.before));
        return winner && misses(example.rule, winners.before, *winner);
    }
    case Axiom::Majority: {
        const auto favourite = majorityFavourite(example.before);
        return favourite && misses(example.rule, winners.before, *favourite);
    }
    case Axiom::CondorcetLoser: {
        const auto loser = condorcetLoser(votesOf(example.before));
        return loser && elects(example.rule, winners.before, {*loser});
    }
    case Axiom::Smith: {
        Winners outside;
        const auto tiers = majorityTiers(votesOf(example.before));
        for (std::size_t t = 1; t < tiers.size(); ++t) {
            outside.insert(outside.end(), tiers[t].begin(), tiers[t].end());
        }
        return elects(example.rule, winners.before, outside);
    }
    case Axiom::CloneIndependence:
        return single &&
               std::none_of(winners.after.begin(), winners.after.end(), [&](std::size_t winner) {
                   return example.originals[winner] == *single;
               });
    case Axiom::Monotonicity:
        return single && !contains(winners.after, *single);
    case Axiom::Participation: {
        const auto now = only(winners.after);
        return single && now && placeIn(*example.joined, *now) > placeIn(*example.joined, *single);
    }
    case Axiom::Reinforcement:
        return single && only(winners.second) == single && !contains(winners.after, *single);
    case Axiom::ReversalSymmetry:
        return single && elects(example.rule, winners.after, {*single});
    }
    return false;
}

std::string explain(const AxiomCase& example, const CaseWinners& winners) {
    const std::string before = whoWins(winners.before);
    const std::string after = whoWins(winners.after);
    const auto letter = [](const std::optional<std::size_t>& candidate) {
        return candidate ? letterOf(*candidate) : std::string("nobody");
    };
    switch (example.axiom) {
    case Axiom::CondorcetWinner:
        return letter(condorcetWinner(votesOf(example.before))) +
               " beats every other candidate, yet " + before + ".";
    case Axiom::Majority:
        return "More than half of the voters put " + letter(majorityFavourite(example.before)) +
               " first, yet " + before + ".";
    case Axiom::CondorcetLoser:
        return letter(condorcetLoser(votesOf(example.before))) +
               " is beaten by every other candidate, yet " + before + ".";
    case Axiom::Smith:
        return "Everyone in the set of " + listOf(majorityTiers(votesOf(example.before)).front()) +
               " beats everyone outside of it, yet " + before + ".";
    case Axiom::Participation:
        return "First " + before + "; then " + example.change + ", who like " +
               letter(only(winners.before)) + " better than " + letter(only(winners.after)) +
               ", and " + after + ".";
    case Axiom::Reinforcement:
        return listOf(winners.before) + " wins in both electorates; together " + after + ".";
    case Axiom::CloneIndependence:
    case Axiom::Monotonicity:
    case Axiom::ReversalSymmetry:
        break;
    }
    return "First " + before + "; then " + example.change + ", and " + after + ".";
}

AxiomCase plainCase(std::string rule, Axiom axiom, Profile before) {
    AxiomCase example;
    example.rule = std::move(rule);
    example.axiom = axiom;
    if (axiom == Axiom::ReversalSymmetry) {
        example.after = reversed(before);
        example.change = "every ballot is turned round";
    }
    example.before = std::move(before);
    return example;
}

AxiomCase joinedCase(std::string rule, Profile before, Ballot joined) {
    AxiomCase example = plainCase(std::move(rule), Axiom::Participation, std::move(before));
    example.after = example.before;
    example.after->ballots.push_back(joined);
    example.change = voters(joined.count) + (joined.count == 1 ? " joins with " : " join with ") +
                     rankingOf(joined);
    example.joined = std::move(joined);
    return example;
}

AxiomCase unitedCase(std::string rule, Profile before, Profile second) {
    AxiomCase example = plainCase(std::move(rule), Axiom::Reinforcement, std::move(before));
    example.after = example.before;
    example.after->ballots.insert(example.after->ballots.end(), second.ballots.begin(),
                                  second.ballots.end());
    example.change = "a second electorate of " + voters(second.voters()) + " joins";
    example.second = std::move(second);
    return example;
}

std::optional<AxiomCase> raisedCase(std::string rule, Profile before, std::string_view from,
                                    std::string_view to, std::int64_t count) {
    const auto raised = parseRanking(to, count, before.names.size());
    const auto group = std::find_if(before.ballots.begin(), before.ballots.end(),
                                    [&](const Ballot& each) { return rankingOf(each) == from; });
    if (!raised || group == before.ballots.end() || group->count < count) {
        return std::nullopt;
    }
    const auto index = static_cast<std::size_t>(group - before.ballots.begin());
    AxiomCase example = plainCase(std::move(rule), Axiom::Monotonicity, std::move(before));
    example.after = example.before;
    example.after->ballots[index].count -= count;
    example.after->ballots.push_back(*raised);
    example.change = voters(count) + (count == 1 ? " changes " : " change ") + std::string(from) +
                     " to " + std::string(to);
    return example;
}

AxiomCase clonedCase(std::string rule, Profile before, Profile after, std::size_t cloned) {
    AxiomCase example = plainCase(std::move(rule), Axiom::CloneIndependence, std::move(before));
    std::string copies;
    for (std::size_t i = 0; i < after.names.size(); ++i) {
        const bool isCopy = i >= example.before.names.size();
        example.originals.push_back(isCopy ? cloned : i);
        copies += isCopy ? (copies.empty() ? "" : ", ") + letterOf(i) : "";
    }
    example.change = letterOf(cloned) + " gets " + copies + " as " +
                     (copies.size() == 1 ? "a copy" : "copies") + " beside it";
    example.after = std::move(after);
    return example;
}

} // namespace psephos::choice
