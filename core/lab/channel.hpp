// SPDX-License-Identifier: GPL-3.0-or-later
// A channel: a named, typed stream inside a run.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace psephos::lab {

enum class FrameKind { Scalar, Table, Grid, Text };

/// `scalar`, `table`, `grid`, `text`.
[[nodiscard]] std::string_view name(FrameKind kind);

struct ColumnSpec {
    std::string id;
    std::string unit;
    bool isText = false; ///< else numbers
};

struct Channel {
    std::string id; ///< `loss/train`; a slash groups
    FrameKind kind = FrameKind::Scalar;
    std::string label;
    std::string unit; ///< of a scalar or of a grid's values
    std::string help;
    std::vector<ColumnSpec> columns; ///< of a table
};

} // namespace psephos::lab
