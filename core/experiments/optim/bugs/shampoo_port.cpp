// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/bugs/ports.hpp"
#include "numerics/symmetric.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <utility>

namespace psephos::experiments::bugs {

namespace {

/// A number with 10 bits of mantissa, to nearest, ties to even.
float toTf32(double value) {
    constexpr std::uint32_t kDropped = 13; // of float32's 23
    constexpr std::uint32_t kHalf = (1U << (kDropped - 1)) - 1;
    const auto single = static_cast<float>(value);
    if (!std::isfinite(single)) {
        return single;
    }
    auto bits = std::bit_cast<std::uint32_t>(single);
    bits += kHalf + ((bits >> kDropped) & 1U);
    bits &= ~((1U << kDropped) - 1);
    return std::bit_cast<float>(bits);
}

class ShampooPort final : public Port {
  public:
    ShampooPort(Mistake mistake, const PortSettings& settings, Eigen::Index rows, Eigen::Index cols)
        : Port(settings, mistake)
        , left_{Matrix::Zero(rows, rows), Matrix::Identity(rows, rows)}
        , right_{Matrix::Zero(cols, cols), Matrix::Identity(cols, cols)}
        , m_(Matrix::Zero(rows, cols))
        , v_(Matrix::Zero(rows, cols)) {}

    void step(Matrix& w, const Matrix& g, double scheduleFactor) override {
        const auto [beta1, beta2] = std::pair{settings().beta1, settings().beta2};
        ++t_;
        left_.gram = beta2 * left_.gram + (1.0 - beta2) * (g * g.transpose());
        right_.gram = beta2 * right_.gram + (1.0 - beta2) * (g.transpose() * g);
        if (t_ == 1 || t_ % settings().refreshPeriod == 0) {
            findRoot(left_);
            findRoot(right_);
        }
        m_ = beta1 * m_ + (1.0 - beta1) * g;
        const Matrix filtered = m_ / (1.0 - std::pow(beta1, t_));
        Matrix direction = left_.root * filtered * right_.root;
        if (settings().grafts) {
            v_ = beta2 * v_ + (1.0 - beta2) * g.cwiseAbs2();
            const Matrix& stepped = has(Mistake::ShampooRawGraft) ? g : filtered;
            direction *= adamLength(stepped) / (direction.norm() + kGuard);
        }
        w -= settings().learningRate * scheduleFactor * direction;
    }

  private:
    static constexpr double kGuard = 1e-16;

    struct Side {
        Matrix gram;
        Matrix root;
    };

    void findRoot(Side& side) {
        const double correction =
            has(Mistake::ShampooNoCorrection) ? 1.0 : 1.0 - std::pow(settings().beta2, t_);
        Matrix shifted = side.gram / correction;
        shifted.diagonal().array() += settings().eps;
        if (!eigen_.compute(shifted)) {
            return; // the old root stays
        }
        const Matrix& q = eigen_.vectors();
        const Eigen::VectorXd values =
            has(Mistake::ShampooTf32) ? tf32Diagonal(shifted, q) : eigen_.values();
        const double power = has(Mistake::ShampooHalfPower) ? -0.5 : -0.25;
        side.root =
            q * values.array().max(settings().eps).pow(power).matrix().asDiagonal() * q.transpose();
    }

    /// ‖A‖ of Adam's step A along `gradient`.
    [[nodiscard]] double adamLength(const Matrix& gradient) const {
        const double correction = 1.0 - std::pow(settings().beta2, t_);
        return (gradient.array() / ((v_.array() / correction).sqrt() + settings().eps))
            .matrix()
            .norm();
    }

    long t_ = 0;
    Side left_;
    Side right_;
    Matrix m_;
    Matrix v_;
    numerics::SymmetricEigen eigen_;
};

} // namespace

Eigen::VectorXd tf32Diagonal(const Matrix& a, const Matrix& q) {
    const Eigen::MatrixXf left = q.unaryExpr(&toTf32);
    const Eigen::MatrixXf middle = a.unaryExpr(&toTf32);
    const Eigen::Index side = a.rows();
    Eigen::VectorXd diagonal(side);
    for (Eigen::Index j = 0; j < side; ++j) {
        float sum = 0.0F;
        for (Eigen::Index i = 0; i < side; ++i) {
            float image = 0.0F; // of AQ
            for (Eigen::Index k = 0; k < side; ++k) {
                image += middle(i, k) * left(k, j);
            }
            sum += left(i, j) * toTf32(image);
        }
        diagonal[j] = sum;
    }
    return diagonal;
}

std::unique_ptr<Port> makeShampooPort(Mistake mistake, const PortSettings& settings,
                                      Eigen::Index rows, Eigen::Index cols) {
    return std::make_unique<ShampooPort>(mistake, settings, rows, cols);
}

} // namespace psephos::experiments::bugs
