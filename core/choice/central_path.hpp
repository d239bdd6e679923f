// SPDX-License-Identifier: GPL-3.0-or-later
// The central path of a symmetric zero-sum game: an interior-point method that ends at the analytic
// centre of the optimal strategies.
#pragma once

#include "lab/result.hpp"

#include <Eigen/Core>

#include <cstddef>

namespace psephos::choice {

/// Where the path was followed to.
struct PathEnd {
    Eigen::VectorXd strategy; ///< [n], nonnegative, sums to 1
    double gap = 0.0;         ///< −min_j (pᵀM)_j of it, at least 0, in units of M
    /// Dimensions of the set of optimal strategies on the same support; 0: there is no other one.
    Eigen::Index freedom = 0;
    int factorizations = 0; ///< of n by n matrices, the cost of it
};

/// The point of the central path at `mu` > 0: the only p > 0 with p_i ((Mᵀp)_i + n mu) = mu for
/// every i. It sums to 1 by itself, and its gap is at most n mu; as mu goes to infinity it is
/// uniform, as mu goes to 0 it goes to the analytic centre of the optimal strategies.
///
/// \param game skew-symmetric [n,n], finite, n ≥ 1; the row player maximises pᵀM
/// \param mu   positive, in units of M
/// \errors the equations could not be solved to a relative residual of 1e-10
/// Source: Kojima, Mizuno, Yoshise 1989 for linear complementarity; here with a skew matrix.
[[nodiscard]] lab::Result<PathEnd> centralPathPoint(const Eigen::MatrixXd& game, double mu);

/// The analytic centre of the optimal strategies: among all p with p ≥ 0, Σp = 1 and pᵀM ≥ 0 the
/// one that maximises the product of those p_i and (pᵀM)_j that are not 0 for all of them. It does
/// not depend on the order of the strategies and treats exact clones alike.
///
/// Mehrotra's predictor and corrector with Gondzio's further corrections down the path. As soon as
/// the path shows who is played, and that strategy is the only optimal one, it is computed from its
/// support and the path left; else centring, then a step to mu = 0.
///
/// \param game skew-symmetric [n,n], entries at most 1 in size, finite, n ≥ 1
/// \return the strategy with its gap, which is at most `tolerance`
/// \errors the gap did not get down to the tolerance
/// O(n³) a factorization, 5 to 25 of them. On one machine the same game gives the same bits.
/// Source: S. Mehrotra, SIAM J. Optimization 2 (1992); J. Gondzio, Computational Optimization and
/// Applications 6 (1996).
[[nodiscard]] lab::Result<PathEnd> analyticCentre(const Eigen::MatrixXd& game,
                                                  double tolerance = 1e-12);

} // namespace psephos::choice
