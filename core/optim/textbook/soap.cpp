// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/textbook/soap.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace psephos::optim::textbook {

namespace {

bool hasFactor(const SoapConfig& config, Eigen::Index side, Eigen::Index otherSide) {
    return side > 1 && side <= config.maxPreconditionerDim &&
           (otherSide > 1 || config.precondition1d);
}

} // namespace

Soap::Soap(const SoapConfig& config, Eigen::Index rows, Eigen::Index cols)
    : Optimizer(rows, cols)
    , config_(config)
    , m_(Matrix::Zero(rows, cols))
    , v_(Matrix::Zero(rows, cols)) {
    if (hasFactor(config, rows, cols)) {
        left_ = Side{Matrix::Zero(rows, rows), Matrix::Identity(rows, rows)};
    }
    if (hasFactor(config, cols, rows)) {
        right_ = Side{Matrix::Zero(cols, cols), Matrix::Identity(cols, cols)};
    }
}

void Soap::update(Matrix& w, const Matrix& g, double scheduleFactor, StepReport& report) {
    if (!isInitialized_) {
        initialize(g, report);
        return;
    }
    const double eta = config_.learningRate * scheduleFactor;

    // The numbers are the steps of a call in the authors' code.
    // 1. G' ← Q_Lᵀ G Q_R with the old Q.
    rotate(g, gradient_);

    // 2. k ← k+1; M ← β₁M + (1−β₁)G'; V ← β₂V + (1−β₂)G'∘G'.
    ++k_;
    m_ = config_.beta1 * m_ + (1.0 - config_.beta1) * gradient_;
    v_ = config_.beta2 * v_ + (1.0 - config_.beta2) * gradient_.cwiseAbs2();

    // 3., 4. N' ← M/(√V + ε); N ← Q_L N' Q_Rᵀ.
    rotated_ = m_.array() / (v_.array().sqrt() + config_.eps);
    rotateBack(rotated_, direction_);

    // 5. α ← η√(1−β₂ᵏ)/(1−β₁ᵏ); W ← W − αN.
    double alpha = eta;
    if (config_.correctBias) {
        alpha *= std::sqrt(1.0 - std::pow(config_.beta2, k_)) / (1.0 - std::pow(config_.beta1, k_));
    }
    w -= alpha * direction_;

    // 6. Decoupled decay after the step, with η and not α.
    w -= eta * config_.decoupledWeightDecay * w;

    // 8. GG ← β_s GG + (1−β_s)GGᵀ: the current gradient never enters its own projection.
    averageGrams(g);

    // 7., 9., 10. Every f updates: M̄ ← Q_L M Q_Rᵀ (old Q), new Q, M ← Q_Lᵀ M̄ Q_R.
    // (The reference does 7 and 10 on every call; with an unchanged Q they undo each other.)
    if ((left_ || right_) && refreshDue(k_, config_.refreshPeriod, config_.basisWarmup, false)) {
        rotateBack(m_, direction_);
        for (auto [side, isLeft] : {std::pair{&left_, true}, std::pair{&right_, false}}) {
            if (*side) {
                (refreshBasis(**side, isLeft) ? report.refreshed : report.refreshFailed) = true;
            }
        }
        rotate(direction_, m_);
    }
}

// Call 1: GG ← (1−β_s)GGᵀ; Q ← its eigenvectors in descending order; k stays 0.
void Soap::initialize(const Matrix& g, StepReport& report) {
    averageGrams(g);
    for (std::optional<Side>* side : {&left_, &right_}) {
        if (*side) {
            (initializeBasis(**side) ? report.refreshed : report.refreshFailed) = true;
        }
    }
    isInitialized_ = true;
}

bool Soap::initializeBasis(Side& side) {
    constexpr double kJitter = 1e-30;
    if (side.gram.isZero(0.0)) {
        return true; // any basis is an eigenbasis of zero: Q stays I
    }
    temporary_ = side.gram;
    temporary_.diagonal().array() += kJitter;
    if (!eigen_.compute(temporary_)) {
        return false;
    }
    side.basis = eigen_.vectors().rowwise().reverse();
    return true;
}

void Soap::averageGrams(const Matrix& g) {
    const double beta = config_.shampooBeta;
    if (left_) {
        temporary_.noalias() = g * g.transpose();
        left_->gram = beta * left_->gram + (1.0 - beta) * temporary_;
    }
    if (right_) {
        temporary_.noalias() = g.transpose() * g;
        right_->gram = beta * right_->gram + (1.0 - beta) * temporary_;
    }
}

// 9. e_j = q_jᵀ GG q_j; σ sorts e in descending order; V and Q are permuted by σ along this mode;
// Q ← qr(GG·Q).Q: one step of orthogonal iteration.
bool Soap::refreshBasis(Side& side, bool isLeft) {
    temporary_.noalias() = side.gram * side.basis;
    if (!temporary_.allFinite()) {
        return false;
    }
    const Eigen::Index d = side.basis.cols();
    estimates_.resize(static_cast<std::size_t>(d));
    order_.resize(static_cast<std::size_t>(d));
    for (Eigen::Index j = 0; j < d; ++j) {
        estimates_[static_cast<std::size_t>(j)] = side.basis.col(j).dot(temporary_.col(j));
    }
    std::iota(order_.begin(), order_.end(), Eigen::Index{0});
    const auto larger = [this](Eigen::Index a, Eigen::Index b) {
        return estimates_[static_cast<std::size_t>(a)] > estimates_[static_cast<std::size_t>(b)];
    };
    if (!std::is_sorted(order_.begin(), order_.end(), larger)) {
        // Insertion keeps ties in their order and allocates nothing.
        for (auto it = order_.begin(); it != order_.end(); ++it) {
            std::rotate(std::upper_bound(order_.begin(), it, *it, larger), it, std::next(it));
        }
        permuted_ = v_;
        side.basis = temporary_; // GG·Q, whose columns are permuted like Q's
        for (Eigen::Index j = 0; j < d; ++j) {
            const Eigen::Index from = order_[static_cast<std::size_t>(j)];
            temporary_.col(j) = side.basis.col(from);
            if (isLeft) {
                v_.row(j) = permuted_.row(from);
            } else {
                v_.col(j) = permuted_.col(from);
            }
        }
    }
    qr_.compute(temporary_, side.basis);
    return true;
}

void Soap::rotate(const Matrix& original, Matrix& rotated) {
    if (left_ && right_) {
        temporary_.noalias() = left_->basis.transpose() * original;
        rotated.noalias() = temporary_ * right_->basis;
    } else if (left_) {
        rotated.noalias() = left_->basis.transpose() * original;
    } else if (right_) {
        rotated.noalias() = original * right_->basis;
    } else {
        rotated = original;
    }
}

void Soap::rotateBack(const Matrix& rotated, Matrix& original) {
    if (left_ && right_) {
        temporary_.noalias() = left_->basis * rotated;
        original.noalias() = temporary_ * right_->basis.transpose();
    } else if (left_) {
        original.noalias() = left_->basis * rotated;
    } else if (right_) {
        original.noalias() = rotated * right_->basis.transpose();
    } else {
        original = rotated;
    }
}

std::optional<Matrix> Soap::state(std::string_view name) const {
    if (name == "exp_avg_sq") {
        return v_;
    }
    if (name == "exp_avg_original_space") {
        Matrix original = m_;
        if (left_) {
            original = left_->basis * original;
        }
        if (right_) {
            original = original * right_->basis.transpose();
        }
        return original;
    }
    if (name == "bias_step") {
        return Matrix::Constant(1, 1, static_cast<double>(k_));
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
