// SPDX-License-Identifier: GPL-3.0-or-later
// The sections of a golden document beside its open-loop cases: test functions, and optimizers in
// a loop with a surface or a matrix quadratic. Used by checkGolden() alone.
#pragma once

#include "optim/textbook/golden.hpp"
#include "optim/textbook/golden_problem.hpp"

namespace psephos::optim::textbook {

/// Section test_functions: value and gradient of a surface at a point. A surface that does not
/// exist here has no verdict.
[[nodiscard]] lab::Result<void> checkTestFunctions(const lab::Json& document, double tolerance,
                                                   const GoldenPlace& place,
                                                   const GoldenTarget& target,
                                                   std::vector<lab::CheckRow>& rows);

/// Section closed_loop_2d: entries "SURFACE/NAME" that start where test_functions evaluates the
/// surface (or at the entry's own "x0"), with the point as one vector of length 2.
[[nodiscard]] lab::Result<void> checkSurfaceLoops(const lab::Json& document,
                                                  const GoldenPlace& place,
                                                  const GoldenTarget& target,
                                                  std::vector<lab::CheckRow>& rows);

/// Section closed_loop_matrix_quadratic: f(W) = ½‖A(W−W*)B‖², W₀ = 0, W* by the formula in its
/// definition.
[[nodiscard]] lab::Result<void> checkQuadraticLoops(const lab::Json& document,
                                                    const GoldenPlace& place,
                                                    const GoldenTarget& target,
                                                    std::vector<lab::CheckRow>& rows);

} // namespace psephos::optim::textbook
