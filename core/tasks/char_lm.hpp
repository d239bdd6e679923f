// SPDX-License-Identifier: GPL-3.0-or-later
// A small decoder transformer that predicts the next byte of a text.
#pragma once

#include "datasets/text.hpp"
#include "tasks/task.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace psephos::tasks {

struct CharLmConfig {
    std::int64_t layers = 2;
    std::int64_t width = 64; ///< a multiple of heads
    std::int64_t heads = 4;
    std::int64_t context = 64; ///< bytes that a prediction may look back on
    std::int64_t batch = 16;   ///< windows a step; each gives `context` predictions
    /// Standard deviation (> 0) of every matrix and embedding at the start, as BERT and, but for
    /// what writes to the stream, GPT-2 begin (0.02). Absent: a matrix with n inputs begins with
    /// 1/√n, less where it writes to the stream; embeddings with 1/√width.
    std::optional<double> startDeviation;
};

/// Whether the configuration fits the text. \errors name the knob to turn
[[nodiscard]] lab::Result<void> validate(const CharLmConfig& config, const datasets::Text& text);

/// Pre-norm decoder with learned positions, untied head and no biases (GPT-2's shape). Trained on
/// windows of the first nine tenths drawn at random; evaluated on windows of the last tenth, spread
/// evenly over it, at most 64 of them.
[[nodiscard]] std::unique_ptr<Task> makeCharLm(const CharLmConfig& config,
                                               std::shared_ptr<const datasets::Text> text,
                                               const TaskOptions& options);

} // namespace psephos::tasks
