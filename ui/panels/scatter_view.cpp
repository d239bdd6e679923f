// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/scatter_view.hpp"

#include "lab/value.hpp"
#include "ui/panels/comparison_model.hpp"
#include "ui/panels/table_parts.hpp"
#include "ui/plot/colours.hpp"
#include "ui/plot/end_labels.hpp"
#include "ui/plot/label_layout.hpp"
#include "ui/plot/number_text.hpp"
#include "ui/theme/theme.hpp"

#include <QFontMetricsF>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace psephos::ui {

namespace {

constexpr double kDot = 5;
constexpr double kReach = 14; ///< [px] from which the cursor takes hold of a dot

} // namespace

ScatterView::ScatterView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent)
    : LiveView(panel, shown, parent) {
    setMouseTracking(true);
}

QString ScatterView::emptyText() const {
    return tr("A dot for each name appears here with the first result.");
}

void ScatterView::refresh(bool /*atOnce*/) {
    dots_.clear();
    for (const lab::RunPtr& run : visibleRuns(model(), panel())) {
        for (const lab::PanelSource& source : panel().sources) {
            const TableParts table(model(), *run, source);
            const QColor colour =
                runStyle(ThemeHub::instance().theme(), model().styleNumber(*run)).colour;
            for (std::size_t row = 0; row < table.rows(); ++row) {
                const double x = table.number("x", row);
                const double y = table.number("y", row);
                if (std::isfinite(x) && std::isfinite(y)) {
                    dots_.push_back(
                        {run->id(), said(run->name()), colour, table.words("name", row), x, y});
                }
            }
        }
    }
    setEmpty(dots_.empty());
    update();
}

QString ScatterView::csv() const {
    QString out = QStringLiteral("run,name,x,y\n");
    for (const Dot& dot : dots_) {
        out += csvField(dot.runName) + QLatin1Char(',') + csvField(dot.name) + QLatin1Char(',') +
               text(lab::toText(dot.x)) + QLatin1Char(',') + text(lab::toText(dot.y)) +
               QLatin1Char('\n');
    }
    return out;
}

QPointF ScatterView::Place::at(const Dot& dot) const {
    return {area.left() + x.share(dot.x) * area.width(),
            area.bottom() - y.share(dot.y) * area.height()};
}

ScatterView::Place ScatterView::place() const {
    Extent across;
    Extent up;
    for (const Dot& dot : dots_) {
        across.include(dot.x);
        up.include(dot.y);
    }
    Place place;
    place.x = PaintedAxis::fitted(panel().x, across);
    place.y = PaintedAxis::fitted(panel().y, up);
    const double top = 16;
    const double tall = std::max(20.0, height() - top - roomBelow(titleOf(panel().x)) - 6);
    const double left = roomLeft(place.y, tall, titleOf(panel().y));
    place.area = QRectF(left, top, std::max(20.0, width() - left - 20), tall);
    return place;
}

std::optional<std::size_t> ScatterView::dotUnder(const QPointF& position) const {
    if (dots_.empty()) {
        return std::nullopt;
    }
    const Place place = this->place();
    std::optional<std::size_t> nearest;
    double least = kReach;
    for (std::size_t i = 0; i < dots_.size(); ++i) {
        const QPointF away = place.at(dots_[i]) - position;
        const double distance = std::hypot(away.x(), away.y());
        if (distance < least) {
            least = distance;
            nearest = i;
        }
    }
    return nearest;
}

void ScatterView::paintEvent(QPaintEvent* /*event*/) {
    if (dots_.empty()) {
        return;
    }
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Place place = this->place();
    paintAxisBelow(painter, place.area, place.x, titleOf(panel().x));
    paintAxisLeft(painter, place.area, place.y, titleOf(panel().y));
    paintDots(painter, place);
    paintNames(painter, place);
    const auto under = hover_ ? dotUnder(*hover_) : std::nullopt;
    if (under) {
        const Dot& dot = dots_[*under];
        const std::vector<LegendRow> rows{
            {{}, text(panel().x.label), place.x.textOf(dot.x), false, 0},
            {{}, text(panel().y.label), place.y.textOf(dot.y), false, 0}};
        paintReadOut(painter, *hover_, QRectF(rect()).adjusted(4, 4, -4, -4), dot.name, rows);
    }
}

void ScatterView::paintDots(QPainter& painter, const Place& place) const {
    const Theme& theme = ThemeHub::instance().theme();
    for (const Dot& dot : dots_) {
        const bool isFaded = model().emphasised() && *model().emphasised() != dot.run;
        painter.setPen(QPen(theme.panel, 1));
        painter.setBrush(isFaded ? mix(dot.colour, theme.panel, 0.65) : dot.colour);
        painter.drawEllipse(place.at(dot), kDot, kDot);
    }
}

void ScatterView::paintNames(QPainter& painter, const Place& place) const {
    const Theme& theme = ThemeHub::instance().theme();
    const QFont font = textFont(11, QFont::DemiBold);
    const QFontMetricsF metrics(font);
    const QPointF middle = place.area.center();
    std::vector<std::size_t> order(dots_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::greater<>(), [&](std::size_t i) {
        const QPointF away = place.at(dots_[i]) - middle;
        return std::hypot(away.x() / place.area.width(), away.y() / place.area.height());
    });
    std::vector<QRectF> taken;
    for (const Dot& dot : dots_) {
        const QPointF at = place.at(dot);
        taken.emplace_back(at.x() - kDot, at.y() - kDot, 2 * kDot, 2 * kDot);
    }
    const QRectF bounds = place.area.adjusted(-4, -14, 18, 4);
    for (const std::size_t i : order) {
        const QString& name = dots_[i].name;
        const QSizeF size(metrics.horizontalAdvance(name), metrics.height());
        const QRectF box = besidePoint(place.at(dots_[i]), size, kDot + 4, bounds, taken);
        const bool isFree =
            bounds.contains(box) &&
            std::ranges::none_of(taken, [&box](auto& other) { return other.intersects(box); });
        if (isFree) {
            taken.push_back(box);
            paintHaloText(painter, QPointF(box.left(), box.top() + metrics.ascent()), name, font,
                          theme.text, theme.panel);
        }
    }
}

void ScatterView::mouseMoveEvent(QMouseEvent* event) {
    hover_ = event->position();
    update();
}

void ScatterView::leaveEvent(QEvent* event) {
    LiveView::leaveEvent(event);
    hover_.reset();
    update();
}

} // namespace psephos::ui
