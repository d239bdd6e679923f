// SPDX-License-Identifier: GPL-3.0-or-later
// The CUDA kernels, behind a plain table of functions. They live in the module psephos-cuda, which
// is opened when a CUDA device is asked for: no program needs CUDA's libraries to start.
#pragma once

#include "gpu/adam_pass.hpp"
#include "gpu/bradley_terry_batch.hpp"
#include "gpu/matrix_game_batch.hpp"
#include "lab/result.hpp"

#include <cstddef>
#include <cstdint>

namespace psephos::gpu::cuda {

/// A CUDA stream as an opaque handle; null: the default stream.
using Stream = void*;

/// Each answers null when the kernel was launched, else CUDA's words for what went wrong. Arrays
/// are device pointers, and the launch does not synchronise, but where it
/// says otherwise. Contracts as those of the host twins.
struct Kernels {
    const char* (*adamPassFloat)(const AdamPass& pass, std::size_t count, const float* gradient,
                                 float* m, float* v, float* direction, Stream stream);
    const char* (*adamPassDouble)(const AdamPass& pass, std::size_t count, const double* gradient,
                                  double* m, double* v, double* direction, Stream stream);
    /// Eigenvalues [count,d], ascending, and eigenvectors of symmetric matrices [count,d,d]: each
    /// matrix (of which one half is read) is overwritten by its eigenvectors, row j belonging to
    /// value j. Waits for the end. `failures` (on the host, [count]) are 0 where all went well.
    /// cuSOLVER is looked for at the first call, by name.
    const char* (*eighBatchFloat)(std::int64_t d, std::int64_t count, float* matrices,
                                  float* values, int* failures, Stream stream);
    const char* (*eighBatchDouble)(std::int64_t d, std::int64_t count, double* matrices,
                                   double* values, int* failures, Stream stream);
    /// Takes host arrays, copies them there and back, and answers when all is done.
    const char* (*bradleyTerryBatch)(const BradleyTerryBatch& problem, const double* wins,
                                     double* strengths, int* iterations);
    /// Likewise.
    const char* (*matrixGameBatch)(const MatrixGameBatch& problem, const double* margins,
                                   double* lotteries, double* gaps);
};

/// Opens the module (once; never unloaded) and answers its kernels, or why there are none: built
/// without CUDA, CUDA's runtime library missing, no device. Thread-safe.
[[nodiscard]] lab::Result<const Kernels*> kernels();

} // namespace psephos::gpu::cuda
