// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/engine/batched.hpp"
#include "optim/engine/matrix_groups.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace psephos::optim::engine {

at::Tensor newtonSchulz(const at::Tensor& u, int steps, const std::array<double, 3>& coefficients,
                        double normEps) {
    const auto [a, b, c] = coefficients;
    const bool isTall = u.size(1) > u.size(2);
    const at::Tensor norms =
        at::linalg_vector_norm(u, 2, at::IntArrayRef{1, 2}, /*keepdim=*/true).add_(normEps);
    at::Tensor x = (isTall ? u.transpose(1, 2) : u) / norms;
    for (int step = 0; step < steps; ++step) {
        const at::Tensor gram = product(x, x.transpose(1, 2));
        const at::Tensor polynomial = at::baddbmm(gram, gram, gram, b, c);
        x = at::baddbmm(x, polynomial, x, a, 1.0);
    }
    return isTall ? x.transpose(1, 2) : x;
}

MuonGroup::MuonGroup(const MuonConfig& config)
    : Group("muon", Packing::Batched, Rate::Main)
    , config_(config) {}

void MuonGroup::allocate() {
    momentum_ = makeStateLikeWeights("momentum");
}

bool MuonGroup::compute(const Slice& slice, double learningRate, GroupReport&) {
    const double mu = config_.momentum;
    const at::Tensor g = part(gradients(), slice);
    const at::Tensor momentum = part(momentum_, slice);

    // 1., 2. B ← μB + (1−μ)G; u ← (1−μ)G + μB (Nesterov) or B.
    momentum.mul_(mu).add_(g, 1.0 - mu);
    const at::Tensor u = config_.nesterov ? at::mul(momentum, mu).add_(g, 1.0 - mu) : momentum;

    // 3., 4. W ← (1−ηλ)W − η·s·NS5(u), s = max(1, m/n)^½.
    const auto [rows, cols] = shape();
    const double scale =
        std::sqrt(std::max(1.0, static_cast<double>(rows) / static_cast<double>(cols)));
    const at::Tensor delta = part(update(), slice);
    delta.copy_(newtonSchulz(u, config_.newtonSchulzSteps, config_.coefficients, config_.normEps))
        .mul_(-learningRate * scale);
    if (config_.decoupledWeightDecay > 0.0) {
        delta.add_(part(weights(), slice), -learningRate * config_.decoupledWeightDecay);
    }
    return true;
}

} // namespace psephos::optim::engine
