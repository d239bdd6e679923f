// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/painted_axis.hpp"

#include "ui/plot/number_text.hpp"
#include "ui/theme/theme.hpp"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace psephos::ui {

namespace {

constexpr double kRoom = 0.05;      ///< share of the values' span that is left on either side
constexpr double kTickSpacing = 48; ///< [px] between horizontal grid lines
constexpr double kTickGap = 8;
constexpr double kTitleHeight = 18;

QString titleText(const std::string& words) {
    return QString::fromStdString(words);
}

int wantedTicks(double length, double spacing) {
    return std::clamp(static_cast<int>(std::lround(length / spacing)), 2, 8);
}

} // namespace

void Extent::include(double value) {
    if (std::isfinite(value)) {
        low = std::min(low, value);
        high = std::max(high, value);
    }
}

PaintedAxis PaintedAxis::fitted(const lab::PanelAxis& declared, const Extent& values) {
    PaintedAxis axis;
    axis.kind = declared.scale == lab::Scale::Log ? TickKind::Log
                : declared.unit == "%"            ? TickKind::Percent
                                                  : TickKind::Number;
    double low = values.isEmpty() ? 0 : values.low;
    double high = values.isEmpty() ? 1 : values.high;
    if (axis.kind == TickKind::Log) {
        high = high > 0 ? high : 1;
        low = low > 0 ? low : high / 10;
        const double room = std::max(1.1, std::pow(high / low, kRoom));
        axis.low = declared.min.value_or(low / room);
        axis.high = declared.max.value_or(high * room);
        return axis.low > 0 && axis.high > axis.low ? axis : PaintedAxis{1e-1, 1, TickKind::Log};
    }
    double room = (high - low) * kRoom;
    if (!(room > 0)) {
        room = high == 0 ? 1 : std::abs(high) * 0.1;
    }
    axis.low = declared.min.value_or(low - room);
    axis.high = declared.max.value_or(high + room);
    if (!(axis.high > axis.low) || !std::isfinite(axis.high - axis.low)) {
        axis.low = 0;
        axis.high = 1;
    }
    return axis;
}

double PaintedAxis::share(double value) const {
    if (kind == TickKind::Log) {
        // A quotient of the ends may be too large for a number.
        const double start = std::log(low);
        return value > 0 ? (std::log(value) - start) / (std::log(high) - start)
                         : std::numeric_limits<double>::quiet_NaN();
    }
    return (value - low) / (high - low);
}

double PaintedAxis::valueAt(double share) const {
    return kind == TickKind::Log ? low * std::pow(high / low, share) : low + share * (high - low);
}

Ticks PaintedAxis::ticks(int wanted) const {
    return kind == TickKind::Log ? logTicks(low, high, wanted)
                                 : linearTicks(low, high, wanted, kind);
}

QString PaintedAxis::textOf(double value) const {
    return kind == TickKind::Percent ? percentText(value) : shortNumber(value, 4);
}

QString titleOf(const lab::PanelAxis& axis) {
    return axisTitle(titleText(axis.label), axis.unit == "%" ? QString() : titleText(axis.unit));
}

double roomLeft(const PaintedAxis& axis, double height, const QString& title) {
    const QFontMetricsF metrics(textFont(11));
    double widest = 0;
    for (const QString& label : axis.ticks(wantedTicks(height, kTickSpacing)).labels) {
        widest = std::max(widest, metrics.horizontalAdvance(label));
    }
    return widest + kTickGap + 10 + (title.isEmpty() ? 0 : kTitleHeight);
}

double roomBelow(const QString& title) {
    return 24 + (title.isEmpty() ? 0 : kTitleHeight);
}

void paintAxisBelow(QPainter& painter, const QRectF& area, const PaintedAxis& axis,
                    const QString& title) {
    const Theme& theme = ThemeHub::instance().theme();
    const QFont font = textFont(11);
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    const Ticks ticks = axis.ticks(wantedTicks(area.width(), 90));
    for (std::size_t i = 0; i < ticks.at.size(); ++i) {
        const double x = std::round(area.left() + axis.share(ticks.at[i]) * area.width()) + 0.5;
        painter.setPen(QPen(theme.plotGrid, 1));
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        painter.setPen(theme.muted);
        painter.drawText(QPointF(x - metrics.horizontalAdvance(ticks.labels[i]) / 2,
                                 area.bottom() + 6 + metrics.ascent()),
                         ticks.labels[i]);
    }
    painter.setPen(theme.muted);
    painter.drawText(QRectF(area.left(), area.bottom() + 22, area.width(), kTitleHeight),
                     Qt::AlignCenter, title);
}

void paintAxisLeft(QPainter& painter, const QRectF& area, const PaintedAxis& axis,
                   const QString& title) {
    const Theme& theme = ThemeHub::instance().theme();
    const QFont font = textFont(11);
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    const Ticks ticks = axis.ticks(wantedTicks(area.height(), kTickSpacing));
    for (std::size_t i = 0; i < ticks.at.size(); ++i) {
        const double y = std::round(area.bottom() - axis.share(ticks.at[i]) * area.height()) + 0.5;
        painter.setPen(QPen(ticks.at[i] == 0 ? theme.strongLine : theme.plotGrid, 1));
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        painter.setPen(theme.muted);
        painter.drawText(
            QPointF(area.left() - kTickGap - metrics.horizontalAdvance(ticks.labels[i]),
                    y + metrics.capHeight() / 2),
            ticks.labels[i]);
    }
    if (title.isEmpty()) {
        return;
    }
    painter.setPen(theme.muted);
    painter.save();
    painter.translate(metrics.ascent() + 3,
                      area.center().y() + metrics.horizontalAdvance(title) / 2);
    painter.rotate(-90);
    painter.drawText(QPointF(0, 0), title);
    painter.restore();
}

} // namespace psephos::ui
