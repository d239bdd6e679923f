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
#include <vector>

namespace psephos::choice {

namespace {

using lab::Json;
using lab::Result;

/// Voters with orders drawn at random: a tier of all candidates, the worst case.
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

Result<Json> benchKemeny(std::size_t n, int repetitions) {
    const ballots::Profile profile = impartialCulture(n, 101);
    const Votes votes = votesOf(profile);
    return timed("kemeny", n, repetitions, [&]() -> Result<void> {
        const auto orders = kemeny(votes);
        return orders ? Result<void>{} : Result<void>(orders.error());
    });
}

/// All rules but Kemeny and Plackett-Luce, which take their own time.
Result<Json> benchAllRules(std::size_t n, int repetitions) {
    const ballots::Profile profile = impartialCulture(n, 1001);
    const Votes votes = votesOf(profile);
    return timed("rules without kemeny and plackett_luce", n, repetitions, [&]() -> Result<void> {
        for (const RuleInfo& info : votingRules()) {
            if (info.rule == Rule::Kemeny || info.rule == Rule::PlackettLuce) {
                continue;
            }
            if (const auto outcome = applyRule(info.rule, votes); !outcome) {
                return outcome.error();
            }
        }
        return {};
    });
}

Result<Json> benchRules(const lab::BenchOptions&) {
    Json results = Json::array();
    for (const auto& result :
         {benchKemeny(15, 21), benchKemeny(20, 5), benchAllRules(20, 21), benchAllRules(50, 11)}) {
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
