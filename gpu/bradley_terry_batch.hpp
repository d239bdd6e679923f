// SPDX-License-Identifier: GPL-3.0-or-later
// Many Bradley-Terry fits of one size at once: the replicates of a bootstrap.
#pragma once

#include <cstddef>

namespace psephos::gpu {

/// Candidates that fit into a multiprocessor's shared memory.
inline constexpr std::size_t kBradleyTerryMaxSize = 220;

/// What all fits have in common.
struct BradleyTerryBatch {
    std::size_t batch = 0;   ///< problems
    std::size_t size = 0;    ///< candidates n of each, 1 … kBradleyTerryMaxSize on CUDA
    double ridge = 0;        ///< λ ≥ 0 of the penalty (λ/2)‖θ‖²
    double tolerance = 1e-6; ///< the last Newton step moves no strength by more
    int maxIterations = 100;
};

namespace host {

/// Newton's method for P(i beats j) = σ(θ_i − θ_j) on every problem; mean strength 0.
///
/// \param wins       [batch, n, n]: how often i beat j, ties added already; diagonals are ignored
/// \param strengths  [batch, n]: where Newton starts, and what it ends at
/// \param iterations [batch]: Newton steps; −1 where the maximum was not reached (there is none)
void bradleyTerryBatch(const BradleyTerryBatch& problem, const double* wins, double* strengths,
                       int* iterations);

} // namespace host
} // namespace psephos::gpu
