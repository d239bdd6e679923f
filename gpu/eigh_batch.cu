// SPDX-License-Identifier: GPL-3.0-or-later
// Symmetric eigenproblems side by side, by cuSOLVER's batched driver. LibTorch takes the matrices
// one after another: 500 of 100 x 100 take it a hundred times as long (pytorch #174674).
#include "gpu/cuda_words.cuh"
#include "gpu/device_array.cuh"
#include "gpu/eigh_batch.cuh"

#include <cuda_runtime.h>

#if __has_include(<cusolverDn.h>)
#include <cusolverDn.h>
#endif

#if defined(CUSOLVER_VERSION) && CUSOLVER_VERSION >= 11701 // CUDA 12.6.2 brought the driver
#define PSEPHOS_HAS_SYEV_BATCHED
#include <dlfcn.h>
#include <mutex>
#include <vector>
#endif

namespace psephos::gpu::cuda::detail {

namespace {

#ifdef PSEPHOS_HAS_SYEV_BATCHED

#define PSEPHOS_TEXT_OF(x) #x
#define PSEPHOS_TEXT(x) PSEPHOS_TEXT_OF(x)
constexpr const char* kLibrary = "libcusolver.so." PSEPHOS_TEXT(CUSOLVER_VER_MAJOR);

/// What is called of cuSOLVER. It is opened when it is first wanted, so that the module needs no
/// library to load; whoever wants it sees to it that LibTorch has loaded its own by then, which is
/// found by its name.
struct Solver {
    decltype(&cusolverDnXsyevBatched_bufferSize) bufferSize = nullptr;
    decltype(&cusolverDnXsyevBatched) solve = nullptr;
    decltype(&cusolverDnSetStream) setStream = nullptr;
    cusolverDnHandle_t handle = nullptr;
    cusolverDnParams_t parameters = nullptr;
    const char* why = nullptr; ///< why it can't be used; null where it can
    std::mutex inUse;          ///< a handle serves one caller at a time

    Solver() {
        void* const library = dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
        if (library == nullptr) {
            why = "cuSOLVER's library is not there";
            return;
        }
        const auto find = [library](auto& function, const char* name) {
            function =
                reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, name));
            return function != nullptr;
        };
        decltype(&cusolverDnCreate) create = nullptr;
        decltype(&cusolverDnCreateParams) createParameters = nullptr;
        const bool isWhole =
            find(bufferSize, "cusolverDnXsyevBatched_bufferSize") &&
            find(solve, "cusolverDnXsyevBatched") && find(setStream, "cusolverDnSetStream") &&
            find(create, "cusolverDnCreate") && find(createParameters, "cusolverDnCreateParams");
        if (!isWhole || create(&handle) != CUSOLVER_STATUS_SUCCESS ||
            createParameters(&parameters) != CUSOLVER_STATUS_SUCCESS) {
            why = "cuSOLVER has no batched driver that works";
        }
    }
};

Solver& solver() {
    static Solver only; // never taken down: CUDA may be gone by then
    return only;
}

template <typename Scalar>
const char* solve(std::int64_t d, std::int64_t count, Scalar* matrices, Scalar* values,
                  int* failures, Stream stream) {
    if (d == 0 || count == 0) {
        return nullptr;
    }
    Solver& own = solver();
    if (own.why != nullptr) {
        return own.why;
    }
    const std::lock_guard lock(own.inUse);
    constexpr const char* kRefused = "cuSOLVER refuses the batch";
    constexpr cudaDataType kType = sizeof(Scalar) == sizeof(float) ? CUDA_R_32F : CUDA_R_64F;
    const auto cudaStream = static_cast<cudaStream_t>(stream);
    std::size_t deviceBytes = 0;
    std::size_t hostBytes = 0;
    if (own.setStream(own.handle, cudaStream) != CUSOLVER_STATUS_SUCCESS ||
        own.bufferSize(own.handle, own.parameters, CUSOLVER_EIG_MODE_VECTOR, CUBLAS_FILL_MODE_LOWER,
                       d, kType, matrices, d, kType, values, kType, &deviceBytes, &hostBytes,
                       count) != CUSOLVER_STATUS_SUCCESS) {
        return kRefused;
    }
    DeviceArray workspace;
    DeviceArray infos;
    const std::size_t infoBytes = static_cast<std::size_t>(count) * sizeof(int);
    if (const cudaError_t error = workspace.allocate(deviceBytes); error != cudaSuccess) {
        return wordsOf(error);
    }
    if (const cudaError_t error = infos.allocate(infoBytes); error != cudaSuccess) {
        return wordsOf(error);
    }
    std::vector<char> hostWorkspace(hostBytes);
    if (own.solve(own.handle, own.parameters, CUSOLVER_EIG_MODE_VECTOR, CUBLAS_FILL_MODE_LOWER, d,
                  kType, matrices, d, kType, values, kType, workspace.as<char>(), deviceBytes,
                  hostWorkspace.data(), hostBytes, infos.as<int>(),
                  count) != CUSOLVER_STATUS_SUCCESS) {
        return kRefused;
    }
    cudaError_t error =
        cudaMemcpyAsync(failures, infos.as<int>(), infoBytes, cudaMemcpyDeviceToHost, cudaStream);
    error = error == cudaSuccess ? cudaStreamSynchronize(cudaStream) : error;
    return wordsOf(error);
}

#else

template <typename Scalar>
const char* solve(std::int64_t, std::int64_t, Scalar*, Scalar*, int*, Stream) {
    return "built without cuSOLVER's batched driver";
}

#endif

} // namespace

const char* eighBatchFloat(std::int64_t d, std::int64_t count, float* matrices, float* values,
                           int* failures, Stream stream) {
    return solve(d, count, matrices, values, failures, stream);
}

const char* eighBatchDouble(std::int64_t d, std::int64_t count, double* matrices, double* values,
                            int* failures, Stream stream) {
    return solve(d, count, matrices, values, failures, stream);
}

} // namespace psephos::gpu::cuda::detail
