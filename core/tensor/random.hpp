// SPDX-License-Identifier: GPL-3.0-or-later
// Tensors filled from the counter-based random streams: never from LibTorch's global generator.
#pragma once

#include "numerics/random.hpp"

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <cstdint>
#include <span>

namespace psephos::tensor {

/// Normal numbers with standard deviation `deviation`, drawn in float64 in row-major order, so that
/// both precisions and all devices start from the same numbers (rounded).
[[nodiscard]] at::Tensor normal(std::span<const std::int64_t> shape, double deviation,
                                numerics::RandomStream stream, c10::ScalarType type,
                                c10::Device device);

} // namespace psephos::tensor
