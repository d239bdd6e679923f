// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/textbook/soap.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace psephos::optim::textbook {

Matrix transportedRows(const Matrix& v, const Matrix& turn) {
    return turn.cwiseAbs2().transpose() * v;
}

Soap::Soap(const SoapConfig& config, Eigen::Index rows, Eigen::Index cols)
    : Optimizer(rows, cols)
    , config_(config)
    , m_(Matrix::Zero(rows, cols))
    , factors_(rows, cols) {
    const auto makeSide = [](Eigen::Index d) {
        return Side{Matrix::Zero(d, d), Matrix::Identity(d, d)};
    };
    const Factors factors = factorsOf(config, rows, cols);
    if (factors.left) {
        left_ = makeSide(rows);
    }
    if (factors.right) {
        right_ = makeSide(cols);
    }
    if (config.secondMoment == SecondMoment::Full) {
        v_ = Matrix::Zero(rows, cols);
    }
}

void Soap::update(Matrix& w, const Matrix& g, double scheduleFactor, StepReport& report) {
    if (!isInitialized_) {
        initialize(g, report);
        if (config_.skipFirstUpdate) {
            return;
        }
    }
    const double eta = config_.learningRate * scheduleFactor;

    // The numbers are the steps of a call in the authors' code.
    // 1. G' ← Q_Lᵀ G Q_R with the old Q.
    rotate(g, gradient_);

    // 2. k ← k+1; M ← β₁M + (1−β₁)G'; V ← β₂V + (1−β₂)G'∘G'.
    ++k_;
    m_ = config_.beta1 * m_ + (1.0 - config_.beta1) * gradient_;
    averageSecondMoment();

    // 3., 4. N' ← M/(√V + ε); N ← Q_L N' Q_Rᵀ (over its RMS).
    const double correction1 = config_.correctBias ? 1.0 - std::pow(config_.beta1, k_) : 1.0;
    const double rootOfCorrection2 =
        config_.correctBias ? std::sqrt(1.0 - std::pow(config_.beta2, k_)) : 1.0;
    findDirection(rootOfCorrection2);
    if (config_.normalizeUpdate) {
        constexpr double kGuard = 1e-30;
        direction_ /=
            kGuard + direction_.norm() / std::sqrt(static_cast<double>(direction_.size()));
    }

    // 5., 6. α ← η√(1−β₂ᵏ)/(1−β₁ᵏ); W ← W − αN. Decoupled decay after the step, with η and not α.
    const bool isRaw = config_.epsMode == EpsMode::Raw; // else √(1−β₂ᵏ) is in N
    const double alpha = eta * (isRaw ? rootOfCorrection2 : 1.0) / correction1;
    const double shrink = 1.0 - eta * config_.decoupledWeightDecay;
    if (config_.decayBeforeUpdate) {
        w *= shrink;
        w -= alpha * direction_;
    } else {
        w -= alpha * direction_;
        w *= shrink;
    }

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

void Soap::averageSecondMoment() {
    if (config_.secondMoment == SecondMoment::Full) {
        v_ = config_.beta2 * v_ + (1.0 - config_.beta2) * gradient_.cwiseAbs2();
    } else {
        factors_.average(gradient_.cwiseAbs2(), config_.beta2);
    }
}

// 3., 4. of a call, with ε where it is wanted.
void Soap::findDirection(double rootOfCorrection2) {
    if (config_.secondMoment == SecondMoment::Full) {
        rotated_ = v_.cwiseSqrt();
    } else {
        rotated_ = factors_.root();
    }
    switch (config_.epsMode) {
    case EpsMode::Raw:
        rotated_.array() += config_.eps;
        break;
    case EpsMode::Hat:
        rotated_ = rotated_.array() / rootOfCorrection2 + config_.eps;
        break;
    case EpsMode::Clamp:
        rotated_ = (rotated_.array() / rootOfCorrection2).max(config_.eps);
        break;
    }
    rotated_ = m_.cwiseQuotient(rotated_);
    rotateBack(rotated_, direction_);
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
    image_.noalias() = side.gram * side.basis;
    if (!image_.allFinite()) {
        return false;
    }
    sortByEstimates(side.basis);
    if (!findBasis(side)) {
        return false;
    }
    carrySecondMoment(side, isLeft);
    side.basis.swap(newBasis_);
    return true;
}

void Soap::sortByEstimates(const Matrix& basis) {
    const auto d = static_cast<std::size_t>(basis.cols());
    estimates_.resize(d);
    order_.resize(d);
    for (std::size_t j = 0; j < d; ++j) {
        const auto column = static_cast<Eigen::Index>(j);
        estimates_[j] = basis.col(column).dot(image_.col(column));
    }
    std::iota(order_.begin(), order_.end(), Eigen::Index{0});
    const auto larger = [this](Eigen::Index a, Eigen::Index b) {
        return estimates_[static_cast<std::size_t>(a)] > estimates_[static_cast<std::size_t>(b)];
    };
    // Insertion keeps ties in their order and allocates nothing.
    for (auto it = order_.begin(); it != order_.end(); ++it) {
        std::rotate(std::upper_bound(order_.begin(), it, *it, larger), it, std::next(it));
    }
}

bool Soap::findBasis(const Side& side) {
    if (config_.refresh == BasisRefresh::Eigh) {
        if (!eigen_.compute(side.gram)) {
            return false;
        }
        newBasis_ = eigen_.vectors().rowwise().reverse();
        return true;
    }
    temporary_.resize(image_.rows(), image_.cols());
    for (Eigen::Index j = 0; j < image_.cols(); ++j) {
        temporary_.col(j) = image_.col(order_[static_cast<std::size_t>(j)]);
    }
    if (config_.refresh != BasisRefresh::CholeskyQr2 ||
        !choleskyQr_.compute(temporary_, newBasis_)) {
        qr_.compute(temporary_, newBasis_);
    }
    return true;
}

void Soap::carrySecondMoment(const Side& side, bool isLeft) {
    switch (config_.carry) {
    case SecondMomentCarry::Keep:
        break;
    case SecondMomentCarry::Permute:
        if (!std::is_sorted(order_.begin(), order_.end())) {
            permuteSecondMoment(isLeft);
        }
        break;
    case SecondMomentCarry::Transport: {
        temporary_.noalias() = side.basis.transpose() * newBasis_;
        if (config_.secondMoment == SecondMoment::Factored) {
            if (isLeft) {
                factors_.row = transportedRows(factors_.row, temporary_);
            } else {
                factors_.col = transportedRows(factors_.col.transpose(), temporary_).transpose();
            }
        } else if (isLeft) {
            v_ = transportedRows(v_, temporary_);
        } else {
            v_ = transportedRows(v_.transpose(), temporary_).transpose().eval();
        }
        break;
    }
    }
}

void Soap::permuteSecondMoment(bool isLeft) {
    const bool isFactored = config_.secondMoment == SecondMoment::Factored;
    if (isFactored) {
        permuted_ = isLeft ? Matrix(factors_.row) : Matrix(factors_.col);
    } else {
        permuted_ = v_;
    }
    for (Eigen::Index j = 0; j < static_cast<Eigen::Index>(order_.size()); ++j) {
        const Eigen::Index from = order_[static_cast<std::size_t>(j)];
        if (isFactored) {
            (isLeft ? factors_.row[j] : factors_.col[j]) = permuted_.data()[from];
        } else if (isLeft) {
            v_.row(j) = permuted_.row(from);
        } else {
            v_.col(j) = permuted_.col(from);
        }
    }
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
    const bool isFactored = config_.secondMoment == SecondMoment::Factored;
    if (name == "exp_avg_sq" && !isFactored) {
        return v_;
    }
    if (name == "row" && isFactored) {
        return factors_.row;
    }
    if (name == "col" && isFactored) {
        return factors_.col;
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
