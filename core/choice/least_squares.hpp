// SPDX-License-Identifier: GPL-3.0-or-later
// Least squares under inequalities, for small problems.
#pragma once

#include "lab/result.hpp"

#include <Eigen/Core>

namespace psephos::choice {

/// Minimises ‖A x − b‖ over x ≥ 0 by the active-set method of Lawson and Hanson. A [m,n] and b [m]
/// must be finite. The same input gives the same bits.
///
/// \errors no end after 10 (n + 1) exchanges
[[nodiscard]] lab::Result<Eigen::VectorXd> nonnegativeLeastSquares(const Eigen::MatrixXd& a,
                                                                   const Eigen::VectorXd& b);

/// The shortest x with G x ≥ h, G [m,n] and h [m] finite.
///
/// \errors there is none to a relative 1e-9, or nonnegativeLeastSquares() does not end
/// Source: C. L. Lawson, R. J. Hanson, Solving Least Squares Problems (1974), algorithm LDP.
[[nodiscard]] lab::Result<Eigen::VectorXd> leastDistance(const Eigen::MatrixXd& g,
                                                         const Eigen::VectorXd& h);

} // namespace psephos::choice
