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
    /// How far the members of a part went in their last step.
    struct Stepped {
        std::int64_t first = 0;
        std::int64_t count = 0;
        gpu::UpdatePass scale;
    };

    [[nodiscard]] bool readsGradientsInPlace() const override;
    [[nodiscard]] bool keepsUpdate() const override;
    [[nodiscard]] at::Tensor lastUpdate(const Slice& slice) const override;
    [[nodiscard]] gpu::AdamPass passAt(std::int64_t call) const;
    [[nodiscard]] Computed step(const Slice& slice, const gpu::UpdatePass& scale,
                                GroupReport& report);

    void allocate() override;
    Computed compute(const Slice& slice, double learningRate, GroupReport& report) override;
    void look(const Slice& slice, Insight& insight) const override;
    [[nodiscard]] lab::Result<void> restoreDerived(const tensor::Archive& archive,
                                                   const std::string& prefix) override;

    AdamConfig config_;
    at::Tensor m_;
    at::Tensor v_;
    std::vector<Stepped> stepped_; ///< later ones go before earlier ones
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
