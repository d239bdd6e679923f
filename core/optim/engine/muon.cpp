// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/engine/batched.hpp"
#include "optim/engine/matrix_groups.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <tuple>
#include <vector>

namespace psephos::optim::engine {

at::Tensor newtonSchulz(const at::Tensor& u, int steps,
                        const NewtonSchulzCoefficients& coefficients, double normEps,
                        NsPrecision precision) {
    const bool isTall = u.size(1) > u.size(2);
    const at::ScalarType type = precision == NsPrecision::BFloat16  ? at::kBFloat16
                                : precision == NsPrecision::Float32 ? at::kFloat
                                                                    : u.scalar_type();
    const at::Tensor norms =
        at::linalg_vector_norm(u, 2, at::IntArrayRef{1, 2}, /*keepdim=*/true).add_(normEps);
    at::Tensor x = ((isTall ? u.transpose(1, 2) : u) / norms).to(type);
    for (std::size_t step = 0; step < static_cast<std::size_t>(steps); ++step) {
        const auto [a, b, c] = coefficients[std::min(step, coefficients.size() - 1)];
        const at::Tensor gram = product(x, x.transpose(1, 2));
        const at::Tensor polynomial = at::baddbmm(gram, gram, gram, b, c);
        x = at::baddbmm(x, polynomial, x, a, 1.0);
    }
    return (isTall ? x.transpose(1, 2) : x).to(u.scalar_type());
}

at::Tensor orthogonalFactors(const at::Tensor& u) {
    const auto factors = [](const at::Tensor& given) {
        const auto [left, sigma, right] = at::linalg_svd(given, /*full_matrices=*/false);
        const double ulp = given.scalar_type() == at::kDouble ? 0x1p-52 : 0x1p-23;
        const auto longest = static_cast<double>(std::max(given.size(1), given.size(2)));
        const at::Tensor kept = sigma > sigma.amax(1, /*keepdim=*/true) * (ulp * longest);
        return at::bmm(left * kept.unsqueeze(1), right);
    };
    try {
        return factors(u);
    } catch (const c10::LinAlgError&) {
        return factors(u.to(at::kDouble)).to(u.scalar_type());
    }
}

MuonGroup::MuonGroup(const MuonConfig& config)
    : Group("muon", Packing::Batched, Rate::Main)
    , config_(config) {}

void MuonGroup::allocate() {
    momentum_ = makeStateLikeWeights("momentum");
    std::vector<double> scales;
    for (std::size_t i = 0; i < memberCount(); ++i) {
        const at::IntArrayRef sizes = sizesOf(i);
        const bool isConvolution = sizes.size() > 2 && config_.scaleOfLastSides;
        const Shape counted =
            isConvolution ? Shape{sizes[sizes.size() - 2], sizes[sizes.size() - 1]} : shape();
        scales.push_back(muonScale(config_.scale, static_cast<long>(counted.rows),
                                   static_cast<long>(counted.cols)));
    }
    scale_ = at::tensor(scales, at::kDouble).to(weights().options()).view({-1, 1, 1});
}

Computed MuonGroup::compute(const Slice& slice, double learningRate, GroupReport& report) {
    const double mu = config_.momentum;
    const at::Tensor g = part(gradients(), slice);
    const at::Tensor momentum = part(momentum_, slice);

    // 1., 2. B ← μB + (1−μ)G; u ← (1−μ)G + μB (Nesterov) or B.
    momentum.mul_(mu).add_(g, 1.0 - mu);
    const at::Tensor u = config_.nesterov ? at::mul(momentum, mu).add_(g, 1.0 - mu) : momentum;

    // 3., 4. W ← (1−ηλ)W − η·s·O, O of NS5 or the SVD.
    const at::Tensor delta = part(update(), slice);
    report.clock.enter(Phase::Orthogonalise);
    const at::Tensor orthogonal =
        config_.orthogonalisation == Orthogonalisation::Svd
            ? orthogonalFactors(u)
            : newtonSchulz(u, config_.newtonSchulzSteps, config_.coefficients, config_.normEps,
                           config_.precision);
    report.clock.enter(Phase::Elementwise);
    at::Tensor out = delta;
    at::mul_out(out, orthogonal, part(scale_, slice));
    return finish(slice, delta, {-learningRate, learningRate * config_.decoupledWeightDecay},
                  report);
}

} // namespace psephos::optim::engine
