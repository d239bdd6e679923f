// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/tournament.hpp"

#include "ui/panels/table_parts.hpp"

#include <QColor>
#include <QPainter>
#include <QPolygonF>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace psephos::ui {

std::size_t Tournament::nodeNamed(const QString& name) {
    const auto found = std::ranges::find(nodes, name, &Node::name);
    if (found != nodes.end()) {
        return static_cast<std::size_t>(found - nodes.begin());
    }
    nodes.push_back({name, false, 0});
    return nodes.size() - 1;
}

void Tournament::addNodes(const TableParts& table) {
    for (std::size_t row = 0; row < table.rows(); ++row) {
        const std::size_t node = nodeNamed(table.words("name", row));
        const double highlight = table.number("highlight", row);
        nodes[node].isHighlighted = std::isfinite(highlight) && highlight != 0;
    }
}

void Tournament::addEdges(const TableParts& table) {
    for (std::size_t row = 0; row < table.rows(); ++row) {
        const std::size_t from = nodeNamed(table.words("from", row));
        const std::size_t to = nodeNamed(table.words("to", row));
        const double margin = table.number("margin", row);
        if (from == to || !std::isfinite(margin) || margin == 0) {
            continue;
        }
        edges.push_back(margin > 0 ? Edge{from, to, margin} : Edge{to, from, -margin});
        nodes[edges.back().from].wins += 1;
    }
}

std::vector<Tournament::Edge> Tournament::byStrength() const {
    std::vector<Edge> sorted = edges;
    std::ranges::stable_sort(sorted, {}, &Edge::margin);
    return sorted;
}

QPointF seatOnCircle(QPointF centre, double radius, std::size_t seat, std::size_t seats) {
    const double turn =
        2 * std::numbers::pi * static_cast<double>(seat) / static_cast<double>(seats);
    return centre + radius * QPointF(std::sin(turn), -std::cos(turn));
}

void paintArrow(QPainter& painter, QPointF from, QPointF to, double node, double strength,
                const QColor& colour) {
    const QPointF along = to - from;
    const double length = std::hypot(along.x(), along.y());
    if (length < 2 * node + 4) {
        return;
    }
    const QPointF unit = along / length;
    const QPointF side(-unit.y(), unit.x());
    const double width = 0.8 + 3.6 * strength;
    const double head = 5 + 1.6 * width;
    const QPointF tip = to - unit * (node + 3);
    const QPointF neck = tip - unit * head;
    painter.setPen(QPen(colour, width, Qt::SolidLine, Qt::FlatCap));
    painter.drawLine(from + unit * (node + 2), neck + unit);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawPolygon(QPolygonF{tip, neck + side * head * 0.45, neck - side * head * 0.45});
}

} // namespace psephos::ui
