// SPDX-License-Identifier: GPL-3.0-or-later
// LU factorization of a dense matrix, as fast as one core of this machine can.
#pragma once

#include <Eigen/Core>

#include <vector>

namespace psephos::numerics {

/// What the processor may be asked for, at most.
enum class Instructions { Baseline, Avx2, Avx512 };

/// P A = L U with partial pivoting. Uses AVX-512 or AVX2 where the processor has them, whatever the
/// rest of the program is compiled for; the same machine gives the same bits. About three times as
/// fast as Eigen::PartialPivLU without such instructions; memory is kept between factorizations.
class DenseLu {
  public:
    /// \param most instructions that may be used where the processor has them
    explicit DenseLu(Instructions most = Instructions::Avx512);

    /// Memory for an n by n matrix, to be filled and then factorized. What it held is lost.
    [[nodiscard]] Eigen::Map<Eigen::MatrixXd, 0, Eigen::OuterStride<>> matrix(Eigen::Index n);

    /// Factorizes what matrix() holds, in place. O(2 n³ / 3).
    void factorize();

    /// A⁻¹ b, for finite b [n]; not finite where the matrix is singular.
    [[nodiscard]] Eigen::VectorXd solve(const Eigen::VectorXd& right) const;

    /// Least over greatest size of the pivots: near 0 the matrix is nearly singular. It may be so
    /// without it, too. 0 of a matrix that is not finite.
    [[nodiscard]] double pivotRatio() const;

  private:
    Instructions most_;
    Eigen::Index size_ = 0;
    Eigen::Index stride_ = 0;
    std::vector<double> values_; // [n, n] by columns, each stride_ long, and slack behind the last
    std::vector<long> pivots_;
};

} // namespace psephos::numerics
