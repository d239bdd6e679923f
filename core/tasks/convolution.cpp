// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/convolution.hpp"

#include "tasks/labelled_task.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <utility>

namespace psephos::tasks {

namespace {

using tensor::ParameterRole;

/// Of a first layer's output, 2000 pictures of 32 x 32 would be 130 MB.
constexpr std::size_t kMostEvaluationRows = 500;
constexpr std::int64_t kSide = 3;

class Convolution final : public LabelledTask {
  public:
    Convolution(const ConvolutionConfig& config, std::shared_ptr<const datasets::Labelled> set,
                const TaskOptions& options)
        : LabelledTask(config.batch, kMostEvaluationRows, std::move(set), options) {
        addWeights(config);
    }

    [[nodiscard]] double multiplications() const override {
        return multiplicationsAnImage_ * static_cast<double>(batch());
    }

  private:
    void addWeights(const ConvolutionConfig& config) {
        auto channels = static_cast<std::int64_t>(set().image->channels);
        auto rows = static_cast<std::int64_t>(set().image->rows);
        auto columns = static_cast<std::int64_t>(set().image->columns);
        for (std::int64_t i = 0; i < config.layers; ++i) {
            const std::string name = "layer" + std::to_string(i) + ".";
            const std::int64_t filters = config.width << i;
            const std::int64_t inputs = channels * kSide * kSide;
            filters_.push_back(
                addNormal(name + "weight", {filters, channels, kSide, kSide},
                          std::sqrt(2.0 / static_cast<double>(inputs)),
                          i == 0 ? ParameterRole::Embedding : ParameterRole::Hidden));
            biases_.push_back(addVector(name + "bias", filters, 0.0));
            multiplicationsAnImage_ += static_cast<double>(filters * inputs * rows * columns);
            channels = filters;
            if (rows >= 2 && columns >= 2) {
                rows /= 2;
                columns /= 2;
            }
        }
        const std::int64_t inputs = channels * rows * columns;
        const auto classes = static_cast<std::int64_t>(set().classes);
        head_ = addNormal("head.weight", {classes, inputs},
                          1.0 / std::sqrt(static_cast<double>(inputs)), ParameterRole::Head);
        headBias_ = addVector("head.bias", classes, 0.0);
        multiplicationsAnImage_ += static_cast<double>(classes * inputs);
    }

    [[nodiscard]] at::Tensor forward(const at::Tensor& inputs) const override {
        const auto size = [](std::size_t number) { return static_cast<std::int64_t>(number); };
        const datasets::ImageShape& image = *set().image;
        at::Tensor x = inputs.view(
            {inputs.size(0), size(image.channels), size(image.rows), size(image.columns)});
        for (std::size_t i = 0; i < filters_.size(); ++i) {
            x = at::relu(at::conv2d(x, filters_[i], biases_[i], /*stride=*/1, kSide / 2));
            if (x.size(2) >= 2 && x.size(3) >= 2) {
                x = at::max_pool2d(x, {2, 2});
            }
        }
        return at::linear(x.flatten(1), head_, headBias_);
    }

    std::vector<at::Tensor> filters_; ///< [out, in, 3, 3]
    std::vector<at::Tensor> biases_;
    at::Tensor head_;
    at::Tensor headBias_;
    double multiplicationsAnImage_ = 0.0;
};

} // namespace

lab::Result<void> validate(const ConvolutionConfig&, const datasets::Labelled& set) {
    if (set.image) {
        return {};
    }
    return lab::Error{"it holds rows of numbers, not images",
                      "task 'conv' takes IDX images or CIFAR's binary records", set.name};
}

std::unique_ptr<Task> makeConvolution(const ConvolutionConfig& config,
                                      std::shared_ptr<const datasets::Labelled> set,
                                      const TaskOptions& options) {
    return std::make_unique<Convolution>(config, std::move(set), options);
}

} // namespace psephos::tasks
