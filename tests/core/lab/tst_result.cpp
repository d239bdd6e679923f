// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/result.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

using psephos::lab::Error;
using psephos::lab::Result;

namespace {

Result<std::vector<int>> threeNumbers() {
    return std::vector<int>{1, 2, 3};
}

} // namespace

TEST_CASE("result_ofAFunctionsAnswer_outlivesIt") {
    // A reference into an answer that is gone by then would dangle in the loop.
    static_assert(std::is_same_v<decltype(*threeNumbers()), std::vector<int>>);
    static_assert(std::is_same_v<decltype(threeNumbers().value()), std::vector<int>>);
    int sum = 0;
    for (const int number : *threeNumbers()) {
        sum += number;
    }
    CHECK(sum == 6);
}

TEST_CASE("result_thatOnlyMoves_isMovedOut") {
    Result<std::unique_ptr<int>> result(std::make_unique<int>(7));
    const std::unique_ptr<int> taken = *std::move(result);
    CHECK(*taken == 7);
}

TEST_CASE("error_line_isPlaceMessageAndHint") {
    CHECK(Error{"wrong", "", ""}.line() == "wrong");
    CHECK(Error{"wrong", "turn it", "a.txt:3"}.line() == "a.txt:3: wrong (turn it)");
}
