// SPDX-License-Identifier: GPL-3.0-or-later
// An electorate: whatever a file says about who is preferred to whom, its format found out by
// looking at it.
#pragma once

#include "ballots/battles.hpp"
#include "ballots/pair_counts.hpp"
#include "ballots/profile.hpp"
#include "lab/result.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::ballots {

/// A row of a file that says nothing that could be counted.
struct RejectedRow {
    std::size_t line = 0; ///< on which it starts, from 1
    std::string reason;   ///< "the winner is 'banana', …"

    friend bool operator==(const RejectedRow&, const RejectedRow&) = default;
};

/// Comparisons and, where the file has them, the battles or ballots that they were counted from.
struct Electorate {
    static constexpr std::size_t kListedRows = 1000; ///< rejected rows that are listed

    std::string format; ///< "battles (CSV)", "PrefLib soi", "win matrix"
    std::string title;  ///< as the file gives it; may be empty
    PairCounts pairs;   ///< of ballots: unranked candidates below ranked ones and tied
    std::optional<Profile> profile;
    std::optional<Battles> battles;
    std::vector<std::string> warnings; ///< what is odd but readable, a sentence each
    std::vector<RejectedRow> rejected; ///< the first ones, by line
    std::size_t rejectedRows = 0;      ///< all of them
};

/// Reads an electorate from a file's content: a PrefLib file (see parsePrefLib()) or a win matrix
/// as CSV (see parseWinMatrix()). A UTF-8 byte order mark is skipped.
///
/// \param name the file's name: a PrefLib suffix (`.soi`, also before `.gz`) rules out CSV, and
///             errors name it
/// \errors not UTF-8 text; else those of the reader
[[nodiscard]] lab::Result<Electorate> parseElectorate(std::string_view text,
                                                      const std::filesystem::path& name);

/// Reads a file, unpacked if it ends in `.gz`. Errors: those of lab::readFile() and of
/// parseElectorate().
[[nodiscard]] lab::Result<Electorate> readElectorate(const std::filesystem::path& path);

/// readElectorate() that remembers the last few files, as long as their size and time of
/// modification stay what they were: under the hand a file is read once, not at every move.
/// Thread-safe.
[[nodiscard]] lab::Result<std::shared_ptr<const Electorate>>
openElectorate(const std::filesystem::path& path);

} // namespace psephos::ballots
