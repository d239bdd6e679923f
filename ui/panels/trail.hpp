// SPDX-License-Identifier: GPL-3.0-or-later
// The path of one run over a landscape.
#pragma once

#include "lab/panel.hpp"
#include "lab/run.hpp"

#include <QPointF>
#include <QPolygonF>
#include <QRectF>

#include <memory>
#include <vector>

namespace psephos::ui {

/// The points of a run's `path` channel, in order of step.
///
/// The channel may carry the whole path in one table (with a column for the step, or a row a step),
/// the path so far in each frame, or its next points in each frame.
class Trail {
  public:
    Trail(lab::RunPtr run, lab::PanelSource source);

    [[nodiscard]] const lab::RunPtr& run() const { return run_; }

    /// Reads what is new.
    void look();

    [[nodiscard]] const std::vector<QPointF>& points() const { return points_; }

    [[nodiscard]] const std::vector<double>& steps() const { return steps_; }

    /// The path up to a step, which may lie between two: the head moves smoothly. Ends before the
    /// first point that is not finite.
    [[nodiscard]] std::vector<QPointF> upTo(double step) const;

    [[nodiscard]] const lab::RunStatus& status() const { return status_; }

    [[nodiscard]] const lab::History& history() const { return *history_; }

  private:
    void add(const lab::Table& table, std::int64_t frameStep);

    lab::RunPtr run_;
    lab::PanelSource source_;
    std::shared_ptr<const lab::History> history_;
    lab::RunStatus status_;
    std::size_t framesRead_ = 0;
    std::vector<QPointF> points_;
    std::vector<double> steps_;
};

/// A path in pixels, made fit to be drawn: pieces that leave the (somewhat widened) bounds are cut
/// off, and points closer than `least` to the one before are left out.
[[nodiscard]] std::vector<QPolygonF> drawablePath(const std::vector<QPointF>& pixels,
                                                  const QRectF& bounds, double least = 0.5);

} // namespace psephos::ui
