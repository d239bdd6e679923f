// SPDX-License-Identifier: GPL-3.0-or-later
// QR with fixed signs, and random orthogonal matrices. float64.
#pragma once

#include "numerics/random.hpp"

#include <Eigen/Cholesky>
#include <Eigen/QR>

namespace psephos::numerics {

/// The orthogonal factor of A = QR with diag(R) ≥ 0, by Householder reflections: unique where A has
/// full rank. Keeps its memory between calls. Not thread-safe.
class SignFixedQr {
  public:
    /// Writes Q [d,d] of the square matrix `a` [d,d] to `q` (which may be `a` itself). A singular
    /// `a` still gives an orthogonal Q; entries that are not finite give entries that are not.
    void compute(const Eigen::MatrixXd& a, Eigen::MatrixXd& q);

  private:
    Eigen::HouseholderQR<Eigen::MatrixXd> qr_;
    Eigen::VectorXd workspace_;
};

/// The same factor by CholeskyQR2: Q = A·chol(AᵀA)⁻¹, twice. A few products instead of d
/// reflections, but only where A is well enough conditioned. Keeps its memory between calls. Not
/// thread-safe. Source: Fukaya, Nakatsukasa, Yanagisawa, Yamamoto 2014.
class CholeskyQr2 {
  public:
    /// Writes Q [d,d] of the square matrix `a` [d,d] to `q` (which may be `a` itself).
    /// \return false: a factorisation failed or Q is not orthogonal to 1e-12·d; `q` is untouched
    [[nodiscard]] bool compute(const Eigen::MatrixXd& a, Eigen::MatrixXd& q);

  private:
    Eigen::LLT<Eigen::MatrixXd, Eigen::Upper> cholesky_;
    Eigen::MatrixXd gram_;
    Eigen::MatrixXd q_;
};

/// A [d,d] orthogonal matrix, uniform (Haar): the sign-fixed Q of a Gaussian matrix.
[[nodiscard]] Eigen::MatrixXd randomOrthogonal(Eigen::Index d, RandomStream& random);

/// A [rows,cols] matrix of standard normals, filled row by row.
[[nodiscard]] Eigen::MatrixXd randomNormal(Eigen::Index rows, Eigen::Index cols,
                                           RandomStream& random);

} // namespace psephos::numerics
