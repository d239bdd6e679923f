// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/engine/group.hpp"

#include "optim/engine/host_pass.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <initializer_list>
#include <optional>

namespace psephos::optim::engine {

namespace {

/// Accumulates in float64, so that no square of a finite float32 overflows.
at::Tensor frobeniusNorm(const at::Tensor& tensor) {
    if (hasHostPass(tensor)) {
        return at::scalar_tensor(std::sqrt(squaredNorm({&tensor, 1})), at::kDouble);
    }
    return at::linalg_vector_norm(tensor, 2, std::nullopt, false, at::kDouble);
}

} // namespace

at::Tensor part(const at::Tensor& tensor, const Slice& slice) {
    return slice.count == tensor.size(0) ? tensor : tensor.narrow(0, slice.first, slice.count);
}

Shape shapeOf(const at::Tensor& tensor) {
    if (tensor.dim() == 0) {
        return {1, 1};
    }
    const std::int64_t rows = tensor.size(0);
    return {rows, rows == 0 ? 0 : tensor.numel() / rows};
}

Group::Group(std::string algorithm, Packing packing, Rate rate)
    : algorithm_(std::move(algorithm))
    , packing_(packing)
    , rate_(rate) {}

std::size_t Group::add(const tensor::Parameter& parameter) {
    Member member;
    member.parameter = parameter;
    if (packing_ == Packing::Batched) {
        shape_ = shapeOf(parameter.value);
        member.first = static_cast<std::int64_t>(members_.size());
    } else {
        member.first = members_.empty() ? 0 : members_.back().first + members_.back().extent;
        member.extent = parameter.value.numel();
    }
    members_.push_back(std::move(member));
    return members_.size() - 1;
}

void Group::assemble() {
    const at::NoGradGuard noGradient;
    assert(!members_.empty());
    const std::int64_t total = members_.back().first + members_.back().extent;
    const auto options = members_.front().parameter.value.options().requires_grad(false);
    weights_ = packing_ == Packing::Batched ? at::empty({total, shape_.rows, shape_.cols}, options)
                                            : at::empty({total}, options);
    for (Member& member : members_) {
        at::Tensor& value = member.parameter.value;
        const at::Tensor home = weights_.narrow(0, member.first, member.extent).view(value.sizes());
        home.copy_(value);
        value.set_data(home);
    }
    gradients_ = readsGradientsInPlace() ? at::empty({0}, options) : at::zeros_like(weights_);
    update_ = keepsUpdate() ? at::zeros_like(weights_) : at::empty({0}, options);
    allocate();
}

void Group::assembleDetached(Shape shape, std::int64_t count, at::TensorOptions options) {
    assert(packing_ == Packing::Batched && members_.empty());
    const at::NoGradGuard noGradient;
    shape_ = shape;
    weights_ = at::zeros({count, shape.rows, shape.cols}, options);
    gradients_ = at::zeros_like(weights_);
    update_ = at::zeros_like(weights_);
    allocate();
}

at::IntArrayRef Group::sizesOf(std::size_t member) const {
    return members_[member].parameter.value.sizes();
}

at::Tensor Group::makeState(std::string name, at::IntArrayRef tail) {
    std::vector<std::int64_t> sizes{weights_.size(0)};
    sizes.insert(sizes.end(), tail.begin(), tail.end());
    states_.emplace_back(std::move(name), at::zeros(sizes, weights_.options()));
    return states_.back().second;
}

at::Tensor Group::makeColumnsState(std::string name, std::int64_t d) {
    states_.emplace_back(std::move(name),
                         at::zeros({weights_.size(0), d, d}, weights_.options()).transpose(1, 2));
    return states_.back().second;
}

at::Tensor Group::makeStateLikeWeights(std::string name) {
    return makeState(std::move(name), weights_.sizes().slice(1));
}

void Group::startGathering() {
    for (Member& member : members_) {
        member.takesPart = false;
    }
}

void Group::gather(std::size_t member, const at::Tensor& gradient) {
    members_[member].takesPart = true;
    members_[member].gradient = gradient;
}

void Group::finishGathering() {
    std::vector<at::Tensor> taken;
    for (Member& member : members_) {
        if (member.takesPart) {
            member.gradient = member.gradient.to(weights_.options()).contiguous();
            taken.push_back(member.gradient);
        }
    }
    const bool areHost = std::all_of(taken.begin(), taken.end(), [this](const at::Tensor& each) {
        return hasHostPass(each) && each.scalar_type() == weights_.scalar_type();
    });
    const bool isWhole = taken.size() == members_.size();
    hasGradientSquares_ = areHost && (readsGradientsInPlace() || isWhole);
    if (hasGradientSquares_) { // one pass for the norm, and the copy where one is needed
        gradientSquares_ =
            readsGradientsInPlace() ? squaredNorm(taken) : copyInto(gradients_, taken);
        return;
    }
    for (const Member& member : members_) {
        if (member.takesPart) {
            const at::Tensor home = part(gradients_, sliceOf(member));
            home.copy_(member.gradient.reshape(home.sizes()));
        }
    }
}

std::vector<at::Tensor> Group::memberGradients(const Slice& slice) const {
    std::vector<at::Tensor> gradients;
    for (const Member& member : members_) {
        if (member.takesPart && member.first >= slice.first &&
            member.first < slice.first + slice.count) {
            gradients.push_back(member.gradient);
        }
    }
    return gradients;
}

Slice Group::sliceOf(const Member& member) const {
    return {member.first, member.extent, member.calls + 1};
}

std::vector<Slice> Group::slices() const {
    const Member& front = members_.front();
    const bool together =
        std::all_of(members_.begin(), members_.end(), [&front](const Member& member) {
            return member.takesPart && member.calls == front.calls;
        });
    if (together) {
        return {{0, weights_.size(0), front.calls + 1}};
    }
    std::vector<Slice> result;
    for (const Member& member : members_) {
        if (member.takesPart) {
            result.push_back(sliceOf(member));
        }
    }
    return result;
}

void Group::gradientNorms(std::vector<at::Tensor>& norms) const {
    if (hasGradientSquares_) {
        norms.push_back(at::scalar_tensor(std::sqrt(gradientSquares_), at::kDouble));
        return;
    }
    for (const Slice& slice : slices()) {
        norms.push_back(frobeniusNorm(part(gradients_, slice)));
    }
}

bool Group::gradientsAreFinite() const {
    return std::all_of(members_.begin(), members_.end(), [](const Member& member) {
        return !member.takesPart || at::isfinite(member.gradient).all().item<bool>();
    });
}

void Group::step(double learningRate, GroupReport& report, std::vector<at::Tensor>& norms) {
    for (const Slice& slice : slices()) {
        const PhaseScope stepping(report.clock, Phase::Elementwise);
        Computed done = compute(slice, learningRate, report);
        if (done == Computed::Update) {
            done = finish(slice, part(update_, slice), {}, report);
        }
        if (done == Computed::Step) {
            norms.push_back(at::scalar_tensor(std::sqrt(report.squaredUpdate), at::kDouble));
        } else if (done == Computed::Update) {
            const at::Tensor change = part(update_, slice);
            part(weights_, slice).add_(change);
            norms.push_back(frobeniusNorm(change));
        }
    }
    for (Member& member : members_) {
        member.calls += member.takesPart ? 1 : 0;
        member.gradient.reset();
    }
}

Computed Group::finish(const Slice& slice, const at::Tensor& direction,
                       const gpu::UpdatePass& scale, GroupReport& report) const {
    at::Tensor change = part(update_, slice);
    const at::Tensor own = part(weights_, slice);
    if (hasHostPass(direction) && hasHostPass(own)) {
        report.squaredUpdate = applyUpdate(scale, direction, own, change);
        return Computed::Step;
    }
    at::mul_out(change, direction,
                at::scalar_tensor(scale.scale, change.options().device(at::kCPU)));
    if (scale.decay != 0.0) {
        change.add_(own, -scale.decay);
    }
    return Computed::Update;
}

void Group::enterEvaluation() {
    const at::NoGradGuard noGradient;
    for (const Member& member : members_) {
        const Slice slice{member.first, member.extent, member.calls};
        const at::Tensor point = member.calls > 0 ? evaluationPoint(slice) : at::Tensor();
        if (point.defined()) {
            if (!held_.defined()) {
                held_ = weights_.clone();
            }
            part(weights_, slice).copy_(point);
        }
    }
}

void Group::leaveEvaluation() {
    const at::NoGradGuard noGradient;
    if (held_.defined()) {
        weights_.copy_(held_);
        held_.reset();
    }
}

at::Tensor Group::evaluationPoint(const Slice&) const {
    return {};
}

std::optional<at::Tensor> Group::derivedState(std::string_view, const Slice&) const {
    return std::nullopt;
}

std::optional<at::Tensor> Group::state(std::size_t index, std::string_view name) const {
    const at::NoGradGuard noGradient;
    const Member& member = members_[index];
    const Slice slice{member.first, member.extent, member.calls};
    settle(slice);
    std::optional<at::Tensor> found = derivedState(name, slice);
    for (auto known = states_.begin(); !found && known != states_.end(); ++known) {
        if (known->first == name) {
            found = part(known->second, slice);
        }
    }
    if (!found) {
        return std::nullopt;
    }
    const at::Tensor& value = member.parameter.value;
    const at::Tensor copy = found->clone();
    return copy.numel() == value.numel() ? copy.view(value.sizes()) : copy.squeeze(0);
}

std::string Group::layout() const {
    std::string text = algorithm_ + (rate_ == Rate::Main ? "" : " (auxiliary)") + " {";
    for (const auto& [name, tensor] : states_) {
        text += " " + name + "[";
        for (std::int64_t i = 0; i < tensor.dim(); ++i) {
            text += (i == 0 ? "" : "x") + std::to_string(tensor.size(i));
        }
        text += "]";
    }
    text += " } for";
    for (const Member& member : members_) {
        text += " " + member.parameter.name;
    }
    return text;
}

std::size_t Group::stateBytes() const {
    std::size_t bytes = 0;
    for (const auto& [name, tensor] : states_) {
        bytes += tensor.nbytes();
    }
    return bytes;
}

at::Tensor Group::lastUpdate(const Slice& slice) const {
    return part(update_, slice);
}

void Group::look(const Slice&, Insight&) const {}

Insight Group::insight(std::size_t index) const {
    const at::NoGradGuard noGradient;
    const Member& member = members_[index];
    const Slice slice{member.first, member.extent, member.calls};
    Insight insight;
    insight.algorithm = algorithm_;
    if (member.calls > 0) {
        insight.update = lastUpdate(slice);
    }
    settle(slice);
    look(slice, insight);
    const Shape own = shapeOf(member.parameter.value);
    for (at::Tensor* likeWeights : {&insight.update, &insight.secondMoment}) {
        if (likeWeights->defined()) {
            *likeWeights = likeWeights->view({own.rows, own.cols});
        }
    }
    for (SideInsight* side : {&insight.left, &insight.right}) {
        for (at::Tensor* square : {&side->gram, &side->basis, &side->root}) {
            if (square->defined()) {
                *square = square->squeeze(0);
            }
        }
    }
    return insight;
}

namespace {

std::size_t& placeOf(std::string_view state, MemoryUse& use) {
    const std::string_view name = state.substr(state.rfind('/') + 1); // "block0/L"
    const auto isAnyOf = [&name](std::initializer_list<std::string_view> names) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    return isAnyOf({"m", "momentum"})                      ? use.firstMoments
           : isAnyOf({"v", "exp_avg_sq", "row", "col"})    ? use.secondMoments
           : isAnyOf({"L", "R"})                           ? use.grams
           : isAnyOf({"QL", "QR", "PL", "PR", "IL", "IR"}) ? use.bases
                                                           : use.others;
}

} // namespace

void Group::addMemory(MemoryUse& use) const {
    use.weights += weights_.nbytes();
    use.gradients += weights_.nbytes();
    use.updates += update_.nbytes();
    for (const auto& [name, tensor] : states_) {
        placeOf(name, use) += tensor.nbytes();
    }
}

void Group::save(tensor::Archive& archive, const std::string& prefix) const {
    std::vector<std::int64_t> calls;
    for (const Member& member : members_) {
        calls.push_back(member.calls);
    }
    settle({0, weights_.size(0), 0});
    archive.set(prefix + "calls", at::tensor(calls, at::TensorOptions(at::kLong)));
    for (const auto& [name, tensor] : states_) {
        archive.set(prefix + name, tensor);
    }
    saveDerived(archive, prefix);
}

lab::Result<void> Group::restore(const tensor::Archive& archive, const std::string& prefix) {
    at::Tensor calls = at::zeros({static_cast<std::int64_t>(members_.size())}, at::kLong);
    if (auto copied = archive.copyInto(prefix + "calls", calls); !copied) {
        return copied;
    }
    for (auto& [name, tensor] : states_) {
        if (auto copied = archive.copyInto(prefix + name, tensor); !copied) {
            return copied;
        }
    }
    for (std::size_t i = 0; i < members_.size(); ++i) {
        members_[i].calls = calls.data_ptr<std::int64_t>()[i];
    }
    return restoreDerived(archive, prefix);
}

void Group::settle(const Slice&) const {}

void Group::saveDerived(tensor::Archive&, const std::string&) const {}

lab::Result<void> Group::restoreDerived(const tensor::Archive&, const std::string&) {
    return {};
}

} // namespace psephos::optim::engine
