// SPDX-License-Identifier: GPL-3.0-or-later
// What the engine does on a CUDA device with kernels of its own; skipped where there is none.
#include "core/optim/engine_helpers.hpp"
#include "gpu/cuda_kernels.hpp"
#include "optim/engine/batched.hpp"
#include "optim/engine/device_pass.hpp"
#include "optim/engine/host_pass.hpp"
#include "skip.hpp"
#include "tensor/device.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <vector>

using namespace psephos;
using namespace psephos::test;

namespace {

/// Why nothing can be computed on CUDA here; empty where it can.
std::string whyNoCuda() {
    const auto device = tensor::openDevice("cuda");
    if (!device) {
        return device.error().message;
    }
    const auto kernels = gpu::cuda::kernels();
    return kernels ? "" : kernels.error().message;
}

std::vector<Parameter> copiesOn(c10::Device device, const std::vector<Parameter>& parameters) {
    std::vector<Parameter> copies = parameters;
    for (Parameter& copy : copies) {
        copy.value = copy.value.detach().to(device, /*non_blocking=*/false, /*copy=*/true);
    }
    return copies;
}

/// An optimizer like it, with its state by way of a checkpoint's bytes.
std::unique_ptr<Optimizer> throughACheckpoint(const Optimizer& optimizer,
                                              const OptimizerConfig& config,
                                              const std::vector<Parameter>& parameters) {
    tensor::Archive archive;
    optimizer.save(archive);
    const auto read = tensor::Archive::read(archive.bytes());
    REQUIRE(read.ok());
    auto fresh = Optimizer::make(config, parameters);
    REQUIRE(fresh.ok());
    const auto taken = (*fresh)->restore(*read);
    REQUIRE(taken.ok());
    REQUIRE(*taken);
    return std::move(*fresh);
}

/// The same steps on a CPU and on the device: a gradient missing, a checkpoint between, looks on
/// the way.
void checkEngineOn(c10::Device device, const OptimizerConfig& config) {
    const auto here = randomParameters({{4, 5}, {4, 5}, {5}, {6, 5}}, 3);
    const auto there = copiesOn(device, here);
    auto reference = Optimizer::make(config, here);
    auto made = Optimizer::make(config, there);
    REQUIRE(reference.ok());
    REQUIRE(made.ok());
    std::unique_ptr<Optimizer> optimizer = std::move(*made);
    for (std::uint64_t step = 1; step <= 8; ++step) {
        CAPTURE(step);
        auto gradients = randomGradients(here, 3, step);
        if (step == 4) {
            gradients[1] = at::Tensor();
        }
        std::vector<at::Tensor> theirs;
        for (const at::Tensor& gradient : gradients) {
            theirs.push_back(gradient.defined() ? gradient.to(device) : gradient);
        }
        REQUIRE((*reference)->step(gradients, Optimizer::rates(config)).ok());
        const auto report = optimizer->step(theirs, Optimizer::rates(config));
        REQUIRE(report.ok());
        CHECK_FALSE(report->refreshFailed);
        for (std::size_t i = 0; i < here.size(); ++i) {
            CHECK(largestDifference(here[i].value, there[i].value.cpu()) < 1e-9);
            const auto gram = (*reference)->state(i, "L");
            if (gram) {
                CHECK(largestDifference(*gram, optimizer->state(i, "L")->cpu()) < 1e-9);
            }
            const at::Tensor update = optimizer->insight(i).update;
            CHECK(largestDifference((*reference)->insight(i).update, update.cpu()) < 1e-9);
        }
        if (step == 5) {
            optimizer = throughACheckpoint(*optimizer, config, there);
        }
    }
}

} // namespace

TEST_CASE("engine_onCuda_isTheEngineOnACpu") {
    if (const std::string why = whyNoCuda(); !why.empty()) {
        return test::skip(why);
    }
    std::vector<NamedConfig> configs = manyConfigs();
    optim::SoapConfig everyStep;
    everyStep.refreshPeriod = 1;
    configs.emplace_back("soap, f = 1", everyStep);
    for (const auto& [name, config] : configs) {
        CAPTURE(name);
        checkEngineOn(c10::Device(c10::DeviceType::CUDA, 0), config);
    }
}

TEST_CASE("mirrorGram_onCuda_keepsEachBitOfTheLowerHalf") {
    if (const std::string why = whyNoCuda(); !why.empty()) {
        return test::skip(why);
    }
    const at::Tensor expected = randomTensor({2, 37, 37}, 4, "gram", 0);
    expected.select(1, 5).fill_(-0.0);
    const at::Tensor gram = expected.cuda();
    optim::engine::mirrorGram(gram);
    optim::engine::mirrorGram(expected); // the host's twin
    CHECK(isBitEqual(gram.cpu(), expected));
}

TEST_CASE("fasterQr_onACpu_isHouseholders") {
    CHECK(optim::engine::fasterQr(at::kCPU) == optim::BasisRefresh::Householder);
    CHECK(optim::engine::fasterQr(at::kCUDA) == optim::BasisRefresh::CholeskyQr2);
    CHECK_FALSE(optim::engine::hasDevicePass(at::zeros({3})));
}

TEST_CASE("adamPassOnDevice_isTheHostTwins") {
    if (const std::string why = whyNoCuda(); !why.empty()) {
        return test::skip(why);
    }
    for (const at::ScalarType type : {at::kFloat, at::kDouble}) {
        const gpu::AdamPass pass{.beta1 = 0.9, .beta2 = 0.5, .mScale = 2.0, .vScale = 3.0};
        const at::Tensor g = randomTensor({3, 301}, 1, "g", 0, type);
        const at::Tensor m = randomTensor({3, 301}, 1, "m", 0, type);
        const at::Tensor v = randomTensor({3, 301}, 1, "v", 0, type).square();
        const at::Tensor direction = at::empty_like(g);
        const at::Tensor deviceM = m.cuda();
        const at::Tensor deviceV = v.cuda();
        const at::Tensor deviceDirection = at::empty_like(deviceM);
        REQUIRE(optim::engine::hasDevicePass(deviceM));
        optim::engine::adamPass(pass, g, m, v, direction);
        optim::engine::adamPassOnDevice(pass, g.cuda(), deviceM, deviceV, deviceDirection);
        const double bound = type == at::kFloat ? 1e-5 : 1e-13;
        CHECK(largestDifference(deviceM.cpu(), m) < bound);
        CHECK(largestDifference(deviceV.cpu(), v) < bound);
        CHECK(largestDifference(deviceDirection.cpu(), direction) < bound);
    }
}

TEST_CASE("eighOnDevice_decomposesEachOfABatch") {
    if (const std::string why = whyNoCuda(); !why.empty()) {
        return test::skip(why);
    }
    for (const std::int64_t d : {1, 5, 40, 130}) {
        CAPTURE(d);
        const at::Tensor half = randomTensor({7, d, d}, 2, "gram", 0);
        const at::Tensor gram = at::bmm(half, half.transpose(1, 2));
        const auto decomposed = optim::engine::eighOnDevice(gram.cuda());
        REQUIRE(decomposed.has_value());
        const at::Tensor values = std::get<0>(*decomposed).cpu();
        const at::Tensor vectors = std::get<1>(*decomposed).cpu();
        CHECK(largestDifference(values, std::get<0>(at::linalg_eigh(gram))) < 1e-9);
        const at::Tensor back = at::bmm(vectors * values.unsqueeze(1), vectors.transpose(1, 2));
        CHECK(largestDifference(back, gram) < 1e-9);
    }
}
