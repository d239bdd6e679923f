// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/labelled_task.hpp"

#include "numerics/random.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <utility>

namespace psephos::tasks {

namespace {

constexpr std::int64_t kSampleRows = 16;

std::string listed(const at::Tensor& numbers) {
    const at::Tensor plain = numbers.cpu().contiguous();
    std::string text;
    for (std::int64_t i = 0; i < plain.numel(); ++i) {
        text += " " + std::to_string(plain.data_ptr<std::int64_t>()[i]);
    }
    return text;
}

} // namespace

LabelledTask::LabelledTask(std::int64_t batch, std::size_t mostEvaluationRows,
                           std::shared_ptr<const datasets::Labelled> set,
                           const TaskOptions& options)
    : Task(options)
    , batch_(batch)
    , set_(std::move(set)) {
    const std::size_t count = std::min(mostEvaluationRows, set_->heldOut.size());
    evaluation_ = rows(std::span(set_->heldOut).first(count));
}

void LabelledTask::draw(std::int64_t step) {
    numerics::RandomStream stream(options().seed, "batch", static_cast<std::uint64_t>(step));
    std::vector<std::uint32_t> numbers;
    for (std::int64_t i = 0; i < batch_; ++i) {
        numbers.push_back(set_->training[stream.below(set_->training.size())]);
    }
    drawn_ = rows(numbers);
}

Evaluation LabelledTask::evaluate() {
    const at::NoGradGuard noGradient;
    const at::Tensor scores = forward(evaluation_.inputs);
    return {at::cross_entropy_loss(scores, evaluation_.labels).item<double>(),
            at::eq(scores.argmax(1), evaluation_.labels).to(at::kDouble).mean().item<double>()};
}

std::string LabelledTask::sample(std::int64_t) {
    const at::NoGradGuard noGradient;
    const std::int64_t count = std::min(kSampleRows, evaluation_.labels.size(0));
    const at::Tensor answers = forward(evaluation_.inputs.narrow(0, 0, count)).argmax(1);
    return "shown" + listed(evaluation_.labels.narrow(0, 0, count)) + ", says" + listed(answers);
}

at::Tensor LabelledTask::loss() {
    return at::cross_entropy_loss(forward(drawn_.inputs), drawn_.labels);
}

LabelledTask::Rows LabelledTask::rows(std::span<const std::uint32_t> numbers) const {
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

} // namespace psephos::tasks
