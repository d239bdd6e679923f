// SPDX-License-Identifier: GPL-3.0-or-later
// A quadratic over matrices whose curvature is a Kronecker product, axis-aligned or turned.
#pragma once

#include "optim/textbook/optimizer.hpp"

#include <cstdint>
#include <vector>

namespace psephos::experiments::rotation {

using optim::textbook::Matrix;

/// What the problem is, but for its turn.
struct ProblemSize {
    int side = 12;            ///< n ≥ 2: W is [n,n]
    double condition = 100.0; ///< κ ≥ 1: the curvatures of a side go from 1 to 1/κ
    int batch = 64;           ///< B ≥ 1 samples a gradient
    int steps = 300;          ///< gradients, ≥ 1

    friend bool operator==(const ProblemSize&, const ProblemSize&) = default;
};

/// The part `share` of a turn `q` [n,n], orthogonal with determinant 1: each of its invariant
/// planes is turned by that share of its angle, so 0 is the identity and 1 is `q` (to 1e-12).
[[nodiscard]] Matrix partOfTurn(const Matrix& q, double share);

/// One draw of everything random; the same in every basis.
struct Draw {
    Matrix target; ///< W* in the eigenbasis [n,n], Gaussian
    Matrix left;   ///< the whole turn of W's rows: U [n,n], orthogonal, determinant 1
    Matrix right;  ///< that of its columns: V [n,n]
    std::vector<Matrix> covariances; ///< XᵀX/B of each batch in the eigenbasis [n,n]
    std::vector<double> curvatures;  ///< s [n], from 1 down to 1/κ
};

/// Draw number `index` of a seed.
[[nodiscard]] Draw drawProblem(const ProblemSize& size, std::uint64_t seed, std::uint64_t index);

/// f(W) = ½ tr[(W−W*)ᵀ S_y (W−W*) S_x], S_y = U diag(s) Uᵀ, S_x = V diag(s) Vᵀ, with gradients of
/// batches: S_y (W−W*) XᵀX/B. Starts at W = 0.
class TurnedQuadratic {
  public:
    /// `rotation` in [0,1]: the share of the draw's turns that U and V are.
    TurnedQuadratic(const Draw& draw, double rotation);

    /// f(W) over f(0); 1 at the start, 0 at the minimum.
    [[nodiscard]] double relativeLoss(const Matrix& w) const;

    /// The gradient of batch `index` < steps at `w` [n,n], to `gradient` [n,n].
    void gradient(const Matrix& w, std::size_t index, Matrix& gradient);

    [[nodiscard]] std::size_t steps() const { return covariances_.size(); }

    [[nodiscard]] Eigen::Index side() const { return target_.rows(); }

  private:
    [[nodiscard]] double loss(const Matrix& w) const;

    Matrix target_;                   ///< W* [n,n]
    Matrix left_;                     ///< S_y [n,n]
    Matrix right_;                    ///< S_x [n,n]
    std::vector<Matrix> covariances_; ///< XᵀX/B of each batch [n,n]
    double atStart_ = 1.0;            ///< f(0)
    Matrix gap_;                      ///< W − W* [n,n]
    Matrix product_;                  ///< (W − W*) XᵀX/B [n,n]
};

} // namespace psephos::experiments::rotation
