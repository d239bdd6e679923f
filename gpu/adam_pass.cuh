// SPDX-License-Identifier: GPL-3.0-or-later
// Launchers of adam_pass.cu, for the table of kernels.
#pragma once

#include "gpu/cuda_kernels.hpp"

#include <cstddef>

namespace psephos::gpu::cuda::detail {

const char* adamPassFloat(const AdamPass& pass, std::size_t count, const float* gradient, float* m,
                          float* v, float* direction, Stream stream);
const char* adamPassDouble(const AdamPass& pass, std::size_t count, const double* gradient,
                           double* m, double* v, double* direction, Stream stream);

} // namespace psephos::gpu::cuda::detail
