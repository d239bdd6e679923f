// SPDX-License-Identifier: GPL-3.0-or-later
// Tables of battles: CSV, JSONL and JSON arrays of any size, read by several threads.
#pragma once

#include "ballots/battle_layout.hpp"
#include "ballots/battles.hpp"
#include "ballots/read_options.hpp"
#include "ballots/record_blocks.hpp"
#include "ballots/rejected_row.hpp"
#include "lab/result.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace psephos::ballots {

/// A table of battles and what is odd about it.
struct BattleTable {
    Battles battles;
    bool isTally = false;              ///< a row counted several comparisons
    std::vector<std::string> warnings; ///< a sentence each, without its full stop
    std::vector<RejectedRow> rejected; ///< the first kListedRows, by line
    std::size_t rejectedRows = 0;      ///< all of them
};

/// Reads a table of battles: a header row and records of CSV, or objects of JSON, a battle each or
/// the counts of a pair (see BattleLayout for the columns). Candidates, words and columns are
/// numbered in order of their first appearance, whatever the number of threads.
///
/// A row is rejected if a side has no name, both are the same, the winner or a count is missing or
/// unknown, the weight is negative or not finite, or it has too many or too few cells; so is a line
/// of JSONL that is no object. Of several votes in a row each is a battle.
///
/// Every other column becomes a category if it holds words, a covariate if it holds numbers (at
/// least 20 for each cell that is none: those count as missing), and both if it holds truth values
/// or at most 32 different numbers. Columns of texts (cells beyond 1000 bytes, more than 2^20
/// different ones) are left out.
///
/// \param source     read from its start; its place is named in errors
/// \param blockBytes size of the pieces that threads read
/// \errors with their line: not UTF-8, broken quoting, a broken JSON array; no row, or none that is
///         not rejected; the table has no columns of battles, or not the told ones; more than
///         kMaxCandidates candidates or 1000 columns; reading was stopped; no memory
[[nodiscard]] lab::Result<BattleTable>
readBattleTable(ByteSource& source, RecordKind kind, const ReadOptions& options = {},
                std::size_t blockBytes = RecordBlocks::kBlockBytes);

} // namespace psephos::ballots
