// SPDX-License-Identifier: GPL-3.0-or-later
// How a table of marks is laid out and drawn.
#include "ui/panels/marks_view.hpp"
#include "ui/panels/reading.hpp"
#include "ui/plot/colours.hpp"
#include "ui/plot/end_labels.hpp"
#include "ui/theme/theme.hpp"

#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace psephos::ui {

namespace {

constexpr double kSide = 14; ///< left and right of everything [px]
constexpr double kTop = 8;
constexpr double kAfterName = 14; ///< between a row's name and its first cell
constexpr double kLeastRow = 15;
constexpr double kMostRow = 34;
constexpr double kLeastColumn = 11;
constexpr double kMostColumn = 220;
constexpr double kBesideName = 8; ///< between column names that stand upright
constexpr double kSlantDegrees = 42;
constexpr double kLegendRow = 18;
constexpr double kAboveLegend = 9;
constexpr double kBelowLegend = 7;
constexpr double kBelow = 10;        ///< where there is no legend
constexpr double kLeastHeight = 150; ///< a lower table has no room for a legend
constexpr double kLegendMark = 18;
constexpr double kBetweenEntries = 20;
constexpr double kMostDot = 8; ///< radius

const double kSin = std::sin(kSlantDegrees * std::numbers::pi / 180);
const double kCos = std::cos(kSlantDegrees * std::numbers::pi / 180);

QFont nameFont() {
    return textFont(12);
}

QFont legendFont() {
    return textFont(11);
}

double widest(const QStringList& names, const QFontMetricsF& metrics) {
    double width = 0;
    for (const QString& name : names) {
        width = std::max(width, metrics.horizontalAdvance(name));
    }
    return std::ceil(width);
}

/// The words of a name on as few lines as the width takes; empty where a word is wider.
QStringList wrapped(const QString& name, const QFontMetricsF& metrics, double width) {
    QStringList lines;
    for (const QString& word : name.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        if (metrics.horizontalAdvance(word) > width) {
            return {};
        }
        const QString joined = lines.isEmpty() ? word : lines.last() + QLatin1Char(' ') + word;
        if (!lines.isEmpty() && metrics.horizontalAdvance(joined) <= width) {
            lines.last() = joined;
        } else {
            lines << word;
        }
    }
    return lines;
}

/// Lines that the names take in this width; 0 where one has none.
int linesOf(const QStringList& names, const QFontMetricsF& metrics, double width) {
    qsizetype most = 1;
    for (const QString& name : names) {
        const QStringList lines = wrapped(name, metrics, width);
        if (lines.isEmpty() && !name.trimmed().isEmpty()) {
            return 0;
        }
        most = std::max(most, lines.size());
    }
    return static_cast<int>(most);
}

struct LegendEntry {
    Mark mark;
    QString words;
    QPointF at; ///< left end, of the middle line
};

/// The entries side by side, on as many lines as the width needs.
std::vector<LegendEntry> legendEntries(const lab::Panel& panel, double width) {
    constexpr std::array kWords{
        std::pair{"full", Mark::Full},         std::pair{"part", Mark::Part},
        std::pair{"none", Mark::None},         std::pair{"kept", Mark::Kept},
        std::pair{"violated", Mark::Violated}, std::pair{"open", Mark::Open}};
    const QFontMetricsF metrics(legendFont());
    std::vector<LegendEntry> entries;
    QPointF at(kSide, kLegendRow / 2);
    for (const lab::PanelWord& word : panel.words) {
        const auto known =
            std::ranges::find(kWords, word.mark, [](const auto& each) { return each.first; });
        if (word.legend.empty() || known == kWords.end()) {
            continue;
        }
        const QString words = text(word.legend);
        const double wide = kLegendMark + metrics.horizontalAdvance(words);
        if (at.x() > kSide && at.x() + wide > width - kSide) {
            at = QPointF(kSide, at.y() + kLegendRow);
        }
        entries.push_back({known->second, words, at});
        at.rx() += wide + kBetweenEntries;
    }
    return entries;
}

double legendHeight(const lab::Panel& panel, double width) {
    const std::vector<LegendEntry> entries = legendEntries(panel, width);
    return entries.empty() ? kBelow
                           : kAboveLegend + entries.back().at.y() + kLegendRow / 2 + kBelowLegend;
}

} // namespace

QRectF MarksLayout::cellAt(std::size_t rowSeen, std::size_t columnAt) const {
    return {cells.left() + static_cast<double>(columnAt) * column,
            cells.top() + static_cast<double>(rowSeen) * row, column, row};
}

void MarksView::layOutHeader(MarksLayout& layout, double room) const {
    const QFontMetricsF metrics(nameFont());
    const auto count = static_cast<double>(columns());
    const double longest = widest(columnNames_, metrics);
    layout.column = std::clamp(room / count, kLeastColumn, kMostColumn);
    const double inside = layout.column - kBesideName;
    double high = metrics.height();
    if (longest > inside) {
        const int lines = linesOf(columnNames_, metrics, inside);
        layout.header =
            lines > 0 && lines <= 3 ? MarksLayout::Header::Wrapped : MarksLayout::Header::Slanted;
        high *= lines;
    }
    if (layout.header == MarksLayout::Header::Slanted) {
        // Cut only where the names would take the room of the marks.
        layout.slant = std::min(longest, std::max(40.0, height() * 0.36 / kSin));
        high = layout.slant * kSin + metrics.height() * kCos;
        // Names lean out over the right edge: columns are as wide as leaves room for each of them.
        for (std::size_t i = 0; i < columns(); ++i) {
            const double wide = metrics.horizontalAdvance(columnNames_[static_cast<qsizetype>(i)]);
            const double lean = std::min(wide, layout.slant) * kCos + 9;
            layout.column =
                std::min(layout.column, (room + kSide - lean) / (static_cast<double>(i) + 0.5));
        }
        layout.column = std::max(layout.column, kLeastColumn);
        layout.labelEvery =
            std::max(1, static_cast<int>(std::ceil((metrics.height() - 2) / layout.column)));
    }
    layout.cells.setTop(std::ceil(kTop + high + 5));
}

MarksLayout MarksView::place() const {
    MarksLayout layout;
    if (!grid_) {
        return layout;
    }
    const QFontMetricsF metrics(nameFont());
    layout.nameWidth = std::min(widest(rowNames_, metrics), width() * 0.45);
    layout.cells.setLeft(kSide + layout.nameWidth + kAfterName);
    layOutHeader(layout, std::max(20.0, width() - layout.cells.left() - kSide));
    layout.hasLegend = height() >= kLeastHeight;
    const double below = layout.hasLegend ? legendHeight(panel(), width()) : kBelow;
    const double high = std::max(kLeastRow, height() - below - layout.cells.top());
    layout.row = std::clamp(high / static_cast<double>(rows()), kLeastRow, kMostRow);
    layout.seen =
        std::clamp(static_cast<std::size_t>(high / layout.row + 1e-6), std::size_t{1}, rows());
    if (layout.row >= kLeastRow + 1) {
        layout.row = std::floor(layout.row * 2) / 2; // hairlines stay sharp
    }
    layout.cells.setSize(QSizeF(layout.column * static_cast<double>(columns()),
                                layout.row * static_cast<double>(layout.seen)));
    layout.legendTop = layout.cells.bottom() + kAboveLegend;
    return layout;
}

int MarksView::contentHeight() const {
    if (!grid_) {
        return 0;
    }
    return static_cast<int>(std::ceil(place().cells.top() +
                                      kLeastRow * static_cast<double>(rows()) +
                                      legendHeight(panel(), width())));
}

std::optional<MarksView::Cell> MarksView::cellUnder(const QPointF& position) const {
    if (!grid_) {
        return std::nullopt;
    }
    const MarksLayout layout = place();
    const bool isBeside = position.x() < layout.cells.left() || position.x() > layout.cells.right();
    const bool ofWholeRows =
        canPick() && std::ranges::none_of(panel().edits, [](const lab::PanelEdit& edit) {
            return edit.role == "pick-column";
        });
    // Where a click picks a whole row, its name is part of it.
    if (position.y() < layout.cells.top() || position.y() >= layout.cells.bottom() ||
        (isBeside && (!ofWholeRows || position.x() > layout.cells.right()))) {
        return std::nullopt;
    }
    const double x = std::max(0.0, position.x() - layout.cells.left());
    const double y = position.y() - layout.cells.top();
    return Cell{std::min(first_ + static_cast<std::size_t>(y / layout.row), rows() - 1),
                std::min(static_cast<std::size_t>(x / layout.column), columns() - 1)};
}

QRectF MarksView::cellRect(const Cell& cell) const {
    const MarksLayout layout = place();
    return !grid_ || cell.first < first_ || cell.first >= first_ + layout.seen
               ? QRectF()
               : layout.cellAt(cell.first - first_, cell.second);
}

void MarksView::paintEvent(QPaintEvent* /*event*/) {
    if (!grid_) {
        return;
    }
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const MarksLayout layout = place();
    paintBands(painter, layout);
    paintNames(painter, layout);
    paintHeader(painter, layout);
    paintMarks(painter, layout);
    paintOutlines(painter, layout);
    paintLegendLine(painter, layout);
    paintScroll(painter, layout);
    paintHover(painter, layout);
}

void MarksView::paintBands(QPainter& painter, const MarksLayout& layout) const {
    const Theme& theme = ThemeHub::instance().theme();
    const double left = kSide - 8;
    const auto band = [&](std::size_t row, const QColor& colour) {
        if (row >= first_ && row < first_ + layout.seen) {
            const QRectF cell = layout.cellAt(row - first_, 0);
            painter.fillRect(
                QRectF(QPointF(left, cell.top()), QPointF(layout.cells.right() + 8, cell.bottom())),
                colour);
        }
    };
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    if (hovered_) {
        band(hovered_->first, theme.window);
    }
    if (pickedRow_) {
        band(*pickedRow_, theme.accentBackground);
    }
    for (std::size_t row = 0; row <= layout.seen; ++row) {
        const double y = std::round(layout.cells.top() + static_cast<double>(row) * layout.row);
        painter.fillRect(QRectF(left, y, layout.cells.right() + 8 - left, 1),
                         row == 0 ? theme.strongLine : theme.plotGrid);
    }
    painter.restore();
}

void MarksView::paintNames(QPainter& painter, const MarksLayout& layout) const {
    const Theme& theme = ThemeHub::instance().theme();
    for (std::size_t i = 0; i < layout.seen; ++i) {
        const std::size_t row = first_ + i;
        const bool isPicked = pickedRow_ == row;
        const QFont font = isPicked ? textFont(12, QFont::DemiBold) : nameFont();
        const QFontMetricsF metrics(font);
        const QString words = metrics.elidedText(rowNames_[static_cast<qsizetype>(row)],
                                                 Qt::ElideRight, layout.nameWidth + kAfterName - 2);
        painter.setFont(font);
        painter.setPen(isPicked ? theme.accent : theme.text);
        painter.drawText(QPointF(kSide, layout.cellAt(i, 0).center().y() + metrics.capHeight() / 2),
                         words);
    }
}

void MarksView::paintHeader(QPainter& painter, const MarksLayout& layout) const {
    const Theme& theme = ThemeHub::instance().theme();
    const QFontMetricsF metrics(nameFont());
    painter.setFont(nameFont());
    for (std::size_t column = 0; column < columns();
         column += static_cast<std::size_t>(layout.labelEvery)) {
        const QString& name = columnNames_[static_cast<qsizetype>(column)];
        const bool isMarked = pickedColumn_ == column || (hovered_ && hovered_->second == column);
        painter.setPen(isMarked ? theme.accent : theme.muted);
        const double middle =
            layout.cells.left() + (static_cast<double>(column) + 0.5) * layout.column;
        if (layout.header == MarksLayout::Header::Slanted) {
            painter.save();
            painter.translate(middle + metrics.capHeight() / 3, layout.cells.top() - 6);
            painter.rotate(-kSlantDegrees);
            painter.drawText(QPointF(0, 0),
                             metrics.elidedText(name, Qt::ElideRight, layout.slant + 1));
            painter.restore();
            continue;
        }
        const QStringList lines = layout.header == MarksLayout::Header::Line
                                      ? QStringList{name}
                                      : wrapped(name, metrics, layout.column - kBesideName);
        double base = layout.cells.top() - 5 - metrics.descent() -
                      static_cast<double>(lines.size() - 1) * metrics.height();
        for (const QString& line : lines) {
            painter.drawText(QPointF(middle - metrics.horizontalAdvance(line) / 2, base), line);
            base += metrics.height();
        }
    }
}

void MarksView::paintMark(QPainter& painter, const QRectF& cell, Mark mark, double share) const {
    const Theme& theme = ThemeHub::instance().theme();
    const QPointF middle = cell.center();
    const double size = std::min(cell.width(), cell.height());
    const double dot = std::min(size * 0.36, kMostDot);
    const double arm = std::min(size * 0.24, 5.0);
    const auto stroke = [&](const QColor& colour, double width) {
        painter.setPen(QPen(colour, width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.setBrush(Qt::NoBrush);
    };
    switch (mark) {
    case Mark::None:
        return;
    case Mark::Part:
        stroke(theme.strongLine, 1);
        painter.drawEllipse(middle, dot, dot);
        [[fallthrough]];
    case Mark::Full: {
        const double radius = std::max(1.2, dot * std::sqrt(std::clamp(share, 0.0, 1.0)));
        painter.setPen(Qt::NoPen);
        painter.setBrush(runStyle(theme, styleNumber_).colour);
        painter.drawEllipse(middle, radius, radius);
        return;
    }
    case Mark::Kept:
        stroke(theme.good, 1.7);
        painter.drawPolyline(QPolygonF{middle + QPointF(-arm, 0.1 * arm),
                                       middle + QPointF(-0.25 * arm, 0.8 * arm),
                                       middle + QPointF(arm, -0.75 * arm)});
        return;
    case Mark::Violated:
        painter.setPen(Qt::NoPen);
        painter.setBrush(mix(theme.panel, theme.divergingLow, 0.14));
        painter.drawRoundedRect(cell.adjusted(1.5, 1.5, -1.5, -0.5), 3, 3);
        stroke(theme.divergingLow, 2);
        painter.drawLine(middle - QPointF(0.8, 0.8) * arm, middle + QPointF(0.8, 0.8) * arm);
        painter.drawLine(middle + QPointF(0.8, -0.8) * arm, middle + QPointF(-0.8, 0.8) * arm);
        return;
    case Mark::Open:
    case Mark::Unknown:
        painter.setFont(textFont(std::clamp(static_cast<int>(size * 0.6), 8, 12)));
        painter.setPen(theme.faint);
        painter.drawText(cell, Qt::AlignCenter,
                         mark == Mark::Open ? QStringLiteral("?") : QStringLiteral("–"));
        return;
    }
}

void MarksView::paintMarks(QPainter& painter, const MarksLayout& layout) const {
    for (std::size_t i = 0; i < layout.seen; ++i) {
        for (std::size_t column = 0; column < columns(); ++column) {
            const Cell cell{first_ + i, column};
            paintMark(painter, layout.cellAt(i, column), mark(cell), value(cell));
        }
    }
}

void MarksView::paintOutlines(QPainter& painter, const MarksLayout& layout) const {
    const Theme& theme = ThemeHub::instance().theme();
    const auto outline = [&](const Cell& cell, const QColor& colour, double width) {
        if (cell.first >= first_ && cell.first < first_ + layout.seen) {
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(colour, width));
            painter.drawRoundedRect(
                layout.cellAt(cell.first - first_, cell.second).adjusted(1.5, 1.5, -1.5, -0.5), 3,
                3);
        }
    };
    if (hovered_ && canPick()) {
        outline(*hovered_, theme.muted, 1);
    }
    if (pickedRow_ && pickedColumn_) {
        outline({*pickedRow_, *pickedColumn_}, theme.accent, 2);
    }
    if (selected_ && hasFocus()) {
        outline(*selected_, theme.text, 1.6);
    }
}

void MarksView::paintLegendLine(QPainter& painter, const MarksLayout& layout) const {
    if (!layout.hasLegend) {
        return;
    }
    constexpr double kPartShown = 0.4;
    const Theme& theme = ThemeHub::instance().theme();
    const QFontMetricsF metrics(legendFont());
    for (const LegendEntry& entry : legendEntries(panel(), width())) {
        const QPointF at = entry.at + QPointF(0, layout.legendTop);
        paintMark(painter, QRectF(at.x() - 2, at.y() - 8, 16, 16), entry.mark,
                  entry.mark == Mark::Part ? kPartShown : 1);
        painter.setFont(legendFont());
        painter.setPen(theme.muted);
        painter.drawText(at + QPointF(kLegendMark, metrics.capHeight() / 2), entry.words);
    }
}

void MarksView::paintScroll(QPainter& painter, const MarksLayout& layout) const {
    if (layout.seen == rows()) {
        return;
    }
    const Theme& theme = ThemeHub::instance().theme();
    const double all = layout.cells.height() / static_cast<double>(rows());
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.strongLine);
    painter.drawRoundedRect(QRectF(width() - 7,
                                   layout.cells.top() + all * static_cast<double>(first_), 4,
                                   std::max(12.0, all * static_cast<double>(layout.seen))),
                            2, 2);
}

void MarksView::paintHover(QPainter& painter, const MarksLayout& layout) const {
    if (hovered_ && !isTold_ && hovered_->first >= first_ &&
        hovered_->first < first_ + layout.seen) {
        const QRectF cell = layout.cellAt(hovered_->first - first_, hovered_->second);
        paintReadOut(painter, QPointF(cell.center().x(), cell.bottom() + 16),
                     QRectF(rect()).adjusted(4, 4, -4, -4), sentence(*hovered_), {});
    }
}

} // namespace psephos::ui
