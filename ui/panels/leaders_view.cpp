// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/leaders_view.hpp"

#include "ui/panels/comparison_model.hpp"
#include "ui/panels/reading.hpp"
#include "ui/plot/colours.hpp"
#include "ui/plot/number_text.hpp"
#include "ui/theme/theme.hpp"

#include <QFontMetricsF>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>

namespace psephos::ui {

namespace {

constexpr double kMargin = 12;
constexpr double kTallestRow = 32;
constexpr double kLeastRow = 19;
constexpr double kCaption = 26;
/// The shortest bar of a logarithmic scale, as a share of the longest.
constexpr double kShortest = 0.16;
/// A logarithmic scale spans at least this factor.
constexpr double kLeastFactor = 10;

} // namespace

LeadersView::LeadersView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent)
    : LiveView(panel, shown, parent) {
    setMinimumHeight(40);
    setMouseTracking(true);
    connect(&shown, &ComparisonModel::keyChanged, this, &LeadersView::switchesChanged);
}

std::vector<PanelSwitch> LeadersView::switches() const {
    return {{QStringLiteral("key"),
             {tr("steps"), tr("seconds")},
             model().key() == lab::Key::Seconds ? 1 : 0}};
}

void LeadersView::setSwitch(const QString& id, int option) {
    if (id != QStringLiteral("key")) {
        return;
    }
    model().setKey(option == 1 ? lab::Key::Seconds : lab::Key::Step);
}

QString LeadersView::emptyText() const {
    return tr("The runs stand here, best first, as soon as they move.");
}

bool LeadersView::isLogarithmic() const {
    return panel().y.scale == lab::Scale::Log || panel().x.scale == lab::Scale::Log;
}

QString LeadersView::valueText(double value) const {
    return unit_ == QStringLiteral("%") ? percentText(value) : shortNumber(value);
}

std::optional<LeadersView::Row> LeadersView::rowOf(const lab::Cohort& cohort,
                                                   const std::string& channel) const {
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    const lab::Run& first = *cohort.runs.front();
    const QColor colour = runStyle(ThemeHub::instance().theme(), model().styleNumber(first)).colour;
    Row row{first.id(), said(ofCohorts_ ? cohort.name : first.name()), colour, kNone, QString()};
    std::vector<double> values;
    for (const lab::RunPtr& run : cohort.runs) {
        if (const auto sample = sampleAtHead(model(), *run, channel)) {
            const bool isLost = hasDiverged(model(), *run) || !std::isfinite(sample->value);
            values.push_back(isLost ? kNone : sample->value);
            row.remark =
                isLost ? divergedText(run->status()).value_or(tr("not a number")) : row.remark;
        }
    }
    if (values.empty()) {
        return std::nullopt;
    }
    const double median = lab::quantile(values, 0.5);
    if (std::isfinite(median)) { // of several runs one may be lost
        row.value = median;
        row.remark.clear();
    }
    return row;
}

void LeadersView::refresh(bool /*atOnce*/) {
    rows_.clear();
    const lab::PanelSource* source = panel().sources.empty() ? nullptr : &panel().sources.front();
    const std::vector<lab::RunPtr> runs = visibleRuns(model(), panel());
    const std::vector<lab::Cohort> cohorts = lab::cohortsOf(runs);
    ofCohorts_ = cohorts.size() < runs.size();
    for (const lab::Cohort& cohort : cohorts) {
        const lab::Channel* channel =
            source == nullptr ? nullptr : declared(*cohort.runs.front(), source->channel);
        if (channel == nullptr || channel->kind != lab::FrameKind::Scalar) {
            continue;
        }
        unit_ = text(panel().y.unit.empty() ? channel->unit : panel().y.unit);
        channelLabel_ = text(channel->label.empty() ? channel->id : channel->label);
        if (std::optional<Row> row = rowOf(cohort, source->channel)) {
            rows_.push_back(std::move(*row));
        }
    }
    const bool highest = source != nullptr && source->role == "higher";
    std::ranges::stable_sort(rows_, [highest](const Row& a, const Row& b) {
        if (std::isnan(a.value) || std::isnan(b.value)) {
            return !std::isnan(a.value) && std::isnan(b.value);
        }
        return highest ? a.value > b.value : a.value < b.value;
    });
    setEmpty(rows_.empty());
    update();
}

QString LeadersView::csv() const {
    QString out = QStringLiteral("rank,run,value\n");
    for (std::size_t rank = 0; rank < rows_.size(); ++rank) {
        out += QString::number(rank + 1) + QLatin1Char(',') + csvField(rows_[rank].name) +
               QLatin1Char(',') + text(lab::toText(rows_[rank].value)) + QLatin1Char('\n');
    }
    return out;
}

int LeadersView::contentHeight() const {
    const std::size_t runs = std::max(rows_.size(), visibleRuns(model(), panel()).size());
    return static_cast<int>(kTallestRow * static_cast<double>(std::max<std::size_t>(runs, 1)) +
                            kCaption + kMargin);
}

double LeadersView::rowHeight() const {
    const double room = height() - kCaption - kMargin;
    const double wanted = room / static_cast<double>(std::max<std::size_t>(1, rows_.size()));
    return std::clamp(wanted, kLeastRow, kTallestRow);
}

double LeadersView::share(double value) const {
    double low = std::numeric_limits<double>::infinity();
    double high = 0;
    for (const Row& row : rows_) {
        if (std::isfinite(row.value) && (!isLogarithmic() || row.value > 0)) {
            low = std::min(low, std::abs(row.value));
            high = std::max(high, std::abs(row.value));
        }
    }
    if (!std::isfinite(value) || high == 0) {
        return 0;
    }
    if (!isLogarithmic()) {
        return std::abs(value) / high;
    }
    if (value <= 0) {
        return 0;
    }
    low = std::min(low, high / kLeastFactor); // near ties look like near ties
    return high > low ? kShortest + (1 - kShortest) * std::log(value / low) / std::log(high / low)
                      : 1;
}

QString LeadersView::caption() const {
    const QString where = model().followsNewest()           ? tr("now")
                          : model().key() == lab::Key::Step ? tr("at the play head")
                                                            : tr("at the same compute time");
    const QString label = ofCohorts_ ? tr("%1, median,").arg(channelLabel_) : channelLabel_;
    const QString what = label + QLatin1Char(' ') + where;
    return isLogarithmic() ? what + tr(", log scale") : what;
}

void LeadersView::paintEvent(QPaintEvent* /*event*/) {
    if (rows_.empty()) {
        return;
    }
    const Theme& theme = ThemeHub::instance().theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFont nameFont = textFont(12, QFont::DemiBold);
    const QFont valueFont = textFont(12);
    const QFontMetricsF names(nameFont);
    const QFontMetricsF values(valueFont);
    double widestName = 0;
    double widestValue = 0;
    for (const Row& row : rows_) {
        widestName = std::max(widestName, names.horizontalAdvance(row.name));
        widestValue = std::max(widestValue, values.horizontalAdvance(valueText(row.value)));
    }
    // Names tell more than the lengths of bars: they get what they need, up to a half.
    widestName = std::min(widestName, width() * 0.52);
    const double left = kMargin + widestName + 10;
    const double longest = std::max(10.0, width() - left - kMargin - widestValue - 8);
    const double pitch = rowHeight();
    const double bar = std::min(15.0, pitch - 6);
    const auto room = static_cast<std::size_t>(
        std::max(1.0, std::floor((height() - kCaption - kMargin) / pitch)));
    double middle = kMargin / 2 + pitch / 2;
    for (std::size_t i = 0; i < std::min(room, rows_.size()); ++i, middle += pitch) {
        const Row& row = rows_[i];
        const bool faded = model().emphasised() && *model().emphasised() != row.run;
        const double baseline = middle + names.capHeight() / 2;
        painter.setFont(nameFont);
        painter.setPen(faded ? theme.faint : theme.text);
        painter.drawText(QPointF(kMargin, baseline),
                         names.elidedText(row.name, Qt::ElideRight, widestName));
        painter.setFont(valueFont);
        if (!row.remark.isEmpty()) {
            painter.setPen(theme.warning);
            painter.drawText(QPointF(left, baseline),
                             values.elidedText(row.remark, Qt::ElideRight, width() - left - 4));
            continue;
        }
        const double length = std::max(2.0, longest * share(row.value));
        const QColor colour = faded ? mix(row.colour, theme.panel, 0.65) : row.colour;
        painter.setPen(contrast(row.colour, theme.panel) < 3 && !faded
                           ? QPen(casing(colour, theme.panel), 1)
                           : QPen(Qt::NoPen));
        painter.setBrush(colour);
        painter.drawRoundedRect(QRectF(left, middle - bar / 2, length, bar), 2, 2);
        painter.setPen(faded ? theme.faint : theme.muted);
        painter.drawText(QPointF(left + length + 7, baseline), valueText(row.value));
    }
    painter.setFont(textFont(11));
    painter.setPen(theme.muted);
    const QString words = rows_.size() > room
                              ? tr("and %1 more · %2").arg(rows_.size() - room).arg(caption())
                              : caption();
    painter.drawText(QPointF(kMargin, std::min(height() - 9.0, middle - pitch / 2 + 18)), words);
}

void LeadersView::mouseMoveEvent(QMouseEvent* event) {
    const double at = (event->position().y() - kMargin / 2) / rowHeight();
    const bool isOnRow = at >= 0 && at < static_cast<double>(rows_.size());
    model().emphasise(isOnRow ? std::optional(rows_[static_cast<std::size_t>(at)].run)
                              : std::nullopt);
}

void LeadersView::leaveEvent(QEvent* event) {
    LiveView::leaveEvent(event);
    model().emphasise(std::nullopt);
}

} // namespace psephos::ui
