// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/adam_pass.hpp"

#include <algorithm>
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

} // namespace

// One version a width of vectors, chosen when the library is loaded; all of them round alike.
#ifdef __x86_64__
#define PSEPHOS_EVERY_WIDTH __attribute__((flatten, target_clones("default", "avx2", "avx512f")))
#else
#define PSEPHOS_EVERY_WIDTH
#endif

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

} // namespace psephos::gpu::host
