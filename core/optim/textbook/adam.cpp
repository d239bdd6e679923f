// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/textbook/adam.hpp"

#include <algorithm>
#include <cmath>

namespace psephos::optim::textbook {

namespace {

/// m/d, and 0 where both are 0 (ε = 0 and no gradient yet): such a coordinate stays.
double ratio(double numerator, double denominator) {
    return denominator > 0.0 ? numerator / denominator : 0.0;
}

} // namespace

Adam::Adam(const AdamConfig& config, Eigen::Index rows, Eigen::Index cols)
    : Optimizer(rows, cols)
    , config_(config)
    , m_(Matrix::Zero(rows, cols))
    , v_(Matrix::Zero(rows, cols))
    , gradient_(rows, cols) {}

void Adam::update(Matrix& w, const Matrix& g, double scheduleFactor, StepReport&) {
    const double eta = config_.learningRate * scheduleFactor;
    const double eps = config_.eps;

    // 1. Adam: g ← G + λW, with the W at which G was taken. AdamW: W ← (1−ηλ)W.
    gradient_ = g + config_.l2 * w;
    w *= 1.0 - eta * config_.decoupledWeightDecay;

    // 2. M ← β₁M + (1−β₁)g; V ← β₂V + (1−β₂)g∘g.
    ++t_;
    m_ = config_.beta1 * m_ + (1.0 - config_.beta1) * gradient_;
    v_ = config_.beta2 * v_ + (1.0 - config_.beta2) * gradient_.cwiseAbs2();
    const double correction1 = 1.0 - std::pow(config_.beta1, t_);
    const double rootOfCorrection2 = std::sqrt(1.0 - std::pow(config_.beta2, t_));

    // 3. W ← W − η·M̂/(√V̂ + ε), and where ε stands instead.
    for (Eigen::Index i = 0; i < w.size(); ++i) {
        const double m = m_.data()[i];
        const double rootOfV = std::sqrt(v_.data()[i]);
        double direction = 0.0;
        switch (config_.epsMode) {
        case EpsMode::Hat:
            direction = ratio(m / correction1, rootOfV / rootOfCorrection2 + eps);
            break;
        case EpsMode::Raw:
            direction = rootOfCorrection2 / correction1 * ratio(m, rootOfV + eps);
            break;
        case EpsMode::Clamp:
            direction = ratio(m / correction1, std::max(rootOfV / rootOfCorrection2, eps));
            break;
        }
        w.data()[i] -= eta * direction;
    }
}

std::optional<Matrix> Adam::state(std::string_view name) const {
    if (name == "m") {
        return m_;
    }
    if (name == "v") {
        return v_;
    }
    return std::nullopt;
}

} // namespace psephos::optim::textbook
