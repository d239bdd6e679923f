// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/textbook/schedule_free.hpp"

#include <algorithm>
#include <cmath>

namespace psephos::optim::textbook {

ScheduleFreeAdamW::ScheduleFreeAdamW(const ScheduleFreeConfig& config, Eigen::Index rows,
                                     Eigen::Index cols)
    : Optimizer(rows, cols)
    , config_(config)
    , v_(Matrix::Zero(rows, cols)) {}

void ScheduleFreeAdamW::update(Matrix& w, const Matrix& g, double scheduleFactor, StepReport&) {
    if (t_ == 0) { // x₁ = z₁ = y₁
        x_ = w;
        z_ = w;
    }
    const auto t = static_cast<double>(++t_);
    const double rise = config_.warmup > 0 ? std::min(1.0, t / config_.warmup) : 1.0;
    const double eta = config_.learningRate * scheduleFactor * rise;

    // 1. V ← β₂V + (1−β₂)G∘G; z ← z − η(G/(√V̂ + ε) + λy), where W is y.
    v_ = config_.beta2 * v_ + (1.0 - config_.beta2) * g.cwiseAbs2();
    const double correction = 1.0 - std::pow(config_.beta2, t);
    z_.array() -= eta * (g.array() / ((v_.array() / correction).sqrt() + config_.eps) +
                         config_.decoupledWeightDecay * w.array());

    // 2. c = η²/Ση²; x ← (1−c)x + cz.
    sumOfSquaredRates_ += eta * eta;
    const double c = sumOfSquaredRates_ > 0.0 ? eta * eta / sumOfSquaredRates_ : 0.0;
    x_ += c * (z_ - x_);

    // 3. y ← (1−β₁)z + β₁x.
    w = z_ + config_.beta1 * (x_ - z_);
}

Matrix ScheduleFreeAdamW::evaluationPoint(const Matrix& w) const {
    return t_ > 0 ? x_ : w;
}

std::optional<Matrix> ScheduleFreeAdamW::state(std::string_view name) const {
    if (name == "v") {
        return v_;
    }
    if (name == "x_eval" && t_ > 0) {
        return x_;
    }
    if (name == "z" && t_ > 0) {
        return z_;
    }
    return std::nullopt;
}

} // namespace psephos::optim::textbook
