// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/race_view.hpp"

#include "ui/panels/reading.hpp"
#include "ui/plot/colours.hpp"
#include "ui/plot/end_labels.hpp"
#include "ui/plot/number_text.hpp"
#include "ui/theme/theme.hpp"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace psephos::ui {

namespace {

/// How near the hand must come to the target's line [px].
constexpr double kReach = 7;
/// What an arrow key moves it by, as a share of the axis.
constexpr double kKeyStep = 0.02;

std::string utf8(const QString& words) {
    return words.toStdString();
}

} // namespace

RaceView::RaceView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent)
    : CurvesView(panel, shown, parent) {
    connect(&shown, &ComparisonModel::runsChanged, this, &RaceView::switchesChanged);
}

QString RaceView::emptyText() const {
    return tr("The race is drawn here from the first look at the held-out data on.");
}

std::vector<PanelSwitch> RaceView::switches() const {
    PanelSwitch clocks;
    clocks.id = QStringLiteral("clock");
    clocks.current = static_cast<int>(clock_);
    for (const RaceClock& clock : clocksOf(panel(), model())) {
        clocks.options.push_back(clock.label);
    }
    return {clocks};
}

void RaceView::setSwitch(const QString& id, int option) {
    if (id == QStringLiteral("clock") && option >= 0 &&
        static_cast<std::size_t>(option) < clocksOf(panel(), model()).size()) {
        clock_ = static_cast<std::size_t>(option);
        Q_EMIT switchesChanged();
        scheduleRefresh();
    }
}

RaceClock RaceView::clock() const {
    const std::vector<RaceClock> clocks = clocksOf(panel(), model());
    return clocks[std::min(clock_, clocks.size() - 1)];
}

lab::PanelAxis RaceView::keyAxis() const {
    const RaceClock counted = clock();
    lab::PanelAxis axis;
    axis.label = utf8(counted.label);
    axis.unit = utf8(counted.unit);
    return axis;
}

std::vector<Curve> RaceView::readCurves() {
    const RaceReading race(panel(), model());
    const lab::Clock counted = clock().clock;
    std::vector<Curve> curves;
    isConstant_ = true;
    target_ = race.target();
    crossings_.clear();
    for (const lab::Cohort& cohort : race.cohorts()) {
        const std::vector<lab::CohortPoint> points = race.points(cohort, counted);
        if (points.empty()) {
            continue;
        }
        if (const auto when = race.reached(cohort, counted)) {
            crossings_.push_back({when->median, race.styleOf(cohort).colour});
        }
        Curve curve;
        curve.name = said(cohort.name);
        curve.colour = race.styleOf(cohort).colour;
        curve.dash = race.styleOf(cohort).dash;
        for (const lab::RunPtr& run : cohort.runs) {
            curve.runs.push_back(run->id());
        }
        const bool standsStill = points.size() > 1 && points.front().clock == points.back().clock;
        isConstant_ = isConstant_ && standsStill;
        const bool hasBand = cohort.runs.size() > 1;
        for (std::size_t i = standsStill ? points.size() - 1 : 0; i < points.size(); ++i) {
            const lab::CohortPoint& point = points[i];
            // A run that ended early takes its reading with it: the axis does not go back.
            curve.x.push_back(curve.x.empty() ? point.clock
                                              : std::max(curve.x.back(), point.clock));
            curve.y.push_back(point.value.median);
            if (hasBand) {
                curve.low.push_back(point.value.low);
                curve.high.push_back(point.value.high);
            }
        }
        curves.push_back(std::move(curve));
    }
    return curves;
}

std::optional<double> RaceView::targetLine() const {
    const Place place = this->place();
    const double share = target_ ? place.y.share(*target_) : -1;
    return share >= 0 && share <= 1
               ? std::optional(place.area.bottom() - share * place.area.height())
               : std::nullopt;
}

void RaceView::paintOver(QPainter& painter, const Place& place) const {
    const std::optional<double> line = targetLine();
    if (!line) {
        return;
    }
    const Theme& theme = ThemeHub::instance().theme();
    painter.setPen(QPen(theme.accent, isDragging_ ? 2.0 : 1.2, Qt::DashLine));
    painter.drawLine(QPointF(place.area.left(), *line), QPointF(place.area.right(), *line));
    for (const Crossing& crossing : crossings_) {
        const double x = place.area.left() + place.x.share(crossing.clock) * place.area.width();
        if (std::isfinite(x) && x <= place.area.right() + 1) {
            painter.setPen(QPen(theme.accent, 1.4));
            painter.setBrush(crossing.colour);
            painter.drawEllipse(QPointF(x, *line), 4.2, 4.2);
        }
    }
    const QString number = shortNumber(*target_);
    const QString words = model().target() ? tr("target %1").arg(number)
                                           : tr("target %1, reached by every median").arg(number);
    // Losses fall: over the beginning of the line there is room.
    paintHaloText(painter, QPointF(place.area.left() + 8, *line - 6), words, textFont(11),
                  readableOn(theme.accent, theme.panel), theme.panel);
}

bool RaceView::isOnTarget(const QPointF& position) const {
    const std::optional<double> line = targetLine();
    return line && std::abs(*line - position.y()) <= kReach;
}

void RaceView::moveTarget(double y) {
    const Place place = this->place();
    const double share = std::clamp((place.area.bottom() - y) / place.area.height(), 0.0, 1.0);
    model().setTarget(place.y.valueAt(share));
}

void RaceView::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && isOnTarget(event->position())) {
        isDragging_ = true;
        update();
    }
}

void RaceView::mouseMoveEvent(QMouseEvent* event) {
    if (isDragging_) {
        moveTarget(event->position().y());
    } else {
        setCursor(isOnTarget(event->position()) ? Qt::SizeVerCursor : Qt::ArrowCursor);
    }
    CurvesView::mouseMoveEvent(event);
}

void RaceView::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && isDragging_) {
        isDragging_ = false;
        update();
    }
}

void RaceView::mouseDoubleClickEvent(QMouseEvent* event) {
    if (isOnTarget(event->position())) {
        model().setTarget(std::nullopt);
    }
}

void RaceView::keyPressEvent(QKeyEvent* event) {
    const int direction = event->key() == Qt::Key_Up ? 1 : event->key() == Qt::Key_Down ? -1 : 0;
    const std::optional<double> line = targetLine();
    if (event->key() == Qt::Key_Escape && model().target()) {
        model().setTarget(std::nullopt);
    } else if (direction != 0 && line) {
        moveTarget(*line - direction * kKeyStep * place().area.height());
    } else {
        LiveView::keyPressEvent(event);
    }
}

} // namespace psephos::ui
