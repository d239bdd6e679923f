// SPDX-License-Identifier: GPL-3.0-or-later
// What is trained: a model on a data set, as an optimizer sees it.
#pragma once

#include "tensor/archive.hpp"
#include "tensor/parameter.hpp"

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace psephos::tasks {

/// How well a model does on data that it is not trained on.
struct Evaluation {
    double loss = 0.0; ///< as Task::gradient()'s
    /// Share of the predictions whose most likely answer is right; none where answers are numbers.
    std::optional<double> accuracy;
};

/// Where and from what a task starts.
struct TaskOptions {
    std::uint64_t seed = 0; ///< of initial weights and batches: the same for every optimizer
    c10::Device device = c10::Device(c10::DeviceType::CPU);
};

/// A model with its data. Initial weights depend on the seed alone, the batch of a step on seed and
/// step alone: never on the optimizer, nor on the steps before. Used by one thread at a time;
/// throws LibTorch's exceptions (callers sit behind tensor::guarded()).
class Task {
  public:
    virtual ~Task() = default;
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;

    /// The model's weights, float32, leaves that require a gradient.
    [[nodiscard]] std::span<const tensor::Parameter> parameters() const { return parameters_; }

    /// Fetches the batch of a step (from 1).
    virtual void draw(std::int64_t step) = 0;

    /// The drawn batch's mean loss, in nats a prediction where the model gives probabilities;
    /// `gradients` get one tensor a parameter.
    [[nodiscard]] double gradient(std::vector<at::Tensor>& gradients);

    /// On held-out data: the same part of it every time.
    [[nodiscard]] virtual Evaluation evaluate() = 0;

    /// A few of the model's answers as a person reads them, on one line of UTF-8; what is drawn at
    /// random in them depends on seed and step alone.
    [[nodiscard]] virtual std::string sample(std::int64_t step) = 0;

    /// A held-out loss to measure by that is known without training, if there is one.
    [[nodiscard]] virtual std::optional<double> referenceLoss() const { return std::nullopt; }

    /// Where the truth is a sum of directions: the share of each that the model has learned, the
    /// strongest first (1: all of it). Empty elsewhere.
    [[nodiscard]] virtual std::vector<double> learnedShares() { return {}; }

    /// Multiplications of one forward pass over a batch, roughly.
    [[nodiscard]] virtual double multiplications() const = 0;

    /// Trained numbers.
    [[nodiscard]] std::int64_t parameterCount() const;

    void save(tensor::Archive& archive) const;
    /// \errors a parameter missing or of another shape: another model's weights
    [[nodiscard]] lab::Result<void> restore(const tensor::Archive& archive);

  protected:
    explicit Task(const TaskOptions& options)
        : options_(options) {}

    /// The drawn batch's mean loss, as a tensor that can be differentiated.
    [[nodiscard]] virtual at::Tensor loss() = 0;

    /// A parameter of normal numbers with this deviation; its random stream is its name.
    at::Tensor addNormal(const std::string& name, std::vector<std::int64_t> shape, double deviation,
                         tensor::ParameterRole role);
    /// A vector of equal numbers.
    at::Tensor addVector(const std::string& name, std::int64_t size, double value);

    [[nodiscard]] const TaskOptions& options() const { return options_; }

  private:
    at::Tensor add(const std::string& name, at::Tensor value, tensor::ParameterRole role);

    TaskOptions options_;
    std::vector<tensor::Parameter> parameters_;
};

} // namespace psephos::tasks
