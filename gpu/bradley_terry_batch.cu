// SPDX-License-Identifier: GPL-3.0-or-later
// The CUDA twin of bradley_terry_batch.cpp: a block a problem, its matrix in shared memory.
#include "gpu/bradley_terry_batch.cuh"
#include "gpu/cuda_words.cuh"
#include "gpu/device_array.cuh"

#include <algorithm>
#include <cuda_runtime.h>

namespace psephos::gpu::cuda::detail {

namespace {

constexpr unsigned kThreads = 256;
constexpr unsigned kWarp = 32;
constexpr double kLongestStep = 2.0;
constexpr double kEnoughResidual = 1e-9;
constexpr std::size_t kBytesAtOnce = std::size_t(2) << 30; // of wins on the device

/// Sum, or largest where `kIsMax`, over a warp; every lane answers it.
template <bool kIsMax>
__device__ double acrossWarp(double value) {
    for (unsigned apart = kWarp / 2; apart > 0; apart /= 2) {
        const double other = __shfl_xor_sync(0xffffffffU, value, static_cast<int>(apart));
        value = kIsMax ? fmax(value, other) : value + other;
    }
    return value;
}

/// A block's problem. All threads call every function; vectors and matrix are shared.
struct Fit {
    BradleyTerryBatch problem;
    unsigned n;
    double* information; ///< lower triangle, row i from i(i+1)/2
    double* theta;
    double* score;
    double* step;
    double* won;
    double* scratch; ///< one number a warp

    __device__ double& at(unsigned i, unsigned j) const { return information[i * (i + 1) / 2 + j]; }

    /// f(i) over all candidates, added up or the largest, in a fixed order.
    template <bool kIsMax, typename Term>
    __device__ double reduce(Term term) const {
        double mine = 0;
        for (unsigned i = threadIdx.x; i < n; i += blockDim.x) {
            mine = kIsMax ? fmax(mine, term(i)) : mine + term(i);
        }
        mine = acrossWarp<kIsMax>(mine);
        __syncthreads();
        if (threadIdx.x % kWarp == 0) {
            scratch[threadIdx.x / kWarp] = mine;
        }
        __syncthreads();
        double all = scratch[0];
        for (unsigned w = 1; w < blockDim.x / kWarp; ++w) {
            all = kIsMax ? fmax(all, scratch[w]) : all + scratch[w];
        }
        return all;
    }

    __device__ void assemble(const double* wins) const {
        const unsigned lane = threadIdx.x % kWarp;
        for (unsigned i = threadIdx.x / kWarp; i < n; i += blockDim.x / kWarp) {
            double scoreSum = 0;
            double weightSum = 0;
            double wonSum = 0;
            for (unsigned j = lane; j < n; j += kWarp) {
                if (j == i) {
                    continue;
                }
                const double over = wins[std::size_t(i) * n + j];
                const double under = wins[std::size_t(j) * n + i];
                const double p = 1 / (1 + exp(theta[j] - theta[i]));
                const double q = 1 / (1 + exp(theta[i] - theta[j]));
                const double w = (over + under) * p * q;
                scoreSum += over * q - under * p;
                weightSum += w;
                wonSum += over;
                if (j < i) {
                    at(i, j) = -w;
                }
            }
            scoreSum = acrossWarp<false>(scoreSum);
            weightSum = acrossWarp<false>(weightSum);
            wonSum = acrossWarp<false>(wonSum);
            if (lane == 0) {
                score[i] = scoreSum - problem.ridge * theta[i];
                at(i, i) = weightSum + problem.ridge;
                won[i] = wonSum;
            }
        }
        __syncthreads();
    }

    /// Cholesky in place, right-looking; false where a pivot is not positive.
    __device__ bool factorize(unsigned held) const {
        for (unsigned k = held; k < n; ++k) {
            const double diagonal = at(k, k);
            __syncthreads();
            if (!(diagonal > 0)) {
                return false; // the same for all threads
            }
            const double pivot = sqrt(diagonal);
            for (unsigned i = k + threadIdx.x; i < n; i += blockDim.x) {
                at(i, k) = i == k ? pivot : at(i, k) / pivot;
            }
            __syncthreads();
            const unsigned lane = threadIdx.x % kWarp;
            for (unsigned i = k + 1 + threadIdx.x / kWarp; i < n; i += blockDim.x / kWarp) {
                const double left = at(i, k);
                for (unsigned j = k + 1 + lane; j <= i; j += kWarp) {
                    at(i, j) -= left * at(j, k);
                }
            }
            __syncthreads();
        }
        return true;
    }

    __device__ bool solve() const {
        const unsigned held = problem.ridge == 0 ? 1 : 0;
        if (!factorize(held)) {
            return false;
        }
        for (unsigned i = threadIdx.x; i < n; i += blockDim.x) {
            step[i] = i < held ? 0.0 : score[i];
        }
        __syncthreads();
        for (unsigned k = held; k < n; ++k) {
            const double solved = step[k] / at(k, k);
            __syncthreads();
            for (unsigned i = k + threadIdx.x; i < n; i += blockDim.x) {
                step[i] = i == k ? solved : step[i] - at(i, k) * solved;
            }
            __syncthreads();
        }
        for (unsigned k = n; k-- > held;) {
            const double solved = step[k] / at(k, k);
            __syncthreads();
            for (unsigned i = held + threadIdx.x; i <= k; i += blockDim.x) {
                step[i] = i == k ? solved : step[i] - at(k, i) * solved;
            }
            __syncthreads();
        }
        const double sum = reduce<false>([this](unsigned i) { return step[i]; });
        if (held == 1) {
            for (unsigned i = threadIdx.x; i < n; i += blockDim.x) {
                step[i] -= sum / n;
            }
        }
        __syncthreads();
        return isfinite(sum);
    }

    /// θ += factor · step, after step is scaled by `scale`.
    __device__ void move(double scale, double factor) const {
        for (unsigned i = threadIdx.x; i < n; i += blockDim.x) {
            step[i] *= scale;
            theta[i] += factor * step[i];
        }
        __syncthreads();
    }

    __device__ int run(const double* wins) const {
        int iterations = 0;
        double slope = 0;
        bool isLast = false;
        const auto slopeNow = [this] {
            return reduce<false>([this](unsigned i) { return score[i] * step[i]; });
        };
        for (;;) {
            assemble(wins);
            const double slopeAfter = slopeNow();
            if (!isLast && iterations > 0 && slopeAfter < -0.5 * slope) {
                slope *= 0.5;
                move(0.5, -1.0);
                continue;
            }
            if (isLast) {
                break;
            }
            if (iterations == problem.maxIterations || !solve()) {
                return -1;
            }
            ++iterations;
            const double longest = reduce<true>([this](unsigned i) { return fabs(step[i]); });
            move(longest > kLongestStep ? kLongestStep / longest : 1.0, 1.0);
            isLast = longest < problem.tolerance;
            slope = slopeNow();
        }
        const double sum = reduce<false>([this](unsigned i) { return theta[i]; });
        const double residual =
            reduce<true>([this](unsigned i) { return fabs(score[i]) / (1 + won[i]); });
        if (problem.ridge == 0) {
            for (unsigned i = threadIdx.x; i < n; i += blockDim.x) {
                theta[i] -= sum / n;
            }
        }
        __syncthreads();
        return residual <= kEnoughResidual ? iterations : -1;
    }
};

__global__ void bradleyTerryKernel(BradleyTerryBatch problem, const double* wins, double* strengths,
                                   int* iterations) {
    extern __shared__ double shared[];
    const auto n = static_cast<unsigned>(problem.size);
    Fit fit{};
    fit.problem = problem;
    fit.n = n;
    fit.theta = shared;
    fit.score = fit.theta + n;
    fit.step = fit.score + n;
    fit.won = fit.step + n;
    fit.scratch = fit.won + n;
    fit.information = fit.scratch + kThreads / kWarp;
    double* mine = strengths + std::size_t(blockIdx.x) * n;
    for (unsigned i = threadIdx.x; i < n; i += blockDim.x) {
        fit.theta[i] = mine[i];
        fit.step[i] = 0;
    }
    __syncthreads();
    const int answer = fit.run(wins + std::size_t(blockIdx.x) * n * n);
    __syncthreads();
    for (unsigned i = threadIdx.x; i < n; i += blockDim.x) {
        mine[i] = fit.theta[i];
    }
    if (threadIdx.x == 0) {
        iterations[blockIdx.x] = answer;
    }
}

cudaError_t fitPart(BradleyTerryBatch problem, std::size_t sharedBytes, const double* wins,
                    double* strengths, int* iterations, const DeviceArray& winsThere,
                    const DeviceArray& strengthsThere, const DeviceArray& iterationsThere) {
    const std::size_t n = problem.size;
    const std::size_t strengthBytes = problem.batch * n * sizeof(double);
    cudaError_t error = cudaMemcpy(winsThere.as<double>(), wins,
                                   problem.batch * n * n * sizeof(double), cudaMemcpyHostToDevice);
    if (error == cudaSuccess) {
        error = cudaMemcpy(strengthsThere.as<double>(), strengths, strengthBytes,
                           cudaMemcpyHostToDevice);
    }
    if (error != cudaSuccess) {
        return error;
    }
    bradleyTerryKernel<<<static_cast<unsigned>(problem.batch), kThreads, sharedBytes>>>(
        problem, winsThere.as<double>(), strengthsThere.as<double>(), iterationsThere.as<int>());
    error = cudaGetLastError();
    if (error == cudaSuccess) {
        error = cudaMemcpy(strengths, strengthsThere.as<double>(), strengthBytes,
                           cudaMemcpyDeviceToHost);
    }
    if (error == cudaSuccess) {
        error = cudaMemcpy(iterations, iterationsThere.as<int>(), problem.batch * sizeof(int),
                           cudaMemcpyDeviceToHost);
    }
    return error;
}

} // namespace

const char* bradleyTerryBatch(const BradleyTerryBatch& problem, const double* wins,
                              double* strengths, int* iterations) {
    if (problem.batch == 0 || problem.size == 0) {
        std::fill(iterations, iterations + problem.batch, 0);
        return nullptr;
    }
    if (problem.size > kBradleyTerryMaxSize) {
        return "there are more candidates than fit into shared memory";
    }
    const std::size_t n = problem.size;
    const std::size_t sharedBytes = (n * (n + 1) / 2 + 4 * n + kThreads / kWarp) * sizeof(double);
    cudaError_t error =
        cudaFuncSetAttribute(bradleyTerryKernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                             static_cast<int>(sharedBytes));
    if (error != cudaSuccess) {
        return wordsOf(error);
    }
    const std::size_t atOnce =
        std::min(problem.batch, std::max<std::size_t>(1, kBytesAtOnce / (n * n * sizeof(double))));
    DeviceArray winsThere;
    DeviceArray strengthsThere;
    DeviceArray iterationsThere;
    error = winsThere.allocate(atOnce * n * n * sizeof(double));
    if (error == cudaSuccess) {
        error = strengthsThere.allocate(atOnce * n * sizeof(double));
    }
    if (error == cudaSuccess) {
        error = iterationsThere.allocate(atOnce * sizeof(int));
    }
    for (std::size_t from = 0; error == cudaSuccess && from < problem.batch; from += atOnce) {
        BradleyTerryBatch part = problem;
        part.batch = std::min(atOnce, problem.batch - from);
        error = fitPart(part, sharedBytes, wins + from * n * n, strengths + from * n,
                        iterations + from, winsThere, strengthsThere, iterationsThere);
    }
    return wordsOf(error);
}

} // namespace psephos::gpu::cuda::detail
