// SPDX-License-Identifier: GPL-3.0-or-later
// What is said about a lottery, in full sentences.
#pragma once

#include "ballots/pair_counts.hpp"
#include "choice/group_margins.hpp"
#include "choice/maximal_lottery.hpp"
#include "lab/note.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace psephos::experiments {

/// The state that the sentences are about.
struct LotteryState {
    std::span<const std::string> names;    ///< n candidates
    std::span<const double> margins;       ///< [n,n], edits included
    std::span<const ballots::Pair> unseen; ///< pairs that were never compared nor edited
    std::size_t edits = 0;                 ///< pairs whose margin was set by hand
    const choice::Lottery& lottery;
    choice::Unseen policy = choice::Unseen::Tie;
    choice::LotterySolver solver = choice::LotterySolver::CentralPath;
    /// Under intervals: what the lottery is sure of, over the largest margin. Not positive.
    std::optional<double> sureOf;
};

/// Certificate, uniqueness, then warnings: everything tied, unseen pairs (named where they touch
/// the support), edits.
[[nodiscard]] std::vector<lab::Note> sentencesOf(const LotteryState& state);

} // namespace psephos::experiments
