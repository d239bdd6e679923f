// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/engine/peers.hpp"

#include "optim/engine/floor.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <utility>

namespace psephos::optim::engine {

FusedAdamWPeer::FusedAdamWPeer(std::vector<at::Tensor> weights)
    : weights_(std::move(weights)) {
    for (const at::Tensor& each : weights_) {
        first_.push_back(at::zeros_like(each));
        second_.push_back(at::zeros_like(each));
        calls_.push_back(at::zeros({}, each.options()));
    }
}

Stepped FusedAdamWPeer::step(const std::vector<at::Tensor>& gradients) {
    for (const at::Tensor& call : calls_) {
        call.add_(1.0);
    }
    at::_fused_adamw_(weights_, gradients, first_, second_, {}, calls_, /*lr=*/1e-3, /*beta1=*/0.9,
                      /*beta2=*/0.999, /*weight_decay=*/0.01, /*eps=*/1e-8, /*amsgrad=*/false,
                      /*maximize=*/false);
    return {};
}

PlainSoapPeer::PlainSoapPeer(const SoapConfig& config, std::vector<Matrix> matrices)
    : config_(config) {
    for (Matrix& matrix : matrices) {
        const at::Tensor zeros = at::zeros_like(matrix.weights);
        states_.push_back({std::move(matrix), zeros, zeros.clone()});
    }
}

Stepped PlainSoapPeer::step(const std::vector<at::Tensor>& gradients) {
    ++updates_;
    Stepped done{updates_ % config_.refreshPeriod == 0, 0.0};
    for (std::size_t i = 0; i < states_.size(); ++i) {
        State& state = states_[i];
        const auto& [left, right] = state.matrix.bases;
        step(state, gradients[i]);
        const at::Tensor original = at::mm(at::mm(left, state.m), right.t());
        state.matrix.grams[0].lerp_(at::mm(gradients[i], gradients[i].t()),
                                    1.0 - config_.shampooBeta);
        state.matrix.grams[1].lerp_(at::mm(gradients[i].t(), gradients[i]),
                                    1.0 - config_.shampooBeta);
        if (done.refreshed) {
            done.refreshMilliseconds +=
                millisecondsOf(original.device(), [&state] { refresh(state); });
        }
        state.m = at::mm(at::mm(left.t(), original), right);
    }
    return done;
}

void PlainSoapPeer::step(State& state, const at::Tensor& gradient) const {
    const auto& [left, right] = state.matrix.bases;
    const at::Tensor turned = at::mm(at::mm(left.t(), gradient), right);
    state.m.mul_(config_.beta1).add_(turned, 1.0 - config_.beta1);
    state.v.mul_(config_.beta2).addcmul_(turned, turned, 1.0 - config_.beta2);
    const at::Tensor quotient = state.m / state.v.sqrt().add_(config_.eps);
    const auto k = static_cast<double>(updates_);
    const double alpha = config_.learningRate * std::sqrt(1.0 - std::pow(config_.beta2, k)) /
                         (1.0 - std::pow(config_.beta1, k));
    at::Tensor weights = state.matrix.weights;
    weights.add_(at::mm(at::mm(left, quotient), right.t()), -alpha);
    weights.mul_(1.0 - config_.learningRate * config_.decoupledWeightDecay);
}

void PlainSoapPeer::refresh(State& state) {
    for (std::size_t side = 0; side < 2; ++side) {
        const at::Tensor& gram = state.matrix.grams[side];
        at::Tensor& basis = state.matrix.bases[side];
        const at::Tensor estimates = at::mm(at::mm(basis.t(), gram), basis).diagonal();
        const at::Tensor order = estimates.argsort(std::int64_t{0}, /*descending=*/true);
        state.v = state.v.index_select(static_cast<std::int64_t>(side), order);
        basis = std::get<0>(at::linalg_qr(at::mm(gram, basis.index_select(1, order))));
    }
}

} // namespace psephos::optim::engine
