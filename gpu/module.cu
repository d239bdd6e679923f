// SPDX-License-Identifier: GPL-3.0-or-later
// The entry of the module psephos-cuda.
#include "gpu/adam_pass.cuh"
#include "gpu/bradley_terry_batch.cuh"
#include "gpu/cuda_kernels.hpp"
#include "gpu/eigh_batch.cuh"
#include "gpu/matrix_game_batch.cuh"

#include <cuda_runtime.h>

extern "C" const psephos::gpu::cuda::Kernels* psephosCudaKernels(const char** why) {
    using namespace psephos::gpu::cuda;
    static const Kernels table{detail::adamPassFloat,     detail::adamPassDouble,
                               detail::eighBatchFloat,    detail::eighBatchDouble,
                               detail::bradleyTerryBatch, detail::matrixGameBatch};
    int devices = 0;
    const cudaError_t error = cudaGetDeviceCount(&devices);
    if (error != cudaSuccess) {
        *why = cudaGetErrorString(error);
        return nullptr;
    }
    if (devices == 0) {
        *why = "the driver reports none";
        return nullptr;
    }
    return &table;
}
