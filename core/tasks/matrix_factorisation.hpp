// SPDX-License-Identifier: GPL-3.0-or-later
// A matrix as the product of two thin ones, learned from some of its entries.
#pragma once

#include "tasks/task.hpp"

#include <cstdint>
#include <memory>

namespace psephos::tasks {

struct MatrixFactorisationConfig {
    std::int64_t rows = 128;
    std::int64_t columns = 96;
    std::int64_t rank = 16;      ///< columns of U and V; at most rows and columns
    double exponent = 2.0;       ///< p >= 0: the k-th singular value of A goes as 1/kᵖ
    double startDeviation = 0.1; ///< of the initial weights, > 0
    std::int64_t batch = 1024;   ///< entries a step
};

/// Whether the rank fits. \errors name the knob to turn
[[nodiscard]] lab::Result<void> validate(const MatrixFactorisationConfig& config);

/// min ‖UVᵀ − A‖² over U [rows, rank] and V [columns, rank]. A has random singular vectors, the
/// same for every run, and entries of mean square 1, so that a loss is a share of A. Trained on
/// entries drawn at random (with repeats) of nine in ten; the loss on the others, held out once and
/// for all, is evaluated. The reference is the error there of the best matrix of this rank, which
/// whoever sees all of A gets by cutting off its singular values (Eckart & Young 1936). Source:
/// suite (c) of the standard tasks: a power-law spectrum.
[[nodiscard]] std::unique_ptr<Task> makeMatrixFactorisation(const MatrixFactorisationConfig& config,
                                                            const TaskOptions& options);

} // namespace psephos::tasks
