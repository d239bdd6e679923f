// SPDX-License-Identifier: GPL-3.0-or-later
// Ballots that rank: weak orders, maybe incomplete, with the number of voters who cast each.
#pragma once

#include "ballots/category.hpp"
#include "ballots/pair_counts.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace psephos::ballots {

/// A weak order over some of the candidates. Candidates of one tier are tied; the tiers stand in
/// one array, best first, each ending where the next one starts.
struct Ballot {
    std::int64_t count = 1;                ///< voters who cast it; may be 0
    std::vector<std::uint32_t> candidates; ///< indices from 0, each at most once
    std::vector<std::uint32_t> tierEnds;   ///< end of each tier in `candidates`, increasing

    /// The candidates of a tier, from 0.
    [[nodiscard]] std::span<const std::uint32_t> tier(std::size_t index) const {
        const std::size_t from = index == 0 ? 0 : tierEnds[index - 1];
        return std::span(candidates).subspan(from, tierEnds[index] - from);
    }

    [[nodiscard]] std::size_t tiers() const { return tierEnds.size(); }

    friend bool operator==(const Ballot&, const Ballot&) = default;
};

/// Candidates and the ballots cast on them.
struct Profile {
    std::vector<std::string> names; ///< n candidates, verbatim
    std::vector<Ballot> ballots;
    /// What is known about the voters, if anything: a word for each ballot.
    std::vector<Category> categories;

    /// Sum of the ballots' counts.
    [[nodiscard]] std::int64_t voters() const;
};

/// What a ballot says about candidates that it does not rank.
enum class Unranked {
    TiedBelow,  ///< they are below every ranked one, and tied with one another
    NotCompared ///< nothing: only ranked pairs are compared
};

/// Counts wins and ties of every pair over all ballots. Ranked k of n candidates, a ballot costs
/// O(k n).
[[nodiscard]] PairCounts pairCounts(const Profile& profile,
                                    Unranked unranked = Unranked::TiedBelow);

} // namespace psephos::ballots
