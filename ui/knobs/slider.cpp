// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/knobs/slider.hpp"

#include "ui/theme/theme.hpp"

#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace psephos::ui {

Slider::Slider(QWidget* parent)
    : QAbstractSlider(parent) {
    setOrientation(Qt::Horizontal);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setCursor(Qt::PointingHandCursor);
}

void Slider::setHandleRadius(int radius) {
    radius_ = radius;
    updateGeometry();
    update();
}

void Slider::setMarks(int count) {
    marks_ = count;
    update();
}

QSize Slider::sizeHint() const {
    return {140, 2 * radius_ + 6 + (marks_ > 0 ? 8 : 0)};
}

QSize Slider::minimumSizeHint() const {
    return {40, sizeHint().height()};
}

double Slider::handleX() const {
    const double span = std::max(1, maximum() - minimum());
    const double fraction = (sliderPosition() - minimum()) / span;
    return radius_ + 1 + fraction * (width() - 2 * radius_ - 2);
}

void Slider::moveTo(double x) {
    const double length = std::max(1, width() - 2 * radius_ - 2);
    const double fraction = std::clamp((x - radius_ - 1) / length, 0.0, 1.0);
    setSliderPosition(minimum() +
                      static_cast<int>(std::lround(fraction * (maximum() - minimum()))));
}

void Slider::paintEvent(QPaintEvent*) {
    const Theme& theme = ThemeHub::instance().theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double middle = marks_ > 0 ? radius_ + 3.0 : height() / 2.0;
    const double x = handleX();
    const QColor active = isEnabled() ? theme.accent : theme.strongLine;
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.line);
    painter.drawRoundedRect(QRectF(0, middle - 1.5, width(), 3), 1.5, 1.5);
    painter.setBrush(active);
    painter.drawRoundedRect(QRectF(0, middle - 1.5, x, 3), 1.5, 1.5);
    if (marks_ > 0) {
        painter.setBrush(theme.strongLine);
        const double length = width() - 2 * radius_ - 2;
        for (int i = 0; i <= marks_; ++i) {
            const double at = radius_ + 1 + length * i / marks_;
            painter.drawRect(QRectF(at - 0.5, height() - 4, 1, 3));
        }
    }
    painter.setBrush(theme.panel);
    painter.setPen(QPen(active, hasFocus() || isHovered_ ? 2.5 : 2.0));
    painter.drawEllipse(QPointF(x, middle), radius_, radius_);
    if (hasFocus()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(active);
        painter.drawEllipse(QPointF(x, middle), radius_ * 0.4, radius_ * 0.4);
    }
}

void Slider::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) {
        event->ignore();
        return;
    }
    setSliderDown(true);
    moveTo(event->position().x());
    update();
}

void Slider::mouseMoveEvent(QMouseEvent* event) {
    if (isSliderDown()) {
        moveTo(event->position().x());
        update();
    }
}

void Slider::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && isSliderDown()) {
        setSliderDown(false);
        update();
    }
}

void Slider::wheelEvent(QWheelEvent* event) {
    // A wheel over a list of knobs scrolls the list; only a slider that was chosen turns.
    if (!hasFocus()) {
        event->ignore();
        return;
    }
    QAbstractSlider::wheelEvent(event);
}

void Slider::enterEvent(QEnterEvent*) {
    isHovered_ = true;
    update();
}

void Slider::leaveEvent(QEvent*) {
    isHovered_ = false;
    update();
}

} // namespace psephos::ui
