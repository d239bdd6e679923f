// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/update_pass.hpp"

#include "gpu/every_width.hpp"
#include "gpu/update_loop.hpp"

namespace psephos::gpu::host {

PSEPHOS_EVERY_WIDTH
double updatePass(const UpdatePass& pass, std::size_t count, const float* direction, float* weights,
                  float* update) {
    return detail::updateLoop(pass, count, direction, weights, update);
}

PSEPHOS_EVERY_WIDTH
double updatePass(const UpdatePass& pass, std::size_t count, const double* direction,
                  double* weights, double* update) {
    return detail::updateLoop(pass, count, direction, weights, update);
}

PSEPHOS_EVERY_WIDTH
double dot(std::size_t count, const float* a, const float* b) {
    return detail::sumOfProducts(count, a, b);
}

PSEPHOS_EVERY_WIDTH
double dot(std::size_t count, const double* a, const double* b) {
    return detail::sumOfProducts(count, a, b);
}

} // namespace psephos::gpu::host
