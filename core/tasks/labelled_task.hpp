// SPDX-License-Identifier: GPL-3.0-or-later
// What classifiers of a labelled set share: batches, evaluation, answers. Internal to the tasks.
#pragma once

#include "datasets/labelled.hpp"
#include "tasks/task.hpp"

#include <cstdint>
#include <memory>
#include <span>

namespace psephos::tasks {

/// A model that tells the classes of a labelled set apart by cross-entropy. Trained on rows drawn
/// at random (with repeats), evaluated on the first held-out rows. Derived classes are the models:
/// their constructor adds the weights.
class LabelledTask : public Task {
  public:
    void draw(std::int64_t step) override;
    [[nodiscard]] Evaluation evaluate() override;

    /// The first held-out rows: what they are and what the model takes them for.
    [[nodiscard]] std::string sample(std::int64_t step) override;

  protected:
    /// \param batch              rows a step
    /// \param mostEvaluationRows held-out rows that are looked at, at most
    LabelledTask(std::int64_t batch, std::size_t mostEvaluationRows,
                 std::shared_ptr<const datasets::Labelled> set, const TaskOptions& options);

    [[nodiscard]] at::Tensor loss() override;

    /// Scores [rows, classes] for inputs [rows, features].
    [[nodiscard]] virtual at::Tensor forward(const at::Tensor& inputs) const = 0;

    [[nodiscard]] const datasets::Labelled& set() const { return *set_; }

    [[nodiscard]] std::int64_t batch() const { return batch_; }

  private:
    struct Rows {
        at::Tensor inputs; ///< [rows, features]
        at::Tensor labels; ///< [rows] of int64
    };

    [[nodiscard]] Rows rows(std::span<const std::uint32_t> numbers) const;

    std::int64_t batch_;
    std::shared_ptr<const datasets::Labelled> set_;
    Rows drawn_;
    Rows evaluation_;
};

} // namespace psephos::tasks
