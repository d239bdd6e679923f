// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers that tell what a preconditioner is like. Read-only; every result is a new tensor.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace psephos::optim::engine {

/// ‖B − diag B‖/‖B‖ of B = QᵀAQ: 0 where the columns of Q [d,d] are eigenvectors of the symmetric
/// A [d,d]; 0 also for a zero matrix. Source: 2506.03595.
[[nodiscard]] double offDiagonalResidual(const at::Tensor& a, const at::Tensor& basis);

/// Orthonormal eigenvectors of a symmetric [d,d] as columns, by ascending eigenvalue, in its number
/// type (in float64 where LAPACK gives up); none where it is not finite or nothing helps.
[[nodiscard]] std::optional<at::Tensor> eigenvectorsOf(const at::Tensor& a);

/// How a basis turned: |beforeᵀ·after| [d,d], gathered into at most `most` cells a side. A cell of
/// r × c directions is √(Σ t²/c), so that the squares of a column add up to 1 and where nothing
/// turned the diagonal is 1. By row and then column; see turnStarts().
[[nodiscard]] std::vector<double> turnOf(const at::Tensor& before, const at::Tensor& after,
                                         std::int64_t most);

/// The first direction (from 0) of each cell of turnOf() for bases of `directions` columns.
[[nodiscard]] std::vector<std::int64_t> turnStarts(std::int64_t directions, std::int64_t most);

/// Singular values of a matrix [m,n], descending, over their root mean square: a flat spectrum is 1
/// everywhere. Empty for a zero matrix or one that is not finite. Computed from the smaller Gram
/// matrix in float64: what is below 1e-7 of the largest is noise.
[[nodiscard]] std::vector<double> relativeSpectrum(const at::Tensor& matrix);

/// ‖V − A·Cᵀ/ΣA‖/‖V‖ of a non-negative V [m,n] with row sums A and column sums C: 0 where V has
/// rank one; 0 also for a zero matrix. Source: 2409.11321, where Adafactor meets Shampoo.
[[nodiscard]] double rankOneResidual(const at::Tensor& v);

} // namespace psephos::optim::engine
