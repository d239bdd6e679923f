// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/heatmap_view.hpp"

#include "lab/experiment.hpp"
#include "ui/panels/comparison_model.hpp"
#include "ui/panels/reading.hpp"
#include "ui/plot/number_text.hpp"
#include "ui/theme/theme.hpp"

#include <QKeyEvent>
#include <QMouseEvent>

#include <algorithm>
#include <cmath>
#include <limits>

namespace psephos::ui {

namespace {

/// A drag of so many pixels goes from zero to the largest margin.
constexpr double kDragPixels = 140;

} // namespace

HeatmapView::HeatmapView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent)
    : LiveView(panel, shown, parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
}

QString HeatmapView::emptyText() const {
    return tr("The matrix appears here when its data has been read.");
}

std::size_t HeatmapView::rows() const {
    return grid_ ? grid_->y.size() : 0;
}

std::size_t HeatmapView::columns() const {
    return grid_ ? grid_->x.size() : 0;
}

QString HeatmapView::name(const lab::GridAxis& axis, std::size_t index) const {
    return axis.names.empty() ? shortNumber(axis.at[index]) : text(axis.names[index]);
}

bool HeatmapView::isTournament() const {
    return grid_ && !grid_->x.names.empty() && grid_->x.names == grid_->y.names;
}

bool HeatmapView::isBlank(std::size_t row, std::size_t column) const {
    return row == column && isSigned_ && isTournament() && !(std::abs(value(row, column)) > 0);
}

double HeatmapView::value(std::size_t row, std::size_t column) const {
    if (held_ && selected_) {
        if (Cell(row, column) == *selected_) {
            return *held_;
        }
        if (knobOfEdit(panel(), "skew-cell") != nullptr && Cell(column, row) == *selected_) {
            return -*held_;
        }
    }
    return grid_->at(row, column);
}

QString HeatmapView::valueText(double shown, bool withSign) const {
    if (std::isnan(shown)) {
        return tr("not known");
    }
    const double scaled = unit_ == QStringLiteral("%") ? shown * 100 : shown;
    const int digits = isInteger_ || unit_ == QStringLiteral("%")
                           ? std::max(3, static_cast<int>(std::log10(std::abs(scaled) + 1)) + 1)
                           : 2;
    const double rounded = unit_ == QStringLiteral("%") ? std::round(scaled) : scaled;
    return isSigned_ && withSign ? signedNumber(rounded, digits) : shortNumber(rounded, digits);
}

const lab::PanelSource* HeatmapView::source() const {
    for (const lab::PanelSource& each : panel().sources) {
        if (each.role == "signed" || each.role == "unsigned" || each.role.empty()) {
            return &each;
        }
    }
    return nullptr;
}

void HeatmapView::readGrid() {
    grid_.reset();
    const lab::PanelSource* from = source();
    std::vector<lab::RunPtr> runs = visibleRuns(model(), panel());
    std::stable_partition(runs.begin(), runs.end(), [this](const lab::RunPtr& run) {
        return model().emphasised() == run->id();
    });
    for (const lab::RunPtr& run : runs) {
        grid_ = from == nullptr ? nullptr : gridAtHead(model(), *run, from->channel);
        if (grid_ != nullptr) {
            const lab::Channel* channel = declared(*run, from->channel);
            unit_ = channel == nullptr ? QString() : text(channel->unit);
            break;
        }
    }
    if (grid_ && (grid_->values.empty() || grid_->values.size() != rows() * columns())) {
        grid_.reset();
    }
}

void HeatmapView::readScale() {
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    isInteger_ = true;
    for (const double each : grid_->values) {
        if (std::isfinite(each)) {
            low = std::min(low, each);
            high = std::max(high, each);
            isInteger_ = isInteger_ && each == std::round(each);
        }
    }
    isSigned_ = source()->role == "signed" || (source()->role.empty() && low < 0);
    const double size = std::max(std::abs(low), std::abs(high));
    if (isSigned_) {
        high_ = std::isfinite(size) && size > 0 ? size : 1;
        low_ = -high_;
    } else {
        low_ = std::isfinite(low) ? low : 0;
        high_ = high > low ? high : low_ + 1;
    }
    constexpr std::size_t kMostTexts = 40 * 40; // more cells are too small for words anyway
    const QFontMetricsF smallest(textFont(9, QFont::Medium));
    widestValue_ = 0;
    for (const double each : grid_->values) {
        if (std::isfinite(each) && grid_->values.size() <= kMostTexts) {
            widestValue_ =
                std::max(widestValue_, smallest.horizontalAdvance(valueText(each, true)));
        }
    }
}

void HeatmapView::refresh(bool /*atOnce*/) {
    readGrid();
    setEmpty(!grid_);
    for (std::optional<Cell>* cell : {&selected_, &hovered_}) {
        if (*cell && ((*cell)->first >= rows() || (*cell)->second >= columns())) {
            cell->reset();
        }
    }
    if (grid_ && !isDragging_) { // the scale holds still while a cell is under the hand
        held_.reset();
        readScale();
    }
    update();
}

ColourRamp HeatmapView::colours() const {
    return isSigned_ ? divergingRamp(ThemeHub::instance().theme()) : sequentialRamp();
}

double HeatmapView::share(double shown) const {
    return std::clamp((shown - low_) / (high_ - low_), 0.0, 1.0);
}

QString HeatmapView::csv() const {
    if (!grid_) {
        return {};
    }
    QString out = isTournament() ? tr("row beats column") : QString();
    for (std::size_t column = 0; column < columns(); ++column) {
        out += QLatin1Char(',') + csvField(name(grid_->x, column));
    }
    out += QLatin1Char('\n');
    for (std::size_t row = 0; row < rows(); ++row) {
        out += csvField(name(grid_->y, row));
        for (std::size_t column = 0; column < columns(); ++column) {
            out += QLatin1Char(',') + text(lab::toText(grid_->at(row, column)));
        }
        out += QLatin1Char('\n');
    }
    return out;
}

QString HeatmapView::sentence(const Cell& cell) const {
    const auto& [row, column] = cell;
    const QString a = name(grid_->y, row);
    const QString b = name(grid_->x, column);
    const double shown = value(row, column);
    const QString size = valueText(std::abs(shown), false) +
                         (unit_.isEmpty() ? QString() : QLatin1Char(' ') + unit_);
    if (!isTournament() || !isSigned_) {
        return tr("%1, %2: %3").arg(a, b, std::isnan(shown) ? tr("not known") : size);
    }
    if (std::isnan(shown)) {
        return tr("%1 and %2 were never compared").arg(a, b);
    }
    if (shown == 0) {
        return tr("%1 and %2 are tied").arg(a, b);
    }
    return shown > 0 ? tr("%1 beats %2 by %3").arg(a, b, size)
                     : tr("%1 loses to %2 by %3").arg(a, b, size);
}

// Gestures.

const std::string* HeatmapView::editedKnob() const {
    const std::string* knob = knobOfEdit(panel(), "skew-cell");
    return knob != nullptr ? knob : knobOfEdit(panel(), "cell");
}

bool HeatmapView::canEdit(const Cell& cell) const {
    const bool isOwnMirror =
        cell.first == cell.second && knobOfEdit(panel(), "skew-cell") != nullptr;
    return grid_ && editedKnob() != nullptr && !isOwnMirror;
}

double HeatmapView::step() const {
    return isInteger_ ? 1 : (high_ - low_) / 200;
}

void HeatmapView::edit(const Cell& cell, double to, bool settled) {
    const std::string& id = *editedKnob();
    const lab::Description* description = model().description();
    const lab::Knob* knob = description == nullptr ? nullptr : description->knob(id);
    double wanted = isInteger_ ? std::round(to) : to;
    if (knob != nullptr) {
        wanted = std::max(wanted, knob->min.value_or(wanted));
        wanted = std::min(wanted, knob->max.value_or(wanted));
    }
    lab::MatrixValue matrix;
    const lab::RunScenario scenario = visibleRuns(model(), panel()).front()->scenario();
    if (scenario.knobs.contains(id)) {
        if (const auto* now = std::get_if<lab::MatrixValue>(&scenario.knobs.at(id))) {
            matrix = *now;
        }
    }
    if (matrix.rows != rows() || matrix.columns != columns()) {
        matrix = {
            rows(), columns(),
            std::vector<double>(rows() * columns(), std::numeric_limits<double>::quiet_NaN())};
    }
    held_ = wanted;
    wasEdited_ = true;
    matrix.values[cell.first * columns() + cell.second] = wanted;
    if (knobOfEdit(panel(), "skew-cell") != nullptr) {
        matrix.values[cell.second * columns() + cell.first] = -wanted;
    }
    update();
    model().turnKnob(text(id), matrix, settled);
}

void HeatmapView::mousePressEvent(QMouseEvent* event) {
    const std::optional<Cell> cell = cellUnder(event->position());
    if (event->button() != Qt::LeftButton || !cell || isBlank(cell->first, cell->second)) {
        event->ignore(); // the card's menu
        return;
    }
    if (selected_ != cell) {
        held_.reset();
    }
    selected_ = cell;
    if (canEdit(*cell)) {
        isDragging_ = true;
        hasMoved_ = false;
        pressY_ = event->position().y();
        const double now = value(cell->first, cell->second);
        pressValue_ = std::isfinite(now) ? now : 0;
        setCursor(Qt::SizeVerCursor);
    }
    update();
}

void HeatmapView::mouseMoveEvent(QMouseEvent* event) {
    if (isDragging_) {
        const double fine = event->modifiers().testFlag(Qt::ShiftModifier) ? 0.1 : 1;
        const double scale = std::max(std::abs(low_), std::abs(high_));
        const double by = (pressY_ - event->position().y()) / kDragPixels * scale * fine;
        hasMoved_ = true;
        edit(*selected_, pressValue_ + by, false);
        return;
    }
    const std::optional<Cell> before = hovered_;
    hovered_ = cellUnder(event->position());
    if (hovered_ && isBlank(hovered_->first, hovered_->second)) {
        hovered_.reset();
    }
    setCursor(hovered_ && canEdit(*hovered_) ? Qt::SizeVerCursor : Qt::ArrowCursor);
    if (before != hovered_) {
        update();
    }
}

void HeatmapView::mouseReleaseEvent(QMouseEvent* event) {
    if (!isDragging_) {
        event->ignore();
        return;
    }
    isDragging_ = false;
    if (hasMoved_ && held_) {
        edit(*selected_, *held_, true);
    }
    update();
}

void HeatmapView::leaveEvent(QEvent* event) {
    LiveView::leaveEvent(event);
    hovered_.reset();
    update();
}

void HeatmapView::keyPressEvent(QKeyEvent* event) {
    if (!grid_) {
        event->ignore();
        return;
    }
    const auto move = [this](int down, int right) {
        const Cell from = selected_.value_or(Cell{0, 0});
        const auto shifted = [](std::size_t at, int by, std::size_t size) {
            return static_cast<std::size_t>(
                std::clamp(static_cast<long>(at) + by, 0L, static_cast<long>(size) - 1));
        };
        selected_ = selected_ ? Cell{shifted(from.first, down, rows()),
                                     shifted(from.second, right, columns())}
                              : from;
        held_.reset();
        update();
    };
    const auto turn = [this](double by) {
        if (selected_ && canEdit(*selected_)) {
            const double now = value(selected_->first, selected_->second);
            edit(*selected_, (std::isfinite(now) ? now : 0) + by, false);
        }
    };
    switch (event->key()) {
    case Qt::Key_Up:
        return move(-1, 0);
    case Qt::Key_Down:
        return move(1, 0);
    case Qt::Key_Left:
        return move(0, -1);
    case Qt::Key_Right:
        return move(0, 1);
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        return turn(step());
    case Qt::Key_Minus:
        return turn(-step());
    case Qt::Key_PageUp:
        return turn(10 * step());
    case Qt::Key_PageDown:
        return turn(-10 * step());
    default:
        event->ignore();
    }
}

void HeatmapView::keyReleaseEvent(QKeyEvent* event) {
    if (!event->isAutoRepeat() && held_ && selected_ && !isDragging_) {
        edit(*selected_, *held_, true);
        return;
    }
    event->ignore();
}

} // namespace psephos::ui
