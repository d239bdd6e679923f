// SPDX-License-Identifier: GPL-3.0-or-later
// Passes over whole tensors on a CPU that read and write memory once. Internal to the engine.
#pragma once

#include "gpu/adam_pass.hpp"
#include "gpu/update_pass.hpp"

#include <ATen/core/Tensor.h>

#include <span>

namespace psephos::optim::engine {

/// Whether these passes take such a tensor: contiguous float32 or float64 numbers on a CPU.
[[nodiscard]] bool hasHostPass(const at::Tensor& tensor);

// All tensors of a call are of one type and, but where said, of one size, as hasHostPass() wants
// them. Sums are the same bits for the same numbers, however many threads there are.

/// The host twin of gpu::AdamPass by all threads; `direction` may be `gradient`.
void adamPass(const gpu::AdamPass& pass, const at::Tensor& gradient, const at::Tensor& m,
              const at::Tensor& v, const at::Tensor& direction);

/// The same with the step: weights ← weights + update, update = scale·direction − decay·weights.
/// Neither direction nor update is written: both follow from the moments.
/// \param gradients one after another they have the size of the others
/// \return Σ update²
double adamStep(const gpu::AdamPass& pass, const gpu::UpdatePass& scale,
                std::span<const at::Tensor> gradients, const at::Tensor& m, const at::Tensor& v,
                const at::Tensor& weights);

/// update ← scale·direction − decay·weights; weights ← weights + update. `direction` may be
/// `update`. \return Σ update²
double applyUpdate(const gpu::UpdatePass& scale, const at::Tensor& direction,
                   const at::Tensor& weights, const at::Tensor& update);

/// Copies tensors one after another into `whole`, which has their size together. \return Σx²
double copyInto(const at::Tensor& whole, std::span<const at::Tensor> parts);

/// Of one item: puts the rows of `image` [d,d] in the order of descending e_j = ⟨basis_j, image_j⟩,
/// the products of their rows, summed in float64; equal ones stay as they stood, NaN goes first.
/// \param order [d] int64, gets the rows' numbers
/// \param sorted [d,d], gets the rows
void sortRows(const at::Tensor& basis, const at::Tensor& image, const at::Tensor& order,
              const at::Tensor& sorted);

enum class Along { Rows, Columns };

/// Puts the rows, or the columns, of each of items [b,m,n] in a new order, in place.
/// \param order [b,m] or [b,n] int64: the old numbers
void permute(const at::Tensor& items, const at::Tensor& order, Along along);

/// Copies what is below the diagonals of items [b,d,d] to its mirror places above them.
void mirror(const at::Tensor& items);

/// Σx² in float64.
[[nodiscard]] double squaredNorm(std::span<const at::Tensor> tensors);

} // namespace psephos::optim::engine
