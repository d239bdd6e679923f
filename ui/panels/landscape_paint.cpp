// SPDX-License-Identifier: GPL-3.0-or-later
// How a landscape panel draws: bands and contours below, trails and their names above.
#include "ui/panels/comparison_model.hpp"
#include "ui/panels/landscape_view.hpp"
#include "ui/panels/reading.hpp"
#include "ui/plot/colours.hpp"
#include "ui/plot/label_layout.hpp"
#include "ui/plot/number_text.hpp"
#include "ui/plot/ticks.hpp"

#include <QFontMetricsF>
#include <QPainterPath>

#include <algorithm>
#include <array>
#include <cmath>

namespace psephos::ui {

namespace {

/// Trails that lie on one another show as nested stripes: each is thinner than the one below it.
constexpr double kWidestTrail = 3.4;
constexpr double kThinnestTrail = 1.7;
constexpr double kHead = 5.5;
constexpr double kStart = 6.5;
/// Distance between the arrows of the gradient [px].
constexpr double kArrowPitch = 36;
/// Of more minima only the first are named.
constexpr std::size_t kMostMinimumLabels = 6;
/// Above so many points a trail is drawn with a cosmetic pen.
constexpr qsizetype kManyPoints = 8000;

/// What text stands on: between valley and height.
QColor haloColour(const Theme& theme) {
    return mix(theme.landscapeLow, theme.landscapeHigh, 0.6);
}

QRectF around(const QPointF& point, double radius) {
    return {point.x() - radius, point.y() - radius, 2 * radius, 2 * radius};
}

} // namespace

bool LandscapeView::isFaded(const lab::Run& run) const {
    return model().emphasised() && *model().emphasised() != run.id();
}

QColor LandscapeView::colourOf(const lab::Run& run) const {
    const Theme& theme = ThemeHub::instance().theme();
    const QColor colour = runStyle(theme, model().styleNumber(run)).colour;
    return isFaded(run) ? mix(colour, theme.landscapeHigh, 0.65) : colour;
}

void LandscapeView::paintBands(QCPPainter& painter) {
    if (!grid_ || contours_.empty()) {
        return;
    }
    const Theme& theme = ThemeHub::instance().theme();
    const QRect area = plot_->axisRect()->rect();
    const double scale = plot_->bufferDevicePixelRatio();
    const QSize pixels = (QSizeF(area.size()) * scale).toSize();
    const bool isCurrent = bands_.size() == pixels && bandsWindow_ == window() &&
                           bandsTheme_ == theme.kind && bandsArePale_ == showsGradient_;
    if (!isCurrent) {
        // Under arrows the ground steps back.
        const double pale = showsGradient_ ? 0.45 : 0;
        const std::vector<QRgb> colours =
            ramp(mix(theme.landscapeLow, theme.panel, pale),
                 mix(theme.landscapeHigh, theme.panel, pale), scale_.bands);
        bands_ = bandImage(*grid_, scale_, colours, window(), pixels);
        bandsWindow_ = window();
        bandsTheme_ = theme.kind;
        bandsArePale_ = showsGradient_;
    }
    QPainterPath card; // the card's lower corners are round
    card.addRoundedRect(QRectF(area).adjusted(0, -metrics::kRadius, 0, 0), metrics::kRadius - 1,
                        metrics::kRadius - 1);
    painter.setClipPath(card, Qt::IntersectClip);
    painter.drawImage(QRectF(area), bands_);
}

void LandscapeView::paintContours(QCPPainter& painter) const {
    const Theme& theme = ThemeHub::instance().theme();
    QColor colour =
        mix(theme.landscapeLow, theme.text, theme.kind == ThemeKind::Print ? 0.4 : 0.15);
    colour.setAlpha(theme.kind == ThemeKind::Print ? 150 : 70);
    painter.setPen(QPen(colour, 1));
    painter.setBrush(Qt::NoBrush);
    const QRectF area = plot_->axisRect()->rect();
    QPolygonF pixels;
    for (const std::vector<QPolygonF>& level : contours_) {
        for (const QPolygonF& line : level) {
            pixels.resize(line.size());
            std::ranges::transform(line, pixels.begin(),
                                   [this](const QPointF& point) { return toPixel(point); });
            if (pixels.boundingRect().intersects(area)) {
                painter.drawPolyline(pixels);
            }
        }
    }
}

void LandscapeView::paintArrows(QCPPainter& painter) const {
    const Theme& theme = ThemeHub::instance().theme();
    const QRectF area = plot_->axisRect()->rect();
    const double perX = window().width() / area.width();
    const double perY = window().height() / area.height();

    struct Arrow {
        QPointF at;
        QPointF downhill; ///< on the screen, per unit of height
        double slope;     ///< |∇f| in the surface's own coordinates
    };

    std::vector<Arrow> arrows;
    double steepest = 0;
    double flattest = HUGE_VAL;
    const int down = static_cast<int>(area.height() / kArrowPitch + 0.5);
    const int across = static_cast<int>(area.width() / kArrowPitch + 0.5);
    for (int row = 0; row < down; ++row) {
        for (int column = 0; column < across; ++column) {
            const QPointF at = area.topLeft() + QPointF(column + 0.5, row + 0.5) * kArrowPitch;
            const QPointF here = toPoint(at);
            const double hx = 2 * perX;
            const double hy = 2 * perY;
            const double dx =
                (heightAt(here + QPointF(hx, 0)) - heightAt(here - QPointF(hx, 0))) / (2 * hx);
            const double dy =
                (heightAt(here + QPointF(0, hy)) - heightAt(here - QPointF(0, hy))) / (2 * hy);
            const double slope = std::hypot(dx, dy);
            if (std::isfinite(slope) && slope > 0) {
                arrows.push_back({at, QPointF(-dx / perX, dy / perY), slope});
                steepest = std::max(steepest, slope);
                flattest = std::min(flattest, slope);
            }
        }
    }
    const QColor colour = mix(theme.muted, theme.landscapeLow, 0.25);
    const double decades = std::max(std::log(steepest / flattest), 1e-6);
    for (const Arrow& arrow : arrows) {
        const double length = 7 + 19 * std::log(arrow.slope / flattest) / decades;
        const QPointF along = arrow.downhill / std::hypot(arrow.downhill.x(), arrow.downhill.y());
        const QPointF aside(-along.y(), along.x());
        const QPointF tip = arrow.at + along * (length / 2);
        painter.setPen(QPen(colour, 1.2, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(arrow.at - along * (length / 2), tip);
        painter.drawLine(tip, tip - along * 3.6 + aside * 2.6);
        painter.drawLine(tip, tip - along * 3.6 - aside * 2.6);
    }
}

void LandscapeView::paintTicks(QCPPainter& painter) const {
    const Theme& theme = ThemeHub::instance().theme();
    const QRectF area = plot_->axisRect()->rect();
    const QFont font = textFont(11);
    const QFontMetricsF metrics(font);
    const QColor colour = theme.muted;
    const QColor ground = haloColour(theme);
    const QRectF shown = window();
    const Ticks x =
        linearTicks(shown.left(), shown.right(), std::max(2, qRound(area.width() / 130)));
    for (std::size_t i = 0; i < x.at.size(); ++i) {
        const double at = toPixel(QPointF(x.at[i], 0)).x();
        const double width = metrics.horizontalAdvance(x.labels[i]);
        if (at - width / 2 > area.left() + 44 && at + width / 2 < area.right() - 24) {
            paintHaloText(painter, QPointF(at - width / 2, area.bottom() - 7), x.labels[i], font,
                          colour, ground);
        }
    }
    const Ticks y =
        linearTicks(shown.top(), shown.bottom(), std::max(2, qRound(area.height() / 60)));
    for (std::size_t i = 0; i < y.at.size(); ++i) {
        const double at = toPixel(QPointF(0, y.at[i])).y();
        if (at > area.top() + 26 && at < area.bottom() - 20) {
            paintHaloText(painter, QPointF(area.left() + 8, at + metrics.capHeight() / 2),
                          y.labels[i], font, colour, ground);
        }
    }
    const QString xName = axisTitle(text(panel().x.label), text(panel().x.unit));
    const QString yName = axisTitle(text(panel().y.label), text(panel().y.unit));
    paintHaloText(painter,
                  QPointF(area.right() - 10 - metrics.horizontalAdvance(xName), area.bottom() - 7),
                  xName, font, colour, ground);
    paintHaloText(painter, QPointF(area.left() + 8, area.top() + 8 + metrics.ascent()), yName, font,
                  colour, ground);
}

void LandscapeView::paintTrails(QCPPainter& painter) const {
    std::vector<QRectF> taken;
    taken.push_back(paintRunLegend(painter));
    paintMinima(painter, taken);
    for (const bool emphasised : {false, true}) { // what is emphasised goes on top
        for (const Trail& trail : trails_) {
            const bool isIt = model().emphasised() == trail.run()->id();
            if (isIt == emphasised) {
                paintTrail(painter, trail, taken);
            }
        }
    }
    for (std::size_t i = 0; i < std::min(minima_.size(), kMostMinimumLabels); ++i) {
        const QPointF at = toPixel(minima_[i].at);
        if (QRectF(plot_->axisRect()->rect()).contains(at)) {
            paintLabel(painter, at, 11, minima_[i].label, taken);
        }
    }
    paintStart(painter, taken);
}

void LandscapeView::paintTrail(QCPPainter& painter, const Trail& trail,
                               std::vector<QRectF>& taken) const {
    const Theme& theme = ThemeHub::instance().theme();
    const QRectF area = plot_->axisRect()->rect();
    std::vector<QPointF> pixels = trail.upTo(headStep(trail));
    std::ranges::transform(pixels, pixels.begin(),
                           [this](const QPointF& point) { return toPixel(point); });
    const RunStyle style = runStyle(theme, model().styleNumber(*trail.run()));
    const QColor colour = colourOf(*trail.run());
    const std::vector<QPolygonF> pieces = drawablePath(pixels, area);
    qsizetype count = 0;
    for (const QPolygonF& piece : pieces) {
        count += piece.size();
    }
    const double rank = static_cast<double>(&trail - trails_.data()) /
                        static_cast<double>(std::max<std::size_t>(trails_.size(), 4));
    const double width = count > kManyPoints ? 1.0 : std::lerp(kWidestTrail, kThinnestTrail, rank);
    const auto draw = [&](const QPen& pen) {
        painter.setPen(pen);
        painter.setBrush(Qt::NoBrush);
        for (const QPolygonF& piece : pieces) {
            painter.drawPolyline(piece);
        }
    };
    if (style.needsCasing && !isFaded(*trail.run()) && count <= kManyPoints) {
        draw(QPen(casing(colour, theme.panel), width + 1.2, Qt::SolidLine, Qt::RoundCap,
                  Qt::RoundJoin));
    }
    QPen pen(colour, width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
    if (style.dash > 0 && count <= 200) {
        pen.setDashPattern(dashPattern(style.dash));
    }
    draw(pen);
    QPointF before(-1e9, -1e9); // labels keep off the trail too
    for (const QPolygonF& piece : pieces) {
        for (const QPointF& point : piece) {
            if (QLineF(before, point).length() > 10) {
                taken.push_back(around(point, 3));
                before = point;
            }
        }
    }
    if (!pixels.empty() && area.contains(pixels.back())) {
        painter.setPen(QPen(theme.panel, 1.8));
        painter.setBrush(colour);
        painter.drawEllipse(pixels.back(), kHead, kHead);
        taken.push_back(around(pixels.back(), kHead + 2));
    }
}

void LandscapeView::paintMinima(QCPPainter& painter, std::vector<QRectF>& taken) const {
    const Theme& theme = ThemeHub::instance().theme();
    const QRectF area = plot_->axisRect()->rect();
    for (const Minimum& minimum : minima_) {
        const QPointF at = toPixel(minimum.at);
        if (!area.contains(at)) {
            continue;
        }
        for (const double width : {3.4, 1.4}) {
            painter.setPen(
                QPen(width > 2 ? theme.panel : theme.text, width, Qt::SolidLine, Qt::RoundCap));
            painter.drawLine(at + QPointF(-4, 0), at + QPointF(4, 0));
            painter.drawLine(at + QPointF(0, -4), at + QPointF(0, 4));
        }
        taken.push_back(around(at, 6));
    }
}

void LandscapeView::paintStart(QCPPainter& painter, std::vector<QRectF>& taken) const {
    if (!start_) {
        return;
    }
    const Theme& theme = ThemeHub::instance().theme();
    const QPointF at = toPixel(*start_);
    painter.setPen(QPen(theme.text, 2));
    painter.setBrush(theme.panel);
    painter.drawEllipse(at, kStart, kStart);
    taken.push_back(around(at, kStart + 2));
    if (isDragging_) {
        paintLabel(painter, at, 12,
                   tr("start (%1, %2)").arg(shortNumber(start_->x()), shortNumber(start_->y())),
                   taken);
    } else {
        const bool canDrag = knobOfEdit(panel(), "start") != nullptr;
        paintLabel(painter, at, 12, canDrag ? tr("start: drag me") : tr("start"), taken);
    }
}

void LandscapeView::paintLabel(QCPPainter& painter, const QPointF& at, double distance,
                               const QString& words, std::vector<QRectF>& taken) const {
    const Theme& theme = ThemeHub::instance().theme();
    const QFont font = textFont(12);
    const QFontMetricsF metrics(font);
    const QRectF area = QRectF(plot_->axisRect()->rect()).adjusted(6, 4, -6, -22);
    const QRectF box = besidePoint(at, QSizeF(metrics.horizontalAdvance(words), metrics.height()),
                                   distance, area, taken);
    paintHaloText(painter, QPointF(box.left(), box.top() + metrics.ascent()), words, font,
                  theme.text, haloColour(theme));
    taken.push_back(box);
}

QRectF LandscapeView::paintRunLegend(QCPPainter& painter) const {
    const Theme& theme = ThemeHub::instance().theme();
    std::vector<LegendRow> rows;
    constexpr std::size_t kMostRows = 14;
    for (const Trail& trail : trails_) {
        if (rows.size() == kMostRows) {
            rows.push_back(
                {QColor(), tr("and %1 more").arg(trails_.size() - kMostRows), QString(), true});
            break;
        }
        QString name = said(trail.run()->name());
        const auto diverged = divergedText(trail.status());
        if (diverged && headStep(trail) >= static_cast<double>(*trail.status().divergedAt)) {
            name += QStringLiteral(" · ") + *diverged;
        }
        const RunStyle style = runStyle(theme, model().styleNumber(*trail.run()));
        rows.push_back({style.colour, name, QString(), isFaded(*trail.run()), style.dash});
    }
    if (rows.empty()) {
        return {};
    }
    const QRectF area = plot_->axisRect()->rect();
    const QSizeF size = paintLegend(nullptr, {}, QString(), rows, false);
    const QPointF corner(area.right() - size.width() - 10, area.top() + 10);
    paintLegend(&painter, corner, QString(), rows, false);
    return {corner, size};
}

void LandscapeView::paintHover(QCPPainter& painter) const {
    if (!hover_ || isDragging_ || isOnStart(*hover_)) {
        return;
    }
    const QPointF point = toPoint(*hover_);
    const double height = heightAt(point);
    if (!std::isfinite(height)) {
        return;
    }
    const QRectF area = plot_->axisRect()->rect();
    const lab::PanelSource* source = sourceWithRole(panel(), "landscape");
    const lab::Channel* channel =
        model().runs().empty() ? nullptr : declared(*model().runs().front(), source->channel);
    const QString name =
        channel == nullptr || channel->label.empty() ? tr("height") : text(channel->label);
    const std::vector<LegendRow> rows{{QColor(), name, shortNumber(height, 4), false}};
    paintReadOut(painter, *hover_ + QPointF(0, 4), area,
                 QStringLiteral("(%1, %2)").arg(shortNumber(point.x()), shortNumber(point.y())),
                 rows);
}

} // namespace psephos::ui
