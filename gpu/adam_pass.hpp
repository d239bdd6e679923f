// SPDX-License-Identifier: GPL-3.0-or-later
// One fused elementwise pass of Adam's moments: reads the gradient once, writes both moments and
// the direction. In SOAP the same pass runs in the rotated basis (2409.11321, Algorithm 3, lines
// 6-9).
#pragma once

#include "gpu/update_pass.hpp"

#include <cstddef>

namespace psephos::gpu {

/// Where epsilon stands in the denominator.
enum class AdamEpsilon {
    Added,  ///< sqrt(v * vScale) + epsilon
    Clamped ///< max(sqrt(v * vScale), epsilon)
};

/// m <- beta1 m + (1 - beta1) g;  v <- beta2 v + (1 - beta2) g^2;
/// direction = m * mScale / (sqrt(v * vScale) (+ or max) epsilon).
/// With mScale = 1/(1 - beta1^t) and vScale = 1/(1 - beta2^t) this is Adam as printed (1412.6980,
/// Algorithm 1); with both 1 it is SOAP's step, whose bias correction lies in the learning rate.
struct AdamPass {
    double beta1 = 0.9;   ///< in [0, 1)
    double beta2 = 0.999; ///< in [0, 1)
    double epsilon = 1e-8;
    double mScale = 1;
    double vScale = 1;
    AdamEpsilon mode = AdamEpsilon::Added;
};

namespace host {

/// All arrays have `count` numbers and may not overlap, but `direction` may be `gradient`.
/// Where direction's denominator is zero (zero moments, epsilon 0) the direction is 0, not NaN.
void adamPass(const AdamPass& pass, std::size_t count, const float* gradient, float* m, float* v,
              float* direction);
void adamPass(const AdamPass& pass, std::size_t count, const double* gradient, double* m, double* v,
              double* direction);

/// The same with the step (gpu/update_pass.hpp) in one pass over memory: neither the direction nor
/// the update is written, both follow from the moments. \return the sum of the update's squares
double adamStep(const AdamPass& pass, const UpdatePass& step, std::size_t count,
                const float* gradient, float* m, float* v, float* weights);
double adamStep(const AdamPass& pass, const UpdatePass& step, std::size_t count,
                const double* gradient, double* m, double* v, double* weights);

} // namespace host
} // namespace psephos::gpu
