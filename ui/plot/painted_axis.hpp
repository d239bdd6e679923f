// SPDX-License-Identifier: GPL-3.0-or-later
// Axes of panels that paint themselves: range, ticks and titles, without a QCustomPlot.
#pragma once

#include "lab/panel.hpp"
#include "ui/plot/ticks.hpp"

#include <QRectF>
#include <QString>

#include <limits>

class QPainter;

namespace psephos::ui {

/// The least and the greatest of finite values.
struct Extent {
    double low = std::numeric_limits<double>::infinity();
    double high = -std::numeric_limits<double>::infinity();

    [[nodiscard]] bool isEmpty() const { return !(low <= high); }

    /// Values that are not finite say nothing.
    void include(double value);
};

/// One axis: which numbers it spans and where they lie on it.
struct PaintedAxis {
    double low = 0;
    double high = 1; ///< > low
    TickKind kind = TickKind::Number;

    /// Spans the values with a little room on both sides; the declaration's ends, scale and unit
    /// (per cent) come first.
    [[nodiscard]] static PaintedAxis fitted(const lab::PanelAxis& declared, const Extent& values);

    /// 0 at low, 1 at high; NaN for what the scale can't show.
    [[nodiscard]] double share(double value) const;
    /// The value at a share.
    [[nodiscard]] double valueAt(double share) const;
    [[nodiscard]] Ticks ticks(int wanted) const;
    /// A value as the axis writes it.
    [[nodiscard]] QString textOf(double value) const;
};

/// "rating [Elo]"; per cent needs no unit beside its ticks.
[[nodiscard]] QString titleOf(const lab::PanelAxis& axis);

/// Room that the numbers (and the title, where there is one) need left of the area, or below it.
[[nodiscard]] double roomLeft(const PaintedAxis& axis, double height, const QString& title);
[[nodiscard]] double roomBelow(const QString& title);

/// Grid lines, numbers below and the title under them.
void paintAxisBelow(QPainter& painter, const QRectF& area, const PaintedAxis& axis,
                    const QString& title);
/// Grid lines, numbers to the left and the title beside them.
void paintAxisLeft(QPainter& painter, const QRectF& area, const PaintedAxis& axis,
                   const QString& title);

} // namespace psephos::ui
