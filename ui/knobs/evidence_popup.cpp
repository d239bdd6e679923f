// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/knobs/evidence_popup.hpp"

#include "ui/knobs/controls.hpp"
#include "ui/knobs/number_scale.hpp"
#include "ui/plot/number_text.hpp"
#include "ui/theme/theme.hpp"

#include <QLabel>
#include <QPainter>
#include <QPainterPath>
#include <QScreen>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace psephos::ui {

namespace {

constexpr QRect kPlot(44, 40, 268, 132);

/// Places the curve's points in the plot's rectangle.
struct Projection {
    double xLow = 0, xHigh = 1, yLow = 0, yHigh = 1;
    bool isLog = true;

    [[nodiscard]] double along(double x) const { return isLog ? std::log10(x) : x; }

    [[nodiscard]] QPointF at(double x, double y) const {
        const double across = (along(x) - xLow) / std::max(1e-12, xHigh - xLow);
        const double up = (y - yLow) / std::max(1e-12, yHigh - yLow);
        return {kPlot.left() + 10 + across * (kPlot.width() - 20),
                kPlot.bottom() - 8 - up * (kPlot.height() - 20)};
    }
};

Projection projectionOf(const lab::Evidence& evidence) {
    Projection projection;
    projection.isLog = evidence.xScale != lab::Scale::Linear;
    std::vector<double> ys;
    std::ranges::copy_if(evidence.y, std::back_inserter(ys),
                         [](double y) { return std::isfinite(y); });
    if (evidence.x.empty() || ys.empty()) {
        return projection;
    }
    const auto [lowX, highX] = std::ranges::minmax(evidence.x);
    projection.xLow = projection.along(lowX);
    projection.xHigh = projection.along(highX);
    const auto [lowY, highY] = std::ranges::minmax(ys);
    projection.yLow = lowY;
    projection.yHigh = highY > lowY ? highY : lowY + 1;
    return projection;
}

} // namespace

EvidencePopup::EvidencePopup(lab::Evidence evidence, QWidget* parent)
    : QFrame(parent, Qt::Popup)
    , evidence_(std::move(evidence)) {
    setObjectName(QStringLiteral("popup"));
    setAttribute(Qt::WA_DeleteOnClose);
    setAccessibleName(QString::fromStdString(evidence_.title));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(14, 12, 14, 12);
    layout->addWidget(
        withKind(new QLabel(QString::fromStdString(evidence_.title), this), "strong"));
    layout->addSpacing(kPlot.height() + 40);
    QString text = QString::fromStdString(evidence_.provenance);
    if (evidence_.atGridEdge) {
        auto* warning = withKind(
            new QLabel(tr("The best value lies at the edge of what was tried: a better one may "
                          "lie beyond."),
                       this),
            "error");
        warning->setWordWrap(true);
        layout->addWidget(warning);
    }
    auto* provenance = withKind(new QLabel(text, this), "small");
    provenance->setWordWrap(true);
    layout->addWidget(provenance);
    setFixedWidth(336);
}

EvidencePopup* EvidencePopup::open(const lab::Evidence& evidence, QWidget* beside) {
    auto* popup = new EvidencePopup(evidence, beside->window());
    popup->adjustSize();
    QPoint corner = beside->mapToGlobal(QPoint(beside->width(), beside->height() + 4)) -
                    QPoint(popup->width(), 0);
    if (const QScreen* screen = beside->screen(); screen != nullptr) {
        const QRect area = screen->availableGeometry();
        corner.setX(std::clamp(corner.x(), area.left(), area.right() - popup->width()));
        corner.setY(std::clamp(corner.y(), area.top(), area.bottom() - popup->height()));
    }
    popup->move(corner);
    popup->show();
    return popup;
}

QSize EvidencePopup::sizeHint() const {
    return {336, std::max(QFrame::sizeHint().height(), 250)};
}

void EvidencePopup::paintEvent(QPaintEvent* event) {
    QFrame::paintEvent(event);
    const Theme& theme = ThemeHub::instance().theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme.line);
    painter.drawLine(kPlot.bottomLeft(), kPlot.bottomRight());
    const Projection projection = projectionOf(evidence_);
    QPainterPath curve;
    bool isDown = false;
    for (std::size_t i = 0; i < evidence_.x.size() && i < evidence_.y.size(); ++i) {
        if (!std::isfinite(evidence_.y[i])) {
            isDown = false;
            continue;
        }
        const QPointF point = projection.at(evidence_.x[i], evidence_.y[i]);
        isDown ? curve.lineTo(point) : curve.moveTo(point);
        isDown = true;
    }
    painter.setPen(QPen(theme.muted, 1.5));
    painter.drawPath(curve);
    painter.setFont(textFont(11));
    for (std::size_t i = 0; i < evidence_.x.size() && i < evidence_.y.size(); ++i) {
        const bool isChosen = evidence_.x[i] == evidence_.chosen;
        const bool isFinite = std::isfinite(evidence_.y[i]);
        const QPointF point =
            projection.at(evidence_.x[i], isFinite ? evidence_.y[i] : projection.yHigh);
        if (isFinite) {
            painter.setPen(QPen(theme.panel, 1.5));
            painter.setBrush(isChosen ? theme.accent : theme.muted);
            painter.drawEllipse(point, isChosen ? 5 : 3.5, isChosen ? 5 : 3.5);
        } else {
            painter.setPen(theme.warning);
            painter.drawText(QRectF(point.x() - 10, point.y() - 8, 20, 16), Qt::AlignCenter,
                             QStringLiteral("✕"));
        }
        painter.setPen(isChosen ? theme.accent : theme.faint);
        if (isChosen || i == 0 || i + 1 == evidence_.x.size()) {
            painter.drawText(QRectF(point.x() - 40, kPlot.bottom() + 3, 80, 14), Qt::AlignCenter,
                             numberText(evidence_.x[i]));
        }
    }
    painter.setPen(theme.muted);
    painter.drawText(QRectF(kPlot.left(), kPlot.bottom() + 18, kPlot.width(), 14), Qt::AlignCenter,
                     QString::fromStdString(evidence_.xLabel));
    painter.drawText(QRectF(14, kPlot.top() - 2, 200, 14), Qt::AlignLeft,
                     QString::fromStdString(evidence_.yLabel));
    painter.setPen(theme.faint);
    const auto level = [&](double y) {
        painter.drawText(QRectF(0, projection.at(std::pow(10, projection.xLow), y).y() - 7,
                                kPlot.left() - 2, 14),
                         Qt::AlignRight | Qt::AlignVCenter, shortNumber(y));
    };
    level(projection.yLow);
    level(projection.yHigh);
}

} // namespace psephos::ui
