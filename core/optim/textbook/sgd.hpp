// SPDX-License-Identifier: GPL-3.0-or-later
// SGD with momentum and Nesterov's variant, in the semantics of torch.optim.SGD.
#pragma once

#include "optim/textbook/optimizer.hpp"

namespace psephos::optim::textbook {

/// State: "momentum" [m,n]. Source: Sutskever et al. 2013; torch.optim.SGD's documentation.
class Sgd final : public Optimizer {
  public:
    Sgd(const SgdConfig& config, Eigen::Index rows, Eigen::Index cols);
    [[nodiscard]] std::optional<Matrix> state(std::string_view name) const override;

  private:
    void update(Matrix& w, const Matrix& g, double scheduleFactor, StepReport& report) override;

    SgdConfig config_;
    bool isFirst_ = true;
    Matrix momentum_;  ///< b
    Matrix gradient_;  ///< g + λw
    Matrix direction_; ///< d
};

} // namespace psephos::optim::textbook
