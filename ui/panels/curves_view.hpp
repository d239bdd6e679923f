// SPDX-License-Identifier: GPL-3.0-or-later
// Curves over a quantity that is not time: a sweep of ρ, of learning rates, of batch sizes.
#pragma once

#include "lab/run.hpp"
#include "ui/panels/live_view.hpp"
#include "ui/plot/end_labels.hpp"
#include "ui/plot/painted_axis.hpp"

#include <QColor>
#include <QPointF>
#include <QString>

#include <optional>
#include <utility>
#include <vector>

namespace psephos::ui {

/// A curve with, where the table has one, the band around it.
struct Curve {
    std::vector<lab::RunId> runs; ///< that it tells of
    QString name;
    QColor colour;
    int dash = 0;
    bool isReference = false; ///< thin, without dots
    std::vector<double> x;    ///< finite, ascending
    std::vector<double> y;    ///< NaN: a gap
    std::vector<double> low;
    std::vector<double> high; ///< empty where there is no band

    /// y at a key, between neighbours on a straight line; NaN outside.
    [[nodiscard]] double at(double key) const;

    [[nodiscard]] bool tellsOf(lab::RunId run) const;
};

/// What a panel of curves shows and how; where the curves come from is for derived classes to say.
///
/// Itself it reads tables, with the parts x, y[, low, high]; with `series` a curve for each of its
/// words (the column), else one a source, named by its role or its channel. Several runs keep their
/// colours and are told apart by them; the curves of one run take colours in turn, unless the panel
/// declares them. A drag along the
/// plot turns the knob of role `x`, whose value stands as a line.
class CurvesView : public LiveView {
    Q_OBJECT
  public:
    CurvesView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent);

    [[nodiscard]] QString csv() const override;
    [[nodiscard]] QString emptyText() const override;

    /// The ends of the value axis.
    [[nodiscard]] std::pair<double, double> valueRange() const;

    [[nodiscard]] const std::vector<Curve>& curves() const { return curves_; }

    /// Where the line of the knob stands; none without one.
    [[nodiscard]] std::optional<double> marker() const { return marker_; }

    /// The names of the curves and where each is last seen.
    [[nodiscard]] std::vector<EndLabel> endLabels() const;

    /// Pixel of a point.
    [[nodiscard]] QPointF pixelOf(double x, double y) const;

  protected:
    void refresh(bool atOnce) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;

    struct Place {
        QRectF area;
        PaintedAxis x;
        PaintedAxis y;

        [[nodiscard]] QPointF at(double key, double value) const;
    };

    /// What to draw now, read anew with every refresh.
    [[nodiscard]] virtual std::vector<Curve> readCurves();

    /// The horizontal axis; defaults to the declaration's.
    [[nodiscard]] virtual lab::PanelAxis keyAxis() const { return panel().x; }

    /// The vertical axis; defaults to the declaration's.
    [[nodiscard]] virtual lab::PanelAxis valueAxis() const { return panel().y; }

    /// Whether the axis ends where the curves do, or has a little room beside them.
    [[nodiscard]] virtual bool endsWithCurves() const { return true; }

    /// Draws over the curves.
    virtual void paintOver(QPainter& /*painter*/, const Place& /*place*/) const {}

    [[nodiscard]] bool isFaded(const Curve& curve) const;
    [[nodiscard]] Place place() const;

  private:
    /// The look of the curve that comes after these.
    [[nodiscard]] Curve blank(const lab::Run& run, const QString& series, bool isAlone,
                              const std::vector<Curve>& before) const;
    void read(const lab::RunPtr& run, const lab::PanelSource& source,
              std::vector<Curve>& curves) const;
    void readMarker();
    [[nodiscard]] double keyUnder(const QPointF& position) const;
    void turn(double to, bool settled);
    void paintBand(QPainter& painter, const Place& place, const Curve& curve) const;
    void paintCurves(QPainter& painter, const Place& place) const;
    void paintMarker(QPainter& painter, const Place& place) const;
    [[nodiscard]] std::vector<EndLabel> ends(const Place& place) const;
    void paintEnds(QPainter& painter, const Place& place) const;
    [[nodiscard]] std::vector<const Curve*> curvesNear(const Place& place, double key) const;
    void paintHover(QPainter& painter, const Place& place) const;

    std::vector<Curve> curves_;
    std::optional<double> marker_;
    bool isDragging_ = false;
    std::optional<QPointF> hover_;
};

} // namespace psephos::ui
