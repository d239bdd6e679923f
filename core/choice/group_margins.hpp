// SPDX-License-Identifier: GPL-3.0-or-later
// From counts to the games of lotteries: which margins, and what is said of pairs that were never
// compared.
#pragma once

#include "ballots/battles.hpp"
#include "choice/robust_lottery.hpp"
#include "choice/votes.hpp"
#include "lab/result.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace psephos::choice {

/// What is done about a pair that was never compared.
enum class Unseen {
    Tie,      ///< counts as a tie
    Impute,   ///< is guessed: from all groups together, else from the strengths of Bradley-Terry
    Refuse,   ///< is an error
    Interval, ///< may be anything: each side can only be sure of losing it
};

/// How counts become payoffs.
struct MarginRule {
    MarginKind kind = MarginKind::Rates;
    ballots::Ties ties = ballots::Ties::Dropped; ///< of rates
    double alpha = 1.0;                          ///< of rates: imaginary wins of each side, ≥ 0
    Unseen unseen = Unseen::Tie;
    /// Standard errors by which every rate is taken to be worse for either side, ≥ 0: so that what
    /// few comparisons say is not trusted. Not for counts.
    double pessimism = 0.0;
};

/// Payoffs of the row's candidate against the column's, [n,n] row-major: skew-symmetric margins,
/// unless pessimism or intervals lower them on both sides.
///
/// \param guesses margins for pairs that were not compared, [n,n], where they are to be guessed;
///                empty: the strengths of Bradley-Terry, with a ridge of 0.1 where wins do not
///                connect the candidates; NaN where there is none
/// \errors no candidate; a pair without a comparison under Refuse (named); intervals or pessimism
///         of counts
[[nodiscard]] lab::Result<std::vector<double>> payoffsOf(const ballots::PairCounts& counts,
                                                         const MarginRule& rule,
                                                         std::span<const double> guesses = {});

/// The game of several groups.
///
/// \param weights reference mix, one for each group, not negative, in any units; empty: the shares
/// \errors those of payoffsOf() with the group's name; weights of another number, negative or all 0
[[nodiscard]] lab::Result<GroupGame> groupGame(std::span<const ballots::GroupCounts> groups,
                                               const MarginRule& rule,
                                               std::span<const double> weights = {});

/// Half the width of the confidence interval of each rate margin: `errors` standard errors of a
/// mean of ±1 with as many comparisons as the pair has, [n,n]; at most 2.
[[nodiscard]] std::vector<double> marginHalfWidths(const ballots::PairCounts& counts,
                                                   const MarginRule& rule, double errors);

/// How many comparisons a group's margins rest on: the harmonic mean over pairs of the comparisons
/// of each, with the imaginary ones of the rule. Small: shrunk towards "indifferent".
[[nodiscard]] double effectiveComparisons(const ballots::PairCounts& counts,
                                          const MarginRule& rule);

} // namespace psephos::choice
