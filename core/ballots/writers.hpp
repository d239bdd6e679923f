// SPDX-License-Identifier: GPL-3.0-or-later
// Votes as texts that the readers read back.
#pragma once

#include "ballots/battles.hpp"
#include "ballots/pair_counts.hpp"
#include "ballots/profile.hpp"
#include "lab/result.hpp"

#include <span>
#include <string>
#include <string_view>

namespace psephos::ballots {

/// A PrefLib file of the format of 2022: the most restrictive type of soc, soi, toc and toi that
/// holds all ballots, equal orders merged (whatever the order within a tie), the most frequent
/// first, equally frequent ones in the order of the ballots.
///
/// \param name without suffix, for the line FILE NAME
/// \errors no ballot, a ballot that ranks nobody, a candidate's name that is empty or holds a line
///         end: the format has no place for them
[[nodiscard]] lab::Result<std::string> prefLibText(const Profile& profile, std::string_view name,
                                                   std::string_view title = {});

/// Battles as CSV: `model_a,model_b,winner`, `weight` where not all are 1, then a column for each
/// category and for each covariate that is not a category, too. Winners are `model_a`, `model_b`,
/// `tie` and `both_bad`; numbers read back bit for bit, missing cells are empty.
[[nodiscard]] std::string battlesCsv(const Battles& battles);

/// The same as one object of JSON a line; missing cells are left out.
[[nodiscard]] std::string battlesJsonl(const Battles& battles);

/// Wins of the row over the column. A pair that was never compared, and the diagonal, is empty; so
/// is one that was compared in ties only, as a matrix of wins knows none.
[[nodiscard]] std::string winMatrixCsv(const PairCounts& counts);

/// Win rates (N_ij + T_ij / 2) / C_ij, empty as in winMatrixCsv(), but ties count.
[[nodiscard]] std::string rateMatrixCsv(const PairCounts& counts);

/// Margins, row-major [n,n], with an empty diagonal.
[[nodiscard]] std::string marginMatrixCsv(std::span<const std::string> names,
                                          std::span<const double> margins);

} // namespace psephos::ballots
