// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/textbook/turned_quadratic.hpp"

#include "numerics/orthogonal.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/LU>

#include <cmath>
#include <numbers>

namespace psephos::optim::textbook {

namespace {

/// A Haar matrix without a reflection, so that it can be reached by turning.
Matrix randomTurn(Eigen::Index side, numerics::RandomStream& random) {
    Matrix q = numerics::randomOrthogonal(side, random);
    if (q.determinant() < 0.0) {
        q.col(side - 1) *= -1.0;
    }
    return q;
}

/// Turns the plane of two coordinates of `block`.
void setTurn(Matrix& block, Eigen::Index i, Eigen::Index j, double angleRad) {
    block(i, i) = std::cos(angleRad);
    block(j, j) = std::cos(angleRad);
    block(i, j) = -std::sin(angleRad);
    block(j, i) = std::sin(angleRad);
}

/// From 1 down to 1/κ, evenly by logarithms.
Eigen::VectorXd curvaturesOf(Eigen::Index side, double condition) {
    Eigen::VectorXd curvatures(side);
    for (Eigen::Index i = 0; i < side; ++i) {
        const double share = static_cast<double>(i) / static_cast<double>(side - 1);
        curvatures[i] = std::pow(condition, -share);
    }
    return curvatures;
}

} // namespace

Matrix partOfTurn(const Matrix& q, double share) {
    constexpr double kReal = 1e-12; // a smaller entry below the diagonal is round-off
    const Eigen::RealSchur<Matrix> schur(q);
    const Matrix& t = schur.matrixT();
    const Eigen::Index side = q.rows();
    Matrix part = Matrix::Identity(side, side);
    Eigen::Index reversed = -1; // a half turn whose second axis is still to come
    for (Eigen::Index i = 0; i < side; ++i) {
        if (i + 1 < side && std::abs(t(i + 1, i)) > kReal) {
            setTurn(part, i, i + 1, share * std::atan2(t(i + 1, i), t(i, i)));
            ++i;
        } else if (t(i, i) < 0.0 && reversed < 0) {
            reversed = i;
        } else if (t(i, i) < 0.0) {
            setTurn(part, reversed, i, share * std::numbers::pi);
            reversed = -1;
        }
    }
    return schur.matrixU() * part * schur.matrixU().transpose();
}

QuadraticDraw drawQuadratic(const QuadraticSize& size, std::uint64_t seed, std::uint64_t index) {
    numerics::RandomStream ofTarget(seed, "optim.rotation/target", index);
    numerics::RandomStream ofLeft(seed, "optim.rotation/left", index);
    numerics::RandomStream ofRight(seed, "optim.rotation/right", index);
    numerics::RandomStream ofSamples(seed, "optim.rotation/samples", index);
    QuadraticDraw draw;
    draw.target = numerics::randomNormal(size.rows, size.cols, ofTarget);
    draw.left = randomTurn(size.rows, ofLeft);
    draw.right = randomTurn(size.cols, ofRight);
    draw.rowCurvatures = curvaturesOf(size.rows, size.condition);
    draw.colCurvatures = curvaturesOf(size.cols, size.condition);
    const Eigen::VectorXd roots = draw.colCurvatures.cwiseSqrt();
    draw.covariances.reserve(static_cast<std::size_t>(size.steps));
    for (int step = 0; step < size.steps; ++step) {
        const Matrix x =
            numerics::randomNormal(size.batch, size.cols, ofSamples) * roots.asDiagonal();
        draw.covariances.emplace_back(x.transpose() * x / size.batch);
    }
    return draw;
}

TurnedQuadratic::TurnedQuadratic(const QuadraticDraw& draw, double rotation) {
    const Matrix u = partOfTurn(draw.left, rotation);
    const Matrix v = partOfTurn(draw.right, rotation);
    target_ = u * draw.target * v.transpose();
    left_ = u * draw.rowCurvatures.asDiagonal() * u.transpose();
    right_ = v * draw.colCurvatures.asDiagonal() * v.transpose();
    covariances_.reserve(draw.covariances.size());
    for (const Matrix& covariance : draw.covariances) {
        covariances_.emplace_back(v * covariance * v.transpose());
    }
    atStart_ = loss(Matrix::Zero(target_.rows(), target_.cols()));
}

double TurnedQuadratic::loss(const Matrix& w) const {
    const Matrix gap = w - target_;
    return 0.5 * gap.cwiseProduct(left_ * gap * right_).sum();
}

double TurnedQuadratic::relativeLoss(const Matrix& w) const {
    return loss(w) / atStart_;
}

void TurnedQuadratic::gradient(const Matrix& w, std::size_t index, Matrix& gradient) {
    gap_ = w - target_;
    product_.noalias() = gap_ * covariances_[index];
    gradient.noalias() = left_ * product_;
}

} // namespace psephos::optim::textbook
