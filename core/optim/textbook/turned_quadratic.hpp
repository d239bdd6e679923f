// SPDX-License-Identifier: GPL-3.0-or-later
// A quadratic over matrices whose curvature is a Kronecker product, axis-aligned or turned.
#pragma once

#include "optim/textbook/optimizer.hpp"

#include <cstdint>
#include <vector>

namespace psephos::optim::textbook {
/// What the problem is, but for its turn.
struct QuadraticSize {
    int rows = 12;            ///< m ≥ 2 of W [m,n]
    int cols = 12;            ///< n ≥ 2
    double condition = 100.0; ///< κ ≥ 1: the curvatures of a side go from 1 to 1/κ
    int batch = 64;           ///< B ≥ 1 samples a gradient
    int steps = 300;          ///< gradients, ≥ 1

    friend bool operator==(const QuadraticSize&, const QuadraticSize&) = default;
};

/// The part `share` of a turn `q` [n,n], orthogonal with determinant 1: each of its invariant
/// planes is turned by that share of its angle, so 0 is the identity and 1 is `q` (to 1e-12).
[[nodiscard]] Matrix partOfTurn(const Matrix& q, double share);

/// One draw of everything random; the same in every basis.
struct QuadraticDraw {
    Matrix target; ///< W* in the eigenbasis [m,n], Gaussian
    Matrix left;   ///< the whole turn of W's rows: U [m,m], orthogonal, determinant 1
    Matrix right;  ///< that of its columns: V [n,n]
    std::vector<Matrix> covariances; ///< XᵀX/B of each batch in the eigenbasis [n,n]
    Eigen::VectorXd rowCurvatures;   ///< s of the rows [m], from 1 down to 1/κ
    Eigen::VectorXd colCurvatures;   ///< s of the columns [n]
};

/// Draw number `index` of a seed.
[[nodiscard]] QuadraticDraw drawQuadratic(const QuadraticSize& size, std::uint64_t seed,
                                          std::uint64_t index);

/// f(W) = ½ tr[(W−W*)ᵀ S_y (W−W*) S_x], S_y = U diag(s) Uᵀ, S_x = V diag(s) Vᵀ, with gradients of
/// batches: S_y (W−W*) XᵀX/B. Starts at W = 0.
class TurnedQuadratic {
  public:
    /// `rotation` in [0,1]: the share of the draw's turns that U and V are.
    TurnedQuadratic(const QuadraticDraw& draw, double rotation);

    /// f(W) over f(0); 1 at the start, 0 at the minimum.
    [[nodiscard]] double relativeLoss(const Matrix& w) const;

    /// The gradient of batch `index` < steps at `w` [m,n], to `gradient` [m,n].
    void gradient(const Matrix& w, std::size_t index, Matrix& gradient);

    [[nodiscard]] std::size_t steps() const { return covariances_.size(); }

    [[nodiscard]] Eigen::Index rows() const { return target_.rows(); }

    [[nodiscard]] Eigen::Index cols() const { return target_.cols(); }

  private:
    [[nodiscard]] double loss(const Matrix& w) const;

    Matrix target_;                   ///< W* [m,n]
    Matrix left_;                     ///< S_y [m,m]
    Matrix right_;                    ///< S_x [n,n]
    std::vector<Matrix> covariances_; ///< XᵀX/B of each batch [n,n]
    double atStart_ = 1.0;            ///< f(0)
    Matrix gap_;                      ///< W − W* [m,n]
    Matrix product_;                  ///< (W − W*) XᵀX/B [m,n]
};

} // namespace psephos::optim::textbook
