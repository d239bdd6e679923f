// SPDX-License-Identifier: GPL-3.0-or-later
// A small convolutional network that tells images apart.
#pragma once

#include "datasets/labelled.hpp"
#include "tasks/task.hpp"

#include <cstdint>
#include <memory>

namespace psephos::tasks {

struct ConvolutionConfig {
    std::int64_t layers = 3; ///< >= 1
    std::int64_t width = 16; ///< filters of the first layer; each further one has twice as many
    std::int64_t batch = 64; ///< images a step
};

/// Whether the set holds images. \errors it holds rows without a shape
[[nodiscard]] lab::Result<void> validate(const ConvolutionConfig& config,
                                         const datasets::Labelled& set);

/// Layers of 3 x 3 filters with biases, ReLU and the largest of each 2 x 2 (as long as an image has
/// two rows and columns), and a linear head on all that is left. A filter bank's weight is
/// [out, in, 3, 3]; the first one counts as an embedding: it meets pixels, not hidden units.
/// Trained on images drawn at random (with repeats), evaluated on the held-out ones, at most 500 of
/// them.
[[nodiscard]] std::unique_ptr<Task> makeConvolution(const ConvolutionConfig& config,
                                                    std::shared_ptr<const datasets::Labelled> set,
                                                    const TaskOptions& options);

} // namespace psephos::tasks
