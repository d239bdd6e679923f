// SPDX-License-Identifier: GPL-3.0-or-later
// Launchers of eigh_batch.cu, for the table of kernels.
#pragma once

#include "gpu/cuda_kernels.hpp"

#include <cstdint>

namespace psephos::gpu::cuda::detail {

const char* eighBatchFloat(std::int64_t d, std::int64_t count, float* matrices, float* values,
                           int* failures, Stream stream);
const char* eighBatchDouble(std::int64_t d, std::int64_t count, double* matrices, double* values,
                            int* failures, Stream stream);

} // namespace psephos::gpu::cuda::detail
