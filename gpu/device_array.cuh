// SPDX-License-Identifier: GPL-3.0-or-later
// Memory on a CUDA device.
#pragma once

#include <cstddef>
#include <cuda_runtime.h>

namespace psephos::gpu::cuda::detail {

/// Memory on the device, given back at the end.
class DeviceArray {
  public:
    DeviceArray() = default;
    DeviceArray(const DeviceArray&) = delete;
    DeviceArray& operator=(const DeviceArray&) = delete;

    ~DeviceArray() { cudaFree(data_); }

    cudaError_t allocate(std::size_t bytes) { return cudaMalloc(&data_, bytes); }

    template <typename T>
    T* as() const {
        return static_cast<T*>(data_);
    }

  private:
    void* data_ = nullptr;
};

} // namespace psephos::gpu::cuda::detail
