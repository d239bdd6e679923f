// SPDX-License-Identifier: GPL-3.0-or-later
// An electorate: whatever a file says about who is preferred to whom, its format found out by
// looking at it.
#pragma once

#include "ballots/battles.hpp"
#include "ballots/pair_counts.hpp"
#include "ballots/profile.hpp"
#include "ballots/read_options.hpp"
#include "ballots/rejected_row.hpp"
#include "lab/result.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::ballots {

/// Comparisons and, where the file has them, the battles or ballots that they were counted from.
struct Electorate {
    std::string format; ///< "battles (CSV)", "PrefLib soi", "win matrix"
    std::string title;  ///< as the file gives it; may be empty
    PairCounts pairs;   ///< of ballots: unranked candidates below ranked ones and tied
    std::optional<Profile> profile;
    std::optional<Battles> battles;
    std::vector<std::string> warnings; ///< what is odd but readable, a sentence each
    /// Of a judge matrix: the mean of each candidate's probabilities to beat the reference; NaN
    /// where it has none. Else empty.
    std::vector<double> meanScores;
    std::vector<RejectedRow> rejected; ///< the first kListedRows, by line
    std::size_t rejectedRows = 0;      ///< all of them
};

/// Reads an electorate from a file's content: a PrefLib file (parsePrefLib()), a table of battles
/// as CSV, JSONL or JSON array (readBattleTable()), a matrix of wins, rates or margins
/// (parsePairMatrix()), a judge matrix (parseJudgeMatrix()) or a table of orders (parseOrders()).
/// Where the options name columns, it is a table of battles. A UTF-8 byte order mark is skipped.
///
/// \param name the file's name: a PrefLib suffix (`.soi`, also before `.gz`) rules out all else,
///             and errors name it
/// \errors not UTF-8 text; none of these formats; else those of the reader
[[nodiscard]] lab::Result<Electorate> parseElectorate(std::string_view text,
                                                      const std::filesystem::path& name,
                                                      const ReadOptions& options = {});

/// Reads a file, unpacked if it ends in `.gz`; tables of battles piece by piece, whatever their
/// size. Errors: those of lab::readFile() and of parseElectorate().
[[nodiscard]] lab::Result<Electorate> readElectorate(const std::filesystem::path& path,
                                                     const ReadOptions& options = {});

/// readElectorate() that remembers the last few files, as long as their size and time of
/// modification stay what they were and the same columns are named: under the hand a file is read
/// once, not at every move. Thread-safe.
[[nodiscard]] lab::Result<std::shared_ptr<const Electorate>>
openElectorate(const std::filesystem::path& path, const ReadOptions& options = {});

} // namespace psephos::ballots
