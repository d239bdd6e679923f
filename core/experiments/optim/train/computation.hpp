// SPDX-License-Identifier: GPL-3.0-or-later
// The training loop of optim.train as a lab::Computation.
#pragma once

#include "experiments/optim/train/costs.hpp"
#include "experiments/optim/train/watcher.hpp"
#include "lab/computation.hpp"
#include "optim/engine/optimizer.hpp"
#include "tasks/schedule.hpp"
#include "tasks/task.hpp"

#include <c10/core/Device.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::experiments::train {

/// One gradient and one step of the optimizer a step. Loss, gradient and update are on the run's
/// clock; batches, validation and reports are not.
class Training final : public lab::Computation {
  public:
    lab::Result<void> start(lab::RunContext& context) override;
    lab::Result<lab::Advance> advance(lab::RunContext& context) override;
    void synchronize() override;

    [[nodiscard]] bool canSave() const override { return true; }

    [[nodiscard]] lab::Result<std::string> save() const override;
    lab::Result<void> restore(lab::RunContext& context, std::string_view bytes) override;

  private:
    /// Opens the device, reads the data, makes model and optimizer, warms up.
    lab::Result<void> build(lab::RunContext& context);
    lab::Result<void> makeTask(const lab::RunContext& context, c10::Device device);
    lab::Result<void> makeTextTask(const lab::KnobValues& knobs, const tasks::TaskOptions& options);
    lab::Result<void> makeMatrixTask(const lab::KnobValues& knobs,
                                     const tasks::TaskOptions& options);
    lab::Result<void> makeLabelledTask(const lab::KnobValues& knobs,
                                       const tasks::TaskOptions& options);
    /// Whether the data are those that the checkpoint was computed on, or others were asked for.
    lab::Result<void> checkData(lab::RunContext& context, const tensor::Archive& archive) const;
    lab::Result<void> restoreState(lab::RunContext& context, std::string_view bytes);
    lab::Result<void> restoreOptimizer(lab::RunContext& context, const tensor::Archive& archive);
    lab::Result<void> restoreSchedule(lab::RunContext& context, const tensor::Archive& archive);

    lab::Result<lab::Advance> step(lab::RunContext& context);
    void useThreads(const lab::RunContext& context) const;
    /// The rates of this step: live knobs times the schedule.
    [[nodiscard]] optim::engine::Rates ratesOf(const lab::RunContext& context) const;
    void validate(lab::RunContext& context);
    /// What the run has cost so far.
    void emitCosts(lab::RunContext& context) const;
    /// Whether the run ends here because its gradients stay unusable.
    [[nodiscard]] bool givesUp(lab::RunContext& context, const optim::engine::StepReport& report);

    /// The optimizer's step with what is looked at around it, off the clock.
    lab::Result<optim::engine::StepReport>
    watchedStep(lab::RunContext& context, optim::engine::Rates rates, double gradientMilliseconds);

    std::unique_ptr<tasks::Task> task_;
    std::unique_ptr<optim::engine::Optimizer> optimizer_;
    tasks::Schedule schedule_;
    c10::Device device_ = c10::Device(c10::DeviceType::CPU);
    std::vector<at::Tensor> gradients_;
    Watcher watcher_;
    Costs costs_;
    std::int64_t skippedInARow_ = 0;
    double workDone_ = 0.0;        ///< of the optimizer so far, in operations
    std::string referenceChannel_; ///< of the task's reference loss, if it has one
    std::string optimizerName_;
    std::string dataName_;
    std::uint64_t dataFingerprint_ = 0;
};

} // namespace psephos::experiments::train
