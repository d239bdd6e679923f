// SPDX-License-Identifier: GPL-3.0-or-later
// Voting rules against their definitions by brute force, on random small elections.
#include "choice/majority_sets.hpp"
#include "choice/pairwise.hpp"
#include "choice/rules.hpp"
#include "choice/stable_voting.hpp"
#include "choice/widest_paths.hpp"
#include "profiles.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>
#include <set>

using namespace psephos;
using namespace psephos::choice;
using psephos::testing::ballot;
using psephos::testing::order;
using psephos::testing::profile;
using psephos::testing::randomProfile;
using psephos::testing::randomWeakProfile;
using Winners = std::vector<std::size_t>;

namespace {

Winners winners(Rule rule, const ballots::Profile& election) {
    const auto outcome = applyRule(rule, votesOf(election));
    REQUIRE(outcome.ok());
    return outcome->winners;
}

std::string failure(Rule rule, const Votes& votes) {
    const auto outcome = applyRule(rule, votes);
    return outcome ? "" : outcome.error().message;
}

/// Calls `look` with each order of n items.
void eachOrder(std::size_t n, const std::function<void(const Winners&)>& look) {
    Winners order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    do {
        look(order);
    } while (std::next_permutation(order.begin(), order.end()));
}

/// Strength of the strongest path, by trying all simple ones.
double strongestPath(const Votes& votes, std::size_t from, std::size_t to,
                     std::vector<char>& isOn) {
    double best = std::max(votes.margin(from, to), 0.0);
    isOn[from] = 1;
    for (std::size_t k = 0; k < votes.size(); ++k) {
        if (isOn[k] == 0 && k != to && votes.beats(from, k)) {
            best =
                std::max(best, std::min(votes.margin(from, k), strongestPath(votes, k, to, isOn)));
        }
    }
    isOn[from] = 0;
    return best;
}

/// Winners of ranked pairs when equal majorities are locked in every order.
std::set<std::size_t> rankedPairsByAllOrders(const Votes& votes) {
    struct Edge {
        std::size_t from, to;
        double margin;
    };

    std::vector<Edge> edges;
    for (std::size_t i = 0; i < votes.size(); ++i) {
        for (std::size_t j = 0; j < votes.size(); ++j) {
            if (votes.beats(i, j)) {
                edges.push_back({i, j, votes.margin(i, j)});
            }
        }
    }
    std::set<std::size_t> found;
    eachOrder(edges.size(), [&](const Winners& order) {
        for (std::size_t k = 1; k < order.size(); ++k) {
            if (edges[order[k - 1]].margin < edges[order[k]].margin) {
                return;
            }
        }
        const std::size_t n = votes.size();
        std::vector<char> reach(n * n, 0);
        for (const std::size_t k : order) {
            const Edge& edge = edges[k];
            if (reach[edge.to * n + edge.from] != 0) {
                continue;
            }
            for (std::size_t a = 0; a < n; ++a) {
                for (std::size_t b = 0; b < n; ++b) {
                    if ((a == edge.from || reach[a * n + edge.from] != 0) &&
                        (b == edge.to || reach[edge.to * n + b] != 0)) {
                        reach[a * n + b] = 1;
                    }
                }
            }
        }
        for (std::size_t i = 0; i < n; ++i) {
            bool isBelow = false;
            for (std::size_t j = 0; j < n; ++j) {
                isBelow = isBelow || reach[j * n + i] != 0;
            }
            if (!isBelow) {
                found.insert(i);
            }
        }
    });
    return found;
}

/// The smallest nonempty set whose members beat all others, by trying all sets.
Winners smithByAllSets(const Votes& votes) {
    const std::size_t n = votes.size();
    Winners smallest(n);
    std::iota(smallest.begin(), smallest.end(), std::size_t{0});
    for (std::size_t set = 1; set < std::size_t{1} << n; ++set) {
        Winners members;
        bool isDominant = true;
        for (std::size_t i = 0; i < n; ++i) {
            if ((set >> i & 1U) == 0) {
                continue;
            }
            members.push_back(i);
            for (std::size_t j = 0; j < n; ++j) {
                isDominant = isDominant && ((set >> j & 1U) != 0 || votes.beats(i, j));
            }
        }
        if (isDominant && members.size() < smallest.size()) {
            smallest = members;
        }
    }
    return smallest;
}

/// Instant runoff with every choice among the last, by recursion without memory.
void runoff(const ballots::Profile& election, std::vector<char> isAlive,
            std::set<std::size_t>& found) {
    std::vector<double> votes(isAlive.size(), 0.0);
    for (const ballots::Ballot& each : election.ballots) {
        for (std::size_t t = 0; t < each.tiers(); ++t) {
            double sharing = 0.0;
            for (const auto i : each.tier(t)) {
                sharing += isAlive[i] != 0 ? 1.0 : 0.0;
            }
            if (sharing > 0.0) {
                for (const auto i : each.tier(t)) {
                    votes[i] += isAlive[i] != 0 ? double(each.count) / sharing : 0.0;
                }
                break;
            }
        }
    }
    double fewest = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < votes.size(); ++i) {
        fewest = isAlive[i] != 0 ? std::min(fewest, votes[i]) : fewest;
    }
    const auto alive = std::count(isAlive.begin(), isAlive.end(), char{1});
    for (std::size_t i = 0; i < votes.size(); ++i) {
        if (isAlive[i] == 0) {
            continue;
        }
        if (alive == 1) {
            found.insert(i);
        } else if (votes[i] <= fewest + 1e-9) {
            isAlive[i] = 0;
            runoff(election, isAlive, found);
            isAlive[i] = 1;
        }
    }
}

} // namespace

TEST_CASE("rules_list_hasEveryIdOnce") {
    const std::vector<std::string_view> ids{"plurality",
                                            "irv",
                                            "borda",
                                            "copeland",
                                            "minimax",
                                            "ranked_pairs",
                                            "schulze",
                                            "kemeny",
                                            "smith",
                                            "uncovered",
                                            "bipartisan",
                                            "essential",
                                            "random_dictatorship",
                                            "condorcet",
                                            "split_cycle",
                                            "stable_voting",
                                            "plackett_luce"};
    REQUIRE(votingRules().size() == ids.size());
    for (std::size_t k = 0; k < ids.size(); ++k) {
        CHECK(votingRules()[k].id == ids[k]);
        CHECK(votingRules()[k].rule == Rule(k));
        CHECK(ruleOf(ids[k]) == Rule(k));
    }
    CHECK_FALSE(ruleOf("approval").has_value());
}

TEST_CASE("rules_fiveWinnersExample_differ") {
    const auto election = profile(
        {{18, "adecb"}, {12, "bedca"}, {10, "cbeda"}, {9, "dceba"}, {4, "ebdca"}, {2, "ecdba"}});
    CHECK(winners(Rule::Plurality, election) == Winners{0});
    CHECK(winners(Rule::Irv, election) == Winners{2});
    CHECK(winners(Rule::Borda, election) == Winners{3});
    CHECK(winners(Rule::Condorcet, election) == Winners{4});
    CHECK(winners(Rule::RandomDictatorship, election) == Winners{0, 1, 2, 3, 4});
}

TEST_CASE("rules_tiedTops_shareTheBallot") {
    ballots::Profile election;
    election.names = testing::letterNames(3);
    // a and b share 4 votes; c has 3: plurality elects c.
    election.ballots = {ballot(4, {{0, 1}}), ballot(3, {{2}}), ballot(2, {})};
    const auto outcome = applyRule(Rule::Plurality, votesOf(election));
    REQUIRE(outcome.ok());
    CHECK(outcome->scores == std::vector<double>{2.0, 2.0, 3.0});
    CHECK(outcome->winners == Winners{2});
    // a or b leaves first, and the other one then has all four.
    const auto runoffs = applyRule(Rule::Irv, votesOf(election));
    REQUIRE(runoffs.ok());
    CHECK(runoffs->winners == Winners{0, 1});
    CHECK(runoffs->scores == std::vector<double>{2.0, 2.0, 1.0});
    const auto drawn = applyRule(Rule::RandomDictatorship, votesOf(election));
    REQUIRE(drawn.ok());
    CHECK(drawn->scores[2] == doctest::Approx(3.0 / 7.0)); // empty ballots are not drawn
}

TEST_CASE("rules_emptyBallotsOnly_electEverybodyOrNobody") {
    ballots::Profile election;
    election.names = testing::letterNames(2);
    election.ballots = {ballot(3, {})};
    CHECK(winners(Rule::Irv, election) == Winners{0, 1});
    CHECK(winners(Rule::Plurality, election) == Winners{0, 1});
    CHECK(winners(Rule::RandomDictatorship, election).empty());
    CHECK(winners(Rule::Condorcet, election).empty());
    CHECK(winners(Rule::Kemeny, election) == Winners{0, 1});
    CHECK(winners(Rule::RankedPairs, election) == Winners{0, 1});
}

TEST_CASE("rules_oneCandidate_isElectedByEachButTheModel") {
    const auto election = profile({{2, "a"}});
    for (const RuleInfo& info : votingRules()) {
        CAPTURE(info.id);
        if (info.rule == Rule::PlackettLuce) {
            CHECK(failure(info.rule, votesOf(election)) ==
                  "no ballot puts a candidate above another one");
        } else {
            CHECK(winners(info.rule, election) == Winners{0});
        }
    }
}

TEST_CASE("rules_pairsAlone_refuseThoseThatNeedBallots") {
    const auto election = profile({{2, "abc"}, {1, "bca"}});
    const Votes pairs = votesOf(pairCounts(election));
    for (const RuleInfo& info : votingRules()) {
        CAPTURE(info.id);
        if (info.needsBallots) {
            CHECK(failure(info.rule, pairs) == std::string(info.label) +
                                                   " needs ballots, and there are only compared "
                                                   "pairs");
        } else {
            const auto outcome = applyRule(info.rule, pairs);
            REQUIRE(outcome.ok());
            CHECK(outcome->winners == winners(info.rule, election));
        }
    }
}

TEST_CASE("rules_rates_weighPairsAlike") {
    ballots::PairCounts pairs({"a", "b", "c"});
    const auto set = [&](std::size_t i, std::size_t j, double wins, double losses) {
        pairs.wins[i * 3 + j] = wins;
        pairs.wins[j * 3 + i] = losses;
    };
    set(0, 1, 600, 400); // a over b by 200 of 1000
    set(1, 2, 9, 1);     // b over c by 8 of 10
    set(2, 0, 6, 4);     // c over a by 2 of 10
    const auto counts = applyRule(Rule::Minimax, votesOf(pairs));
    const auto rates = applyRule(Rule::Minimax, votesOf(pairs, MarginKind::Rates));
    REQUIRE((counts.ok() && rates.ok()));
    CHECK(counts->winners == Winners{0});   // loses to c by 2 votes
    CHECK(rates->winners == Winners{0, 1}); // both lose by a fifth of the votes
    CHECK(rates->scores[0] == doctest::Approx(-0.2));
    const auto shares = applyRule(Rule::Borda, votesOf(pairs, MarginKind::Rates));
    REQUIRE(shares.ok());
    CHECK(shares->scores[1] == doctest::Approx(0.4 + 0.9));
}

TEST_CASE("rules_majoritySets_matchTheirDefinitions") {
    std::mt19937_64 engine(1);
    for (int round = 0; round < 400; ++round) {
        const std::size_t n = 2 + engine() % 5;
        const auto election = randomProfile(engine, n, 1 + engine() % 6, 2);
        const Votes votes = votesOf(election);
        CHECK(smith(votes).winners == smithByAllSets(votes));
        Winners open;
        for (std::size_t y = 0; y < n; ++y) {
            bool isCovered = false;
            for (std::size_t x = 0; x < n; ++x) {
                bool covers = votes.beats(x, y);
                for (std::size_t z = 0; z < n; ++z) {
                    covers = covers && (!votes.beats(z, x) || votes.beats(z, y));
                }
                isCovered = isCovered || covers;
            }
            if (!isCovered) {
                open.push_back(y);
            }
        }
        CHECK(uncovered(votes).winners == open);
    }
}

TEST_CASE("rules_paths_matchTheirEnumeration") {
    std::mt19937_64 engine(2);
    for (int round = 0; round < 200; ++round) {
        const std::size_t n = 2 + engine() % 4;
        const auto election = randomProfile(engine, n, 2 + engine() % 6);
        const Votes votes = votesOf(election);
        std::vector<double> paths(n * n, 0.0);
        std::vector<char> isOn(n, 0);
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < n; ++j) {
                paths[i * n + j] = i == j ? 0.0 : strongestPath(votes, i, j, isOn);
            }
        }
        const auto computed = widestPaths(votes);
        REQUIRE(computed.ok());
        CHECK(*computed == paths);
        Winners best;
        Winners undefeated;
        for (std::size_t j = 0; j < n; ++j) {
            bool isBest = true;
            bool isDefeated = false;
            for (std::size_t i = 0; i < n; ++i) {
                isBest = isBest && paths[j * n + i] >= paths[i * n + j];
                isDefeated =
                    isDefeated || (votes.beats(i, j) && votes.margin(i, j) > paths[j * n + i]);
            }
            if (isBest) {
                best.push_back(j);
            }
            if (!isDefeated) {
                undefeated.push_back(j);
            }
        }
        CHECK(winners(Rule::Schulze, election) == best);
        CHECK(winners(Rule::SplitCycle, election) == undefeated);
    }
}

TEST_CASE("rules_rankedPairs_matchesEveryOrderOfTies") {
    std::mt19937_64 engine(3);
    for (int round = 0; round < 300; ++round) {
        const auto election = randomProfile(engine, 2 + engine() % 3, 1 + engine() % 5, 2);
        const Votes votes = votesOf(election);
        const auto expected = rankedPairsByAllOrders(votes);
        const auto outcome = applyRule(Rule::RankedPairs, votes);
        REQUIRE(outcome.ok());
        CHECK(outcome->isExact);
        CHECK(outcome->winners == Winners(expected.begin(), expected.end()));
    }
}

TEST_CASE("rules_rankedPairs_tooManyTies_saysSo") {
    // Nine candidates in a circle of equal majorities that all stand in each other's way.
    ballots::PairCounts pairs(testing::letterNames(9));
    for (std::size_t i = 0; i < 9; ++i) {
        for (std::size_t d = 1; d <= 4; ++d) {
            pairs.wins[i * 9 + (i + d) % 9] = 1.0;
        }
    }
    const auto outcome = applyRule(Rule::RankedPairs, votesOf(pairs));
    REQUIRE(outcome.ok());
    CHECK_FALSE(outcome->isExact);
    CHECK(outcome->remark.find("in order of their candidates") != std::string::npos);
    CHECK(outcome->winners == Winners{0});
}

TEST_CASE("rules_instantRunoff_matchesEveryTieBreak") {
    std::mt19937_64 engine(4);
    for (int round = 0; round < 300; ++round) {
        const std::size_t n = 2 + engine() % 4;
        const auto election = round % 2 == 0 ? randomProfile(engine, n, 1 + engine() % 6, 2)
                                             : randomWeakProfile(engine, n, 1 + engine() % 6);
        std::set<std::size_t> found;
        runoff(election, std::vector<char>(n, 1), found);
        CHECK(winners(Rule::Irv, election) == Winners(found.begin(), found.end()));
    }
}

TEST_CASE("rules_instantRunoff_manyWithoutAVote_isQuick") {
    ballots::Profile election;
    election.names = testing::letterNames(26);
    election.ballots = {ballot(2, {{3}, {5}}), ballot(1, {{5}})};
    CHECK(winners(Rule::Irv, election) == Winners{3});
}

TEST_CASE("rules_kemeny_matchesAllOrders") {
    std::mt19937_64 engine(5);
    for (int round = 0; round < 150; ++round) {
        const std::size_t n = 1 + engine() % 6;
        const auto election = round % 2 == 0 ? randomProfile(engine, n, 1 + engine() % 6, 3)
                                             : randomWeakProfile(engine, n, 1 + engine() % 6);
        const Votes votes = votesOf(election);
        double best = -1.0;
        std::vector<double> withTop(n, -1.0);
        std::vector<Winners> optimal;
        eachOrder(n, [&](const Winners& order) {
            double agreements = 0.0;
            for (std::size_t p = 0; p < n; ++p) {
                for (std::size_t q = p + 1; q < n; ++q) {
                    agreements += votes.pairs.win(order[p], order[q]);
                }
            }
            withTop[order[0]] = std::max(withTop[order[0]], agreements);
            if (agreements > best) {
                best = agreements;
                optimal.clear();
            }
            if (agreements == best) {
                optimal.push_back(order);
            }
        });
        const auto found = kemeny(votes);
        REQUIRE(found.ok());
        std::set<std::size_t> tops;
        for (const Winners& order : optimal) {
            tops.insert(order.front());
        }
        CHECK(found->agreements == best);
        CHECK(found->bound == best);
        CHECK(found->optimalOrders == double(optimal.size()));
        CHECK(found->order == optimal.front());
        CHECK(found->winners == Winners(tops.begin(), tops.end()));
        CHECK(found->topAgreements == withTop);
        CHECK(found->isExact);
    }
}

TEST_CASE("rules_kemeny_largeTier_isSearchedAndBounded") {
    std::mt19937_64 engine(6);
    const auto election = randomProfile(engine, 24, 7);
    const Votes votes = votesOf(election);
    REQUIRE(kemenyTier(votes) > kKemenyExact);
    const auto found = kemeny(votes);
    REQUIRE(found.ok());
    CHECK_FALSE(found->isExact);
    CHECK(found->optimalOrders == 0.0);
    CHECK(found->bound >= found->agreements);
    CHECK(found->bound <= 1.02 * found->agreements);
    Winners sorted = found->order;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 0; i < 24; ++i) {
        CHECK(sorted[i] == i);
    }
    // The same again, and stopped when asked to.
    CHECK(kemeny(votes)->order == found->order);
    CHECK_FALSE(kemeny(votes, {}, [] { return true; }).ok());
    CHECK_FALSE(kemeny(votesOf(randomProfile(engine, 20, 5)), {}, [] { return true; }).ok());
}

TEST_CASE("rules_kemeny_searchFindsTheOptimumOfExactSizes") {
    std::mt19937_64 engine(7);
    const auto election = randomProfile(engine, 16, 9);
    const auto exact = kemeny(votesOf(election));
    REQUIRE(exact.ok());
    CHECK(exact->isExact);
    ballots::PairCounts pairs = pairCounts(election);
    // Six more candidates that everyone beats by far; the last one ties with the first sixteen,
    // which keeps all in one tier and changes nothing about their best order.
    ballots::PairCounts wide(testing::letterNames(22));
    for (std::size_t i = 0; i < 22; ++i) {
        for (std::size_t j = 0; j < 22; ++j) {
            if (i != j) {
                const bool isOld = i < 16 && j < 16;
                const bool isBefore = i < 16 || (j >= 16 && i < j);
                wide.wins[i * 22 + j] = isOld ? pairs.win(i, j) : (isBefore ? 1000.0 : 0.0);
            }
        }
    }
    for (std::size_t i = 0; i < 16; ++i) {
        wide.wins[i * 22 + 21] = wide.wins[21 * 22 + i] = 500.0;
    }
    const Votes votes = votesOf(wide);
    REQUIRE(kemenyTier(votes) == 22);
    const auto searched = kemeny(votes);
    REQUIRE(searched.ok());
    const double added = 16.0 * 5 * 1000 + 16.0 * 500 + 15.0 * 1000;
    CHECK(searched->agreements == exact->agreements + added);
}

TEST_CASE("rules_stableVoting_refinesSplitCycle") {
    // All tie: each could be removed, everybody wins.
    CHECK(winners(Rule::StableVoting, profile({{1, "abcd"}, {1, "dcba"}})) == Winners{0, 1, 2, 3});
    std::mt19937_64 engine(8);
    for (int round = 0; round < 300; ++round) {
        const auto election = randomProfile(engine, 2 + engine() % 5, 2 + engine() % 7);
        const auto undefeated = winners(Rule::SplitCycle, election);
        const auto stable = winners(Rule::StableVoting, election);
        CHECK_FALSE(stable.empty());
        CHECK(std::includes(undefeated.begin(), undefeated.end(), stable.begin(), stable.end()));
    }
}

TEST_CASE("rules_condorcetWinner_isElectedByThoseThatMust") {
    std::mt19937_64 engine(9);
    int seen = 0;
    for (int round = 0; round < 300; ++round) {
        const auto election = randomProfile(engine, 2 + engine() % 5, 1 + engine() % 7);
        const auto winner = condorcetWinner(votesOf(election));
        if (!winner) {
            continue;
        }
        ++seen;
        for (const Rule rule :
             {Rule::Copeland, Rule::Minimax, Rule::RankedPairs, Rule::Schulze, Rule::Kemeny,
              Rule::Smith, Rule::Uncovered, Rule::Bipartisan, Rule::Essential, Rule::Condorcet,
              Rule::SplitCycle, Rule::StableVoting}) {
            CAPTURE(infoOf(rule).id);
            CHECK(winners(rule, election) == Winners{*winner});
        }
    }
    CHECK(seen > 100);
}

TEST_CASE("rules_namesAndOrderOfBallots_makeNoDifference") {
    std::mt19937_64 engine(10);
    for (int round = 0; round < 60; ++round) {
        const std::size_t n = 2 + engine() % 4;
        const auto election = randomProfile(engine, n, 2 + engine() % 5, 2);
        std::vector<std::uint32_t> to(n);
        std::iota(to.begin(), to.end(), 0U);
        std::shuffle(to.begin(), to.end(), engine);
        auto other = testing::relabelled(election, to);
        std::shuffle(other.ballots.begin(), other.ballots.end(), engine);
        for (const RuleInfo& info : votingRules()) {
            CAPTURE(info.id);
            const auto first = applyRule(info.rule, votesOf(election));
            const auto second = applyRule(info.rule, votesOf(other));
            REQUIRE(first.ok() == second.ok());
            if (!first) {
                continue;
            }
            Winners moved;
            for (const std::size_t winner : first->winners) {
                moved.push_back(to[winner]);
            }
            std::sort(moved.begin(), moved.end());
            CHECK(moved == second->winners);
            if (first->scores.empty()) {
                continue; // no estimate
            }
            // Everyone elected has the first place, where the rule's score says who is elected.
            const auto ranks = ranksOf(first->scores);
            const bool isSupport = info.rule == Rule::Bipartisan || info.rule == Rule::Essential ||
                                   info.rule == Rule::RandomDictatorship ||
                                   info.rule == Rule::Condorcet;
            for (std::size_t i = 0; i < n && !isSupport; ++i) {
                const bool isElected = std::find(first->winners.begin(), first->winners.end(), i) !=
                                       first->winners.end();
                CHECK(isElected == (ranks[i] == 1));
            }
        }
    }
}

TEST_CASE("rules_clones_areNoMatterToThoseThatIgnoreThem") {
    std::mt19937_64 engine(11);
    for (int round = 0; round < 200; ++round) {
        const std::size_t n = 2 + engine() % 3;
        const auto election = randomProfile(engine, n, 1 + engine() % 6);
        ballots::Profile cloned = election;
        cloned.names.push_back("copy");
        for (ballots::Ballot& each : cloned.ballots) {
            // Beside the first candidate, above or below it.
            const auto at = std::find(each.candidates.begin(), each.candidates.end(), 0U);
            each.candidates.insert(at + std::ptrdiff_t(engine() % 2),
                                   static_cast<std::uint32_t>(n));
            each.tierEnds.push_back(static_cast<std::uint32_t>(n + 1));
        }
        for (const Rule rule : {Rule::Irv, Rule::RankedPairs, Rule::Schulze, Rule::Smith,
                                Rule::SplitCycle, Rule::RandomDictatorship}) {
            CAPTURE(infoOf(rule).id);
            std::set<std::size_t> after;
            for (const std::size_t winner : winners(rule, cloned)) {
                after.insert(winner == n ? 0 : winner);
            }
            const auto before = winners(rule, election);
            CHECK(after == std::set<std::size_t>(before.begin(), before.end()));
        }
    }
}

TEST_CASE("ranks_tiesShareAPlace") {
    CHECK(ranksOf(std::vector<double>{2.0, 5.0, 2.0, 1.0}) == Winners{2, 1, 2, 4});
    const double inf = std::numeric_limits<double>::infinity();
    CHECK(ranksOf(std::vector<double>{-inf, 0.5, -inf}) == Winners{2, 1, 2});
}
