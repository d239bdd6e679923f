// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/engine/host_pass.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace psephos::optim::engine {

namespace {

/// Numbers that stay in a core's own cache between the parts of a pass.
constexpr std::int64_t kChunk = 4096;

std::int64_t chunksOf(std::int64_t count) {
    return (count + kChunk - 1) / kChunk;
}

template <typename Scalar>
void run(const gpu::AdamPass& pass, const UpdateScale& scale, const at::Tensor& gradient,
         const at::Tensor& m, const at::Tensor& v, const at::Tensor& weights,
         const at::Tensor& update) {
    const auto* const g = gradient.const_data_ptr<Scalar>();
    const auto* const w = scale.decay != 0.0 ? weights.const_data_ptr<Scalar>() : nullptr;
    auto* const first = m.mutable_data_ptr<Scalar>();
    auto* const second = v.mutable_data_ptr<Scalar>();
    auto* const out = update.mutable_data_ptr<Scalar>();
    const std::int64_t count = gradient.numel();
    const auto factor = static_cast<Scalar>(scale.scale);
    const auto decay = static_cast<Scalar>(scale.decay);
    at::parallel_for(0, chunksOf(count), 4, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t chunk = begin; chunk < end; ++chunk) {
            const std::int64_t at = chunk * kChunk;
            const std::int64_t length = std::min(kChunk, count - at);
            gpu::host::adamPass(pass, static_cast<std::size_t>(length), g + at, first + at,
                                second + at, out + at);
            for (std::int64_t i = at; w != nullptr && i < at + length; ++i) {
                out[i] = factor * out[i] - decay * w[i];
            }
            for (std::int64_t i = at; w == nullptr && factor != 1 && i < at + length; ++i) {
                out[i] *= factor;
            }
        }
    });
}

/// Σx² of a chunk in several sums, which the compiler keeps in vectors.
template <typename Scalar>
double squaresOf(const Scalar* numbers, std::int64_t count) {
    constexpr std::int64_t kLanes = 16;
    std::array<double, kLanes> sums{};
    std::int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes) {
        for (std::int64_t lane = 0; lane < kLanes; ++lane) {
            const auto x = static_cast<double>(numbers[i + lane]);
            sums[static_cast<std::size_t>(lane)] += x * x;
        }
    }
    double sum = std::accumulate(sums.begin(), sums.end(), 0.0);
    for (; i < count; ++i) {
        const auto x = static_cast<double>(numbers[i]);
        sum += x * x;
    }
    return sum;
}

template <typename Scalar>
double squares(const at::Tensor& tensor) {
    const auto* const numbers = tensor.const_data_ptr<Scalar>();
    const std::int64_t count = tensor.numel();
    std::vector<double> sums(static_cast<std::size_t>(chunksOf(count)));
    at::parallel_for(0, chunksOf(count), 8, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t chunk = begin; chunk < end; ++chunk) {
            const std::int64_t at = chunk * kChunk;
            sums[static_cast<std::size_t>(chunk)] =
                squaresOf(numbers + at, std::min(kChunk, count - at));
        }
    });
    return std::accumulate(sums.begin(), sums.end(), 0.0);
}

} // namespace

bool hasHostPass(const at::Tensor& tensor) {
    return tensor.device().is_cpu() && tensor.is_contiguous() &&
           (tensor.scalar_type() == at::kFloat || tensor.scalar_type() == at::kDouble);
}

void adamPass(const gpu::AdamPass& pass, const UpdateScale& scale, const at::Tensor& gradient,
              const at::Tensor& m, const at::Tensor& v, const at::Tensor& weights,
              const at::Tensor& update) {
    if (gradient.scalar_type() == at::kFloat) {
        run<float>(pass, scale, gradient, m, v, weights, update);
    } else {
        run<double>(pass, scale, gradient, m, v, weights, update);
    }
}

double squaredNorm(const at::Tensor& tensor) {
    return tensor.scalar_type() == at::kFloat ? squares<float>(tensor) : squares<double>(tensor);
}

} // namespace psephos::optim::engine
