// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/knobs/elided_label.hpp"

#include <QEvent>

#include <algorithm>

namespace psephos::ui {

ElidedLabel::ElidedLabel(const QString& text, QWidget* parent)
    : QLabel(parent)
    , full_(text) {
    setTextFormat(Qt::PlainText);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    elide();
}

void ElidedLabel::setFullText(const QString& text) {
    if (text != full_) {
        full_ = text;
        updateGeometry();
        elide();
    }
}

QSize ElidedLabel::minimumSizeHint() const {
    return {std::min(24, sizeHint().width()), fontMetrics().height() + 2};
}

QSize ElidedLabel::sizeHint() const {
    const int width = full_.isEmpty() ? 0 : fontMetrics().horizontalAdvance(full_) + 2;
    return {width, fontMetrics().height() + 2};
}

void ElidedLabel::resizeEvent(QResizeEvent* event) {
    QLabel::resizeEvent(event);
    elide();
}

void ElidedLabel::changeEvent(QEvent* event) {
    QLabel::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) {
        updateGeometry();
        elide();
    }
}

void ElidedLabel::setLeastRoom(int width) {
    leastRoom_ = width;
    elide();
}

void ElidedLabel::elide() {
    const bool fits = fontMetrics().horizontalAdvance(full_) <= width();
    const QString shown = fits || width() >= leastRoom_
                              ? fontMetrics().elidedText(full_, Qt::ElideRight, width())
                              : QString();
    if (shown != text()) {
        setText(shown);
    }
}

} // namespace psephos::ui
