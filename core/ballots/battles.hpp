// SPDX-License-Identifier: GPL-3.0-or-later
// Battles: comparisons of two candidates each, one by one, with what is known about each of them.
#pragma once

#include "ballots/category.hpp"
#include "ballots/pair_counts.hpp"
#include "ballots/profile.hpp"
#include "lab/result.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::ballots {

/// How a battle ended. BothBad is kept apart, and counts as a tie.
enum class Outcome : std::uint8_t { First, Second, Tie, BothBad };

/// Battles between n candidates, as columns: row b says that names[first[b]] met names[second[b]].
struct Battles {
    std::vector<std::string> names; ///< verbatim, in order of first appearance
    std::vector<std::uint32_t> first;
    std::vector<std::uint32_t> second; ///< never the same as first
    std::vector<Outcome> outcomes;
    std::vector<double> weights; ///< finite, not negative; empty: 1 each
    std::vector<Category> categories;
    std::vector<Covariate> covariates;

    [[nodiscard]] std::size_t size() const { return outcomes.size(); }

    [[nodiscard]] const Category* category(std::string_view name) const;
    [[nodiscard]] const Covariate* covariate(std::string_view name) const;
};

/// Counts wins and ties of every pair; both-bad counts as a tie.
///
/// \param times how often each battle counts ([size()], e.g. of a resample); empty: once each
[[nodiscard]] PairCounts pairCounts(const Battles& battles,
                                    std::span<const std::uint32_t> times = {});

/// The comparisons of one group, over the same candidates as all groups.
struct GroupCounts {
    std::string name;
    double share = 0.0; ///< of the comparisons of all groups, by weight; they sum to 1
    PairCounts pairs;
};

/// Comparisons by the words of a category, the largest group first (equal ones by label). Groups
/// without a comparison and battles without a word are left out.
///
/// \errors no such category (names those there are), no battle with a word in it
[[nodiscard]] lab::Result<std::vector<GroupCounts>>
groupCounts(const Battles& battles, std::string_view category,
            std::span<const std::uint32_t> times = {});

/// Comparisons by the words of a category of the ballots, as groupCounts() of battles: a group's
/// share is that of its voters.
///
/// \errors no such category (names those there are), no voter with a word in it
[[nodiscard]] lab::Result<std::vector<GroupCounts>>
groupCounts(const Profile& profile, std::string_view category,
            Unranked unranked = Unranked::TiedBelow);

} // namespace psephos::ballots
