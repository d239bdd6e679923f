// SPDX-License-Identifier: GPL-3.0-or-later
// On real files, where PSEPHOS_DATA points at them.
#include "datasets/labelled.hpp"
#include "datasets/text.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

using namespace psephos;

namespace {

bool haveData() {
    return std::getenv("PSEPHOS_DATA") != nullptr;
}

std::filesystem::path data(const char* path) {
    return std::filesystem::path(std::getenv("PSEPHOS_DATA")) / path;
}

} // namespace

TEST_CASE("realData_text_hasItsKnownFigures" * doctest::skip(!haveData())) {
    const auto shakespeare = datasets::readText(data("text/tiny_shakespeare.txt"));
    REQUIRE(shakespeare.ok());
    CHECK(shakespeare->alphabet().size() == 65);
    CHECK(shakespeare->training().size() == 1003854);
    CHECK(shakespeare->heldOut().size() == 111540);
    const auto bible = datasets::readText(data("text/kjv_old_testament.txt.gz"));
    REQUIRE(bible.ok());
    CHECK(bible->alphabet().size() == 63);
    CHECK(bible->tokens().size() == 3188369);
    CHECK(bible->unigramEntropyNats() == doctest::Approx(3.01).epsilon(0.01));
}

TEST_CASE("realData_mnist_isReadWithItsLabels" * doctest::skip(!haveData())) {
    const auto set = datasets::readLabelled(data("mnist/t10k-images-idx3-ubyte.gz"));
    REQUIRE(set.ok());
    CHECK(set->rows() == 10000);
    CHECK(set->features == 784);
    CHECK(set->classes == 10);
    CHECK(set->labels[0] == 7);
}

TEST_CASE("realData_cifar_isRead" * doctest::skip(!haveData())) {
    const auto set = datasets::readLabelled(data("cifar10/cifar10_test_1000.bin.gz"));
    REQUIRE(set.ok());
    CHECK(set->rows() == 1000);
    CHECK(set->classes == 10);
    CHECK(*set->image == datasets::ImageShape{3, 32, 32});
    for (std::size_t i = 0; i < set->rows(); ++i) {
        REQUIRE(set->labels[i] == i % 10);
    }
}

TEST_CASE("realData_tables_areRead" * doctest::skip(!haveData())) {
    const auto digits = datasets::readLabelled(data("sklearn_small/digits.csv.gz"));
    REQUIRE(digits.ok());
    CHECK(digits->rows() == 1797);
    CHECK(digits->features == 64);
    CHECK(digits->classes == 10);
    for (const auto& entry : std::filesystem::directory_iterator(data("mnist1d"))) {
        const auto set = datasets::readLabelled(entry.path());
        REQUIRE_MESSAGE(set.ok(), entry.path().string());
        CHECK(set->features == 40);
        CHECK(set->classes == 10);
    }
}
