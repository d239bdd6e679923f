// SPDX-License-Identifier: GPL-3.0-or-later
// Colour maps: their ramps, their legend, and the hatch of what is not known.
#pragma once

#include <QColor>
#include <QPainter>
#include <QRectF>
#include <QString>

#include <functional>
#include <vector>

namespace psephos::ui {

struct Theme;

/// A colour for t in [0, 1].
using ColourRamp = std::function<QColor(double)>;

/// viridis.
[[nodiscard]] ColourRamp sequentialRamp();
/// The theme's diverging ramp, neutral at t = 0.5.
[[nodiscard]] ColourRamp divergingRamp(const Theme& theme);

/// A number written beside a colour bar.
struct ColourBarMark {
    double t = 0; ///< along the bar, 0 below … 1 above
    QString label;
};

/// A vertical bar with its numbers to the right.
void paintColourBar(QPainter& painter, const QRectF& bar, const ColourRamp& ramp,
                    const std::vector<ColourBarMark>& marks);

/// Diagonal lines in a rectangle with round corners: a value that is not known.
void paintHatch(QPainter& painter, const QRectF& cell, double radius);

} // namespace psephos::ui
