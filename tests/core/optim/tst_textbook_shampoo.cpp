// SPDX-License-Identifier: GPL-3.0-or-later
// Shampoo's options: sums, grafted starts, refreshes that keep the eigenvectors, blocks, KL.
#include "numerics/orthogonal.hpp"
#include "numerics/symmetric.hpp"
#include "optim/textbook/shampoo.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace psephos;
using namespace psephos::numerics;
using namespace psephos::optim;
using namespace psephos::optim::textbook;

namespace {

std::unique_ptr<Optimizer> make(const OptimizerConfig& config, Eigen::Index rows,
                                Eigen::Index cols) {
    auto made = makeOptimizer(config, rows, cols);
    REQUIRE(made.ok());
    return std::move(*made);
}

StepReport stepped(Optimizer& optimizer, Matrix& w, const Matrix& g) {
    const auto report = optimizer.step(w, g);
    REQUIRE(report.ok());
    return *report;
}

Matrix gradientOf(int t, Eigen::Index rows, Eigen::Index cols) {
    RandomStream random(30, "shampoo", static_cast<std::uint64_t>(t));
    return randomNormal(rows, cols, random);
}

double distance(const Matrix& a, const Matrix& b) {
    return (a - b).cwiseAbs().maxCoeff();
}

ShampooConfig plain() {
    ShampooConfig config;
    config.learningRate = 0.1;
    config.beta2 = 0.9;
    config.eps = 1e-6;
    config.graft = Graft::None;
    return config;
}

} // namespace

TEST_CASE("shampoo_ofGupta_isTheSumFromEps") {
    // Source: 1802.09568 Algorithm 1, written out.
    const double eps = 1e-2;
    const auto optimizer = make(guptaShampoo(0.1, eps), 3, 4);
    Matrix w = Matrix::Zero(3, 4);
    Matrix expected = w;
    Matrix left = eps * Matrix::Identity(3, 3);
    Matrix right = eps * Matrix::Identity(4, 4);
    const auto power = [](const Matrix& a) -> Matrix {
        const Eigen::SelfAdjointEigenSolver<Matrix> solver(a);
        return solver.eigenvectors() *
               solver.eigenvalues().array().pow(-0.25).matrix().asDiagonal() *
               solver.eigenvectors().transpose();
    };
    for (int t = 1; t <= 6; ++t) {
        const Matrix g = gradientOf(t, 3, 4);
        left += g * g.transpose();
        right += g.transpose() * g;
        expected -= 0.1 * power(left) * g * power(right);
        stepped(*optimizer, w, g);
    }
    CHECK(distance(w, expected) < 1e-12);
    CHECK(distance(optimizer->state("L").value(), left) < 1e-12);
}

TEST_CASE("shampoo_startingGrafted_stepsAsAdamUntilTheFirstRefresh") {
    ShampooConfig config = plain();
    config.graft = Graft::Adam;
    config.refreshPeriod = 4;
    config.startsGrafted = true;
    AdamConfig adam;
    adam.learningRate = config.learningRate;
    adam.beta1 = config.beta1;
    adam.beta2 = config.graftBeta2;
    adam.eps = config.graftEps;
    const auto shampoo = make(config, 3, 4);
    const auto grafted = make(adam, 3, 4);
    Matrix w = Matrix::Zero(3, 4);
    Matrix other = w;
    for (int t = 1; t <= 4; ++t) {
        const StepReport report = stepped(*shampoo, w, gradientOf(t, 3, 4));
        stepped(*grafted, other, gradientOf(t, 3, 4));
        CHECK(report.refreshed == (t == 4));
        CHECK((distance(w, other) < 1e-14) == (t < 4));
    }
}

TEST_CASE("shampoo_toleratedBasis_isKeptWithNewEigenvalues") {
    // Gradients a·e₁e₁ᵀ + b·e₂e₂ᵀ have one eigenbasis: only the eigenvalues move, and the residual
    // of the first basis stays zero.
    ShampooConfig full = plain();
    ShampooConfig lazy = full;
    lazy.refreshTolerance = 0.01;
    const auto one = make(full, 2, 2);
    const auto two = make(lazy, 2, 2);
    Matrix w = Matrix::Zero(2, 2);
    Matrix other = w;
    for (int t = 1; t <= 8; ++t) {
        const Eigen::Vector2d sizes(1.0 + t, 3.0 / t);
        const Matrix g = sizes.asDiagonal();
        CHECK(stepped(*one, w, g).refreshed);
        const StepReport report = stepped(*two, other, g);
        CHECK(report.refreshed == (t == 1));
        CHECK_FALSE(report.refreshFailed);
        CHECK(report.refreshResidual < 1e-12);
    }
    CHECK(distance(w, other) < 1e-12);
    // Where the eigenvectors turn by more than is tolerated it decomposes anew.
    const auto strict = make(lazy, 3, 4);
    Matrix moving = Matrix::Zero(3, 4);
    for (int t = 1; t <= 4; ++t) {
        const StepReport report = stepped(*strict, moving, gradientOf(t, 3, 4));
        CHECK(report.refreshed);
        CHECK((report.refreshResidual > 0.01) == (t > 1));
    }
}

TEST_CASE("offDiagonalResidual_isTheErrorOfTheStaleDecomposition") {
    RandomStream random(31, "residual");
    const Matrix half = randomNormal(5, 5, random);
    const Matrix a = half * half.transpose();
    const Matrix q = randomOrthogonal(5, random);
    const Matrix b = q.transpose() * a * q;
    const Matrix stale = q * b.diagonal().asDiagonal() * q.transpose();
    CHECK(offDiagonalResidual(a, q) == doctest::Approx((a - stale).norm() / a.norm()));
    CHECK(offDiagonalResidual(Matrix::Zero(5, 5), q) == 0.0);
}

TEST_CASE("shampoo_blocks_areProblemsOfTheirOwn") {
    ShampooConfig config = plain();
    config.graft = Graft::Adam;
    config.decoupledWeightDecay = 0.1;
    config.maxPreconditionerDim = 3;
    config.blocking = true;
    const auto blocked = make(config, 5, 4);
    Matrix w = gradientOf(100, 5, 4);
    const std::vector<std::array<Eigen::Index, 4>> places{
        {0, 0, 2, 2}, {0, 2, 2, 2}, {2, 0, 3, 2}, {2, 2, 3, 2}};
    std::vector<Matrix> parts;
    std::vector<std::unique_ptr<Optimizer>> alone;
    for (const auto& [row, col, height, width] : places) {
        parts.emplace_back(w.block(row, col, height, width));
        alone.push_back(make(config, height, width));
    }
    for (int t = 1; t <= 5; ++t) {
        const Matrix g = gradientOf(t, 5, 4);
        CHECK(stepped(*blocked, w, g).refreshed);
        for (std::size_t i = 0; i < places.size(); ++i) {
            const auto [row, col, height, width] = places[i];
            stepped(*alone[i], parts[i], g.block(row, col, height, width));
            CHECK(distance(w.block(row, col, height, width), parts[i]) == 0.0);
        }
    }
    // Without blocks a long side is left alone.
    config.blocking = false;
    CHECK_FALSE(make(config, 5, 4)->state("L").has_value());
}

TEST_CASE("klShampoo_cyclingGradients_nearsTheMaximumLikelihoodFactors") {
    // Source: 2509.03378: L = mean G R⁻¹ Gᵀ/n and R = mean Gᵀ L⁻¹ G/m at its fixed point, where
    // tr(H·(L⊗R)⁻¹) = mn for H the mean of vec(G)vec(G)ᵀ.
    constexpr int kGradients = 8;
    ShampooConfig config;
    config.statistics = FactorStatistics::KullbackLeibler;
    config.beta2 = 0.999;
    config.eps = 1e-12;
    config.refreshPeriod = kGradients;
    const auto optimizer = make(config, 3, 4);
    Matrix w = Matrix::Zero(3, 4);
    for (int t = 0; t < 2000 * kGradients; ++t) {
        stepped(*optimizer, w, gradientOf(t % kGradients, 3, 4));
    }
    const Matrix left = optimizer->state("L").value();
    const Matrix right = optimizer->state("R").value();
    Matrix meanLeft = Matrix::Zero(3, 3);
    Matrix meanRight = Matrix::Zero(4, 4);
    double trace = 0.0;
    for (int i = 0; i < kGradients; ++i) {
        const Matrix g = gradientOf(i, 3, 4);
        meanLeft += klStatistic(g, right.inverse()) / kGradients;
        meanRight += klStatistic(g.transpose(), left.inverse()) / kGradients;
        trace += (left.inverse() * g * right.inverse() * g.transpose()).trace() / kGradients;
    }
    CHECK(trace == doctest::Approx(12.0).epsilon(0.01));
    CHECK(distance(left, meanLeft) < 0.02 * left.norm());
    CHECK(distance(right, meanRight) < 0.02 * right.norm());
    // The plain factors are no such fixed point.
    config.statistics = FactorStatistics::Gram;
    const auto shampoo = make(config, 3, 4);
    for (int t = 0; t < 2000 * kGradients; ++t) {
        stepped(*shampoo, w, gradientOf(t % kGradients, 3, 4));
    }
    CHECK(distance(shampoo->state("L").value(), left) > 0.1 * left.norm());
}

TEST_CASE("klShampoo_oneFactorAlone_isTheGramOverTheOtherSide") {
    ShampooConfig config;
    config.statistics = FactorStatistics::KullbackLeibler;
    config.beta2 = 0.5;
    config.maxPreconditionerDim = 3;
    const auto optimizer = make(config, 3, 4);
    Matrix w = Matrix::Zero(3, 4);
    const Matrix g = gradientOf(1, 3, 4);
    stepped(*optimizer, w, g);
    const Matrix expected =
        0.5 * config.initFactor * Matrix::Identity(3, 3) + 0.5 * g * g.transpose() / 4.0;
    CHECK(distance(optimizer->state("L").value(), expected) < 1e-15);
    CHECK_FALSE(optimizer->state("R").has_value());
}
