// SPDX-License-Identifier: GPL-3.0-or-later
// The values that a knob can take, and their JSON and text forms.
#pragma once

#include "lab/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace psephos::lab {

/// JSON with the order of its keys kept: scenarios expand in the order in which they were written.
using Json = nlohmann::ordered_json;

/// A named special value of a knob, such as `auto` of `lr`.
struct Special {
    std::string name;

    friend bool operator==(const Special&, const Special&) = default;
};

/// A dense matrix as a knob holds it: row-major, NaN where a cell is not set (null in JSON).
struct MatrixValue {
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::vector<double> values; ///< rows * columns

    [[nodiscard]] double at(std::size_t row, std::size_t column) const {
        return values[row * columns + column];
    }

    /// Cells are equal when they hold the same number or are both not set.
    friend bool operator==(const MatrixValue& a, const MatrixValue& b);
};

using PointValue = std::vector<double>;
using ChoicesValue = std::vector<std::string>;

/// One value of one knob. Choice, text, file and data set are strings.
using Value = std::variant<bool, std::int64_t, double, std::string, ChoicesValue, PointValue,
                           MatrixValue, Special>;

/// The JSON form: what is not finite becomes null, a special value its name.
[[nodiscard]] Json toJson(const Value& value);

/// The form in which the command line takes the value back: `3e-3`, `[1,-2]`, `auto`.
/// Numbers read back bit for bit.
[[nodiscard]] std::string toText(const Value& value);

/// The same as an item of a list: a text with commas, brackets or outer blanks is quoted.
[[nodiscard]] std::string toItemText(const Value& value);

/// The shortest text that reads back as exactly this number; `nan`, `inf`, `-inf` where not finite.
[[nodiscard]] std::string toText(double number);

} // namespace psephos::lab
