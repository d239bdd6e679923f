// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/textbook/muon.hpp"

#include <algorithm>
#include <cmath>

namespace psephos::optim::textbook {

void NewtonSchulz::compute(const Matrix& u, Matrix& out) {
    const auto [a, b, c] = coefficients_;
    const bool isTall = u.rows() > u.cols();
    if (isTall) {
        x_ = u.transpose();
    } else {
        x_ = u;
    }
    x_ /= x_.norm() + normEps_;
    for (int step = 0; step < steps_; ++step) {
        gram_.noalias() = x_ * x_.transpose();
        polynomial_.noalias() = gram_ * gram_;
        polynomial_ = b * gram_ + c * polynomial_;
        next_.noalias() = polynomial_ * x_;
        x_ = a * x_ + next_;
    }
    if (isTall) {
        out = x_.transpose();
    } else {
        out = x_;
    }
}

Muon::Muon(const MuonConfig& config, Eigen::Index rows, Eigen::Index cols)
    : Optimizer(rows, cols)
    , config_(config)
    , momentum_(Matrix::Zero(rows, cols))
    , newtonSchulz_(config.newtonSchulzSteps, config.coefficients, config.normEps) {}

void Muon::update(Matrix& w, const Matrix& g, double scheduleFactor, StepReport&) {
    const double eta = config_.learningRate * scheduleFactor;
    const double mu = config_.momentum;

    // 1., 2. B ← μB + (1−μ)G; u ← (1−μ)G + μB (Nesterov) or B.
    momentum_ = mu * momentum_ + (1.0 - mu) * g;
    if (config_.nesterov) {
        direction_ = (1.0 - mu) * g + mu * momentum_;
    } else {
        direction_ = momentum_;
    }

    // 3. O ← NS5(u).
    newtonSchulz_.compute(direction_, direction_);

    // 4. W ← (1−ηλ)W; W ← W − η·s·O with s = max(1, m/n)^½.
    const double scale =
        std::sqrt(std::max(1.0, static_cast<double>(rows()) / static_cast<double>(cols())));
    w *= 1.0 - eta * config_.decoupledWeightDecay;
    w -= eta * scale * direction_;
}

std::optional<Matrix> Muon::state(std::string_view name) const {
    if (name == "momentum") {
        return momentum_;
    }
    return std::nullopt;
}

} // namespace psephos::optim::textbook
