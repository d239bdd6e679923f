// SPDX-License-Identifier: GPL-3.0-or-later
#include "tensor/boundary.hpp"

#include <ATen/ATen.h>

#include <doctest/doctest.h>

#include <new>
#include <stdexcept>

using namespace psephos;

TEST_CASE("guarded_value_passesThrough") {
    const auto result = tensor::guarded("adding", [] { return 1 + 1; });
    REQUIRE(result.ok());
    CHECK(*result == 2);
    CHECK(tensor::guarded("nothing", [] {}).ok());
}

TEST_CASE("guarded_ownError_isNotWrapped") {
    const auto result = tensor::guarded("refusing", []() -> lab::Result<int> {
        return lab::Error{"no", "", ""};
    });
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().message == "no");
}

TEST_CASE("guarded_torchError_becomesOneShortLine") {
    const auto result = tensor::guarded("multiplying", [] {
        return at::mm(at::zeros({2, 3}), at::zeros({4, 5})).sum().item<double>();
    });
    REQUIRE_FALSE(result.ok());
    const std::string& message = result.error().message;
    CHECK(message.rfind("multiplying: ", 0) == 0);
    CHECK(message.find("2x3") != std::string::npos);
    CHECK(message.find('\n') == std::string::npos);
    CHECK(message.find("frame #") == std::string::npos);
}

TEST_CASE("guarded_hugeAllocation_saysOutOfMemoryAndWhatToTurn") {
    const auto result = tensor::guarded(
        "the model", [] { return at::empty({std::int64_t{1} << 55}, at::kFloat).numel(); });
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().message.rfind("out of memory in the model", 0) == 0);
    CHECK(result.error().hint.find("batch") != std::string::npos);
}

TEST_CASE("guarded_otherExceptions_becomeErrors") {
    CHECK(tensor::guarded("a", [] { throw std::runtime_error("b"); }).error().message == "a: b");
    CHECK(tensor::guarded("a", [] { throw std::bad_alloc(); }).error().message ==
          "out of memory in a");
    CHECK(tensor::guarded("a", [] { throw 3; }).error().message == "a: an unknown exception");
}
