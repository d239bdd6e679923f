// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/profile.hpp"

namespace psephos::ballots {

namespace {

/// Adds what one ballot says about the candidates that it ranks.
void countRanked(const Ballot& ballot, PairCounts& counts, bool withTies) {
    const std::size_t n = counts.size();
    const auto count = static_cast<double>(ballot.count);
    for (std::size_t t = 0; t < ballot.tiers(); ++t) {
        const std::span<const std::uint32_t> tier = ballot.tier(t);
        const std::span<const std::uint32_t> below =
            std::span(ballot.candidates).subspan(ballot.tierEnds[t]);
        for (const std::uint32_t i : tier) {
            for (const std::uint32_t j : below) {
                counts.wins[i * n + j] += count;
            }
            for (const std::uint32_t j : tier) {
                if (withTies && i != j) {
                    counts.ties[i * n + j] += count;
                }
            }
        }
    }
}

/// Every ranked candidate beats every other one that the ballot leaves out.
void countUnrankedBelow(const Ballot& ballot, PairCounts& counts, std::vector<char>& isRanked) {
    const std::size_t n = counts.size();
    if (ballot.candidates.size() == n) {
        return;
    }
    isRanked.assign(n, 0);
    for (const std::uint32_t i : ballot.candidates) {
        isRanked[i] = 1;
    }
    const auto count = static_cast<double>(ballot.count);
    for (const std::uint32_t i : ballot.candidates) {
        double* const row = counts.wins.data() + i * n;
        for (std::size_t j = 0; j < n; ++j) {
            row[j] += isRanked[j] != 0 ? 0.0 : count;
        }
    }
}

} // namespace

std::int64_t Profile::voters() const {
    std::int64_t sum = 0;
    for (const Ballot& ballot : ballots) {
        sum += ballot.count;
    }
    return sum;
}

PairCounts pairCounts(const Profile& profile, Unranked unranked) {
    PairCounts counts(profile.names);
    const std::size_t n = counts.size();
    const bool tiedBelow = unranked == Unranked::TiedBelow;
    std::vector<char> isRanked;
    for (const Ballot& ballot : profile.ballots) {
        countRanked(ballot, counts, !tiedBelow);
        if (tiedBelow) {
            countUnrankedBelow(ballot, counts, isRanked);
        }
    }
    if (tiedBelow) {
        // Every voter compares every pair, so whoever prefers neither calls it a tie.
        const auto voters = static_cast<double>(profile.voters());
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < n; ++j) {
                counts.ties[i * n + j] =
                    i == j ? 0.0 : voters - counts.win(i, j) - counts.win(j, i);
            }
        }
    }
    return counts;
}

} // namespace psephos::ballots
