// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/engine/elementwise.hpp"

#include "optim/engine/device_pass.hpp"
#include "optim/engine/host_pass.hpp"

#include <ATen/ATen.h>

#include <algorithm>
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

Computed SgdGroup::compute(const Slice& slice, double learningRate, GroupReport& report) {
    const at::Tensor w = part(weights(), slice);
    const at::Tensor g = part(gradients(), slice);
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
    return finish(slice, g, {-learningRate, learningRate * config_.decoupledWeightDecay}, report);
}

AdamGroup::AdamGroup(const AdamConfig& config, Rate rate)
    : Group("adam", Packing::Flat, rate)
    , config_(config) {}

void AdamGroup::allocate() {
    m_ = makeStateLikeWeights("m");
    v_ = makeStateLikeWeights("v");
}

bool AdamGroup::readsGradientsInPlace() const {
    return config_.l2 == 0.0 && hasHostPass(weights());
}

bool AdamGroup::keepsUpdate() const {
    return !hasHostPass(weights());
}

gpu::AdamPass AdamGroup::passAt(std::int64_t call) const {
    const auto t = static_cast<double>(call);
    const double correction1 = 1.0 - std::pow(config_.beta1, t);
    const double correction2 = 1.0 - std::pow(config_.beta2, t);
    const bool isRaw = config_.epsMode == EpsMode::Raw;
    return {.beta1 = config_.beta1,
            .beta2 = config_.beta2,
            .epsilon = config_.eps,
            .mScale = (isRaw ? std::sqrt(correction2) : 1.0) / correction1,
            .vScale = isRaw ? 1.0 : 1.0 / correction2,
            .mode = config_.epsMode == EpsMode::Clamp ? gpu::AdamEpsilon::Clamped
                                                      : gpu::AdamEpsilon::Added};
}

// One pass over memory: gradients are read where they are, the weights stepped in passing.
Computed AdamGroup::step(const Slice& slice, const gpu::UpdatePass& scale, GroupReport& report) {
    const std::vector<at::Tensor> own = readsGradientsInPlace()
                                            ? memberGradients(slice)
                                            : std::vector<at::Tensor>{part(gradients(), slice)};
    report.squaredUpdate = adamStep(passAt(slice.call), scale, own, part(m_, slice),
                                    part(v_, slice), part(weights(), slice));
    std::erase_if(stepped_, [&slice](const Stepped& old) {
        return old.first >= slice.first && old.first + old.count <= slice.first + slice.count;
    });
    stepped_.push_back({slice.first, slice.count, scale});
    return Computed::Step;
}

// With update = s·D − d·W_old: W_old = (W − s·D)/(1 − d), so that update = (s·D − d·W)/(1 − d).
at::Tensor AdamGroup::lastUpdate(const Slice& slice) const {
    if (keepsUpdate()) {
        return Group::lastUpdate(slice);
    }
    const auto last = std::find_if(stepped_.rbegin(), stepped_.rend(), [&slice](const Stepped& s) {
        return s.first <= slice.first && slice.first + slice.count <= s.first + s.count;
    });
    if (last == stepped_.rend() || last->scale.decay == 1.0) { // no trace of W_old
        return {};
    }
    gpu::AdamPass pass = passAt(slice.call);
    pass.beta1 = 1.0; // the moments as they are
    pass.beta2 = 1.0;
    const at::Tensor m = part(m_, slice).clone();
    const at::Tensor direction = at::empty_like(m);
    adamPass(pass, part(m_, slice), m, part(v_, slice).clone(), direction);
    const auto& [scale, decay] = last->scale;
    return (direction * scale - part(weights(), slice) * decay) / (1.0 - decay);
}

Computed AdamGroup::compute(const Slice& slice, double learningRate, GroupReport& report) {
    const gpu::UpdatePass scale{-learningRate, learningRate * config_.decoupledWeightDecay};
    if (readsGradientsInPlace()) {
        return step(slice, scale, report);
    }
    const at::Tensor w = part(weights(), slice);
    const at::Tensor g = part(gradients(), slice);
    if (config_.l2 > 0.0) {
        g.add_(w, config_.l2);
    }
    if (!keepsUpdate()) {
        return step(slice, scale, report);
    }
    const at::Tensor m = part(m_, slice);
    const at::Tensor v = part(v_, slice);
    at::Tensor delta = part(update(), slice);
    if (hasDevicePass(g)) {
        adamPassOnDevice(passAt(slice.call), g, m, v, delta);
        return finish(slice, delta, scale, report);
    }
    const auto t = static_cast<double>(slice.call);
    const double correction1 = 1.0 - std::pow(config_.beta1, t);
    const double rootCorrection2 = std::sqrt(1.0 - std::pow(config_.beta2, t));
    m.mul_(config_.beta1).add_(g, 1.0 - config_.beta1);
    v.mul_(config_.beta2).addcmul_(g, g, 1.0 - config_.beta2);

    // M̂/(√V̂ + ε), or raw √(1−β₂ᵗ)/(1−β₁ᵗ)·M/(√V + ε), or M̂/max(√V̂, ε).
    at::sqrt_out(delta, v);
    double factor = scale.scale / correction1;
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
    return finish(slice, delta, {factor, scale.decay}, report);
}

void AdamGroup::look(const Slice& slice, Insight& insight) const {
    insight.secondMoment = part(v_, slice);
    insight.momentBeta = config_.beta2;
}

// What steps led to this state is not in it.
lab::Result<void> AdamGroup::restoreDerived(const tensor::Archive&, const std::string&) {
    stepped_.clear();
    return {};
}

LionGroup::LionGroup(const LionConfig& config)
    : Group("lion", Packing::Flat, Rate::Main)
    , config_(config) {}

void LionGroup::allocate() {
    m_ = makeStateLikeWeights("m");
}

Computed LionGroup::compute(const Slice& slice, double learningRate, GroupReport& report) {
    const at::Tensor g = part(gradients(), slice);
    const at::Tensor m = part(m_, slice);
    at::Tensor delta = part(update(), slice);

    // −η·sign(β₁M + (1−β₁)G) − ηλW; M is averaged after the step.
    at::Tensor out = delta;
    at::mul_out(out, m, at::scalar_tensor(config_.beta1, m.options().device(at::kCPU)));
    delta.add_(g, 1.0 - config_.beta1).sign_();
    m.mul_(config_.beta2).add_(g, 1.0 - config_.beta2);
    return finish(slice, delta, {-learningRate, learningRate * config_.decoupledWeightDecay},
                  report);
}

} // namespace psephos::optim::engine
