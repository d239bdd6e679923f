// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/rows_view.hpp"

#include "lab/value.hpp"
#include "ui/panels/comparison_model.hpp"
#include "ui/panels/table_parts.hpp"
#include "ui/plot/colours.hpp"
#include "ui/plot/number_text.hpp"
#include "ui/theme/theme.hpp"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QPainter>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace psephos::ui {

namespace {

constexpr double kLeastPitch = 19;
constexpr double kMostPitch = 44;
constexpr double kNotedPitch = 32; ///< a row whose name has a line under it
constexpr double kMostNotedPitch = 72;
constexpr double kTop = 12;
constexpr double kRight = 18;

} // namespace

RowsView::RowsView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent)
    : LiveView(panel, shown, parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
}

std::vector<PanelSwitch> RowsView::switches() const {
    return {{QStringLiteral("order"), {tr("as given"), tr("sorted")}, sorted_ ? 1 : 0}};
}

void RowsView::setSwitch(const QString& id, int option) {
    if (id != QStringLiteral("order")) {
        return;
    }
    sorted_ = option == 1;
    arrange();
    Q_EMIT switchesChanged();
    update();
}

QString RowsView::csv() const {
    const auto names = parts();
    QString out = QStringLiteral("run,name");
    for (const std::string_view part : names) {
        out += part.empty() ? QString() : QLatin1Char(',') + text(part);
    }
    out += QLatin1Char('\n');
    for (const NamedRow& row : rows_) {
        for (const RowMark& mark : row.marks) {
            out += csvField(mark.runName) + QLatin1Char(',') + csvField(row.name);
            for (std::size_t i = 0; i < names.size(); ++i) {
                out += names[i].empty() ? QString()
                                        : QLatin1Char(',') + text(lab::toText(mark.numbers[i]));
            }
            out += QLatin1Char('\n');
        }
    }
    return out;
}

QStringList RowsView::drawnNames() const {
    QStringList names;
    for (const std::size_t i : order_) {
        names << rows_[i].name;
    }
    return names;
}

void RowsView::read(const lab::RunPtr& run, const lab::PanelSource& source) {
    const TableParts table(model(), *run, source);
    const auto names = parts();
    if (table.rows() == 0 || !table.hasTexts("name") || !table.hasNumbers(names[0])) {
        return;
    }
    const QColor colour = runStyle(ThemeHub::instance().theme(), model().styleNumber(*run)).colour;
    for (std::size_t i = 0; i < table.rows(); ++i) {
        const QString name = table.words("name", i);
        auto row = std::ranges::find(rows_, name, &NamedRow::name);
        if (row == rows_.end()) {
            const double share = table.number("share", i);
            rows_.push_back(
                {name,
                 std::isnan(share) ? QString() : tr("%1 of votes").arg(percentText(share)),
                 {}});
            row = std::prev(rows_.end());
        }
        const auto look = declaredLook(model(), panel(), name);
        RowMark mark{run->id(), said(run->name()), look ? look->colour : colour, {}};
        for (std::size_t part = 0; part < names.size(); ++part) {
            mark.numbers[part] = table.number(names[part], i);
        }
        row->marks.push_back(std::move(mark));
    }
}

void RowsView::refresh(bool /*atOnce*/) {
    rows_.clear();
    for (const lab::RunPtr& run : visibleRuns(model(), panel())) {
        for (const lab::PanelSource& source : panel().sources) {
            read(run, source);
        }
    }
    arrange();
    setEmpty(rows_.empty());
    update();
}

void RowsView::arrange() {
    order_.resize(rows_.size());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    if (sorted_) {
        const auto key = [this](std::size_t i) {
            const double value = weight(rows_[i]);
            return std::isnan(value) ? -std::numeric_limits<double>::infinity() : value;
        };
        std::ranges::stable_sort(order_, std::greater<>(), key);
    }
    first_ = std::min(first_, lastFirst());
}

RowsView::Place RowsView::place() const {
    Place place;
    Extent values;
    bool isNoted = false;
    double widest = 0;
    const QFontMetricsF metrics(textFont(12, QFont::DemiBold));
    const QFontMetricsF small(textFont(11));
    for (const NamedRow& row : rows_) {
        isNoted = isNoted || !row.note.isEmpty();
        widest = std::max(
            {widest, metrics.horizontalAdvance(row.name), small.horizontalAdvance(row.note)});
        for (const RowMark& mark : row.marks) {
            for (const double value : mark.numbers) {
                values.include(value);
            }
        }
    }
    place.axis = PaintedAxis::fitted(panel().x, values);
    const double left = 16 + std::min({widest, width() * 0.4, 260.0}) + 14;
    place.area = QRectF(left, kTop, std::max(20.0, width() - left - kRight),
                        std::max(10.0, height() - kTop - roomBelow(titleOf(panel().x)) - 4));
    const double least = isNoted ? kNotedPitch : kLeastPitch;
    const auto count = static_cast<double>(std::max<std::size_t>(1, rows_.size()));
    place.pitch =
        std::clamp(place.area.height() / count, least, isNoted ? kMostNotedPitch : kMostPitch);
    place.seen = std::min(rows_.size(),
                          static_cast<std::size_t>(
                              std::max(1.0, std::floor(place.area.height() / place.pitch + 1e-6))));
    return place;
}

std::size_t RowsView::lastFirst() const {
    return rows_.empty() ? 0 : rows_.size() - place().seen;
}

void RowsView::scrollTo(std::ptrdiff_t first) {
    const auto last = static_cast<std::ptrdiff_t>(lastFirst());
    first_ = static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(first, 0, last));
    update();
}

void RowsView::wheelEvent(QWheelEvent* event) {
    const int notches = event->angleDelta().y();
    if (notches == 0 || lastFirst() == 0) {
        event->ignore();
        return;
    }
    scrollTo(static_cast<std::ptrdiff_t>(first_) + (notches > 0 ? -3 : 3));
    event->accept();
}

void RowsView::keyPressEvent(QKeyEvent* event) {
    const auto first = static_cast<std::ptrdiff_t>(first_);
    const auto page = static_cast<std::ptrdiff_t>(place().seen);
    switch (event->key()) {
    case Qt::Key_Up:
        return scrollTo(first - 1);
    case Qt::Key_Down:
        return scrollTo(first + 1);
    case Qt::Key_PageUp:
        return scrollTo(first - page);
    case Qt::Key_PageDown:
        return scrollTo(first + page);
    case Qt::Key_Home:
        return scrollTo(0);
    case Qt::Key_End:
        return scrollTo(static_cast<std::ptrdiff_t>(rows_.size()));
    default:
        LiveView::keyPressEvent(event);
    }
}

std::optional<std::size_t> RowsView::rowUnder(const Place& place, const QPointF& position) const {
    const double at = (position.y() - place.area.top()) / place.pitch;
    if (at < 0 || at >= static_cast<double>(place.seen)) {
        return std::nullopt;
    }
    return first_ + static_cast<std::size_t>(at);
}

void RowsView::paintEvent(QPaintEvent* /*event*/) {
    if (rows_.empty()) {
        return;
    }
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Place place = this->place();
    QRectF used = place.area;
    used.setHeight(static_cast<double>(place.seen) * place.pitch);
    paintAxisBelow(painter, used, place.axis, titleOf(panel().x));
    paintNames(painter, place);
    paintMarks(painter, place);
    paintScroll(painter, place);
    paintHover(painter, place);
}

void RowsView::paintNames(QPainter& painter, const Place& place) const {
    const Theme& theme = ThemeHub::instance().theme();
    const QFont bold = textFont(12, QFont::DemiBold);
    const QFont small = textFont(11);
    const double room = place.area.left() - 30;
    for (std::size_t i = 0; i < place.seen; ++i) {
        const NamedRow& row = rows_[order_[first_ + i]];
        const double y = place.area.top() + (static_cast<double>(i) + 0.5) * place.pitch;
        const auto draw = [&](const QFont& font, const QColor& colour, const QString& whole,
                              double middle) {
            const QFontMetricsF metrics(font);
            const QString words = metrics.elidedText(whole, Qt::ElideMiddle, room);
            painter.setFont(font);
            painter.setPen(colour);
            painter.drawText(QPointF(16 + room - metrics.horizontalAdvance(words),
                                     middle + metrics.capHeight() / 2),
                             words);
        };
        draw(bold, theme.text, row.name, row.note.isEmpty() ? y : y - 8);
        if (!row.note.isEmpty()) {
            draw(small, theme.muted, row.note, y + 9);
        }
    }
}

void RowsView::paintMarks(QPainter& painter, const Place& place) const {
    const Theme& theme = ThemeHub::instance().theme();
    painter.save();
    painter.setClipRect(place.area.adjusted(-8, -6, 8, 6));
    for (std::size_t i = 0; i < place.seen; ++i) {
        const NamedRow& row = rows_[order_[first_ + i]];
        const auto count = static_cast<double>(row.marks.size());
        const double apart = std::min(9.0, place.pitch * 0.8 / std::max(1.0, count));
        for (std::size_t m = 0; m < row.marks.size(); ++m) {
            const RowMark& mark = row.marks[m];
            const double y = place.area.top() + (static_cast<double>(i) + 0.5) * place.pitch +
                             (static_cast<double>(m) - (count - 1) / 2) * apart;
            const bool isFaded = model().emphasised() && *model().emphasised() != mark.run;
            paintMark(painter, place.area, place.axis, y, mark,
                      isFaded ? mix(mark.colour, theme.panel, 0.65) : mark.colour);
        }
    }
    painter.restore();
}

void RowsView::paintScroll(QPainter& painter, const Place& place) const {
    if (place.seen >= rows_.size()) {
        return;
    }
    const Theme& theme = ThemeHub::instance().theme();
    const double length = place.area.height();
    const auto count = static_cast<double>(rows_.size());
    const QRectF thumb(width() - 8.0,
                       place.area.top() + static_cast<double>(first_) / count * length, 4,
                       std::max(24.0, static_cast<double>(place.seen) / count * length));
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.strongLine);
    painter.drawRoundedRect(thumb, 2, 2);
}

void RowsView::paintHover(QPainter& painter, const Place& place) const {
    const auto under = hover_ ? rowUnder(place, *hover_) : std::nullopt;
    if (!under) {
        return;
    }
    const NamedRow& row = rows_[order_[*under]];
    std::vector<LegendRow> lines;
    for (const RowMark& mark : row.marks) {
        lines.push_back({mark.colour, mark.runName, sentence(place.axis, mark), false, 0});
    }
    paintReadOut(painter, *hover_, QRectF(rect()).adjusted(4, 4, -4, -4), row.name, lines);
}

void RowsView::mouseMoveEvent(QMouseEvent* event) {
    hover_ = event->position();
    update();
}

void RowsView::leaveEvent(QEvent* event) {
    LiveView::leaveEvent(event);
    hover_.reset();
    update();
}

QString IntervalsView::emptyText() const {
    return tr("A dot with its interval for each name appears here with the first result.");
}

std::array<std::string_view, 3> IntervalsView::parts() const {
    return {"value", "low", "high"};
}

double IntervalsView::weight(const NamedRow& row) const {
    return row.marks.front().numbers[0];
}

void IntervalsView::paintMark(QPainter& painter, const QRectF& area, const PaintedAxis& axis,
                              double y, const RowMark& mark, const QColor& colour) const {
    const auto [value, low, high] = mark.numbers;
    const Theme& theme = ThemeHub::instance().theme();
    const auto x = [&](double number) { return area.left() + axis.share(number) * area.width(); };
    const QColor edge = contrast(colour, theme.panel) < 3 ? casing(colour, theme.panel) : colour;
    if (std::isfinite(low) && std::isfinite(high)) {
        painter.setPen(QPen(edge, 2, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(QPointF(x(low), y), QPointF(x(high), y));
    }
    if (std::isfinite(value)) {
        painter.setPen(QPen(theme.panel, 1.2));
        painter.setBrush(colour);
        painter.drawEllipse(QPointF(x(value), y), 4.6, 4.6);
    }
}

QString IntervalsView::sentence(const PaintedAxis& axis, const RowMark& mark) const {
    const auto [value, low, high] = mark.numbers;
    const QString words = axis.textOf(value);
    return std::isfinite(low) && std::isfinite(high)
               ? QStringLiteral("%1 (%2 … %3)").arg(words, axis.textOf(low), axis.textOf(high))
               : words;
}

QString DumbbellsView::emptyText() const {
    return tr("Where each row was and where it is appears here with the first result.");
}

std::array<std::string_view, 3> DumbbellsView::parts() const {
    return {"from", "to", ""};
}

double DumbbellsView::weight(const NamedRow& row) const {
    return row.marks.front().numbers[1] - row.marks.front().numbers[0];
}

void DumbbellsView::paintMark(QPainter& painter, const QRectF& area, const PaintedAxis& axis,
                              double y, const RowMark& mark, const QColor& colour) const {
    const double from = mark.numbers[0];
    const double to = mark.numbers[1];
    if (!std::isfinite(from) || !std::isfinite(to)) {
        return;
    }
    const Theme& theme = ThemeHub::instance().theme();
    const double before = area.left() + axis.share(from) * area.width();
    const double after = area.left() + axis.share(to) * area.width();
    painter.setPen(QPen(colour, 2.4, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(QPointF(before, y), QPointF(after, y));
    painter.setPen(QPen(theme.faint, 2));
    painter.setBrush(theme.panel);
    painter.drawEllipse(QPointF(before, y), 5, 5);
    painter.setPen(QPen(theme.panel, 1));
    painter.setBrush(colour);
    painter.drawEllipse(QPointF(after, y), 5.5, 5.5);
    // The change, in the axis' own unit: per cent as points.
    const double change = axis.kind == TickKind::Percent ? (to - from) * 100 : to - from;
    const QString words = signedNumber(change, 2);
    const QFont font = textFont(11);
    const double width = QFontMetricsF(font).horizontalAdvance(words);
    const double beside = after >= before ? after + 10 : after - 10 - width;
    const double kept = std::clamp(beside, area.left() - 6, area.right() + 6 - width);
    paintHaloText(painter, QPointF(kept, kept == beside ? y + 4 : y - 9), words, font, theme.text,
                  theme.panel);
}

QString DumbbellsView::sentence(const PaintedAxis& axis, const RowMark& mark) const {
    return QStringLiteral("%1 → %2").arg(axis.textOf(mark.numbers[0]),
                                         axis.textOf(mark.numbers[1]));
}

} // namespace psephos::ui
