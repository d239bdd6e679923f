// SPDX-License-Identifier: GPL-3.0-or-later
// The pass that ends an optimizer's step, and the sums that it reports.
#pragma once

#include <cstddef>

namespace psephos::gpu {

/// update <- scale * direction - decay * weights; weights <- weights + update. With decay 0 the
/// weights have no part in the update, whatever they are.
struct UpdatePass {
    double scale = 1;
    double decay = 0;
};

namespace host {

/// All arrays have `count` numbers and may not overlap, but `update` may be `direction`.
/// \return the sum of the update's squares
double updatePass(const UpdatePass& pass, std::size_t count, const float* direction, float* weights,
                  float* update);
double updatePass(const UpdatePass& pass, std::size_t count, const double* direction,
                  double* weights, double* update);

/// Sums of a_i * b_i in double precision: the same bits on every machine.
double dot(std::size_t count, const float* a, const float* b);
double dot(std::size_t count, const double* a, const double* b);

} // namespace host
} // namespace psephos::gpu
