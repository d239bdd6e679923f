// SPDX-License-Identifier: GPL-3.0-or-later
// Slower ways to the strengths of Bradley and Terry, as the papers print them, and a race of all.
#pragma once

#include "lab/result.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace psephos::choice {

/// One sweep of minorise-maximise over worths π = exp(θ): every π_i becomes
/// W_i / Σ_j C_ij/(π_i + π_j) at once, then all are scaled to a geometric mean of 1.
///
/// \param wins   [n,n], row-major, strongly connected
/// \param worths [n], positive; changed in place
/// Source: D. R. Hunter, "MM algorithms for generalized Bradley-Terry models", Annals of Statistics
/// 32 (2004); the update goes back to Zermelo 1929.
void minoriseMaximise(std::span<const double> wins, std::span<double> worths);

/// One sweep of Newman's iteration: one π_i after the other becomes
/// [Σ_j N_ij π_j/(π_i + π_j)] / [Σ_j N_ji/(π_i + π_j)], then all are scaled as above.
///
/// Source: M. E. J. Newman, "Efficient computation of rankings from pairwise comparisons", Journal
/// of Machine Learning Research 24 (2023).
void newmanSweep(std::span<const double> wins, std::span<double> worths);

/// How one solver came nearer: errors[k] is the largest |ln π_i − θ_i| after k iterations.
struct RaceLine {
    std::string solver; ///< "Newton", "Newman", "minorise-maximise"
    std::vector<double> errors;
};

/// Runs Newton, Newman and minorise-maximise from equal strengths towards the maximum.
///
/// \param wins       [n,n], row-major, strongly connected
/// \param goal       [n]: the maximum, mean 0
/// \param accuracy   a solver stops once its error is no more than this
/// \param iterations at most, for each
[[nodiscard]] std::vector<RaceLine> raceSolvers(std::span<const double> wins,
                                                std::span<const double> goal,
                                                double accuracy = 1e-10, int iterations = 1000);

} // namespace psephos::choice
