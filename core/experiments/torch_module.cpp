// SPDX-License-Identifier: GPL-3.0-or-later
// What the module psephos-torch brings along: everything that computes with LibTorch.
#include "experiments/cuda_facts.hpp"
#include "experiments/optim/claims/claims.hpp"
#include "experiments/optim/train/race.hpp"
#include "experiments/optim/train/train.hpp"
#include "lab/check.hpp"
#include "lab/device.hpp"
#include "lab/experiment.hpp"
#include "lab/module.hpp"
#include "lab/workbench.hpp"
#include "optim/engine/bench.hpp"
#include "optim/engine/golden.hpp"
#include "tensor/device.hpp"

#include <exception>
#include <string>

namespace psephos::experiments {

namespace {

lab::Result<lab::Json> describeCuda() {
    const auto device = tensor::openDevice("cuda");
    if (!device) {
        return device.error();
    }
    return cudaFacts();
}

void registerTorch(lab::Registry& registry, lab::CheckRegistry& checks) {
    lab::addVersion("libtorch", tensor::libraryVersion());
    lab::addDeviceProbe("cuda", describeCuda);
    optim::engine::registerChecks(checks);
    optim::engine::registerBenchmarks(checks);
    train::registerChecks(checks);
    registry.provide("optim.claims", makeClaims);
    registry.provide("optim.train", makeTrain);
}

/// Why registering failed; a module's answer has to outlive the call.
std::string& refusal() {
    static std::string text;
    return text;
}

} // namespace

} // namespace psephos::experiments

extern "C" const char* psephosRegisterModule(psephos::lab::Registry& registry,
                                             psephos::lab::CheckRegistry& checks) {
    try {
        psephos::experiments::registerTorch(registry, checks);
        return nullptr;
    } catch (const std::exception& exception) {
        psephos::experiments::refusal() = exception.what();
        return psephos::experiments::refusal().c_str();
    } catch (...) {
        return "it threw what is no exception";
    }
}
