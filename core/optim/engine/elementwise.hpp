// SPDX-License-Identifier: GPL-3.0-or-later
// SGD, Adam and Lion: every coordinate on its own, so that all parameters are one flat vector.
#pragma once

#include "optim/config.hpp"
#include "optim/engine/group.hpp"

namespace psephos::optim::engine {

/// SGD with momentum, in the semantics of torch.optim.SGD. State: "momentum".
class SgdGroup final : public Group {
  public:
    explicit SgdGroup(const SgdConfig& config);

  private:
    void allocate() override;
    Computed compute(const Slice& slice, double learningRate, GroupReport& report) override;

    SgdConfig config_;
    at::Tensor momentum_; ///< undefined where μ = 0
};

/// Adam and AdamW. State: "m", "v". Source: 1412.6980 Algorithm 1; 1711.05101 Algorithm 2.
class AdamGroup final : public Group {
  public:
    AdamGroup(const AdamConfig& config, Rate rate);

  private:
    [[nodiscard]] bool readsGradientsInPlace() const override;
    [[nodiscard]] Computed step(const Slice& slice, const UpdateScale& scale, double correction1,
                                double rootCorrection2, GroupReport& report) const;

    void allocate() override;
    Computed compute(const Slice& slice, double learningRate, GroupReport& report) override;
    void look(const Slice& slice, Insight& insight) const override;

    AdamConfig config_;
    at::Tensor m_;
    at::Tensor v_;
};

/// Lion. State: "m". Source: 2302.06675 Algorithm 2.
class LionGroup final : public Group {
  public:
    explicit LionGroup(const LionConfig& config);

  private:
    void allocate() override;
    Computed compute(const Slice& slice, double learningRate, GroupReport& report) override;

    LionConfig config_;
    at::Tensor m_;
};

} // namespace psephos::optim::engine
