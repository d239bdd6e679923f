// SPDX-License-Identifier: GPL-3.0-or-later
// What a run of voting.robust_lottery knows, step by step.
#pragma once

#include "ballots/electorate.hpp"
#include "choice/group_margins.hpp"
#include "choice/held_out.hpp"
#include "choice/robust_lottery.hpp"
#include "lab/frame.hpp"
#include "lab/note.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace psephos::experiments {

/// Which electorates a lottery has to stand.
enum class MixSet {
    TotalVariation, ///< other mixes of the groups
    EdgeBox         ///< every pooled margin off by up to the distance
};

struct RobustStudy {
    std::shared_ptr<const ballots::Electorate> electorate;
    std::vector<ballots::GroupCounts> groups;
    choice::MarginRule rule;
    choice::GroupGame game;  ///< as the lotteries meet it
    choice::GroupGame shown; ///< without pessimism: what is shown of groups and margins
    std::size_t edits = 0;   ///< pairs whose margin was set by hand
    MixSet set = MixSet::TotalVariation;
    choice::RobustLottery nominal; ///< at distance 0
    choice::RobustLottery chosen;  ///< at the distance that is highlighted
    std::vector<choice::RobustLottery> path;
    std::vector<std::vector<choice::HeldOutPoint>> resamples;
    std::size_t wantedResamples = 0; ///< 0: none are possible, or asked for

    [[nodiscard]] const std::vector<std::string>& names() const {
        return groups.front().pairs.names;
    }

    /// The game at a distance, and the distance within it: the box is another game for each.
    [[nodiscard]] choice::GroupGame gameAt(double rho) const;

    [[nodiscard]] double mixDistance(double rho) const {
        return set == MixSet::EdgeBox ? 0.0 : rho;
    }
};

/// (1 + margin) / 2.
[[nodiscard]] double rateOf(double margin);

// tables.cpp: frames as the description declares their columns.
[[nodiscard]] lab::Grid marginsGrid(const RobustStudy& study);
[[nodiscard]] lab::Table coverageTable(const RobustStudy& study);
[[nodiscard]] lab::Table groupTable(const RobustStudy& study);
[[nodiscard]] lab::Table adversaryTable(const RobustStudy& study);
[[nodiscard]] lab::Table pathTable(const RobustStudy& study);
[[nodiscard]] lab::Table certificateTable(const RobustStudy& study);
[[nodiscard]] lab::Table sweepTable(const RobustStudy& study);
[[nodiscard]] lab::Table heldOutTable(const RobustStudy& study);
[[nodiscard]] lab::Table supportTable(const RobustStudy& study);
/// Chances with the middle 95 % of those of resamples; NaN without any.
[[nodiscard]] lab::Table barsTable(const RobustStudy& study, const choice::RobustLottery& lottery);

/// The triangle of the three candidates that matter most along the path.
struct TriangleTables {
    lab::Table field;
    lab::Table path;
    lab::Table marks;
    lab::Table corners;
};

/// Asserts at least three candidates and a path.
[[nodiscard]] TriangleTables triangleTables(const RobustStudy& study);

// sentences.cpp
/// What is certain at the chosen distance, who threatens it, and warnings.
[[nodiscard]] std::vector<lab::Note> chosenSentences(const RobustStudy& study);
/// What held-out battles say, and how many resamples that rests on so far.
[[nodiscard]] std::vector<lab::Note> heldOutSentences(const RobustStudy& study);

} // namespace psephos::experiments
