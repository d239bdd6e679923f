// SPDX-License-Identifier: GPL-3.0-or-later
// Lion: the sign of an average of gradients, so that every coordinate moves equally far.
#pragma once

#include "optim/textbook/optimizer.hpp"

namespace psephos::optim::textbook {

/// State: "m" [m,n]. Source: 2302.06675 Algorithm 2.
class Lion final : public Optimizer {
  public:
    Lion(const LionConfig& config, Eigen::Index rows, Eigen::Index cols);
    [[nodiscard]] std::optional<Matrix> state(std::string_view name) const override;

  private:
    void update(Matrix& w, const Matrix& g, double scheduleFactor, StepReport& report) override;

    LionConfig config_;
    Matrix m_;
};

} // namespace psephos::optim::textbook
