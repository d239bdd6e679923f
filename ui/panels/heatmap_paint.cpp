// SPDX-License-Identifier: GPL-3.0-or-later
// How a heat map is laid out and drawn.
#include "ui/panels/heatmap_view.hpp"
#include "ui/plot/colours.hpp"
#include "ui/plot/end_labels.hpp"
#include "ui/plot/number_text.hpp"
#include "ui/theme/theme.hpp"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace psephos::ui {

namespace {

constexpr double kMargin = 14;
/// A longer name is cut: one of fifty must not take the room of all cells [px].
constexpr double kLongestName = 150;
constexpr double kLargestCell = 140;
constexpr int kSmallestValuePixels = 9;
constexpr int kLargestValuePixels = 22;
constexpr double kSmallestForText = 18;
/// Below this size cells have no gaps and are drawn as one picture.
constexpr double kSmallestCell = 6;
constexpr double kSlantDegrees = 55;
constexpr double kBarSpace = 84;
/// Live maps are drawn with at most so many cells an edge.
constexpr std::size_t kMostCells = 512;

QFont nameFont() {
    return textFont(12);
}

/// Largest text size at which every value fits its cell; 0 where none does.
int valuePixels(const std::vector<QString>& texts, double cell) {
    for (int pixels = std::min(kLargestValuePixels,
                               static_cast<int>(cell < 40 ? cell * 0.36 : 14 + (cell - 40) * 0.08));
         pixels >= kSmallestValuePixels; --pixels) {
        const QFontMetricsF metrics(textFont(pixels, QFont::Medium));
        const bool allFit = std::ranges::all_of(texts, [&](const QString& each) {
            return metrics.horizontalAdvance(each) <= cell - 5;
        });
        if (allFit) {
            return pixels;
        }
    }
    return 0;
}

} // namespace

QRectF MatrixLayout::cellAt(std::size_t row, std::size_t column) const {
    const double x = cells.left() + static_cast<double>(column) * cell;
    const double y = cells.top() + static_cast<double>(row) * cell;
    return QRectF(x, y, cell, cell).adjusted(gap / 2, gap / 2, -gap / 2, -gap / 2);
}

MatrixLayout HeatmapView::place() const {
    MatrixLayout layout;
    const QFontMetricsF metrics(nameFont());
    const auto widest = [&](const lab::GridAxis& axis) {
        double width = 0;
        for (std::size_t i = 0; i < axis.size(); ++i) {
            width = std::max(width, metrics.horizontalAdvance(name(axis, i)));
        }
        return std::ceil(width);
    };
    const double radians = kSlantDegrees * std::numbers::pi / 180;
    layout.rowLabel = std::min({widest(grid_->y), width() * 0.24, kLongestName}) + 8;
    layout.columnLabel =
        std::min({widest(grid_->x), height() * 0.24 / std::sin(radians), kLongestName});
    const double slantHeight =
        layout.columnLabel * std::sin(radians) + metrics.height() * std::cos(radians) + 4;
    // The last slanted name leans out over the right edge.
    const double lean = layout.columnLabel * std::cos(radians) - 8;
    const auto sized = [&](double reserved) {
        const double wide = width() - 2 * kMargin - layout.rowLabel - std::max(reserved, lean);
        const double high = height() - 2 * kMargin - slantHeight + 4;
        return std::clamp(
            std::min(wide / static_cast<double>(columns()), high / static_cast<double>(rows())),
            1.0, kLargestCell);
    };
    layout.cell = sized(0);
    layout.showsBar = layout.cell < std::max(kSmallestForText, widestValue_ + 5);
    if (layout.showsBar) {
        layout.cell = sized(kBarSpace);
    }
    layout.showsValues = !layout.showsBar;
    if (layout.cell >= 8) {
        layout.cell = std::floor(layout.cell * 2) / 2;
    }
    layout.gap = layout.cell < kSmallestCell ? 0 : layout.cell < 14 ? 1 : 2;
    layout.labelEvery =
        std::max(1, static_cast<int>(std::ceil((metrics.height() - 2) / layout.cell)));
    const QSizeF size(layout.cell * static_cast<double>(columns()),
                      layout.cell * static_cast<double>(rows()));
    const double right = std::max(layout.showsBar ? kBarSpace : 0.0, lean);
    const double spareX = width() - 2 * kMargin - layout.rowLabel - size.width() - right;
    const double spareY = height() - 2 * kMargin - slantHeight + 4 - size.height();
    layout.cells =
        QRectF(QPointF(std::round(kMargin + layout.rowLabel + std::max(0.0, spareX / 2)),
                       std::round(kMargin - 4 + slantHeight + std::max(0.0, spareY / 2))),
               size);
    return layout;
}

std::optional<HeatmapView::Cell> HeatmapView::cellUnder(const QPointF& position) const {
    if (!grid_) {
        return std::nullopt;
    }
    const MatrixLayout layout = place();
    if (!layout.cells.contains(position)) {
        return std::nullopt;
    }
    const QPointF inside = (position - layout.cells.topLeft()) / layout.cell;
    return Cell{std::min(static_cast<std::size_t>(inside.y()), rows() - 1),
                std::min(static_cast<std::size_t>(inside.x()), columns() - 1)};
}

QRectF HeatmapView::cellRect(const Cell& cell) const {
    return grid_ ? place().cellAt(cell.first, cell.second) : QRectF();
}

void HeatmapView::paintEvent(QPaintEvent* /*event*/) {
    if (!grid_) {
        return;
    }
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const MatrixLayout layout = place();
    if (layout.gap > 0) {
        paintCells(painter, layout);
    } else {
        paintImage(painter, layout);
    }
    if (layout.showsValues) {
        paintValues(painter, layout);
    }
    paintNames(painter, layout);
    if (layout.showsBar) {
        const double height = std::min(160.0, layout.cells.height());
        const QRectF bar(layout.cells.right() + 22, layout.cells.center().y() - height / 2, 10,
                         height);
        std::vector<ColourBarMark> marks{{0, valueText(low_, true)}, {1, valueText(high_, true)}};
        if (isSigned_) {
            marks.push_back({0.5, QStringLiteral("0")});
        }
        paintColourBar(painter, bar, colours(), marks);
    }
    paintOutline(painter, layout);
    paintHover(painter, layout);
}

void HeatmapView::paintCells(QPainter& painter, const MatrixLayout& layout) const {
    const ColourRamp ramp = colours();
    const double radius = std::min(3.0, layout.cell * 0.12);
    for (std::size_t row = 0; row < rows(); ++row) {
        for (std::size_t column = 0; column < columns(); ++column) {
            if (isBlank(row, column)) {
                continue;
            }
            const QRectF cell = layout.cellAt(row, column);
            const double shown = value(row, column);
            if (std::isnan(shown)) {
                paintHatch(painter, cell, radius);
                continue;
            }
            painter.setPen(Qt::NoPen);
            painter.setBrush(ramp(share(shown)));
            painter.drawRoundedRect(cell, radius, radius);
        }
    }
}

void HeatmapView::paintImage(QPainter& painter, const MatrixLayout& layout) const {
    // Blocks of cells show their largest value by size, so that no single cell is lost.
    const std::size_t block = (std::max(rows(), columns()) + kMostCells - 1) / kMostCells;
    const std::size_t high = (rows() + block - 1) / block;
    const std::size_t wide = (columns() + block - 1) / block;
    QImage image(static_cast<int>(wide), static_cast<int>(high), QImage::Format_ARGB32);
    const ColourRamp ramp = colours();
    std::vector<QRgb> lookup(256);
    for (std::size_t i = 0; i < lookup.size(); ++i) {
        lookup[i] = ramp(static_cast<double>(i) / 255).rgb();
    }
    const QRgb unknown = ThemeHub::instance().theme().notANumber.rgb();
    for (std::size_t y = 0; y < high; ++y) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(static_cast<int>(y)));
        for (std::size_t x = 0; x < wide; ++x) {
            double largest = std::numeric_limits<double>::quiet_NaN();
            for (std::size_t row = y * block; row < std::min(rows(), (y + 1) * block); ++row) {
                for (std::size_t column = x * block; column < std::min(columns(), (x + 1) * block);
                     ++column) {
                    const double each = value(row, column);
                    if (!(std::abs(each) <= std::abs(largest))) {
                        largest = std::isnan(each) ? largest : each;
                    }
                }
            }
            line[x] = std::isnan(largest)
                          ? unknown
                          : lookup[static_cast<std::size_t>(std::lround(share(largest) * 255))];
        }
    }
    painter.save();
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    painter.drawImage(layout.cells, image);
    painter.restore();
}

void HeatmapView::paintValues(QPainter& painter, const MatrixLayout& layout) const {
    const Theme& theme = ThemeHub::instance().theme();
    const ColourRamp ramp = colours();
    std::vector<QString> texts;
    texts.reserve(rows() * columns());
    for (std::size_t row = 0; row < rows(); ++row) {
        for (std::size_t column = 0; column < columns(); ++column) {
            const double shown = value(row, column);
            const bool isEmpty = isBlank(row, column) || std::isnan(shown);
            texts.push_back(isEmpty ? QString() : valueText(shown, true));
        }
    }
    const int pixels = valuePixels(texts, layout.cell);
    if (pixels == 0) {
        return;
    }
    painter.setFont(textFont(pixels, QFont::Medium));
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (!texts[i].isEmpty()) {
            const std::size_t row = i / columns();
            const std::size_t column = i % columns();
            const QColor ground = ramp(share(value(row, column)));
            painter.setPen(betterOn(ground, theme.text, theme.panel));
            painter.drawText(layout.cellAt(row, column), Qt::AlignCenter, texts[i]);
        }
    }
}

void HeatmapView::paintNames(QPainter& painter, const MatrixLayout& layout) const {
    const Theme& theme = ThemeHub::instance().theme();
    const QFont font = nameFont();
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    const std::optional<Cell> marked = isDragging_ ? selected_ : hovered_;
    const auto colourOf = [&](bool isMarked) { return isMarked ? theme.accent : theme.text; };
    const auto every = static_cast<std::size_t>(layout.labelEvery);
    for (std::size_t row = 0; row < rows(); row += every) {
        const double middle = layout.cells.top() + (static_cast<double>(row) + 0.5) * layout.cell;
        const QString words =
            metrics.elidedText(name(grid_->y, row), Qt::ElideRight, layout.rowLabel - 8);
        painter.setPen(colourOf(marked && marked->first == row));
        painter.drawText(QPointF(layout.cells.left() - 8 - metrics.horizontalAdvance(words),
                                 middle + metrics.capHeight() / 2),
                         words);
    }
    for (std::size_t column = 0; column < columns(); column += every) {
        const double middle =
            layout.cells.left() + (static_cast<double>(column) + 0.5) * layout.cell;
        painter.save();
        painter.translate(middle + metrics.capHeight() / 3, layout.cells.top() - 6);
        painter.rotate(-kSlantDegrees);
        painter.setPen(colourOf(marked && marked->second == column));
        painter.drawText(QPointF(0, 0), metrics.elidedText(name(grid_->x, column), Qt::ElideRight,
                                                           layout.columnLabel + 1));
        painter.restore();
    }
}

void HeatmapView::paintOutline(QPainter& painter, const MatrixLayout& layout) const {
    const Theme& theme = ThemeHub::instance().theme();
    painter.setBrush(Qt::NoBrush);
    if (hovered_ && !isDragging_ && hovered_ != selected_ && layout.gap > 0) {
        painter.setPen(QPen(theme.muted, 1.2));
        painter.drawRoundedRect(layout.cellAt(hovered_->first, hovered_->second), 3, 3);
    }
    if (selected_) {
        painter.setPen(QPen(theme.text, 2));
        painter.drawRoundedRect(
            layout.cellAt(selected_->first, selected_->second).adjusted(-0.5, -0.5, 0.5, 0.5), 3.5,
            3.5);
    }
}

void HeatmapView::paintHover(QPainter& painter, const MatrixLayout& layout) const {
    const std::optional<Cell> told = isDragging_ ? selected_ : hovered_;
    if (!told) {
        return;
    }
    const QRectF cell = layout.cellAt(told->first, told->second);
    std::vector<LegendRow> rows;
    if (canEdit(*told) && !wasEdited_) {
        rows.push_back({QColor(), tr("drag up or down to change it"), QString(), true});
    }
    paintReadOut(painter, QPointF(cell.right() - 10, cell.bottom() + 22),
                 QRectF(rect()).adjusted(4, 4, -4, -4), sentence(*told), rows);
}

} // namespace psephos::ui
