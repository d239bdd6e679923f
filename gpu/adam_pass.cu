// SPDX-License-Identifier: GPL-3.0-or-later
// The CUDA twin of adam_pass.cpp.
#include "gpu/adam_pass.cuh"
#include "gpu/cuda_words.cuh"

#include <cuda_runtime.h>

namespace psephos::gpu::cuda::detail {

namespace {

constexpr unsigned kThreads = 256;
constexpr unsigned kMaxBlocks = 4096; // the grid strides: more blocks than this gain nothing

template <typename Scalar>
__global__ void adamPassKernel(AdamPass pass, std::size_t count, const Scalar* gradient, Scalar* m,
                               Scalar* v, Scalar* direction) {
    const auto beta1 = static_cast<Scalar>(pass.beta1);
    const auto beta2 = static_cast<Scalar>(pass.beta2);
    const auto rest1 = static_cast<Scalar>(1 - pass.beta1);
    const auto rest2 = static_cast<Scalar>(1 - pass.beta2);
    const auto mScale = static_cast<Scalar>(pass.mScale);
    const auto vScale = static_cast<Scalar>(pass.vScale);
    const auto epsilon = static_cast<Scalar>(pass.epsilon);
    const std::size_t stride = std::size_t(gridDim.x) * blockDim.x;
    for (std::size_t i = std::size_t(blockIdx.x) * blockDim.x + threadIdx.x; i < count;
         i += stride) {
        const Scalar g = gradient[i];
        const Scalar newM = beta1 * m[i] + rest1 * g;
        const Scalar newV = beta2 * v[i] + rest2 * g * g;
        m[i] = newM;
        v[i] = newV;
        const Scalar root = sqrt(newV * vScale);
        const Scalar denominator = pass.mode == AdamEpsilon::Added ? root + epsilon
                                   : root > epsilon                ? root
                                                                   : epsilon;
        direction[i] = denominator > Scalar(0) ? newM * mScale / denominator : Scalar(0);
    }
}

template <typename Scalar>
const char* launch(const AdamPass& pass, std::size_t count, const Scalar* gradient, Scalar* m,
                   Scalar* v, Scalar* direction, Stream stream) {
    if (count == 0) {
        return nullptr;
    }
    const std::size_t wanted = (count + kThreads - 1) / kThreads;
    const auto blocks = static_cast<unsigned>(wanted < kMaxBlocks ? wanted : kMaxBlocks);
    adamPassKernel<<<blocks, kThreads, 0, static_cast<cudaStream_t>(stream)>>>(
        pass, count, gradient, m, v, direction);
    return wordsOf(cudaGetLastError());
}

} // namespace

const char* adamPassFloat(const AdamPass& pass, std::size_t count, const float* gradient, float* m,
                          float* v, float* direction, Stream stream) {
    return launch(pass, count, gradient, m, v, direction, stream);
}

const char* adamPassDouble(const AdamPass& pass, std::size_t count, const double* gradient,
                           double* m, double* v, double* direction, Stream stream) {
    return launch(pass, count, gradient, m, v, direction, stream);
}

} // namespace psephos::gpu::cuda::detail
