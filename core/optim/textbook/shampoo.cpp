// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/textbook/shampoo.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

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
    const double start = initialFactor(config);
    const auto makeSide = [start](Eigen::Index d) {
        const Matrix identity = Matrix::Identity(d, d);
        const double inverse = start > 0.0 ? 1.0 / start : 1.0;
        return Side{start * identity, Matrix::Zero(d, d), identity, inverse * identity, Matrix()};
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
    averageFactors(g);

    // 2. P = (L̂ + εI)^exponent with L̂ = L/(1−β₂ᵗ), at t = 1 and then every f updates.
    if (refreshDue(t_, config_.refreshPeriod, config_.basisWarmup, !config_.startsGrafted)) {
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

    // 5. D takes the length of the grafted method's step A, and is A until there are roots.
    if (config_.graft == Graft::Adam) {
        v_ = config_.graftBeta2 * v_ + (1.0 - config_.graftBeta2) * g.cwiseAbs2();
    }
    constexpr double kGuard = 1e-16;
    if (t_ < firstRefresh(config_)) {
        graftedStep(direction_);
    } else if (config_.graft != Graft::None) {
        const double length = graftedStep(grafted_);
        direction_ *= length / (direction_.norm() + kGuard);
    }

    // 6. D ← D + λW; W ← W − ηD.
    w -= eta * (direction_ + config_.decoupledWeightDecay * w);
}

void Shampoo::average(Matrix& gram, const Matrix& outer) const {
    const double weight = config_.beta2 < 1.0 ? 1.0 - config_.beta2 : 1.0;
    gram = config_.beta2 * gram + weight * outer;
}

void Shampoo::averageFactors(const Matrix& g) {
    const bool isKl = config_.statistics == FactorStatistics::KullbackLeibler;
    if (left_) {
        if (isKl && right_) {
            outer_ = klStatistic(g, right_->inverse);
        } else {
            outer_.noalias() = g * g.transpose();
            outer_ /= isKl ? static_cast<double>(cols()) : 1.0;
        }
        average(left_->gram, outer_);
    }
    if (right_) { // with the L⁻¹ of the last refresh: L above has not changed it
        if (isKl && left_) {
            outer_ = klStatistic(g.transpose(), left_->inverse);
        } else {
            outer_.noalias() = g.transpose() * g;
            outer_ /= isKl ? static_cast<double>(rows()) : 1.0;
        }
        average(right_->gram, outer_);
    }
}

void Shampoo::refresh(StepReport& report) {
    const double correction = factorCorrection(config_, t_);
    for (std::optional<Side>* side : {&right_, &left_}) { // the trace is L̂'s where there is one
        if (!*side) {
            continue;
        }
        (*side)->average = (*side)->gram / correction;
        if (refreshRoot(**side, report)) {
            traceScale_ = std::sqrt((*side)->average.trace());
        } else {
            report.refreshFailed = true;
        }
    }
}

bool Shampoo::refreshRoot(Side& side, StepReport& report) {
    const double tolerance = config_.refreshTolerance;
    if (side.basis.size() > 0) {
        const double residual = numerics::offDiagonalResidual(side.average, side.basis);
        report.refreshResidual = std::max(report.refreshResidual, residual);
        if (residual <= tolerance) {
            rootInBasis(side);
            return true;
        }
    }
    const auto done =
        config_.startsAtEps
            ? inverseRoot_.computeUnshifted(side.average, config_.eps, exponent_, side.root)
            : inverseRoot_.compute(side.average, config_.eps, exponent_, side.root);
    if (!done) {
        return false;
    }
    if (config_.statistics == FactorStatistics::KullbackLeibler) {
        inverseRoot_.power(-1.0, side.inverse);
    }
    if (tolerance > 0.0) {
        side.basis = inverseRoot_.vectors();
    }
    report.refreshed = true;
    return true;
}

// The old eigenvectors with new eigenvalues: the diagonal of QᵀL̂Q.
void Shampoo::rootInBasis(Side& side) {
    const double shift = config_.startsAtEps ? 0.0 : config_.eps;
    outer_.noalias() = side.average * side.basis;
    const Eigen::ArrayXd values =
        (side.basis.cwiseProduct(outer_).colwise().sum().array() + shift).max(config_.eps);
    const auto power = [&](double exponent) -> Matrix {
        return side.basis * values.pow(exponent).matrix().asDiagonal() * side.basis.transpose();
    };
    side.root = power(exponent_);
    if (config_.statistics == FactorStatistics::KullbackLeibler) {
        side.inverse = power(-1.0);
    }
}

double Shampoo::graftedStep(Matrix& step) const {
    step = filtered_;                   // SGD: A = M̂
    if (config_.graft == Graft::Adam) { // A = M̂/(√V̂ + ε_g)
        const double correction = 1.0 - std::pow(config_.graftBeta2, t_);
        step = (filtered_.array() == 0.0)
                   .select(0.0, filtered_.array() /
                                    ((v_.array() / correction).sqrt() + config_.graftEps));
    }
    return step.norm();
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

BlockedShampoo::BlockedShampoo(const ShampooConfig& config, Eigen::Index rows, Eigen::Index cols)
    : Optimizer(rows, cols) {
    Eigen::Index row = 0;
    for (const long height : blockLengths(rows, config.maxPreconditionerDim)) {
        Eigen::Index col = 0;
        for (const long width : blockLengths(cols, config.maxPreconditionerDim)) {
            Block block;
            block.row = row;
            block.col = col;
            block.w = Matrix::Zero(height, width);
            block.g = Matrix::Zero(height, width);
            block.optimizer = makeOptimizer(config, height, width).value(); // valid already
            blocks_.push_back(std::move(block));
            col += width;
        }
        row += height;
    }
}

void BlockedShampoo::update(Matrix& w, const Matrix& g, double scheduleFactor, StepReport& report) {
    for (Block& block : blocks_) {
        auto place = w.block(block.row, block.col, block.w.rows(), block.w.cols());
        block.w = place;
        block.g = g.block(block.row, block.col, block.g.rows(), block.g.cols());
        const StepReport own = block.optimizer->step(block.w, block.g, scheduleFactor).value();
        place = block.w;
        report.refreshed = report.refreshed || own.refreshed;
        report.refreshFailed = report.refreshFailed || own.refreshFailed;
        report.refreshResidual = std::max(report.refreshResidual, own.refreshResidual);
    }
}

std::optional<Matrix> BlockedShampoo::state(std::string_view) const {
    return std::nullopt;
}

Matrix klStatistic(const Matrix& g, const Matrix& inverseOfOther) {
    return g * inverseOfOther * g.transpose() / static_cast<double>(g.cols());
}

} // namespace psephos::optim::textbook
