// SPDX-License-Identifier: GPL-3.0-or-later
// Names at the ends of curves, and what stands in for them where there is no room.
#pragma once

#include <QColor>
#include <QFont>
#include <QPainter>
#include <QPointF>
#include <QRectF>
#include <QString>

#include <span>
#include <vector>

namespace psephos::ui {

/// The face of names at the ends of curves.
[[nodiscard]] QFont endLabelFont();

/// The name of a curve that ends at a point [px].
struct EndLabel {
    QPointF end;
    QString text;
    QColor colour; ///< of the curve; the text takes a readable shade of it
    bool faded = false;
};

struct PlacedLabel {
    EndLabel label;
    QRectF box;
};

/// Puts the labels right of their ends, those that would overlap above one another; none where
/// they have no room in the area (draw a legend then).
[[nodiscard]] std::vector<PlacedLabel> placeEndLabels(std::span<const EndLabel> labels,
                                                      const QFont& font, const QRectF& area);

/// Draws them, each on a ground that keeps curves out of the text, and with a thin line to its end
/// where it had to move.
void paintEndLabels(QPainter& painter, std::span<const PlacedLabel> labels, const QFont& font);

/// One line of a legend or read-out.
struct LegendRow {
    QColor colour; ///< of the swatch; invalid: none
    QString name;
    QString value; ///< right-aligned; may be empty
    bool faded = false;
    int dash = 0; ///< a piece of line with this dash pattern instead of a square; 0: the square
};

/// A box with a title (may be empty) and rows; its top left corner is `corner`.
/// @return its size; with a null painter only that
QSizeF paintLegend(QPainter* painter, const QPointF& corner, const QString& title,
                   std::span<const LegendRow> rows, bool framed);

/// The same beside a cursor, kept within the bounds.
void paintReadOut(QPainter& painter, const QPointF& cursor, const QRectF& bounds,
                  const QString& title, std::span<const LegendRow> rows);

/// Text with an edge in the ground's colour, so that it reads over anything.
void paintHaloText(QPainter& painter, const QPointF& baseline, const QString& text,
                   const QFont& font, const QColor& colour, const QColor& ground);

} // namespace psephos::ui
