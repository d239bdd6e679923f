// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/bars_view.hpp"

#include "lab/frame.hpp"
#include "ui/panels/comparison_model.hpp"
#include "ui/panels/reading.hpp"
#include "ui/panels/table_parts.hpp"
#include "ui/plot/colours.hpp"
#include "ui/plot/number_text.hpp"
#include "ui/plot/ticks.hpp"
#include "ui/theme/theme.hpp"

#include <QFontMetricsF>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace psephos::ui {

namespace {

constexpr Bar kNoBar{.isThere = false};
const std::string kWhiskers = "whiskers";
constexpr double kNarrowestGroup = 22;
constexpr double kComfortableGroup = 46;
constexpr double kWidestBar = 46;
/// So many bars are taken in at a glance, even narrow ones.
constexpr std::size_t kEasilyRead = 16;
/// A smaller value is nothing to look at.
constexpr double kNothing = 5e-4;
/// A longer slanted name is cut [px].
constexpr double kLongestName = 130;
constexpr double kSlantDegrees = 40;

double largest(const BarGroup& group) {
    double value = -std::numeric_limits<double>::infinity();
    for (const Bar& bar : group.bars) {
        value = std::isnan(bar.value) ? value : std::max(value, bar.value);
    }
    return value;
}

/// The end of the axis: of few sizes, so that it seldom jumps while values move under the hand.
double roundedUp(double value) {
    if (!(value > 0)) {
        return 0;
    }
    const double magnitude = std::pow(10.0, std::floor(std::log10(value)));
    for (const double factor : {1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0}) {
        if (value <= factor * magnitude * (1 + 1e-9)) {
            return factor * magnitude;
        }
    }
    return 10 * magnitude;
}

} // namespace

std::vector<BarGroup> arranged(std::vector<BarGroup> groups, bool sorted, std::size_t most,
                               const QString& othersName) {
    const bool gathers = groups.size() > most && most > 0;
    std::vector<std::size_t> order(groups.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::greater<>(),
                             [&](std::size_t i) { return largest(groups[i]); });
    if (gathers) {
        BarGroup others{othersName.arg(groups.size() - (most - 1)), {}};
        others.bars.assign(groups.front().bars.size(), kNoBar);
        for (std::size_t rank = most - 1; rank < order.size(); ++rank) {
            const BarGroup& group = groups[order[rank]];
            for (std::size_t i = 0; i < group.bars.size(); ++i) {
                const double value = group.bars[i].value;
                double& sum = others.bars[i].value;
                sum = std::isnan(value) ? sum : std::isnan(sum) ? value : sum + value;
            }
        }
        order.resize(most - 1);
        if (!sorted) {
            std::ranges::sort(order);
        }
        std::vector<BarGroup> kept;
        kept.reserve(most);
        for (const std::size_t i : order) {
            kept.push_back(std::move(groups[i]));
        }
        kept.push_back(std::move(others));
        return kept;
    }
    if (!sorted) {
        return groups;
    }
    std::vector<BarGroup> result;
    result.reserve(groups.size());
    for (const std::size_t i : order) {
        result.push_back(std::move(groups[i]));
    }
    return result;
}

BarsView::BarsView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent)
    : LiveView(panel, shown, parent)
    , isPercent_(panel.y.unit == "%") {
    setMouseTracking(true);
}

std::vector<PanelSwitch> BarsView::switches() const {
    return {{QStringLiteral("order"), {tr("as given"), tr("sorted")}, sorted_ ? 1 : 0}};
}

void BarsView::setSwitch(const QString& id, int option) {
    if (id != QStringLiteral("order")) {
        return;
    }
    sorted_ = option == 1;
    Q_EMIT switchesChanged();
    update();
}

QString BarsView::emptyText() const {
    return tr("A bar for each name appears here with the first result.");
}

void BarsView::addSeries(const lab::RunPtr& run, const lab::PanelSource& source) {
    const TableParts table(model(), *run, source);
    if (!table.hasNumbers("value")) {
        return;
    }
    const Theme& theme = ThemeHub::instance().theme();
    const auto isSeries = [](const lab::PanelSource& each) { return each.role != kWhiskers; };
    const auto& sources = panel().sources;
    const bool isOneOfSeveral = std::ranges::count_if(sources, isSeries) > 1;
    const auto last = std::ranges::find_if(sources.rbegin(), sources.rend(), isSeries);
    const bool isLast = last != sources.rend() && &*last == &source;
    const bool areSeveralRuns = visibleRuns(model(), panel()).size() > 1;
    QString name = said(run->name());
    if (isOneOfSeveral && !source.role.empty()) {
        name = areSeveralRuns ? name + QStringLiteral(", ") + text(source.role) : text(source.role);
    }
    const QColor colour = runStyle(theme, model().styleNumber(*run)).colour;
    series_.push_back({run->id(), name, isLast ? colour : mix(theme.faint, colour, 0.15)});
    for (BarGroup& group : groups_) {
        group.bars.push_back(kNoBar);
    }
    for (std::size_t row = 0; row < table.rows(); ++row) {
        const QString word = table.words("name", row);
        auto group = std::ranges::find(groups_, word, &BarGroup::name);
        if (group == groups_.end()) {
            groups_.push_back({word, std::vector<Bar>(series_.size(), kNoBar)});
            group = std::prev(groups_.end());
            const auto look = declaredLook(model(), panel(), word);
            group->colour = look && isLast ? look->colour : QColor();
        }
        group->bars.back() = {table.number("value", row), table.number("low", row),
                              table.number("high", row), table.number("least", row),
                              table.number("greatest", row)};
    }
}

const QColor& BarsView::colourOf(const BarGroup& group, std::size_t series) const {
    const bool isDeclared = group.colour.isValid() && series + 1 == series_.size();
    return isDeclared ? group.colour : series_[series].colour;
}

void BarsView::addWhiskers(const lab::Run& run, const lab::PanelSource& source) {
    if (series_.empty() || series_.back().run != run.id()) {
        return;
    }
    const TableParts table(model(), run, source);
    for (std::size_t row = 0; row < table.rows(); ++row) {
        const auto group = std::ranges::find(groups_, table.words("name", row), &BarGroup::name);
        if (group != groups_.end()) {
            group->bars.back().low = table.number("low", row);
            group->bars.back().high = table.number("high", row);
        }
    }
}

void BarsView::refresh(bool /*atOnce*/) {
    groups_.clear();
    series_.clear();
    for (const lab::RunPtr& run : visibleRuns(model(), panel())) {
        for (const lab::PanelSource& source : panel().sources) {
            if (source.role == kWhiskers) {
                addWhiskers(*run, source);
            } else {
                addSeries(run, source);
            }
        }
    }
    setEmpty(groups_.empty());
    update();
}

QString BarsView::csv() const {
    QString out = QStringLiteral("run,name,value,low,high,least,greatest\n");
    for (std::size_t series = 0; series < series_.size(); ++series) {
        for (const BarGroup& group : groups_) {
            const Bar& bar = group.bars[series];
            if (!bar.isThere) {
                continue;
            }
            out += csvField(series_[series].name) + QLatin1Char(',') + csvField(group.name);
            for (const double value : {bar.value, bar.low, bar.high, bar.least, bar.greatest}) {
                out += QLatin1Char(',');
                out +=
                    std::isnan(value) && value != bar.value ? QString() : text(lab::toText(value));
            }
            out += QLatin1Char('\n');
        }
    }
    return out;
}

QString BarsView::valueText(double value) const {
    return isPercent_ ? percentText(value) : shortNumber(value);
}

double BarsView::Place::y(double value) const {
    return area.bottom() - (value - low) / (high - low) * area.height();
}

std::size_t BarsView::groupsWithRoom(double plotWidth, double narrowest) const {
    const auto room = static_cast<std::size_t>(std::max(2.0, std::floor(plotWidth / narrowest)));
    const auto comfortable =
        static_cast<std::size_t>(std::max(2.0, std::floor(plotWidth / kComfortableGroup)));
    const std::size_t easilyRead = std::max(comfortable, std::min(room, kEasilyRead));
    if (groups_.size() <= easilyRead) {
        return easilyRead;
    }
    // Crowded: what is not zero first, the rest together.
    const auto count =
        static_cast<std::size_t>(std::ranges::count_if(groups_, [](const BarGroup& group) {
            return std::ranges::any_of(
                group.bars, [](const Bar& bar) { return std::abs(bar.value) > kNothing; });
        }));
    return std::min(room, std::max<std::size_t>(comfortable, count + 1));
}

BarsView::Place BarsView::place() const {
    Place place;
    double low = 0;
    double high = 0;
    for (const BarGroup& group : groups_) {
        for (const Bar& bar : group.bars) {
            for (const double value : {bar.value, bar.low, bar.high, bar.greatest}) {
                low = std::isfinite(value) ? std::min(low, value) : low;
                high = std::isfinite(value) ? std::max(high, value) : high;
            }
        }
    }
    place.low = panel().y.min.value_or(-roundedUp(-low));
    const double top = roundedUp(high * 1.04);
    place.high = panel().y.max.value_or(isPercent_ && high <= 1 ? std::min(1.0, top) : top);
    if (!(place.high > place.low)) {
        place.high = place.low + 1;
    }
    const QFontMetricsF axis(textFont(11));
    double widest = 0;
    const TickKind kind = isPercent_ ? TickKind::Percent : TickKind::Number;
    for (const QString& label : linearTicks(place.low, place.high, 5, kind).labels) {
        widest = std::max(widest, axis.horizontalAdvance(label));
    }
    const bool titled = !isPercent_ && (!panel().y.label.empty() || !panel().y.unit.empty());
    const double left = 16 + widest + (titled ? 18 : 0);
    const double right = 14;
    const double above = series_.size() > 1 ? 38 : 24;
    const double titleBelow = panel().x.label.empty() ? 0 : 18;

    const double plotWidth = std::max(1.0, width() - left - right);
    const double narrowest =
        std::max(kNarrowestGroup, 7.0 * static_cast<double>(series_.size()) + 6);
    const std::size_t most = groupsWithRoom(plotWidth, narrowest);
    place.groups = arranged(groups_, sorted_, most, tr("others (%1)"));
    place.pitch = plotWidth / static_cast<double>(std::max<std::size_t>(1, place.groups.size()));
    place.bar =
        std::min(kWidestBar,
                 place.pitch * 0.7 / static_cast<double>(std::max<std::size_t>(1, series_.size())));
    double longest = 0;
    for (const BarGroup& group : place.groups) {
        longest = std::max(longest, QFontMetricsF(textFont(12)).horizontalAdvance(group.name));
    }
    place.slanted = longest > place.pitch - 6;
    const double names = place.slanted ? std::min({longest, height() * 0.3, kLongestName}) *
                                                 std::sin(qDegreesToRadians(kSlantDegrees)) +
                                             16
                                       : 22;
    place.area =
        QRectF(left, above, plotWidth, std::max(10.0, height() - above - names - titleBelow - 8));
    return place;
}

QRectF BarsView::barRect(const Place& place, std::size_t group, std::size_t series) const {
    const double gap = series_.size() > 1 ? std::min(3.0, place.bar * 0.15) : 0;
    const double whole = place.bar * static_cast<double>(series_.size());
    const double left = place.area.left() + (static_cast<double>(group) + 0.5) * place.pitch -
                        whole / 2 + place.bar * static_cast<double>(series);
    const double value = place.groups[group].bars[series].value;
    const double zero = place.y(std::clamp(0.0, place.low, place.high));
    const double end = place.y(std::clamp(value, place.low, place.high));
    // A value of zero is a thin line on the axis: it is there.
    const double top = std::min(zero, end);
    return {left + gap / 2, std::min(top, zero - 1), place.bar - gap,
            std::max(1.0, std::abs(zero - end))};
}

void BarsView::paintEvent(QPaintEvent* /*event*/) {
    if (groups_.empty()) {
        return;
    }
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Place place = this->place();
    paintAxis(painter, place);
    paintBars(painter, place);
    paintNames(painter, place);
    paintKey(painter, place);
    paintHover(painter, place);
}

void BarsView::paintAxis(QPainter& painter, const Place& place) const {
    const Theme& theme = ThemeHub::instance().theme();
    const QFont font = textFont(11);
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    const Ticks ticks =
        linearTicks(place.low, place.high, std::clamp(qRound(place.area.height() / 48), 2, 6),
                    isPercent_ ? TickKind::Percent : TickKind::Number);
    for (std::size_t i = 0; i < ticks.at.size(); ++i) {
        const double y = std::round(place.y(ticks.at[i])) + 0.5;
        painter.setPen(QPen(ticks.at[i] == 0 ? theme.strongLine : theme.plotGrid, 1));
        painter.drawLine(QPointF(place.area.left(), y), QPointF(place.area.right(), y));
        painter.setPen(theme.muted);
        painter.drawText(QPointF(place.area.left() - 8 - metrics.horizontalAdvance(ticks.labels[i]),
                                 y + metrics.capHeight() / 2),
                         ticks.labels[i]);
    }
    painter.setPen(theme.muted);
    if (!isPercent_) {
        const QString title = axisTitle(text(panel().y.label), text(panel().y.unit));
        painter.save();
        painter.translate(14, place.area.center().y() + metrics.horizontalAdvance(title) / 2);
        painter.rotate(-90);
        painter.drawText(QPointF(0, 0), title);
        painter.restore();
    }
    const QString below = axisTitle(text(panel().x.label), text(panel().x.unit));
    painter.drawText(QRectF(place.area.left(), height() - 22, place.area.width(), 16),
                     Qt::AlignCenter, below);
}

void BarsView::paintBars(QPainter& painter, const Place& place) const {
    const Theme& theme = ThemeHub::instance().theme();
    const QFont font = textFont(11);
    const QFontMetricsF metrics(font);
    for (std::size_t group = 0; group < place.groups.size(); ++group) {
        for (std::size_t series = 0; series < series_.size(); ++series) {
            const Bar& bar = place.groups[group].bars[series];
            if (!std::isfinite(bar.value)) {
                continue;
            }
            const QRectF rect = barRect(place, group, series);
            const bool faded = model().emphasised() && *model().emphasised() != series_[series].run;
            const QColor& own = colourOf(place.groups[group], series);
            const QColor colour = faded ? mix(own, theme.panel, 0.65) : own;
            const bool pale = contrast(own, theme.panel) < 3 && !faded;
            painter.setPen(pale ? QPen(casing(colour, theme.panel), 1) : QPen(Qt::NoPen));
            painter.setBrush(colour);
            const double radius = rect.height() < 4 ? 0 : std::min(2.5, rect.width() / 4);
            painter.drawRoundedRect(rect, radius, radius);
            paintIntervals(painter, place, bar, rect);
            const QString words = valueText(bar.value);
            const double room = series_.size() > 1 ? rect.width() : place.pitch - 4;
            if (metrics.horizontalAdvance(words) <= room) {
                painter.setFont(font);
                painter.setPen(faded ? theme.faint : theme.text);
                painter.drawText(labelPlace(place, bar, rect, metrics.horizontalAdvance(words)),
                                 words);
            }
        }
    }
}

/// Beside a whisker where there is room, so that the words stand at the bar's own end; else above.
QPointF BarsView::labelPlace(const Place& place, const Bar& bar, const QRectF& rect,
                             double wide) const {
    constexpr double kBeside = 7;
    const double x = rect.center().x();
    if (bar.value < 0) {
        return {x - wide / 2, rect.bottom() + QFontMetricsF(textFont(11)).ascent() + 2};
    }
    const bool hasWhisker = std::isfinite(bar.low) && bar.high - bar.low > kNothing;
    if (hasWhisker && series_.size() == 1 && wide + kBeside <= place.pitch / 2) {
        return {x + kBeside, rect.top() - 5};
    }
    const double top = hasWhisker ? std::max(bar.high, bar.value) : bar.value;
    return {x - wide / 2, place.y(std::clamp(top, place.low, place.high)) - 5};
}

void BarsView::paintIntervals(QPainter& painter, const Place& place, const Bar& bar,
                              const QRectF& rect) const {
    const Theme& theme = ThemeHub::instance().theme();
    const auto at = [&](double value) { return place.y(std::clamp(value, place.low, place.high)); };
    // A band without extent says nothing.
    if (std::isfinite(bar.least) && bar.greatest - bar.least > kNothing) {
        QPen pen(theme.text, 1.2);
        pen.setDashPattern({3, 2.5});
        painter.setPen(pen);
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(
            QRectF(QPointF(rect.left(), at(bar.greatest)), QPointF(rect.right(), at(bar.least))));
    }
    if (std::isfinite(bar.low) && std::isfinite(bar.high)) {
        const double x = rect.center().x();
        const double cap = std::min(5.0, rect.width() / 4);
        painter.setPen(QPen(theme.text, 1.3));
        painter.drawLine(QPointF(x, at(bar.low)), QPointF(x, at(bar.high)));
        painter.drawLine(QPointF(x - cap, at(bar.low)), QPointF(x + cap, at(bar.low)));
        painter.drawLine(QPointF(x - cap, at(bar.high)), QPointF(x + cap, at(bar.high)));
    }
}

void BarsView::paintNames(QPainter& painter, const Place& place) const {
    const Theme& theme = ThemeHub::instance().theme();
    const QFont font = textFont(12);
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    painter.setPen(theme.text);
    for (std::size_t group = 0; group < place.groups.size(); ++group) {
        const double x = place.area.left() + (static_cast<double>(group) + 0.5) * place.pitch;
        const QString& name = place.groups[group].name;
        if (!place.slanted) {
            painter.drawText(QPointF(x - metrics.horizontalAdvance(name) / 2,
                                     place.area.bottom() + 6 + metrics.ascent()),
                             name);
            continue;
        }
        const QString words =
            metrics.elidedText(name, Qt::ElideRight, std::min(height() * 0.3, kLongestName));
        painter.save();
        painter.translate(x + 4, place.area.bottom() + 12);
        painter.rotate(-kSlantDegrees);
        painter.drawText(QPointF(-metrics.horizontalAdvance(words), 0), words);
        painter.restore();
    }
}

void BarsView::paintKey(QPainter& painter, const Place& place) const {
    if (series_.size() < 2) {
        return;
    }
    const Theme& theme = ThemeHub::instance().theme();
    const QFont font = textFont(12);
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    double right = place.area.right();
    for (std::size_t left = series_.size(); left > 0; --left) {
        const Series& series = series_[left - 1];
        const double width = metrics.horizontalAdvance(series.name);
        if (right - width - 16 < place.area.left()) {
            return; // no room: the hover tells
        }
        painter.setPen(theme.text);
        painter.drawText(QPointF(right - width, 20), series.name);
        painter.setPen(Qt::NoPen);
        painter.setBrush(series.colour);
        painter.drawEllipse(QPointF(right - width - 10, 20 - metrics.capHeight() / 2), 4, 4);
        right -= width + 30;
    }
}

void BarsView::paintHover(QPainter& painter, const Place& place) const {
    if (!hover_ || !place.area.adjusted(0, -20, 0, 60).contains(*hover_)) {
        return;
    }
    const auto group =
        static_cast<std::size_t>(std::clamp((hover_->x() - place.area.left()) / place.pitch, 0.0,
                                            static_cast<double>(place.groups.size()) - 1));
    std::vector<LegendRow> rows;
    for (std::size_t series = 0; series < series_.size(); ++series) {
        const Bar& bar = place.groups[group].bars[series];
        QString words = valueText(bar.value);
        if (std::isfinite(bar.low) && std::isfinite(bar.high)) {
            words += QStringLiteral(" (%1 … %2)").arg(valueText(bar.low), valueText(bar.high));
        }
        rows.push_back({colourOf(place.groups[group], series), series_[series].name, words, false});
    }
    paintReadOut(painter, *hover_, QRectF(rect()).adjusted(4, 4, -4, -4), place.groups[group].name,
                 rows);
}

void BarsView::mouseMoveEvent(QMouseEvent* event) {
    hover_ = event->position();
    update();
}

void BarsView::leaveEvent(QEvent* event) {
    LiveView::leaveEvent(event);
    hover_.reset();
    update();
}

} // namespace psephos::ui
