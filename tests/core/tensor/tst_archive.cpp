// SPDX-License-Identifier: GPL-3.0-or-later
#include "tensor/archive.hpp"
#include "tensor/random.hpp"

#include <ATen/ATen.h>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>

using namespace psephos;

namespace {

at::Tensor randomTensor(std::initializer_list<std::int64_t> shape, at::ScalarType type) {
    const std::vector<std::int64_t> sizes(shape);
    return tensor::normal(sizes, 1.0, numerics::RandomStream(7, "archive", 0), type,
                          c10::Device(c10::DeviceType::CPU));
}

/// Equal bit for bit, not-a-number included.
bool isSame(const at::Tensor& a, const at::Tensor& b) {
    const at::Tensor first = a.contiguous();
    const at::Tensor second = b.contiguous();
    return first.sizes() == second.sizes() && first.scalar_type() == second.scalar_type() &&
           (first.nbytes() == 0 ||
            std::memcmp(first.data_ptr(), second.data_ptr(), first.nbytes()) == 0);
}

tensor::Archive example() {
    tensor::Archive archive;
    at::Tensor odd = randomTensor({3, 5}, at::kFloat);
    odd[0][0] = std::numeric_limits<float>::quiet_NaN();
    odd[1][1] = -std::numeric_limits<float>::infinity();
    odd[2][2] = -0.0F;
    archive.set("weights", odd);
    archive.set("turned", randomTensor({4, 2}, at::kDouble).t());
    archive.set("empty", at::empty({0, 3}, at::kLong));
    archive.set("step", std::int64_t{-12345678901234});
    archive.set("rate", 0.1);
    archive.set("name", std::string("a\0b", 3));
    return archive;
}

} // namespace

TEST_CASE("archive_roundTrip_isBitForBit") {
    const tensor::Archive archive = example();
    const auto read = tensor::Archive::read(archive.bytes());
    REQUIRE(read.ok());
    for (const char* name : {"weights", "turned", "empty"}) {
        CHECK_MESSAGE(isSame(*archive.tensor(name), *read->tensor(name)), name);
    }
    CHECK(read->tensor("turned")->is_contiguous());
    CHECK(*read->integer("step") == -12345678901234);
    CHECK(*read->real("rate") == 0.1);
    CHECK(*read->text("name") == std::string("a\0b", 3));
    CHECK(read->bytes() == archive.bytes());
}

TEST_CASE("archive_entryMissingOrOfAnotherKind_isAnError") {
    const tensor::Archive archive = example();
    CHECK_FALSE(archive.tensor("nothing").ok());
    CHECK_FALSE(archive.tensor("step").ok());
    CHECK_FALSE(archive.integer("rate").ok());
    at::Tensor small = at::zeros({3, 4}, at::kFloat);
    CHECK_FALSE(archive.copyInto("weights", small).ok());
    at::Tensor wide = at::zeros({3, 5}, at::kDouble);
    CHECK_FALSE(archive.copyInto("weights", wide).ok());
    at::Tensor right = at::zeros({3, 5}, at::kFloat);
    CHECK(archive.copyInto("weights", right).ok());
    CHECK(isSame(right, *archive.tensor("weights")));
}

TEST_CASE("archive_setTwice_keepsTheLast") {
    tensor::Archive archive;
    archive.set("a", std::int64_t{1});
    archive.set("a", std::int64_t{2});
    CHECK(*archive.integer("a") == 2);
}

TEST_CASE("archive_everyTruncation_isRefused") {
    const std::string bytes = example().bytes();
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        CHECK_FALSE(tensor::Archive::read(std::string_view(bytes).substr(0, length)).ok());
    }
    CHECK_FALSE(tensor::Archive::read(bytes + "x").ok());
}

TEST_CASE("archive_everyFlippedByte_isRefused") {
    const std::string bytes = example().bytes();
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        std::string changed = bytes;
        changed[at] = static_cast<char>(changed[at] ^ 0x41);
        CHECK_FALSE(tensor::Archive::read(changed).ok());
    }
}

TEST_CASE("normal_sameStream_roundsToTheSameNumbersInBothPrecisions") {
    const at::Tensor wide = randomTensor({6, 7}, at::kDouble);
    const at::Tensor narrow = randomTensor({6, 7}, at::kFloat);
    CHECK(isSame(wide.to(at::kFloat), narrow));
    CHECK(isSame(wide, randomTensor({6, 7}, at::kDouble)));
    const std::array<std::int64_t, 2> shape{100, 100};
    const at::Tensor many = tensor::normal(shape, 3.0, numerics::RandomStream(1, "spread", 0),
                                           at::kDouble, c10::Device(c10::DeviceType::CPU));
    CHECK(std::abs(many.mean().item<double>()) < 0.1);
    CHECK(std::abs(many.std().item<double>() - 3.0) < 0.1);
}
