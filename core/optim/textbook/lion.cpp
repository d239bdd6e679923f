// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/textbook/lion.hpp"

namespace psephos::optim::textbook {

Lion::Lion(const LionConfig& config, Eigen::Index rows, Eigen::Index cols)
    : Optimizer(rows, cols)
    , config_(config)
    , m_(Matrix::Zero(rows, cols)) {}

void Lion::update(Matrix& w, const Matrix& g, double scheduleFactor, StepReport&) {
    const double eta = config_.learningRate * scheduleFactor;

    // 1. W ← (1−ηλ)W − η·sign(β₁M + (1−β₁)G), with sign(0) = 0.
    w *= 1.0 - eta * config_.decoupledWeightDecay;
    w -= eta * (config_.beta1 * m_ + (1.0 - config_.beta1) * g).cwiseSign();

    // 2. M ← β₂M + (1−β₂)G, after the step.
    m_ = config_.beta2 * m_ + (1.0 - config_.beta2) * g;
}

std::optional<Matrix> Lion::state(std::string_view name) const {
    if (name == "m") {
        return m_;
    }
    return std::nullopt;
}

} // namespace psephos::optim::textbook
