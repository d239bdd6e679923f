// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/textbook/muon.hpp"

#include <Eigen/SVD>

#include <algorithm>
#include <limits>

namespace psephos::optim::textbook {

void NewtonSchulz::compute(const Matrix& u, Matrix& out) {
    const bool isTall = u.rows() > u.cols();
    if (isTall) {
        x_ = u.transpose();
    } else {
        x_ = u;
    }
    x_ /= x_.norm() + normEps_;
    round(x_);
    for (std::size_t step = 0; step < static_cast<std::size_t>(steps_); ++step) {
        const auto [a, b, c] = coefficients_[std::min(step, coefficients_.size() - 1)];
        gram_.noalias() = x_ * x_.transpose();
        round(gram_);
        polynomial_.noalias() = gram_ * gram_;
        polynomial_ = b * gram_ + c * polynomial_;
        round(polynomial_);
        next_.noalias() = polynomial_ * x_;
        x_ = a * x_ + next_;
        round(x_);
    }
    if (isTall) {
        out = x_.transpose();
    } else {
        out = x_;
    }
}

void NewtonSchulz::round(Matrix& x) const {
    switch (precision_) {
    case NsPrecision::State:
        break;
    case NsPrecision::Float32:
        x = x.cast<float>().cast<double>();
        break;
    case NsPrecision::BFloat16:
        x = x.cast<float>().cast<Eigen::bfloat16>().cast<float>().cast<double>();
        break;
    }
}

Matrix orthogonalFactor(const Matrix& u) {
    const Eigen::JacobiSVD<Matrix> svd(u, Eigen::ComputeThinU | Eigen::ComputeThinV);
    const Eigen::VectorXd& sigma = svd.singularValues();
    const double least = std::numeric_limits<double>::epsilon() * sigma[0] *
                         static_cast<double>(std::max(u.rows(), u.cols()));
    const Eigen::VectorXd kept =
        (sigma.array() > least).select(1.0, Eigen::VectorXd::Zero(sigma.size()));
    return svd.matrixU() * kept.asDiagonal() * svd.matrixV().transpose();
}

Muon::Muon(const MuonConfig& config, Eigen::Index rows, Eigen::Index cols)
    : Optimizer(rows, cols)
    , config_(config)
    , momentum_(Matrix::Zero(rows, cols))
    , newtonSchulz_(config.newtonSchulzSteps, config.coefficients, config.normEps,
                    config.precision) {}

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

    // 3. O ← NS5(u), or UVᵀ.
    if (config_.orthogonalisation == Orthogonalisation::Svd) {
        direction_ = orthogonalFactor(direction_);
    } else {
        newtonSchulz_.compute(direction_, direction_);
    }

    // 4. W ← (1−ηλ)W; W ← W − η·s·O.
    const double scale = muonScale(config_.scale, rows(), cols());
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
