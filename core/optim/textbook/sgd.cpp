// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/textbook/sgd.hpp"

namespace psephos::optim::textbook {

Sgd::Sgd(const SgdConfig& config, Eigen::Index rows, Eigen::Index cols)
    : Optimizer(rows, cols)
    , config_(config)
    , momentum_(Matrix::Zero(rows, cols))
    , gradient_(rows, cols)
    , direction_(rows, cols) {}

void Sgd::update(Matrix& w, const Matrix& g, double scheduleFactor, StepReport&) {
    const double eta = config_.learningRate * scheduleFactor;
    const double mu = config_.momentum;

    // 1. g ← G + λW (coupled), with the W at which G was taken.
    gradient_ = g + config_.l2 * w;

    // 2. First call b ← g, undamped; then b ← μb + (1−d)g.
    if (isFirst_ || mu == 0.0) {
        momentum_ = gradient_;
        isFirst_ = false;
    } else {
        momentum_ = mu * momentum_ + (1.0 - config_.dampening) * gradient_;
    }

    // 3. d ← g + μb (Nesterov) or b.
    if (config_.nesterov) {
        direction_ = gradient_ + mu * momentum_;
    } else {
        direction_ = momentum_;
    }

    // 4. W ← (1−ηλ)W (decoupled); W ← W − ηd.
    w *= 1.0 - eta * config_.decoupledWeightDecay;
    w -= eta * direction_;
}

std::optional<Matrix> Sgd::state(std::string_view name) const {
    if (name == "momentum") {
        return momentum_;
    }
    return std::nullopt;
}

} // namespace psephos::optim::textbook
