// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/electorate.hpp"
#include "choice/held_out.hpp"
#include "choice/least_squares.hpp"

#include <Eigen/Core>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <utility>

using namespace psephos;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

MatrixXd random(std::mt19937_64& engine, Eigen::Index rows, Eigen::Index columns) {
    std::normal_distribution<double> normal;
    return MatrixXd::NullaryExpr(rows, columns, [&] { return normal(engine); });
}

/// How far x is from the conditions of the least non-negative squares: x ≥ 0, Aᵀ(b − Ax) ≤ 0, and
/// their product 0.
double offBy(const MatrixXd& a, const VectorXd& b, const VectorXd& x) {
    const VectorXd gradient = a.transpose() * (b - a * x);
    const double complementary = x.cwiseProduct(gradient).cwiseAbs().maxCoeff();
    return std::max({-x.minCoeff(), gradient.maxCoeff(), complementary});
}

} // namespace

TEST_CASE("nonnegativeLeastSquares_randomProblems_meetItsConditions") {
    std::mt19937_64 engine(1);
    for (int problem = 0; problem < 200; ++problem) {
        const Eigen::Index columns = 1 + static_cast<Eigen::Index>(engine() % 12);
        const MatrixXd a = random(engine, 8, columns);
        const VectorXd b = random(engine, 8, 1);
        const auto x = choice::nonnegativeLeastSquares(a, b);
        REQUIRE(x.ok());
        CHECK(offBy(a, b, *x) < 1e-10);
    }
}

// Constraints that say nearly the same are the rule among groups that share their margins.
TEST_CASE("nonnegativeLeastSquares_nearlyEqualColumns_comesToAnEnd") {
    std::mt19937_64 engine(2);
    for (int problem = 0; problem < 400; ++problem) {
        CAPTURE(problem);
        const MatrixXd base = random(engine, 10, 4);
        MatrixXd a(10, 40);
        for (Eigen::Index column = 0; column < a.cols(); ++column) {
            const double noise = std::pow(10.0, -10.0 - static_cast<double>(engine() % 7));
            a.col(column) = base.col(column % 4) + noise * random(engine, 10, 1);
        }
        const VectorXd b = random(engine, 10, 1);
        const auto x = choice::nonnegativeLeastSquares(a, b);
        REQUIRE(x.ok());
        CHECK(offBy(a, b, *x) < 1e-6);
    }
}

// Few battles make margins of few values: then many constraints meet in one point.
TEST_CASE("nonnegativeLeastSquares_ofFewValues_comesToAnEnd") {
    std::mt19937_64 engine(3);
    for (int problem = 0; problem < 60; ++problem) {
        CAPTURE(problem);
        const Eigen::Index rows = 20 + static_cast<Eigen::Index>(engine() % 40);
        const MatrixXd a = MatrixXd::NullaryExpr(
            rows, 3 * rows, [&] { return (static_cast<double>(engine() % 5) - 2.0) / 3.0; });
        const VectorXd b = VectorXd::Unit(rows, rows - 1);
        const auto x = choice::nonnegativeLeastSquares(a, b);
        REQUIRE(x.ok());
        CHECK(offBy(a, b, *x) < 1e-9);
    }
}

// A season in which few pairs met more than twice: constraints that depend on one another but for
// rounding entered and left for ever in one of these resamples.
TEST_CASE("heldOutStudy_ofASparseSeason_comesToAnEnd" *
          doctest::skip(std::getenv("PSEPHOS_DATA") == nullptr)) {
    const auto electorate =
        ballots::openElectorate(std::string(std::getenv("PSEPHOS_DATA")) +
                                "/bradley_terry_classics/icehockey_ncaa_2009_10.csv");
    REQUIRE(electorate.ok());
    choice::HeldOutStudy::Options options;
    options.rule.ties = ballots::Ties::Dropped;
    options.rule.alpha = 1.0;
    options.rhos = {0, .1, .2, .3, .4, .5, .6, .7, .8, .9, 1};
    const auto study =
        choice::HeldOutStudy::make(*(*electorate)->battles, "v_goals", std::move(options));
    REQUIRE(study.ok());
    for (std::uint64_t number = 196; number < 200; ++number) {
        CHECK(study->resample(number).ok());
    }
}
