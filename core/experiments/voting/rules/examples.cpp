// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/voting/rules/examples.hpp"

#include <algorithm>
#include <cassert>

namespace psephos::experiments {

const std::vector<ExampleVote>& exampleVotes() {
    static const std::vector<ExampleVote> kVotes = {
        {"five",
         "Five ways to win (invented)",
         "Fifty-five voters, five candidates: plurality, instant runoff, Borda and the duels each "
         "elect another one.",
         {"Aspen", "Birch", "Cedar", "Douglas", "Elm"},
         {{18, "adecb"}, {12, "bedca"}, {10, "cbeda"}, {9, "dceba"}, {4, "ebdca"}, {2, "ecdba"}}},
        {"tennessee",
         "A capital for Tennessee (textbook)",
         "Voters prefer the nearest city: plurality takes the largest, instant runoff the far "
         "corner, the duels the middle.",
         {"Memphis", "Nashville", "Chattanooga", "Knoxville"},
         {{42, "abcd"}, {26, "bcda"}, {15, "cdba"}, {17, "dcba"}}},
        {"squeeze",
         "A centre squeezed out (invented)",
         "As once in Burlington: one leads on first places, another wins the runoff, and the third "
         "one would beat both.",
         {"Right", "Left", "Centre"},
         {{22, "acb"}, {15, "abc"}, {30, "bca"}, {4, "bac"}, {18, "cba"}, {11, "cab"}}},
        {"paths",
         "Paths against pairs (textbook)",
         "Schulze's example with 45 voters: Schulze and ranked pairs elect different candidates.",
         {"Ash", "Beech", "Cherry", "Date", "Elder"},
         {{5, "acbed"},
          {5, "adecb"},
          {8, "bedac"},
          {3, "cabed"},
          {7, "caebd"},
          {2, "cbade"},
          {7, "dceba"},
          {8, "ebadc"}}},
        {"circle",
         "Going in circles (textbook)",
         "Condorcet's paradox: three voters, three candidates, and each loses to another one.",
         {"Rock", "Paper", "Scissors"},
         {{1, "abc"}, {1, "bca"}, {1, "cab"}}},
        {"twins",
         "Twins on the list (invented)",
         "Two that nearly everyone sees alike: rules that count places punish or reward them for "
         "it.",
         {"Hill", "Lake North", "Lake South"},
         {{41, "abc"}, {31, "bca"}, {28, "cba"}}},
    };
    return kVotes;
}

ballots::Profile exampleProfile(std::string_view id) {
    const auto& votes = exampleVotes();
    const auto vote =
        std::find_if(votes.begin(), votes.end(), [id](const auto& each) { return each.id == id; });
    assert(vote != votes.end());
    ballots::Profile profile;
    profile.names = vote->candidates;
    for (const ExampleVote::Group& group : vote->groups) {
        ballots::Ballot ballot;
        ballot.count = group.voters;
        for (const char letter : group.order) {
            ballot.candidates.push_back(static_cast<std::uint32_t>(letter - 'a'));
            ballot.tierEnds.push_back(static_cast<std::uint32_t>(ballot.candidates.size()));
        }
        profile.ballots.push_back(std::move(ballot));
    }
    return profile;
}

} // namespace psephos::experiments
