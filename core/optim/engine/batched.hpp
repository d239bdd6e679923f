// SPDX-License-Identifier: GPL-3.0-or-later
// Linear algebra on batches of small matrices, and how a refresh falls back when it fails.
#pragma once

#include "optim/config.hpp"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>

namespace psephos::optim::engine {

/// Which way to the Q of a QR decomposition is the faster on a device: what BasisRefresh::Qr means.
[[nodiscard]] BasisRefresh fasterQr(c10::Device device);

/// a·b for [b,m,k] and [b,k,n]; a batch of one goes to the faster single product.
[[nodiscard]] at::Tensor product(const at::Tensor& a, const at::Tensor& b);

/// gram ← scale·gram + weight·GGᵀ (left) or GᵀG, in place. gram [b,d,d], gradients [b,m,n]. Only
/// what lies on and below the diagonals is read and is right afterwards: that takes half the work,
/// and on a CPU it is done in blocks at little more than half.
void accumulateGram(const at::Tensor& gram, const at::Tensor& gradients, bool isLeft, double scale,
                    double weight);

/// Makes gram [b,d,d] whole and symmetric: copies what is below the diagonals above them.
void mirrorGram(const at::Tensor& gram);

/// ½(A + Aᵀ).
[[nodiscard]] at::Tensor symmetrized(const at::Tensor& a);

/// Which of the batch came out finite: [b] of bool. Matrices [b,m,n].
[[nodiscard]] at::Tensor finiteItems(const at::Tensor& matrices);

/// Eigenvectors of gram [b,d,d] symmetric as columns, by descending eigenvalue, written to `basis`
/// [b,d,d]. A zero matrix gets the identity. One that fails is tried again in float64, then with a
/// ridge of 1e-6·tr/d; where nothing helps its basis is left alone. \return false: some basis was
/// left alone
[[nodiscard]] bool eigenbases(const at::Tensor& gram, const at::Tensor& basis);

/// What a refresh did to `after.size(0)` items of a batch, from `first` on.
struct BasisChange {
    std::int64_t first = 0;
    at::Tensor order;  ///< σ [count,d]: the old columns by descending q_jᵀ·GG·q_j
    at::Tensor before; ///< Q_old [count,d,d]
    at::Tensor after;  ///< Q_new [count,d,d]
};

/// New bases for gram [b,d,d] symmetric, written to `basis` [b,d,d], by the given way. `carry` is
/// called with what changed before it is written, once for all or item by item, to carry the second
/// moment. Fall-backs as for eigenbases(), and from Cholesky to Cholesky in float64 and then to
/// Householder; an item that fails keeps its basis and is not carried.
/// \return false: some item failed
[[nodiscard]] bool refreshBases(const at::Tensor& gram, const at::Tensor& basis,
                                BasisRefresh refresh,
                                const std::function<void(const BasisChange&)>& carry);

/// The Q of a QR decomposition of a [b,d,d] by Householder reflections.
[[nodiscard]] at::Tensor orthogonalFactor(const at::Tensor& a);

/// What CholeskyQR2 makes of a batch.
struct CholeskyQ {
    at::Tensor q; ///< [b,d,d], anything where not isGood
    /// [b] of bool: no factorisation failed and q is orthogonal within the number type's precision.
    at::Tensor isGood;
};

/// The orthogonal factors of a [b,d,d], diag(R) > 0.
[[nodiscard]] CholeskyQ choleskyQr2(const at::Tensor& a);

/// gram ← scale·gram + weight·a·b, in place. gram [n,d,d], a [n,d,k], b [n,k,d].
void accumulateProduct(const at::Tensor& gram, const at::Tensor& a, const at::Tensor& b,
                       double scale, double weight);

/// What inverse roots are taken of and when eigenvectors may be kept.
struct RootOptions {
    double shift = 0.0;     ///< added to A's diagonal
    double floor = 0.0;     ///< > 0; eigenvalues below are raised to it
    double exponent = -0.5; ///< ≤ 0
    double tolerance = 0.0; ///< ‖B − diag B‖/‖B‖ up to which eigenvectors are kept, B = QᵀAQ
};

/// Where they are written, each [b,d,d]; what is not defined is not wanted.
struct RootTargets {
    at::Tensor root;    ///< (A + shift)^exponent
    at::Tensor inverse; ///< (A + shift)⁻¹
    at::Tensor basis;   ///< Q; read first: zeros where there is none yet
};

struct RootsDone {
    bool decomposed = false; ///< some item has new eigenvectors
    bool failed = false;     ///< some item was left alone
    double residual = 0.0;   ///< largest ‖B − diag B‖/‖B‖ measured
};

/// Powers of a [b,d,d], computed in float64. Ridge and failure as for eigenbases().
[[nodiscard]] RootsDone inverseRoots(const at::Tensor& a, const RootOptions& options,
                                     const RootTargets& targets);

} // namespace psephos::optim::engine
