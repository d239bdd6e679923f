// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/ranked_pairs.hpp"

#include "choice/candidate_set.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

namespace psephos::choice {

namespace {

struct Majority {
    std::size_t winner = 0;
    std::size_t loser = 0;
    double margin = 0.0;
};

/// The majorities, largest first, equal ones by their candidates.
std::vector<Majority> sortedMajorities(const Votes& votes) {
    std::vector<Majority> majorities;
    for (std::size_t i = 0; i < votes.size(); ++i) {
        for (std::size_t j = 0; j < votes.size(); ++j) {
            if (votes.beats(i, j)) {
                majorities.push_back({i, j, votes.margin(i, j)});
            }
        }
    }
    std::stable_sort(majorities.begin(), majorities.end(),
                     [](const Majority& a, const Majority& b) { return a.margin > b.margin; });
    return majorities;
}

/// An acyclic relation, as what each candidate stands above (itself included). What may be locked
/// later depends on this alone.
using Locked = std::vector<CandidateSet>;

bool isAbove(const Locked& locked, std::size_t i, std::size_t j) {
    return locked[i].contains(j);
}

void lock(Locked& locked, const Majority& majority) {
    if (isAbove(locked, majority.winner, majority.loser)) {
        return;
    }
    for (CandidateSet& below : locked) {
        if (below.contains(majority.winner)) {
            below.unite(locked[majority.loser]);
        }
    }
}

/// All largest subsets of majorities that close no cycle with what is locked, as what they lead to.
class LargestSets {
  public:
    LargestSets(const std::vector<Majority>& majorities, std::set<Locked>& found)
        : majorities_(majorities)
        , found_(found) {}

    void add(const Locked& locked, std::size_t next = 0) {
        if (next == majorities_.size()) {
            const bool isLargest =
                std::all_of(leftOut_.begin(), leftOut_.end(), [&](const Majority& each) {
                    return isAbove(locked, each.loser, each.winner);
                });
            if (isLargest) {
                found_.insert(locked);
            }
            return;
        }
        const Majority& majority = majorities_[next];
        if (!isAbove(locked, majority.loser, majority.winner)) {
            Locked with = locked;
            lock(with, majority);
            add(with, next + 1);
        }
        if (!isAbove(locked, majority.winner, majority.loser)) {
            leftOut_.push_back(majority);
            add(locked, next + 1);
            leftOut_.pop_back();
        }
    }

  private:
    const std::vector<Majority>& majorities_;
    std::set<Locked>& found_;
    std::vector<Majority> leftOut_;
};

class Universes {
  public:
    explicit Universes(std::size_t n) {
        Locked nothing(n, CandidateSet(n));
        for (std::size_t i = 0; i < n; ++i) {
            nothing[i].insert(i);
        }
        all_.insert(std::move(nothing));
    }

    /// Locks majorities of equal margin.
    void lockLevel(std::span<const Majority> level) {
        std::set<Locked> next;
        while (!all_.empty()) {
            Locked locked = std::move(all_.extract(all_.begin()).value());
            const bool isFull = next.size() + all_.size() >= kRankedPairsUniverses;
            lockLevel(std::move(locked), level, isFull, next);
        }
        all_ = std::move(next);
    }

    [[nodiscard]] RuleOutcome outcome(std::size_t n) const {
        std::vector<double> scores(n, -std::numeric_limits<double>::infinity());
        for (const Locked& locked : all_) {
            for (std::size_t i = 0; i < n; ++i) {
                double above = 0.0;
                for (std::size_t k = 0; k < n; ++k) {
                    above += k != i && isAbove(locked, k, i) ? 1.0 : 0.0;
                }
                scores[i] = std::max(scores[i], 0.0 - above);
            }
        }
        RuleOutcome outcome = outcomeOf(std::move(scores));
        if (isCut_) {
            outcome.isExact = false;
            outcome.remark = "Too many equal majorities are in each other's way to follow every "
                             "order: some were locked in order of their candidates, so other "
                             "winners are possible.";
        }
        return outcome;
    }

  private:
    void lockLevel(Locked locked, std::span<const Majority> level, bool isFull,
                   std::set<Locked>& next) {
        std::vector<Majority> open;
        for (const Majority& each : level) {
            if (!isAbove(locked, each.winner, each.loser) &&
                !isAbove(locked, each.loser, each.winner)) {
                open.push_back(each);
            }
        }
        if (open.size() < 2) {
            for (const Majority& each : open) {
                lock(locked, each);
            }
            next.insert(std::move(locked));
            return;
        }
        const std::vector<Majority> conflicting = lockFree(locked, open);
        if (conflicting.empty()) {
            next.insert(std::move(locked));
        } else if (!isFull && conflicting.size() <= kRankedPairsTies) {
            LargestSets(conflicting, next).add(locked);
        } else {
            isCut_ = true;
            for (const Majority& each : conflicting) {
                if (!isAbove(locked, each.loser, each.winner)) {
                    lock(locked, each);
                }
            }
            next.insert(std::move(locked));
        }
    }

    /// Locks those on no cycle of the level and what is locked; answers the others.
    static std::vector<Majority> lockFree(Locked& locked, const std::vector<Majority>& open) {
        Locked reach = locked;
        for (const Majority& each : open) {
            lock(reach, each);
        }
        std::vector<Majority> conflicting;
        for (const Majority& each : open) {
            if (isAbove(reach, each.loser, each.winner)) {
                conflicting.push_back(each);
            } else {
                lock(locked, each);
            }
        }
        return conflicting;
    }

    std::set<Locked> all_;
    bool isCut_ = false;
};

} // namespace

lab::Result<RuleOutcome> rankedPairs(const Votes& votes, const StopRequest& stop) {
    const std::vector<Majority> majorities = sortedMajorities(votes);
    Universes universes(votes.size());
    for (std::size_t from = 0; from < majorities.size();) {
        std::size_t to = from;
        while (to < majorities.size() && !(majorities[to].margin < majorities[from].margin)) {
            ++to;
        }
        if (stop && stop()) {
            return stopped();
        }
        universes.lockLevel(std::span(majorities).subspan(from, to - from));
        from = to;
    }
    return universes.outcome(votes.size());
}

} // namespace psephos::choice
