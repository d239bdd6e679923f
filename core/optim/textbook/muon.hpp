// SPDX-License-Identifier: GPL-3.0-or-later
// Muon: the momentum, orthogonalised by a quintic Newton–Schulz iteration.
#pragma once

#include "optim/textbook/optimizer.hpp"

namespace psephos::optim::textbook {

/// Applies the iteration X ← aX + (bA + cA²)X, A = XXᵀ, to X = u/(‖u‖ + normEps), `steps` times;
/// works on the transpose where u has more rows than columns. With the defaults singular values
/// end in about [0.68, 1.14], not at 1. u = 0 gives 0.
class NewtonSchulz {
  public:
    NewtonSchulz(int steps, std::array<double, 3> coefficients, double normEps)
        : steps_(steps)
        , coefficients_(coefficients)
        , normEps_(normEps) {}

    /// Writes the result for `u` [m,n] to `out` [m,n], which may be `u`.
    void compute(const Matrix& u, Matrix& out);

  private:
    int steps_;
    std::array<double, 3> coefficients_;
    double normEps_;
    Matrix x_;
    Matrix gram_;
    Matrix polynomial_;
    Matrix next_;
};

/// State: "momentum" [m,n]. Source: K. Jordan's Muon (2024), its reference code.
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
