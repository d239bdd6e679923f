// SPDX-License-Identifier: GPL-3.0-or-later
// Filled contour bands of a grid, drawn pixel by pixel with smooth edges.
#pragma once

#include "lab/frame.hpp"

#include <QColor>
#include <QImage>
#include <QRectF>

#include <vector>

namespace psephos::ui {

/// Maps heights to bands: logarithmic above the lowest value, so that a narrow valley and a steep
/// slope both show their shape.
///
/// position(v) = bands · log(1 + (v − low)/c) / log(1 + (high − low)/c), where c is a very low
/// quantile of v − low (1 %): below it the scale is linear.
struct BandScale {
    double low = 0;
    double high = 1;
    double soft = 1; ///< c, > 0
    int bands = 16;

    /// 0 … bands; NaN for NaN, `bands` for +∞.
    [[nodiscard]] double position(double value) const;
    /// The heights between the bands, ascending, bands − 1 of them.
    [[nodiscard]] std::vector<double> levels() const;
};

/// The scale that suits the grid's finite values.
[[nodiscard]] BandScale bandScale(const lab::Grid& grid, int bands = 16);

/// A ramp of `bands` colours from low to high.
[[nodiscard]] std::vector<QRgb> ramp(const QColor& low, const QColor& high, int bands);

/// The window of the grid as a picture: `window` in the grid's coordinates (left < right,
/// top() is the smaller y), y upwards in the picture. Heights are interpolated between the nodes;
/// band edges are smoothed over one pixel. Transparent outside the grid and where a value is NaN.
/// Cost: about 10 ns a pixel.
[[nodiscard]] QImage bandImage(const lab::Grid& grid, const BandScale& scale,
                               const std::vector<QRgb>& colours, const QRectF& window,
                               const QSize& pixels);

/// The smallest rectangle around the grid's nodes.
[[nodiscard]] QRectF extentOf(const lab::Grid& grid);

} // namespace psephos::ui
