// SPDX-License-Identifier: GPL-3.0-or-later
// Matrices of wins, win rates or margins as CSV: the row's candidate against the column's.
#pragma once

#include "ballots/pair_counts.hpp"
#include "lab/result.hpp"

#include <string>
#include <string_view>

namespace psephos::ballots {

/// What the cells of a matrix of pairs say of the row's candidate against the column's.
enum class MatrixKind {
    Wins,   ///< how often it won
    Rates,  ///< the part of their comparisons that it won, 0 to 1; a pair's two cells sum to 1
    Margins ///< by how much it leads; a pair's two cells sum to 0
};

struct PairMatrix {
    MatrixKind kind = MatrixKind::Wins;
    /// Wins as they stand. Rates count as one comparison a pair. Of margins, the count margins are
    /// the cells; how often a pair was compared they do not say, so every known pair counts as
    /// compared equally often: as often as the largest margin, or once if none exceeds 1.
    PairCounts counts;
};

/// Reads a matrix. The header's first cell is free, the others name the candidates (numbers only if
/// the first cell is none); every further record is a name and its cells. Names are taken verbatim
/// (quoted as in RFC 4180); the rows may stand in any order, the candidates keep the header's. The
/// diagonal is ignored. A pair whose two cells are both empty (or `nan`) was never compared; lines
/// without any character are skipped. Cells are separated by commas; where the header has none, by
/// its semicolons or tabs.
///
/// Margins are known by a negative cell, and skew-symmetric to 1e-9 of the largest; rates by a cell
/// that is no whole number, all of them from 0 to 1 and each pair's sum 1 to 1e-6.
///
/// \param text  the file's content, UTF-8
/// \param place names the file in errors
/// \errors with line and column: no candidate, an empty or repeated name, a row that is missing,
///         repeated, too short, too long or under a name that the header has not, a cell that is
///         not a number or infinite, or negative though the matrix is not one of margins, one empty
///         cell of a pair whose other cell is not; broken quoting
[[nodiscard]] lab::Result<PairMatrix> parsePairMatrix(std::string_view text,
                                                      const std::string& place);

} // namespace psephos::ballots
