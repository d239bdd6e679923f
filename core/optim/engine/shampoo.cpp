// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/engine/batched.hpp"
#include "optim/engine/matrix_groups.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace psephos::optim::engine {

namespace {

/// ‖·‖ of each item [b,1,1].
at::Tensor itemNorms(const at::Tensor& matrices) {
    return at::linalg_vector_norm(matrices, 2, at::IntArrayRef{1, 2}, /*keepdim=*/true);
}

} // namespace

bool shampooPreconditions(const ShampooConfig& config, Shape shape) {
    return factorsOf(config, shape.rows, shape.cols).any();
}

ShampooGroup::ShampooGroup(const ShampooConfig& config)
    : Group("shampoo", Packing::Batched, Rate::Main)
    , config_(config) {}

void ShampooGroup::allocate() {
    const auto [rows, cols] = shape();
    exponent_ = shampooExponent(config_, parameterClass(rows, cols));
    m_ = makeStateLikeWeights("m");
    if (config_.graft == Graft::Adam) {
        v_ = makeStateLikeWeights("v");
    }
    const Factors factors = factorsOf(config_, rows, cols);
    if (factors.left) {
        left_ = makeSide(rows, true);
    }
    if (factors.right) {
        right_ = makeSide(cols, false);
    }
    traceScale_ = makeState("trace_scale", {1, 1});
    traceScale_.fill_(1.0);
}

ShampooGroup::Side ShampooGroup::makeSide(std::int64_t d, bool isLeft) {
    const double start = initialFactor(config_);
    Side side;
    side.isLeft = isLeft;
    side.gram = makeState(isLeft ? "L" : "R", {d, d});
    side.gram.diagonal(0, 1, 2).fill_(start);
    side.root = makeState(isLeft ? "PL" : "PR", {d, d});
    side.root.diagonal(0, 1, 2).fill_(1.0);
    if (config_.statistics == FactorStatistics::KullbackLeibler) {
        side.inverse = makeState(isLeft ? "IL" : "IR", {d, d});
        side.inverse.diagonal(0, 1, 2).fill_(1.0 / start);
    }
    if (config_.refreshTolerance > 0.0) {
        side.basis = makeState(isLeft ? "QL" : "QR", {d, d});
    }
    return side;
}

Computed ShampooGroup::compute(const Slice& slice, double learningRate, GroupReport& report) {
    const at::Tensor g = part(gradients(), slice);
    const at::Tensor m = part(m_, slice);

    // 1. L ← β₂L + (1−β₂)GGᵀ (β₂ = 1: the sum), R likewise: the current gradient is in.
    report.clock.enter(Phase::Gram);
    averageFactors(slice);
    report.clock.enter(Phase::Elementwise);

    // 2. P = (L̂ + εI)^exponent at update 1 and then every f updates.
    if (refreshDue(static_cast<long>(slice.call), config_.refreshPeriod, config_.basisWarmup,
                   !config_.startsGrafted)) {
        refresh(slice, report);
    }

    // 3., 4. M̂ = M/(1−β₁ᵗ); D = P_L M̂ P_R (times √tr L̂).
    m.mul_(config_.beta1).add_(g, 1.0 - config_.beta1);
    const at::Tensor filtered =
        m / (1.0 - std::pow(config_.beta1, static_cast<double>(slice.call)));
    at::Tensor direction = filtered;
    report.clock.enter(Phase::Project);
    if (left_) {
        direction = product(part(left_->root, slice), direction);
    }
    if (right_) {
        direction = product(direction, part(right_->root, slice));
    }
    report.clock.enter(Phase::Elementwise);
    if (config_.traceScale) {
        direction = direction * part(traceScale_, slice);
    }

    // 5. D takes the length of the grafted method's step A, and is A until there are roots.
    if (config_.graft == Graft::Adam) {
        part(v_, slice).mul_(config_.graftBeta2).addcmul_(g, g, 1.0 - config_.graftBeta2);
    }
    constexpr double kGuard = 1e-16;
    if (static_cast<long>(slice.call) < firstRefresh(config_)) {
        direction = graftedStep(slice, filtered);
    } else if (config_.graft != Graft::None) {
        const at::Tensor length = itemNorms(graftedStep(slice, filtered));
        direction = direction * (length / itemNorms(direction).add_(kGuard));
    }

    // 6. D ← D + λW; W ← W − ηD.
    return finish(slice, direction, {-learningRate, learningRate * config_.decoupledWeightDecay},
                  report);
}

void ShampooGroup::averageFactors(const Slice& slice) const {
    const auto [rows, cols] = shape();
    const at::Tensor g = part(gradients(), slice);
    const at::Tensor turned = g.transpose(1, 2);
    const bool isKl = config_.statistics == FactorStatistics::KullbackLeibler;
    const double weight = config_.beta2 < 1.0 ? 1.0 - config_.beta2 : 1.0;
    for (const auto& [side, other] : {std::pair{&left_, &right_}, std::pair{&right_, &left_}}) {
        if (!*side) {
            continue;
        }
        const bool isLeft = (*side)->isLeft;
        const at::Tensor gram = part((*side)->gram, slice);
        if (!isKl) {
            accumulateGram(gram, g, isLeft, config_.beta2, weight);
            continue;
        }
        // G·R⁻¹·Gᵀ/n with the R⁻¹ of the last refresh.
        const at::Tensor& first = isLeft ? g : turned;
        const at::Tensor middle = *other ? product(first, part((*other)->inverse, slice)) : first;
        const auto length = static_cast<double>(isLeft ? cols : rows);
        accumulateProduct(gram, middle, first.transpose(1, 2), config_.beta2, weight / length);
    }
}

void ShampooGroup::refresh(const Slice& slice, GroupReport& report) {
    const PhaseScope refreshing(report.clock, Phase::Refresh);
    const double correction = factorCorrection(config_, static_cast<long>(slice.call));
    const RootOptions options{config_.startsAtEps ? 0.0 : config_.eps, config_.eps, exponent_,
                              config_.refreshTolerance};
    const auto partOf = [&slice](const at::Tensor& tensor) {
        return tensor.defined() ? part(tensor, slice) : at::Tensor();
    };
    settle(slice);
    for (const std::optional<Side>* side : {&right_, &left_}) { // the trace is L̂'s, if there is one
        if (!*side) {
            continue;
        }
        const at::Tensor average = part((*side)->gram, slice) / correction;
        const RootsDone done = inverseRoots(
            average, options,
            {part((*side)->root, slice), partOf((*side)->inverse), partOf((*side)->basis)});
        report.refreshed = report.refreshed || done.decomposed;
        report.refreshFailed = report.refreshFailed || done.failed;
        report.refreshResidual = std::max(report.refreshResidual, done.residual);
        part(traceScale_, slice)
            .copy_(average.diagonal(0, 1, 2).sum(1).sqrt_().view({slice.count, 1, 1}));
    }
}

void ShampooGroup::settle(const Slice& slice) const {
    for (const std::optional<Side>* side : {&left_, &right_}) {
        if (*side) {
            mirrorGram(part((*side)->gram, slice));
        }
    }
}

void ShampooGroup::look(const Slice& slice, Insight& insight) const {
    const auto partOf = [&slice](const at::Tensor& tensor) {
        return tensor.defined() ? part(tensor, slice) : at::Tensor();
    };
    for (const auto& [side, seen] : {std::pair{&left_, &insight.left}, {&right_, &insight.right}}) {
        if (*side) {
            *seen = {partOf((*side)->gram), partOf((*side)->basis), partOf((*side)->root)};
        }
    }
    if (v_.defined()) {
        insight.secondMoment = part(v_, slice);
        insight.momentBeta = config_.graftBeta2;
    }
    insight.refreshesNext =
        (left_ || right_) && refreshDue(static_cast<long>(slice.call + 1), config_.refreshPeriod,
                                        config_.basisWarmup, !config_.startsGrafted);
}

at::Tensor ShampooGroup::graftedStep(const Slice& slice, const at::Tensor& filtered) const {
    if (config_.graft != Graft::Adam) { // A = M̂
        return filtered;
    }
    // A = M̂/(√V̂ + ε_g)
    const double correction = 1.0 - std::pow(config_.graftBeta2, static_cast<double>(slice.call));
    const at::Tensor scale = (part(v_, slice) / correction).sqrt_().add_(config_.graftEps);
    at::Tensor step = filtered / scale;
    if (config_.graftEps == 0.0) { // 0/0 stays where it is
        step.masked_fill_(filtered == 0, 0.0);
    }
    return step;
}

} // namespace psephos::optim::engine
