// SPDX-License-Identifier: GPL-3.0-or-later
// The CUDA twin of matrix_game_batch.cpp: a block a game, its equations in shared memory.
#include "gpu/cuda_words.cuh"
#include "gpu/device_array.cuh"
#include "gpu/matrix_game_batch.cuh"

#include <algorithm>
#include <cuda_runtime.h>

namespace psephos::gpu::cuda::detail {

namespace {

constexpr unsigned kThreads = 128;
constexpr unsigned kWarp = 32;
constexpr unsigned kWarps = kThreads / kWarp;
constexpr std::size_t kBytesAtOnce = std::size_t(2) << 30; // of margins on the device

/// A block's game. All threads call every function; vectors and matrix are shared.
struct Path {
    MatrixGameBatch problem;
    unsigned n;
    const double* margins; ///< [n,n] row-major, in global memory
    double scale;
    double shift;
    double* p;
    double* s;
    double* root;
    double* right;
    double* stepP;
    double* stepS;
    double* scratch; ///< one number a warp
    unsigned* pivots;
    double* system; ///< [n, n + 1] row-major: the odd stride spreads columns over the banks

    __device__ double& at(unsigned i, unsigned j) const { return system[i * (n + 1) + j]; }

    /// f(i) over all candidates: the sum, or the largest if kIsMax, in a fixed order.
    template <bool kIsMax, typename Term>
    __device__ double reduce(double start, Term term) const {
        double mine = start;
        for (unsigned i = threadIdx.x; i < n; i += blockDim.x) {
            mine = kIsMax ? fmax(mine, term(i)) : mine + term(i);
        }
        for (unsigned apart = kWarp / 2; apart > 0; apart /= 2) {
            const double other = __shfl_xor_sync(0xffffffffU, mine, static_cast<int>(apart));
            mine = kIsMax ? fmax(mine, other) : mine + other;
        }
        __syncthreads();
        if (threadIdx.x % kWarp == 0) {
            scratch[threadIdx.x / kWarp] = mine;
        }
        __syncthreads();
        double all = scratch[0];
        for (unsigned w = 1; w < kWarps; ++w) {
            all = kIsMax ? fmax(all, scratch[w]) : all + scratch[w];
        }
        return all;
    }

    /// Mᵀx over the scale.
    __device__ void pay(const double* x, double* out) const {
        __syncthreads();
        for (unsigned j = threadIdx.x; j < n; j += blockDim.x) {
            double sum = 0;
            for (unsigned i = 0; i < n; ++i) {
                sum += x[i] * margins[std::size_t(i) * n + j];
            }
            out[j] = sum / scale;
        }
        __syncthreads();
    }

    __device__ double mu() const {
        return reduce<false>(0, [this](unsigned i) { return p[i] * s[i]; }) / n;
    }

    /// The row of the largest entry in column k, from row k on; the first warp looks.
    __device__ void findPivot(unsigned k) const {
        if (threadIdx.x < kWarp) {
            double largest = -1;
            unsigned row = k;
            for (unsigned i = k + threadIdx.x; i < n; i += kWarp) {
                const double size = fabs(at(i, k));
                if (size > largest) {
                    largest = size;
                    row = i;
                }
            }
            for (unsigned apart = kWarp / 2; apart > 0; apart /= 2) {
                const double other = __shfl_xor_sync(0xffffffffU, largest, static_cast<int>(apart));
                const unsigned otherRow =
                    __shfl_xor_sync(0xffffffffU, row, static_cast<int>(apart));
                if (other > largest || (other == largest && otherRow < row)) {
                    largest = other;
                    row = otherRow;
                }
            }
            if (threadIdx.x == 0) {
                pivots[k] = row;
            }
        }
        __syncthreads();
    }

    __device__ bool factorize() const {
        for (unsigned i = threadIdx.x; i < n; i += blockDim.x) {
            root[i] = sqrt(p[i] / s[i]);
        }
        __syncthreads();
        for (unsigned cell = threadIdx.x; cell < n * n; cell += blockDim.x) {
            const unsigned j = cell / n;
            const unsigned i = cell % n; // neighbours read neighbours
            at(i, j) = i == j ? 1.0 : root[i] * (margins[cell] / scale) * root[j];
        }
        __syncthreads();
        for (unsigned k = 0; k < n; ++k) {
            findPivot(k);
            const unsigned pivot = pivots[k];
            for (unsigned j = threadIdx.x; j < n && pivot != k; j += blockDim.x) {
                const double other = at(pivot, j);
                at(pivot, j) = at(k, j);
                at(k, j) = other;
            }
            __syncthreads();
            const double diagonal = at(k, k);
            if (!(fabs(diagonal) > 0)) {
                return false; // the same for all threads
            }
            for (unsigned i = k + 1 + threadIdx.x; i < n; i += blockDim.x) {
                at(i, k) /= diagonal;
            }
            __syncthreads();
            const unsigned lane = threadIdx.x % kWarp;
            for (unsigned i = k + 1 + threadIdx.x / kWarp; i < n; i += kWarps) {
                const double factor = at(i, k);
                for (unsigned j = k + 1 + lane; j < n; j += kWarp) {
                    at(i, j) -= factor * at(k, j);
                }
            }
            __syncthreads();
        }
        return true;
    }

    __device__ void direct(double shiftStep) const {
        for (unsigned i = threadIdx.x; i < n; i += blockDim.x) {
            stepP[i] = (right[i] - p[i] * shiftStep) / sqrt(p[i] * s[i]);
        }
        __syncthreads();
        if (threadIdx.x == 0) {
            for (unsigned k = 0; k < n; ++k) {
                const double other = stepP[pivots[k]];
                stepP[pivots[k]] = stepP[k];
                stepP[k] = other;
            }
        }
        __syncthreads();
        for (unsigned k = 0; k < n; ++k) {
            const double solved = stepP[k];
            for (unsigned i = k + 1 + threadIdx.x; i < n; i += blockDim.x) {
                stepP[i] -= at(i, k) * solved;
            }
            __syncthreads();
        }
        for (unsigned k = n; k-- > 0;) {
            const double solved = stepP[k] / at(k, k);
            __syncthreads();
            for (unsigned i = threadIdx.x; i <= k; i += blockDim.x) {
                stepP[i] = i == k ? solved : stepP[i] - at(i, k) * solved;
            }
            __syncthreads();
        }
        for (unsigned i = threadIdx.x; i < n; i += blockDim.x) {
            stepP[i] *= root[i];
        }
        pay(stepP, stepS);
        for (unsigned i = threadIdx.x; i < n; i += blockDim.x) {
            stepS[i] = s[i] < p[i] ? (right[i] - s[i] * stepP[i]) / p[i] : stepS[i] + shiftStep;
        }
        __syncthreads();
    }

    __device__ double longest() const {
        const double shrink = reduce<true>(
            0, [this](unsigned i) { return fmax(-stepP[i] / p[i], -stepS[i] / s[i]); });
        return shrink > 0 ? 1 / shrink : 1e300;
    }

    __device__ bool descend() {
        if (!factorize()) {
            return false;
        }
        const double now = mu();
        for (unsigned i = threadIdx.x; i < n; i += blockDim.x) {
            right[i] = -p[i] * s[i];
        }
        direct(-shift);
        const double reach = fmin(1.0, longest());
        const double after = reduce<false>(0, [this, reach](unsigned i) {
            return (p[i] + reach * stepP[i]) * (s[i] + reach * stepS[i]);
        });
        const double ratio = fmin(fmax(after / (n * now), 0.0), 1.0);
        const double sigma = fmax(ratio * ratio * ratio, 1e-8);
        for (unsigned i = threadIdx.x; i < n; i += blockDim.x) {
            right[i] = sigma * now - p[i] * s[i] - stepP[i] * stepS[i];
        }
        const double shiftStep = (sigma - 1) * shift;
        direct(shiftStep);
        const double damping = fmin(fmax(1 - now, 0.9), 0.995);
        const double length = fmin(1.0, damping * longest());
        for (unsigned i = threadIdx.x; i < n; i += blockDim.x) {
            p[i] += length * stepP[i];
            s[i] += length * stepS[i];
        }
        shift += length * shiftStep;
        __syncthreads();
        return isfinite(length);
    }

    __device__ double run(double* lottery) {
        const double largest = reduce<true>(0, [this](unsigned i) {
            double most = 0;
            for (unsigned j = 0; j < n; ++j) {
                most = fmax(most, fabs(margins[std::size_t(i) * n + j]));
            }
            return most;
        });
        const double faults = reduce<false>(0, [this](unsigned i) {
            double count = 0;
            for (unsigned j = 0; j < n; ++j) {
                count += isfinite(margins[std::size_t(i) * n + j]) ? 0.0 : 1.0;
            }
            return count;
        });
        scale = largest > 0 ? largest : 1;
        for (unsigned i = threadIdx.x; i < n; i += blockDim.x) {
            p[i] = 1.0 / n;
        }
        pay(p, s);
        const double worst = reduce<true>(-1e300, [this](unsigned i) { return -s[i]; });
        shift = fmax(2 * worst, 1e-3);
        for (unsigned i = threadIdx.x; i < n; i += blockDim.x) {
            s[i] += shift;
        }
        __syncthreads();
        for (int step = 0; step < problem.maxIterations && faults == 0; ++step) {
            if (n * mu() <= problem.tolerance / 2 || !descend()) {
                break;
            }
        }
        const double sum = reduce<false>(0, [this](unsigned i) { return p[i]; });
        for (unsigned i = threadIdx.x; i < n; i += blockDim.x) {
            lottery[i] = p[i] / sum;
            right[i] = lottery[i];
        }
        pay(right, stepS);
        const double gap = reduce<true>(-1e300, [this](unsigned i) { return -stepS[i]; });
        return faults == 0 && isfinite(sum) ? fmax(0.0, gap) : nan("");
    }
};

__global__ void matrixGameKernel(MatrixGameBatch problem, const double* margins, double* lotteries,
                                 double* gaps) {
    extern __shared__ double shared[];
    const auto n = static_cast<unsigned>(problem.size);
    Path path{};
    path.problem = problem;
    path.n = n;
    path.margins = margins + std::size_t(blockIdx.x) * n * n;
    path.p = shared;
    path.s = path.p + n;
    path.root = path.s + n;
    path.right = path.root + n;
    path.stepP = path.right + n;
    path.stepS = path.stepP + n;
    path.scratch = path.stepS + n;
    path.system = path.scratch + kWarps;
    path.pivots = reinterpret_cast<unsigned*>(path.system + n * (n + 1));
    const double gap = path.run(lotteries + std::size_t(blockIdx.x) * n);
    if (threadIdx.x == 0) {
        gaps[blockIdx.x] = gap;
    }
}

std::size_t sharedBytesOf(std::size_t n) {
    return (n * (n + 1) + 6 * n + kWarps) * sizeof(double) + n * sizeof(unsigned);
}

cudaError_t solvePart(const MatrixGameBatch& problem, const double* margins, double* lotteries,
                      double* gaps, const DeviceArray& marginsThere,
                      const DeviceArray& lotteriesThere, const DeviceArray& gapsThere) {
    const std::size_t n = problem.size;
    cudaError_t error = cudaMemcpy(marginsThere.as<double>(), margins,
                                   problem.batch * n * n * sizeof(double), cudaMemcpyHostToDevice);
    if (error != cudaSuccess) {
        return error;
    }
    matrixGameKernel<<<static_cast<unsigned>(problem.batch), kThreads, sharedBytesOf(n)>>>(
        problem, marginsThere.as<double>(), lotteriesThere.as<double>(), gapsThere.as<double>());
    error = cudaGetLastError();
    if (error == cudaSuccess) {
        error = cudaMemcpy(lotteries, lotteriesThere.as<double>(),
                           problem.batch * n * sizeof(double), cudaMemcpyDeviceToHost);
    }
    if (error == cudaSuccess) {
        error = cudaMemcpy(gaps, gapsThere.as<double>(), problem.batch * sizeof(double),
                           cudaMemcpyDeviceToHost);
    }
    return error;
}

} // namespace

const char* matrixGameBatch(const MatrixGameBatch& problem, const double* margins,
                            double* lotteries, double* gaps) {
    if (problem.batch == 0 || problem.size == 0) {
        std::fill(gaps, gaps + problem.batch, 0.0);
        return nullptr;
    }
    if (problem.size > kMatrixGameMaxSize) {
        return "there are more candidates than fit into shared memory";
    }
    const std::size_t n = problem.size;
    cudaError_t error =
        cudaFuncSetAttribute(matrixGameKernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                             static_cast<int>(sharedBytesOf(n)));
    if (error != cudaSuccess) {
        return wordsOf(error);
    }
    const std::size_t atOnce =
        std::min(problem.batch, std::max<std::size_t>(1, kBytesAtOnce / (n * n * sizeof(double))));
    DeviceArray marginsThere;
    DeviceArray lotteriesThere;
    DeviceArray gapsThere;
    error = marginsThere.allocate(atOnce * n * n * sizeof(double));
    if (error == cudaSuccess) {
        error = lotteriesThere.allocate(atOnce * n * sizeof(double));
    }
    if (error == cudaSuccess) {
        error = gapsThere.allocate(atOnce * sizeof(double));
    }
    for (std::size_t from = 0; error == cudaSuccess && from < problem.batch; from += atOnce) {
        MatrixGameBatch part = problem;
        part.batch = std::min(atOnce, problem.batch - from);
        error = solvePart(part, margins + from * n * n, lotteries + from * n, gaps + from,
                          marginsThere, lotteriesThere, gapsThere);
    }
    return wordsOf(error);
}

} // namespace psephos::gpu::cuda::detail
