// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/textbook/adafactor.hpp"

#include <algorithm>
#include <cmath>

namespace psephos::optim::textbook {

namespace {

double rms(const Matrix& x) {
    return x.norm() / std::sqrt(static_cast<double>(x.size()));
}

} // namespace

FactoredMoment::FactoredMoment(Eigen::Index rows, Eigen::Index cols)
    : row(Eigen::VectorXd::Zero(rows))
    , col(Eigen::RowVectorXd::Zero(cols)) {}

void FactoredMoment::average(const Matrix& squares, double beta) {
    row = beta * row + (1.0 - beta) * squares.rowwise().sum();
    col = beta * col + (1.0 - beta) * squares.colwise().sum();
}

Matrix FactoredMoment::root() const {
    const double total = row.sum();
    if (total == 0.0) {
        return Matrix::Zero(row.size(), col.size());
    }
    // The factors' roots: their product may underflow where theirs does not.
    return (row / total).cwiseSqrt() * col.cwiseSqrt();
}

Adafactor::Adafactor(const AdafactorConfig& config, Eigen::Index rows, Eigen::Index cols)
    : Optimizer(rows, cols)
    , config_(config)
    , v_(rows, cols)
    , m_(Matrix::Zero(rows, cols)) {}

void Adafactor::update(Matrix& w, const Matrix& g, double scheduleFactor, StepReport&) {
    // 1., 2. β̂ = 1 − t^{-0.8} (so β̂₁ = 0); R and C average the sums of G∘G + ε₁.
    const auto t = static_cast<double>(++t_);
    v_.average((g.array().square() + config_.eps1).matrix(),
               1.0 - std::pow(t, config_.decayExponent));

    // 3., 4., 5. u ← G/√V̂; u ← u/max(1, RMS(u)/d).
    Matrix u = g.cwiseQuotient(v_.root());
    u /= std::max(1.0, rms(u) / config_.clip);

    // 6. ρ = min(η, 1/√t); α = max(ε₂, RMS(W))·ρ.
    double rho = config_.learningRate * scheduleFactor;
    if (config_.relativeStep) {
        rho = std::min(rho, 1.0 / std::sqrt(t));
    }
    const double alpha = config_.scaleParameter ? std::max(config_.eps2, rms(w)) * rho : rho;

    // 7. W ← (1−ρλ)W − αu, with αu averaged where there is momentum.
    m_ = config_.beta1 * m_ + (1.0 - config_.beta1) * alpha * u;
    w *= 1.0 - rho * config_.decoupledWeightDecay;
    w -= m_;
}

std::optional<Matrix> Adafactor::state(std::string_view name) const {
    if (name == "row") {
        return v_.row;
    }
    if (name == "col") {
        return v_.col;
    }
    if (name == "m" && config_.beta1 > 0.0) {
        return m_;
    }
    return std::nullopt;
}

FactoredAdam::FactoredAdam(const FactoredAdamConfig& config, Eigen::Index rows, Eigen::Index cols)
    : Optimizer(rows, cols)
    , config_(config)
    , m_(Matrix::Zero(rows, cols))
    , v_(rows, cols) {}

void FactoredAdam::update(Matrix& w, const Matrix& g, double scheduleFactor, StepReport&) {
    const double eta = config_.learningRate * scheduleFactor;
    ++t_;

    // 1. M ← β₁M + (1−β₁)G; R and C average the sums of G∘G.
    m_ = config_.beta1 * m_ + (1.0 - config_.beta1) * g;
    v_.average(g.cwiseAbs2(), config_.beta2);

    // 2. W ← (1−ηλ)W − η·M̂/(√V̂ + ε), both bias corrected.
    const double correction1 = 1.0 - std::pow(config_.beta1, t_);
    const double correction2 = 1.0 - std::pow(config_.beta2, t_);
    w *= 1.0 - eta * config_.decoupledWeightDecay;
    w.array() -= eta * (m_.array() / correction1) /
                 (v_.root().array() / std::sqrt(correction2) + config_.eps);
}

std::optional<Matrix> FactoredAdam::state(std::string_view name) const {
    if (name == "m") {
        return m_;
    }
    if (name == "row") {
        return v_.row;
    }
    if (name == "col") {
        return v_.col;
    }
    return std::nullopt;
}

} // namespace psephos::optim::textbook
