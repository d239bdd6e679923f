// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/bands.hpp"

#include "ui/plot/colours.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace psephos::ui {

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

/// For each pixel along an axis the node to its left and the share of the next one; -1 outside.
struct Lookup {
    std::vector<int> node;
    std::vector<float> share;
};

Lookup lookUp(const std::vector<double>& at, double from, double to, int pixels) {
    Lookup result;
    result.node.resize(static_cast<std::size_t>(pixels), -1);
    result.share.resize(static_cast<std::size_t>(pixels), 0);
    for (int pixel = 0; pixel < pixels; ++pixel) {
        const double where = from + (pixel + 0.5) / pixels * (to - from);
        if (where < at.front() || where > at.back()) {
            continue;
        }
        const auto after = std::ranges::upper_bound(at, where);
        const auto node = std::min(static_cast<std::size_t>(after - at.begin()), at.size() - 1) - 1;
        const auto index = static_cast<std::size_t>(pixel);
        result.node[index] = static_cast<int>(node);
        result.share[index] = static_cast<float>((where - at[node]) / (at[node + 1] - at[node]));
    }
    return result;
}

/// Band positions along one row of pixels, interpolated between two rows of nodes.
void fillRow(const std::vector<float>& heights, std::size_t columns, int node, float share,
             const Lookup& x, std::vector<float>& row) {
    if (node < 0) {
        std::ranges::fill(row, kNan);
        return;
    }
    const float* below = heights.data() + static_cast<std::size_t>(node) * columns;
    const float* above = below + columns;
    for (std::size_t pixel = 0; pixel < row.size(); ++pixel) {
        const int left = x.node[pixel];
        if (left < 0) {
            row[pixel] = kNan;
            continue;
        }
        const float t = x.share[pixel];
        const float low = below[left] + (below[left + 1] - below[left]) * t;
        const float high = above[left] + (above[left + 1] - above[left]) * t;
        row[pixel] = low + (high - low) * share;
    }
}

QRgb blend(QRgb a, QRgb b, float t) {
    const auto part = [t](int from, int to) {
        return from + static_cast<int>(std::lround(static_cast<float>(to - from) * t));
    };
    return qRgb(part(qRed(a), qRed(b)), part(qGreen(a), qGreen(b)), part(qBlue(a), qBlue(b)));
}

/// The colour at a band position whose change from pixel to pixel is `slope`.
QRgb colourAt(float position, float slope, const std::vector<QRgb>& colours) {
    if (std::isnan(position)) {
        return qRgba(0, 0, 0, 0);
    }
    const int last = static_cast<int>(colours.size()) - 1;
    const int edge = static_cast<int>(std::lround(position)); // the nearest edge between bands
    const int below = std::clamp(edge - 1, 0, last);
    const int above = std::clamp(edge, 0, last);
    if (below == above || !(slope > 0)) {
        return colours[static_cast<std::size_t>(
            std::clamp(static_cast<int>(std::floor(position)), 0, last))];
    }
    const float t = std::clamp((position - static_cast<float>(edge)) / slope + 0.5F, 0.0F, 1.0F);
    return blend(colours[static_cast<std::size_t>(below)], colours[static_cast<std::size_t>(above)],
                 t);
}

} // namespace

double BandScale::position(double value) const {
    if (std::isnan(value)) {
        return value;
    }
    if (value >= high) {
        return bands;
    }
    const double above = std::max(0.0, value - low);
    return bands * std::log1p(above / soft) / std::log1p((high - low) / soft);
}

std::vector<double> BandScale::levels() const {
    std::vector<double> result;
    const double whole = std::log1p((high - low) / soft);
    for (int band = 1; band < bands; ++band) {
        result.push_back(low + soft * std::expm1(whole * band / bands));
    }
    return result;
}

BandScale bandScale(const lab::Grid& grid, int bands) {
    std::vector<double> finite;
    finite.reserve(grid.values.size());
    for (const double value : grid.values) {
        if (std::isfinite(value)) {
            finite.push_back(value);
        }
    }
    BandScale scale;
    scale.bands = bands;
    if (finite.empty()) {
        return scale;
    }
    const auto [low, high] = std::ranges::minmax(finite);
    scale.low = low;
    scale.high = high > low ? high : low + 1;
    const auto quantile = finite.begin() + static_cast<std::ptrdiff_t>(finite.size() / 100);
    std::ranges::nth_element(finite, quantile);
    const double least = (scale.high - scale.low) * 1e-6;
    scale.soft = std::max(*quantile - low, least);
    return scale;
}

std::vector<QRgb> ramp(const QColor& low, const QColor& high, int bands) {
    std::vector<QRgb> colours;
    colours.reserve(static_cast<std::size_t>(bands));
    for (int band = 0; band < bands; ++band) {
        colours.push_back(mix(low, high, bands > 1 ? band / (bands - 1.0) : 0.0).rgb());
    }
    return colours;
}

QRectF extentOf(const lab::Grid& grid) {
    if (grid.x.at.size() < 2 || grid.y.at.size() < 2) {
        return {};
    }
    return QRectF(QPointF(grid.x.at.front(), grid.y.at.front()),
                  QPointF(grid.x.at.back(), grid.y.at.back()));
}

QImage bandImage(const lab::Grid& grid, const BandScale& scale, const std::vector<QRgb>& colours,
                 const QRectF& window, const QSize& pixels) {
    const std::size_t columns = grid.x.at.size();
    const std::size_t rows = grid.y.at.size();
    if (columns < 2 || rows < 2 || grid.values.size() != columns * rows || pixels.isEmpty() ||
        colours.empty()) {
        return {};
    }
    QImage image(pixels, QImage::Format_ARGB32_Premultiplied);
    std::vector<float> heights(grid.values.size());
    std::ranges::transform(grid.values, heights.begin(),
                           [&](double value) { return static_cast<float>(scale.position(value)); });
    const Lookup x = lookUp(grid.x.at, window.left(), window.right(), pixels.width());
    const Lookup y = lookUp(grid.y.at, window.bottom(), window.top(), pixels.height());
    const auto width = static_cast<std::size_t>(pixels.width());
    std::vector<float> row(width);
    std::vector<float> next(width);
    fillRow(heights, columns, y.node[0], y.share[0], x, row);
    for (int line = 0; line < pixels.height(); ++line) {
        const auto below = static_cast<std::size_t>(std::min(line + 1, pixels.height() - 1));
        fillRow(heights, columns, y.node[below], y.share[below], x, next);
        auto* out = reinterpret_cast<QRgb*>(image.scanLine(line));
        for (std::size_t column = 0; column < width; ++column) {
            const float here = row[column];
            const float right = column + 1 < width ? row[column + 1] : row[column];
            const float dx = std::isnan(right) ? 0.0F : right - here;
            const float dy = std::isnan(next[column]) ? 0.0F : next[column] - here;
            out[column] = colourAt(here, std::sqrt(dx * dx + dy * dy), colours);
        }
        std::swap(row, next);
    }
    return image;
}

} // namespace psephos::ui
