// SPDX-License-Identifier: GPL-3.0-or-later
// A field with a number in it: typed into after a click, scrubbed by dragging sideways, stepped by
// the arrow keys and, while chosen, by the wheel.
#pragma once

#include <QLineEdit>
#include <QString>

namespace psephos::ui {

class NumberField : public QLineEdit {
    Q_OBJECT
  public:
    explicit NumberField(QWidget* parent = nullptr);

    /// What the field shows: the text itself while it is edited, with the unit behind it otherwise.
    void show(const QString& text, const QString& unit);

  Q_SIGNALS:
    /// The text that was typed and confirmed (Enter, or leaving the field).
    void textEntered(const QString& text);
    /// Notches since the last signal; Shift makes ten of one.
    void stepped(int notches);
    /// The hand let go after scrubbing.
    void scrubEnded();

  protected:
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

  private:
    void refresh();
    void enter();

    QString shown_;
    QString unit_;
    double pressedAt_ = 0;
    int scrubbed_ = 0;
    bool isPressed_ = false;
    bool isScrubbing_ = false;
};

} // namespace psephos::ui
