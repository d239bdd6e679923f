// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/colour_bar.hpp"

#include "ui/plot/colours.hpp"
#include "ui/theme/theme.hpp"

#include <QFontMetricsF>
#include <QLinearGradient>
#include <QPainterPath>

namespace psephos::ui {

namespace {

constexpr int kStops = 32;
constexpr double kHatchPitch = 5;

} // namespace

ColourRamp sequentialRamp() {
    return [](double t) { return viridis(t); };
}

ColourRamp divergingRamp(const Theme& theme) {
    return [theme](double t) { return diverging(theme, 2 * t - 1); };
}

void paintColourBar(QPainter& painter, const QRectF& bar, const ColourRamp& ramp,
                    const std::vector<ColourBarMark>& marks) {
    QLinearGradient gradient(bar.bottomLeft(), bar.topLeft());
    for (int stop = 0; stop < kStops; ++stop) {
        const double t = stop / (kStops - 1.0);
        gradient.setColorAt(t, ramp(t));
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(gradient);
    painter.drawRoundedRect(bar, 2, 2);
    const QFont font = textFont(11);
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    painter.setPen(ThemeHub::instance().theme().muted);
    for (const ColourBarMark& mark : marks) {
        const double y = bar.bottom() - mark.t * bar.height();
        painter.drawText(QPointF(bar.right() + 6, y + metrics.capHeight() / 2), mark.label);
    }
}

void paintHatch(QPainter& painter, const QRectF& cell, double radius) {
    const Theme& theme = ThemeHub::instance().theme();
    painter.save();
    painter.setPen(Qt::NoPen);
    painter.setBrush(mix(theme.panel, theme.notANumber, 0.25));
    painter.drawRoundedRect(cell, radius, radius);
    QPainterPath shape;
    shape.addRoundedRect(cell, radius, radius);
    painter.setClipPath(shape, Qt::IntersectClip);
    painter.setPen(QPen(theme.notANumber, 1));
    const int lines = static_cast<int>((cell.width() + cell.height()) / kHatchPitch + 0.5);
    for (int line = 0; line < lines; ++line) {
        const double at = (line + 0.5) * kHatchPitch;
        painter.drawLine(QPointF(cell.left() + at, cell.top()),
                         QPointF(cell.left() + at - cell.height(), cell.bottom()));
    }
    painter.restore();
}

} // namespace psephos::ui
