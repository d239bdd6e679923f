// SPDX-License-Identifier: GPL-3.0-or-later
#include "numerics/random.hpp"

#include <cassert>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

namespace psephos::numerics {

namespace {

constexpr std::uint32_t kMultiplier0 = 0xD2511F53;
constexpr std::uint32_t kMultiplier1 = 0xCD9E8D57;
constexpr std::uint32_t kWeyl0 = 0x9E3779B9;
constexpr std::uint32_t kWeyl1 = 0xBB67AE85;
constexpr int kRounds = 10;

constexpr std::uint32_t low(std::uint64_t value) {
    return static_cast<std::uint32_t>(value);
}

constexpr std::uint32_t high(std::uint64_t value) {
    return static_cast<std::uint32_t>(value >> 32);
}

} // namespace

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key) {
    for (int round = 0; round < kRounds; ++round) {
        const std::uint64_t product0 = std::uint64_t{kMultiplier0} * counter[0];
        const std::uint64_t product1 = std::uint64_t{kMultiplier1} * counter[2];
        counter = {high(product1) ^ counter[1] ^ key[0], low(product1),
                   high(product0) ^ counter[3] ^ key[1], low(product0)};
        key = {key[0] + kWeyl0, key[1] + kWeyl1};
    }
    return counter;
}

// A block's counter is (number of the block, step); seed and stream make the key: the stream's id
// is encrypted under the seed, so that neither neighbouring seeds nor neighbouring ids are related.
RandomStream::RandomStream(std::uint64_t seed, std::uint64_t stream, std::uint64_t step)
    : step_(step) {
    const auto mixed = philox4x32({low(stream), high(stream), 0, 0}, {low(seed), high(seed)});
    key_ = {mixed[0], mixed[1]};
}

std::uint32_t RandomStream::bits32() {
    if (used_ == buffer_.size()) {
        buffer_ = philox4x32({low(block_), high(block_), low(step_), high(step_)}, key_);
        ++block_;
        used_ = 0;
    }
    return buffer_[used_++];
}

std::uint64_t RandomStream::bits64() {
    const std::uint64_t lowWord = bits32();
    return lowWord | (std::uint64_t{bits32()} << 32);
}

double RandomStream::uniform() {
    return static_cast<double>(bits64() >> 11) * 0x1.0p-53;
}

double RandomStream::uniform(double lowEnd, double highEnd) {
    return lowEnd + (highEnd - lowEnd) * uniform();
}

double RandomStream::normal() {
    if (hasSpareNormal_) {
        hasSpareNormal_ = false;
        return spareNormal_;
    }
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform())); // 1−u is never 0
    const double angleRad = 2.0 * std::numbers::pi * uniform();
    spareNormal_ = radius * std::sin(angleRad);
    hasSpareNormal_ = true;
    return radius * std::cos(angleRad);
}

// Multiplies a random word by n: the high word is the answer, the low word tells whether it fell
// into the part that would favour small answers. Source: Lemire 2019, 1805.10941.
std::uint64_t RandomStream::below(std::uint64_t n) {
    assert(n >= 1);
    __extension__ using Wide = unsigned __int128;
    const std::uint64_t threshold = (0 - n) % n;
    for (;;) {
        const Wide product = Wide{bits64()} * n;
        if (static_cast<std::uint64_t>(product) >= threshold) {
            return static_cast<std::uint64_t>(product >> 64);
        }
    }
}

void RandomStream::fillNormal(std::span<double> values) {
    for (double& value : values) {
        value = normal();
    }
}

void RandomStream::fillNormal(std::span<float> values) {
    for (float& value : values) {
        value = static_cast<float>(normal());
    }
}

std::vector<std::uint64_t> RandomStream::permutation(std::uint64_t n) {
    std::vector<std::uint64_t> order(n);
    std::iota(order.begin(), order.end(), std::uint64_t{0});
    for (std::uint64_t i = n; i > 1; --i) {
        std::swap(order[i - 1], order[below(i)]);
    }
    return order;
}

} // namespace psephos::numerics
