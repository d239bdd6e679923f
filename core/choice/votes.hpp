// SPDX-License-Identifier: GPL-3.0-or-later
// What voting rules read, and what they answer.
#pragma once

#include "ballots/pair_counts.hpp"
#include "ballots/profile.hpp"
#include "lab/result.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace psephos::choice {

/// What a margin is counted in.
enum class MarginKind {
    Counts, ///< votes: N_ij − N_ji
    Rates   ///< shares of the pair's comparisons, a tie half to each: every pair weighs the same
};

/// Votes as rules read them.
struct Votes {
    ballots::PairCounts pairs;   ///< wins and ties; of rates, shares that sum to 1 a pair
    std::vector<double> margins; ///< [n,n], skew-symmetric; 0 where a pair was never compared
    const ballots::Profile* profile = nullptr; ///< the ballots, where there are; not owned
    /// What a ballot says about candidates that it leaves out; the pairs are counted alike.
    ballots::Unranked unranked = ballots::Unranked::TiedBelow;

    [[nodiscard]] std::size_t size() const { return pairs.size(); }

    [[nodiscard]] double margin(std::size_t i, std::size_t j) const {
        return margins[i * size() + j];
    }

    [[nodiscard]] bool beats(std::size_t i, std::size_t j) const { return margin(i, j) > 0.0; }
};

/// Votes from counted pairs alone.
[[nodiscard]] Votes votesOf(ballots::PairCounts pairs, MarginKind kind = MarginKind::Counts);

/// Votes from ballots, which must outlive the answer.
[[nodiscard]] Votes votesOf(const ballots::Profile& profile, MarginKind kind = MarginKind::Counts,
                            ballots::Unranked unranked = ballots::Unranked::TiedBelow);

/// Asked now and then by what may take long; true: give up.
using StopRequest = std::function<bool()>;

/// What a rule answers: all that tie for the first place, and what it went by.
struct RuleOutcome {
    std::vector<std::size_t> winners; ///< by index, ascending; empty: the rule elects nobody
    std::vector<double> scores;       ///< [n], larger is better; −inf: below every finite one
    bool isExact = true;              ///< else `remark` says what was not settled
    std::string remark;               ///< a sentence for people; may be empty
};

/// Scores closer than this share of the largest one (by size) are equal.
inline constexpr double kTieTolerance = 1e-12;

/// An outcome that elects all whose score is the greatest.
[[nodiscard]] RuleOutcome outcomeOf(std::vector<double> scores);

/// An outcome that elects exactly these, whatever the scores are.
[[nodiscard]] RuleOutcome outcomeOf(std::vector<double> scores, std::vector<std::size_t> winners);

/// Place of each score, from 1: one more than the number of scores above it.
[[nodiscard]] std::vector<std::size_t> ranksOf(std::span<const double> scores);

/// What a rule answers that gave up because it was asked to.
[[nodiscard]] lab::Error stopped();

} // namespace psephos::choice
