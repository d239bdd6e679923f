// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/classifier.hpp"

#include "tasks/labelled_task.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <utility>

namespace psephos::tasks {

namespace {

using tensor::ParameterRole;

constexpr std::size_t kMostEvaluationRows = 2000;

class Classifier final : public LabelledTask {
  public:
    Classifier(const ClassifierConfig& config, std::shared_ptr<const datasets::Labelled> set,
               const TaskOptions& options)
        : LabelledTask(config.batch, kMostEvaluationRows, std::move(set), options) {
        addWeights(config);
    }

    [[nodiscard]] double multiplications() const override {
        return static_cast<double>(parameterCount() * batch());
    }

  private:
    void addWeights(const ClassifierConfig& config) {
        auto inputs = static_cast<std::int64_t>(set().features);
        for (std::size_t i = 0; i < config.hidden.size(); ++i) {
            const std::string name = "layer" + std::to_string(i) + ".";
            const double deviation = std::sqrt(2.0 / static_cast<double>(inputs));
            weights_.push_back(addNormal(name + "weight", {config.hidden[i], inputs}, deviation,
                                         ParameterRole::Hidden));
            biases_.push_back(addVector(name + "bias", config.hidden[i], 0.0));
            inputs = config.hidden[i];
        }
        const auto classes = static_cast<std::int64_t>(set().classes);
        weights_.push_back(addNormal("head.weight", {classes, inputs},
                                     1.0 / std::sqrt(static_cast<double>(inputs)),
                                     ParameterRole::Head));
        biases_.push_back(addVector("head.bias", classes, 0.0));
    }

    [[nodiscard]] at::Tensor forward(const at::Tensor& inputs) const override {
        at::Tensor x = inputs;
        for (std::size_t i = 0; i + 1 < weights_.size(); ++i) {
            x = at::relu(at::linear(x, weights_[i], biases_[i]));
        }
        return at::linear(x, weights_.back(), biases_.back());
    }

    std::vector<at::Tensor> weights_;
    std::vector<at::Tensor> biases_;
};

} // namespace

std::unique_ptr<Task> makeClassifier(const ClassifierConfig& config,
                                     std::shared_ptr<const datasets::Labelled> set,
                                     const TaskOptions& options) {
    return std::make_unique<Classifier>(config, std::move(set), options);
}

} // namespace psephos::tasks
