// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/battles.hpp"

#include "lab/text.hpp"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <utility>

namespace psephos::ballots {

namespace {

/// Adds battle `b`, `weight` times, to counts over the battles' candidates.
void add(PairCounts& counts, const Battles& battles, std::size_t b, double weight) {
    const std::size_t n = counts.size();
    const std::size_t i = battles.first[b];
    const std::size_t j = battles.second[b];
    switch (battles.outcomes[b]) {
    case Outcome::First:
        counts.wins[i * n + j] += weight;
        break;
    case Outcome::Second:
        counts.wins[j * n + i] += weight;
        break;
    case Outcome::Tie:
    case Outcome::BothBad:
        counts.ties[i * n + j] += weight;
        counts.ties[j * n + i] += weight;
        break;
    }
}

double weightOf(const Battles& battles, std::span<const std::uint32_t> times, std::size_t b) {
    const double weight = battles.weights.empty() ? 1.0 : battles.weights[b];
    return times.empty() ? weight : weight * times[b];
}

lab::Error noColumn(std::string_view name, std::span<const Category> categories) {
    std::vector<std::string> known;
    for (const Category& each : categories) {
        known.push_back(each.name);
    }
    return lab::Error{
        "the votes have no column " + lab::inQuotes(name) + " of words",
        known.empty() ? "they have no such column at all" : "there are: " + lab::joined(known), ""};
}

/// Shares of groups that so far hold their weights, which sum to `total`.
lab::Result<std::vector<GroupCounts>> finished(std::vector<GroupCounts> groups,
                                               std::string_view category, double total) {
    std::erase_if(groups, [](const GroupCounts& group) { return group.share == 0.0; });
    if (groups.empty()) {
        return lab::Error{"no vote says anything in the column " + lab::inQuotes(category), "", ""};
    }
    for (GroupCounts& group : groups) {
        group.share /= total;
    }
    std::ranges::sort(groups, [](const GroupCounts& one, const GroupCounts& other) {
        return one.share != other.share ? one.share > other.share : one.name < other.name;
    });
    return groups;
}

} // namespace

const Category* findCategory(std::span<const Category> categories, std::string_view name) {
    const auto found = std::ranges::find(categories, name, &Category::name);
    return found == categories.end() ? nullptr : &*found;
}

const Category* Battles::category(std::string_view name) const {
    return findCategory(categories, name);
}

const Covariate* Battles::covariate(std::string_view name) const {
    const auto found = std::ranges::find(covariates, name, &Covariate::name);
    return found == covariates.end() ? nullptr : &*found;
}

PairCounts pairCounts(const Battles& battles, std::span<const std::uint32_t> times) {
    assert(times.empty() || times.size() == battles.size());
    PairCounts counts(battles.names);
    for (std::size_t b = 0; b < battles.size(); ++b) {
        add(counts, battles, b, weightOf(battles, times, b));
    }
    return counts;
}

lab::Result<std::vector<GroupCounts>> groupCounts(const Battles& battles, std::string_view category,
                                                  std::span<const std::uint32_t> times) {
    assert(times.empty() || times.size() == battles.size());
    const Category* column = battles.category(category);
    if (column == nullptr) {
        return noColumn(category, battles.categories);
    }
    std::vector<GroupCounts> groups;
    for (const std::string& label : column->labels) {
        groups.push_back({label, 0.0, PairCounts(battles.names)});
    }
    double total = 0.0;
    for (std::size_t b = 0; b < battles.size(); ++b) {
        const std::uint32_t code = column->codes[b];
        const double weight = weightOf(battles, times, b);
        if (code != Category::kNone && weight > 0.0) {
            add(groups[code].pairs, battles, b, weight);
            groups[code].share += weight;
            total += weight;
        }
    }
    return finished(std::move(groups), category, total);
}

lab::Result<std::vector<GroupCounts>> groupCounts(const Profile& profile, std::string_view category,
                                                  Unranked unranked) {
    const Category* column = findCategory(profile.categories, category);
    if (column == nullptr) {
        return noColumn(category, profile.categories);
    }
    std::vector<Profile> parts(column->labels.size());
    for (std::size_t b = 0; b < profile.ballots.size(); ++b) {
        if (const std::uint32_t code = column->codes[b]; code != Category::kNone) {
            parts[code].ballots.push_back(profile.ballots[b]);
        }
    }
    std::vector<GroupCounts> groups;
    double total = 0.0;
    for (std::size_t code = 0; code < parts.size(); ++code) {
        parts[code].names = profile.names;
        const auto voters = static_cast<double>(parts[code].voters());
        groups.push_back({column->labels[code], voters, pairCounts(parts[code], unranked)});
        total += voters;
    }
    return finished(std::move(groups), category, total);
}

} // namespace psephos::ballots
