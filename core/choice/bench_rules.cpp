// SPDX-License-Identifier: GPL-3.0-or-later
// How fast voting rules are.
#include "choice/bench.hpp"
#include "choice/kemeny.hpp"
#include "choice/rules.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace psephos::choice {

namespace {

using lab::Json;
using lab::Result;

/// Voters with orders drawn at random.
ballots::Profile impartialCulture(std::size_t candidates, std::size_t voters) {
    std::mt19937_64 engine(candidates);
    ballots::Profile profile;
    ballots::Ballot ballot;
    for (std::uint32_t i = 0; i < candidates; ++i) {
        profile.names.push_back("candidate " + std::to_string(i + 1));
        ballot.candidates.push_back(i);
        ballot.tierEnds.push_back(i + 1);
    }
    for (std::size_t voter = 0; voter < voters; ++voter) {
        std::shuffle(ballot.candidates.begin(), ballot.candidates.end(), engine);
        profile.ballots.push_back(ballot);
    }
    return profile;
}

Result<Json> timed(const std::string& bench, std::size_t n, int repetitions,
                   const std::function<Result<void>()>& run) {
    std::vector<double> milliseconds;
    for (int repetition = 0; repetition < repetitions; ++repetition) {
        const auto from = std::chrono::steady_clock::now();
        if (const auto ran = run(); !ran) {
            return ran.error();
        }
        const auto spent = std::chrono::steady_clock::now() - from;
        milliseconds.push_back(std::chrono::duration<double, std::milli>(spent).count());
    }
    std::sort(milliseconds.begin(), milliseconds.end());
    Json json = Json::object();
    json["bench"] = bench;
    json["n"] = n;
    json["median_ms"] = milliseconds[milliseconds.size() / 2];
    json["least_ms"] = milliseconds.front();
    json["repetitions"] = repetitions;
    return json;
}

/// Wins drawn at random in one tier: each candidate beats the next one, and the last the first.
ballots::PairCounts oneTier(std::size_t candidates) {
    std::mt19937_64 engine(candidates);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < candidates; ++i) {
        names.push_back("candidate " + std::to_string(i + 1));
    }
    ballots::PairCounts pairs(std::move(names));
    for (std::size_t i = 0; i < candidates; ++i) {
        for (std::size_t j = 0; j < candidates; ++j) {
            const bool isNext = j == (i + 1) % candidates;
            pairs.wins[i * candidates + j] =
                i == j ? 0.0 : static_cast<double>(engine() % 1000) + (isNext ? 1000.0 : 0.0);
        }
    }
    return pairs;
}

Result<Json> benchKemeny(std::size_t n, int repetitions) {
    const Votes votes = votesOf(oneTier(n));
    return timed("kemeny, all in one tier", n, repetitions, [&]() -> Result<void> {
        const auto orders = kemeny(votes);
        return orders ? Result<void>{} : Result<void>(orders.error());
    });
}

/// All rules but those that may take exponential time or a fit.
Result<Json> benchQuickRules(std::size_t n, int repetitions) {
    const ballots::Profile profile = impartialCulture(n, 1001);
    const Votes votes = votesOf(profile);
    return timed("fourteen quick rules", n, repetitions, [&]() -> Result<void> {
        for (const RuleInfo& info : votingRules()) {
            if (info.rule == Rule::Kemeny || info.rule == Rule::StableVoting ||
                info.rule == Rule::PlackettLuce) {
                continue;
            }
            if (const auto outcome = applyRule(info.rule, votes); !outcome) {
                return outcome.error();
            }
        }
        return {};
    });
}

/// One rule on ballots drawn at random.
Result<Json> benchRule(Rule rule, std::size_t n, int repetitions) {
    const ballots::Profile profile = impartialCulture(n, 1001);
    const Votes votes = votesOf(profile);
    return timed(std::string(infoOf(rule).id), n, repetitions, [&]() -> Result<void> {
        const auto outcome = applyRule(rule, votes);
        return outcome ? Result<void>{} : Result<void>(outcome.error());
    });
}

Result<Json> benchRules(const lab::BenchOptions&) {
    Json results = Json::array();
    for (const auto& result :
         {benchKemeny(15, 21), benchKemeny(20, 5), benchQuickRules(20, 21), benchQuickRules(50, 11),
          benchRule(Rule::PlackettLuce, 20, 5), benchRule(Rule::StableVoting, 20, 5)}) {
        if (!result) {
            return result;
        }
        results.push_back(*result);
    }
    return results;
}

} // namespace

void registerRuleBenchmarks(lab::CheckRegistry& registry) {
    registry.add(lab::Bench{"voting", "voting rules", benchRules});
}

} // namespace psephos::choice
