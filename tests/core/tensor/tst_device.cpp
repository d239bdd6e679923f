// SPDX-License-Identifier: GPL-3.0-or-later
#include "tensor/device.hpp"

#include <ATen/Parallel.h>

#include <doctest/doctest.h>

#include <thread>

using namespace psephos;

TEST_CASE("openDevice_cpu_isThere") {
    const auto device = tensor::openDevice("cpu");
    REQUIRE(device.ok());
    CHECK(device->is_cpu());
    tensor::synchronize(*device);
}

TEST_CASE("openDevice_unknownWord_isAnErrorThatNamesIt") {
    const auto device = tensor::openDevice("tpu");
    REQUIRE_FALSE(device.ok());
    CHECK(device.error().message.find("'tpu'") != std::string::npos);
}

TEST_CASE("openDevice_cuda_worksOrSaysWhyInOneLine") {
    for (int attempt = 0; attempt < 2; ++attempt) {
        const auto device = tensor::openDevice("cuda");
        if (device) {
            CHECK(device->is_cuda());
        } else {
            CHECK(device.error().message.rfind("no CUDA device: ", 0) == 0);
            CHECK(device.error().line().find('\n') == std::string::npos);
        }
    }
}

TEST_CASE("useThreads_holdsOnTheThreadThatAsked") {
    tensor::useThreads(1);
    CHECK(at::get_num_threads() == 1);
    std::thread([] {
        tensor::useThreads(2);
        CHECK(at::get_num_threads() == 2);
    }).join();
    tensor::useThreads(0);
    CHECK(at::get_num_threads() == 1);
}

TEST_CASE("libraryVersion_isTheOneThatIsPinned") {
    CHECK(tensor::libraryVersion().rfind("2.", 0) == 0);
}
