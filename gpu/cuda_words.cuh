// SPDX-License-Identifier: GPL-3.0-or-later
// What the table of kernels answers for an error of CUDA.
#pragma once

#include <cuda_runtime.h>

namespace psephos::gpu::cuda::detail {

/// CUDA's words for an error, null for none. CUDA keeps the last one until it is asked for, and a
/// launch is judged by it: asked for here, a refusal is not taken for that of a later kernel.
inline const char* wordsOf(cudaError_t error) {
    if (error == cudaSuccess) {
        return nullptr;
    }
    static_cast<void>(cudaGetLastError());
    return cudaGetErrorString(error);
}

} // namespace psephos::gpu::cuda::detail
