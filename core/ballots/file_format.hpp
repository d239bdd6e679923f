// SPDX-License-Identifier: GPL-3.0-or-later
// What kind of file of votes a file is, by its name and its first bytes.
#pragma once

#include "lab/result.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::ballots {

enum class FileFormat {
    PrefLib,
    BattlesCsv,
    BattlesJsonl,
    BattlesJson, ///< an array
    JudgeMatrix,
    Orders,
    Matrix ///< of wins, rates or margins
};

/// The names of a table's columns and its first rows that have as many cells.
struct TableHead {
    std::vector<std::string> names;
    std::vector<std::vector<std::string>> rows;
};

/// Reads the first records of a table of CSV; a record that the text cuts off is left out.
[[nodiscard]] TableHead readTableHead(std::string_view head, bool isWhole);

/// The format; nothing for a file that is none of them, as far as its head tells.
///
/// \param name    PrefLib's suffixes rule out all else, also before `.gz`
/// \param head    the first bytes of the file; a table needs its header and a row in it
/// \param isWhole the head is all of the file
[[nodiscard]] std::optional<FileFormat> fileFormat(const std::filesystem::path& name,
                                                   std::string_view head, bool isWhole);

/// Whether PrefLib gives such names to its files of votes: soc, soi, toc, toi, cat, wmd.
[[nodiscard]] bool hasPrefLibSuffix(const std::filesystem::path& name);

} // namespace psephos::ballots
