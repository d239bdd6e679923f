// SPDX-License-Identifier: GPL-3.0-or-later
#include "tensor/random.hpp"

#include <ATen/ATen.h>

namespace psephos::tensor {

at::Tensor normal(std::span<const std::int64_t> shape, double deviation,
                  numerics::RandomStream stream, c10::ScalarType type, c10::Device device) {
    const at::IntArrayRef sizes(shape.data(), shape.size());
    at::Tensor drawn = at::empty(sizes, at::TensorOptions(at::kDouble));
    stream.fillNormal(std::span(drawn.data_ptr<double>(), static_cast<std::size_t>(drawn.numel())));
    return drawn.mul_(deviation).to(at::TensorOptions(type).device(device));
}

} // namespace psephos::tensor
