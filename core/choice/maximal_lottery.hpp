// SPDX-License-Identifier: GPL-3.0-or-later
// Maximal lotteries: the lottery over candidates that no other one beats, with its certificate.
#pragma once

#include "lab/result.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace psephos::choice {

/// How the game behind the lottery is solved.
enum class LotterySolver {
    CentralPath,   ///< the analytic centre of all optimal lotteries: canonical, equal for clones
    LinearProgram, ///< a vertex of them, by HiGHS: the reference
    LeastNorm      ///< the one whose probabilities have the least sum of squares
};

/// A maximal lottery over n candidates.
struct Lottery {
    std::vector<double> probabilities; ///< [n], nonnegative, sums to 1
    /// max_j −(pᵀM)_j over max|M|: how much the best opponent gains on it; 0 where M is 0. Not
    /// negative. A lottery with gap g is beaten by nobody by more than g, which certifies it alone.
    double gap = 0.0;
    /// Dimensions of the set of optimal lotteries; 0: this is the only one. Not known where a
    /// linear program answered: a vertex says nothing about its neighbours.
    std::optional<std::size_t> freedom;
    int iterations = 0; ///< matrices factorized by the central path
};

/// Largest gap that is still called maximal; what does not reach it is an error.
inline constexpr double kLotteryGapTolerance = 1e-9;

/// Margins whose size is below this share of the largest one count as 0.
inline constexpr double kNegligibleMargin = 1e-12;

/// Solves the game max_p min_j (pᵀM)_j for its optimal strategy p (Kreweras 1965, Fishburn 1984).
/// Should the central path ever fail, the linear program answers in its place.
///
/// \param margins skew-symmetric [n,n], row-major: M_ij > 0 says that i beats j
/// \param size    n ≥ 1
/// \errors not n by n, not finite, not skew-symmetric to 1e-9 of the largest margin; the game could
///         not be solved to kLotteryGapTolerance (never answered by a lottery that is not maximal)
/// With every margin 0, every lottery is optimal and the answer of the central path is uniform.
/// On one machine the same margins give the same bits. n = 50 takes about 0.1 ms.
/// Source: F. Brandl, F. Brandt, H. G. Seedig, arXiv 1503.00694; solver: central_path.hpp.
[[nodiscard]] lab::Result<Lottery>
maximalLottery(std::span<const double> margins, std::size_t size,
               LotterySolver solver = LotterySolver::CentralPath);

/// Least and greatest probability of each candidate over all maximal lotteries.
struct LotteryRanges {
    std::vector<double> least;
    std::vector<double> greatest;
};

/// Bounds every maximal lottery, from a strictly complementary one (the centre of them all): where
/// it is the only one, both bounds are its probabilities; else the face around it is measured, by
/// linear programs if it has more than one dimension.
///
/// \errors those of maximalLottery() and of solve()
[[nodiscard]] lab::Result<LotteryRanges> lotteryRanges(std::span<const double> margins,
                                                       std::size_t size);

/// The closed form where every candidate of an odd number has a chance: p_i is proportional to
/// (−1)^i times the Pfaffian of the margins without candidate i. None for an even number of
/// candidates, and where the numbers so found are not all positive.
///
/// \param margins skew-symmetric [n,n], row-major
[[nodiscard]] std::optional<std::vector<double>> pfaffianLottery(std::span<const double> margins,
                                                                 std::size_t size);

/// What the best opponent of a lottery gains on it.
struct LotteryGap {
    double gap = 0.0; ///< max_j −(pᵀM)_j, in units of the margins; NaN where a payoff is no number
    std::size_t bestReply = 0;   ///< the candidate j who reaches it, the first of several
    std::vector<double> payoffs; ///< [n]: (pᵀM)_j
};

/// Certifies any lottery against any margins; sizes must agree and be at least 1.
[[nodiscard]] LotteryGap lotteryGap(std::span<const double> probabilities,
                                    std::span<const double> margins);

/// Signs of the margins: who beats whom, by whatever margin (C1).
[[nodiscard]] std::vector<double> marginSigns(std::span<const double> margins);

/// Margins M as sign(M) |M|^power in units of the largest one, so that the largest stays 1: at
/// power 0 only who beats whom counts (C1), at 1 by how much (C2), beyond that large margins drown
/// small ones. Powers must not be negative; all zero stays all zero.
[[nodiscard]] std::vector<double> marginPowers(std::span<const double> margins, double power);

} // namespace psephos::choice
