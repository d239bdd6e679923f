// SPDX-License-Identifier: GPL-3.0-or-later
// Adam with coupled (L2) decay and AdamW with decoupled decay.
#pragma once

#include "optim/textbook/optimizer.hpp"

namespace psephos::optim::textbook {

/// State: "m", "v" [m,n]. Source: 1412.6980 Algorithm 1; 1711.05101 Algorithm 2.
class Adam final : public Optimizer {
  public:
    Adam(const AdamConfig& config, Eigen::Index rows, Eigen::Index cols);
    [[nodiscard]] std::optional<Matrix> state(std::string_view name) const override;

  private:
    void update(Matrix& w, const Matrix& g, double scheduleFactor, StepReport& report) override;

    AdamConfig config_;
    long t_ = 0;
    Matrix m_;
    Matrix v_;
    Matrix gradient_; ///< g + λw
};

} // namespace psephos::optim::textbook
