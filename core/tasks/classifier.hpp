// SPDX-License-Identifier: GPL-3.0-or-later
// A multilayer perceptron that tells the classes of a labelled set apart.
#pragma once

#include "datasets/labelled.hpp"
#include "tasks/task.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace psephos::tasks {

struct ClassifierConfig {
    std::vector<std::int64_t> hidden{128, 128}; ///< widths of the hidden layers; may be empty
    std::int64_t batch = 64;                    ///< rows a step
};

/// ReLU layers with biases and a linear head. Trained on rows drawn at random (with repeats),
/// evaluated on the held-out rows, at most 2000 of them.
[[nodiscard]] std::unique_ptr<Task> makeClassifier(const ClassifierConfig& config,
                                                   std::shared_ptr<const datasets::Labelled> set,
                                                   const TaskOptions& options);

} // namespace psephos::tasks
