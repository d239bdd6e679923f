// SPDX-License-Identifier: GPL-3.0-or-later
#include "numerics/dense_lu.hpp"

#include <Eigen/LU>

#include <doctest/doctest.h>

#include <limits>

using namespace psephos::numerics;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

/// Entries of very different size, so that pivots matter.
MatrixXd matrixOf(Index n) {
    MatrixXd a(n, n);
    for (Index j = 0; j < n; ++j) {
        for (Index i = 0; i < n; ++i) {
            const auto x = static_cast<double>(i);
            const auto y = static_cast<double>(j);
            a(i, j) = std::sin(1.0 + 12.9898 * x + 78.233 * y + 0.37 * x * y) *
                      std::pow(10.0, static_cast<double>((i + 2 * j) % 4) - 2.0);
        }
    }
    return a;
}

} // namespace

TEST_CASE("denseLu_anySizeAndInstructions_solvesAsEigenDoes") {
    for (const Instructions most :
         {Instructions::Baseline, Instructions::Avx2, Instructions::Avx512}) {
        DenseLu lu(most);
        // Across the edges of tiles, of narrow panels and of packed products.
        for (const Index n :
             {1, 2, 3, 7, 8, 9, 16, 17, 23, 24, 25, 47, 64, 65, 97, 128, 203, 401}) {
            CAPTURE(static_cast<int>(most));
            CAPTURE(n);
            const MatrixXd a = matrixOf(n);
            const VectorXd b = matrixOf(n).row(n / 2);
            lu.matrix(n) = a;
            lu.factorize();
            const VectorXd x = lu.solve(b);
            const double backward =
                (a * x - b).lpNorm<Eigen::Infinity>() /
                (a.cwiseAbs().rowwise().sum().maxCoeff() * x.lpNorm<Eigen::Infinity>());
            CHECK(backward < 1e-14);
            const VectorXd reference = Eigen::PartialPivLU<MatrixXd>(a).solve(b);
            CHECK((x - reference).norm() < 1e-7 * reference.norm());
        }
    }
}

TEST_CASE("denseLu_pivotIsZero_exchangesRows") {
    DenseLu lu;
    lu.matrix(2) << 0.0, 2.0, 4.0, 1.0;
    lu.factorize();
    CHECK(lu.solve(Eigen::Vector2d(2.0, 5.0)).isApprox(Eigen::Vector2d(1.0, 1.0), 1e-15));
    CHECK(lu.pivotRatio() == doctest::Approx(0.5));
}

TEST_CASE("denseLu_singularOrNotFinite_hasNoPivotRatio") {
    for (const Instructions most : {Instructions::Baseline, Instructions::Avx512}) {
        DenseLu lu(most);
        lu.matrix(30) = MatrixXd::Constant(30, 30, 2.0);
        lu.factorize();
        CHECK(lu.pivotRatio() == 0.0);
        lu.matrix(30) = matrixOf(30);
        lu.matrix(30)(3, 4) = std::numeric_limits<double>::quiet_NaN();
        lu.factorize();
        CHECK(lu.pivotRatio() == 0.0);
    }
}

TEST_CASE("denseLu_sameMatrix_sameBits") {
    DenseLu one;
    DenseLu other;
    one.matrix(200).setZero(); // memory of another size before
    for (DenseLu* lu : {&one, &other}) {
        lu->matrix(77) = matrixOf(77);
        lu->factorize();
    }
    const VectorXd b = VectorXd::LinSpaced(77, -1.0, 2.0);
    CHECK(one.solve(b) == other.solve(b));
}
