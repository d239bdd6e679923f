// SPDX-License-Identifier: GPL-3.0-or-later
// What is known about each vote beside who met whom: columns of words and of numbers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::ballots {

/// A column of words ("language", "worker"): labels, and for each vote the index of its label.
struct Category {
    static constexpr std::uint32_t kNone = 0xffffffffU; ///< the cell was empty

    std::string name;
    std::vector<std::string> labels; ///< in order of first appearance, verbatim
    std::vector<std::uint32_t> codes;
};

/// A column of numbers; NaN where the cell was empty.
struct Covariate {
    std::string name;
    std::vector<double> values;
};

/// The column of that name; null where there is none.
[[nodiscard]] const Category* findCategory(std::span<const Category> categories,
                                           std::string_view name);

} // namespace psephos::ballots
