// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/maps_view.hpp"

#include "lab/experiment.hpp"
#include "ui/panels/comparison_model.hpp"
#include "ui/panels/reading.hpp"
#include "ui/plot/colour_bar.hpp"
#include "ui/plot/colours.hpp"
#include "ui/plot/end_labels.hpp"
#include "ui/plot/number_text.hpp"
#include "ui/plot/plot.hpp"
#include "ui/theme/theme.hpp"

#include <QFontMetricsF>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace psephos::ui {

namespace {

constexpr double kSide = 12;
constexpr double kBetween = 14;
constexpr double kBarSpace = 58;
/// Smaller maps have no axes, for the sake of their size [px].
constexpr double kSmall = 110;
/// So many maps can be told apart.
constexpr std::size_t kMostMaps = 8;

QString axisText(const lab::GridAxis& axis, std::size_t index) {
    return axis.names.empty() ? shortNumber(axis.at[index]) : text(axis.names[index]);
}

} // namespace

MapsView::MapsView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent)
    : LiveView(panel, shown, parent) {
    setMouseTracking(true);
}

QString MapsView::emptyText() const {
    return tr("A map for each run appears here with its first look.");
}

bool MapsView::isSigned() const {
    return sourceWithRole(panel(), "signed") != nullptr;
}

std::vector<lab::RunPtr> MapsView::chosenRuns() const {
    std::vector<lab::RunPtr> runs = visibleRuns(model(), panel());
    std::stable_partition(runs.begin(), runs.end(), [this](const lab::RunPtr& run) {
        return model().emphasised() == run->id();
    });
    std::vector<std::size_t> styles;
    std::vector<lab::RunPtr> chosen;
    for (const lab::RunPtr& run : runs) {
        const std::size_t style = model().styleNumber(*run);
        if (std::ranges::find(styles, style) == styles.end()) {
            styles.push_back(style);
            chosen.push_back(run);
        }
    }
    std::ranges::sort(chosen, {}, [](const lab::RunPtr& run) { return run->number(); });
    return chosen;
}

void MapsView::refresh(bool /*atOnce*/) {
    maps_.clear();
    leftOut_ = 0;
    high_ = 0;
    const Theme& theme = ThemeHub::instance().theme();
    for (const lab::RunPtr& run : chosenRuns()) {
        std::vector<SmallMap> own;
        for (const lab::PanelSource& source : panel().sources) {
            const lab::GridPtr grid = gridAtHead(model(), *run, source.channel);
            if (grid == nullptr || grid->values.empty() ||
                grid->values.size() != grid->x.size() * grid->y.size()) {
                continue;
            }
            const QString part = text(declared(*run, source.channel)->label);
            const QString whose = model().runs().size() > 1 ? said(run->name()) : QString();
            const QString name = whose.isEmpty() ? part : whose + QStringLiteral(", ") + part;
            own.push_back({run->id(), name, whose, part,
                           runStyle(theme, model().styleNumber(*run)).colour, grid});
        }
        if (!own.empty() && maps_.size() + own.size() > kMostMaps) {
            leftOut_ += 1;
            continue;
        }
        for (SmallMap& map : own) {
            for (const double value : map.grid->values) {
                high_ = std::isfinite(value) ? std::max(high_, std::abs(value)) : high_;
            }
            maps_.push_back(std::move(map));
        }
    }
    high_ = high_ > 0 ? high_ : 1;
    setEmpty(maps_.empty());
    update();
}

QString MapsView::csv() const {
    QString out = QStringLiteral("map,%1,%2,value\n")
                      .arg(csvField(text(panel().y.label)), csvField(text(panel().x.label)));
    for (const SmallMap& map : maps_) {
        for (std::size_t row = 0; row < map.grid->y.size(); ++row) {
            for (std::size_t column = 0; column < map.grid->x.size(); ++column) {
                out += csvField(map.name) + QLatin1Char(',') +
                       csvField(axisText(map.grid->y, row)) + QLatin1Char(',') +
                       csvField(axisText(map.grid->x, column)) + QLatin1Char(',') +
                       text(lab::toText(map.grid->at(row, column))) + QLatin1Char('\n');
            }
        }
    }
    return out;
}

double MapsView::share(double value) const {
    return isSigned() ? 0.5 + 0.5 * std::clamp(value / high_, -1.0, 1.0)
                      : std::clamp(value / high_, 0.0, 1.0);
}

std::pair<double, std::size_t> MapsView::fitted(const Frame& frame) const {
    const double wide = width() - 2 * kSide - kBarSpace;
    const double tall = height() - 8.0;
    std::size_t best = 1;
    double largest = 0;
    // Maps of one run are not parted where it can be helped.
    const auto isMap = [](const lab::PanelSource& each) { return each.role != kCaptionRole; };
    const auto together = static_cast<std::size_t>(std::ranges::count_if(panel().sources, isMap));
    for (std::size_t across = 1; across <= maps_.size(); ++across) {
        if (together > 1 && across > together && across % together != 0) {
            continue;
        }
        const auto columns = static_cast<double>(across);
        const auto rows = std::ceil(static_cast<double>(maps_.size()) / columns);
        const double room = std::min((wide + kBetween) / columns - kBetween - frame.left,
                                     tall / rows - frame.title - frame.below);
        if (room > largest) {
            largest = room;
            best = across;
        }
    }
    return {std::floor(std::max(16.0, largest)), best};
}

MapsView::Frame MapsView::frame() const {
    const Frame wide{24, 44, 36, true};
    const Frame narrow{24, 0, 18, false};
    return fitted(wide).first < kSmall ? narrow : wide;
}

std::vector<QRectF> MapsView::places() const {
    std::vector<QRectF> places;
    if (maps_.empty()) {
        return places;
    }
    const Frame around = frame();
    const auto [edge, across] = fitted(around);
    const std::size_t rows = (maps_.size() + across - 1) / across;
    const double pitchX = edge + around.left + kBetween;
    const double pitchY = edge + around.title + around.below;
    const double whole = static_cast<double>(across) * pitchX - kBetween;
    const double left = kSide + std::max(0.0, (width() - 2 * kSide - kBarSpace - whole) / 2);
    const double top = std::max(0.0, (height() - static_cast<double>(rows) * pitchY) / 2);
    for (std::size_t i = 0; i < maps_.size(); ++i) {
        const auto x = static_cast<double>(maps_[i].grid->x.size());
        const auto y = static_cast<double>(maps_[i].grid->y.size());
        const double cell = edge / std::max(x, y); // cells are square
        const std::size_t row = i / across;
        const std::size_t column = i % across;
        places.emplace_back(std::round(left + static_cast<double>(column) * pitchX + around.left),
                            std::round(top + static_cast<double>(row) * pitchY + around.title),
                            cell * x, cell * y);
    }
    return places;
}

QRectF MapsView::cellsOf(std::size_t map) const {
    return places()[map];
}

QImage MapsView::imageOfMap(const lab::Grid& grid) const {
    const Theme& theme = ThemeHub::instance().theme();
    const ColourRamp ramp = isSigned() ? divergingRamp(theme) : sequentialRamp();
    QImage image(static_cast<int>(grid.x.size()), static_cast<int>(grid.y.size()),
                 QImage::Format_ARGB32);
    for (std::size_t row = 0; row < grid.y.size(); ++row) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(static_cast<int>(row)));
        for (std::size_t column = 0; column < grid.x.size(); ++column) {
            const double value = grid.at(row, column);
            line[column] = std::isfinite(value) ? ramp(share(value)).rgb() : theme.notANumber.rgb();
        }
    }
    return image;
}

void MapsView::paintEvent(QPaintEvent* /*event*/) {
    if (maps_.empty()) {
        return;
    }
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const std::vector<QRectF> all = places();
    for (std::size_t i = 0; i < maps_.size(); ++i) {
        paintMap(painter, maps_[i], all[i]);
    }
    paintBar(painter, all);
    if (leftOut_ > 0) {
        const QFontMetricsF metrics(textFont(11));
        const QString words =
            tr("%1 more: hide some runs to see them").arg(static_cast<qulonglong>(leftOut_));
        painter.setFont(textFont(11));
        painter.setPen(ThemeHub::instance().theme().muted);
        painter.drawText(QPointF(width() - kSide - metrics.horizontalAdvance(words), height() - 6),
                         words);
    }
    paintHover(painter);
}

void MapsView::paintMap(QPainter& painter, const SmallMap& map, const QRectF& cells) const {
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    painter.drawImage(cells, imageOfMap(*map.grid));
    paintTitle(painter, map, cells);
    if (frame().hasAxes) {
        paintAxes(painter, *map.grid, cells);
    } else if (!map.whose.isEmpty()) {
        const QFontMetricsF metrics(textFont(11));
        painter.setFont(textFont(11));
        painter.setPen(ThemeHub::instance().theme().muted);
        painter.drawText(QPointF(cells.left(), cells.bottom() + 3 + metrics.ascent()),
                         metrics.elidedText(map.part, Qt::ElideRight, cells.width()));
    }
}

void MapsView::paintTitle(QPainter& painter, const SmallMap& map, const QRectF& cells) const {
    const Theme& theme = ThemeHub::instance().theme();
    const QFont font = textFont(12, QFont::Medium);
    const QFontMetricsF metrics(font);
    double left = cells.left();
    const double baseline = cells.top() - 8;
    if (!map.whose.isEmpty()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(map.colour);
        painter.drawEllipse(QPointF(left + 4, baseline - metrics.capHeight() / 2), 4, 4);
        left += 13;
    }
    const bool isShort = !frame().hasAxes && !map.whose.isEmpty();
    painter.setFont(font);
    painter.setPen(theme.text);
    painter.drawText(QPointF(left, baseline),
                     metrics.elidedText(isShort ? map.whose : map.name, Qt::ElideRight,
                                        cells.right() + kBetween - 4 - left));
}

void MapsView::paintAxes(QPainter& painter, const lab::Grid& grid, const QRectF& cells) const {
    const Theme& theme = ThemeHub::instance().theme();
    const QFont font = textFont(11);
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    painter.setPen(theme.muted);
    const auto ends = [](const lab::GridAxis& axis) {
        return std::vector<std::size_t>{0, axis.size() - 1};
    };
    const double cell = cells.width() / static_cast<double>(grid.x.size());
    double numbers = 0;
    for (const std::size_t i : ends(grid.y)) {
        const QString words = axisText(grid.y, i);
        const double y = cells.top() + (static_cast<double>(i) + 0.5) * cell;
        numbers = std::max(numbers, metrics.horizontalAdvance(words));
        painter.drawText(QPointF(cells.left() - 5 - metrics.horizontalAdvance(words),
                                 std::clamp(y + metrics.capHeight() / 2,
                                            cells.top() + metrics.capHeight(), cells.bottom())),
                         words);
    }
    for (const std::size_t i : ends(grid.x)) {
        const QString words = axisText(grid.x, i);
        const double wide = metrics.horizontalAdvance(words);
        const double x = cells.left() + (static_cast<double>(i) + 0.5) * cell - wide / 2;
        painter.drawText(QPointF(std::clamp(x, cells.left(), cells.right() - wide),
                                 cells.bottom() + 4 + metrics.ascent()),
                         words);
    }
    const QString across = text(panel().x.label);
    const QString down = text(panel().y.label);
    const double wide = metrics.horizontalAdvance(across);
    if (wide <= cells.width() + kBetween) {
        painter.drawText(
            QPointF(cells.center().x() - wide / 2, cells.bottom() + 17 + metrics.ascent()), across);
    }
    if (metrics.horizontalAdvance(down) <= cells.height()) {
        painter.save();
        painter.translate(cells.left() - numbers - 11,
                          cells.center().y() + metrics.horizontalAdvance(down) / 2);
        painter.rotate(-90);
        painter.drawText(QPointF(0, 0), down);
        painter.restore();
    }
}

void MapsView::paintBar(QPainter& painter, const std::vector<QRectF>& places) const {
    double right = 0;
    double top = height();
    double bottom = 0;
    for (const QRectF& cells : places) {
        right = std::max(right, cells.right());
        top = std::min(top, cells.top());
        bottom = std::max(bottom, cells.bottom());
    }
    const double tall = std::min(160.0, bottom - top);
    const QRectF bar(right + 18, (top + bottom) / 2 - tall / 2, 10, tall);
    const Theme& theme = ThemeHub::instance().theme();
    std::vector<ColourBarMark> marks{{1, shortNumber(high_, 2)}};
    if (isSigned()) {
        marks.insert(marks.begin(), {{0, shortNumber(-high_, 2)}, {0.5, QStringLiteral("0")}});
    } else {
        marks.insert(marks.begin(), {0, QStringLiteral("0")});
    }
    paintColourBar(painter, bar, isSigned() ? divergingRamp(theme) : sequentialRamp(), marks);
}

std::optional<MapsView::Cell> MapsView::cellAt(const QPointF& position) const {
    const std::vector<QRectF> all = places();
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].contains(position)) {
            const lab::Grid& grid = *maps_[i].grid;
            const double cell = all[i].width() / static_cast<double>(grid.x.size());
            const QPointF inside = (position - all[i].topLeft()) / cell;
            return Cell{i, std::min(static_cast<std::size_t>(inside.y()), grid.y.size() - 1),
                        std::min(static_cast<std::size_t>(inside.x()), grid.x.size() - 1)};
        }
    }
    return std::nullopt;
}

QString MapsView::sentenceAt(const QPointF& position) const {
    const std::optional<Cell> cell = cellAt(position);
    if (!cell) {
        return {};
    }
    const lab::Grid& grid = *maps_[cell->map].grid;
    return tr("%1: %2 %3, %4 %5: %6")
        .arg(maps_[cell->map].name, text(panel().y.label), axisText(grid.y, cell->row),
             text(panel().x.label), axisText(grid.x, cell->column),
             shortNumber(grid.at(cell->row, cell->column), 3));
}

void MapsView::paintHover(QPainter& painter) const {
    const std::optional<Cell> cell = hover_ ? cellAt(*hover_) : std::nullopt;
    if (!cell) {
        return;
    }
    const SmallMap& map = maps_[cell->map];
    const std::vector<LegendRow> rows{
        {QColor(), text(panel().y.label), axisText(map.grid->y, cell->row), false},
        {QColor(), text(panel().x.label), axisText(map.grid->x, cell->column), false},
        {QColor(), tr("value"), shortNumber(map.grid->at(cell->row, cell->column), 3), false}};
    paintReadOut(painter, *hover_, QRectF(rect()).adjusted(4, 4, -4, -4), map.name, rows);
}

void MapsView::mouseMoveEvent(QMouseEvent* event) {
    hover_ = event->position();
    update();
}

void MapsView::leaveEvent(QEvent* event) {
    LiveView::leaveEvent(event);
    hover_.reset();
    update();
}

} // namespace psephos::ui
