// SPDX-License-Identifier: GPL-3.0-or-later
// How long the optimizers' steps take, beside what their arithmetic needs at least.
#pragma once

#include "lab/check.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace psephos::optim::engine {

/// The hidden matrices of a model.
struct BenchShapes {
    std::string name;
    std::vector<std::pair<std::int64_t, std::int64_t>> block; ///< rows and columns
    int copies = 1;                                           ///< ≥ 1, of the block
};

/// 4 x {384x128, 128x128, 512x128, 128x512}: a character model on a CPU.
[[nodiscard]] BenchShapes smallShapes();

/// `copies` x {2304x768, 768x768, 3072x768, 768x3072}: blocks of GPT-2; twelve are the 124M model.
[[nodiscard]] BenchShapes gpt2Shapes(std::string name, int copies);

/// Milliseconds a step in float32, gradients (random) prepared outside the clock: an array of
/// `{optimizer, f, shapes, device, threads, ms_mean, ms_off_refresh, floor_ms, gemm_gflops}`.
///
/// Optimizers: `adamw` (beside it `adamw_libtorch`, LibTorch's own fused one), `muon`
/// (Newton-Schulz in bfloat16), `muon_float32`, `soap` and `shampoo`, each with f = 1 and 10
/// (Shampoo with f = 1 only where no side is above 1024 or on CUDA: its eigendecompositions take
/// half a minute otherwise); `soap_cholesky_qr2` or `soap_householder`, f = 10, refreshes the way
/// that `soap` does not take on this device. Beside `soap`, `soap_libtorch`: the algorithm of the
/// authors' code, matrix by matrix with LibTorch's operators (PlainSoapPeer). f is null where
/// nothing is refreshed. `ms_mean` is over whole refresh periods, at least one, in turn with the
/// peer's; `ms_off_refresh`
/// the median of the steps without a refresh or, where every step has one, of the steps less their
/// refreshes.
///
/// `floor_ms` at the rates measured in the same run for these sizes: for SOAP 5mn(m+n) FLOPs a
/// step (half-work Gram matrices, two rotations) and, a refresh, QR + 2d³ a side + 2mn(m+n); for
/// Shampoo 3mn(m+n) and, a refresh, the same QR (its eigendecomposition takes longer) + 2d³ a side;
/// for Muon 20a²b + 10a³ (a ≤ b the sides) in its number type; for AdamW seven passes of memory.
/// `gemm_gflops` is the rate of the products, in the number type that they are computed in.
///
/// \param seconds per row that measuring goes on for at least, beyond a whole period
/// \errors no such device; LibTorch's own
[[nodiscard]] lab::Result<lab::Json> benchSteps(const BenchShapes& shapes,
                                                const lab::BenchOptions& options, double seconds);

/// Registers benchSteps() in the area `optim`: `small` and `gpt2-block`, and on the device `cuda`
/// also `gpt2-124m`. By two threads unless the options say otherwise.
void registerBenchmarks(lab::CheckRegistry& registry);

} // namespace psephos::optim::engine
