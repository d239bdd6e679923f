// SPDX-License-Identifier: GPL-3.0-or-later
// Named points over two axes of values.
#pragma once

#include "lab/run.hpp"
#include "ui/panels/live_view.hpp"
#include "ui/plot/painted_axis.hpp"

#include <QColor>
#include <QPointF>
#include <QString>

#include <optional>
#include <vector>

namespace psephos::ui {

/// Parts of the table: name, x, y. The name stands beside a point wherever it has room; the points
/// that lie farthest out are named first.
class ScatterView : public LiveView {
    Q_OBJECT
  public:
    struct Dot {
        lab::RunId run = 0;
        QString runName;
        QColor colour;
        QString name;
        double x = 0; ///< finite, as y
        double y = 0;
    };

    ScatterView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent);

    [[nodiscard]] QString csv() const override;
    [[nodiscard]] QString emptyText() const override;

    [[nodiscard]] const std::vector<Dot>& dots() const { return dots_; }

    /// The dot nearest to a position, within 14 px.
    [[nodiscard]] std::optional<std::size_t> dotUnder(const QPointF& position) const;

  protected:
    void refresh(bool atOnce) override;
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

  private:
    struct Place {
        QRectF area;
        PaintedAxis x;
        PaintedAxis y;

        [[nodiscard]] QPointF at(const Dot& dot) const;
    };

    [[nodiscard]] Place place() const;
    void paintDots(QPainter& painter, const Place& place) const;
    void paintNames(QPainter& painter, const Place& place) const;

    std::vector<Dot> dots_;
    std::optional<QPointF> hover_;
};

} // namespace psephos::ui
