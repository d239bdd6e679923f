// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/engine/elementwise.hpp"

#include "optim/engine/host_pass.hpp"

#include <ATen/ATen.h>

#include <cmath>

namespace psephos::optim::engine {

SgdGroup::SgdGroup(const SgdConfig& config)
    : Group("sgd", Packing::Flat, Rate::Main)
    , config_(config) {}

void SgdGroup::allocate() {
    if (config_.momentum > 0.0) {
        momentum_ = makeStateLikeWeights("momentum");
    }
}

bool SgdGroup::compute(const Slice& slice, double learningRate, GroupReport&) {
    const at::Tensor w = part(weights(), slice);
    const at::Tensor g = part(gradients(), slice);
    const at::Tensor delta = part(update(), slice);
    if (config_.l2 > 0.0) {
        g.add_(w, config_.l2);
    }
    if (momentum_.defined()) {
        const at::Tensor b = part(momentum_, slice);
        if (slice.call == 1) { // the first gradient is not dampened
            b.copy_(g);
        } else {
            b.mul_(config_.momentum).add_(g, 1.0 - config_.dampening);
        }
        if (config_.nesterov) {
            g.add_(b, config_.momentum);
        } else {
            g.copy_(b);
        }
    }
    at::Tensor out = delta;
    at::mul_out(out, g, at::scalar_tensor(-learningRate, g.options()));
    if (config_.decoupledWeightDecay > 0.0) {
        delta.add_(w, -learningRate * config_.decoupledWeightDecay);
    }
    return true;
}

AdamGroup::AdamGroup(const AdamConfig& config, Rate rate)
    : Group("adam", Packing::Flat, rate)
    , config_(config) {}

void AdamGroup::allocate() {
    m_ = makeStateLikeWeights("m");
    v_ = makeStateLikeWeights("v");
}

bool AdamGroup::compute(const Slice& slice, double learningRate, GroupReport&) {
    const at::Tensor w = part(weights(), slice);
    const at::Tensor g = part(gradients(), slice);
    const at::Tensor m = part(m_, slice);
    const at::Tensor v = part(v_, slice);
    at::Tensor delta = part(update(), slice);
    const auto t = static_cast<double>(slice.call);
    const double correction1 = 1.0 - std::pow(config_.beta1, t);
    const double rootCorrection2 = std::sqrt(1.0 - std::pow(config_.beta2, t));
    if (config_.l2 > 0.0) {
        g.add_(w, config_.l2);
    }
    const double decay = learningRate * config_.decoupledWeightDecay;
    if (hasHostPass(g)) {
        const bool isRaw = config_.epsMode == EpsMode::Raw;
        const gpu::AdamPass pass{.beta1 = config_.beta1,
                                 .beta2 = config_.beta2,
                                 .epsilon = config_.eps,
                                 .mScale = (isRaw ? rootCorrection2 : 1.0) / correction1,
                                 .vScale = isRaw ? 1.0 : 1.0 / (rootCorrection2 * rootCorrection2),
                                 .mode = config_.epsMode == EpsMode::Clamp
                                             ? gpu::AdamEpsilon::Clamped
                                             : gpu::AdamEpsilon::Added};
        adamPass(pass, {-learningRate, decay}, g, m, v, w, delta);
        return true;
    }
    m.mul_(config_.beta1).add_(g, 1.0 - config_.beta1);
    v.mul_(config_.beta2).addcmul_(g, g, 1.0 - config_.beta2);

    // M̂/(√V̂ + ε), or raw √(1−β₂ᵗ)/(1−β₁ᵗ)·M/(√V + ε), or M̂/max(√V̂, ε).
    at::sqrt_out(delta, v);
    double factor = -learningRate / correction1;
    switch (config_.epsMode) {
    case EpsMode::Hat:
        delta.div_(rootCorrection2).add_(config_.eps);
        break;
    case EpsMode::Raw:
        delta.add_(config_.eps);
        factor *= rootCorrection2;
        break;
    case EpsMode::Clamp:
        delta.div_(rootCorrection2).clamp_min_(config_.eps);
        break;
    }
    at::div_out(delta, m, delta);
    if (config_.eps == 0.0) { // 0/0 stays where it is
        delta.masked_fill_(v == 0, 0.0);
    }
    delta.mul_(factor);
    if (decay > 0.0) {
        delta.add_(w, -decay);
    }
    return true;
}

void AdamGroup::look(const Slice& slice, Insight& insight) const {
    insight.secondMoment = part(v_, slice);
    insight.momentBeta = config_.beta2;
}

LionGroup::LionGroup(const LionConfig& config)
    : Group("lion", Packing::Flat, Rate::Main)
    , config_(config) {}

void LionGroup::allocate() {
    m_ = makeStateLikeWeights("m");
}

bool LionGroup::compute(const Slice& slice, double learningRate, GroupReport&) {
    const at::Tensor g = part(gradients(), slice);
    const at::Tensor m = part(m_, slice);
    at::Tensor delta = part(update(), slice);

    // −η·sign(β₁M + (1−β₁)G) − ηλW; M is averaged after the step.
    delta.copy_(m).mul_(config_.beta1).add_(g, 1.0 - config_.beta1).sign_().mul_(-learningRate);
    if (config_.decoupledWeightDecay > 0.0) {
        delta.add_(part(weights(), slice), -learningRate * config_.decoupledWeightDecay);
    }
    m.mul_(config_.beta2).add_(g, 1.0 - config_.beta2);
    return true;
}

} // namespace psephos::optim::engine
