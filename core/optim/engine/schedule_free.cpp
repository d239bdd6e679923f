// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/engine/schedule_free.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace psephos::optim::engine {

ScheduleFreeGroup::ScheduleFreeGroup(const ScheduleFreeConfig& config)
    : Group("schedule_free_adamw", Packing::Batched, Rate::Main)
    , config_(config) {}

void ScheduleFreeGroup::allocate() {
    x_ = makeStateLikeWeights("x_eval");
    z_ = makeStateLikeWeights("z");
    v_ = makeStateLikeWeights("v");
    sumOfSquaredRates_ = makeState("sum_of_squared_rates", {1, 1});
}

Computed ScheduleFreeGroup::compute(const Slice& slice, double learningRate, GroupReport&) {
    const at::Tensor y = part(weights(), slice);
    const at::Tensor g = part(gradients(), slice);
    const at::Tensor x = part(x_, slice);
    const at::Tensor z = part(z_, slice);
    const at::Tensor v = part(v_, slice);
    if (slice.call == 1) { // x₁ = z₁ = y₁
        x.copy_(y);
        z.copy_(y);
    }
    const auto t = static_cast<double>(slice.call);
    const double rise = config_.warmup > 0 ? std::min(1.0, t / config_.warmup) : 1.0;
    const double eta = learningRate * rise;

    // 1. z ← z − η(G/(√V̂ + ε) + λy).
    v.mul_(config_.beta2).addcmul_(g, g, 1.0 - config_.beta2);
    const at::Tensor scale =
        v.sqrt().div_(std::sqrt(1.0 - std::pow(config_.beta2, t))).add_(config_.eps);
    z.addcdiv_(g, scale, -eta);
    if (config_.decoupledWeightDecay > 0.0) {
        z.add_(y, -eta * config_.decoupledWeightDecay);
    }

    // 2. c = η²/Ση²; x ← (1−c)x + cz.
    if (eta > 0.0) {
        const at::Tensor sum = part(sumOfSquaredRates_, slice);
        sum.add_(eta * eta);
        x.addcmul_(z - x, sum.reciprocal().mul_(eta * eta));
    }

    // 3. y ← (1−β₁)z + β₁x.
    const at::Tensor delta = part(update(), slice);
    delta.copy_(x).sub_(z).mul_(config_.beta1).add_(z).sub_(y);
    return Computed::Update;
}

void ScheduleFreeGroup::look(const Slice& slice, Insight& insight) const {
    insight.secondMoment = part(v_, slice);
    insight.momentBeta = config_.beta2;
}

at::Tensor ScheduleFreeGroup::evaluationPoint(const Slice& slice) const {
    return part(x_, slice);
}

} // namespace psephos::optim::engine
