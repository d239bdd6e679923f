// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/response_view.hpp"

#include "lab/cohorts.hpp"
#include "lab/experiment.hpp"
#include "ui/panels/comparison_model.hpp"
#include "ui/panels/reading.hpp"
#include "ui/plot/colours.hpp"
#include "ui/plot/number_text.hpp"
#include "ui/theme/theme.hpp"

#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace psephos::ui {

namespace {

constexpr double kTolerance = 0.01;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double numberOf(const lab::Value& value) {
    if (const auto* real = std::get_if<double>(&value)) {
        return *real;
    }
    const auto* integer = std::get_if<std::int64_t>(&value);
    return integer == nullptr ? kNan : static_cast<double>(*integer);
}

/// Where between two neighbours the curve crosses a level that one lies above and one below.
double crossing(const Curve& curve, std::size_t inside, std::size_t outside, double level) {
    const double share = (level - curve.y[inside]) / (curve.y[outside] - curve.y[inside]);
    return std::exp(std::lerp(std::log(curve.x[inside]), std::log(curve.x[outside]), share));
}

} // namespace

std::optional<Valley> valleyOf(const Curve& curve, double tolerance) {
    std::optional<std::size_t> least;
    for (std::size_t i = 0; i < curve.y.size(); ++i) {
        if (std::isfinite(curve.y[i]) && (!least || curve.y[i] < curve.y[*least])) {
            least = i;
        }
    }
    if (!least || !(curve.y[*least] > 0) || !(curve.x.front() > 0)) {
        return std::nullopt;
    }
    const double level = curve.y[*least] * (1 + tolerance);
    const auto walk = [&](auto next, std::size_t end) {
        std::size_t i = *least;
        while (i != end && curve.y[next(i)] <= level) {
            i = next(i);
        }
        const bool isBounded = i != end && std::isfinite(curve.y[next(i)]);
        return isBounded ? crossing(curve, i, next(i), level) : curve.x[i];
    };
    Valley valley;
    valley.at = curve.x[*least];
    valley.value = curve.y[*least];
    valley.low = walk([](std::size_t i) { return i - 1; }, 0);
    valley.high = walk([](std::size_t i) { return i + 1; }, curve.x.size() - 1);
    valley.isAtEdge = *least == 0 || *least + 1 == curve.x.size();
    return valley;
}

ResponseView::ResponseView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent)
    : CurvesView(panel, shown, parent) {}

QString ResponseView::emptyText() const {
    return tr("Sweep the knob, and each run's result stands here over its value.");
}

lab::PanelAxis ResponseView::keyAxis() const {
    lab::PanelAxis axis = panel().x;
    const std::string* id = knobOfEdit(panel(), "over");
    const lab::Description* description = model().description();
    const lab::Knob* knob =
        id == nullptr || description == nullptr ? nullptr : description->knob(*id);
    if (knob != nullptr) {
        axis.label = axis.label.empty() ? knob->label : axis.label;
        axis.unit = axis.unit.empty() ? knob->unit : axis.unit;
        axis.scale = knob->scale == lab::Scale::Linear ? lab::Scale::Linear : lab::Scale::Log;
    }
    return axis;
}

// The valleys are what the picture is about: what has run away leaves it at the top.
lab::PanelAxis ResponseView::valueAxis() const {
    constexpr double kFar = 3;
    lab::PanelAxis axis = panel().y;
    double start = -std::numeric_limits<double>::infinity();
    double most = start;
    for (const Curve& curve : curves()) {
        const auto first =
            std::ranges::find_if(curve.y, [](double value) { return std::isfinite(value); });
        if (first != curve.y.end()) {
            start = std::max(start, *first);
            for (const double value : curve.y) {
                most = std::isfinite(value) ? std::max(most, value) : most;
            }
        }
    }
    if (start > 0 && most > kFar * start && !axis.max) {
        axis.max = kFar * start;
    }
    return axis;
}

// A width in factors says nothing of a knob that does not go by factors.
std::optional<Valley> ResponseView::valleyOn(const Curve& curve) const {
    return keyAxis().scale == lab::Scale::Log ? valleyOf(curve, kTolerance) : std::nullopt;
}

std::vector<Curve> ResponseView::readCurves() {
    const std::string* knob = knobOfEdit(panel(), "over");
    if (knob == nullptr || panel().sources.empty()) {
        return {};
    }
    const std::string& channel = panel().sources.front().channel;
    const Theme& theme = ThemeHub::instance().theme();
    const std::vector<lab::Cohort> cohorts = lab::cohortsOf(visibleRuns(model(), panel()), *knob);
    std::vector<Curve> curves;
    for (const lab::Cohort& cohort : cohorts) {
        std::map<double, std::vector<double>> results; // by the knob's value
        Curve curve;
        for (const lab::RunPtr& run : cohort.runs) {
            const lab::RunScenario scenario = run->scenario();
            const double key =
                scenario.knobs.contains(*knob) ? numberOf(scenario.knobs.at(*knob)) : kNan;
            const auto sample = sampleAtHead(model(), *run, channel);
            if (sample && std::isfinite(key)) {
                results[key].push_back(hasDiverged(model(), *run) ? kNan : sample->value);
                curve.runs.push_back(run->id());
            }
        }
        if (results.size() < 2) {
            continue;
        }
        const bool hasBand = curve.runs.size() > results.size();
        for (const auto& [key, values] : results) {
            const lab::Spread spread = lab::spreadOf(values);
            const bool isKnown = std::isfinite(spread.median);
            curve.x.push_back(key);
            curve.y.push_back(isKnown ? spread.median : kNan);
            if (hasBand) {
                curve.low.push_back(std::isfinite(spread.low) ? spread.low : kNan);
                curve.high.push_back(std::isfinite(spread.high) ? spread.high : kNan);
            }
        }
        const RunStyle style = runStyle(theme, model().sharedStyleNumber(*cohort.runs.front()));
        curve.colour = style.colour;
        curve.dash = style.dash;
        curve.name = said(cohort.name);
        if (const auto valley = valleyOn(curve)) {
            curve.name += valley->isAtEdge
                              ? tr(" · best at the edge")
                              : tr(" · ×%1 wide").arg(shortNumber(valley->high / valley->low, 2));
        }
        curves.push_back(std::move(curve));
    }
    return curves;
}

void ResponseView::paintOver(QPainter& painter, const Place& place) const {
    const Theme& theme = ThemeHub::instance().theme();
    for (const Curve& curve : curves()) {
        const auto valley = valleyOn(curve);
        if (!valley) {
            continue;
        }
        const QColor colour = isFaded(curve) ? mix(curve.colour, theme.panel, 0.65) : curve.colour;
        const QPointF low = place.at(valley->low, valley->value);
        const QPointF high = place.at(valley->high, valley->value);
        constexpr double kBelow = 9;
        painter.setPen(QPen(colour, 5, Qt::SolidLine, Qt::FlatCap));
        painter.drawLine(low + QPointF(0, kBelow), high + QPointF(0, kBelow));
        painter.setPen(QPen(colour, 2));
        painter.setBrush(valley->isAtEdge ? theme.panel : colour);
        painter.drawEllipse(place.at(valley->at, valley->value), 5.2, 5.2);
    }
}

} // namespace psephos::ui
