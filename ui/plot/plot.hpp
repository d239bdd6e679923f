// SPDX-License-Identifier: GPL-3.0-or-later
// QCustomPlot under our theme and drawing rules: fast polylines, thin pens while data streams,
// layers that are redrawn alone, one set of gestures, sharp pictures at any scale.
#pragma once

#include "ui/plot/qcp.hpp"
#include "ui/plot/series.hpp"
#include "ui/plot/ticks.hpp"

#include <QHash>
#include <QImage>
#include <QTimer>

namespace psephos::ui {

/// The pattern of a run's dash number, from 1 on, in pen widths.
[[nodiscard]] QVector<qreal> dashPattern(int dash);

/// How a line looks at rest.
struct LineLook {
    QColor colour;
    double width = 1.5; ///< [px]
    int dash = 0;       ///< 0 solid, 1 … dash patterns
};

/// Gestures: wheel zooms the key axis at the cursor, Ctrl+wheel the value axis; drag pans;
/// Shift+drag zooms to a rectangle; a double click asks for the fit.
///
/// Layers from below: grid, main, axes, `labels`, and `cursor`, which has a buffer of its own and
/// is redrawn alone by replotCursor().
class Plot : public QCustomPlot {
    Q_OBJECT
  public:
    explicit Plot(QWidget* parent = nullptr);

    /// A line on the main layer; the plot owns it.
    QCPGraph* addLine(const LineLook& look);
    void setLook(QCPGraph& line, const LineLook& look);
    void removeLine(QCPGraph* line);
    /// Hands the points over without a copy; they must be sorted by key.
    static void setPoints(QCPGraph& line, const Points& points);

    /// Kind of ticks and scale of an axis.
    void setTicks(QCPAxis& axis, TickKind kind);

    /// Redraws with the next event loop: where there is much to draw with thin pens, and with the
    /// pens at rest once nothing has changed for 150 ms.
    void scheduleReplot();
    /// Redraws at once with the pens at rest; for pictures and tests.
    void replotNow();
    void replotCursor();

    /// A further layer with a buffer of its own, above `below`; redrawn alone by its replot().
    QCPLayer* addBufferedLayer(const QString& name, const QString& below);

    /// A map has no key axis: the wheel zooms both.
    void setWheelZoomsBoth(bool both) { wheelZoomsBoth_ = both; }

    /// Pixel columns that a series is worth here, device pixels counted.
    [[nodiscard]] std::size_t columns() const;

    /// Width that the value axis' title and tick labels need [px].
    [[nodiscard]] int neededLeftMargin() const;
    void setMargins(const QMargins& margins);

    /// Draws itself at another scale until endExport(); see imageOf().
    void beginExport(double scale);
    void endExport();

    [[nodiscard]] bool isThin() const { return thin_; }

  Q_SIGNALS:
    void fitRequested();
    /// A gesture is about to change or has changed a range.
    void rangeTouched();
    void hovered(const QPointF& position);
    void hoverLeft();

  protected:
    void paintEvent(QPaintEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

  private:
    void applyTheme();
    void styleAxis(QCPAxis& axis);
    void applyPens();
    void updateTickCounts();
    [[nodiscard]] QPen penFor(const QCPGraph& line, const LineLook& look) const;
    [[nodiscard]] qsizetype pointCount() const;

    QHash<QCPGraph*, LineLook> looks_;
    QSharedPointer<Ticker> xTicker_;
    QSharedPointer<Ticker> yTicker_;
    QTimer idle_;
    bool thin_ = false;
    bool wheelZoomsBoth_ = false;
    bool exporting_ = false;
    double scaleBefore_ = 1;
};

/// The widget as a picture at a scale of its own (1: a pixel a device-independent pixel), its plots
/// drawn sharply at that scale, on the theme's panel colour.
[[nodiscard]] QImage imageOf(QWidget& widget, double scale);

} // namespace psephos::ui
