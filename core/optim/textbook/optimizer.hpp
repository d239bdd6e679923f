// SPDX-License-Identifier: GPL-3.0-or-later
// One optimizer with its state for one parameter, as the paper prints it: float64, Eigen, no
// batching. The engine is checked against these.
#pragma once

#include "lab/result.hpp"
#include "optim/config.hpp"

#include <Eigen/Core>

#include <memory>
#include <optional>
#include <string_view>

namespace psephos::optim::textbook {

using Matrix = Eigen::MatrixXd;

/// What a step did.
struct StepReport {
    bool skippedNonfinite = false; ///< the gradient was not finite: nothing changed
    bool refreshed = false;        ///< preconditioner roots or basis were computed anew
    bool refreshFailed = false;    ///< they should have been, but the old ones were kept
    double refreshResidual = 0.0; ///< largest ‖B − diag B‖/‖B‖ that a refresh measured, if any
    double gradientNorm = 0.0;  ///< ‖G‖, of the gradient as given
    double updateNorm = 0.0;    ///< ‖W_new − W_old‖, decay included
    double parameterNorm = 0.0; ///< ‖W_new‖
    double cosine = 0.0;        ///< between the update and −G; 0 where either is zero
};

/// An optimizer and its state for a parameter W [m,n]; a vector of length d is [d,1] (or [1,d]).
/// A pure function of parameter, gradient, state and hyper-parameters. Not thread-safe.
class Optimizer {
  public:
    virtual ~Optimizer() = default;
    Optimizer(const Optimizer&) = delete;
    Optimizer& operator=(const Optimizer&) = delete;

    /// One call: changes `w` [m,n] by the gradient `g` [m,n]. `scheduleFactor` ≥ 0 multiplies every
    /// learning rate of the configuration, decoupled weight decay included.
    /// A gradient with an entry that is not finite changes neither `w` nor the state and is
    /// reported. Errors: a shape other than the one that the optimizer was made for.
    [[nodiscard]] lab::Result<StepReport> step(Matrix& w, const Matrix& g,
                                               double scheduleFactor = 1.0);

    /// A named part of the state, for checks: "m", "v", "momentum", "row", "col", "L", "R",
    /// "x_eval", "z", "exp_avg_sq", "exp_avg_original_space", "bias_step" ([1,1]); none where this
    /// optimizer has no such part.
    [[nodiscard]] virtual std::optional<Matrix> state(std::string_view name) const = 0;

    /// Where the model is to be evaluated when the parameter is at `w` [m,n]: `w` itself, but for
    /// Schedule-Free, which answers with its average.
    [[nodiscard]] virtual Matrix evaluationPoint(const Matrix& w) const { return w; }

  protected:
    Optimizer(Eigen::Index rows, Eigen::Index cols);

    [[nodiscard]] Eigen::Index rows() const { return before_.rows(); }

    [[nodiscard]] Eigen::Index cols() const { return before_.cols(); }

  private:
    /// The algorithm itself; shapes and finiteness are settled.
    virtual void update(Matrix& w, const Matrix& g, double scheduleFactor, StepReport& report) = 0;

    Matrix before_; ///< W before the step
};

/// Makes the optimizer of a configuration for a parameter of shape [rows, cols]; what the
/// configuration says about vectors (parameterClass) is applied. Errors: an invalid configuration,
/// a shape with a side below 1.
[[nodiscard]] lab::Result<std::unique_ptr<Optimizer>>
makeOptimizer(const OptimizerConfig& config, Eigen::Index rows, Eigen::Index cols);

} // namespace psephos::optim::textbook
