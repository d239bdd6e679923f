// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/textbook/shampoo.hpp"

#include <cmath>

namespace psephos::optim::textbook {

bool Shampoo::preconditions(const ShampooConfig& config, Eigen::Index rows, Eigen::Index cols) {
    return factorsOf(config, rows, cols).any();
}

Shampoo::Shampoo(const ShampooConfig& config, Eigen::Index rows, Eigen::Index cols)
    : Optimizer(rows, cols)
    , config_(config)
    , exponent_(shampooExponent(config, parameterClass(rows, cols)))
    , m_(Matrix::Zero(rows, cols))
    , v_(Matrix::Zero(rows, cols)) {
    const auto makeSide = [](Eigen::Index d) {
        return Side{Matrix::Zero(d, d), Matrix::Zero(d, d), Matrix::Identity(d, d)};
    };
    const Factors factors = factorsOf(config, rows, cols);
    if (factors.left) {
        left_ = makeSide(rows);
    }
    if (factors.right) {
        right_ = makeSide(cols);
    }
}

void Shampoo::update(Matrix& w, const Matrix& g, double scheduleFactor, StepReport& report) {
    const double eta = config_.learningRate * scheduleFactor;
    ++t_;

    // 1. L ← β₂L + (1−β₂)GGᵀ, R ← β₂R + (1−β₂)GᵀG: the current gradient is in.
    if (left_) {
        outer_.noalias() = g * g.transpose();
        average(left_->gram, outer_);
    }
    if (right_) {
        outer_.noalias() = g.transpose() * g;
        average(right_->gram, outer_);
    }

    // 2. P = (L̂ + εI)^exponent with L̂ = L/(1−β₂ᵗ), at t = 1 and then every f updates.
    if (refreshDue(t_, config_.refreshPeriod, config_.basisWarmup, true)) {
        refresh(report);
    }

    // 3. M ← β₁M + (1−β₁)G; M̂ = M/(1−β₁ᵗ).
    m_ = config_.beta1 * m_ + (1.0 - config_.beta1) * g;
    filtered_ = m_ / (1.0 - std::pow(config_.beta1, t_));

    // 4. D = P_L M̂ P_R (times √tr L̂).
    direction_ = filtered_;
    if (left_) {
        outer_.noalias() = left_->root * direction_;
        direction_ = outer_;
    }
    if (right_) {
        outer_.noalias() = direction_ * right_->root;
        direction_ = outer_;
    }
    if (config_.traceScale) {
        direction_ *= traceScale_;
    }

    // 5. D takes the length of the grafted method's step.
    if (config_.graft == Graft::Adam) {
        v_ = config_.graftBeta2 * v_ + (1.0 - config_.graftBeta2) * g.cwiseAbs2();
    }
    if (config_.graft != Graft::None) {
        graft();
    }

    // 6. D ← D + λW; W ← W − ηD.
    w -= eta * (direction_ + config_.decoupledWeightDecay * w);
}

void Shampoo::average(Matrix& gram, const Matrix& outer) const {
    const double weight = config_.beta2 < 1.0 ? 1.0 - config_.beta2 : 1.0;
    gram = config_.beta2 * gram + weight * outer;
}

void Shampoo::refresh(StepReport& report) {
    const double correction = config_.beta2 < 1.0 ? 1.0 - std::pow(config_.beta2, t_) : 1.0;
    for (std::optional<Side>* side : {&right_, &left_}) { // the trace is L̂'s where there is one
        if (!*side) {
            continue;
        }
        (*side)->average = (*side)->gram / correction;
        if (inverseRoot_.compute((*side)->average, config_.eps, exponent_, (*side)->root)) {
            report.refreshed = true;
            traceScale_ = std::sqrt((*side)->average.trace());
        } else {
            report.refreshFailed = true;
        }
    }
}

void Shampoo::graft() {
    constexpr double kGuard = 1e-16;
    double length = filtered_.norm();   // SGD: A = M̂
    if (config_.graft == Graft::Adam) { // A = M̂/(√V̂ + ε_g)
        const double correction = 1.0 - std::pow(config_.graftBeta2, t_);
        outer_ = (filtered_.array() == 0.0)
                     .select(0.0, filtered_.array() /
                                      ((v_.array() / correction).sqrt() + config_.graftEps));
        length = outer_.norm();
    }
    direction_ *= length / (direction_.norm() + kGuard);
}

std::optional<Matrix> Shampoo::state(std::string_view name) const {
    if (name == "m") {
        return m_;
    }
    if (name == "v" && config_.graft == Graft::Adam) {
        return v_;
    }
    if (name == "L" && left_) {
        return left_->gram;
    }
    if (name == "R" && right_) {
        return right_->gram;
    }
    return std::nullopt;
}

} // namespace psephos::optim::textbook
