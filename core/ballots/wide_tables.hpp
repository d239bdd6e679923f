// SPDX-License-Identifier: GPL-3.0-or-later
// Tables whose rows are voters: what a judge thinks of every candidate, or an order of candidates.
#pragma once

#include "ballots/profile.hpp"
#include "ballots/rejected_row.hpp"
#include "lab/result.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::ballots {

/// Ballots from the rows of a table. Columns that are neither candidates nor places become
/// categories of the ballots, if they hold words of at most 1000 bytes.
struct WideTable {
    Profile profile;
    /// Of a judge matrix, the mean of each candidate's cells that are not empty; NaN without any.
    std::vector<double> meanScores;
    std::vector<std::string> warnings;
    std::vector<RejectedRow> rejected; ///< the first kListedRows
    std::size_t rejectedRows = 0;
};

/// Do the columns hold what a judge thinks: at least two columns of numbers from 0 to 1, beside
/// at least one named column of words or of a kind that isKnownCategory()?
[[nodiscard]] bool looksLikeJudgeMatrix(std::span<const std::string> names,
                                        std::span<const std::vector<std::string>> samples);

/// Reads a judge matrix: a column a candidate, a row a voter; a cell is the probability that the
/// candidate beats a reference. The voter ranks the candidates by it, equal ones tied, those with
/// an empty cell not at all. Rows with a cell that is no number from 0 to 1, with none at all, or
/// with too many or too few cells are rejected.
///
/// \errors broken quoting, more than kMaxCandidates columns, no row that can be used
[[nodiscard]] lab::Result<WideTable> parseJudgeMatrix(std::string_view text,
                                                      const std::string& place);

/// Are there columns `p1`, `p2` … (or `place`, `pos`, `position`, `rank`, `choice`, `pref`,
/// `preference`, with a blank, dot, dash or underscore before the number) for the places of an
/// order?
[[nodiscard]] bool looksLikeOrders(std::span<const std::string> names);

/// Reads orders: a row a voter, a column a place, a cell a candidate's name; empty cells are passed
/// over. A column `count` says how many voters a row stands for. Rows without a candidate, with one
/// twice, with a count that is no whole number, or with too many or too few cells are rejected.
///
/// \errors broken quoting, more than kMaxCandidates candidates, no row that can be used
[[nodiscard]] lab::Result<WideTable> parseOrders(std::string_view text, const std::string& place);

} // namespace psephos::ballots
