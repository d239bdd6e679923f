// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/classifier.hpp"

#include "numerics/random.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>

namespace psephos::tasks {

namespace {

using tensor::ParameterRole;

constexpr std::size_t kMostEvaluationRows = 2000;
constexpr std::int64_t kSampleRows = 16;

std::string listed(const at::Tensor& numbers) {
    const at::Tensor plain = numbers.cpu().contiguous();
    std::string text;
    for (std::int64_t i = 0; i < plain.numel(); ++i) {
        text += " " + std::to_string(plain.data_ptr<std::int64_t>()[i]);
    }
    return text;
}

class Classifier final : public Task {
  public:
    Classifier(const ClassifierConfig& config, std::shared_ptr<const datasets::Labelled> set,
               const TaskOptions& options)
        : Task(options)
        , config_(config)
        , set_(std::move(set)) {
        addWeights();
        const std::size_t count = std::min(kMostEvaluationRows, set_->heldOut.size());
        evaluation_ = rows(std::span(set_->heldOut).first(count));
    }

    void draw(std::int64_t step) override {
        numerics::RandomStream stream(options().seed, "batch", static_cast<std::uint64_t>(step));
        std::vector<std::uint32_t> numbers;
        for (std::int64_t i = 0; i < config_.batch; ++i) {
            numbers.push_back(set_->training[stream.below(set_->training.size())]);
        }
        batch_ = rows(numbers);
    }

    Evaluation evaluate() override {
        const at::NoGradGuard noGradient;
        const at::Tensor scores = forward(evaluation_.inputs);
        return {at::cross_entropy_loss(scores, evaluation_.labels).item<double>(),
                at::eq(scores.argmax(1), evaluation_.labels).to(at::kDouble).mean().item<double>()};
    }

    /// The first held-out rows: what they are and what the model takes them for.
    std::string sample(std::int64_t) override {
        const at::NoGradGuard noGradient;
        const std::int64_t count = std::min(kSampleRows, evaluation_.labels.size(0));
        const at::Tensor answers = forward(evaluation_.inputs.narrow(0, 0, count)).argmax(1);
        return "shown" + listed(evaluation_.labels.narrow(0, 0, count)) + ", says" +
               listed(answers);
    }

  protected:
    at::Tensor loss() override {
        return at::cross_entropy_loss(forward(batch_.inputs), batch_.labels);
    }

  private:
    struct Rows {
        at::Tensor inputs; ///< [rows, features]
        at::Tensor labels; ///< [rows] of int64
    };

    void addWeights() {
        auto inputs = static_cast<std::int64_t>(set_->features);
        for (std::size_t i = 0; i < config_.hidden.size(); ++i) {
            const std::string name = "layer" + std::to_string(i) + ".";
            const double deviation = std::sqrt(2.0 / static_cast<double>(inputs));
            weights_.push_back(addNormal(name + "weight", {config_.hidden[i], inputs}, deviation,
                                         ParameterRole::Hidden));
            biases_.push_back(addVector(name + "bias", config_.hidden[i], 0.0));
            inputs = config_.hidden[i];
        }
        const auto classes = static_cast<std::int64_t>(set_->classes);
        weights_.push_back(addNormal("head.weight", {classes, inputs},
                                     1.0 / std::sqrt(static_cast<double>(inputs)),
                                     ParameterRole::Head));
        biases_.push_back(addVector("head.bias", classes, 0.0));
    }

    [[nodiscard]] Rows rows(std::span<const std::uint32_t> numbers) const {
        const auto count = static_cast<std::int64_t>(numbers.size());
        const at::Tensor inputs =
            at::empty({count, static_cast<std::int64_t>(set_->features)}, at::kFloat);
        const at::Tensor labels = at::empty({count}, at::kLong);
        float* out = inputs.data_ptr<float>();
        std::int64_t* label = labels.data_ptr<std::int64_t>();
        for (const std::uint32_t number : numbers) {
            const auto row = set_->row(number);
            out = std::copy(row.begin(), row.end(), out);
            *label++ = set_->labels[number];
        }
        return {inputs.to(options().device), labels.to(options().device)};
    }

    [[nodiscard]] at::Tensor forward(const at::Tensor& inputs) const {
        at::Tensor x = inputs;
        for (std::size_t i = 0; i + 1 < weights_.size(); ++i) {
            x = at::relu(at::linear(x, weights_[i], biases_[i]));
        }
        return at::linear(x, weights_.back(), biases_.back());
    }

    ClassifierConfig config_;
    std::shared_ptr<const datasets::Labelled> set_;
    std::vector<at::Tensor> weights_;
    std::vector<at::Tensor> biases_;
    Rows batch_;
    Rows evaluation_;
};

} // namespace

std::unique_ptr<Task> makeClassifier(const ClassifierConfig& config,
                                     std::shared_ptr<const datasets::Labelled> set,
                                     const TaskOptions& options) {
    return std::make_unique<Classifier>(config, std::move(set), options);
}

} // namespace psephos::tasks
