// SPDX-License-Identifier: GPL-3.0-or-later
// Several matrices side by side, one a run and source, in one scale of colours.
#pragma once

#include "lab/frame.hpp"
#include "lab/run.hpp"
#include "ui/panels/live_view.hpp"

#include <QColor>
#include <QImage>
#include <QPointF>
#include <QRectF>
#include <QString>

#include <optional>
#include <utility>
#include <vector>

namespace psephos::ui {

/// One matrix and what it is of.
struct SmallMap {
    lab::RunId run = 0;
    QString name;  ///< "SOAP, rows"; of a single run "rows"
    QString whose; ///< "SOAP"; empty where there is only one run
    QString part;  ///< "rows"
    QColor colour; ///< the run's
    lab::GridPtr grid;
};

/// Sources: grids of values that are not negative, from nothing to the largest of all; with role
/// `signed` as far below as above. Maps are as large as lets all have room, those of more runs than
/// can be told apart are left out: of runs that differ in the seed alone the first one is shown,
/// and one that is emphasised before all others.
class MapsView : public LiveView {
    Q_OBJECT
  public:
    MapsView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent);

    [[nodiscard]] QString csv() const override;
    [[nodiscard]] QString emptyText() const override;

    [[nodiscard]] const std::vector<SmallMap>& maps() const { return maps_; }

    /// Where the cells of a map are drawn.
    [[nodiscard]] QRectF cellsOf(std::size_t map) const;

    /// "SOAP, rows: old direction 9, new direction 1: 0.42" under a position; empty beside maps.
    [[nodiscard]] QString sentenceAt(const QPointF& position) const;

  protected:
    void refresh(bool atOnce) override;
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

  private:
    struct Cell {
        std::size_t map = 0;
        std::size_t row = 0;
        std::size_t column = 0;
    };

    /// Room around a map for its words; narrow where maps are small.
    struct Frame {
        double title = 0;
        double left = 0;
        double below = 0;
        bool hasAxes = true;
    };

    [[nodiscard]] std::vector<lab::RunPtr> chosenRuns() const;
    [[nodiscard]] bool isSigned() const;
    /// The largest edge of a map's cells in such a frame, and how many maps stand in a row then.
    [[nodiscard]] std::pair<double, std::size_t> fitted(const Frame& frame) const;
    [[nodiscard]] Frame frame() const;
    [[nodiscard]] double share(double value) const;
    [[nodiscard]] std::vector<QRectF> places() const;
    [[nodiscard]] std::optional<Cell> cellAt(const QPointF& position) const;
    [[nodiscard]] QImage imageOfMap(const lab::Grid& grid) const;
    void paintMap(QPainter& painter, const SmallMap& map, const QRectF& cells) const;
    void paintTitle(QPainter& painter, const SmallMap& map, const QRectF& cells) const;
    void paintAxes(QPainter& painter, const lab::Grid& grid, const QRectF& cells) const;
    void paintBar(QPainter& painter, const std::vector<QRectF>& places) const;
    void paintHover(QPainter& painter) const;

    std::vector<SmallMap> maps_;
    std::size_t leftOut_ = 0; ///< runs without a map
    double high_ = 1;         ///< of the colours
    std::optional<QPointF> hover_;
};

} // namespace psephos::ui
