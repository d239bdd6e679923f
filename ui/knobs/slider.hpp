// SPDX-License-Identifier: GPL-3.0-or-later
// A thin slider: a line, its part up to the handle in the accent, a ring as handle. A click jumps.
#pragma once

#include <QAbstractSlider>

namespace psephos::ui {

class Slider : public QAbstractSlider {
    Q_OBJECT
  public:
    explicit Slider(QWidget* parent = nullptr);

    /// Radius of the handle [px]; the timeline's is larger than a knob's.
    void setHandleRadius(int radius);
    /// Marks at these fractions of the range, below the line.
    void setMarks(int count);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

  private:
    void moveTo(double x);
    [[nodiscard]] double handleX() const;

    int radius_ = 5;
    int marks_ = 0;
    bool isHovered_ = false;
};

} // namespace psephos::ui
