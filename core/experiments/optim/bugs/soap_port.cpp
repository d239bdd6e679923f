// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/bugs/ports.hpp"
#include "numerics/orthogonal.hpp"
#include "numerics/symmetric.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

namespace psephos::experiments::bugs {

namespace {

class SoapPort final : public Port {
  public:
    SoapPort(Mistake mistake, const PortSettings& settings, Eigen::Index rows, Eigen::Index cols)
        : Port(settings, mistake)
        , left_{Matrix::Zero(rows, rows), Matrix::Identity(rows, rows)}
        , right_{Matrix::Zero(cols, cols), Matrix::Identity(cols, cols)}
        , m_(Matrix::Zero(rows, cols))
        , v_(Matrix::Zero(rows, cols)) {}

    void step(Matrix& w, const Matrix& g, double scheduleFactor) override {
        if (!hasBasis_) {
            hasBasis_ = true;
            averageGrams(g);
            findFirstBasis(left_);
            findFirstBasis(right_);
            if (!has(Mistake::SoapFirstStep)) {
                k_ = has(Mistake::SoapLostCall) ? 1 : 0;
                return;
            }
        }
        if (has(Mistake::SoapGramFirst)) {
            averageGrams(g);
            refreshIfDue(k_ + 1);
        }
        ++k_;
        move(w, left_.basis.transpose() * g * right_.basis,
             settings().learningRate * scheduleFactor);
        if (!has(Mistake::SoapGramFirst)) {
            averageGrams(g);
            refreshIfDue(k_);
        }
    }

  private:
    struct Side {
        Matrix gram;
        Matrix basis;
    };

    /// W by the rotated gradient, in Adam's way.
    void move(Matrix& w, const Matrix& rotated, double eta) {
        const auto [beta1, beta2] = std::pair{settings().beta1, settings().beta2};
        const double eps = settings().eps;
        m_ = beta1 * m_ + (1.0 - beta1) * rotated;
        v_ = beta2 * v_ + (1.0 - beta2) * rotated.cwiseAbs2();
        const double correction1 = 1.0 - std::pow(beta1, k_);
        const double rootOfCorrection2 = std::sqrt(1.0 - std::pow(beta2, k_));
        const double alpha = eta * rootOfCorrection2 / correction1;
        // α·M/(√V + ε/…): the hat form is the raw one with a smaller ε.
        const double epsThere = has(Mistake::SoapHatEps) ? eps * rootOfCorrection2 : eps;
        const Matrix direction = m_.array() / (v_.array().sqrt() + epsThere);
        w -= alpha * (left_.basis * direction * right_.basis.transpose());
        w *= 1.0 - (has(Mistake::SoapDecayByAlpha) ? alpha : eta) * settings().weightDecay;
    }

    void averageGrams(const Matrix& g) {
        const double beta = settings().beta2;
        left_.gram = beta * left_.gram + (1.0 - beta) * (g * g.transpose());
        right_.gram = beta * right_.gram + (1.0 - beta) * (g.transpose() * g);
    }

    void findFirstBasis(Side& side) {
        if (side.gram.isZero(0.0) || !eigen_.compute(side.gram)) {
            return; // any basis is as good
        }
        if (has(Mistake::SoapAscending)) {
            side.basis = eigen_.vectors();
        } else {
            side.basis = eigen_.vectors().rowwise().reverse();
        }
    }

    void refreshIfDue(long k) {
        if (k % settings().refreshPeriod != 0) {
            return;
        }
        const Matrix original = left_.basis * m_ * right_.basis.transpose();
        const std::vector<Eigen::Index> rows = refresh(left_);
        const std::vector<Eigen::Index> cols = refresh(right_);
        if (!has(Mistake::SoapNoPermute)) {
            v_ = v_(rows, cols).eval();
        }
        if (!has(Mistake::SoapStaleMomentum)) {
            m_ = left_.basis.transpose() * original * right_.basis;
        }
    }

    /// Sorts the basis by qᵀGGq and lets one orthogonal iteration follow; the order that it took.
    std::vector<Eigen::Index> refresh(Side& side) {
        Matrix image = side.gram * side.basis;
        const Eigen::VectorXd estimates =
            side.basis.cwiseProduct(image).colwise().sum().transpose();
        std::vector<Eigen::Index> order(static_cast<std::size_t>(estimates.size()));
        std::iota(order.begin(), order.end(), Eigen::Index{0});
        const bool isAscending = has(Mistake::SoapAscending);
        std::stable_sort(order.begin(), order.end(), [&](Eigen::Index a, Eigen::Index b) {
            return isAscending ? estimates[a] < estimates[b] : estimates[a] > estimates[b];
        });
        image = image(Eigen::all, order).eval();
        qr_.compute(image, side.basis);
        return order;
    }

    bool hasBasis_ = false;
    long k_ = 0; ///< updates so far
    Side left_;
    Side right_;
    Matrix m_; ///< in the basis
    Matrix v_; ///< in the basis
    numerics::SymmetricEigen eigen_;
    numerics::SignFixedQr qr_;
};

} // namespace

std::unique_ptr<Port> makeSoapPort(Mistake mistake, const PortSettings& settings, Eigen::Index rows,
                                   Eigen::Index cols) {
    return std::make_unique<SoapPort>(mistake, settings, rows, cols);
}

} // namespace psephos::experiments::bugs
