// SPDX-License-Identifier: GPL-3.0-or-later
// What the engine's tests share: configurations, random parameters and gradients, comparison.
#pragma once

#include "numerics/random.hpp"
#include "optim/engine/optimizer.hpp"
#include "optim/textbook/optimizer.hpp"
#include "tensor/device.hpp"
#include "tensor/random.hpp"

#include <ATen/ATen.h>

#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace psephos::test {

using optim::OptimizerConfig;
using optim::engine::Optimizer;
using tensor::Parameter;
using tensor::ParameterRole;

/// A configuration with a name for messages.
using NamedConfig = std::pair<std::string, OptimizerConfig>;

/// Every option of every optimizer is on in one of these.
inline std::vector<NamedConfig> manyConfigs() {
    optim::SgdConfig sgd{0.05, 0.9, 0.1, false, 0.02, 0.0};
    optim::SgdConfig nesterov{0.05, 0.9, 0.0, true, 0.0, 0.1};
    optim::SgdConfig bothDecays{0.05, 0.9, 0.0, false, 0.2, 0.3};
    optim::SgdConfig plain{0.05, 0.0, 0.0, false, 0.0, 0.0};
    optim::AdamConfig hat{0.05, 0.9, 0.99, 1e-8, optim::EpsMode::Hat, 0.0, 0.1};
    optim::AdamConfig raw{0.05, 0.9, 0.99, 1e-6, optim::EpsMode::Raw, 0.1, 0.0};
    optim::AdamConfig clamp{0.05, 0.0, 0.99, 1e-3, optim::EpsMode::Clamp, 0.0, 0.0};
    optim::AdamConfig bothDecaysOfAdam{0.05, 0.9, 0.99, 1e-3, optim::EpsMode::Hat, 0.2, 0.3};
    optim::ShampooConfig shampoo;
    shampoo.learningRate = 0.05;
    shampoo.beta2 = 0.95;
    shampoo.eps = 1e-6;
    shampoo.exponent = -0.5;
    shampoo.refreshPeriod = 3;
    shampoo.basisWarmup = 2;
    shampoo.decoupledWeightDecay = 0.1;
    optim::ShampooConfig sum;
    sum.learningRate = 0.05;
    sum.beta2 = 1.0;
    sum.eps = 1e-4;
    sum.graft = optim::Graft::Sgd;
    sum.traceScale = true;
    sum.precondition1d = true;
    sum.maxPreconditionerDim = 4;
    optim::ShampooConfig kl = shampoo;
    kl.statistics = optim::FactorStatistics::KullbackLeibler;
    kl.refreshTolerance = 0.2;
    optim::ShampooConfig lateStart = shampoo;
    lateStart.startsGrafted = true;
    lateStart.basisWarmup = 0;
    lateStart.refreshTolerance = 0.3;
    optim::ShampooConfig blocked = shampoo;
    blocked.blocking = true;
    blocked.maxPreconditionerDim = 3;
    optim::SoapConfig soap;
    soap.learningRate = 0.05;
    soap.refreshPeriod = 3;
    soap.basisWarmup = 2;
    soap.decoupledWeightDecay = 0.1;
    soap.shampooBeta = 0.9;
    optim::SoapConfig oneSided = soap;
    oneSided.maxPreconditionerDim = 4;
    oneSided.precondition1d = true;
    oneSided.correctBias = false;
    optim::SoapConfig heavySoap = soap;
    heavySoap.carry = optim::SecondMomentCarry::Transport;
    heavySoap.epsMode = optim::EpsMode::Hat;
    heavySoap.refresh = optim::BasisRefresh::Eigh;
    heavySoap.normalizeUpdate = true;
    optim::SoapConfig factored = soap;
    factored.secondMoment = optim::SecondMoment::Factored;
    factored.refresh = optim::BasisRefresh::CholeskyQr2;
    factored.epsMode = optim::EpsMode::Clamp;
    factored.eps = 1e-3;
    factored.decayBeforeUpdate = true;
    optim::SoapConfig bothSavings = factored;
    bothSavings.sides = optim::Sides::Smaller;
    bothSavings.carry = optim::SecondMomentCarry::Transport;
    bothSavings.skipFirstUpdate = false;
    optim::SoapConfig unpermuted = soap;
    unpermuted.carry = optim::SecondMomentCarry::Keep;
    unpermuted.sides = optim::Sides::Left;
    optim::MuonConfig muon;
    muon.decoupledWeightDecay = 0.1;
    optim::MuonConfig plainMuon;
    plainMuon.nesterov = false;
    plainMuon.orthogonalize1d = true;
    optim::MuonConfig exactMuon = muon;
    exactMuon.orthogonalisation = optim::Orthogonalisation::Svd;
    exactMuon.scale = optim::MuonScale::Moonshot;
    optim::MuonConfig quintic = plainMuon;
    quintic.coefficients = optim::quinticCoefficients();
    quintic.newtonSchulzSteps = 6;
    quintic.scale = optim::MuonScale::UnitRms;
    optim::LionConfig lion{0.01, 0.8, 0.95, 0.1};
    optim::AdafactorConfig adafactor;
    optim::AdafactorConfig fixedRate;
    fixedRate.learningRate = 0.05;
    fixedRate.relativeStep = false;
    fixedRate.scaleParameter = false;
    fixedRate.clip = 0.7;
    fixedRate.beta1 = 0.6;
    fixedRate.decoupledWeightDecay = 0.1;
    optim::FactoredAdamConfig simple;
    simple.learningRate = 0.05;
    simple.decoupledWeightDecay = 0.1;
    optim::ScheduleFreeConfig scheduleFree{0.05, 0.9, 0.99, 1e-8, 0.1, 3};
    return {{"sgd, dampened and l2", sgd},
            {"sgd, nesterov and decay", nesterov},
            {"sgd, l2 and decay", bothDecays},
            {"sgd, plain", plain},
            {"adamw, hat", hat},
            {"adam, raw and l2", raw},
            {"adam, clamp", clamp},
            {"adam, l2 and decay", bothDecaysOfAdam},
            {"shampoo, half, adam", shampoo},
            {"shampoo, sum, sgd, one-sided", sum},
            {"shampoo, gupta", optim::guptaShampoo(0.1, 1e-4)},
            {"shampoo, kl, kept eigenvectors", kl},
            {"shampoo, grafted start, kept eigenvectors", lateStart},
            {"shampoo, blocked", blocked},
            {"soap", soap},
            {"soap, one-sided, 1d", oneSided},
            {"soap, transported, eigh", heavySoap},
            {"soap, factored, cholesky", factored},
            {"soap, factored, smaller side", bothSavings},
            {"soap, unpermuted, left side", unpermuted},
            {"muon", muon},
            {"muon, vectors too", plainMuon},
            {"muon, svd, moonshot", exactMuon},
            {"muon, quintic", quintic},
            {"lion", lion},
            {"adafactor", adafactor},
            {"adafactor, own rate and momentum", fixedRate},
            {"adafactor, simplified", simple},
            {"schedule-free", scheduleFree}};
}

inline at::Tensor randomTensor(const std::vector<std::int64_t>& shape, std::uint64_t seed,
                               std::string_view stream, std::uint64_t step,
                               at::ScalarType type = at::kDouble) {
    return tensor::normal(shape, 1.0, numerics::RandomStream(seed, stream, step), type,
                          c10::Device(c10::DeviceType::CPU));
}

/// Parameters of these shapes, with the same random values for the same seed.
inline std::vector<Parameter> randomParameters(const std::vector<std::vector<std::int64_t>>& shapes,
                                               std::uint64_t seed,
                                               at::ScalarType type = at::kDouble) {
    tensor::useThreads(1); // small matrices: on a busy machine every barrier costs a time slice
    std::vector<Parameter> parameters;
    for (std::size_t i = 0; i < shapes.size(); ++i) {
        const std::string name = "p" + std::to_string(i);
        at::Tensor value = randomTensor(shapes[i], seed, name, 0, type);
        value.set_requires_grad(true);
        parameters.push_back({name, value, ParameterRole::Hidden});
    }
    return parameters;
}

/// Gradients that are not all of one scale, keyed by step.
inline std::vector<at::Tensor> randomGradients(const std::vector<Parameter>& parameters,
                                               std::uint64_t seed, std::uint64_t step,
                                               at::ScalarType type = at::kDouble) {
    std::vector<at::Tensor> gradients;
    for (const Parameter& parameter : parameters) {
        const auto shape = parameter.value.sizes().vec();
        at::Tensor gradient = randomTensor(shape, seed, "g" + parameter.name, step, type);
        const at::Tensor spread = randomTensor(shape, seed, "s" + parameter.name, 0, type);
        gradients.push_back(gradient.mul(spread.exp()));
    }
    return gradients;
}

inline optim::textbook::Matrix toMatrix(const at::Tensor& tensor) {
    const auto shape =
        tensor.dim() == 2 ? tensor.sizes().vec() : std::vector<std::int64_t>{tensor.numel(), 1};
    const at::Tensor plain = tensor.detach().to(at::kDouble).reshape(shape).contiguous();
    const Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>
        map(plain.data_ptr<double>(), shape[0], shape[1]);
    return map;
}

inline double largestDifference(const at::Tensor& a, const at::Tensor& b) {
    return (a.detach().to(at::kDouble) - b.detach().to(at::kDouble)).abs().max().item<double>();
}

inline bool isBitEqual(const at::Tensor& a, const at::Tensor& b) {
    const at::Tensor first = a.detach().contiguous();
    const at::Tensor second = b.detach().contiguous();
    return first.nbytes() == second.nbytes() &&
           std::memcmp(first.data_ptr(), second.data_ptr(), first.nbytes()) == 0;
}

} // namespace psephos::test
