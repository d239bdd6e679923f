// SPDX-License-Identifier: GPL-3.0-or-later
// How much sooner a challenger gets where a baseline gets. Source: 2409.11321 §5.
#pragma once

#include "lab/result.hpp"
#include "numerics/power_law.hpp"

#include <vector>

namespace psephos::optim {

/// What a run of its own length, with a whole schedule of its own, came to.
struct ScalePoint {
    double share = 0; ///< its length N over the baseline's, > 0
    double loss = 0;  ///< at its end
};

struct Benefit {
    numerics::PowerLaw law; ///< L(N) = a + b·N^(−β) through the challenger's points
    double share = 0;       ///< N*: where the law comes down to the baseline's loss
    double stepSaving = 0;  ///< 1 − N*
    double timeSaving = 0;  ///< 1 − N*·(challenger's seconds a step over the baseline's)
    double shareLow = 0;    ///< extremes of N* as each point in turn is left out; N* itself
    double shareHigh = 0;   ///< where there are only four
};

/// Shares between which N* is believed: the runs measured .5 … 1.
inline constexpr double kLeastShare = 0.4;
inline constexpr double kMostShare = 1.1;

/// \param points at least four different shares
/// \param stepTimeRatio > 0
/// \errors fewer points, or what is not finite; a law that does not fall, that the points do not
///   settle (β at an end of its search) or that they lie far off (by more than a fifth of the
///   losses' spread); a loss that it never reaches; an N* outside [kLeastShare, kMostShare], or
///   beyond the measured shares by more than these lie beyond .5 … 1: it would be extrapolated
[[nodiscard]] lab::Result<Benefit> benefitOf(const std::vector<ScalePoint>& points,
                                             double baselineLoss, double stepTimeRatio);

} // namespace psephos::optim
