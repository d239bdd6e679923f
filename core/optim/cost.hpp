// SPDX-License-Identifier: GPL-3.0-or-later
// How many operations an optimizer's step takes, by its formula: what no implementation, processor
// or clock changes.
#pragma once

#include "optim/config.hpp"

namespace psephos::optim {

/// Floating-point operations; a multiplication with its addition is two.
struct Cost {
    double step = 0;    ///< of every step
    double refresh = 0; ///< on top, where roots or bases are computed anew

    friend Cost operator+(const Cost& a, const Cost& b) {
        return {a.step + b.step, a.refresh + b.refresh};
    }
};

/// The optimizer's own rule for a parameter of shape [rows, cols], a vector being [d, 1]. Products
/// count in full, symmetric ones by half. For a factor of length d beside e: its Gram matrix d²e,
/// projection and back (or the root's product) 2d²e each; a refresh 2d³ and QR 8/3·d³ (SOAP), or
/// the eigenproblem 9d³ and the root 2d³ (Shampoo). Newton–Schulz on a ≤ b: 4a²b + 2a³ a step.
/// Elementwise parts count each multiplication, addition, root and division once.
[[nodiscard]] Cost costOf(const OptimizerConfig& config, long rows, long cols);

} // namespace psephos::optim
