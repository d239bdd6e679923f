// SPDX-License-Identifier: GPL-3.0-or-later
// Contours of a grid by marching squares.
#pragma once

#include "lab/frame.hpp"

#include <QPolygonF>

#include <vector>

namespace psephos::ui {

/// The lines on which the bilinear grid takes the value `level`, in the grid's own coordinates
/// (which must be numbers). Lines that close end where they began. Cells with a corner that is not
/// finite have no line. Saddles are resolved by the mean of their corners.
/// Cost: one pass over the cells, for each level.
[[nodiscard]] std::vector<QPolygonF> contourLines(const lab::Grid& grid, double level);

} // namespace psephos::ui
