// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/efficiency.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>

using namespace psephos;
using namespace psephos::optim;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// a = 2.60, b = 0.24, β = 0.5, to eight digits.
const std::vector<ScalePoint> kKnown{
    {0.5, 2.93941125}, {0.625, 2.90357866}, {0.75, 2.87712813}, {0.875, 2.85657079}, {1, 2.84}};

std::vector<ScalePoint> pointsOf(const numerics::PowerLaw& law, double unit = 1) {
    std::vector<ScalePoint> points;
    for (const double share : {0.5, 0.625, 0.75, 0.875, 1.0}) {
        points.push_back({share * unit, law.at(share * unit)});
    }
    return points;
}

} // namespace

TEST_CASE("benefitOf_theKnownExample_savesThirtySixPercentOfTheSteps") {
    const auto benefit = benefitOf(kKnown, 2.90, 1.08);
    REQUIRE(benefit.ok());
    CHECK(benefit->law.a == doctest::Approx(2.60).epsilon(1e-5));
    CHECK(benefit->law.b == doctest::Approx(0.24).epsilon(1e-4));
    CHECK(benefit->law.beta == doctest::Approx(0.5).epsilon(1e-4));
    CHECK(benefit->share == doctest::Approx(0.64).epsilon(1e-6));
    CHECK(benefit->stepSaving == doctest::Approx(0.36).epsilon(1e-5));
    CHECK(benefit->timeSaving == doctest::Approx(0.3088).epsilon(1e-5));
    CHECK(benefit->shareLow == doctest::Approx(0.64).epsilon(1e-4));
}

TEST_CASE("benefitOf_inAnyUnitOfLength_findsTheLaw") {
    for (const double beta : {0.1, 0.37, 1.0, 3.0}) {
        const numerics::PowerLaw law{1.5, 0.8, beta, 0};
        std::vector<double> x;
        std::vector<double> y;
        for (const ScalePoint& point : pointsOf(law, 1000)) {
            x.push_back(point.share);
            y.push_back(point.loss);
        }
        const auto fit = numerics::fitPowerLaw(x, y);
        REQUIRE(fit.ok());
        CHECK(fit->beta == doctest::Approx(beta).epsilon(1e-3));
        for (const double at : {450.0, 700.0, 1100.0}) {
            CHECK(fit->at(at) == doctest::Approx(law.at(at)).epsilon(1e-7));
        }
    }
}

TEST_CASE("fitPowerLaw_noisyPoints_noOtherBetaFitsBetter") {
    std::mt19937 random(3);
    std::normal_distribution<double> noise(0, 0.003);
    const std::vector<double> x{0.5, 0.6, 0.7, 0.8, 0.9, 1.0};
    for (int draw = 0; draw < 20; ++draw) {
        std::vector<double> y;
        for (const double each : x) {
            y.push_back(2 + 0.5 / each + noise(random));
        }
        const auto fit = numerics::fitPowerLaw(x, y);
        REQUIRE(fit.ok());
        for (double a = fit->a - 0.3; a < fit->a + 0.3; a += 0.01) { // the grid on a, brute force
            for (double beta = 0.05; beta < 6; beta *= 1.05) {
                double tt = 0;
                double ty = 0;
                for (std::size_t i = 0; i < x.size(); ++i) {
                    const double t = std::pow(x[i], -beta);
                    tt += t * t;
                    ty += t * (y[i] - a);
                }
                double squares = 0;
                for (std::size_t i = 0; i < x.size(); ++i) {
                    const double off = a + ty / tt * std::pow(x[i], -beta) - y[i];
                    squares += off * off;
                }
                CHECK(fit->rms <= std::sqrt(squares / 6) + 1e-12);
            }
        }
    }
}

TEST_CASE("benefitOf_whatCannotBeAnswered_isRefusedInWords") {
    const auto messageOf = [](const std::vector<ScalePoint>& points, double loss, double ratio) {
        const auto benefit = benefitOf(points, loss, ratio);
        return benefit.ok() ? std::string() : benefit.error().message;
    };
    const std::vector<ScalePoint> three(kKnown.begin(), kKnown.begin() + 3);
    CHECK(messageOf(three, 2.9, 1).find("at least four") != std::string::npos);
    auto same = three;
    same.push_back(three.front());
    CHECK(messageOf(same, 2.9, 1).find("not 3") != std::string::npos);
    std::vector<ScalePoint> rising;
    for (const ScalePoint& point : kKnown) {
        rising.push_back({point.share, 6 - point.loss});
    }
    CHECK(messageOf(rising, 3.1, 1).find("does not fall") != std::string::npos);
    CHECK(messageOf(kKnown, 2.5, 1).find("never comes down") != std::string::npos);
    CHECK(messageOf(kKnown, 3.2, 1).find("outside the 0.4") != std::string::npos);
    CHECK(messageOf(kKnown, 2.70, 1).find("outside") != std::string::npos);
    CHECK(messageOf(kKnown, kNan, 1).find("finite") != std::string::npos);
    CHECK(messageOf(kKnown, 2.9, 0).find("above 0") != std::string::npos);
    std::vector<ScalePoint> brief;
    for (const double share : {0.05, 0.1, 0.15, 0.2}) { // none near where the law arrives
        brief.push_back({share, 2.6 + 0.24 / std::sqrt(share)});
    }
    CHECK(messageOf(brief, 2.84, 1).find("outside") != std::string::npos);
    const std::vector<ScalePoint> jagged{
        {0.5, 3}, {0.625, 2.9}, {0.75, 3}, {0.875, 2.9}, {1, 2.85}};
    CHECK(messageOf(jagged, 2.9, 1).find("do not lie on a law") != std::string::npos);
    const std::vector<ScalePoint> equal{
        {0.5, 2.94}, {0.50000001, 2.93}, {0.50000002, 2.92}, {0.50000003, 2.91}};
    CHECK_FALSE(messageOf(equal, 2.9, 1).empty());
    auto broken = kKnown;
    broken[2].loss = kNan;
    CHECK_FALSE(messageOf(broken, 2.9, 1).empty());
    broken[2] = {-0.75, 2.88};
    CHECK_FALSE(messageOf(broken, 2.9, 1).empty());
}

TEST_CASE("benefitOf_leavingOnePointOut_widensTheAnswer") {
    auto noisy = kKnown;
    noisy[1].loss += 0.002;
    const auto benefit = benefitOf(noisy, 2.90, 1.0);
    REQUIRE(benefit.ok());
    CHECK(benefit->shareLow < benefit->share);
    CHECK(benefit->shareHigh > benefit->share);
}
