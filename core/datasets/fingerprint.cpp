// SPDX-License-Identifier: GPL-3.0-or-later
#include "datasets/fingerprint.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace psephos::datasets {

namespace {

/// Both steps can be undone, so that no change of a word is lost on the way.
std::uint64_t mixed(std::uint64_t bits) {
    bits *= 0x9e3779b97f4a7c15U;
    return bits ^ (bits >> 32U);
}

} // namespace

std::uint64_t fingerprint(std::string_view bytes, std::uint64_t seed) {
    std::uint64_t print = mixed(seed + bytes.size() + 1);
    for (std::size_t at = 0; at < bytes.size(); at += sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data() + at, std::min(sizeof(word), bytes.size() - at));
        print = mixed(print ^ word);
    }
    return mixed(print);
}

} // namespace psephos::datasets
