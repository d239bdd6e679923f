// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/landscape_view.hpp"

#include "lab/experiment.hpp"
#include "ui/panels/comparison_model.hpp"
#include "ui/panels/reading.hpp"
#include "ui/plot/contours.hpp"
#include "ui/plot/number_text.hpp"
#include "ui/plot/paint_item.hpp"

#include <QKeyEvent>
#include <QMouseEvent>

#include <algorithm>
#include <cmath>
#include <limits>

namespace psephos::ui {

namespace {

constexpr int kBands = 18;
/// The start marker is grabbed within so many pixels.
constexpr double kGrab = 14;
/// The arrow keys move the start by this share of the window.
constexpr double kKeyStep = 0.005;

const QString kBandLayer = QStringLiteral("bands");
const QString kTrailLayer = QStringLiteral("trails");

} // namespace

LandscapeView::LandscapeView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent)
    : LiveView(panel, shown, parent)
    , plot_(new Plot(this)) {
    plot_->setObjectName(objectName() + QStringLiteral(".plot"));
    plot_->setAccessibleName(accessibleName());
    plot_->setWheelZoomsBoth(true);
    plot_->setMargins({0, 0, 0, 0});
    plot_->axisRect()->setMinimumMargins({0, 0, 0, 0});
    plot_->plotLayout()->setMargins({0, 0, 0, 0});
    for (QCPAxis* axis : plot_->axisRect()->axes()) {
        axis->setVisible(false);
        axis->grid()->setVisible(false);
    }
    plot_->addBufferedLayer(kBandLayer, QStringLiteral("background"));
    plot_->addBufferedLayer(kTrailLayer, QStringLiteral("labels"));
    using Clip = PaintItem::Clip;
    new PaintItem(*plot_, kBandLayer, Clip::AxisRect, [this](QCPPainter& painter) {
        paintBands(painter);
        paintContours(painter);
        if (showsGradient_) {
            paintArrows(painter);
        }
        paintTicks(painter);
    });
    new PaintItem(*plot_, kTrailLayer, Clip::AxisRect,
                  [this](QCPPainter& painter) { paintTrails(painter); });
    new PaintItem(*plot_, QStringLiteral("cursor"), Clip::AxisRect,
                  [this](QCPPainter& painter) { paintHover(painter); });
    plot_->installEventFilter(this);

    connect(plot_, &Plot::fitRequested, this, &LandscapeView::fit);
    connect(plot_, &Plot::rangeTouched, this, [this] { isFitted_ = false; });
    connect(plot_, &Plot::hovered, this, &LandscapeView::hoverAt);
    connect(plot_, &Plot::hoverLeft, this, [this] {
        hover_.reset();
        plot_->replotCursor();
    });
}

std::vector<PanelSwitch> LandscapeView::switches() const {
    return {{QStringLiteral("look"), {tr("contours"), tr("gradient")}, showsGradient_ ? 1 : 0}};
}

void LandscapeView::setSwitch(const QString& id, int option) {
    if (id != QStringLiteral("look")) {
        return;
    }
    showsGradient_ = option == 1;
    Q_EMIT switchesChanged();
    scheduleRefresh();
    plot_->scheduleReplot();
}

QString LandscapeView::emptyText() const {
    return tr("The surface and the path of each run over it appear here.");
}

void LandscapeView::fit() {
    isFitted_ = true;
    scheduleRefresh();
}

void LandscapeView::layOut() {
    plot_->setGeometry(rect());
    plot_->setViewport(plot_->rect());
}

QString LandscapeView::csv() const {
    QString out = QStringLiteral("run,step,x,y\n");
    for (const Trail& trail : trails_) {
        const QString name = csvField(text(trail.run()->name()));
        for (std::size_t i = 0; i < trail.points().size(); ++i) {
            const QPointF& point = trail.points()[i];
            out += name;
            for (const double value : {trail.steps()[i], point.x(), point.y()}) {
                out += QLatin1Char(',') + text(lab::toText(value));
            }
            out += QLatin1Char('\n');
        }
    }
    return out;
}

// Reading.

void LandscapeView::readGrid() {
    const lab::PanelSource* source = sourceWithRole(panel(), "landscape");
    lab::GridPtr grid;
    if (source != nullptr) {
        for (const lab::RunPtr& run : model().runs()) {
            const auto frame = run->history()->latest(source->channel);
            const auto* found = frame ? std::get_if<lab::GridPtr>(&frame->payload) : nullptr;
            if (found != nullptr && *found != nullptr) {
                grid = *found;
                break;
            }
        }
    }
    const bool isSame = grid == grid_ || (grid && grid_ && grid->values == grid_->values &&
                                          grid->x.at == grid_->x.at && grid->y.at == grid_->y.at);
    if (isSame) {
        return;
    }
    grid_ = grid;
    bands_ = QImage();
    contours_.clear();
    positions_.reset();
    if (!grid_ || grid_->x.at.size() < 2 || grid_->y.at.size() < 2) {
        return;
    }
    scale_ = bandScale(*grid_, kBands);
    auto positions = std::make_shared<lab::Grid>(*grid_);
    std::ranges::transform(positions->values, positions->values.begin(),
                           [this](double height) { return scale_.position(height); });
    for (int band = 1; band < kBands; ++band) {
        contours_.push_back(contourLines(*positions, band));
    }
    positions_ = std::move(positions);
    home_ = extentOf(*grid_);
    isFitted_ = true;
}

void LandscapeView::readTrails() {
    const lab::PanelSource* source = sourceWithRole(panel(), "path");
    const std::vector<lab::RunPtr> runs = visibleRuns(model(), panel());
    const bool isSame = std::ranges::equal(trails_, runs, {}, &Trail::run);
    if (!isSame) {
        trails_.clear();
        if (source != nullptr) {
            for (const lab::RunPtr& run : runs) {
                trails_.emplace_back(run, *source);
            }
        }
    }
    QRectF extent;
    for (Trail& trail : trails_) {
        trail.look();
        for (const QPointF& point : trail.points()) {
            if (!grid_ && std::isfinite(point.x()) && std::isfinite(point.y())) {
                extent |= QRectF(point, QSizeF(1e-9, 1e-9));
            }
        }
    }
    if (!grid_) { // no surface: the paths alone
        home_ = extent.adjusted(-extent.width() / 10 - 1e-3, -extent.height() / 10 - 1e-3,
                                extent.width() / 10 + 1e-3, extent.height() / 10 + 1e-3);
    }
}

void LandscapeView::readMinima() {
    minima_.clear();
    const lab::PanelSource* source = sourceWithRole(panel(), "minima");
    if (source == nullptr || model().runs().empty()) {
        return;
    }
    for (const lab::RunPtr& run : model().runs()) {
        const lab::Channel* channel = declared(*run, source->channel);
        const lab::TablePtr table = newestTable(*run, source->channel);
        if (channel == nullptr || table == nullptr || table->rows() == 0) {
            continue;
        }
        const auto x = columnFor(*channel, *source, "x");
        const auto y = columnFor(*channel, *source, "y");
        const auto label = columnFor(*channel, *source, "label");
        for (std::size_t row = 0; x && y && row < table->rows(); ++row) {
            const QPointF at(table->numbers(*x)[row], table->numbers(*y)[row]);
            const QString words =
                label ? cellText(*table, *label, row)
                      : tr("minimum (%1, %2)").arg(shortNumber(at.x()), shortNumber(at.y()));
            minima_.push_back({at, words});
        }
        return;
    }
}

void LandscapeView::readStart() {
    if (isDragging_) {
        return;
    }
    start_.reset();
    const std::string* knob = knobOfEdit(panel(), "start");
    const std::vector<lab::RunPtr> runs = visibleRuns(model(), panel());
    if (runs.empty()) {
        return;
    }
    if (knob != nullptr) {
        const lab::RunScenario scenario = runs.front()->scenario();
        const auto* point = scenario.knobs.contains(*knob)
                                ? std::get_if<lab::PointValue>(&scenario.knobs.at(*knob))
                                : nullptr;
        if (point != nullptr && point->size() == 2) {
            start_ = QPointF((*point)[0], (*point)[1]);
        }
    } else if (!trails_.empty() && !trails_.front().points().empty()) {
        start_ = trails_.front().points().front();
    }
}

void LandscapeView::refresh(bool atOnce) {
    const lab::GridPtr before = grid_;
    readGrid();
    readTrails();
    readMinima();
    readStart();
    const bool hasPath =
        std::ranges::any_of(trails_, [](const Trail& trail) { return !trail.points().empty(); });
    setEmpty(!grid_ && !hasPath, plot_);
    if (isEmpty()) {
        return;
    }
    const QRectF shown = window();
    const bool moves = isFitted_ && shown != home_;
    if (moves) {
        plot_->xAxis->setRange(home_.left(), home_.right());
        plot_->yAxis->setRange(home_.top(), home_.bottom());
    }
    if (atOnce) {
        plot_->replotNow();
    } else if (moves || before != grid_ || bandsTheme_ != ThemeHub::instance().theme().kind) {
        plot_->scheduleReplot();
    } else {
        redrawTrails();
    }
}

void LandscapeView::redrawTrails() {
    plot_->layer(kTrailLayer)->replot();
}

// Geometry.

QRectF LandscapeView::window() const {
    const QCPRange x = plot_->xAxis->range();
    const QCPRange y = plot_->yAxis->range();
    return {QPointF(x.lower, y.lower), QPointF(x.upper, y.upper)};
}

QPointF LandscapeView::toPixel(const QPointF& point) const {
    return {plot_->xAxis->coordToPixel(point.x()), plot_->yAxis->coordToPixel(point.y())};
}

QPointF LandscapeView::toPoint(const QPointF& pixel) const {
    return {plot_->xAxis->pixelToCoord(pixel.x()), plot_->yAxis->pixelToCoord(pixel.y())};
}

double LandscapeView::heightAt(const QPointF& point) const {
    if (!positions_ || !extentOf(*grid_).contains(point)) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    const auto cell = [](const std::vector<double>& at, double where) {
        const auto after =
            static_cast<std::size_t>(std::ranges::upper_bound(at, where) - at.begin());
        const std::size_t node = std::clamp<std::size_t>(after, 1, at.size() - 1) - 1;
        return std::pair{node, (where - at[node]) / (at[node + 1] - at[node])};
    };
    const auto [column, s] = cell(grid_->x.at, point.x());
    const auto [row, t] = cell(grid_->y.at, point.y());
    const double low = std::lerp(grid_->at(row, column), grid_->at(row, column + 1), s);
    const double high = std::lerp(grid_->at(row + 1, column), grid_->at(row + 1, column + 1), s);
    return std::lerp(low, high, t);
}

double LandscapeView::headStep(const Trail& trail) const {
    if (model().followsNewest()) {
        return std::numeric_limits<double>::infinity();
    }
    return model().key() == lab::Key::Step
               ? model().playHead()
               : static_cast<double>(trail.history().stepAt(model().playHead()));
}

std::optional<QPointF> LandscapeView::startPixel() const {
    return start_ ? std::optional(toPixel(*start_)) : std::nullopt;
}

bool LandscapeView::isOnStart(const QPointF& pixel) const {
    const std::optional<QPointF> at = startPixel();
    return at && knobOfEdit(panel(), "start") != nullptr && QLineF(*at, pixel).length() <= kGrab;
}

// Gestures.

bool LandscapeView::eventFilter(QObject* watched, QEvent* event) {
    if (watched != plot_) {
        return LiveView::eventFilter(watched, event);
    }
    switch (event->type()) {
    case QEvent::MouseButtonPress:
    case QEvent::MouseMove:
    case QEvent::MouseButtonRelease:
        return mouse(*event);
    case QEvent::KeyPress:
    case QEvent::KeyRelease:
        return key(*event);
    default:
        return LiveView::eventFilter(watched, event);
    }
}

bool LandscapeView::mouse(QEvent& event) {
    auto& mouseEvent = static_cast<QMouseEvent&>(event);
    const QPointF pixel = mouseEvent.position();
    if (event.type() == QEvent::MouseButtonPress) {
        if (mouseEvent.button() != Qt::LeftButton || !isOnStart(pixel)) {
            return false;
        }
        isDragging_ = true;
        grabOffset_ = *startPixel() - pixel;
        plot_->setCursor(Qt::ClosedHandCursor);
        hover_.reset();
        return true;
    }
    if (isDragging_) {
        const bool settled = event.type() == QEvent::MouseButtonRelease;
        moveStart(toPoint(pixel + grabOffset_), settled);
        if (settled) {
            isDragging_ = false;
            plot_->setCursor(Qt::OpenHandCursor);
        }
        return true;
    }
    plot_->setCursor(isOnStart(pixel) ? Qt::OpenHandCursor : Qt::ArrowCursor);
    return false;
}

bool LandscapeView::key(QEvent& event) {
    const auto& keyEvent = static_cast<QKeyEvent&>(event);
    const std::string* knob = knobOfEdit(panel(), "start");
    QPointF direction;
    switch (keyEvent.key()) {
    case Qt::Key_Left:
        direction = {-1, 0};
        break;
    case Qt::Key_Right:
        direction = {1, 0};
        break;
    case Qt::Key_Up:
        direction = {0, 1};
        break;
    case Qt::Key_Down:
        direction = {0, -1};
        break;
    default:
        return false;
    }
    if (knob == nullptr || !start_) {
        return false;
    }
    if (event.type() == QEvent::KeyRelease) {
        if (!keyEvent.isAutoRepeat()) {
            moveStart(*start_, true);
        }
        return true;
    }
    const double far = keyEvent.modifiers().testFlag(Qt::ShiftModifier) ? 10 : 1;
    const QSizeF size = window().size();
    moveStart(*start_ + QPointF(direction.x() * size.width(), direction.y() * size.height()) *
                            (kKeyStep * far),
              false);
    return true;
}

void LandscapeView::moveStart(const QPointF& point, bool settled) {
    const std::string* id = knobOfEdit(panel(), "start");
    const lab::Knob* knob =
        model().description() == nullptr ? nullptr : model().description()->knob(*id);
    const auto bounded = [knob](double value) {
        const double low = knob != nullptr && knob->min ? *knob->min : value;
        const double high = knob != nullptr && knob->max ? *knob->max : value;
        return std::clamp(value, std::min(low, high), std::max(low, high));
    };
    // Shown with the digits that a pixel is worth.
    const auto rounded = [](double value, double pixelSize) {
        const double unit = std::pow(10.0, std::floor(std::log10(pixelSize)));
        return std::round(value / unit) * unit;
    };
    const QSizeF size = window().size();
    start_ = QPointF(bounded(rounded(point.x(), size.width() / plot_->width())),
                     bounded(rounded(point.y(), size.height() / plot_->height())));
    redrawTrails();
    model().turnKnob(text(*id), lab::PointValue{start_->x(), start_->y()}, settled);
}

void LandscapeView::hoverAt(const QPointF& pixel) {
    hover_ = pixel;
    plot_->replotCursor();
}

} // namespace psephos::ui
