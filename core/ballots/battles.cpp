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

} // namespace

const Category* Battles::category(std::string_view name) const {
    const auto found = std::ranges::find(categories, name, &Category::name);
    return found == categories.end() ? nullptr : &*found;
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
        std::vector<std::string> known;
        for (const Category& each : battles.categories) {
            known.push_back(each.name);
        }
        return lab::Error{"the votes have no column " + lab::inQuotes(category) + " of words",
                          known.empty() ? "they have no such column at all"
                                        : "there are: " + lab::joined(known),
                          ""};
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

} // namespace psephos::ballots
