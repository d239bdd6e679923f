// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/engine/batched.hpp"
#include "optim/engine/matrix_groups.hpp"
#include "optim/engine/matrix_side.hpp"

#include <ATen/ATen.h>

#include <cmath>

namespace psephos::optim::engine {

SoapGroup::SoapGroup(const SoapConfig& config)
    : Group("soap", Packing::Batched, Rate::Main)
    , config_(config) {}

void SoapGroup::allocate() {
    const auto [rows, cols] = shape();
    const auto makeSide = [this](std::int64_t d, bool isLeft) {
        Side side{makeState(isLeft ? "L" : "R", {d, d}), makeState(isLeft ? "QL" : "QR", {d, d}),
                  isLeft};
        side.basis.diagonal(0, 1, 2).fill_(1.0);
        return side;
    };
    m_ = makeStateLikeWeights("m");
    v_ = makeStateLikeWeights("exp_avg_sq");
    if (hasFactor(config_, rows, cols)) {
        left_ = makeSide(rows, true);
    }
    if (hasFactor(config_, cols, rows)) {
        right_ = makeSide(cols, false);
    }
}

bool SoapGroup::compute(const Slice& slice, double learningRate, GroupReport& report) {
    if (slice.call == 1) {
        initialize(slice, report);
        return false;
    }
    const std::int64_t k = slice.call - 1;
    const at::Tensor m = part(m_, slice);
    const at::Tensor v = part(v_, slice);
    const at::Tensor delta = part(update(), slice);

    // 1., 2. G' ← Q_Lᵀ G Q_R with the old Q; M and V in the rotated basis.
    const at::Tensor turned = rotated(part(gradients(), slice), slice);
    m.mul_(config_.beta1).add_(turned, 1.0 - config_.beta1);
    v.mul_(config_.beta2).addcmul_(turned, turned, 1.0 - config_.beta2);

    // 3., 4. N' ← M/(√V + ε), ε raw; N ← Q_L N' Q_Rᵀ.
    const at::Tensor direction = rotatedBack(m / v.sqrt().add_(config_.eps), slice);

    // 5., 6. W ← W − αN, then W ← W − ηλW.
    double alpha = learningRate;
    if (config_.correctBias) {
        const auto updates = static_cast<double>(k);
        alpha *= std::sqrt(1.0 - std::pow(config_.beta2, updates)) /
                 (1.0 - std::pow(config_.beta1, updates));
    }
    const double decay = learningRate * config_.decoupledWeightDecay;
    delta.copy_(direction).mul_(-alpha * (1.0 - decay));
    if (decay > 0.0) {
        delta.add_(part(weights(), slice), -decay);
    }

    // 8. After the step: the current gradient never enters its own projection.
    averageGrams(slice);

    // 7., 9., 10. only when Q changes; off-refresh the reference's 7 and 10 undo each other.
    if ((left_ || right_) &&
        refreshDue(static_cast<long>(k), config_.refreshPeriod, config_.basisWarmup, false)) {
        refresh(slice, report);
    }
    return true;
}

// Call 1: GG ← (1−β_s)GGᵀ, Q ← its eigenvectors, no weight changes and k stays 0.
void SoapGroup::initialize(const Slice& slice, GroupReport& report) {
    averageGrams(slice);
    const RefreshTimer timer(report);
    for (const std::optional<Side>* side : {&left_, &right_}) {
        if (*side) {
            const bool good = eigenbases(part((*side)->gram, slice), part((*side)->basis, slice));
            (good ? report.refreshed : report.refreshFailed) = true;
        }
    }
}

void SoapGroup::averageGrams(const Slice& slice) {
    const double beta = config_.shampooBeta;
    for (const std::optional<Side>* side : {&left_, &right_}) {
        if (*side) {
            accumulateGram(part((*side)->gram, slice), part(gradients(), slice), (*side)->isLeft,
                           beta, 1.0 - beta);
        }
    }
}

void SoapGroup::refresh(const Slice& slice, GroupReport& report) {
    const RefreshTimer timer(report);
    const at::Tensor m = part(m_, slice);
    const at::Tensor v = part(v_, slice);
    const at::Tensor original = rotatedBack(m, slice);
    for (const std::optional<Side>* side : {&left_, &right_}) {
        if (!*side) {
            continue;
        }
        // V is permuted like the columns of Q; it is not rotated.
        const bool isLeft = (*side)->isLeft;
        const auto permute = [&v, isLeft](std::int64_t first, const at::Tensor& order) {
            const at::Tensor items = v.narrow(0, first, order.size(0));
            const at::Tensor index = order.unsqueeze(isLeft ? 2 : 1).expand_as(items);
            items.copy_(items.gather(isLeft ? 1 : 2, index));
        };
        const bool good =
            refreshBases(part((*side)->gram, slice), part((*side)->basis, slice), permute);
        (good ? report.refreshed : report.refreshFailed) = true;
    }
    m.copy_(rotated(original, slice));
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

std::optional<at::Tensor> SoapGroup::derivedState(std::string_view name, const Slice& slice) const {
    if (name == "exp_avg_original_space") {
        return rotatedBack(part(m_, slice), slice);
    }
    if (name == "bias_step") {
        return at::full({1}, static_cast<double>(std::max<std::int64_t>(0, slice.call - 1)),
                        weights().options());
    }
    return std::nullopt;
}

} // namespace psephos::optim::engine
