// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/bugs/ports.hpp"

#include "optim/config.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace psephos::experiments::bugs {

namespace {

/// SGD with torch's momentum.
class SgdPort final : public Port {
  public:
    using Port::Port;

    void step(Matrix& w, const Matrix& g, double scheduleFactor) override {
        const double mu = settings().momentum;
        const double share = has(Mistake::SgdAverage) ? 1.0 - mu : 1.0;
        if (buffer_.size() == 0) {
            buffer_ = Matrix::Zero(w.rows(), w.cols());
        }
        buffer_ = mu * buffer_ + share * g;
        w -= settings().learningRate * scheduleFactor * buffer_;
    }

  private:
    Matrix buffer_;
};

/// AdamW, ε after bias correction.
class AdamWPort final : public Port {
  public:
    AdamWPort(Mistake mistake, const PortSettings& settings, Eigen::Index rows, Eigen::Index cols)
        : Port(settings, mistake)
        , m_(Matrix::Zero(rows, cols))
        , v_(Matrix::Zero(rows, cols)) {}

    void step(Matrix& w, const Matrix& g, double scheduleFactor) override {
        const auto [beta1, beta2] = std::pair{settings().beta1, settings().beta2};
        const double eps = settings().eps;
        const double eta = settings().learningRate * scheduleFactor;
        const double decay = settings().weightDecay;
        gradient_ = g;
        if (has(Mistake::AdamWCoupledDecay)) {
            gradient_ += decay * w;
        } else {
            w *= 1.0 - eta * decay;
        }
        const long t = has(Mistake::AdamWZeroCount) ? t_ : t_ + 1;
        ++t_;
        m_ = beta1 * m_ + (1.0 - beta1) * gradient_;
        v_ = beta2 * v_ + (1.0 - beta2) * gradient_.cwiseAbs2();
        const double correction1 = 1.0 - std::pow(beta1, t);
        const double correction2 = 1.0 - std::pow(beta2, t);
        w.array() -= eta * (m_.array() / correction1) / ((v_.array() / correction2).sqrt() + eps);
    }

  private:
    long t_ = 0;
    Matrix m_;
    Matrix v_;
    Matrix gradient_;
};

/// Schedule-Free AdamW: gradients at y, the model at x.
class ScheduleFreePort final : public Port {
  public:
    ScheduleFreePort(Mistake mistake, const PortSettings& settings, Eigen::Index rows,
                     Eigen::Index cols)
        : Port(settings, mistake)
        , v_(Matrix::Zero(rows, cols)) {}

    void step(Matrix& w, const Matrix& g, double scheduleFactor) override {
        const double eta = settings().learningRate * scheduleFactor;
        if (t_ == 0) {
            x_ = w;
            z_ = w;
        }
        ++t_;
        v_ = settings().beta2 * v_ + (1.0 - settings().beta2) * g.cwiseAbs2();
        const double correction = 1.0 - std::pow(settings().beta2, t_);
        z_.array() -= eta * g.array() / ((v_.array() / correction).sqrt() + settings().eps);
        sumOfSquares_ += eta * eta;
        x_ += (sumOfSquares_ > 0.0 ? eta * eta / sumOfSquares_ : 0.0) * (z_ - x_);
        w = z_ + settings().beta1 * (x_ - z_);
    }

    [[nodiscard]] const Matrix& evaluated(const Matrix& w) const override {
        return t_ == 0 || has(Mistake::ScheduleFreeAtY) ? w : x_;
    }

  private:
    long t_ = 0;
    double sumOfSquares_ = 0.0; ///< Ση²
    Matrix v_;
    Matrix x_;
    Matrix z_;
};

/// Muon with Jordan's coefficients.
class MuonPort final : public Port {
  public:
    MuonPort(Mistake mistake, const PortSettings& settings, Eigen::Index rows, Eigen::Index cols)
        : Port(settings, mistake)
        , momentum_(Matrix::Zero(rows, cols)) {}

    void step(Matrix& w, const Matrix& g, double scheduleFactor) override {
        const double mu = settings().momentum;
        momentum_ = mu * momentum_ + (1.0 - mu) * g;
        x_ = (1.0 - mu) * g + mu * momentum_;
        const double ratio = static_cast<double>(w.rows()) / static_cast<double>(w.cols());
        // The last two sides of a filter [out, in, 1, 1] are 1 and 1.
        const double scale = has(Mistake::MuonConvScale) ? 1.0 : std::sqrt(std::max(1.0, ratio));
        w -= settings().learningRate * scheduleFactor * scale * orthogonalised();
    }

  private:
    /// x_ with its singular values near 1.
    Matrix orthogonalised() {
        constexpr double kNormEps = 1e-7;
        constexpr int kSteps = 5;
        const auto [a, b, c] = optim::jordanCoefficients().front();
        const bool isTall = x_.rows() > x_.cols();
        if (isTall) {
            x_ = x_.transpose().eval();
        }
        if (!has(Mistake::MuonNoNormalisation)) {
            x_ /= x_.norm() + kNormEps;
        }
        for (int i = 0; i < kSteps; ++i) {
            const Matrix gram = x_ * x_.transpose();
            x_ = (a * x_ + (b * gram + c * gram * gram) * x_).eval();
        }
        return isTall ? Matrix(x_.transpose()) : x_;
    }

    Matrix momentum_;
    Matrix x_;
};

} // namespace

std::unique_ptr<Port> makePort(Family family, Mistake mistake, const PortSettings& settings,
                               Eigen::Index rows, Eigen::Index cols) {
    switch (family) {
    case Family::Sgd:
        return std::make_unique<SgdPort>(settings, mistake);
    case Family::AdamW:
        return std::make_unique<AdamWPort>(mistake, settings, rows, cols);
    case Family::ScheduleFree:
        return std::make_unique<ScheduleFreePort>(mistake, settings, rows, cols);
    case Family::Muon:
        return std::make_unique<MuonPort>(mistake, settings, rows, cols);
    case Family::Shampoo:
        return makeShampooPort(mistake, settings, rows, cols);
    case Family::Soap:
        break;
    }
    return makeSoapPort(mistake, settings, rows, cols);
}

} // namespace psephos::experiments::bugs
