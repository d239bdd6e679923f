// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/end_labels.hpp"

#include "ui/plot/colours.hpp"
#include "ui/plot/label_layout.hpp"
#include "ui/plot/plot.hpp"
#include "ui/theme/theme.hpp"

#include <QFontMetricsF>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace psephos::ui {

namespace {

constexpr double kBesideEnd = 8;
constexpr double kRowHeight = 17;
constexpr double kSwatch = 9;
constexpr double kDashed = 24; ///< a dash pattern needs room to be one
constexpr int kFontPixels = 12;

/// Groups of labels whose horizontal extents overlap, directly or through others.
std::vector<std::vector<std::size_t>> columnsOf(std::span<const PlacedLabel> labels) {
    std::vector<std::size_t> order(labels.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return labels[i].box.left(); });
    std::vector<std::vector<std::size_t>> groups;
    double right = 0;
    for (const std::size_t i : order) {
        if (groups.empty() || labels[i].box.left() > right) {
            groups.emplace_back();
            right = labels[i].box.right();
        }
        groups.back().push_back(i);
        right = std::max(right, labels[i].box.right());
    }
    return groups;
}

void paintSwatch(QPainter& painter, const QRectF& place, const QColor& colour, int dash) {
    if (dash == 0) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        painter.drawRoundedRect(place, 2, 2);
        return;
    }
    QPen pen(colour, 2.4, Qt::SolidLine, Qt::FlatCap);
    pen.setWidthF(1.8);
    pen.setDashPattern(dashPattern(dash));
    painter.setPen(pen);
    painter.drawLine(QPointF(place.left(), place.center().y()),
                     QPointF(place.left() + kDashed, place.center().y()));
}

double textWidth(const QFont& font, const QString& text) {
    return QFontMetricsF(font).horizontalAdvance(text);
}

} // namespace

QFont endLabelFont() {
    return textFont(kFontPixels, QFont::DemiBold);
}

std::vector<PlacedLabel> placeEndLabels(std::span<const EndLabel> labels, const QFont& font,
                                        const QRectF& area) {
    const QFontMetricsF metrics(font);
    const double height = std::ceil(metrics.height()) - 1;
    std::vector<PlacedLabel> placed;
    for (const EndLabel& label : labels) {
        const double width = metrics.horizontalAdvance(label.text);
        const double left = std::min(label.end.x() + kBesideEnd, area.right() - width);
        placed.push_back({label, QRectF(left, label.end.y() - height / 2, width, height)});
    }
    for (const auto& group : columnsOf(placed)) {
        if (!fits(group.size(), height, area.top(), area.bottom())) {
            return {};
        }
        std::vector<double> wanted;
        wanted.reserve(group.size());
        for (const std::size_t i : group) {
            wanted.push_back(placed[i].label.end.y());
        }
        const std::vector<double> centres = spread(wanted, height, area.top(), area.bottom());
        for (std::size_t rank = 0; rank < group.size(); ++rank) {
            placed[group[rank]].box.moveTop(centres[rank] - height / 2);
        }
    }
    return placed;
}

void paintEndLabels(QPainter& painter, std::span<const PlacedLabel> labels, const QFont& font) {
    const Theme& theme = ThemeHub::instance().theme();
    const QFontMetricsF metrics(font);
    for (const PlacedLabel& placed : labels) {
        const QColor colour =
            placed.label.faded ? theme.faint : readableOn(placed.label.colour, theme.panel);
        const double moved = std::abs(placed.box.center().y() - placed.label.end.y());
        if (moved > placed.box.height() * 0.75) {
            painter.setPen(QPen(mix(colour, theme.panel, 0.5), 1));
            painter.drawLine(placed.label.end + QPointF(2, 0),
                             QPointF(placed.box.left() - 2, placed.box.center().y()));
        }
        QColor ground = theme.panel;
        ground.setAlpha(215);
        painter.setPen(Qt::NoPen);
        painter.setBrush(ground);
        painter.drawRoundedRect(placed.box.adjusted(-2, 1, 2, -1), 3, 3);
        painter.setFont(font);
        painter.setPen(colour);
        painter.drawText(QPointF(placed.box.left(), placed.box.center().y() +
                                                        (metrics.ascent() - metrics.descent()) / 2),
                         placed.label.text);
    }
}

QSizeF paintLegend(QPainter* painter, const QPointF& corner, const QString& title,
                   std::span<const LegendRow> rows, bool framed) {
    const Theme& theme = ThemeHub::instance().theme();
    const QFont font = textFont(kFontPixels);
    const QFont nameFont = textFont(kFontPixels, QFont::DemiBold);
    const QFont valueFont = monoFont(kFontPixels - 1);
    const double pad = framed ? 8 : 6;
    double names = 0;
    double values = 0;
    bool hasSwatch = false;
    bool hasDashes = false;
    for (const LegendRow& row : rows) {
        names = std::max(names, textWidth(nameFont, row.name));
        values = std::max(values, row.value.isEmpty() ? 0 : textWidth(valueFont, row.value) + 14);
        hasSwatch = hasSwatch || row.colour.isValid();
        hasDashes = hasDashes || (row.colour.isValid() && row.dash > 0);
    }
    const double swatch = hasDashes ? kDashed : kSwatch;
    const double indent = hasSwatch ? swatch + 7 : 0;
    const double titleHeight = title.isEmpty() ? 0 : kRowHeight;
    const double width = std::max(textWidth(font, title), indent + names + values) + 2 * pad;
    const double height = titleHeight + static_cast<double>(rows.size()) * kRowHeight + 2 * pad - 4;
    if (painter == nullptr) {
        return {width, height};
    }
    QColor ground = theme.panel;
    ground.setAlpha(framed ? 255 : 205);
    painter->setBrush(ground);
    painter->setPen(framed ? QPen(theme.strongLine, 1) : QPen(Qt::NoPen));
    painter->drawRoundedRect(QRectF(corner, QSizeF(width, height)), 6, 6);
    double middle = corner.y() + pad - 2 + kRowHeight / 2;
    const auto write = [&](double x, const QFont& face, const QColor& colour, const QString& text) {
        const QFontMetricsF metrics(face);
        painter->setFont(face);
        painter->setPen(colour);
        painter->drawText(QPointF(x, middle + (metrics.ascent() - metrics.descent()) / 2), text);
    };
    const double left = corner.x() + pad;
    if (!title.isEmpty()) {
        write(left, font, theme.muted, title);
        middle += kRowHeight;
    }
    for (const LegendRow& row : rows) {
        if (row.colour.isValid()) {
            const double wide = hasDashes && row.dash == 0 ? kDashed : kSwatch;
            const double tall = hasDashes && row.dash == 0 ? 2 : kSwatch; // a solid line
            paintSwatch(*painter, QRectF(left, middle - tall / 2, wide, tall),
                        row.faded ? mix(row.colour, theme.panel, 0.6) : row.colour, row.dash);
        }
        write(left + indent, nameFont, row.faded ? theme.faint : theme.text, row.name);
        if (!row.value.isEmpty()) {
            write(corner.x() + width - pad - textWidth(valueFont, row.value), valueFont,
                  row.faded ? theme.faint : theme.text, row.value);
        }
        middle += kRowHeight;
    }
    return {width, height};
}

void paintReadOut(QPainter& painter, const QPointF& cursor, const QRectF& bounds,
                  const QString& title, std::span<const LegendRow> rows) {
    constexpr double kAway = 14;
    const QSizeF size = paintLegend(nullptr, {}, title, rows, true);
    double x = cursor.x() + kAway;
    if (x + size.width() > bounds.right()) {
        x = cursor.x() - kAway - size.width();
    }
    const double y = std::clamp(cursor.y() - size.height() / 2, bounds.top() + 2,
                                std::max(bounds.top() + 2, bounds.bottom() - size.height() - 2));
    paintLegend(&painter,
                QPointF(std::round(std::max(x, bounds.left())) + 0.5, std::round(y) + 0.5), title,
                rows, true);
}

void paintHaloText(QPainter& painter, const QPointF& baseline, const QString& text,
                   const QFont& font, const QColor& colour, const QColor& ground) {
    QPainterPath path;
    path.addText(baseline, font, text);
    QColor halo = ground;
    halo.setAlpha(210);
    painter.strokePath(path, QPen(halo, 3.2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setFont(font);
    painter.setPen(colour);
    painter.drawText(baseline, text);
}

} // namespace psephos::ui
