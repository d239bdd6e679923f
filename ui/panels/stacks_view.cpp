// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/stacks_view.hpp"

#include "ui/panels/comparison_model.hpp"
#include "ui/panels/reading.hpp"
#include "ui/panels/table_parts.hpp"
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

const std::string kMark = "mark";
constexpr double kSide = 14;
constexpr double kTallest = 44;
constexpr double kWidestPitch = 132;
constexpr double kNarrowestPitch = 13;
constexpr double kThin = 8;
constexpr double kBetweenBars = 3;
constexpr double kKeyLine = 18;
constexpr double kSwatch = 9;

} // namespace

double Stack::total() const {
    double sum = 0;
    for (const StackPart& part : parts) {
        sum += part.value;
    }
    return sum;
}

double Stack::totalFloor() const {
    double sum = 0;
    for (const StackPart& part : parts) {
        sum += std::isfinite(part.floor) ? part.floor : 0;
    }
    return sum;
}

double StacksView::Place::at(double value) const {
    return area.left() + std::clamp(x.share(value), 0.0, 1.0) * area.width();
}

double StacksView::Place::topOf(std::size_t stack) const {
    const double whole = bar + (thin > 0 ? thin + kBetweenBars : 0);
    return area.top() + (static_cast<double>(stack) + 0.5) * pitch - whole / 2;
}

StacksView::StacksView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent)
    : LiveView(panel, shown, parent) {
    setMouseTracking(true);
}

QString StacksView::emptyText() const {
    return tr("A bar for each run appears here with its first look.");
}

void StacksView::read(const lab::RunPtr& run) {
    const Theme& theme = ThemeHub::instance().theme();
    Stack stack{
        run->id(), said(run->name()), runStyle(theme, model().styleNumber(*run)).colour, {}, {}};
    for (const lab::PanelSource& source : panel().sources) {
        if (source.role == kMark) {
            const auto sample = sampleAtHead(model(), *run, source.channel);
            stack.mark = sample ? std::optional(sample->value) : std::nullopt;
            continue;
        }
        const TableParts table(model(), *run, source);
        if (!table.hasNumbers("value")) {
            continue;
        }
        for (std::size_t row = 0; row < table.rows(); ++row) {
            const double value = table.number("value", row);
            stack.parts.push_back({table.words("name", row),
                                   std::isfinite(value) ? std::max(0.0, value) : 0.0,
                                   table.number("floor", row)});
        }
    }
    if (!stack.parts.empty()) {
        stacks_.push_back(std::move(stack));
    }
}

void StacksView::chooseParts() {
    parts_.clear();
    std::vector<QString> all;
    for (const Stack& stack : stacks_) {
        for (const StackPart& part : stack.parts) {
            if (std::ranges::find(all, part.name) == all.end()) {
                all.push_back(part.name);
            }
        }
    }
    std::ranges::copy_if(all, std::back_inserter(parts_), [this](const QString& name) {
        return std::ranges::any_of(stacks_, [&name](const Stack& stack) {
            return std::ranges::any_of(stack.parts, [&name](const StackPart& part) {
                return part.name == name && (part.value > 0 || part.floor > 0);
            });
        });
    });
}

void StacksView::refresh(bool /*atOnce*/) {
    stacks_.clear();
    for (const lab::RunPtr& run : visibleRuns(model(), panel())) {
        read(run);
    }
    chooseParts();
    setEmpty(stacks_.empty());
    update();
}

QString StacksView::csv() const {
    QString out = QStringLiteral("run,name,value,floor\n");
    for (const Stack& stack : stacks_) {
        for (const StackPart& part : stack.parts) {
            out += csvField(stack.name) + QLatin1Char(',') + csvField(part.name) +
                   QLatin1Char(',') + text(lab::toText(part.value)) + QLatin1Char(',') +
                   (std::isfinite(part.floor) ? text(lab::toText(part.floor)) : QString()) +
                   QLatin1Char('\n');
        }
        if (stack.mark) {
            out += csvField(stack.name) + QLatin1Char(',') + csvField(markName()) +
                   QLatin1Char(',') + text(lab::toText(*stack.mark)) + QStringLiteral(",\n");
        }
    }
    return out;
}

bool StacksView::hasFloors() const {
    return std::ranges::any_of(stacks_, [](const Stack& stack) { return stack.totalFloor() > 0; });
}

QString StacksView::markName() const {
    const lab::PanelSource* source = sourceWithRole(panel(), kMark);
    const lab::Channel* channel = source == nullptr || model().runs().empty()
                                      ? nullptr
                                      : declared(*model().runs().front(), source->channel);
    return channel == nullptr ? QString() : text(channel->label);
}

/// Not the runs' hues: from dark to light by order.
QColor StacksView::colourOf(const QString& part) const {
    const auto index = std::ranges::find(parts_, part) - parts_.begin();
    const double last = std::max<double>(1, static_cast<double>(parts_.size()) - 1);
    return viridis(0.08 + 0.87 * static_cast<double>(index) / last);
}

QString StacksView::valueText(double value) const {
    const QString number = shortNumber(value, 3);
    return panel().x.unit.empty() ? number : number + QLatin1Char(' ') + text(panel().x.unit);
}

std::vector<StacksView::KeyEntry> StacksView::keyEntries(double width, double* height) const {
    const QFontMetricsF metrics(textFont(11));
    std::vector<KeyEntry> entries;
    for (const QString& part : parts_) {
        entries.push_back({part, colourOf(part), {}});
    }
    if (hasFloors()) {
        entries.push_back({tr("below: the least"), QColor(), {}});
    }
    const bool hasMark =
        std::ranges::any_of(stacks_, [](const Stack& stack) { return stack.mark.has_value(); });
    if (hasMark) {
        entries.push_back({markName(), QColor(), {}, true});
    }
    double x = kSide;
    double y = 16;
    for (KeyEntry& entry : entries) {
        const double wide = kSwatch + 6 + metrics.horizontalAdvance(entry.words);
        if (x > kSide && x + wide > width - kSide) {
            x = kSide;
            y += kKeyLine;
        }
        entry.at = QPointF(x, y);
        x += wide + 14;
    }
    *height = y + 8;
    return entries;
}

StacksView::Place StacksView::place() const {
    Place place;
    double keyHeight = 0;
    place.key = keyEntries(width(), &keyHeight);
    Extent values;
    values.include(0);
    const QFontMetricsF metrics(textFont(12));
    double names = 0;
    double totals = 0;
    for (const Stack& stack : stacks_) {
        values.include(stack.total());
        values.include(stack.totalFloor());
        values.include(stack.mark.value_or(0));
        names = std::max(names, metrics.horizontalAdvance(stack.name));
        totals = std::max(totals,
                          QFontMetricsF(textFont(11)).horizontalAdvance(valueText(stack.total())));
    }
    lab::PanelAxis axis = panel().x;
    axis.min = 0;
    axis.max = axis.max ? axis.max : values.high > 0 ? std::optional(values.high) : 1.0;
    place.x = PaintedAxis::fitted(axis, values);
    const double left = kSide + std::min(names + 16, width() * 0.3) + 8;
    const double right = kSide + totals + 8;
    const double below = roomBelow(titleOf(panel().x));
    // Few bars need not fill the height: the axis stands right below them.
    const auto count = static_cast<double>(std::max<std::size_t>(1, stacks_.size()));
    const double room = std::max(20.0, height() - keyHeight - below - 6);
    place.pitch = std::clamp(room / count, kNarrowestPitch, kWidestPitch);
    place.shown = std::min(stacks_.size(),
                           static_cast<std::size_t>(std::max(1.0, room / place.pitch + 1e-9)));
    place.area = QRectF(left, keyHeight, std::max(20.0, width() - left - right),
                        place.pitch * static_cast<double>(place.shown));
    place.thin = hasFloors() ? std::min(kThin, place.pitch * 0.18) : 0;
    place.bar = std::min(kTallest, place.pitch * (hasFloors() ? 0.5 : 0.62));
    return place;
}

std::optional<QRectF> StacksView::partRect(std::size_t stack, const QString& part) const {
    const Place place = this->place();
    double before = 0;
    for (const StackPart& each : stacks_[stack].parts) {
        if (each.name == part && each.value > 0) {
            const double left = place.at(before);
            return QRectF(left, place.topOf(stack), place.at(before + each.value) - left,
                          place.bar);
        }
        before += each.value;
    }
    return std::nullopt;
}

void StacksView::paintEvent(QPaintEvent* /*event*/) {
    if (stacks_.empty()) {
        return;
    }
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Place place = this->place();
    paintAxisBelow(painter, place.area, place.x, titleOf(panel().x));
    paintKey(painter, place);
    for (std::size_t stack = 0; stack < place.shown; ++stack) {
        paintName(painter, place, stack);
        paintStack(painter, place, stack);
    }
    if (place.shown < stacks_.size()) {
        painter.setFont(textFont(11));
        painter.setPen(ThemeHub::instance().theme().muted);
        painter.drawText(QPointF(kSide, height() - 6),
                         tr("%1 more").arg(static_cast<qulonglong>(stacks_.size() - place.shown)));
    }
    paintHover(painter, place);
}

void StacksView::paintKey(QPainter& painter, const Place& place) const {
    const Theme& theme = ThemeHub::instance().theme();
    const QFontMetricsF metrics(textFont(11));
    painter.setFont(textFont(11));
    for (const KeyEntry& entry : place.key) {
        const QRectF swatch(entry.at.x(), entry.at.y() - metrics.capHeight() / 2 - kSwatch / 2,
                            kSwatch, kSwatch);
        painter.setPen(Qt::NoPen);
        if (entry.isMark) {
            painter.setPen(QPen(theme.text, 2));
            painter.drawLine(QPointF(swatch.center().x(), swatch.top() - 1),
                             QPointF(swatch.center().x(), swatch.bottom() + 1));
        } else if (entry.colour.isValid()) {
            painter.setBrush(entry.colour);
            painter.drawRoundedRect(swatch, 2, 2);
        } else {
            painter.setBrush(theme.muted);
            painter.drawRect(QRectF(swatch.left(), swatch.center().y() - 1.5, kSwatch, 3));
        }
        painter.setPen(theme.muted);
        painter.drawText(entry.at + QPointF(kSwatch + 6, 0), entry.words);
    }
}

void StacksView::paintName(QPainter& painter, const Place& place, std::size_t stack) const {
    const Theme& theme = ThemeHub::instance().theme();
    const QFontMetricsF metrics(textFont(12));
    const Stack& it = stacks_[stack];
    const bool faded = model().emphasised() && *model().emphasised() != it.run;
    const double middle = place.topOf(stack) + place.bar / 2;
    painter.setPen(Qt::NoPen);
    painter.setBrush(faded ? mix(it.colour, theme.panel, 0.65) : it.colour);
    painter.drawEllipse(QPointF(kSide + 4, middle), 4, 4);
    painter.setFont(textFont(12));
    painter.setPen(faded ? theme.faint : theme.text);
    painter.drawText(
        QPointF(kSide + 14, middle + metrics.capHeight() / 2),
        metrics.elidedText(it.name, Qt::ElideRight, place.area.left() - kSide - 14 - 6));
}

void StacksView::paintStack(QPainter& painter, const Place& place, std::size_t stack) const {
    const Theme& theme = ThemeHub::instance().theme();
    const Stack& it = stacks_[stack];
    const bool faded = model().emphasised() && *model().emphasised() != it.run;
    const QFont font = textFont(11);
    const QFontMetricsF metrics(font);
    const double top = place.topOf(stack);
    const auto draw = [&](double from, double to, double y, double tall, const QString& part) {
        const QColor own = colourOf(part);
        const QColor colour = faded ? mix(own, theme.panel, 0.65) : own;
        const QRectF rect(place.at(from), y, place.at(to) - place.at(from), tall);
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        painter.drawRect(rect.width() > 2 ? rect.adjusted(0, 0, -1, 0) : rect); // a hair between
        return rect;
    };
    painter.setFont(font);
    double before = 0;
    double least = 0;
    for (const StackPart& part : it.parts) {
        if (part.value > 0) {
            const QRectF rect = draw(before, before + part.value, top, place.bar, part.name);
            before += part.value;
            const QString words = shortNumber(part.value, 2);
            if (place.bar >= 14 && metrics.horizontalAdvance(words) + 8 <= rect.width()) {
                painter.setPen(faded ? theme.faint
                                     : betterOn(colourOf(part.name), theme.text, theme.panel));
                painter.drawText(QPointF(rect.center().x() - metrics.horizontalAdvance(words) / 2,
                                         rect.center().y() + metrics.capHeight() / 2),
                                 words);
            }
        }
        if (part.floor > 0 && place.thin > 0) {
            draw(least, least + part.floor, top + place.bar + kBetweenBars, place.thin, part.name);
            least += part.floor;
        }
    }
    painter.setPen(faded ? theme.faint : theme.text);
    painter.drawText(QPointF(place.at(before) + 7, top + place.bar / 2 + metrics.capHeight() / 2),
                     valueText(before));
    if (it.mark) {
        const double x = place.at(*it.mark);
        painter.setPen(QPen(faded ? theme.faint : theme.text, 2, Qt::SolidLine, Qt::FlatCap));
        painter.drawLine(QPointF(x, top - 4), QPointF(x, top + place.bar + 4));
    }
}

void StacksView::paintHover(QPainter& painter, const Place& place) const {
    if (!hover_ || !place.area.adjusted(-place.area.left(), 0, 60, 0).contains(*hover_)) {
        return;
    }
    const auto index =
        static_cast<std::size_t>(std::max(0.0, (hover_->y() - place.area.top()) / place.pitch));
    if (index >= place.shown) {
        return;
    }
    const Stack& stack = stacks_[index];
    std::vector<LegendRow> rows;
    for (const StackPart& part : stack.parts) {
        if (part.value > 0 || part.floor > 0) {
            const QString least = std::isfinite(part.floor)
                                      ? tr(" (least %1)").arg(shortNumber(part.floor, 3))
                                      : QString();
            rows.push_back({colourOf(part.name), part.name, valueText(part.value) + least, false});
        }
    }
    rows.push_back({QColor(), tr("together"), valueText(stack.total()), false});
    if (stack.mark) {
        rows.push_back({QColor(), markName(), valueText(*stack.mark), false});
    }
    paintReadOut(painter, *hover_, QRectF(rect()).adjusted(4, 4, -4, -4), stack.name, rows);
}

void StacksView::mouseMoveEvent(QMouseEvent* event) {
    hover_ = event->position();
    update();
}

void StacksView::leaveEvent(QEvent* event) {
    LiveView::leaveEvent(event);
    hover_.reset();
    update();
}

} // namespace psephos::ui
