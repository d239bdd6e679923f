// SPDX-License-Identifier: GPL-3.0-or-later
// Who beats whom: what a tournament panel and its miniature draw.
#pragma once

#include <QPointF>
#include <QString>

#include <cstddef>
#include <vector>

class QColor;
class QPainter;

namespace psephos::ui {

class TableParts;

struct Tournament {
    struct Node {
        QString name;
        bool isHighlighted = false;
        double wins = 0; ///< arrows that leave it
    };

    struct Edge {
        std::size_t from = 0;
        std::size_t to = 0;
        double margin = 0; ///< > 0
    };

    std::vector<Node> nodes;
    std::vector<Edge> edges;

    /// Takes candidates from a table name[,highlight]; not 0: highlighted.
    void addNodes(const TableParts& table);
    /// Takes arrows from a table from,to,margin; a negative margin turns the arrow, none is no
    /// arrow.
    void addEdges(const TableParts& table);

    /// The edges from the least margin to the greatest: the strong are drawn over the weak.
    [[nodiscard]] std::vector<Edge> byStrength() const;

  private:
    std::size_t nodeNamed(const QString& name);
};

/// Where the candidate at a seat stands: clockwise from the top of a circle.
[[nodiscard]] QPointF seatOnCircle(QPointF centre, double radius, std::size_t seat,
                                   std::size_t seats);

/// An arrow between circles of radius `node` about two points.
///
/// \param strength 0 … 1: how wide
void paintArrow(QPainter& painter, QPointF from, QPointF to, double node, double strength,
                const QColor& colour);

} // namespace psephos::ui
