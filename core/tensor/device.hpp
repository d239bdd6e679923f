// SPDX-License-Identifier: GPL-3.0-or-later
// Devices by name, and the number of threads that LibTorch computes with.
#pragma once

#include "lab/result.hpp"

#include <c10/core/Device.h>

#include <string>
#include <string_view>

namespace psephos::tensor {

/// `cpu` or `cuda` as a device that is there. The first `cuda` loads libtorch_cuda.so, before
/// anybody asks LibTorch about CUDA: that answer is cached. Thread-safe.
/// \errors an unknown word; no CUDA library, driver or GPU, and why
[[nodiscard]] lab::Result<c10::Device> openDevice(std::string_view name);

/// Makes LibTorch compute with this many threads (at least 1) on the calling thread. Results repeat
/// bit for bit at a fixed number. Cheap where nothing changes.
void useThreads(int threads);

/// Waits for what was queued on the device; nothing to do on a CPU.
void synchronize(c10::Device device);

/// "2.11.0".
[[nodiscard]] std::string libraryVersion();

} // namespace psephos::tensor
