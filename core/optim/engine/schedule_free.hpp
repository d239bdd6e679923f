// SPDX-License-Identifier: GPL-3.0-or-later
// Schedule-Free AdamW. The weights are y, where gradients are taken.
#pragma once

#include "optim/config.hpp"
#include "optim/engine/group.hpp"

namespace psephos::optim::engine {

/// State: "x_eval", "z", "v", "sum_of_squared_rates". Source: 2405.15682 Algorithm 1, its reference
/// for warm-up.
class ScheduleFreeGroup final : public Group {
  public:
    explicit ScheduleFreeGroup(const ScheduleFreeConfig& config);

  private:
    void allocate() override;
    Computed compute(const Slice& slice, double learningRate, GroupReport& report) override;
    void look(const Slice& slice, Insight& insight) const override;
    [[nodiscard]] at::Tensor evaluationPoint(const Slice& slice) const override;

    ScheduleFreeConfig config_;
    at::Tensor x_;
    at::Tensor z_;
    at::Tensor v_;
    at::Tensor sumOfSquaredRates_; ///< Ση² [b,1,1]
};

} // namespace psephos::optim::engine
