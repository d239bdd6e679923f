// SPDX-License-Identifier: GPL-3.0-or-later
// Launcher of matrix_game_batch.cu, for the table of kernels.
#pragma once

#include "gpu/cuda_kernels.hpp"

namespace psephos::gpu::cuda::detail {

const char* matrixGameBatch(const MatrixGameBatch& problem, const double* margins,
                            double* lotteries, double* gaps);

} // namespace psephos::gpu::cuda::detail
