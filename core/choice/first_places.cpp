// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/first_places.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <set>
#include <utility>

namespace psephos::choice {

namespace {

using ballots::Ballot;
using ballots::Profile;

CandidateSet everyone(std::size_t n) {
    CandidateSet all(n);
    for (std::size_t i = 0; i < n; ++i) {
        all.insert(i);
    }
    return all;
}

/// Adds a ballot to the candidates alive in its highest tier that holds any.
void addFirstPlace(const Ballot& ballot, const CandidateSet& alive, std::vector<double>& votes) {
    for (std::size_t t = 0; t < ballot.tiers(); ++t) {
        const auto tier = ballot.tier(t);
        const auto sharing = std::count_if(tier.begin(), tier.end(),
                                           [&](std::uint32_t i) { return alive.contains(i); });
        if (sharing == 0) {
            continue;
        }
        const double share = static_cast<double>(ballot.count) / static_cast<double>(sharing);
        for (const std::uint32_t i : tier) {
            votes[i] += alive.contains(i) ? share : 0.0;
        }
        return;
    }
}

/// Follows every branch of an instant runoff, largest sets of survivors first.
class Runoff {
  public:
    explicit Runoff(const Profile& profile)
        : profile_(profile)
        , size_(profile.names.size())
        , survived_(size_, 0.0)
        , waiting_(size_ + 1) {}

    lab::Result<RuleOutcome> run(const StopRequest& stop) {
        waiting_[size_].insert(everyone(size_));
        for (std::size_t alive = size_; alive > 0; --alive) {
            for (const CandidateSet& set : waiting_[alive]) {
                if (stop && stop()) {
                    return stopped();
                }
                eliminate(set, alive);
            }
            waiting_[alive].clear();
        }
        RuleOutcome outcome = outcomeOf(survived_, winners_);
        if (isCut_) {
            outcome.isExact = false;
            outcome.remark = "There are too many ties to follow each: from some point on the "
                             "candidate that comes first was eliminated.";
        }
        return outcome;
    }

  private:
    /// Ballots read before ties are no longer followed.
    static constexpr std::size_t kBudget = 20'000'000;

    void win(std::size_t candidate) {
        survived_[candidate] = static_cast<double>(size_ - 1);
        if (std::find(winners_.begin(), winners_.end(), candidate) == winners_.end()) {
            winners_.push_back(candidate);
        }
    }

    void survive(std::size_t candidate, std::size_t eliminations) {
        survived_[candidate] = std::max(survived_[candidate], static_cast<double>(eliminations));
    }

    void eliminate(const CandidateSet& alive, std::size_t count) {
        const std::vector<double> votes = firstPlaces(profile_, alive);
        spent_ += profile_.ballots.size();
        const double total = std::accumulate(votes.begin(), votes.end(), 0.0);
        std::vector<std::size_t> last;
        double fewest = std::numeric_limits<double>::infinity();
        for (std::size_t i = 0; i < size_; ++i) {
            if (alive.contains(i)) {
                fewest = std::min(fewest, votes[i]);
            }
        }
        for (std::size_t i = 0; i < size_; ++i) {
            if (alive.contains(i) && votes[i] <= fewest + kTieTolerance * total) {
                last.push_back(i);
            }
        }
        if (count == 1 || total == 0.0) {
            // Without a vote left, whoever is alive may be the last one.
            for (const std::size_t i : last) {
                win(i);
            }
            return;
        }
        if (fewest == 0.0) {
            // Nothing is transferred from them, so their order does not matter.
            leave(alive, last, count);
            return;
        }
        if (last.size() > 1 && spent_ > kBudget) {
            isCut_ = true;
            last.resize(1);
        }
        for (const std::size_t i : last) {
            leave(alive, {i}, count);
        }
    }

    void leave(const CandidateSet& alive, const std::vector<std::size_t>& who, std::size_t count) {
        CandidateSet rest = alive;
        for (const std::size_t i : who) {
            rest.erase(i);
            survive(i, size_ - count + who.size() - 1);
        }
        waiting_[count - who.size()].insert(std::move(rest));
    }

    const Profile& profile_;
    std::size_t size_;
    std::vector<double> survived_;
    std::vector<std::size_t> winners_;
    std::vector<std::set<CandidateSet>> waiting_; ///< by the number of those alive
    std::size_t spent_ = 0;
    bool isCut_ = false;
};

} // namespace

std::vector<double> firstPlaces(const Profile& profile, const CandidateSet& alive) {
    std::vector<double> votes(profile.names.size(), 0.0);
    for (const Ballot& ballot : profile.ballots) {
        addFirstPlace(ballot, alive, votes);
    }
    return votes;
}

RuleOutcome plurality(const Profile& profile) {
    return outcomeOf(firstPlaces(profile, everyone(profile.names.size())));
}

RuleOutcome randomDictatorship(const Profile& profile) {
    std::vector<double> chances = firstPlaces(profile, everyone(profile.names.size()));
    const double total = std::accumulate(chances.begin(), chances.end(), 0.0);
    std::vector<std::size_t> winners;
    for (std::size_t i = 0; i < chances.size(); ++i) {
        if (chances[i] > 0.0) {
            chances[i] /= total;
            winners.push_back(i);
        }
    }
    RuleOutcome outcome = outcomeOf(std::move(chances), std::move(winners));
    if (outcome.winners.empty()) {
        outcome.remark = "Every ballot is empty: nobody can be drawn.";
    }
    return outcome;
}

lab::Result<RuleOutcome> instantRunoff(const Profile& profile, const StopRequest& stop) {
    return Runoff(profile).run(stop);
}

} // namespace psephos::choice
