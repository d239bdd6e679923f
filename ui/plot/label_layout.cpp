// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/label_layout.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

namespace psephos::ui {

namespace {

/// Pools neighbours that violate the order: the isotonic regression of the values, in place.
void makeMonotone(std::vector<double>& values) {
    struct Block {
        double sum;
        std::size_t count;
    };

    std::vector<Block> blocks;
    for (const double value : values) {
        blocks.push_back({value, 1});
        while (blocks.size() > 1) {
            const Block last = blocks.back();
            const Block before = blocks[blocks.size() - 2];
            if (before.sum / static_cast<double>(before.count) <=
                last.sum / static_cast<double>(last.count)) {
                break;
            }
            blocks.pop_back();
            blocks.back() = {before.sum + last.sum, before.count + last.count};
        }
    }
    std::size_t at = 0;
    for (const Block& block : blocks) {
        for (std::size_t i = 0; i < block.count; ++i) {
            values[at++] = block.sum / static_cast<double>(block.count);
        }
    }
}

double overlapArea(const QRectF& a, const QRectF& b) {
    const QRectF common = a.intersected(b);
    return common.isEmpty() ? 0 : common.width() * common.height();
}

} // namespace

bool fits(std::size_t count, double height, double low, double high) {
    return static_cast<double>(count) * height <= high - low + 1e-9;
}

std::vector<double> spread(std::span<const double> wanted, double height, double low, double high) {
    const std::size_t count = wanted.size();
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return wanted[i]; });

    // Without its rank times the height, "no overlap" reads "not decreasing": isotonic regression.
    const double pitch =
        fits(count, height, low, high) || count < 2
            ? height
            : std::max(0.0, (high - low - height) / static_cast<double>(count - 1));
    std::vector<double> shifted(count);
    for (std::size_t rank = 0; rank < count; ++rank) {
        shifted[rank] = wanted[order[rank]] - static_cast<double>(rank) * pitch;
    }
    makeMonotone(shifted);
    const double first = low + height / 2;
    const double last =
        std::max(first, high - height / 2 - static_cast<double>(count > 0 ? count - 1 : 0) * pitch);
    std::vector<double> result(count);
    for (std::size_t rank = 0; rank < count; ++rank) {
        result[order[rank]] =
            std::clamp(shifted[rank], first, last) + static_cast<double>(rank) * pitch;
    }
    return result;
}

QRectF besidePoint(const QPointF& point, const QSizeF& size, double distance, const QRectF& bounds,
                   std::span<const QRectF> taken) {
    const double w = size.width();
    const double h = size.height();
    const double diagonal = distance * 0.7;
    const std::array<QPointF, 8> corners{
        QPointF(point.x() + diagonal, point.y() - diagonal - h),
        QPointF(point.x() + distance, point.y() - h / 2),
        QPointF(point.x() - diagonal - w, point.y() - diagonal - h),
        QPointF(point.x() - distance - w, point.y() - h / 2),
        QPointF(point.x() + diagonal, point.y() + diagonal),
        QPointF(point.x() - diagonal - w, point.y() + diagonal),
        QPointF(point.x() - w / 2, point.y() - distance - h),
        QPointF(point.x() - w / 2, point.y() + distance),
    };
    QRectF best;
    double leastCost = std::numeric_limits<double>::infinity();
    for (const QPointF& corner : corners) {
        const QRectF place(corner, size);
        double cost = 4 * (w * h - overlapArea(place, bounds)); // outside counts most
        for (const QRectF& other : taken) {
            cost += overlapArea(place, other);
        }
        if (cost < leastCost - 1e-9) {
            leastCost = cost;
            best = place;
        }
    }
    return best;
}

} // namespace psephos::ui
