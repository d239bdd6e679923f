// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/voting/robust_lottery/electorates.hpp"

#include "choice/held_out.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>

namespace psephos::experiments {

namespace {

using ballots::Battles;
using ballots::Electorate;
using ballots::GroupCounts;
using ballots::Outcome;

/// A group's margins over the pairs (0,1), (0,2), …, (1,2), …, each of so many battles.
struct Camp {
    std::string name;
    int battles = 0;
    std::vector<double> margins;
};

/// Battles one by one, so that they can be split and resampled.
Battles battlesOf(const std::vector<std::string>& names, const std::string& column,
                  const std::vector<Camp>& camps) {
    Battles battles;
    battles.names = names;
    ballots::Category category{column, {}, {}};
    for (const Camp& camp : camps) {
        const auto code = static_cast<std::uint32_t>(category.labels.size());
        category.labels.push_back(camp.name);
        std::size_t pair = 0;
        for (std::uint32_t i = 0; i < names.size(); ++i) {
            for (std::uint32_t j = i + 1; j < names.size(); ++j, ++pair) {
                const auto won = std::lround(camp.battles * (1.0 + camp.margins[pair]) / 2.0);
                for (int battle = 0; battle < camp.battles; ++battle) {
                    battles.first.push_back(i);
                    battles.second.push_back(j);
                    battles.outcomes.push_back(battle < won ? Outcome::First : Outcome::Second);
                    category.codes.push_back(code);
                }
            }
        }
        assert(pair == camp.margins.size());
    }
    battles.categories.push_back(std::move(category));
    return battles;
}

Battles exampleBattles(std::string_view id) {
    if (id == "niche") {
        return battlesOf(
            {"Anthem", "Ballad", "Chant"}, "audience",
            {{"Regulars", 1600, {0.2, 0.5, 0.4}}, {"Newcomers", 400, {-0.7, -0.3, 0.3}}});
    }
    if (id == "walk") {
        return battlesOf({"Aspen", "Birch", "Cedar"}, "valley",
                         {{"North", 1000, {0.31, -0.23, 0.17}},
                          {"West", 600, {-0.11, -0.07, 0.29}},
                          {"South", 400, {0.05, -0.41, -0.37}}});
    }
    if (id == "two") {
        return battlesOf({"Tram", "Ring road"}, "district",
                         {{"Inner city", 1200, {0.6}}, {"Suburbs", 800, {-0.5}}});
    }
    assert(id == "models");
    return choice::miniatureBattles(choice::kMiniatureSeed);
}

} // namespace

const std::vector<ExampleGroups>& exampleGroups() {
    static const std::vector<ExampleGroups> kGroups = {
        {"models", "23 models in four languages (invented)",
         "The lottery that suits the pool leaves the small languages behind; the robust one lifts "
         "the worst of them, while the mean hardly moves."},
        {"niche", "A song for everybody (invented)",
         "Anthem wins the vote of all, but a fifth of the audience can't stand it: the further the "
         "mix may shift, the more goes to Ballad."},
        {"walk", "Three trees, three valleys (invented)",
         "In each valley the trees beat one another in another way: the lottery walks through the "
         "triangle, and one tree drops out on the way."},
        {"two", "Inner city and suburbs (invented)",
         "Two options and two groups, the case with a closed form: nothing happens up to one "
         "distance, then the lottery slides."},
    };
    return kGroups;
}

std::shared_ptr<const Electorate> exampleGroupsElectorate(std::string_view id) {
    const auto& all = exampleGroups();
    const auto example =
        std::find_if(all.begin(), all.end(), [id](const auto& each) { return each.id == id; });
    assert(example != all.end());
    Electorate electorate;
    electorate.format = "built-in example";
    electorate.title = example->label;
    electorate.battles = exampleBattles(id);
    electorate.pairs = ballots::pairCounts(*electorate.battles);
    return std::make_shared<const Electorate>(std::move(electorate));
}

std::string groupColumn(const Electorate& electorate, const std::string& column) {
    if (!column.empty()) {
        return column;
    }
    // Languages and ages have few words; prompts and people are no groups to rest a lottery on.
    constexpr std::size_t kFewGroups = 12;
    const ballots::Category* chosen = nullptr;
    const auto consider = [&](const std::vector<ballots::Category>& categories) {
        for (const ballots::Category& category : categories) {
            const std::size_t groups = category.labels.size();
            const bool isBetter = chosen == nullptr || (chosen->labels.size() > kFewGroups &&
                                                        groups < chosen->labels.size());
            if (groups >= 2 && isBetter) {
                chosen = &category;
            }
        }
    };
    if (electorate.battles) {
        consider(electorate.battles->categories);
    } else if (electorate.profile) {
        consider(electorate.profile->categories);
    }
    return chosen == nullptr ? "" : chosen->name;
}

lab::Result<std::vector<GroupCounts>> votesByGroup(const Electorate& electorate,
                                                   const std::string& column) {
    const std::string named = groupColumn(electorate, column);
    if (named.empty()) {
        return std::vector<GroupCounts>{{"all votes", 1.0, electorate.pairs}};
    }
    auto groups = electorate.battles ? ballots::groupCounts(*electorate.battles, named)
                  : electorate.profile
                      ? ballots::groupCounts(*electorate.profile, named)
                      : lab::Result<std::vector<GroupCounts>>(
                            lab::Error{"the votes are counted already, without a column to "
                                       "group them by",
                                       "leave it empty, or use a file with single votes", ""});
    if (!groups) {
        lab::Error error = groups.error();
        error.place = "knob 'group'";
        return error;
    }
    return groups;
}

} // namespace psephos::experiments
