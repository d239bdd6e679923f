// SPDX-License-Identifier: GPL-3.0-or-later
// One training from its first step to the end of its schedule.
#pragma once

#include "datasets/labelled.hpp"
#include "datasets/text.hpp"
#include "experiments/optim/claims/plan.hpp"
#include "lab/knob.hpp"
#include "optim/engine/optimizer.hpp"
#include "tasks/schedule.hpp"
#include "tasks/task.hpp"

#include <c10/core/Device.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace psephos::experiments::claims {

/// Bytes that a prediction of the task `char_lm` may look back on.
inline constexpr std::int64_t kContext = 32;

/// What is trained on; one of the two.
struct Material {
    std::shared_ptr<const datasets::Labelled> series;
    std::shared_ptr<const datasets::Text> text;
};

/// The material of a task, to be kept while it is trained on.
[[nodiscard]] lab::Result<Material> materialOf(const std::string& task);

/// What a training starts from.
struct TrainerSetup {
    Material material;
    Cell cell;
    double learningRate = 0.01;
    std::uint64_t seed = 0; ///< of initial weights and batches
    c10::Device device = c10::Device(c10::DeviceType::CPU);
};

/// Used by one thread; throws LibTorch's exceptions but where it says otherwise.
class Trainer {
  public:
    /// \errors a model that the data do not fit; what the optimizer refuses
    [[nodiscard]] static lab::Result<std::unique_ptr<Trainer>> make(const lab::KnobValues& values,
                                                                    const TrainerSetup& setup);

    /// The next step. Gradient and optimizer are on its clock, the batch is not.
    [[nodiscard]] lab::Result<void> step();

    /// All steps are done, or it has diverged.
    [[nodiscard]] bool isDone() const { return hasDiverged_ || step_ >= schedule_.length; }

    /// Held out [nats]; infinite where it has diverged.
    [[nodiscard]] double heldOutLoss();

    /// Of gradients and optimizer steps so far.
    [[nodiscard]] double seconds() const { return seconds_; }

    [[nodiscard]] std::int64_t parameterCount() const { return task_->parameterCount(); }

    /// Weights, optimizer and place in the schedule.
    void save(tensor::Archive& archive) const;
    /// \errors entries missing or of another shape
    [[nodiscard]] lab::Result<void> restore(const tensor::Archive& archive);

  private:
    Trainer() = default;

    std::unique_ptr<tasks::Task> task_;
    std::unique_ptr<optim::engine::Optimizer> optimizer_;
    tasks::Schedule schedule_;
    double learningRate_ = 0.0;
    std::vector<at::Tensor> gradients_;
    std::int64_t step_ = 0;
    std::int64_t skippedInARow_ = 0;
    bool hasDiverged_ = false;
    double seconds_ = 0.0;
};

} // namespace psephos::experiments::claims
