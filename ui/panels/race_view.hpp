// SPDX-License-Identifier: GPL-3.0-or-later
// A race: the median of each cohort over its seeds, on a clock that can be changed, and the target.
#pragma once

#include "ui/panels/curves_view.hpp"
#include "ui/panels/race_reading.hpp"

#include <vector>

namespace psephos::ui {

/// Sources: the channel that is raced on, and of role `clock` scalar channels that never fall: what
/// else progress may be counted in. Switch `clock`. Around the median of two runs or more lies the
/// band of their quartiles. The target is a line that the hand moves, or the arrow keys; a double
/// click or Escape takes it back to what every median has reached.
class RaceView : public CurvesView {
    Q_OBJECT
  public:
    RaceView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent);

    [[nodiscard]] std::vector<PanelSwitch> switches() const override;
    void setSwitch(const QString& id, int option) override;
    [[nodiscard]] QString emptyText() const override;

    /// What is to be reached; none while there is nothing that every median has.
    [[nodiscard]] std::optional<double> target() const { return target_; }

    /// Where the target's line stands [px]; none without a target.
    [[nodiscard]] std::optional<double> targetLine() const;

  protected:
    [[nodiscard]] std::vector<Curve> readCurves() override;
    [[nodiscard]] lab::PanelAxis keyAxis() const override;

    [[nodiscard]] bool endsWithCurves() const override { return !isConstant_; }

    void paintOver(QPainter& painter, const Place& place) const override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    [[nodiscard]] RaceClock clock() const;
    [[nodiscard]] bool isOnTarget(const QPointF& position) const;
    void moveTarget(double y);

    /// Where a cohort's median run reached the target.
    struct Crossing {
        double clock = 0; ///< may be infinite
        QColor colour;
    };

    std::size_t clock_ = 0;
    bool isDragging_ = false;
    bool isConstant_ = false; ///< the clock stands still in every run: points, not curves
    std::optional<double> target_;
    std::vector<Crossing> crossings_;
};

} // namespace psephos::ui
