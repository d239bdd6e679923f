// SPDX-License-Identifier: GPL-3.0-or-later
// What Psephos has kernels of its own for on a CUDA device. Internal to the engine.
#pragma once

#include "gpu/adam_pass.hpp"

#include <ATen/core/Tensor.h>

#include <optional>
#include <tuple>

namespace psephos::optim::engine {

/// Whether there are kernels for such a tensor: contiguous float32 or float64 numbers on the first
/// CUDA device, the kernels' module loaded.
[[nodiscard]] bool hasDevicePass(const at::Tensor& tensor);

/// gpu::AdamPass on tensors of one size that hasDevicePass(); queued on LibTorch's stream.
/// \throws c10::Error where CUDA refuses
void adamPassOnDevice(const gpu::AdamPass& pass, const at::Tensor& gradient, const at::Tensor& m,
                      const at::Tensor& v, const at::Tensor& direction);

/// Eigenvalues [b,d] ascending and eigenvectors [b,d,d] as columns of symmetric a [b,d,d] that
/// hasDevicePass(), all at once; none where cuSOLVER's batched driver is not there or gives up on
/// any item.
[[nodiscard]] std::optional<std::tuple<at::Tensor, at::Tensor>> eighOnDevice(const at::Tensor& a);

} // namespace psephos::optim::engine
