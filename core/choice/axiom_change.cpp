// SPDX-License-Identifier: GPL-3.0-or-later
// Elections on the way from before a change to after it.
#include "choice/axioms.hpp"

#include <algorithm>
#include <cmath>

namespace psephos::choice {

namespace {

using ballots::Ballot;
using ballots::Profile;

std::int64_t partOf(std::int64_t count, double share) {
    return std::llround(std::clamp(share, 0.0, 1.0) * static_cast<double>(count));
}

/// The first so many voters.
std::vector<Ballot> firstVoters(const std::vector<Ballot>& ballots, std::int64_t voters) {
    std::vector<Ballot> first;
    for (Ballot ballot : ballots) {
        ballot.count = std::min(ballot.count, voters);
        voters -= ballot.count;
        if (ballot.count > 0) {
            first.push_back(std::move(ballot));
        }
    }
    return first;
}

/// Everyone but the first so many voters.
std::vector<Ballot> otherVoters(const std::vector<Ballot>& ballots, std::int64_t voters) {
    std::vector<Ballot> others;
    for (Ballot ballot : ballots) {
        const std::int64_t passed = std::min(ballot.count, voters);
        ballot.count -= passed;
        voters -= passed;
        if (ballot.count > 0) {
            others.push_back(std::move(ballot));
        }
    }
    return others;
}

/// The first of `after` in place of the first of `before`, so many voters.
Profile replaced(const Profile& before, const std::vector<Ballot>& after, std::int64_t voters) {
    Profile profile = before;
    profile.ballots = otherVoters(before.ballots, voters);
    for (Ballot& ballot : firstVoters(after, voters)) {
        profile.ballots.push_back(std::move(ballot));
    }
    return profile;
}

/// Voters of a raise, one kind of ballot, part of them changed.
Profile raisedInPart(const AxiomCase& example, double share) {
    Profile profile = example.before;
    for (std::size_t b = 0; b < profile.ballots.size(); ++b) {
        const std::int64_t changing = profile.ballots[b].count - example.after->ballots[b].count;
        profile.ballots[b].count -= partOf(changing, share);
    }
    Ballot raised = example.after->ballots.back();
    raised.count = partOf(raised.count, share);
    profile.ballots.push_back(std::move(raised));
    return profile;
}

} // namespace

Profile changedBy(const AxiomCase& example, double share) {
    if (!example.after || !(share > 0.0)) {
        return example.before;
    }
    Profile profile = example.before;
    switch (example.axiom) {
    case Axiom::Monotonicity:
        return raisedInPart(example, share);
    case Axiom::Participation:
        profile.ballots.push_back(*example.joined);
        profile.ballots.back().count = partOf(example.joined->count, share);
        return profile;
    case Axiom::Reinforcement: {
        const auto joining =
            firstVoters(example.second->ballots, partOf(example.second->voters(), share));
        profile.ballots.insert(profile.ballots.end(), joining.begin(), joining.end());
        return profile;
    }
    case Axiom::ReversalSymmetry:
        return replaced(profile, example.after->ballots, partOf(profile.voters(), share));
    default:
        return share < 0.5 ? example.before : *example.after;
    }
}

} // namespace psephos::choice
