// SPDX-License-Identifier: GPL-3.0-or-later
// Muon: the momentum, orthogonalised by a quintic Newton–Schulz iteration or exactly.
#pragma once

#include "optim/textbook/optimizer.hpp"

#include <utility>

namespace psephos::optim::textbook {

/// Applies the iteration X ← aX + (bA + cA²)X, A = XXᵀ, to X = u/(‖u‖ + normEps), `steps` times;
/// works on the transpose where u has more rows than columns. With Jordan's coefficients singular
/// values end in about [0.68, 1.14], not at 1. u = 0 gives 0.
/// With a `precision` below float64 X, A and the polynomial are rounded to it after each product,
/// as a machine does that adds up in wider numbers.
class NewtonSchulz {
  public:
    NewtonSchulz(int steps, NewtonSchulzCoefficients coefficients, double normEps,
                 NsPrecision precision = NsPrecision::State)
        : steps_(steps)
        , coefficients_(std::move(coefficients))
        , normEps_(normEps)
        , precision_(precision) {}

    /// Writes the result for `u` [m,n] to `out` [m,n], which may be `u`.
    void compute(const Matrix& u, Matrix& out);

  private:
    void round(Matrix& x) const;

    int steps_;
    NewtonSchulzCoefficients coefficients_;
    double normEps_;
    NsPrecision precision_;
    Matrix x_;
    Matrix gram_;
    Matrix polynomial_;
    Matrix next_;
};

/// The orthogonal factor UVᵀ of u = UΣVᵀ, without the directions whose singular value is zero
/// within round-off (so that u = 0 gives 0).
[[nodiscard]] Matrix orthogonalFactor(const Matrix& u);

/// State: "momentum" [m,n]. Source: K. Jordan's Muon (2024), its reference code; 2502.16982 for the
/// scale that keeps AdamW's learning rate.
class Muon final : public Optimizer {
  public:
    Muon(const MuonConfig& config, Eigen::Index rows, Eigen::Index cols);
    [[nodiscard]] std::optional<Matrix> state(std::string_view name) const override;

  private:
    void update(Matrix& w, const Matrix& g, double scheduleFactor, StepReport& report) override;

    MuonConfig config_;
    Matrix momentum_;  ///< B
    Matrix direction_; ///< u, then O
    NewtonSchulz newtonSchulz_;
};

} // namespace psephos::optim::textbook
