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

} // namespace

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
