// SPDX-License-Identifier: GPL-3.0-or-later
// Win matrices as CSV: the row's candidate beats the column's.
#pragma once

#include "ballots/pair_counts.hpp"
#include "lab/result.hpp"

#include <string>
#include <string_view>

namespace psephos::ballots {

/// Reads a win matrix. The header's first cell is free, the others name the candidates (numbers
/// only if the first cell is none); every further record is a name and how often it beat each
/// candidate of the header. Names are taken verbatim (quoted as in RFC 4180); the rows may stand in
/// any order, the candidates keep the header's. The diagonal is ignored. A pair whose two cells are
/// both empty (or `nan`) was never compared; lines without any character are skipped. Cells are
/// separated by commas; where the header has none, by its semicolons or tabs.
///
/// \param text  the file's content, UTF-8
/// \param place names the file in errors
/// \errors with line and column: no candidate, an empty or repeated name, a row that is missing,
///         repeated, too short, too long or under a name that the header has not, a cell that is
///         not a number, negative or infinite, one empty cell of a pair whose other cell is not;
///         broken quoting
[[nodiscard]] lab::Result<PairCounts> parseWinMatrix(std::string_view text,
                                                     const std::string& place);

} // namespace psephos::ballots
