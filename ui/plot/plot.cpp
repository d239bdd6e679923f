// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/plot.hpp"

#include "ui/theme/theme.hpp"

#include <QAbstractScrollArea>
#include <QFontMetrics>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

namespace psephos::ui {

namespace {

constexpr int kIdleMs = 150;
/// Points in view from which on wide pens are kept for when nothing moves. Measured on one core:
/// 23 000 points that fill a plot of 1280 x 720 take 15 ms at width 1.6 and 5 ms at width 1.0.
constexpr qsizetype kManyPoints = 8000;
/// A wide dashed pen goes through Qt's path stroker.
constexpr qsizetype kMostWidelyDashed = 200;
constexpr int kAxisPixels = 11;

const QString kLabels = QStringLiteral("labels");
const QString kCursor = QStringLiteral("cursor");

} // namespace

QVector<qreal> dashPattern(int dash) {
    static const std::array<QVector<qreal>, 6> kPatterns{
        QVector<qreal>{6, 3},  QVector<qreal>{2, 2}, QVector<qreal>{8, 2, 2, 2},
        QVector<qreal>{10, 5}, QVector<qreal>{1, 4}, QVector<qreal>{8, 2, 2, 2, 2, 2}};
    return kPatterns[static_cast<std::size_t>(dash - 1) % kPatterns.size()];
}

Plot::Plot(QWidget* parent)
    : QCustomPlot(parent)
    , xTicker_(new Ticker(TickKind::Number))
    , yTicker_(new Ticker(TickKind::Number)) {
    // The card behind shows through: it has round corners.
    setAttribute(Qt::WA_OpaquePaintEvent, false);
    setAttribute(Qt::WA_NoMousePropagation, false); // it has a menu, too
    setBackground(QBrush(Qt::NoBrush));
    setPlottingHint(QCP::phFastPolylines, true);
    setPlottingHint(QCP::phImmediateRefresh, false);
    setNoAntialiasingOnDrag(false);
    setAutoAddPlottableToLegend(false);
    setFocusPolicy(Qt::StrongFocus);
    setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
    addLayer(kLabels, layer(QStringLiteral("legend")), limAbove);
    addBufferedLayer(kCursor, kLabels);

    xAxis->setTicker(xTicker_);
    yAxis->setTicker(yTicker_);
    axisRect()->setAutoMargins(QCP::msNone);
    applyTheme();

    idle_.setSingleShot(true);
    idle_.setInterval(kIdleMs);
    connect(&idle_, &QTimer::timeout, this, [this] {
        if (thin_) {
            thin_ = false;
            applyPens();
            replot(rpQueuedReplot);
        }
    });
    connect(this, &QCustomPlot::beforeReplot, this, &Plot::updateTickCounts);
    connect(&ThemeHub::instance(), &ThemeHub::changed, this, [this] {
        applyTheme();
        applyPens();
        replot(rpQueuedReplot);
    });
}

QCPGraph* Plot::addLine(const LineLook& look) {
    QCPGraph* line = addGraph();
    line->setSelectable(QCP::stNone);
    setLook(*line, look);
    return line;
}

void Plot::setLook(QCPGraph& line, const LineLook& look) {
    looks_.insert(&line, look);
    line.setPen(penFor(line, look));
}

void Plot::removeLine(QCPGraph* line) {
    looks_.remove(line);
    removeGraph(line);
}

void Plot::setPoints(QCPGraph& line, const Points& points) {
    line.data()->set(points, true);
}

void Plot::setTicks(QCPAxis& axis, TickKind kind) {
    auto ticker = QSharedPointer<Ticker>::create(kind);
    (&axis == xAxis ? xTicker_ : yTicker_) = ticker;
    axis.setTicker(ticker);
    axis.setScaleType(kind == TickKind::Log ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
}

qsizetype Plot::pointCount() const {
    qsizetype count = 0;
    for (auto line = looks_.cbegin(); line != looks_.cend(); ++line) {
        count += line.key()->visible() ? line.key()->dataCount() : 0;
    }
    return count;
}

QPen Plot::penFor(const QCPGraph& line, const LineLook& look) const {
    QPen pen(look.colour);
    pen.setCapStyle(Qt::FlatCap);
    pen.setJoinStyle(Qt::RoundJoin);
    const bool many = look.dash > 0 && line.dataCount() > kMostWidelyDashed;
    pen.setWidthF(thin_ || many ? 1.0 : look.width);
    if (look.dash > 0) {
        pen.setDashPattern(dashPattern(look.dash));
    }
    return pen;
}

void Plot::applyPens() {
    for (auto line = looks_.cbegin(); line != looks_.cend(); ++line) {
        line.key()->setPen(penFor(*line.key(), line.value()));
    }
}

void Plot::scheduleReplot() {
    const bool thin = pointCount() > kManyPoints;
    if (thin != thin_ && thin) {
        thin_ = true;
    }
    applyPens();
    idle_.start();
    replot(rpQueuedReplot);
}

void Plot::replotNow() {
    thin_ = false;
    idle_.stop();
    applyPens();
    replot(rpQueuedRefresh);
}

void Plot::replotCursor() {
    layer(kCursor)->replot();
}

QCPLayer* Plot::addBufferedLayer(const QString& name, const QString& below) {
    addLayer(name, layer(below), limAbove);
    layer(name)->setMode(QCPLayer::lmBuffered);
    return layer(name);
}

std::size_t Plot::columns() const {
    return static_cast<std::size_t>(
        std::max(1.0, std::ceil(axisRect()->width() * bufferDevicePixelRatio())));
}

int Plot::neededLeftMargin() const {
    const QFontMetrics metrics(yAxis->tickLabelFont());
    int widest = 0;
    for (const QString& label :
         yTicker_->ticks(yAxis->range().lower, yAxis->range().upper).labels) {
        widest = std::max(widest, metrics.horizontalAdvance(label));
    }
    const int title = yAxis->label().isEmpty() ? 0 : metrics.height() + yAxis->labelPadding();
    return 8 + title + widest + yAxis->tickLabelPadding();
}

void Plot::setMargins(const QMargins& margins) {
    axisRect()->setMargins(margins);
}

void Plot::updateTickCounts() {
    const auto count = [](int pixels, int each, int most) {
        return std::clamp(pixels / each, 2, most);
    };
    xTicker_->setWanted(count(axisRect()->width(), 100, 10));
    yTicker_->setWanted(count(axisRect()->height(), 44, 8));
}

void Plot::styleAxis(QCPAxis& axis) {
    const Theme& theme = ThemeHub::instance().theme();
    const bool isKey = &axis == xAxis;
    const QPen base = isKey ? QPen(theme.strongLine, 1) : QPen(Qt::NoPen);
    axis.setBasePen(base);
    axis.setTickPen(QPen(Qt::NoPen));
    axis.setSubTickPen(QPen(Qt::NoPen));
    axis.setTickLength(0);
    axis.setSubTicks(false);
    axis.setTickLabelPadding(6);
    axis.setLabelPadding(isKey ? 3 : 6);
    axis.setTickLabelFont(textFont(kAxisPixels));
    axis.setTickLabelColor(theme.muted);
    axis.setLabelFont(textFont(kAxisPixels));
    axis.setLabelColor(theme.muted);
    axis.setNumberFormat(QStringLiteral("g"));
    axis.grid()->setPen(isKey ? QPen(Qt::NoPen) : QPen(theme.plotGrid, 1));
    axis.grid()->setSubGridVisible(false);
    axis.grid()->setZeroLinePen(isKey ? QPen(Qt::NoPen) : QPen(theme.strongLine, 1));
    axis.grid()->setAntialiased(false);
}

void Plot::applyTheme() {
    const Theme& theme = ThemeHub::instance().theme();
    styleAxis(*xAxis);
    styleAxis(*yAxis);
    QColor fill = theme.accent;
    fill.setAlpha(32);
    selectionRect()->setPen(QPen(theme.accent, 1));
    selectionRect()->setBrush(fill);
}

void Plot::beginExport(double scale) {
    exporting_ = true;
    scaleBefore_ = bufferDevicePixelRatio();
    setBufferDevicePixelRatio(scale);
}

void Plot::endExport() {
    exporting_ = false;
    setBufferDevicePixelRatio(scaleBefore_);
    replotNow();
}

void Plot::paintEvent(QPaintEvent* event) {
    if (!exporting_) {
        QCustomPlot::paintEvent(event);
        return;
    }
    // The base would notice that the screen has another pixel ratio and redraw for it.
    QCPPainter painter(this);
    if (painter.isActive()) {
        painter.setRenderHint(QPainter::Antialiasing);
        for (const auto& buffer : mPaintBuffers) {
            buffer->draw(&painter);
        }
    }
}

void Plot::wheelEvent(QWheelEvent* event) {
    const bool onValues = event->modifiers().testFlag(Qt::ControlModifier);
    axisRect()->setRangeZoom(onValues          ? Qt::Vertical
                             : wheelZoomsBoth_ ? Qt::Horizontal | Qt::Vertical
                                               : Qt::Horizontal);
    Q_EMIT rangeTouched();
    QCustomPlot::wheelEvent(event);
    scheduleReplot();
}

void Plot::mousePressEvent(QMouseEvent* event) {
    setSelectionRectMode(event->modifiers().testFlag(Qt::ShiftModifier) ? QCP::srmZoom
                                                                        : QCP::srmNone);
    QCustomPlot::mousePressEvent(event);
}

void Plot::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons().testFlag(Qt::LeftButton)) {
        Q_EMIT rangeTouched();
    }
    QCustomPlot::mouseMoveEvent(event);
    Q_EMIT hovered(event->position());
}

void Plot::mouseReleaseEvent(QMouseEvent* event) {
    const bool zooms = selectionRectMode() == QCP::srmZoom;
    QCustomPlot::mouseReleaseEvent(event);
    if (zooms) {
        Q_EMIT rangeTouched();
        scheduleReplot();
    }
}

void Plot::mouseDoubleClickEvent(QMouseEvent* event) {
    QCustomPlot::mouseDoubleClickEvent(event);
    Q_EMIT fitRequested();
}

void Plot::leaveEvent(QEvent* event) {
    QCustomPlot::leaveEvent(event);
    Q_EMIT hoverLeft();
}

QImage imageOf(QWidget& widget, double scale) {
    QList<Plot*> plots = widget.findChildren<Plot*>();
    if (auto* itself = qobject_cast<Plot*>(&widget)) {
        plots.append(itself);
    }
    for (Plot* plot : plots) {
        plot->beginExport(scale);
        plot->replotNow();
    }
    // Nobody scrolls a picture.
    std::vector<std::pair<QAbstractScrollArea*, Qt::ScrollBarPolicy>> bars;
    for (auto* area : widget.findChildren<QAbstractScrollArea*>()) {
        bars.emplace_back(area, area->verticalScrollBarPolicy());
        area->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    }
    QImage image((QSizeF(widget.size()) * scale).toSize(), QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(scale);
    image.fill(ThemeHub::instance().theme().panel);
    widget.render(&image, QPoint(), QRegion(), QWidget::DrawChildren);
    for (const auto& [area, policy] : bars) {
        area->setVerticalScrollBarPolicy(policy);
    }
    for (Plot* plot : plots) {
        plot->endExport();
    }
    return image;
}

} // namespace psephos::ui
