// SPDX-License-Identifier: GPL-3.0-or-later
// Linear algebra on batches of small matrices, and how a refresh falls back when it fails.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>

namespace psephos::optim::engine {

/// a·b for [b,m,k] and [b,k,n]; a batch of one goes to the faster single product.
[[nodiscard]] at::Tensor product(const at::Tensor& a, const at::Tensor& b);

/// gram ← scale·gram + weight·GGᵀ (left) or GᵀG, in place. gram [b,d,d], gradients [b,m,n].
void accumulateGram(const at::Tensor& gram, const at::Tensor& gradients, bool isLeft, double scale,
                    double weight);

/// ½(A + Aᵀ).
[[nodiscard]] at::Tensor symmetrized(const at::Tensor& a);

/// Which of the batch came out finite: [b] of bool. Matrices [b,m,n].
[[nodiscard]] at::Tensor finiteItems(const at::Tensor& matrices);

/// Eigenvectors of gram [b,d,d] as columns, by descending eigenvalue, written to `basis` [b,d,d].
/// A zero matrix gets the identity. One that fails is tried again in float64, then with a ridge of
/// 1e-6·tr/d; where nothing helps its basis is left alone.
/// \return false: some basis was left alone
[[nodiscard]] bool eigenbases(const at::Tensor& gram, const at::Tensor& basis);

/// One step of orthogonal iteration: sorts the columns of `basis` by q_jᵀ·GG·q_j, descending, and
/// replaces them by the Q of a QR decomposition of GG·Q. `permute(item, order)` gets the order
/// [count,d] applied to `count` items from `first` on, to carry the second moment along.
/// Fall-backs as for eigenbases(); an item that fails keeps its basis and is not permuted.
/// \return false: some item failed
[[nodiscard]] bool
refreshBases(const at::Tensor& gram, const at::Tensor& basis,
             const std::function<void(std::int64_t first, const at::Tensor& order)>& permute);

/// (A + εI)^exponent of a [b,d,d], written to `root` [b,d,d]: A + εI is decomposed in float64,
/// eigenvalues below ε are raised to ε. Ridge and failure as for eigenbases().
[[nodiscard]] bool inverseRoots(const at::Tensor& a, double eps, double exponent,
                                const at::Tensor& root);

} // namespace psephos::optim::engine
