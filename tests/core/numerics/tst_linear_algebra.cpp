// SPDX-License-Identifier: GPL-3.0-or-later
#include "numerics/orthogonal.hpp"
#include "numerics/symmetric.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace psephos::numerics;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

double distance(const MatrixXd& a, const MatrixXd& b) {
    return (a - b).cwiseAbs().maxCoeff();
}

/// L = mean G_t G_tᵀ over t = 1..8 of the specification's problem (§4.1).
MatrixXd gramOfSpecification() {
    MatrixXd gram = MatrixXd::Zero(3, 3);
    for (int t = 1; t <= 8; ++t) {
        MatrixXd gradient(3, 4);
        for (int i = 1; i <= 3; ++i) {
            for (int j = 1; j <= 4; ++j) {
                gradient(i - 1, j - 1) =
                    std::sin(0.8 * i * j + 0.5 * t) + 0.8 * std::cos(0.7 * i * t - 2.0 * j);
            }
        }
        gram += gradient * gradient.transpose() / 8.0;
    }
    return gram;
}

} // namespace

TEST_CASE("symmetricEigen_specificationMatrix_givesItsEigenvalues") {
    // Source: spec §4.1, eig L.
    const MatrixXd gram = gramOfSpecification();
    SymmetricEigen eigen;
    REQUIRE(eigen.compute(gram).ok());
    VectorXd expected(3);
    expected << 2.7400677022, 3.4162115363, 4.2131903567;
    CHECK(distance(eigen.values(), expected) < 1e-10);
    CHECK(distance(eigen.vectors() * eigen.values().asDiagonal() * eigen.vectors().transpose(),
                   gram) < 1e-14);
    CHECK(distance(eigen.vectors().transpose() * eigen.vectors(), MatrixXd::Identity(3, 3)) <
          1e-14);
}

TEST_CASE("symmetricEigen_badMatrix_saysWhatIsWrong") {
    SymmetricEigen eigen;
    CHECK(eigen.compute(MatrixXd::Zero(2, 3)).error().message.find("2 x 3") != std::string::npos);
    CHECK_FALSE(eigen.compute(MatrixXd(0, 0)).ok());
    MatrixXd bad = MatrixXd::Identity(2, 2);
    bad(1, 1) = std::numeric_limits<double>::quiet_NaN();
    CHECK(eigen.compute(bad).error().message.find("not finite") != std::string::npos);
}

TEST_CASE("inverseRoot_specificationMatrix_givesItsTraces") {
    // Source: spec §2.2, tr L^{-1/2}, tr L^{-1/4} and their first entries.
    const MatrixXd gram = gramOfSpecification();
    InverseRoot root;
    MatrixXd half;
    MatrixXd quarter;
    REQUIRE(root.compute(gram, 1e-300, -0.5, half).ok());
    REQUIRE(root.compute(gram, 1e-300, -0.25, quarter).ok());
    CHECK(half.trace() == doctest::Approx(1.6323380655).epsilon(1e-10));
    CHECK(half(0, 0) == doctest::Approx(0.5557763108).epsilon(1e-9));
    CHECK(quarter.trace() == doctest::Approx(2.2107876750).epsilon(1e-10));
    CHECK(quarter(0, 0) == doctest::Approx(0.7452587913).epsilon(1e-9));
    CHECK(distance(half * gram * half, MatrixXd::Identity(3, 3)) < 1e-13);
    MatrixXd zeroth;
    REQUIRE(root.compute(gram, 1e-12, 0.0, zeroth).ok());
    CHECK(distance(zeroth, MatrixXd::Identity(3, 3)) < 1e-13);
}

TEST_CASE("inverseRoot_singularMatrix_isSetByEpsilon") {
    VectorXd u(2);
    u << 0.6, 0.8;
    const MatrixXd gram = 4.0 * u * u.transpose();
    InverseRoot root;
    MatrixXd half;
    REQUIRE(root.compute(gram, 1e-8, -0.5, half).ok());
    VectorXd null(2);
    null << 0.8, -0.6;
    CHECK((half * u - 0.5 * u).norm() < 1e-8);
    // In the null direction the round-off of the decomposition is felt against ε itself.
    CHECK(null.dot(half * null) == doctest::Approx(1e4).epsilon(1e-6));
    REQUIRE(root.compute(MatrixXd::Zero(3, 3), 1e-4, -0.5, half).ok());
    CHECK(distance(half, 100.0 * MatrixXd::Identity(3, 3)) < 1e-10);
    MatrixXd bad = gram;
    bad(0, 0) = std::numeric_limits<double>::infinity();
    CHECK_FALSE(root.compute(bad, 1e-8, -0.5, half).ok());
}

TEST_CASE("signFixedQr_anyMatrix_isOrthogonalWithPositiveDiagonal") {
    RandomStream random(1, "qr");
    SignFixedQr qr;
    for (int d = 1; d <= 7; ++d) {
        const MatrixXd a = randomNormal(d, d, random);
        MatrixXd q;
        qr.compute(a, q);
        CHECK(distance(q.transpose() * q, MatrixXd::Identity(d, d)) < 1e-14);
        const MatrixXd r = q.transpose() * a;
        CHECK(r.diagonal().minCoeff() > 0.0);
        const MatrixXd below = r.triangularView<Eigen::StrictlyLower>();
        CHECK(below.cwiseAbs().maxCoeff() < 1e-13);
        MatrixXd inPlace = a;
        qr.compute(inPlace, inPlace);
        CHECK(distance(inPlace, q) == 0.0);
    }
    MatrixXd zero;
    qr.compute(MatrixXd::Zero(3, 3), zero);
    CHECK(distance(zero.transpose() * zero, MatrixXd::Identity(3, 3)) < 1e-15);
}

TEST_CASE("choleskyQr2_wellConditioned_isHouseholders") {
    RandomStream random(4, "cholesky");
    SignFixedQr householder;
    CholeskyQr2 cholesky;
    for (int d = 1; d <= 7; ++d) {
        const MatrixXd a = randomNormal(d, d, random);
        MatrixXd expected;
        householder.compute(a, expected);
        MatrixXd q;
        REQUIRE(cholesky.compute(a, q));
        CHECK(distance(q, expected) < 1e-11);
        CHECK(distance(q.transpose() * q, MatrixXd::Identity(d, d)) < 1e-14);
    }
}

TEST_CASE("choleskyQr2_illConditioned_isRefusedAndLeavesItsOutput") {
    CholeskyQr2 cholesky;
    MatrixXd q = MatrixXd::Constant(3, 3, 7.0);
    CHECK_FALSE(cholesky.compute(MatrixXd::Ones(3, 3), q));
    CHECK_FALSE(cholesky.compute(MatrixXd::Zero(3, 3), q));
    CHECK_FALSE(cholesky.compute(MatrixXd::Constant(3, 3, std::nan("")), q));
    // Condition 1e12: its square is beyond float64.
    RandomStream random(5, "cholesky");
    const Eigen::Vector3d spectrum(1.0, 1e-6, 1e-12);
    const MatrixXd bad =
        randomOrthogonal(3, random) * spectrum.asDiagonal() * randomOrthogonal(3, random);
    CHECK_FALSE(cholesky.compute(bad, q));
    CHECK(q == MatrixXd::Constant(3, 3, 7.0));
}

TEST_CASE("qr_ofProduct_equalsQrInTheBasis") {
    // Source: spec §4.6, qr(MQ) = Q·qr(QᵀMQ); with fixed signs the signs agree too.
    RandomStream random(2, "qr");
    SignFixedQr qr;
    for (int trial = 0; trial < 20; ++trial) {
        const Eigen::Index d = 2 + trial % 5;
        const MatrixXd half = randomNormal(d, d, random);
        const MatrixXd gram = half * half.transpose();
        const MatrixXd basis = randomOrthogonal(d, random);
        MatrixXd direct;
        MatrixXd inBasis;
        qr.compute(gram * basis, direct);
        qr.compute(basis.transpose() * gram * basis, inBasis);
        CHECK(distance(direct, basis * inBasis) < 1e-11);
    }
}

TEST_CASE("randomOrthogonal_sameStream_repeats") {
    RandomStream first(3, "basis");
    RandomStream second(3, "basis");
    CHECK(distance(randomOrthogonal(4, first), randomOrthogonal(4, second)) == 0.0);
    CHECK(distance(randomOrthogonal(4, first), randomOrthogonal(4, second)) == 0.0);
}
