// SPDX-License-Identifier: GPL-3.0-or-later
// Passes over whole tensors on a CPU that read and write memory once. Internal to the engine.
#pragma once

#include "gpu/adam_pass.hpp"

#include <ATen/core/Tensor.h>

namespace psephos::optim::engine {

/// Whether these passes take such a tensor: contiguous float32 or float64 numbers on a CPU.
[[nodiscard]] bool hasHostPass(const at::Tensor& tensor);

/// What becomes of a direction: update = scale·direction − decay·weights.
struct UpdateScale {
    double scale = 1.0;
    double decay = 0.0; ///< 0: the weights are not read
};

/// The host twin of gpu::AdamPass by all threads. All tensors are of one type and size, as
/// hasHostPass() wants them; `update` may be `gradient`. `weights` may be undefined without decay.
void adamPass(const gpu::AdamPass& pass, const UpdateScale& scale, const at::Tensor& gradient,
              const at::Tensor& m, const at::Tensor& v, const at::Tensor& weights,
              const at::Tensor& update);

/// Σx² in float64; the same bits for the same numbers, however many threads there are.
[[nodiscard]] double squaredNorm(const at::Tensor& tensor);

} // namespace psephos::optim::engine
