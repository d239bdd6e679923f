// SPDX-License-Identifier: GPL-3.0-or-later
// The trials of a claim as a lab::Computation.
#pragma once

#include "experiments/optim/claims/findings.hpp"
#include "experiments/optim/claims/trainer.hpp"
#include "lab/computation.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace psephos::experiments::claims {

/// A step is a few steps of a training; a trial ends with frames. Drawing batches, making models
/// and evaluating them are off the run's clock.
class ClaimTrials final : public lab::Computation {
  public:
    lab::Result<void> start(lab::RunContext& context) override;
    lab::Result<lab::Advance> advance(lab::RunContext& context) override;
    void synchronize() override;

    [[nodiscard]] bool canSave() const override { return true; }

    [[nodiscard]] lab::Result<std::string> save() const override;
    lab::Result<void> restore(lab::RunContext& context, std::string_view bytes) override;

  private:
    /// Device, data and plan.
    lab::Result<void> prepare(lab::RunContext& context);
    lab::Result<void> beginTrial(lab::RunContext& context);
    lab::Result<lab::Advance> train(lab::RunContext& context);
    void finishTrial(lab::RunContext& context);
    void conclude(lab::RunContext& context) const;
    lab::Result<void> replay(const tensor::Archive& archive);

    Material material_;
    std::optional<Search> search_;
    std::unique_ptr<Trainer> trainer_; ///< of search_->next(); null between trials
    c10::Device device_ = c10::Device(c10::DeviceType::CPU);
    std::int64_t parameters_ = 0;
};

} // namespace psephos::experiments::claims
