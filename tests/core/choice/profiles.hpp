// SPDX-License-Identifier: GPL-3.0-or-later
// Elections for the tests of rules: written by hand, and random ones.
#pragma once

#include "ballots/profile.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace psephos::testing {

/// A ballot from tiers: {{0}, {2, 1}} puts 0 first and ties 1 and 2.
inline ballots::Ballot ballot(std::int64_t count,
                              const std::vector<std::vector<std::uint32_t>>& tiers) {
    ballots::Ballot ballot;
    ballot.count = count;
    for (const auto& tier : tiers) {
        ballot.candidates.insert(ballot.candidates.end(), tier.begin(), tier.end());
        ballot.tierEnds.push_back(static_cast<std::uint32_t>(ballot.candidates.size()));
    }
    return ballot;
}

/// A strict order by its letters: "cab".
inline ballots::Ballot order(std::int64_t count, const std::string& letters) {
    std::vector<std::vector<std::uint32_t>> tiers;
    for (const char letter : letters) {
        tiers.push_back({static_cast<std::uint32_t>(letter - 'a')});
    }
    return ballot(count, tiers);
}

inline std::vector<std::string> letterNames(std::size_t n) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < n; ++i) {
        names.emplace_back(1, static_cast<char>('a' + i));
    }
    return names;
}

inline ballots::Profile profile(const std::vector<std::pair<std::int64_t, std::string>>& orders) {
    ballots::Profile profile;
    profile.names = letterNames(orders.front().second.size());
    for (const auto& [count, letters] : orders) {
        profile.ballots.push_back(order(count, letters));
    }
    return profile;
}

/// Strict complete orders by so many groups of voters.
inline ballots::Profile randomProfile(std::mt19937_64& engine, std::size_t candidates,
                                      std::size_t groups, std::int64_t most = 4) {
    ballots::Profile profile;
    profile.names = letterNames(candidates);
    std::string letters = "abcdefghijklmnopqrstuvwxyz";
    letters.resize(candidates);
    for (std::size_t g = 0; g < groups; ++g) {
        std::shuffle(letters.begin(), letters.end(), engine);
        const auto count = 1 + static_cast<std::int64_t>(engine() % std::uint64_t(most));
        profile.ballots.push_back(order(count, letters));
    }
    return profile;
}

/// Weak, often incomplete orders.
inline ballots::Profile randomWeakProfile(std::mt19937_64& engine, std::size_t candidates,
                                          std::size_t groups) {
    ballots::Profile profile = randomProfile(engine, candidates, groups);
    for (ballots::Ballot& each : profile.ballots) {
        each.candidates.resize(engine() % (candidates + 1));
        each.tierEnds.clear();
        for (std::uint32_t end = 1; end <= each.candidates.size(); ++end) {
            if (end == each.candidates.size() || engine() % 3 != 0) {
                each.tierEnds.push_back(end);
            }
        }
    }
    return profile;
}

/// The same election with candidate i called to[i].
inline ballots::Profile relabelled(ballots::Profile profile, const std::vector<std::uint32_t>& to) {
    for (ballots::Ballot& each : profile.ballots) {
        for (std::uint32_t& candidate : each.candidates) {
            candidate = to[candidate];
        }
    }
    return profile;
}

} // namespace psephos::testing
