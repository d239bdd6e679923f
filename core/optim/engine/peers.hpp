// SPDX-License-Identifier: GPL-3.0-or-later
// What the engine's steps are measured beside. Internal to the benchmark.
#pragma once

#include "optim/config.hpp"

#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace psephos::optim::engine {

/// A step as the benchmark sees it.
struct Stepped {
    bool refreshed = false;
    double refreshMilliseconds = 0.0;
};

/// LibTorch's own fused AdamW (lr 1e-3, β 0.9 and 0.999, ε 1e-8, λ 0.01). It tells no norms and
/// does not look whether gradients are finite.
class FusedAdamWPeer {
  public:
    /// \param weights stepped in place
    explicit FusedAdamWPeer(std::vector<at::Tensor> weights);

    Stepped step(const std::vector<at::Tensor>& gradients);

  private:
    std::vector<at::Tensor> weights_;
    std::vector<at::Tensor> first_;
    std::vector<at::Tensor> second_;
    std::vector<at::Tensor> calls_;
};

/// SOAP matrix by matrix with LibTorch's operators alone, as the authors' code has it: the momentum
/// leaves the basis and returns at every step, Gram matrices are whole products, a refresh
/// estimates QᵀGGQ anew and calls linalg_qr. Source: 2409.11321 and its code, operation by
/// operation.
class PlainSoapPeer {
  public:
    /// What the first call leaves of one matrix [m,n]: L, R and their eigenvectors.
    struct Matrix {
        at::Tensor weights; ///< stepped in place
        std::array<at::Tensor, 2> grams;
        std::array<at::Tensor, 2> bases;
    };

    /// \param config full second moment, both sides, ε raw, no warm-up; refreshed by QR
    PlainSoapPeer(const SoapConfig& config, std::vector<Matrix> matrices);

    Stepped step(const std::vector<at::Tensor>& gradients);

  private:
    struct State {
        Matrix matrix;
        at::Tensor m;
        at::Tensor v;
    };

    void step(State& state, const at::Tensor& gradient) const;
    static void refresh(State& state);

    SoapConfig config_;
    std::vector<State> states_;
    std::int64_t updates_ = 0;
};

} // namespace psephos::optim::engine
