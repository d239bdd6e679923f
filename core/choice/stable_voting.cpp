// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/stable_voting.hpp"

#include "choice/widest_paths.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>

namespace psephos::choice {

namespace {

using Mask = std::uint64_t;

Mask bit(std::size_t candidate) {
    return Mask{1} << candidate;
}

std::vector<std::size_t> membersOf(Mask set) {
    std::vector<std::size_t> members;
    for (; set != 0; set &= set - 1) {
        members.push_back(static_cast<std::size_t>(std::countr_zero(set)));
    }
    return members;
}

class StableVoting {
  public:
    StableVoting(const Votes& votes, const StopRequest& stop)
        : votes_(votes)
        , stop_(stop) {}

    /// Winners among a set; none: too many sets, or asked to stop.
    std::optional<Mask> winners(Mask set) {
        if (const auto known = known_.find(set); known != known_.end()) {
            return known->second;
        }
        if (known_.size() >= kStableVotingSets || (stop_ && stop_())) {
            return std::nullopt;
        }
        const Mask undefeated = undefeatedOf(set);
        std::optional<Mask> answer = undefeated;
        if (std::popcount(undefeated) > 1) {
            answer = firstStable(set, undefeated);
        }
        if (answer) {
            known_.emplace(set, *answer);
        }
        return answer;
    }

  private:
    struct Match {
        std::size_t winner = 0;
        std::size_t other = 0;
        double margin = 0.0;
    };

    Mask undefeatedOf(Mask set) const {
        const std::vector<std::size_t> members = membersOf(set);
        Votes part;
        part.pairs.names.resize(members.size());
        for (const std::size_t i : members) {
            for (const std::size_t j : members) {
                part.margins.push_back(votes_.margin(i, j));
            }
        }
        const auto outcome = splitCycle(part); // never stops: it is not asked to
        Mask undefeated = 0;
        for (const std::size_t k : outcome->winners) {
            undefeated |= bit(members[k]);
        }
        return undefeated;
    }

    std::optional<Mask> firstStable(Mask set, Mask undefeated) {
        std::vector<Match> matches;
        for (const std::size_t i : membersOf(undefeated)) {
            for (const std::size_t j : membersOf(set & ~bit(i))) {
                matches.push_back({i, j, votes_.margin(i, j)});
            }
        }
        std::stable_sort(matches.begin(), matches.end(),
                         [](const Match& a, const Match& b) { return a.margin > b.margin; });
        Mask found = 0;
        for (std::size_t m = 0; m < matches.size(); ++m) {
            if (m > 0 && found != 0 && matches[m].margin < matches[m - 1].margin) {
                break;
            }
            const auto without = winners(set & ~bit(matches[m].other));
            if (!without) {
                return std::nullopt;
            }
            found |= *without & bit(matches[m].winner);
        }
        return found;
    }

    const Votes& votes_;
    const StopRequest& stop_;
    std::unordered_map<Mask, Mask> known_;
};

RuleOutcome unsettled(std::vector<double> scores) {
    RuleOutcome outcome = outcomeOf(std::move(scores), {});
    outcome.isExact = false;
    outcome.remark = "Several candidates are undefeated, and to choose among them Stable Voting "
                     "would have to look at too many sets of candidates.";
    return outcome;
}

} // namespace

lab::Result<RuleOutcome> stableVoting(const Votes& votes, const StopRequest& stop) {
    constexpr std::size_t kMaskBits = 64;
    const std::size_t n = votes.size();
    const auto undefeated = splitCycle(votes, stop);
    if (!undefeated) {
        return undefeated.error();
    }
    std::vector<std::size_t> winners = undefeated->winners;
    if (winners.size() > 1) {
        if (n > kMaskBits) {
            return unsettled(undefeated->scores);
        }
        const auto found = StableVoting(votes, stop).winners(~Mask{0} >> (kMaskBits - n));
        if (!found) {
            return stop && stop() ? lab::Result<RuleOutcome>(stopped())
                                  : unsettled(undefeated->scores);
        }
        winners = membersOf(*found);
    }
    std::vector<double> scores = undefeated->scores;
    for (const std::size_t i : winners) {
        scores[i] = 1.0;
    }
    return outcomeOf(std::move(scores), std::move(winners));
}

} // namespace psephos::choice
