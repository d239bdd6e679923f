// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/adam_pass.hpp"

#include "gpu/every_width.hpp"
#include "gpu/update_loop.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace psephos::gpu::host {

namespace {

template <typename Scalar, AdamEpsilon kMode>
void run(const AdamPass& pass, std::size_t count, const Scalar* gradient, Scalar* m, Scalar* v,
         Scalar* direction) {
    const auto beta1 = static_cast<Scalar>(pass.beta1);
    const auto beta2 = static_cast<Scalar>(pass.beta2);
    const auto rest1 = static_cast<Scalar>(1 - pass.beta1);
    const auto rest2 = static_cast<Scalar>(1 - pass.beta2);
    const auto mScale = static_cast<Scalar>(pass.mScale);
    const auto vScale = static_cast<Scalar>(pass.vScale);
    const auto epsilon = static_cast<Scalar>(pass.epsilon);
    // Every number is on its own (`direction` may be `gradient`), and there is no branch that
    // depends on data but choices between two numbers, so that the loop vectorises.
#pragma GCC ivdep
    for (std::size_t i = 0; i < count; ++i) {
        const Scalar g = gradient[i];
        const Scalar newM = beta1 * m[i] + rest1 * g;
        const Scalar newV = beta2 * v[i] + rest2 * g * g;
        m[i] = newM;
        v[i] = newV;
        const Scalar root = std::sqrt(newV * vScale);
        const Scalar denominator =
            kMode == AdamEpsilon::Added ? root + epsilon : std::max(root, epsilon);
        const bool isZero = !(denominator > 0);
        direction[i] = (isZero ? Scalar(0) : newM * mScale) / (isZero ? Scalar(1) : denominator);
    }
}

template <typename Scalar>
void dispatch(const AdamPass& pass, std::size_t count, const Scalar* gradient, Scalar* m, Scalar* v,
              Scalar* direction) {
    if (pass.mode == AdamEpsilon::Added) {
        run<Scalar, AdamEpsilon::Added>(pass, count, gradient, m, v, direction);
    } else {
        run<Scalar, AdamEpsilon::Clamped>(pass, count, gradient, m, v, direction);
    }
}

template <typename Scalar>
double stepTiles(const AdamPass& pass, const UpdatePass& step, std::size_t count,
                 const Scalar* gradient, Scalar* m, Scalar* v, Scalar* weights) {
    constexpr std::size_t kTile = 512; // all that belongs to it stays in the first cache
    alignas(64) std::array<Scalar, kTile> update;
    double sum = 0.0;
    for (std::size_t first = 0; first < count; first += kTile) {
        const std::size_t length = std::min(kTile, count - first);
        dispatch(pass, length, gradient + first, m + first, v + first, update.data());
        sum += detail::updateLoop(step, length, update.data(), weights + first, update.data());
    }
    return sum;
}

} // namespace

PSEPHOS_EVERY_WIDTH
void adamPass(const AdamPass& pass, std::size_t count, const float* gradient, float* m, float* v,
              float* direction) {
    dispatch(pass, count, gradient, m, v, direction);
}

PSEPHOS_EVERY_WIDTH
void adamPass(const AdamPass& pass, std::size_t count, const double* gradient, double* m, double* v,
              double* direction) {
    dispatch(pass, count, gradient, m, v, direction);
}

PSEPHOS_EVERY_WIDTH
double adamStep(const AdamPass& pass, const UpdatePass& step, std::size_t count,
                const float* gradient, float* m, float* v, float* weights) {
    return stepTiles(pass, step, count, gradient, m, v, weights);
}

PSEPHOS_EVERY_WIDTH
double adamStep(const AdamPass& pass, const UpdatePass& step, std::size_t count,
                const double* gradient, double* m, double* v, double* weights) {
    return stepTiles(pass, step, count, gradient, m, v, weights);
}

} // namespace psephos::gpu::host
