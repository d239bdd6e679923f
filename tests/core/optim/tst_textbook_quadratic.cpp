// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/textbook/turned_quadratic.hpp"

#include <Eigen/LU>

#include <doctest/doctest.h>

#include <utility>

using namespace psephos::optim::textbook;

TEST_CASE("partOfTurn_share_isATurnOnTheWay") {
    for (const int side : {2, 5, 12}) {
        const QuadraticDraw draw = drawQuadratic({side, side, 100.0, 1, 1}, 3, 0);
        const Matrix one = Matrix::Identity(side, side);
        CHECK((partOfTurn(draw.left, 0.0) - one).norm() < 1e-12);
        CHECK((partOfTurn(draw.left, 1.0) - draw.left).norm() < 1e-12);
        const Matrix third = partOfTurn(draw.left, 1.0 / 3.0);
        CHECK((third.transpose() * third - one).norm() < 1e-12);
        CHECK(third.determinant() == doctest::Approx(1.0));
        CHECK((third * third * third - draw.left).norm() < 1e-11);
    }
}

TEST_CASE("partOfTurn_halfTurn_goesThroughAQuarter") {
    // Two eigenvalues −1 have no plane of their own in the Schur form.
    Matrix q = Matrix::Identity(3, 3);
    q(0, 0) = q(2, 2) = -1.0;
    const Matrix half = partOfTurn(q, 0.5);
    CHECK((half * half - q).norm() < 1e-12);
    CHECK(half(1, 1) == doctest::Approx(1.0));
}

TEST_CASE("turnedQuadratic_gradient_isThatOfTheLossOnAWholeBatch") {
    // With XᵀX/B replaced by S_x the gradient is the loss's own.
    QuadraticDraw draw = drawQuadratic({4, 3, 10.0, 8, 1}, 0, 0);
    draw.covariances[0] = draw.colCurvatures.asDiagonal();
    TurnedQuadratic problem(draw, 0.7);
    Matrix w = Matrix::Constant(4, 3, 0.3);
    Matrix gradient = w;
    CHECK(problem.relativeLoss(Matrix::Zero(4, 3)) == 1.0);
    problem.gradient(w, 0, gradient);
    double scale = 0.0; // f(0), from one entry
    for (const auto& [row, col] : {std::pair{0, 0}, std::pair{3, 1}, std::pair{2, 0}}) {
        constexpr double kStep = 1e-5;
        w(row, col) += kStep;
        const double up = problem.relativeLoss(w);
        w(row, col) -= 2 * kStep;
        const double slope = (up - problem.relativeLoss(w)) / (2 * kStep);
        w(row, col) += kStep;
        scale = scale == 0.0 ? gradient(row, col) / slope : scale;
        CHECK(gradient(row, col) == doctest::Approx(scale * slope).epsilon(1e-6));
    }
}

TEST_CASE("turnedQuadratic_loss_isThatOfTheAxesInTheOtherBasis") {
    const QuadraticDraw draw = drawQuadratic({5, 3, 50.0, 8, 2}, 1, 0);
    TurnedQuadratic flat(draw, 0.0);
    TurnedQuadratic turned(draw, 1.0);
    const Matrix w = Matrix::Random(5, 3);
    const Matrix other = draw.left * w * draw.right.transpose();
    CHECK(turned.relativeLoss(other) == doctest::Approx(flat.relativeLoss(w)).epsilon(1e-10));
    Matrix gradient = w;
    Matrix otherGradient = w;
    flat.gradient(w, 1, gradient);
    turned.gradient(other, 1, otherGradient);
    CHECK((draw.left * gradient * draw.right.transpose() - otherGradient).norm() < 1e-12);
}
