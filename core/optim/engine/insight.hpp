// SPDX-License-Identifier: GPL-3.0-or-later
// What an optimizer keeps of one parameter, to be looked at and not touched.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace psephos::optim::engine {

/// One side of a preconditioned matrix; d is its length.
struct SideInsight {
    at::Tensor gram; ///< the average of GGᵀ or GᵀG [d,d]; undefined where the side is left alone
    at::Tensor basis; ///< Q [d,d], columns are directions; undefined where none is kept
    at::Tensor root;  ///< an inverse root of the Gram matrix [d,d]; undefined where none is kept

    [[nodiscard]] bool isThere() const { return gram.defined(); }
};

/// Views of an optimizer's own tensors, or made of them, a matrix as [rows, cols]: they hold until
/// its next step, restore or end. What an optimizer does not keep is undefined.
struct Insight {
    std::string algorithm; ///< "soap", as in Optimizer::layout()
    at::Tensor update; ///< W_new − W_old of the last step in which it took part, where it is known
    SideInsight left;  ///< of the rows
    SideInsight right;             ///< of the columns
    at::Tensor secondMoment;       ///< V, a number a weight
    bool isMomentTurned = false;   ///< V lies in the bases, not along the weights' own axes
    bool isMomentFactored = false; ///< it keeps row and column sums in place of V
    double momentBeta = 0.0;       ///< the memory of V or of those sums; 0 where there is none
    bool refreshesNext = false;    ///< by plan, its next step refreshes bases or roots
};

/// Bytes that an optimizer holds, by what they are for.
struct MemoryUse {
    std::size_t weights = 0;
    std::size_t gradients = 0; ///< gathered, or read where they are
    std::size_t updates = 0;   ///< W_new − W_old, kept between steps
    std::size_t firstMoments = 0;
    std::size_t secondMoments = 0;
    std::size_t grams = 0;
    std::size_t bases = 0; ///< and inverse roots
    std::size_t others = 0;

    /// What stateBytes() counts.
    [[nodiscard]] std::size_t state() const {
        return firstMoments + secondMoments + grams + bases + others;
    }
};

} // namespace psephos::optim::engine
