// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/engine/device_pass.hpp"
#include "optim/engine/host_pass.hpp"
#include "optim/engine/matrix_groups.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace psephos::optim::engine {

namespace {

constexpr const char* kIsOriginal = "m_is_original";

} // namespace

SoapGroup::SoapGroup(const SoapConfig& config)
    : Group("soap", Packing::Batched, Rate::Main)
    , config_(config) {}

void SoapGroup::allocate() {
    const auto [rows, cols] = shape();
    const auto makeSide = [this](std::int64_t d, bool isLeft) {
        Side side{makeState(isLeft ? "L" : "R", {d, d}), makeColumnsState(isLeft ? "QL" : "QR", d),
                  isLeft};
        side.basis.diagonal(0, 1, 2).fill_(1.0);
        return side;
    };
    m_ = makeStateLikeWeights("m");
    if (config_.secondMoment == SecondMoment::Full) {
        v_ = makeStateLikeWeights("exp_avg_sq");
    } else {
        factors_ = {makeState("row", {rows, 1}), makeState("col", {1, cols})};
    }
    const Factors factors = factorsOf(config_, rows, cols);
    if (factors.left) {
        left_ = makeSide(rows, true);
    }
    if (factors.right) {
        right_ = makeSide(cols, false);
    }
    keepsOriginal_ = config_.refreshPeriod == 1 && (left_ || right_);
}

Computed SoapGroup::compute(const Slice& slice, double learningRate, GroupReport& report) {
    if (slice.call == 1) {
        initialize(slice, report);
        if (config_.skipFirstUpdate) {
            return Computed::Nothing;
        }
    }
    const std::int64_t k = slice.call - (config_.skipFirstUpdate ? 1 : 0);
    const auto updates = static_cast<double>(k);
    const double correction1 = config_.correctBias ? 1.0 - std::pow(config_.beta1, updates) : 1.0;
    const double rootOfCorrection2 =
        config_.correctBias ? std::sqrt(1.0 - std::pow(config_.beta2, updates)) : 1.0;

    // 1., 2. G' ← Q_Lᵀ G Q_R with the old Q; M and V in the rotated basis.
    // 3., 4. N' ← M/(√V + ε); N ← Q_L N' Q_Rᵀ (over its RMS).
    report.clock.enter(Phase::Project);
    const at::Tensor g = part(gradients(), slice);
    const at::Tensor turned = rotated(g, slice);
    const at::Tensor kept = part(m_, slice);
    const at::Tensor m = keepsOriginal_ ? rotated(kept, slice) : kept;
    report.clock.enter(Phase::Elementwise);
    const at::Tensor quotient = averaged(slice, turned, m, rootOfCorrection2);
    if (keepsOriginal_) {
        kept.lerp_(g, 1.0 - config_.beta1);
    }
    report.clock.enter(Phase::ProjectBack);
    at::Tensor direction = rotatedBack(quotient, slice);
    report.clock.enter(Phase::Elementwise);
    if (config_.normalizeUpdate) {
        constexpr double kGuard = 1e-30;
        const auto numbers = static_cast<double>(direction.size(1) * direction.size(2));
        const at::Tensor norms =
            at::linalg_vector_norm(direction, 2, at::IntArrayRef{1, 2}, /*keepdim=*/true);
        direction = direction / norms.div_(std::sqrt(numbers)).add_(kGuard);
    }

    // 5., 6. W ← W − αN, then W ← W − ηλW, or the decay first.
    const bool isRaw = config_.epsMode == EpsMode::Raw; // else √(1−β₂ᵏ) is in N
    const double alpha = learningRate * (isRaw ? rootOfCorrection2 : 1.0) / correction1;
    const double decay = learningRate * config_.decoupledWeightDecay;
    const double step = config_.decayBeforeUpdate ? -alpha : -alpha * (1.0 - decay);
    const Computed done = finish(slice, direction, {step, decay}, report);

    // 8. After the step: the current gradient never enters its own projection.
    averageGrams(slice, report);

    // 7., 9., 10. only when Q changes; off-refresh the reference's 7 and 10 undo each other.
    if ((left_ || right_) &&
        refreshDue(static_cast<long>(k), config_.refreshPeriod, config_.basisWarmup, false)) {
        refresh(slice, report);
    }
    return done;
}

// Call 1: GG ← (1−β_s)GGᵀ, Q ← its eigenvectors, no weight changes and k stays 0.
void SoapGroup::initialize(const Slice& slice, GroupReport& report) {
    averageGrams(slice, report);
    const PhaseScope refreshing(report.clock, Phase::Refresh);
    settle(slice);
    for (const std::optional<Side>* side : {&left_, &right_}) {
        if (*side) {
            const bool good = eigenbases(part((*side)->gram, slice), part((*side)->basis, slice));
            (good ? report.refreshed : report.refreshFailed) = true;
        }
    }
}

void SoapGroup::averageGrams(const Slice& slice, GroupReport& report) {
    const PhaseScope averaging(report.clock, Phase::Gram);
    const double beta = config_.shampooBeta;
    for (const std::optional<Side>* side : {&left_, &right_}) {
        if (*side) {
            accumulateGram(part((*side)->gram, slice), part(gradients(), slice), (*side)->isLeft,
                           beta, 1.0 - beta);
        }
    }
}

void SoapGroup::refresh(const Slice& slice, GroupReport& report) {
    const PhaseScope refreshing(report.clock, Phase::Refresh);
    settle(slice);
    const at::Tensor m = part(m_, slice);
    const at::Tensor original = keepsOriginal_ ? at::Tensor() : rotatedBack(m, slice);
    for (const std::optional<Side>* side : {&left_, &right_}) {
        if (!*side) {
            continue;
        }
        const bool isLeft = (*side)->isLeft;
        const bool good =
            refreshBases(part((*side)->gram, slice), part((*side)->basis, slice), config_.refresh,
                         [&](const BasisChange& change) { carry(slice, change, isLeft); });
        (good ? report.refreshed : report.refreshFailed) = true;
    }
    if (!keepsOriginal_) {
        m.copy_(rotated(original, slice));
    }
}

at::Tensor SoapGroup::averaged(const Slice& slice, const at::Tensor& turned, const at::Tensor& m,
                               double rootOfCorrection2) const {
    const bool isOnDevice = hasDevicePass(turned);
    if (config_.secondMoment == SecondMoment::Full && (isOnDevice || hasHostPass(turned))) {
        const bool isRaw = config_.epsMode == EpsMode::Raw;
        const gpu::AdamPass pass{
            .beta1 = config_.beta1,
            .beta2 = config_.beta2,
            .epsilon = config_.eps,
            .vScale = isRaw ? 1.0 : 1.0 / (rootOfCorrection2 * rootOfCorrection2),
            .mode = config_.epsMode == EpsMode::Clamp ? gpu::AdamEpsilon::Clamped
                                                      : gpu::AdamEpsilon::Added};
        const at::Tensor direction = at::empty_like(turned);
        (isOnDevice ? adamPassOnDevice : adamPass)(pass, turned, m, part(v_, slice), direction);
        return direction;
    }
    m.mul_(config_.beta1).add_(turned, 1.0 - config_.beta1);
    return m / denominator(slice, turned, rootOfCorrection2);
}

at::Tensor SoapGroup::denominator(const Slice& slice, const at::Tensor& turned,
                                  double rootOfCorrection2) const {
    at::Tensor root;
    if (config_.secondMoment == SecondMoment::Full) {
        const at::Tensor v = part(v_, slice);
        v.mul_(config_.beta2).addcmul_(turned, turned, 1.0 - config_.beta2);
        root = v.sqrt();
    } else {
        const FactoredMoment own{part(factors_.row, slice), part(factors_.col, slice)};
        averageFactors(own, turned.square(), config_.beta2);
        root = factoredRoot(own);
    }
    switch (config_.epsMode) {
    case EpsMode::Raw:
        return root.add_(config_.eps);
    case EpsMode::Hat:
        return root.div_(rootOfCorrection2).add_(config_.eps);
    case EpsMode::Clamp:
        break;
    }
    return root.div_(rootOfCorrection2).clamp_min_(config_.eps);
}

// V is permuted like the columns of Q, or transported; it is never rotated.
void SoapGroup::carry(const Slice& slice, const BasisChange& change, bool isLeft) const {
    const bool isFactored = config_.secondMoment == SecondMoment::Factored;
    const at::Tensor& whole = !isFactored ? v_ : isLeft ? factors_.row : factors_.col;
    const at::Tensor items = part(whole, slice).narrow(0, change.first, change.order.size(0));
    if (config_.carry == SecondMomentCarry::Permute && hasHostPass(items)) {
        permute(items, change.order, isLeft ? Along::Rows : Along::Columns);
    } else if (config_.carry == SecondMomentCarry::Permute) {
        const at::Tensor index = change.order.unsqueeze(isLeft ? 2 : 1).expand_as(items);
        items.copy_(items.gather(isLeft ? 1 : 2, index));
    } else if (config_.carry == SecondMomentCarry::Transport) {
        const at::Tensor weights = product(change.before.transpose(1, 2), change.after).square_();
        items.copy_(isLeft ? product(weights.transpose(1, 2), items) : product(items, weights));
    }
}

at::Tensor SoapGroup::rotated(const at::Tensor& original, const Slice& slice) const {
    at::Tensor result = original;
    if (left_) {
        result = product(part(left_->basis, slice).transpose(1, 2), result);
    }
    if (right_) {
        result = product(result, part(right_->basis, slice));
    }
    return result;
}

at::Tensor SoapGroup::rotatedBack(const at::Tensor& turned, const Slice& slice) const {
    at::Tensor result = turned;
    if (left_) {
        result = product(part(left_->basis, slice), result);
    }
    if (right_) {
        result = product(result, part(right_->basis, slice).transpose(1, 2));
    }
    return result;
}

void SoapGroup::settle(const Slice& slice) const {
    for (const std::optional<Side>* side : {&left_, &right_}) {
        if (*side) {
            mirrorGram(part((*side)->gram, slice));
        }
    }
}

void SoapGroup::look(const Slice& slice, Insight& insight) const {
    for (const auto& [side, seen] : {std::pair{&left_, &insight.left}, {&right_, &insight.right}}) {
        if (*side) {
            *seen = {part((*side)->gram, slice), part((*side)->basis, slice), {}};
        }
    }
    const bool isFull = config_.secondMoment == SecondMoment::Full;
    if (isFull) {
        insight.secondMoment = part(v_, slice);
    }
    insight.isMomentTurned = left_ || right_;
    insight.isMomentFactored = !isFull;
    insight.momentBeta = config_.beta2;
    const std::int64_t next = slice.call + 1 - (config_.skipFirstUpdate ? 1 : 0);
    insight.refreshesNext =
        insight.isMomentTurned &&
        (slice.call == 0 ||
         refreshDue(static_cast<long>(next), config_.refreshPeriod, config_.basisWarmup, false));
}

std::optional<at::Tensor> SoapGroup::derivedState(std::string_view name, const Slice& slice) const {
    const at::Tensor m = part(m_, slice);
    if (name == "exp_avg_original_space") {
        return keepsOriginal_ ? m : rotatedBack(m, slice);
    }
    if (name == "m") {
        return keepsOriginal_ ? rotated(m, slice) : m;
    }
    if (name == "bias_step") {
        return at::full({1},
                        static_cast<double>(std::max<std::int64_t>(
                            0, slice.call - (config_.skipFirstUpdate ? 1 : 0))),
                        weights().options());
    }
    return std::nullopt;
}

void SoapGroup::saveDerived(tensor::Archive& archive, const std::string& prefix) const {
    archive.set(prefix + kIsOriginal, std::int64_t{keepsOriginal_ ? 1 : 0});
}

// A run may go on with another refresh period: its momentum then changes the space it is kept in.
lab::Result<void> SoapGroup::restoreDerived(const tensor::Archive& archive,
                                            const std::string& prefix) {
    const auto wasOriginal = archive.integer(prefix + kIsOriginal);
    if (!wasOriginal) {
        return wasOriginal.error();
    }
    if ((*wasOriginal != 0) != keepsOriginal_) {
        const Slice all{0, m_.size(0), 1};
        m_.copy_(keepsOriginal_ ? rotatedBack(m_, all) : rotated(m_, all));
    }
    return {};
}

} // namespace psephos::optim::engine
