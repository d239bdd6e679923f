// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/number_text.hpp"

#include <array>
#include <charconv>

namespace psephos::ballots {

std::string shortest(double number) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    return {text.data(), end};
}

} // namespace psephos::ballots
