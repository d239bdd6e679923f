// SPDX-License-Identifier: GPL-3.0-or-later
// Many symmetric zero-sum games of one size at once: the maximal lotteries of resampled votes.
#pragma once

#include <cstddef>

namespace psephos::gpu {

/// Candidates whose game fits into a multiprocessor's shared memory.
inline constexpr std::size_t kMatrixGameMaxSize = 160;

/// What all games have in common.
struct MatrixGameBatch {
    std::size_t batch = 0;   ///< games
    std::size_t size = 0;    ///< candidates n of each, 1 … kMatrixGameMaxSize on CUDA
    double tolerance = 1e-9; ///< gap at which the central path is left, over the largest margin
    int maxIterations = 60;  ///< steps of Mehrotra's method
};

namespace host {

/// Follows the central path of max_p min_j (pᵀM)_j for every game, with Mehrotra's predictor and
/// corrector, until its gap is at most the tolerance. Where several lotteries are optimal it ends
/// near the centre of them.
///
/// \param margins   [batch, n, n], row-major, skew-symmetric, finite
/// \param lotteries [batch, n]: not negative, sum to 1
/// \param gaps      [batch]: max_j −(pᵀM)_j over max|M|; above the tolerance where the path could
///                  not be followed; NaN of a game that is not finite
void matrixGameBatch(const MatrixGameBatch& problem, const double* margins, double* lotteries,
                     double* gaps);

} // namespace host
} // namespace psephos::gpu
