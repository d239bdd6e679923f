// SPDX-License-Identifier: GPL-3.0-or-later
// Launcher of bradley_terry_batch.cu, for the table of kernels.
#pragma once

#include "gpu/cuda_kernels.hpp"

namespace psephos::gpu::cuda::detail {

const char* bradleyTerryBatch(const BradleyTerryBatch& problem, const double* wins,
                              double* strengths, int* iterations);

} // namespace psephos::gpu::cuda::detail
