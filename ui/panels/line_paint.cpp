// SPDX-License-Identifier: GPL-3.0-or-later
// What a line panel draws over its curves: names, markers, references, play head and crosshair.
#include "ui/panels/comparison_model.hpp"
#include "ui/panels/line_view.hpp"
#include "ui/panels/reading.hpp"
#include "ui/plot/colours.hpp"
#include "ui/plot/key_link.hpp"
#include "ui/plot/number_text.hpp"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace psephos::ui {

namespace {

/// A hovered curve within so many pixels is emphasised.
constexpr double kNear = 12;

/// The last finite point of a line up to a key; none where it has none.
std::optional<QCPGraphData> lastPoint(const QCPGraph& line, double upTo) {
    const auto data = line.data();
    for (auto point = data->constEnd(); point != data->constBegin();) {
        --point;
        if (std::isfinite(point->value) && point->key <= upTo) {
            return *point;
        }
    }
    return std::nullopt;
}

} // namespace

std::vector<EndLabel> LineView::endLabels() const {
    const QRectF area = plot_->axisRect()->rect();
    const double upTo = plot_->xAxis->range().upper;
    std::vector<EndLabel> labels;
    const lab::Run* labelled = nullptr;
    double labelledKey = 0;
    for (const Lines& lines : lines_) {
        const std::optional<QCPGraphData> last = lastPoint(*lines.line, upTo);
        if (!last || last->key < plot_->xAxis->range().lower) {
            continue;
        }
        const QPointF end(
            plot_->xAxis->coordToPixel(last->key),
            std::clamp(plot_->yAxis->coordToPixel(last->value), area.top(), area.bottom()));
        const lab::Run& run = lines.series->run();
        if (labelled == &run && lines.series->part() == LinePart::Beside) {
            continue;
        }
        const EndLabel label{
            end, said(run.name()),
            runStyle(ThemeHub::instance().theme(), model().styleNumber(run)).colour, isFaded(run)};
        if (labelled != &run) {
            labels.push_back(label);
        } else if (last->key >= labelledKey) { // of several curves of a run, the one that is ahead
            labels.back() = label;
        } else {
            continue;
        }
        labelled = &run;
        labelledKey = last->key;
    }
    return labels;
}

void LineView::paintLabels(QCPPainter& painter) const {
    const std::vector<EndLabel> labels = endLabels();
    const QRectF area = QRectF(plot_->axisRect()->rect()).adjusted(0, -6, 0, 4);
    const QRectF whole(area.left(), area.top(), plot_->width() - area.left() - 4, area.height());
    const std::vector<PlacedLabel> placed = labels.size() > kMostEndLabels
                                                ? std::vector<PlacedLabel>()
                                                : placeEndLabels(labels, endLabelFont(), whole);
    if (placed.empty() && !labels.empty()) {
        paintRunLegend(painter);
        return;
    }
    paintEndLabels(painter, placed, endLabelFont());
}

void LineView::paintRunLegend(QCPPainter& painter) const {
    std::vector<LegendRow> rows;
    std::set<std::size_t> named;
    for (const Lines& lines : lines_) {
        const lab::Run& run = lines.series->run();
        const std::size_t number = model().styleNumber(run);
        if (named.insert(number).second) {
            const RunStyle style = runStyle(ThemeHub::instance().theme(), number);
            rows.push_back(
                {style.colour, said(model().styleName(run)), QString(), isFaded(run), style.dash});
        }
    }
    const QRectF area = plot_->axisRect()->rect(); // beside it is the room
    const QPointF corner(area.right() + 8, area.top() - 6);
    const std::size_t all = rows.size();
    const double room = plot_->height() - corner.y() - 4;
    while (rows.size() > 1 &&
           paintLegend(nullptr, corner, QString(), rows, false).height() > room) {
        rows.pop_back();
        rows.back() = {QColor(), tr("%1 more").arg(all - rows.size() + 1), QString(), true, 0};
    }
    paintLegend(&painter, corner, QString(), rows, false);
}

std::vector<LineView::KeyEntry> LineView::keyEntries(bool brief) const {
    const Theme& theme = ThemeHub::instance().theme();
    const bool isTraining = sourceWithRole(panel(), "train") != nullptr;
    std::vector<KeyEntry> entries;
    if (hasNoisySource() && smooth_) {
        const QString kind = logarithmic_ ? tr("geometric mean") : tr("exponential mean");
        const QString mean =
            brief ? tr("mean") : tr("%1 (half-life %2 steps)").arg(kind, countText(halfLife()));
        entries.push_back({isTraining ? tr("each batch") : tr("each step"), 1,
                           mix(theme.muted, theme.panel, 0.7), false});
        entries.push_back({isTraining ? tr("training, %1").arg(mean) : mean, 1.3,
                           mix(theme.muted, theme.panel, 0.3), false});
    } else if (isTraining) {
        entries.push_back(
            {tr("training, each batch"), 1, mix(theme.muted, theme.panel, 0.35), false});
    }
    // Held-out curves alone need no key: the card says what they are.
    if (isTraining && sourceWithRole(panel(), "validation") != nullptr) {
        entries.push_back({tr("held out"), 2, theme.muted, true});
    }
    const auto addChannel = [&](LinePart part, KeyEntry entry) {
        const auto lines = std::ranges::find_if(lines_, [part](const Lines& each) {
            return each.series->part() == part && !each.series->isEmpty();
        });
        if (lines != lines_.end()) {
            const LineSeries& series = *lines->series;
            entry.words = text(declared(series.run(), series.channel())->label);
            entries.push_back(std::move(entry));
        }
    };
    if (hasPart(LinePart::Beside)) {
        addChannel(LinePart::Plain, {{}, 1.6, theme.muted});
        addChannel(LinePart::Beside, {{}, 1.3, theme.muted, false, 1});
    }
    addChannel(LinePart::Ticks, {{}, 1.3, theme.muted, false, 0, true});
    return entries;
}

void LineView::paintKey(QCPPainter& painter) const {
    constexpr double kSample = 20;
    constexpr double kBeside = kSample + 6;
    constexpr double kBetween = 16;
    const Theme& theme = ThemeHub::instance().theme();
    const QRectF area = plot_->axisRect()->rect();
    const QFontMetricsF metrics(textFont(11));
    painter.setFont(textFont(11));
    const auto widthOf = [&](const std::vector<KeyEntry>& entries) {
        double width = -kBetween;
        for (const KeyEntry& entry : entries) {
            width += metrics.horizontalAdvance(entry.words) + kBeside + kBetween;
        }
        return width;
    };
    std::vector<KeyEntry> entries = keyEntries(false);
    if (widthOf(entries) > area.width()) {
        entries = keyEntries(true);
    }
    double left = area.right() - 4 - widthOf(entries);
    const double baseline = area.top() - kKeyRoom + metrics.ascent();
    for (const KeyEntry& entry : entries) {
        const double y = baseline - metrics.ascent() / 2 + 1;
        QPen pen(entry.colour, entry.width, Qt::SolidLine, Qt::FlatCap);
        if (entry.dash > 0) {
            pen.setDashPattern(dashPattern(entry.dash));
        }
        painter.setPen(pen);
        if (entry.isTick) {
            painter.drawLine(QPointF(left + kSample - 4, y - 3),
                             QPointF(left + kSample - 4, y + 3));
        } else {
            painter.drawLine(QPointF(left, y), QPointF(left + kSample, y));
        }
        if (entry.hasDots) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(entry.colour);
            painter.drawEllipse(QPointF(left + kSample / 2, y), 2.8, 2.8);
        }
        painter.setPen(theme.muted);
        painter.drawText(QPointF(left + kBeside, baseline), entry.words);
        left += kBeside + metrics.horizontalAdvance(entry.words) + kBetween;
    }
    if (logarithmic_ && notShown_ > 0) {
        painter.setPen(theme.muted);
        const QString words = notShown_ == 1 ? tr("1 value ≤ 0 is not shown on the log axis")
                                             : tr("%1 values ≤ 0 are not shown on the log axis")
                                                   .arg(countText(static_cast<double>(notShown_)));
        painter.drawText(QPointF(area.left(), plot_->height() - metrics.descent() - 3), words);
    }
}

/// A row of marks a run at the foot of the plot, the first run's uppermost.
void LineView::paintTicks(QCPPainter& painter) const {
    constexpr double kWidestPitch = 7;
    constexpr double kMostHeight = 35; // however many runs there are
    const QRectF area = plot_->axisRect()->rect();
    const QCPRange keys = plot_->xAxis->range();
    const auto isTicks = [](const Lines& lines) {
        return lines.series->part() == LinePart::Ticks && !lines.series->isEmpty();
    };
    auto left = static_cast<double>(std::ranges::count_if(lines_, isTicks));
    const double pitch = std::min(kWidestPitch, kMostHeight / std::max(1.0, left));
    const double tall = std::max(1.0, pitch - 2);
    for (const Lines& lines : lines_) {
        if (!isTicks(lines)) {
            continue;
        }
        left -= 1;
        const LineSeries& series = *lines.series;
        const double foot = area.bottom() - 2 - left * pitch;
        painter.setPen(QPen(colourOf(series.run()), 2, Qt::SolidLine, Qt::FlatCap));
        for (const QCPGraphData& tick :
             series.points(model().key(), keys.lower, keys.upper, plot_->columns(), false)) {
            const auto from = ownFrom(series);
            if (keys.contains(tick.key) && tick.key <= headKey() && (!from || tick.key > *from)) {
                const double x = std::round(plot_->xAxis->coordToPixel(tick.key));
                painter.drawLine(QPointF(x, foot - tall), QPointF(x, foot));
            }
        }
    }
}

std::vector<LineView::Fork> LineView::forks() const {
    const QRectF area = plot_->axisRect()->rect();
    std::vector<Fork> forks;
    const lab::Run* before = nullptr;
    for (const Lines& lines : lines_) {
        const LineSeries& series = *lines.series;
        const auto from = ownFrom(series);
        const auto drawn = lines.line->data();
        if (&series.run() == before || !from || drawn->isEmpty() ||
            !plot_->xAxis->range().contains(*from)) {
            continue;
        }
        before = &series.run();
        const QPointF at(plot_->xAxis->coordToPixel(*from),
                         std::clamp(plot_->yAxis->coordToPixel(drawn->constBegin()->value),
                                    area.top() + 6, area.bottom() - 6));
        forks.push_back({at, &series, 0});
    }
    for (std::size_t i = 0; i < forks.size(); ++i) { // several at one place stand around another
        forks[i].before = static_cast<std::size_t>(std::count_if(
            forks.begin(), forks.begin() + static_cast<std::ptrdiff_t>(i),
            [&](const Fork& other) { return std::abs(other.at.x() - forks[i].at.x()) < 3; }));
    }
    return forks;
}

/// Where a forked run leaves the one that it comes from: a ring, and above it what happened there.
void LineView::paintForks(QCPPainter& painter) const {
    constexpr double kLeastHeight = 180; // below it the rings are enough
    constexpr double kLine = 15;
    constexpr double kRing = 4.5;
    const Theme& theme = ThemeHub::instance().theme();
    const QRectF area = plot_->axisRect()->rect();
    const QFont font = textFont(11);
    const QFontMetricsF metrics(font);
    const std::vector<Fork> all = forks();
    for (std::size_t i = all.size(); i > 0; --i) {
        const Fork& fork = all[i - 1];
        painter.setPen(QPen(colourOf(fork.series->run()), 2));
        painter.setBrush(fork.before == 0 ? QBrush(theme.panel) : QBrush(Qt::NoBrush));
        const double radius = kRing + 3.0 * static_cast<double>(fork.before);
        painter.drawEllipse(fork.at, radius, radius);
    }
    if (area.height() < kLeastHeight) {
        return;
    }
    for (const Fork& fork : all) {
        const double x = std::round(fork.at.x()) + 0.5;
        const ForkWords words = forkWords(*fork.series);
        const double wide = std::max(metrics.horizontalAdvance(words.whence),
                                     metrics.horizontalAdvance(words.what));
        const bool isRight = x + 6 + wide <= area.right();
        const auto write = [&](double line, const QString& text, const QColor& colour) {
            const double left = isRight ? x + 6 : x - 6 - metrics.horizontalAdvance(text);
            paintHaloText(painter, QPointF(left, area.top() + 11 + kLine * line), text, font,
                          readableOn(colour, theme.panel), theme.panel);
        };
        if (fork.before == 0) {
            painter.setPen(QPen(theme.faint, 1, Qt::DotLine));
            painter.drawLine(QPointF(x, area.top()), QPointF(x, fork.at.y() - kRing));
            write(0, words.whence, theme.muted);
        }
        write(static_cast<double>(fork.before) + 1, words.what, colourOf(fork.series->run()));
    }
}

void LineView::paintDiverged(QCPPainter& painter) const {
    const Theme& theme = ThemeHub::instance().theme();
    const QRectF area = plot_->axisRect()->rect();
    const QFont font = textFont(11);
    std::vector<EndLabel> marks;
    const lab::Run* before = nullptr;
    for (const Lines& lines : lines_) {
        const lab::Run& run = lines.series->run();
        const std::optional<QString> words = divergedText(lines.series->status());
        const std::optional<QCPGraphData> last =
            lastPoint(*lines.line, std::numeric_limits<double>::infinity());
        const bool reached = words && last &&
                             static_cast<double>(*lines.series->status().divergedAt) <=
                                 (model().key() == lab::Key::Step ? headKey() : HUGE_VAL);
        if (&run == before || !reached) {
            continue;
        }
        before = &run;
        const QPointF at(
            std::min(plot_->xAxis->coordToPixel(last->key), area.right()),
            std::clamp(plot_->yAxis->coordToPixel(last->value), area.top() + 6, area.bottom() - 6));
        const QColor colour = runStyle(theme, model().styleNumber(run)).colour;
        painter.setPen(QPen(colour, 2, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(at + QPointF(-4, -4), at + QPointF(4, 4));
        painter.drawLine(at + QPointF(-4, 4), at + QPointF(4, -4));
        marks.push_back({at + QPointF(2, 15), *words, colour, isFaded(run)});
    }
    const QRectF whole(area.left(), area.top(), plot_->width() - area.left() - 4, area.height());
    paintEndLabels(painter, placeEndLabels(marks, font, whole), font);
}

void LineView::paintReferences(QCPPainter& painter) const {
    const Theme& theme = ThemeHub::instance().theme();
    const QRectF area = plot_->axisRect()->rect();
    std::vector<std::string> drawn;
    for (const Lines& lines : lines_) {
        const LineSeries& series = *lines.series;
        if (series.part() != LinePart::Reference || series.isEmpty() ||
            std::ranges::find(drawn, series.channel()) != drawn.end()) {
            continue; // the same for all runs: it is a property of the task
        }
        drawn.push_back(series.channel());
        const auto last = series.history().samples(series.channel(), series.extent().count - 1, 1);
        if (last.empty() || !std::isfinite(last[0].value)) {
            continue;
        }
        const double y = std::round(plot_->yAxis->coordToPixel(last[0].value)) + 0.5;
        painter.setPen(QPen(theme.faint, 1, Qt::DashLine));
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        const lab::Channel* channel = declared(series.run(), series.channel());
        const QString words =
            text(channel != nullptr && !channel->label.empty() ? channel->label : series.channel());
        // On the right: losses start above such a line and end below it.
        const QString line = words + QLatin1Char(' ') + shortNumber(last[0].value);
        const double width = QFontMetricsF(textFont(11)).horizontalAdvance(line);
        paintHaloText(painter, QPointF(area.right() - 6 - width, y - 5), line, textFont(11),
                      theme.muted, theme.panel);
    }
}

void LineView::paintCursor(QCPPainter& painter) const {
    const Theme& theme = ThemeHub::instance().theme();
    const QRectF area = plot_->axisRect()->rect();
    const QCPRange keys = plot_->xAxis->range();
    if (!model().followsNewest() && keys.contains(model().playHead())) {
        const double x = std::round(plot_->xAxis->coordToPixel(model().playHead())) + 0.5;
        painter.setPen(QPen(theme.faint, 1, Qt::CustomDashLine));
        QPen pen = painter.pen();
        pen.setDashPattern({3, 3});
        painter.setPen(pen);
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    }
    if (link_.hover() && keys.contains(*link_.hover())) {
        paintHover(painter, *link_.hover());
    }
}

void LineView::paintHover(QCPPainter& painter, double key) const {
    const Theme& theme = ThemeHub::instance().theme();
    const QRectF area = plot_->axisRect()->rect();
    const double x = std::round(plot_->xAxis->coordToPixel(key)) + 0.5;
    painter.setPen(QPen(theme.strongLine, 1));
    painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    std::vector<LegendRow> rows;
    for (const Lines& lines : lines_) {
        const LineSeries& series = *lines.series;
        const auto sample = series.history().sampleAt(series.channel(), model().key(), key);
        const bool isPast = key <= headKey();
        if (series.part() == LinePart::Reference || series.part() == LinePart::Ticks || !sample ||
            !isPast || key > series.lastKey(model().key())) {
            continue;
        }
        const RunStyle style = runStyle(theme, model().styleNumber(series.run()));
        const QColor colour = style.colour;
        const double value = sample->value;
        if (std::isfinite(value) && (!logarithmic_ || value > 0)) {
            const double sampleX = plot_->xAxis->coordToPixel(keyOf(*sample, model().key()));
            const double y = plot_->yAxis->coordToPixel(value);
            if (area.contains(QPointF(sampleX, y))) {
                painter.setPen(QPen(theme.panel, 1.5));
                painter.setBrush(colour);
                painter.drawEllipse(QPointF(sampleX, y), 3.5, 3.5);
            }
        }
        const bool percent = panel().y.unit == "%";
        rows.push_back({colour, nameOf(series),
                        percent ? percentText(value) : shortNumber(value, 4), isFaded(series.run()),
                        style.dash});
    }
    const bool isHere = hoverY_.has_value();
    if (rows.empty() || !isHere) {
        return; // hovered in another panel: its line and dots are enough
    }
    const QString title = model().key() == lab::Key::Step ? tr("step %1").arg(countText(key))
                                                          : tr("%1 s").arg(shortNumber(key, 4));
    paintReadOut(painter, QPointF(x, *hoverY_), area.adjusted(0, 0, link_.rightMargin(), 0), title,
                 rows);
}

void LineView::hoverAt(const QPointF& position) {
    const QRectF area = plot_->axisRect()->rect();
    if (!area.contains(position)) {
        leaveHover();
        return;
    }
    double key = plot_->xAxis->pixelToCoord(position.x());
    if (model().key() == lab::Key::Step) {
        key = std::round(key);
    }
    hoverY_ = position.y();
    std::optional<lab::RunId> nearest;
    double distance = kNear;
    for (const Lines& lines : lines_) {
        const LineSeries& series = *lines.series;
        const auto sample = series.history().sampleAt(series.channel(), model().key(), key);
        if (series.part() == LinePart::Reference || series.part() == LinePart::Ticks || !sample ||
            !std::isfinite(sample->value) || key > series.lastKey(model().key())) {
            continue;
        }
        const double away = std::abs(plot_->yAxis->coordToPixel(sample->value) - position.y());
        if (away < distance) {
            distance = away;
            nearest = series.run().id();
        }
    }
    const bool sameKey = link_.hover() == key;
    link_.setHover(key);
    if (sameKey) {
        plot_->replotCursor(); // the box follows the mouse up and down
    }
    model().emphasise(nearest);
}

void LineView::leaveHover() {
    if (!hoverY_) {
        return;
    }
    hoverY_.reset();
    link_.setHover(std::nullopt);
    model().emphasise(std::nullopt);
}

} // namespace psephos::ui
