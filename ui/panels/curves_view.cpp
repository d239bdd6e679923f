// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/curves_view.hpp"

#include "lab/experiment.hpp"
#include "lab/value.hpp"
#include "ui/panels/comparison_model.hpp"
#include "ui/panels/reading.hpp"
#include "ui/panels/table_parts.hpp"
#include "ui/plot/colours.hpp"
#include "ui/plot/end_labels.hpp"
#include "ui/plot/number_text.hpp"
#include "ui/plot/plot.hpp"
#include "ui/theme/theme.hpp"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <variant>

namespace psephos::ui {

namespace {

constexpr double kTop = 16;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// Curves of a table by the words of its `series`, in order of first appearance.
struct Rows {
    QString name;
    std::vector<std::size_t> rows;
};

std::vector<Rows> bySeries(const TableParts& table, const QString& whole) {
    std::vector<Rows> result;
    const bool isSplit = table.hasTexts("series");
    for (std::size_t row = 0; row < table.rows(); ++row) {
        const QString name = isSplit ? table.words("series", row) : whole;
        auto found = std::ranges::find(result, name, &Rows::name);
        if (found == result.end()) {
            result.push_back({name, {}});
            found = std::prev(result.end());
        }
        found->rows.push_back(row);
    }
    return result;
}

/// The painter takes very long over points that are not finite or lie very far outside.
bool isDrawable(const QPointF& point) {
    constexpr double kFar = 1e5;
    return std::abs(point.x()) < kFar && std::abs(point.y()) < kFar;
}

} // namespace

double Curve::at(double key) const {
    const auto after = std::ranges::lower_bound(x, key);
    if (after == x.end()) {
        return kNan;
    }
    const auto i = static_cast<std::size_t>(after - x.begin());
    if (*after == key) {
        return y[i];
    }
    if (i == 0) {
        return kNan;
    }
    return std::lerp(y[i - 1], y[i], (key - x[i - 1]) / (x[i] - x[i - 1]));
}

bool Curve::tellsOf(lab::RunId run) const {
    return std::ranges::find(runs, run) != runs.end();
}

CurvesView::CurvesView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent)
    : LiveView(panel, shown, parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
}

QString CurvesView::emptyText() const {
    return tr("Curves appear here with the first result.");
}

bool CurvesView::isFaded(const Curve& curve) const {
    return model().emphasised() && !curve.tellsOf(*model().emphasised());
}

Curve CurvesView::blank(const lab::Run& run, const QString& series, bool isAlone,
                        const std::vector<Curve>& before) const {
    const Theme& theme = ThemeHub::instance().theme();
    Curve curve;
    curve.runs = {run.id()};
    curve.name = series;
    if (model().runs().size() > 1) {
        const RunStyle style = runStyle(theme, model().styleNumber(run));
        const auto ofRun = std::ranges::count_if(
            before, [&run](const Curve& each) { return each.tellsOf(run.id()); });
        curve.colour = style.colour;
        curve.dash = isAlone ? style.dash : static_cast<int>(ofRun);
        curve.name = isAlone ? said(run.name()) : said(run.name()) + u' ' + series;
        return curve;
    }
    if (const auto look = declaredLook(model(), panel(), series)) {
        curve.colour = look->colour;
        curve.dash = look->dash;
        curve.isReference = look->isReference;
        return curve;
    }
    auto left = static_cast<std::size_t>(std::ranges::count_if(
        before, [this](const Curve& each) { return !declaredLook(model(), panel(), each.name); }));
    std::size_t number = 1;
    const auto isTaken = [this](std::size_t each) {
        return std::ranges::count(panel().colours, static_cast<int>(each), &lab::PanelColour::run) >
               0;
    };
    for (; isTaken(number) || left > 0; ++number) {
        left -= isTaken(number) ? 0 : 1;
    }
    const RunStyle style = runStyle(theme, number);
    curve.colour = style.colour;
    curve.dash = style.dash;
    return curve;
}

void CurvesView::read(const lab::RunPtr& run, const lab::PanelSource& source,
                      std::vector<Curve>& curves) const {
    const TableParts table(model(), *run, source);
    const lab::Channel* channel = declared(*run, source.channel);
    if (channel == nullptr || !table.hasNumbers("x") || !table.hasNumbers("y")) {
        return;
    }
    const bool hasBand = table.hasNumbers("low") && table.hasNumbers("high");
    const QString whole = text(source.role.empty() ? channel->label : source.role);
    const auto others = std::ranges::count_if(
        panel().sources, [](const auto& each) { return each.role != kCaptionRole; });
    std::vector<Rows> split = bySeries(table, whole);
    for (Rows& series : split) {
        std::erase_if(series.rows,
                      [&](std::size_t row) { return !std::isfinite(table.number("x", row)); });
        std::ranges::stable_sort(series.rows, {},
                                 [&](std::size_t row) { return table.number("x", row); });
        Curve curve = blank(*run, series.name, split.size() == 1 && others == 1, curves);
        for (const std::size_t row : series.rows) {
            curve.x.push_back(table.number("x", row));
            curve.y.push_back(table.number("y", row));
            if (hasBand) {
                curve.low.push_back(table.number("low", row));
                curve.high.push_back(table.number("high", row));
            }
        }
        if (!curve.x.empty()) {
            curves.push_back(std::move(curve));
        }
    }
}

std::vector<Curve> CurvesView::readCurves() {
    std::vector<Curve> curves;
    for (const lab::RunPtr& run : visibleRuns(model(), panel())) {
        for (const lab::PanelSource& source : panel().sources) {
            read(run, source, curves);
        }
    }
    return curves;
}

void CurvesView::readMarker() {
    const std::string* knob = knobOfEdit(panel(), "x");
    if (knob == nullptr || isDragging_ || model().runs().empty()) {
        return;
    }
    const lab::RunScenario scenario = model().runs().front()->scenario();
    marker_.reset();
    if (scenario.knobs.contains(*knob)) {
        const lab::Value& value = scenario.knobs.at(*knob);
        if (const auto* real = std::get_if<double>(&value)) {
            marker_ = *real;
        } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
            marker_ = static_cast<double>(*integer);
        }
    }
}

void CurvesView::refresh(bool /*atOnce*/) {
    curves_ = readCurves();
    readMarker();
    setEmpty(curves_.empty());
    update();
}

QString CurvesView::csv() const {
    QString out = QStringLiteral("curve,x,y,low,high\n");
    for (const Curve& curve : curves_) {
        for (std::size_t i = 0; i < curve.x.size(); ++i) {
            out += csvField(curve.name);
            for (const double value : {curve.x[i], curve.y[i]}) {
                out += QLatin1Char(',') + text(lab::toText(value));
            }
            for (const auto* band : {&curve.low, &curve.high}) {
                out +=
                    QLatin1Char(',') + (band->empty() ? QString() : text(lab::toText((*band)[i])));
            }
            out += QLatin1Char('\n');
        }
    }
    return out;
}

QPointF CurvesView::Place::at(double key, double value) const {
    return {area.left() + x.share(key) * area.width(),
            area.bottom() - y.share(value) * area.height()};
}

QPointF CurvesView::pixelOf(double x, double y) const {
    return place().at(x, y);
}

std::pair<double, double> CurvesView::valueRange() const {
    const Place place = this->place();
    return {place.y.low, place.y.high};
}

CurvesView::Place CurvesView::place() const {
    Extent across;
    Extent up;
    double names = 0;
    const QFontMetricsF metrics(endLabelFont());
    for (const Curve& curve : curves_) {
        bool isOver = true; // what comes after the last value needs no room
        for (std::size_t i = curve.x.size(); i > 0; --i) {
            isOver = isOver && !std::isfinite(curve.y[i - 1]);
            if (!isOver) {
                across.include(curve.x[i - 1]);
            }
        }
        for (const auto* values : {&curve.y, &curve.low, &curve.high}) {
            for (const double value : *values) {
                if (panel().y.scale != lab::Scale::Log || value > 0) { // exact zeros have no place
                    up.include(value);
                }
            }
        }
        names = std::max(names, metrics.horizontalAdvance(curve.name));
    }
    lab::PanelAxis keys = keyAxis();
    if (endsWithCurves() && !across.isEmpty() &&
        across.low < across.high) { // curves begin and end at the edges
        keys.min = keys.min ? keys.min : across.low;
        keys.max = keys.max ? keys.max : across.high;
    }
    Place place;
    place.x = PaintedAxis::fitted(keys, across);
    place.y = PaintedAxis::fitted(valueAxis(), up);
    const double tall = std::max(20.0, height() - kTop - roomBelow(titleOf(keys)) - 6);
    const double left = roomLeft(place.y, tall, titleOf(panel().y));
    // More names than fit below one another are told by the pointer alone.
    const bool haveRoom = static_cast<double>(curves_.size()) * metrics.height() <= tall;
    const double right = haveRoom ? std::min(names + 24, width() * 0.35) : 16;
    place.area = QRectF(left, kTop, std::max(20.0, width() - left - right), tall);
    return place;
}

void CurvesView::paintEvent(QPaintEvent* /*event*/) {
    if (curves_.empty()) {
        return;
    }
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Place place = this->place();
    paintAxisBelow(painter, place.area, place.x, titleOf(keyAxis()));
    paintAxisLeft(painter, place.area, place.y, titleOf(panel().y));
    painter.save();
    painter.setClipRect(place.area.adjusted(-3, -3, 3, 3));
    paintCurves(painter, place);
    painter.restore();
    paintMarker(painter, place);
    paintOver(painter, place);
    paintEnds(painter, place);
    paintHover(painter, place);
}

/// Between low and high, wherever both are known.
void CurvesView::paintBand(QPainter& painter, const Place& place, const Curve& curve) const {
    const std::size_t size = std::min(curve.low.size(), curve.high.size());
    std::size_t from = 0;
    const auto draw = [&](std::size_t to) {
        QPolygonF band;
        for (std::size_t i = from; i < to; ++i) {
            band << place.at(curve.x[i], curve.high[i]);
        }
        for (std::size_t i = to; i > from; --i) {
            band << place.at(curve.x[i - 1], curve.low[i - 1]);
        }
        painter.drawPolygon(band);
    };
    for (std::size_t i = 0; i < size; ++i) {
        if (!isDrawable(place.at(curve.x[i], curve.low[i])) ||
            !isDrawable(place.at(curve.x[i], curve.high[i]))) {
            draw(i);
            from = i + 1;
        }
    }
    draw(std::max(size, from));
}

void CurvesView::paintCurves(QPainter& painter, const Place& place) const {
    const Theme& theme = ThemeHub::instance().theme();
    for (const Curve& curve : curves_) {
        QColor wash = curve.colour;
        wash.setAlpha(34);
        painter.setPen(Qt::NoPen);
        painter.setBrush(wash);
        paintBand(painter, place, curve);
    }
    for (const Curve& curve : curves_) {
        const QColor colour = isFaded(curve) ? mix(curve.colour, theme.panel, 0.65) : curve.colour;
        QPainterPath path;
        bool isDown = false;
        for (std::size_t i = 0; i < curve.x.size(); ++i) {
            const QPointF at = place.at(curve.x[i], curve.y[i]);
            if (!isDrawable(at)) {
                isDown = false;
            } else if (std::exchange(isDown, true)) {
                path.lineTo(at);
            } else {
                path.moveTo(at);
            }
        }
        QPen pen(colour, curve.isReference ? 1.4 : 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
        if (curve.dash > 0) {
            pen.setDashPattern(dashPattern(curve.dash));
        }
        painter.strokePath(path, pen);
        if (curve.x.size() == 1 && !curve.low.empty()) { // a band of one point
            painter.setPen(QPen(colour, 1.4));
            painter.drawLine(place.at(curve.x[0], curve.low[0]),
                             place.at(curve.x[0], curve.high[0]));
        }
        if (curve.x.size() <= 25 && !curve.isReference) {
            painter.setPen(QPen(theme.panel, 1));
            painter.setBrush(colour);
            for (std::size_t i = 0; i < curve.x.size(); ++i) {
                if (const QPointF at = place.at(curve.x[i], curve.y[i]); isDrawable(at)) {
                    painter.drawEllipse(at, 3.4, 3.4);
                }
            }
        }
    }
}

void CurvesView::paintMarker(QPainter& painter, const Place& place) const {
    if (!marker_ || *marker_ < place.x.low || *marker_ > place.x.high) {
        return;
    }
    const Theme& theme = ThemeHub::instance().theme();
    const double x = place.at(*marker_, place.y.low).x();
    painter.setPen(QPen(theme.accent, 1.4));
    painter.drawLine(QPointF(x, place.area.top()), QPointF(x, place.area.bottom()));
    painter.setPen(QPen(theme.accent, 2));
    painter.setBrush(theme.panel);
    painter.drawEllipse(QPointF(x, place.area.bottom()), 5, 5);
}

std::vector<EndLabel> CurvesView::ends(const Place& place) const {
    std::vector<EndLabel> ends;
    for (const Curve& curve : curves_) {
        // Where it is last seen, should it leave the area; a gap is nowhere.
        const QRectF area = place.area.adjusted(-1, -1, 1, 1);
        std::optional<QPointF> last;
        bool isSeen = false;
        for (std::size_t i = 0; i < curve.x.size(); ++i) {
            const QPointF at = place.at(curve.x[i], curve.y[i]);
            const bool isHere = isDrawable(at) && area.contains(at);
            if (isHere || (isDrawable(at) && !isSeen)) {
                last = at;
            }
            isSeen = isSeen || isHere;
        }
        if (last) {
            ends.push_back({*last, curve.name, curve.colour, isFaded(curve)});
        }
    }
    return ends;
}

std::vector<EndLabel> CurvesView::endLabels() const {
    return ends(place());
}

void CurvesView::paintEnds(QPainter& painter, const Place& place) const {
    const std::vector<EndLabel> ends = this->ends(place);
    const QRectF room(place.area.left(), 2, width() - place.area.left() - 4,
                      place.area.bottom() + 6);
    const std::vector<PlacedLabel> placed = placeEndLabels(ends, endLabelFont(), room);
    if (!placed.empty()) {
        paintEndLabels(painter, placed, endLabelFont());
        return;
    }
    std::vector<LegendRow> rows;
    for (const EndLabel& end : ends) {
        rows.push_back({end.colour, end.text, {}, end.faded, 0});
    }
    if (paintLegend(nullptr, {}, {}, rows, true).height() <= place.area.height()) {
        paintLegend(&painter, place.area.topLeft() + QPointF(10, 6), {}, rows, true);
        return;
    }
    painter.setFont(textFont(11));
    painter.setPen(ThemeHub::instance().theme().muted);
    painter.drawText(place.area.adjusted(0, 2, -6, 0), Qt::AlignTop | Qt::AlignRight,
                     tr("%1 curves: point at one for its name").arg(ends.size()));
}

/// Those with a value at a key; of more than a read-out holds, the nearest to the pointer.
std::vector<const Curve*> CurvesView::curvesNear(const Place& place, double key) const {
    constexpr std::size_t kMost = 10;
    std::vector<const Curve*> there;
    for (const Curve& curve : curves_) {
        if (std::isfinite(curve.at(key))) {
            there.push_back(&curve);
        }
    }
    if (there.size() > kMost) {
        std::ranges::stable_sort(there, {}, [&](const Curve* curve) {
            return std::abs(place.at(key, curve->at(key)).y() - hover_->y());
        });
        there.resize(kMost);
    }
    return there;
}

void CurvesView::paintHover(QPainter& painter, const Place& place) const {
    if (!hover_ || !place.area.adjusted(-6, -6, 6, 6).contains(*hover_)) {
        return;
    }
    const double key = keyUnder(*hover_);
    std::vector<LegendRow> rows;
    for (const Curve* curve : curvesNear(place, key)) {
        rows.push_back({curve->colour, curve->name, place.y.textOf(curve->at(key)), false, 0});
    }
    const Theme& theme = ThemeHub::instance().theme();
    painter.setPen(QPen(theme.faint, 1, Qt::DashLine));
    painter.drawLine(QPointF(hover_->x(), place.area.top()),
                     QPointF(hover_->x(), place.area.bottom()));
    const QString title = text(keyAxis().label) + u' ' + place.x.textOf(key);
    paintReadOut(painter, *hover_, QRectF(rect()).adjusted(4, 4, -4, -4), title, rows);
}

double CurvesView::keyUnder(const QPointF& position) const {
    const Place place = this->place();
    const double share = (position.x() - place.area.left()) / place.area.width();
    return place.x.valueAt(std::clamp(share, 0.0, 1.0));
}

void CurvesView::turn(double to, bool settled) {
    const std::string* id = knobOfEdit(panel(), "x");
    const lab::Description* description = model().description();
    const lab::Knob* knob =
        id == nullptr || description == nullptr ? nullptr : description->knob(*id);
    if (knob == nullptr) {
        return;
    }
    const double kept = std::clamp(to, knob->min.value_or(to), knob->max.value_or(to));
    marker_ = kept;
    const lab::Value value = knob->type == lab::KnobType::Integer
                                 ? lab::Value(static_cast<std::int64_t>(std::llround(kept)))
                                 : lab::Value(kept);
    model().turnKnob(text(*id), value, settled);
    update();
}

void CurvesView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || !marker_ || curves_.empty()) {
        return;
    }
    isDragging_ = true;
    turn(keyUnder(event->position()), false);
}

void CurvesView::mouseMoveEvent(QMouseEvent* event) {
    hover_ = event->position();
    if (isDragging_) {
        turn(keyUnder(event->position()), false);
    }
    update();
}

void CurvesView::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && isDragging_) {
        isDragging_ = false;
        turn(keyUnder(event->position()), true);
    }
}

void CurvesView::keyPressEvent(QKeyEvent* event) {
    const int direction = event->key() == Qt::Key_Right ? 1 : event->key() == Qt::Key_Left ? -1 : 0;
    if (direction == 0 || !marker_ || curves_.empty()) {
        LiveView::keyPressEvent(event);
        return;
    }
    const PaintedAxis axis = place().x;
    turn(axis.valueAt(std::clamp(axis.share(*marker_) + direction * 0.02, 0.0, 1.0)), true);
}

void CurvesView::leaveEvent(QEvent* event) {
    LiveView::leaveEvent(event);
    hover_.reset();
    update();
}

} // namespace psephos::ui
