// SPDX-License-Identifier: GPL-3.0-or-later
// The loops of update_pass.hpp, to be built into functions for every width. Internal to gpu.
#pragma once

#include "gpu/update_pass.hpp"

#include <array>
#include <numeric>

namespace psephos::gpu::host::detail {

/// In 16 sums, which lie in vectors of any width.
template <typename Scalar>
double sumOfProducts(std::size_t count, const Scalar* a, const Scalar* b) {
    constexpr std::size_t kLanes = 16;
    std::array<double, kLanes> sums{};
    std::size_t i = 0;
    for (; i + kLanes <= count; i += kLanes) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            sums[lane] += static_cast<double>(a[i + lane]) * static_cast<double>(b[i + lane]);
        }
    }
    double sum = std::accumulate(sums.begin(), sums.end(), 0.0);
    for (; i < count; ++i) {
        sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    }
    return sum;
}

/// Answers the sum of the update's squares.
template <typename Scalar>
double updateLoop(const UpdatePass& pass, std::size_t count, const Scalar* direction,
                  Scalar* weights, Scalar* update) {
    const auto scale = static_cast<Scalar>(pass.scale);
    const auto decay = static_cast<Scalar>(pass.decay);
    if (decay != 0) {
#pragma GCC ivdep
        for (std::size_t i = 0; i < count; ++i) {
            const Scalar change = scale * direction[i] - decay * weights[i];
            update[i] = change;
            weights[i] += change;
        }
    } else {
#pragma GCC ivdep
        for (std::size_t i = 0; i < count; ++i) {
            const Scalar change = scale * direction[i];
            update[i] = change;
            weights[i] += change;
        }
    }
    return sumOfProducts(count, update, update);
}

} // namespace psephos::gpu::host::detail
