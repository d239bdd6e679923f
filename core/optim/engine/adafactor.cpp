// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/engine/adafactor.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace psephos::optim::engine {

namespace {

/// RMS of each item [b,1,1].
at::Tensor itemRms(const at::Tensor& matrices) {
    const auto numbers = static_cast<double>(matrices.size(1) * matrices.size(2));
    return at::linalg_vector_norm(matrices, 2, at::IntArrayRef{1, 2}, /*keepdim=*/true)
        .div_(std::sqrt(numbers));
}

FactoredMoment part(const FactoredMoment& moment, const Slice& slice) {
    return {engine::part(moment.row, slice), engine::part(moment.col, slice)};
}

} // namespace

void averageFactors(const FactoredMoment& moment, const at::Tensor& squares, double beta) {
    moment.row.mul_(beta).add_(squares.sum(2, /*keepdim=*/true), 1.0 - beta);
    moment.col.mul_(beta).add_(squares.sum(1, /*keepdim=*/true), 1.0 - beta);
}

at::Tensor factoredRoot(const FactoredMoment& moment) {
    // The factors' roots: in float32 their product underflows where theirs do not.
    const at::Tensor total = moment.row.sum(1, /*keepdim=*/true);
    at::Tensor share = moment.row / total;
    share.masked_fill_(total == 0, 0.0);
    return share.sqrt_() * moment.col.sqrt();
}

AdafactorGroup::AdafactorGroup(const AdafactorConfig& config)
    : Group("adafactor", Packing::Batched, Rate::Main)
    , config_(config) {}

void AdafactorGroup::allocate() {
    v_ = {makeState("row", {shape().rows, 1}), makeState("col", {1, shape().cols})};
    if (config_.beta1 > 0.0) {
        m_ = makeStateLikeWeights("m");
    }
}

Computed AdafactorGroup::compute(const Slice& slice, double learningRate, GroupReport&) {
    const at::Tensor w = engine::part(weights(), slice);
    const at::Tensor g = engine::part(gradients(), slice);
    const at::Tensor delta = engine::part(update(), slice);
    const auto t = static_cast<double>(slice.call);

    // 1.–5. u = G/√V̂ of averages with β̂ = 1 − t^{-0.8}, clipped to RMS d.
    averageFactors(part(v_, slice), g.square().add_(config_.eps1),
                   1.0 - std::pow(t, config_.decayExponent));
    const at::Tensor u = g / factoredRoot(part(v_, slice));
    u.div_(itemRms(u).div_(config_.clip).clamp_min_(1.0));

    // 6. ρ = min(η, 1/√t); α = max(ε₂, RMS(W))·ρ.
    const double rho =
        config_.relativeStep ? std::min(learningRate, 1.0 / std::sqrt(t)) : learningRate;
    u.mul_(rho);
    if (config_.scaleParameter) {
        u.mul_(itemRms(w).clamp_min_(config_.eps2));
    }

    // 7. −αu (averaged) − ρλW.
    if (m_.defined()) {
        const at::Tensor m = engine::part(m_, slice);
        m.mul_(config_.beta1).add_(u, 1.0 - config_.beta1);
        delta.copy_(m).neg_();
    } else {
        delta.copy_(u).neg_();
    }
    if (config_.decoupledWeightDecay > 0.0) {
        delta.add_(w, -rho * config_.decoupledWeightDecay);
    }
    return Computed::Update;
}

FactoredAdamGroup::FactoredAdamGroup(const FactoredAdamConfig& config)
    : Group("adafactor_simple", Packing::Batched, Rate::Main)
    , config_(config) {}

void FactoredAdamGroup::allocate() {
    m_ = makeStateLikeWeights("m");
    v_ = {makeState("row", {shape().rows, 1}), makeState("col", {1, shape().cols})};
}

Computed FactoredAdamGroup::compute(const Slice& slice, double learningRate, GroupReport&) {
    const at::Tensor g = engine::part(gradients(), slice);
    const at::Tensor m = engine::part(m_, slice);
    const at::Tensor delta = engine::part(update(), slice);
    const auto t = static_cast<double>(slice.call);
    const double correction1 = 1.0 - std::pow(config_.beta1, t);
    const double rootCorrection2 = std::sqrt(1.0 - std::pow(config_.beta2, t));
    m.mul_(config_.beta1).add_(g, 1.0 - config_.beta1);
    averageFactors(part(v_, slice), g.square(), config_.beta2);

    // −η·M̂/(√V̂ + ε) − ηλW.
    const at::Tensor root = factoredRoot(part(v_, slice)).div_(rootCorrection2).add_(config_.eps);
    delta.copy_(m).div_(root).mul_(-learningRate / correction1);
    if (config_.decoupledWeightDecay > 0.0) {
        delta.add_(engine::part(weights(), slice), -learningRate * config_.decoupledWeightDecay);
    }
    return Computed::Update;
}

void FactoredAdamGroup::look(const Slice& /*slice*/, Insight& insight) const {
    insight.isMomentFactored = true;
    insight.momentBeta = config_.beta2;
}

} // namespace psephos::optim::engine
