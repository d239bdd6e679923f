// SPDX-License-Identifier: GPL-3.0-or-later
#include "numerics/random.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>

using namespace psephos::numerics;

TEST_CASE("philox_knownCounters_givePublishedBlocks") {
    // Source: known-answer vectors of the Random123 distribution, philox4x32 with 10 rounds.
    using Block = std::array<std::uint32_t, 4>;
    CHECK(philox4x32({0, 0, 0, 0}, {0, 0}) ==
          Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
    constexpr std::uint32_t kOnes = 0xffffffff;
    CHECK(philox4x32({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}) ==
          Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
    CHECK(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
          Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("stream_sameKey_repeats_otherKeysDiffer") {
    const auto first = [](std::uint64_t seed, std::string_view stream, std::uint64_t step) {
        return RandomStream(seed, stream, step).bits64();
    };
    CHECK(first(7, "batch", 3) == first(7, "batch", 3));
    const std::set<std::uint64_t> distinct{first(7, "batch", 3),         first(8, "batch", 3),
                                           first(7, "noise", 3),         first(7, "batch", 4),
                                           first(3, "batch", 7),         first(7, "batch", 0),
                                           first(7, "batch", 1ULL << 40)};
    CHECK(distinct.size() == 7);
    CHECK(RandomStream(7, "batch").bits64() == RandomStream(7, streamId("batch"), 0).bits64());
}

TEST_CASE("stream_steps_shareNoBlock") {
    // A step's tenth block must not be its neighbour's first.
    std::set<std::uint64_t> seen;
    for (std::uint64_t step = 0; step < 50; ++step) {
        RandomStream random(1, "s", step);
        for (int i = 0; i < 40; ++i) {
            seen.insert(random.bits64());
        }
    }
    CHECK(seen.size() == 50 * 40);
}

TEST_CASE("uniform_moments_matchWithinFiveSigma") {
    RandomStream random(11, "uniform");
    constexpr int kCount = 200000;
    double sum = 0.0;
    double squares = 0.0;
    for (int i = 0; i < kCount; ++i) {
        const double u = random.uniform();
        REQUIRE(u >= 0.0);
        REQUIRE(u < 1.0);
        sum += u;
        squares += u * u;
    }
    CHECK(std::abs(sum / kCount - 0.5) < 5.0 / std::sqrt(12.0 * kCount));
    CHECK(std::abs(squares / kCount - 1.0 / 3.0) < 5.0 * std::sqrt(4.0 / 45.0 / kCount));
}

TEST_CASE("normal_moments_matchWithinFiveSigma") {
    std::vector<double> values(200000);
    RandomStream(12, "normal").fillNormal(values);
    const auto count = static_cast<double>(values.size());
    double moments[4] = {};
    for (const double z : values) {
        double power = z;
        for (double& moment : moments) {
            moment += power / count;
            power *= z;
        }
    }
    const double sigma = 5.0 / std::sqrt(count); // variances of z, z², z³, z⁴: 1, 2, 15, 96
    CHECK(std::abs(moments[0]) < sigma);
    CHECK(std::abs(moments[1] - 1.0) < sigma * std::sqrt(2.0));
    CHECK(std::abs(moments[2]) < sigma * std::sqrt(15.0));
    CHECK(std::abs(moments[3] - 3.0) < sigma * std::sqrt(96.0));
}

TEST_CASE("below_isUniformAndInRange") {
    RandomStream random(13, "below");
    for (const std::uint64_t n : {1ULL, 2ULL, 3ULL, 7ULL}) {
        std::vector<int> counts(n, 0);
        constexpr int kDraws = 70000;
        for (int i = 0; i < kDraws; ++i) {
            const std::uint64_t drawn = random.below(n);
            REQUIRE(drawn < n);
            ++counts[drawn];
        }
        const double p = 1.0 / static_cast<double>(n);
        for (const int count : counts) {
            CHECK(std::abs(count - kDraws * p) <= 5.0 * std::sqrt(kDraws * p * (1.0 - p)));
        }
    }
    // Where rejection matters: 2⁶⁴ mod n is large; without it answers in the lower half come thrice
    // for two of the upper half.
    constexpr std::uint64_t kLarge = 3ULL << 62;
    int lowerThird = 0;
    for (int i = 0; i < 30000; ++i) {
        lowerThird += random.below(kLarge) < (1ULL << 62) ? 1 : 0;
    }
    CHECK(std::abs(lowerThird - 10000) < 5.0 * std::sqrt(30000 * 2.0 / 9.0));
}

TEST_CASE("permutation_holdsEveryNumberOnce_andEveryOrderIsEquallyLikely") {
    std::vector<std::uint64_t> order = RandomStream(14, "order").permutation(1000);
    CHECK_FALSE(std::is_sorted(order.begin(), order.end()));
    std::sort(order.begin(), order.end());
    for (std::size_t i = 0; i < order.size(); ++i) {
        REQUIRE(order[i] == i);
    }
    std::vector<int> counts(6, 0);
    constexpr int kDraws = 12000;
    for (std::uint64_t step = 0; step < kDraws; ++step) {
        const auto p = RandomStream(15, "order", step).permutation(3);
        ++counts[p[0] * 2 + (p[1] > p[2] ? 1 : 0)];
    }
    for (const int count : counts) {
        CHECK(std::abs(count - kDraws / 6) < 5.0 * std::sqrt(kDraws * 5.0 / 36.0));
    }
    CHECK(RandomStream(1, "order").permutation(0).empty());
}
