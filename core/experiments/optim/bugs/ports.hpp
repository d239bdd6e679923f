// SPDX-License-Identifier: GPL-3.0-or-later
// Small ports of the optimizers, each with its mistakes as switches. Without one they compute what
// the textbook computes; with one they differ in a line, and the two can be run beside each other
// in the same arithmetic.
#pragma once

#include "experiments/optim/bugs/mistakes.hpp"

#include <Eigen/Core>

#include <memory>

namespace psephos::experiments::bugs {

using Matrix = Eigen::MatrixXd;

/// Hyper-parameters; a port reads those that it has.
struct PortSettings {
    double learningRate = 0.01; ///< η ≥ 0
    double momentum = 0.9;      ///< μ in [0,1), of SGD and Muon
    double beta1 = 0.95;        ///< in [0,1)
    double beta2 = 0.95;        ///< in [0,1), of squares and Gram matrices
    double eps = 1e-8;          ///< > 0
    double weightDecay = 0.0;   ///< λ ≥ 0, decoupled, of SOAP and AdamW
    int refreshPeriod = 10;     ///< f ≥ 1, of SOAP and Shampoo
    bool grafts = false;        ///< Shampoo takes the length of Adam's step over
};

/// An optimizer for one matrix W [m,n]. A pure function of weights, gradients and settings.
class Port {
  public:
    Port(const PortSettings& settings, Mistake mistake)
        : settings_(settings)
        , mistake_(mistake) {}

    virtual ~Port() = default;
    Port(const Port&) = delete;
    Port& operator=(const Port&) = delete;

    /// One call: changes `w` [m,n] by the gradient `g` [m,n]; `scheduleFactor` multiplies η. Where
    /// a mistake divides by zero, `w` is not finite afterwards.
    virtual void step(Matrix& w, const Matrix& g, double scheduleFactor) = 0;

    /// Where the model is evaluated when its weights are at `w`.
    [[nodiscard]] virtual const Matrix& evaluated(const Matrix& w) const { return w; }

  protected:
    [[nodiscard]] const PortSettings& settings() const { return settings_; }

    [[nodiscard]] bool has(Mistake mistake) const { return mistake_ == mistake; }

  private:
    PortSettings settings_;
    Mistake mistake_;
};

/// A port of the family for a matrix of this shape, right with Mistake::None.
[[nodiscard]] std::unique_ptr<Port> makePort(Family family, Mistake mistake,
                                             const PortSettings& settings, Eigen::Index rows,
                                             Eigen::Index cols);

/// SOAP in the reference's order. Source: 2409.11321 Algorithm 3 and its code.
[[nodiscard]] std::unique_ptr<Port> makeSoapPort(Mistake mistake, const PortSettings& settings,
                                                 Eigen::Index rows, Eigen::Index cols);

/// Shampoo with averages, powers −1/4 and perhaps Adam's length. Source: 2309.06497.
[[nodiscard]] std::unique_ptr<Port> makeShampooPort(Mistake mistake, const PortSettings& settings,
                                                    Eigen::Index rows, Eigen::Index cols);

/// diag(QᵀAQ) as tensor cores compute it: factors rounded to 10 bits of mantissa (to nearest, ties
/// to even), products added up in float32. A, Q [d,d].
[[nodiscard]] Eigen::VectorXd tf32Diagonal(const Matrix& a, const Matrix& q);

} // namespace psephos::experiments::bugs
