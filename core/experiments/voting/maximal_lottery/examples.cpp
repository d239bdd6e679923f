// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/voting/maximal_lottery/examples.hpp"

#include <algorithm>
#include <cassert>

namespace psephos::experiments {

const std::vector<ExampleElection>& exampleElections() {
    static const std::vector<ExampleElection> kElections = {
        {"harbour",
         "Harbour town",
         "A harbour town builds one thing (invented)",
         "Each of seven plans loses to another one; five of them share the lottery, and two that "
         "the others beat clearly get no chance at all.",
         {"Ferry", "Tram", "Cycle bridge", "Market hall", "Lido", "Library", "Car park"},
         {{215, {1, 0, 4, 3, 6, 5, 2}},
          {133, {2, 0, 3, 1, 5, 4, 6}},
          {140, {2, 0, 5, 3, 1, 4, 6}},
          {107, {3, 2, 5, 1, 4, 0, 6}},
          {213, {4, 3, 5, 1, 2, 0, 6}},
          {196, {6, 5, 4, 1, 0, 2, 3}}}},
        {"meal",
         "Fifteen friends",
         "Fifteen friends choose a meal (invented)",
         "Curry beats noodles, noodles beat pizza, pizza beats curry: each gets the margin of the "
         "duel in which it takes no part, over the sum of the three.",
         {"Pizza", "Curry", "Noodles"},
         {{4, {0, 1, 2}}, {6, {1, 2, 0}}, {5, {2, 0, 1}}}},
        {"square",
         "Old square",
         "What to do with the old square (invented)",
         "The garden is the first choice of the fewest, yet it beats each of the others in a duel: "
         "where there is such a winner the lottery is certain of it.",
         {"Stadium", "Garden", "Museum"},
         {{45, {0, 1, 2}}, {40, {2, 1, 0}}, {15, {1, 2, 0}}}},
        {"holiday",
         "Twelve cousins",
         "Twelve cousins plan a holiday (invented)",
         "Mountains and sea tie, and both beat the city: every mix of the two is a maximal "
         "lottery, "
         "and the one shown is the centre of them all.",
         {"Mountains", "Sea", "City"},
         {{6, {0, 1, 2}}, {4, {1, 0, 2}}, {2, {1, 2, 0}}}},
    };
    return kElections;
}

ballots::Electorate exampleElectorate(std::string_view id) {
    const auto& elections = exampleElections();
    const auto election = std::find_if(elections.begin(), elections.end(),
                                       [id](const auto& each) { return each.id == id; });
    assert(election != elections.end());
    ballots::Profile profile;
    profile.names = election->candidates;
    for (const ExampleElection::Group& group : election->groups) {
        ballots::Ballot ballot;
        ballot.count = group.voters;
        for (const int candidate : group.order) {
            ballot.candidates.push_back(static_cast<std::uint32_t>(candidate));
            ballot.tierEnds.push_back(static_cast<std::uint32_t>(ballot.candidates.size()));
        }
        profile.ballots.push_back(std::move(ballot));
    }
    ballots::Electorate electorate;
    electorate.format = "built-in example";
    electorate.title = election->label;
    electorate.pairs = pairCounts(profile);
    electorate.profile = std::move(profile);
    return electorate;
}

} // namespace psephos::experiments
