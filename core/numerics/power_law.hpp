// SPDX-License-Identifier: GPL-3.0-or-later
// A law of diminishing returns through measured points.
#pragma once

#include "lab/result.hpp"

#include <span>

namespace psephos::numerics {

/// y = a + b·x^(−β).
struct PowerLaw {
    double a = 0;           ///< what no length goes below
    double b = 0;           ///< > 0: it falls
    double beta = 0;        ///< > 0
    double rms = 0;         ///< root mean square of what the points lie off
    bool isAtLimit = false; ///< β is where its search ends: the points ask for another kind of law

    [[nodiscard]] double at(double x) const;

    /// The x at which it comes down to y > a.
    [[nodiscard]] double inverse(double y) const;
};

/// Least squares in y. For each β the best a and b are a straight line's; β itself is searched over
/// [1e-3, 1e2], on a logarithmic grid and then between its best neighbours.
/// \param x > 0, as many as y; both finite, at least three different x
/// \errors fewer or other points; the best law does not fall (b ≤ 0)
[[nodiscard]] lab::Result<PowerLaw> fitPowerLaw(std::span<const double> x,
                                                std::span<const double> y);

} // namespace psephos::numerics
