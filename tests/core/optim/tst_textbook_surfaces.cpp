// SPDX-License-Identifier: GPL-3.0-or-later
#include "numerics/random.hpp"
#include "optim/textbook/formula.hpp"
#include "optim/textbook/surfaces.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

using namespace psephos;
using namespace psephos::optim::textbook;

namespace {

std::vector<Surface> everySurface() {
    std::vector<Surface> surfaces;
    for (const char* name : {"rosenbrock", "beale", "himmelblau", "rastrigin", "booth", "quadratic",
                             "quad_k100_30deg", "quad_k2.5_-17deg"}) {
        const auto surface = Surface::byName(name);
        REQUIRE(surface.ok());
        surfaces.push_back(*surface);
    }
    return surfaces;
}

double evaluate(const char* text, double i = 0, double j = 0, double t = 0) {
    const auto formula = Formula::parse(text);
    INFO((formula.ok() ? std::string() : formula.error().message));
    REQUIRE(formula.ok());
    return formula->evaluate(i, j, t);
}

} // namespace

TEST_CASE("surface_gradient_matchesFiniteDifferences") {
    numerics::RandomStream random(1, "surface");
    for (const Surface& surface : everySurface()) {
        const SurfaceView view = surface.view();
        for (int trial = 0; trial < 50; ++trial) {
            const Point2 p{random.uniform(view.xMin, view.xMax),
                           random.uniform(view.yMin, view.yMax)};
            const Point2 gradient = surface.gradient(p);
            for (std::size_t axis = 0; axis < 2; ++axis) {
                const double h = 1e-5;
                Point2 above = p;
                Point2 below = p;
                above[axis] += h;
                below[axis] -= h;
                const double slope = (surface.value(above) - surface.value(below)) / (2.0 * h);
                CHECK(std::abs(slope - gradient[axis]) < 1e-6 * (1.0 + surface.value(p)));
            }
        }
    }
}

TEST_CASE("surface_minima_areZeroStationaryAndInView") {
    numerics::RandomStream random(2, "minima");
    for (const Surface& surface : everySurface()) {
        const SurfaceView view = surface.view();
        for (const SurfaceMinimum& minimum : surface.minima()) {
            CHECK(std::abs(surface.value(minimum.at)) < 1e-25);
            CHECK(std::abs(surface.gradient(minimum.at)[0]) < 1e-12);
            CHECK(std::abs(surface.gradient(minimum.at)[1]) < 1e-12);
            CHECK(minimum.at[0] > view.xMin);
            CHECK(minimum.at[0] < view.xMax);
            CHECK(minimum.at[1] > view.yMin);
            CHECK(minimum.at[1] < view.yMax);
        }
        for (int trial = 0; trial < 200; ++trial) {
            const Point2 p{random.uniform(view.xMin, view.xMax),
                           random.uniform(view.yMin, view.yMax)};
            CHECK(surface.value(p) > 0.0);
        }
    }
}

TEST_CASE("surface_quadratic_isSteepAlongItsAngle") {
    const double angleRad = 0.7;
    const Surface surface = Surface::quadratic(50.0, angleRad);
    CHECK(surface.value({std::cos(angleRad), std::sin(angleRad)}) == doctest::Approx(25.0));
    CHECK(surface.value({-std::sin(angleRad), std::cos(angleRad)}) == doctest::Approx(0.5));
    const auto named = Surface::byName("quad_k100_30deg");
    REQUIRE(named.ok());
    CHECK(named->value({0.3, -0.8}) ==
          Surface::quadratic(100.0, std::numbers::pi / 6.0).value({0.3, -0.8}));
}

TEST_CASE("surface_unknownName_isRefused") {
    for (const char* name : {"", "ackley", "quad", "quad_k_30deg", "quad_k100", "quad_k100_30",
                             "quad_k100_30degrees", "Rosenbrock"}) {
        CHECK_FALSE(Surface::byName(name).ok());
    }
}

TEST_CASE("formula_arithmetic_followsTheUsualPrecedence") {
    CHECK(evaluate("1 + 2*3") == 7.0);
    CHECK(evaluate("(1+2)*3") == 9.0);
    CHECK(evaluate("7 - 2 - 1") == 4.0);
    CHECK(evaluate("8/4/2") == 1.0);
    CHECK(evaluate("-2^2") == -4.0);
    CHECK(evaluate("2**3**2") == 512.0);
    CHECK(evaluate("2^-1") == 0.5);
    CHECK(evaluate("--3 - +2") == 1.0);
    CHECK(evaluate("1e-3*2") == 2e-3);
    CHECK(evaluate("abs(-2) + sqrt(9) + exp(0) + log(1) + tanh(0) + tan(0)") == 6.0);
    CHECK(evaluate("cos(pi)") == -1.0);
    CHECK(evaluate("G_t[i][j] = i + 10*j + 100*t", 1, 2, 3) == 321.0);
    CHECK(evaluate("G_t[i][j] = sin(0.8*i*j + 0.5*t) + 0.8*cos(0.7*i*t - 2.0*j)", 1, 1, 1) ==
          doctest::Approx(1.1775572483168628).epsilon(1e-15));
}

TEST_CASE("formula_faultyText_namesThePlace") {
    for (const char* text : {"", "1 +", "(1", "1)", "foo(1)", "sin 1", "sin(1", "2 i", "k", "1..2",
                             "*2", "i[", "1 = 2 = 3"}) {
        INFO(text);
        const auto formula = Formula::parse(text);
        REQUIRE_FALSE(formula.ok());
        CHECK(formula.error().message.find("position") != std::string::npos);
    }
    CHECK_FALSE(Formula::parse(std::string(100000, '(')).ok());
    CHECK_FALSE(Formula::parse("1" + std::string(100000, '^')).ok());
    std::string tower = "2";
    for (int i = 0; i < 100000; ++i) {
        tower += "^1";
    }
    CHECK_FALSE(Formula::parse(tower).ok());
}
