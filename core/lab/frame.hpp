// SPDX-License-Identifier: GPL-3.0-or-later
// A frame: one item on a channel. Plain numbers and strings; large ones are shared, never copied.
#pragma once

#include "lab/channel.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace psephos::lab {

/// The cells of one column of a table: numbers or texts.
using Column = std::variant<std::vector<double>, std::vector<std::string>>;

/// Columns as the channel declares them, all of one length.
struct Table {
    std::vector<Column> columns;

    [[nodiscard]] std::size_t rows() const;
    [[nodiscard]] const std::vector<double>& numbers(std::size_t column) const;
    [[nodiscard]] const std::vector<std::string>& texts(std::size_t column) const;
};

/// Where a grid's rows or columns lie: at numbers, or at names (candidates, layers).
struct GridAxis {
    std::vector<double> at;
    std::vector<std::string> names; ///< where not empty, `at` is empty

    [[nodiscard]] std::size_t size() const { return names.empty() ? at.size() : names.size(); }
};

/// values[row * x.size() + column]; rows follow y. NaN marks a cell that is not known.
struct Grid {
    GridAxis x;
    GridAxis y;
    std::vector<double> values;

    [[nodiscard]] double at(std::size_t row, std::size_t column) const {
        return values[row * x.size() + column];
    }
};

using TablePtr = std::shared_ptr<const Table>;
using GridPtr = std::shared_ptr<const Grid>;
using TextPtr = std::shared_ptr<const std::string>;

using Payload = std::variant<double, TablePtr, GridPtr, TextPtr>;

/// What kind of channel carries this payload.
[[nodiscard]] FrameKind kindOf(const Payload& payload);

struct Frame {
    std::int64_t step = 0;
    double seconds = 0; ///< of the run's compute clock
    Payload payload;
};

/// Bytes that the frame occupies in memory, for a budget.
[[nodiscard]] std::size_t memoryBytes(const Frame& frame);

} // namespace psephos::lab
