// SPDX-License-Identifier: GPL-3.0-or-later
// What is known about each battle beside who fought, as covariates of the paired model.
#pragma once

#include "ballots/battles.hpp"
#include "choice/paired_model.hpp"
#include "lab/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace psephos::choice {

/// One covariate: an advantage of the first side.
struct PairedTerm {
    std::string label;
    /// Column of the battles; empty: 1 in every battle (home advantage of the first).
    std::string first;
    /// Column of the same thing for the second side; then the covariate is (a − b)/(a + b + 1) of
    /// the two. Empty: the first column as it is.
    std::string second;

    [[nodiscard]] bool isConstant() const { return first.empty(); }
};

/// Reads `turn,tokens_a:tokens_b`: columns separated by commas, pairs of columns joined by a colon.
/// Errors: an empty name, three columns in one item.
[[nodiscard]] lab::Result<std::vector<PairedTerm>> parseTerms(std::string_view text);

/// Comparisons with covariates, equal battles counted together.
struct PairedRecords {
    PairedData data;
    std::vector<double> scales;       ///< [features]: what one unit of each covariate is
    std::vector<std::uint32_t> cells; ///< [battles]: each battle's cell, or kLeftOut
    std::size_t leftOut = 0;          ///< battles in which a covariate is not known

    static constexpr std::uint32_t kLeftOut = 0xffffffffU;
};

/// Covariates other than constants are divided by their root mean square, so that coefficients
/// compare and swapping the sides of a battle changes nothing.
///
/// \errors no such column (names those there are); a covariate that is 0 in every battle, or that
///         is negative where two columns are compared
/// Source: the covariates of leaderboards with "style control"; there they are centred too, which
/// here the term for home advantage does.
[[nodiscard]] lab::Result<PairedRecords> pairedRecords(const ballots::Battles& battles,
                                                       const std::vector<PairedTerm>& terms);

/// The outcome's place in PairedCell::counts.
[[nodiscard]] std::size_t outcomeIndex(ballots::Outcome outcome);

} // namespace psephos::choice
