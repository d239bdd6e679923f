// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/knobs/number_field.hpp"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include <cmath>

namespace psephos::ui {

namespace {
constexpr double kScrubStart = 4; ///< px of sideways movement before a press is a drag
constexpr double kScrubNotch = 4; ///< px a notch
} // namespace

NumberField::NumberField(QWidget* parent)
    : QLineEdit(parent) {
    setProperty("kind", QStringLiteral("number"));
    setAlignment(Qt::AlignRight);
    // A press may begin a scrub: the field takes the focus itself, at a click without a drag.
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::SizeHorCursor);
    setFixedWidth(76);
    connect(this, &QLineEdit::returnPressed, this, &NumberField::enter);
}

void NumberField::show(const QString& text, const QString& unit) {
    shown_ = text;
    unit_ = unit;
    refresh();
}

void NumberField::refresh() {
    if (hasFocus()) {
        if (!isModified()) {
            setText(shown_);
        }
        return;
    }
    const bool fits =
        !unit_.isEmpty() && fontMetrics().horizontalAdvance(shown_ + u' ' + unit_) < width() - 16;
    setText(fits ? shown_ + u' ' + unit_ : shown_);
    setCursorPosition(0);
}

void NumberField::enter() {
    if (text() != shown_) {
        Q_EMIT textEntered(text());
    }
    setModified(false);
}

void NumberField::mousePressEvent(QMouseEvent* event) {
    if (hasFocus() || event->button() != Qt::LeftButton) {
        QLineEdit::mousePressEvent(event);
        return;
    }
    isPressed_ = true;
    isScrubbing_ = false;
    scrubbed_ = 0;
    pressedAt_ = event->position().x();
}

void NumberField::mouseMoveEvent(QMouseEvent* event) {
    if (!isPressed_) {
        QLineEdit::mouseMoveEvent(event);
        return;
    }
    const double moved = event->position().x() - pressedAt_;
    if (!isScrubbing_ && std::abs(moved) < kScrubStart) {
        return;
    }
    isScrubbing_ = true;
    const int notches = static_cast<int>(moved / kScrubNotch);
    if (notches != scrubbed_) {
        const int factor = event->modifiers().testFlag(Qt::ShiftModifier) ? 10 : 1;
        Q_EMIT stepped((notches - scrubbed_) * factor);
        scrubbed_ = notches;
    }
}

void NumberField::mouseReleaseEvent(QMouseEvent* event) {
    if (!isPressed_) {
        QLineEdit::mouseReleaseEvent(event);
        return;
    }
    isPressed_ = false;
    if (isScrubbing_) {
        isScrubbing_ = false;
        Q_EMIT scrubEnded();
    } else {
        setFocus(Qt::MouseFocusReason);
    }
}

void NumberField::keyPressEvent(QKeyEvent* event) {
    const int factor = event->modifiers().testFlag(Qt::ShiftModifier) ? 10 : 1;
    if (event->key() == Qt::Key_Up || event->key() == Qt::Key_Down) {
        setModified(false);
        Q_EMIT stepped(event->key() == Qt::Key_Up ? factor : -factor);
        Q_EMIT scrubEnded();
        selectAll();
        return;
    }
    if (event->key() == Qt::Key_Escape && isModified()) {
        setModified(false);
        refresh();
        selectAll();
        return;
    }
    QLineEdit::keyPressEvent(event);
}

void NumberField::wheelEvent(QWheelEvent* event) {
    if (!hasFocus() || event->angleDelta().y() == 0) {
        event->ignore();
        return;
    }
    setModified(false);
    Q_EMIT stepped(event->angleDelta().y() > 0 ? 1 : -1);
    Q_EMIT scrubEnded();
}

void NumberField::focusInEvent(QFocusEvent* event) {
    QLineEdit::focusInEvent(event);
    setCursor(Qt::IBeamCursor);
    setModified(false);
    refresh();
    selectAll();
}

void NumberField::focusOutEvent(QFocusEvent* event) {
    QLineEdit::focusOutEvent(event);
    setCursor(Qt::SizeHorCursor);
    if (isModified()) {
        enter();
    }
    refresh();
}

} // namespace psephos::ui
