// SPDX-License-Identifier: GPL-3.0-or-later
// Symmetric matrices: eigendecomposition and inverse roots. float64.
#pragma once

#include "lab/result.hpp"

#include <Eigen/Eigenvalues>

namespace psephos::numerics {

/// The eigendecomposition A = V diag(λ) Vᵀ of symmetric matrices, one after another. Keeps its
/// memory between calls: matrices of one size allocate once. Not thread-safe.
class SymmetricEigen {
  public:
    /// Decomposes the lower triangle of `a` [d,d]. Errors: not square or empty, an entry that is
    /// not finite, no convergence; the last result is then gone.
    [[nodiscard]] lab::Result<void> compute(const Eigen::MatrixXd& a);

    /// λ [d], ascending.
    [[nodiscard]] const Eigen::VectorXd& values() const { return solver_.eigenvalues(); }

    /// V [d,d], orthonormal columns in the order of values(); signs and, within an eigenvalue's
    /// space, the choice are arbitrary.
    [[nodiscard]] const Eigen::MatrixXd& vectors() const { return solver_.eigenvectors(); }

  private:
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver_;
};

/// ‖B − diag B‖/‖B‖ of B = QᵀAQ, A [d,d] symmetric and Q [d,d] orthogonal: the relative error of A
/// ≈ Q·diag(B)·Qᵀ. 0 where A is zero. Source: 2506.03595.
[[nodiscard]] double offDiagonalResidual(const Eigen::MatrixXd& a, const Eigen::MatrixXd& q);

/// Powers (A + εI)^p, p ≤ 0, of symmetric positive semidefinite matrices, as Distributed
/// Shampoo takes them: A + εI is decomposed, eigenvalues that round-off left below ε are raised to
/// it. Source: 2309.06497.
class InverseRoot {
  public:
    /// Writes (a + εI)^exponent to `out` [d,d], exactly symmetric up to round-off. ε > 0 and
    /// exponent ≤ 0 (asserted). Where the solver fails it is tried once more with a ridge of
    /// 1e-6·tr(a)/d; then the error is returned and `out` is untouched.
    [[nodiscard]] lab::Result<void> compute(const Eigen::MatrixXd& a, double eps, double exponent,
                                            Eigen::MatrixXd& out);

    /// The same for A itself (eigenvalues below ε are raised to it), where ε is already in it.
    [[nodiscard]] lab::Result<void> computeUnshifted(const Eigen::MatrixXd& a, double eps,
                                                     double exponent, Eigen::MatrixXd& out);

    /// Another power of the last matrix that compute() or computeUnshifted() decomposed.
    void power(double exponent, Eigen::MatrixXd& out);

    /// Its eigenvectors [d,d].
    [[nodiscard]] const Eigen::MatrixXd& vectors() const { return eigen_.vectors(); }

  private:
    [[nodiscard]] lab::Result<void> decompose(double meanEigenvalue);

    SymmetricEigen eigen_;
    double eps_ = 0.0;
    Eigen::MatrixXd shifted_;
    Eigen::MatrixXd scaled_;
};

} // namespace psephos::numerics
