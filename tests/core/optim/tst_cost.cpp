// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/cost.hpp"

#include <doctest/doctest.h>

using namespace psephos::optim;

namespace {

/// Without the elementwise part, which is below a hundredth here.
double nearly(double value) {
    return value * 1.005;
}

} // namespace

// The hidden matrices of a 124-million-parameter GPT-2 with fused qkv: 12 blocks of four.
TEST_CASE("costOf_gpt2_isTheKnownCount") {
    constexpr long kWidth = 768;
    const auto block = [](const OptimizerConfig& config) {
        return costOf(config, 3 * kWidth, kWidth) + costOf(config, kWidth, kWidth) +
               costOf(config, 4 * kWidth, kWidth) + costOf(config, kWidth, 4 * kWidth);
    };
    const Cost soap = block(SoapConfig{});
    // 5/6 of the 1.761e12 that full Gram products would make it.
    CHECK(12 * soap.step == doctest::Approx(nearly(1.761e12 * 5 / 6)).epsilon(0.005));
    // 14/3 of Σd³ = 0.870e12, and the momentum's change of basis.
    CHECK(12 * soap.refresh == doctest::Approx(0.870e12 * 14 / 3 + 1.761e12 / 3).epsilon(0.002));
    CHECK(12 * block(AdamConfig{}).step == doctest::Approx(12 * 84.93e6).epsilon(0.001));
}

TEST_CASE("costOf_muon_isNewtonSchulzOnTheShorterSide") {
    const double least = 100;
    const double most = 400;
    const double expected = 20 * least * least * most + 10 * least * least * least;
    for (const auto& [rows, cols] : {std::pair{100L, 400L}, {400L, 100L}}) {
        CHECK(costOf(MuonConfig{}, rows, cols).step ==
              doctest::Approx(expected + 6 * least * most));
    }
}

TEST_CASE("costOf_aSideThatIsLeftAlone_costsNothing") {
    SoapConfig smaller;
    smaller.sides = Sides::Smaller;
    const Cost cost = costOf(smaller, 100, 400);
    CHECK(cost.step == doctest::Approx(5.0 * 100 * 100 * 400 + 15 * 40000));
    CHECK(cost.refresh == doctest::Approx(14.0 / 3 * 1e6 + 2.0 * 100 * 100 * 400));
    CHECK(costOf(SoapConfig{}, 100, 1).step == 15 * 100);
    CHECK(costOf(SoapConfig{}, 100, 1).refresh == 0);
    CHECK(costOf(ShampooConfig{}, 100, 1).step == 12 * 100);
}

TEST_CASE("costOf_blocks_areProblemsOfTheirOwn") {
    ShampooConfig blocked;
    blocked.blocking = true;
    blocked.maxPreconditionerDim = 64;
    ShampooConfig whole;
    CHECK(costOf(blocked, 128, 64).refresh == doctest::Approx(2 * costOf(whole, 64, 64).refresh));
    CHECK(costOf(blocked, 128, 64).refresh < costOf(whole, 128, 64).refresh);
}
