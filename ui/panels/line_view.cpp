// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/line_view.hpp"

#include "ui/panels/comparison_model.hpp"
#include "ui/panels/reading.hpp"
#include "ui/plot/colours.hpp"
#include "ui/plot/key_link.hpp"
#include "ui/plot/number_text.hpp"
#include "ui/plot/paint_item.hpp"

#include <QFontMetrics>

#include <algorithm>
#include <cmath>
#include <limits>

namespace psephos::ui {

namespace {

constexpr double kPlainWidth = 1.6;
constexpr double kBoldWidth = 2.0;
constexpr double kSecondWidth = 1.3;
constexpr double kCasing = 1.2;
constexpr int kTopMargin = 12;
constexpr int kBottomMargin = 38;
constexpr int kLabelSpace = 18;
constexpr int kLegendSpace = 60;
constexpr int kMostDots = 200;
/// A value of so many times the first is out of all proportion.
constexpr double kFar = 1e4;
/// A first key within this share of the last one counts as the beginning.
constexpr double kNearZero = 0.05;

} // namespace

namespace {

/// Drops the points before a key but the last one, from which the line comes.
void dropBefore(Points& points, double key) {
    const auto own =
        std::ranges::find_if(points, [key](const QCPGraphData& point) { return point.key >= key; });
    if (own != points.end() && own->key > key && own != points.begin()) {
        points.erase(points.begin(), own - 1);
    } else {
        points.erase(points.begin(), own);
    }
}

} // namespace

LineView::LineView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent)
    : LiveView(panel, shown, parent)
    , plot_(new Plot(this))
    , link_(KeyLink::of(shown))
    , logarithmic_(panel.y.scale == lab::Scale::Log) {
    plot_->setObjectName(objectName() + QStringLiteral(".plot"));
    plot_->setAccessibleName(accessibleName());
    plot_->setTicks(*plot_->xAxis, TickKind::Number);
    const QString labels = QStringLiteral("labels");
    using Clip = PaintItem::Clip;
    new PaintItem(*plot_, labels, Clip::AxisRect, [this](QCPPainter& painter) {
        paintReferences(painter);
        paintTicks(painter);
    });
    new PaintItem(*plot_, labels, Clip::Nothing, [this](QCPPainter& painter) {
        paintDiverged(painter);
        paintForks(painter);
        paintLabels(painter);
        paintKey(painter);
    });
    new PaintItem(*plot_, QStringLiteral("cursor"), Clip::Nothing,
                  [this](QCPPainter& painter) { paintCursor(painter); });

    connect(plot_, &Plot::hovered, this, &LineView::hoverAt);
    connect(plot_, &Plot::hoverLeft, this, &LineView::leaveHover);
    connect(plot_, &Plot::fitRequested, this, &LineView::fit);
    connect(plot_, &Plot::rangeTouched, this, [this] {
        const QCPRange range = plot_->xAxis->range();
        link_.setRange(std::pair{range.lower, range.upper});
        scheduleRefresh();
    });
    connect(plot_->xAxis, qOverload<const QCPRange&>(&QCPAxis::rangeChanged), this,
            [this](const QCPRange& range) {
                if (link_.range()) {
                    link_.setRange(std::pair{range.lower, range.upper});
                }
            });
    connect(&link_, &KeyLink::rangeChanged, this, &LineView::scheduleRefresh);
    connect(&link_, &KeyLink::marginsChanged, this, &LineView::scheduleRefresh);
    connect(&link_, &KeyLink::hoverChanged, plot_, &Plot::replotCursor);
    connect(&shown, &ComparisonModel::keyChanged, this, &LineView::switchesChanged);
}

LineView::~LineView() {
    link_.forget(this);
}

std::vector<PanelSwitch> LineView::switches() const {
    std::vector<PanelSwitch> result;
    if (panel().y.unit != "%") { // a share has its own, linear, axis
        result.push_back(
            {QStringLiteral("scale"), {tr("linear"), tr("log")}, logarithmic_ ? 1 : 0});
    }
    result.push_back({QStringLiteral("key"),
                      {tr("step"), tr("seconds")},
                      model().key() == lab::Key::Seconds ? 1 : 0});
    if (hasNoisySource()) {
        result.insert(result.begin(),
                      {QStringLiteral("smoothing"), {tr("raw"), tr("smooth")}, smooth_ ? 1 : 0});
    }
    return result;
}

void LineView::setSwitch(const QString& id, int option) {
    if (id == QStringLiteral("key")) {
        model().setKey(option == 1 ? lab::Key::Seconds : lab::Key::Step);
        return;
    }
    if (id == QStringLiteral("scale")) {
        logarithmic_ = option == 1;
    } else if (id == QStringLiteral("smoothing")) {
        smooth_ = option == 1;
    } else {
        return;
    }
    Q_EMIT switchesChanged();
    scheduleRefresh();
}

QString LineView::emptyText() const {
    return tr("A curve for each run appears here with its first step.");
}

void LineView::fit() {
    link_.setRange(std::nullopt);
    scheduleRefresh();
}

void LineView::layOut() {
    plot_->setGeometry(rect());
    plot_->setViewport(plot_->rect());
}

// What is drawn.

bool LineView::needsRebuild() const {
    const std::vector<lab::RunPtr> runs = visibleRuns(model(), panel());
    std::vector<const lab::Run*> drawn;
    for (const Lines& lines : lines_) {
        if (drawn.empty() || drawn.back() != &lines.series->run()) {
            drawn.push_back(&lines.series->run());
        }
    }
    return !std::ranges::equal(drawn, runs, {}, {},
                               [](const lab::RunPtr& run) { return run.get(); });
}

void LineView::rebuild() {
    for (const Lines& lines : lines_) {
        for (QCPGraph* line : {lines.raw, lines.future, lines.edge, lines.line}) {
            plot_->removeLine(line);
        }
    }
    lines_.clear();
    for (const lab::RunPtr& run : visibleRuns(model(), panel())) {
        for (const lab::PanelSource& source : panel().sources) {
            const lab::Channel* channel = declared(*run, source.channel);
            if (channel != nullptr && channel->kind == lab::FrameKind::Scalar) {
                addSeries(run, source);
            }
        }
    }
}

void LineView::addSeries(const lab::RunPtr& run, const lab::PanelSource& source) {
    Lines lines;
    lines.series = std::make_unique<LineSeries>(run, source.channel, linePart(source));
    lines.raw = plot_->addLine({});
    lines.future = plot_->addLine({});
    lines.edge = plot_->addLine({});
    lines.line = plot_->addLine({});
    lines_.push_back(std::move(lines));
}

bool LineView::isFaded(const lab::Run& run) const {
    return model().emphasised() && *model().emphasised() != run.id();
}

std::optional<double> LineView::ownFrom(const LineSeries& series) const {
    const auto forked = series.run().forkedFrom();
    const auto runs = visibleRuns(model(), panel());
    const bool isParentShown = forked && std::ranges::any_of(runs, [&](const lab::RunPtr& run) {
                                   return run->id() == forked->first;
                               });
    if (!isParentShown || series.part() == LinePart::Reference) {
        return std::nullopt;
    }
    const auto step = static_cast<double>(forked->second);
    if (model().key() == lab::Key::Step) {
        return step;
    }
    const auto sample = series.history().sampleAt(series.channel(), lab::Key::Step, step);
    return sample ? std::optional(sample->seconds) : std::nullopt;
}

LineView::ForkWords LineView::forkWords(const LineSeries& series) const {
    const auto [parent, step] = series.run().forkedFrom().value();
    QString name;
    for (const lab::RunPtr& run : model().runs()) {
        if (run->id() == parent) {
            name = said(run->name());
        }
    }
    const bool isFresh = std::ranges::any_of(
        series.status().notes, [](const lab::Note& note) { return note.id == "fresh-state"; });
    const QString own = said(series.run().name());
    return {tr("from %1 at %2").arg(name, countText(static_cast<double>(step))),
            isFresh ? tr("%1, fresh state").arg(own) : tr("%1, same state").arg(own)};
}

QStringList LineView::forkTexts() const {
    QStringList texts;
    const lab::Run* before = nullptr;
    for (const Lines& lines : lines_) {
        if (&lines.series->run() != before && ownFrom(*lines.series)) {
            const ForkWords words = forkWords(*lines.series);
            texts << words.what + QLatin1Char(' ') + words.whence;
            before = &lines.series->run();
        }
    }
    return texts;
}

bool LineView::hasPart(LinePart part) const {
    return std::ranges::any_of(lines_, [part](const Lines& lines) {
        return lines.series->part() == part && !lines.series->isEmpty();
    });
}

QString LineView::nameOf(const LineSeries& series) const {
    QString name = said(series.run().name());
    if (series.part() == LinePart::Validation) {
        name += tr(", held out");
    } else if (hasPart(LinePart::Beside)) {
        const lab::Channel* channel = declared(series.run(), series.channel());
        name += QStringLiteral(", ") + text(channel != nullptr ? channel->label : series.channel());
    }
    return name;
}

QColor LineView::colourOf(const lab::Run& run) const {
    const Theme& theme = ThemeHub::instance().theme();
    const QColor colour = runStyle(theme, model().styleNumber(run)).colour;
    return isFaded(run) ? mix(colour, theme.panel, 0.75) : colour;
}

bool LineView::hasNoisySource() const {
    return std::ranges::any_of(panel().sources, [](const lab::PanelSource& source) {
        return linePart(source) == LinePart::Noisy;
    });
}

bool LineView::isSmoothed(const LineSeries& series) const {
    return smooth_ && series.part() == LinePart::Noisy;
}

void LineView::style(const Lines& lines) const {
    const Theme& theme = ThemeHub::instance().theme();
    const lab::Run& run = lines.series->run();
    const RunStyle style = runStyle(theme, model().styleNumber(run));
    const QColor colour = colourOf(run);
    const LinePart part = lines.series->part();
    const bool isThin = part == LinePart::Noisy && !isSmoothed(*lines.series);
    // Beside held-out curves the training ones step back.
    const bool isSecond =
        (part == LinePart::Noisy && sourceWithRole(panel(), "validation") != nullptr) ||
        part == LinePart::Beside;
    const double width = isThin                         ? 1.0
                         : isSecond                     ? kSecondWidth
                         : part == LinePart::Validation ? kBoldWidth
                                                        : kPlainWidth;
    const QColor own = isThin || isSecond ? mix(colour, theme.panel, 0.3) : colour;
    constexpr int kDashBeside = 1;
    plot_->setLook(*lines.line, {own, width, part == LinePart::Beside ? kDashBeside : style.dash});
    plot_->setLook(*lines.raw, {mix(colour, theme.panel, 0.8), 1.0, 0});
    plot_->setLook(*lines.future, {mix(colour, theme.panel, 0.8), 1.0, 0});
    const bool cased =
        style.needsCasing && !isThin && !isSecond && !isFaded(run) && style.dash == 0;
    lines.edge->setVisible(cased);
    plot_->setLook(*lines.edge, {casing(colour, theme.panel), width + kCasing, 0});
    const bool dotted = part == LinePart::Validation && lines.line->dataCount() <= kMostDots;
    lines.line->setScatterStyle(dotted ? QCPScatterStyle(QCPScatterStyle::ssDisc, own, own, 5)
                                       : QCPScatterStyle());
}

double LineView::headKey() const {
    return model().followsNewest() ? std::numeric_limits<double>::infinity() : model().playHead();
}

double LineView::halfLife() const {
    double steps = 0;
    for (const Lines& lines : lines_) {
        steps = std::max({steps, static_cast<double>(lines.series->status().steps),
                          static_cast<double>(lines.series->extent().count)});
    }
    const double wanted = std::clamp(steps / 60, 2.0, 1000.0);
    // A round number, so that it can be named and changes rarely where the length is not known.
    const double magnitude = std::pow(10.0, std::floor(std::log10(wanted)));
    const double mantissa = wanted / magnitude;
    return magnitude * (mantissa >= 7 ? 10 : mantissa >= 3 ? 5 : mantissa >= 1.4 ? 2 : 1);
}

void LineView::feed(Lines& lines) {
    LineSeries& series = *lines.series;
    const QCPRange keys = plot_->xAxis->range();
    const std::size_t columns = plot_->columns();
    const bool smoothed = isSmoothed(series);
    if (series.part() == LinePart::Reference || series.part() == LinePart::Ticks) {
        return;
    }
    Points points = series.points(model().key(), keys.lower, keys.upper, columns, logarithmic_);
    Points raw;
    if (smoothed) {
        raw = std::exchange(points, series.smoothed(model().key(), keys.lower, keys.upper,
                                                    halfLife(), logarithmic_));
    }
    if (const auto from = ownFrom(series)) {
        dropBefore(points, *from);
        dropBefore(raw, *from);
    }
    Points future;
    if (std::isfinite(headKey())) {
        SplitPoints split = splitAt(points, headKey(), logarithmic_);
        points = std::move(split.before);
        future = std::move(split.after);
        raw = splitAt(raw, headKey(), logarithmic_).before;
    }
    Plot::setPoints(*lines.edge, points);
    Plot::setPoints(*lines.line, points);
    Plot::setPoints(*lines.raw, raw);
    Plot::setPoints(*lines.future, future);
}

// Axes.

LineView::Range LineView::fittedKeys() const {
    Range range{std::numeric_limits<double>::infinity(), 0};
    const lab::Key key = model().key();
    for (const Lines& lines : lines_) {
        const LineSeries& series = *lines.series;
        if (series.isEmpty()) {
            continue;
        }
        range.low = std::min(range.low, series.firstKey(key));
        range.high = std::max(range.high, series.lastKey(key));
        const lab::RunStatus& status = series.status();
        const bool unfinished = status.state == lab::RunState::Running ||
                                status.state == lab::RunState::Queued ||
                                status.state == lab::RunState::Paused;
        if (!unfinished || status.steps <= 0) {
            continue;
        }
        if (key == lab::Key::Step) {
            range.high = std::max(range.high, static_cast<double>(status.steps));
        } else if (status.step > 4) {
            // Seconds to come are guessed, and rounded up so that the axis seldom jumps.
            const double guess = status.computeSeconds / static_cast<double>(status.step) *
                                 static_cast<double>(status.steps);
            const Ticks ticks = linearTicks(0, guess * 1.2, 12);
            const auto beyond = std::ranges::lower_bound(ticks.at, guess);
            range.high = std::max(range.high, beyond == ticks.at.end() ? guess : *beyond);
        }
    }
    if (range.low > 0 && range.low < kNearZero * range.high) {
        range.low = 0; // what starts with the first step stands beside what starts before it
    }
    if (!(range.low < range.high)) {
        const double at = std::isfinite(range.low) ? range.low : 0;
        return {at, at + 1};
    }
    return range;
}

std::optional<LineView::Range> LineView::fittedValues() {
    const double nothing = std::numeric_limits<double>::infinity();
    Range calm{nothing, -nothing};
    double wildest = -nothing;
    for (Lines& lines : lines_) {
        const lab::Extent& extent = lines.series->extent();
        const bool isMark = lines.series->part() == LinePart::Ticks;
        if (isMark || extent.count == 0 || !std::isfinite(extent.low)) {
            continue;
        }
        double low = extent.low;
        if (logarithmic_ && low <= 0) { // the smallest that can be shown
            for (const QCPGraphData& point :
                 lines.series->points(model().key(), lines.series->firstKey(model().key()),
                                      lines.series->lastKey(model().key()), 2000, true)) {
                low = low <= 0 ? point.value : std::min(low, point.value);
            }
        }
        if (!logarithmic_ || low > 0) {
            calm.low = std::min(calm.low, low);
        }
        // A curve on its way to infinity, or one that has been there, must not press the others
        // flat.
        const double first = lines.series->firstValue();
        const bool hasBeenFar = lines_.size() > 1 && extent.high > kFar * std::abs(first);
        if (lines.series->status().divergedAt || hasBeenFar) {
            calm.high = std::max(calm.high, first);
            wildest = std::max(wildest, extent.high);
        } else {
            calm.high = std::max(calm.high, extent.high);
        }
    }
    if (std::isfinite(wildest)) {
        const double most = logarithmic_ ? calm.high * 1e3 : calm.high + (calm.high - calm.low) / 2;
        calm.high = std::max(calm.high, std::min(wildest, most));
    }
    if (!std::isfinite(calm.low) || !std::isfinite(calm.high) || (logarithmic_ && calm.high <= 0)) {
        return std::nullopt;
    }
    return calm;
}

void LineView::setAxes() {
    const lab::Panel& it = panel();
    const bool bySteps = model().key() == lab::Key::Step;
    plot_->xAxis->setLabel(bySteps ? (it.x.label.empty() ? tr("step") : text(it.x.label))
                                   : axisTitle(tr("compute time"), tr("s")));
    plot_->yAxis->setLabel(axisTitle(text(it.y.label), text(it.y.unit)));
    const bool isPercent = it.y.unit == "%";
    if (isPercent) {
        plot_->yAxis->setLabel(text(it.y.label));
    }
    const TickKind kind = logarithmic_ ? TickKind::Log
                          : isPercent  ? TickKind::Percent
                                       : TickKind::Number;
    plot_->setTicks(*plot_->yAxis, kind);

    const auto chosen = link_.range();
    const Range keys = chosen ? Range{chosen->first, chosen->second} : fittedKeys();
    const QSignalBlocker quiet(plot_->xAxis);
    plot_->xAxis->setRange(keys.low, keys.high);
    if (chosen) {
        return;
    }
    const std::optional<Range> values = fittedValues();
    if (!values) {
        plot_->yAxis->setRange(logarithmic_ ? QCPRange(0.1, 10) : QCPRange(0, 1));
        return;
    }
    double low = values->low;
    double high = values->high;
    if (logarithmic_) {
        const double pad = std::pow(std::max(high / low, 1.2), 0.05);
        low = it.y.min && *it.y.min > 0 ? *it.y.min : low / pad;
        high = it.y.max && *it.y.max > 0 ? *it.y.max : high * pad;
    } else {
        const double span = high > low ? high - low : std::max(std::abs(high), 1.0);
        low = it.y.min ? *it.y.min : low - span * 0.05;
        high = it.y.max ? *it.y.max : high + span * 0.05;
    }
    plot_->yAxis->setRange(low, high);
}

void LineView::updateMargins() {
    const QFontMetrics metrics(endLabelFont());
    const bool asLegend = visibleRuns(model(), panel()).size() > kMostEndLabels;
    int names = 0;
    for (const Lines& lines : lines_) {
        const lab::Run& run = lines.series->run();
        const std::string name = asLegend ? model().styleName(run) : run.name();
        names = std::max(names, metrics.horizontalAdvance(said(name)));
    }
    const int beside = asLegend ? kLegendSpace : kLabelSpace;
    const int right = names == 0 ? 16 : std::min(names + beside, width() / 3);
    // Never narrower than the widest usual label: the curve must not jerk while it grows.
    const int usual = QFontMetrics(textFont(11)).horizontalAdvance(QStringLiteral("10⁻¹⁰")) + 34;
    link_.needMargins(this, std::max(usual, plot_->neededLeftMargin()), right);
    // What the lines mean stands above them, never over them.
    const int top = kTopMargin + (keyEntries(true).empty() ? 0 : kKeyRoom);
    plot_->setMargins({link_.leftMargin(), top, link_.rightMargin(), kBottomMargin});
}

void LineView::refresh(bool atOnce) {
    link_.useKey(model().key());
    if (needsRebuild()) {
        rebuild();
    }
    bool hasData = false;
    notShown_ = 0;
    for (Lines& lines : lines_) {
        lines.series->look();
        hasData = hasData || !lines.series->isEmpty();
        notShown_ += logarithmic_ ? lines.series->notPositive() : 0;
    }
    setEmpty(!hasData, plot_);
    if (!hasData) {
        return;
    }
    setAxes();
    updateMargins();
    for (Lines& lines : lines_) {
        feed(lines);
        style(lines);
    }
    if (atOnce) {
        plot_->replotNow(); // gives the axes their place
        for (Lines& lines : lines_) {
            feed(lines);
        }
        plot_->replotNow();
    } else {
        plot_->scheduleReplot();
    }
}

QImage LineView::image(double scale) {
    plot_->beginExport(scale);
    refreshNow();
    plot_->endExport();
    QImage picture = imageOf(*this, scale);
    refreshNow();
    return picture;
}

QString LineView::csv() const {
    QString out = QStringLiteral("run,channel,step,seconds,value\n");
    constexpr std::size_t kChunk = 65536;
    for (const Lines& lines : lines_) {
        const QString head = csvField(text(lines.series->run().name())) + QLatin1Char(',') +
                             csvField(text(lines.series->channel())) + QLatin1Char(',');
        const std::size_t count = lines.series->extent().count;
        for (std::size_t first = 0; first < count; first += kChunk) {
            for (const lab::Sample& sample :
                 lines.series->history().samples(lines.series->channel(), first, kChunk)) {
                out += head + QString::number(sample.step) + QLatin1Char(',') +
                       text(lab::toText(sample.seconds)) + QLatin1Char(',') +
                       text(lab::toText(sample.value)) + QLatin1Char('\n');
            }
        }
    }
    return out;
}

} // namespace psephos::ui
