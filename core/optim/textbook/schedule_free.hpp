// SPDX-License-Identifier: GPL-3.0-or-later
// Schedule-Free AdamW: the parameter is y, where gradients are taken; x, an average, is the answer.
#pragma once

#include "optim/textbook/optimizer.hpp"

namespace psephos::optim::textbook {

/// State: "x_eval", "z", "v" [m,n]. Source: 2405.15682 Algorithm 1, its reference for warm-up.
class ScheduleFreeAdamW final : public Optimizer {
  public:
    ScheduleFreeAdamW(const ScheduleFreeConfig& config, Eigen::Index rows, Eigen::Index cols);
    [[nodiscard]] std::optional<Matrix> state(std::string_view name) const override;
    [[nodiscard]] Matrix evaluationPoint(const Matrix& w) const override;

  private:
    void update(Matrix& w, const Matrix& g, double scheduleFactor, StepReport& report) override;

    ScheduleFreeConfig config_;
    long t_ = 0;
    double sumOfSquaredRates_ = 0.0; ///< Ση²
    Matrix x_;
    Matrix z_;
    Matrix v_;
};

} // namespace psephos::optim::textbook
