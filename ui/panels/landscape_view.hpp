// SPDX-License-Identifier: GPL-3.0-or-later
// A surface seen from above, with the trail of each run over it.
#pragma once

#include "ui/panels/live_view.hpp"
#include "ui/panels/trail.hpp"
#include "ui/plot/bands.hpp"
#include "ui/plot/end_labels.hpp"
#include "ui/plot/plot.hpp"
#include "ui/theme/theme.hpp"

#include <optional>
#include <vector>

namespace psephos::ui {

/// Switch `look`: contours, or gradient (arrows downhill over pale contours).
///
/// The start marker is dragged by the mouse, or moved by the arrow keys (with Shift ten times as
/// far); either edits the knob of role `start`.
class LandscapeView : public LiveView {
    Q_OBJECT
  public:
    LandscapeView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent);

    [[nodiscard]] std::vector<PanelSwitch> switches() const override;
    void setSwitch(const QString& id, int option) override;
    [[nodiscard]] QString csv() const override;
    [[nodiscard]] QString emptyText() const override;

    void fit();

    [[nodiscard]] Plot& plot() const { return *plot_; }

    /// Where the start marker stands [px of the plot]; none where there is none.
    [[nodiscard]] std::optional<QPointF> startPixel() const;

  protected:
    void refresh(bool atOnce) override;
    void layOut() override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    struct Minimum {
        QPointF at;
        QString label;
    };

    /// A label that has found its place.
    struct Label {
        QRectF box;
        QString text;
    };

    void readGrid();
    void readTrails();
    void readMinima();
    void readStart();
    [[nodiscard]] QRectF window() const;
    [[nodiscard]] QPointF toPixel(const QPointF& point) const;
    [[nodiscard]] QPointF toPoint(const QPointF& pixel) const;
    /// Height at a point, interpolated; NaN outside the grid.
    [[nodiscard]] double heightAt(const QPointF& point) const;
    [[nodiscard]] double headStep(const Trail& trail) const;
    [[nodiscard]] QColor colourOf(const lab::Run& run) const;
    [[nodiscard]] bool isFaded(const lab::Run& run) const;

    void paintBands(QCPPainter& painter);
    void paintContours(QCPPainter& painter) const;
    void paintArrows(QCPPainter& painter) const;
    void paintTicks(QCPPainter& painter) const;
    void paintTrails(QCPPainter& painter) const;
    void paintTrail(QCPPainter& painter, const Trail& trail, std::vector<QRectF>& taken) const;
    void paintMinima(QCPPainter& painter, std::vector<QRectF>& taken) const;
    void paintStart(QCPPainter& painter, std::vector<QRectF>& taken) const;
    void paintLabel(QCPPainter& painter, const QPointF& at, double distance, const QString& words,
                    std::vector<QRectF>& taken) const;
    QRectF paintRunLegend(QCPPainter& painter) const;
    void paintHover(QCPPainter& painter) const;
    void redrawTrails();

    [[nodiscard]] bool isOnStart(const QPointF& pixel) const;
    bool mouse(QEvent& event);
    bool key(QEvent& event);
    void moveStart(const QPointF& point, bool settled);
    void hoverAt(const QPointF& pixel);

    Plot* plot_;
    bool showsGradient_ = false;
    lab::GridPtr grid_;
    lab::GridPtr positions_; ///< heights as band positions: what contours and bands are made of
    BandScale scale_;
    std::vector<std::vector<QPolygonF>> contours_;
    QImage bands_;
    QRectF bandsWindow_;
    ThemeKind bandsTheme_ = ThemeKind::Light;
    bool bandsArePale_ = false;
    std::vector<Trail> trails_;
    std::vector<Minimum> minima_;
    std::optional<QPointF> start_;
    QRectF home_; ///< the window that fits
    bool isFitted_ = true;
    bool isDragging_ = false;
    QPointF grabOffset_;
    std::optional<QPointF> hover_;
};

} // namespace psephos::ui
