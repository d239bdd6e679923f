// SPDX-License-Identifier: GPL-3.0-or-later
// Labels that move aside for one another.
#pragma once

#include <QRectF>
#include <QSizeF>

#include <span>
#include <vector>

namespace psephos::ui {

/// Centres of labels of one height that stand in a column: as near to where they want to be (least
/// squares) as is possible without overlap and within [low, high]. Order is kept; where the column
/// is too short they are spread evenly and do overlap (see fits()).
/// @param wanted centres [px], in any order
/// @return centres in the order of `wanted`
[[nodiscard]] std::vector<double> spread(std::span<const double> wanted, double height, double low,
                                         double high);

/// Whether so many labels of this height have room in [low, high].
[[nodiscard]] bool fits(std::size_t count, double height, double low, double high);

/// Where a label of this size may stand beside a point: to the right, left, above or below it,
/// within the bounds, in the place that overlaps `taken` least (none: the first such place).
[[nodiscard]] QRectF besidePoint(const QPointF& point, const QSizeF& size, double distance,
                                 const QRectF& bounds, std::span<const QRectF> taken);

} // namespace psephos::ui
