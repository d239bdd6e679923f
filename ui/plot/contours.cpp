// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/contours.hpp"

#include <array>
#include <cmath>
#include <cstdint>

namespace psephos::ui {

namespace {

constexpr std::size_t kNone = SIZE_MAX;

/// One grid and level. Lines cross the edges between neighbouring nodes; an edge is numbered by
/// its lower left node, twice, plus one where it is vertical.
class Marching {
  public:
    Marching(const lab::Grid& grid, double level)
        : grid_(grid)
        , level_(level)
        , columns_(grid.x.size())
        , rows_(grid.y.size())
        , neighbours_(2 * columns_ * rows_, {kNone, kNone}) {}

    std::vector<QPolygonF> lines() {
        for (std::size_t row = 0; row + 1 < rows_; ++row) {
            for (std::size_t column = 0; column + 1 < columns_; ++column) {
                visitCell(row, column);
            }
        }
        std::vector<QPolygonF> found;
        // Open lines first: they begin at an edge with one neighbour.
        for (std::size_t edge = 0; edge < neighbours_.size(); ++edge) {
            if (neighbours_[edge][0] != kNone && neighbours_[edge][1] == kNone) {
                found.push_back(follow(edge));
            }
        }
        for (std::size_t edge = 0; edge < neighbours_.size(); ++edge) {
            if (neighbours_[edge][0] != kNone) {
                found.push_back(follow(edge));
            }
        }
        return found;
    }

  private:
    [[nodiscard]] std::size_t horizontal(std::size_t row, std::size_t column) const {
        return 2 * (row * columns_ + column);
    }

    [[nodiscard]] std::size_t vertical(std::size_t row, std::size_t column) const {
        return 2 * (row * columns_ + column) + 1;
    }

    void join(std::size_t a, std::size_t b) {
        for (const auto& [from, to] : {std::pair{a, b}, std::pair{b, a}}) {
            auto& slots_ = neighbours_[from];
            slots_[slots_[0] == kNone ? 0 : 1] = to;
        }
    }

    void visitCell(std::size_t row, std::size_t column) {
        const double southWest = grid_.at(row, column);
        const double southEast = grid_.at(row, column + 1);
        const double northWest = grid_.at(row + 1, column);
        const double northEast = grid_.at(row + 1, column + 1);
        if (!std::isfinite(southWest) || !std::isfinite(southEast) || !std::isfinite(northWest) ||
            !std::isfinite(northEast)) {
            return;
        }
        const bool sw = southWest >= level_;
        const bool se = southEast >= level_;
        const bool nw = northWest >= level_;
        const bool ne = northEast >= level_;
        const std::size_t south = horizontal(row, column);
        const std::size_t north = horizontal(row + 1, column);
        const std::size_t west = vertical(row, column);
        const std::size_t east = vertical(row, column + 1);
        if (sw == ne && se == nw && sw != se) { // a saddle: two corners are cut off
            const bool centre = (southWest + southEast + northWest + northEast) / 4 >= level_;
            join(south, centre == sw ? east : west);
            join(north, centre == sw ? west : east);
            return;
        }
        std::array<std::size_t, 4> crossed{};
        std::size_t count = 0;
        if (sw != se) {
            crossed[count++] = south;
        }
        if (se != ne) {
            crossed[count++] = east;
        }
        if (ne != nw) {
            crossed[count++] = north;
        }
        if (nw != sw) {
            crossed[count++] = west;
        }
        if (count == 2) {
            join(crossed[0], crossed[1]);
        }
    }

    [[nodiscard]] QPointF crossing(std::size_t edge) const {
        const std::size_t node = edge / 2;
        const std::size_t row = node / columns_;
        const std::size_t column = node % columns_;
        const bool isVertical = edge % 2 == 1;
        const double a = grid_.at(row, column);
        const double b = isVertical ? grid_.at(row + 1, column) : grid_.at(row, column + 1);
        const double t = (level_ - a) / (b - a);
        const double x = grid_.x.at[column];
        const double y = grid_.y.at[row];
        return isVertical ? QPointF(x, y + t * (grid_.y.at[row + 1] - y))
                          : QPointF(x + t * (grid_.x.at[column + 1] - x), y);
    }

    /// Walks from an edge to the end of its line (or back to it), and forgets what it walked.
    QPolygonF follow(std::size_t first) {
        QPolygonF line;
        std::size_t edge = first;
        std::size_t before = kNone;
        while (edge != kNone) {
            line.append(crossing(edge));
            auto& next = neighbours_[edge];
            const std::size_t to = next[0] != before && next[0] != kNone ? next[0] : next[1];
            next = {kNone, kNone};
            if (to == kNone || to == before) {
                break;
            }
            before = edge;
            edge = to;
            if (edge == first) {
                line.append(line.constFirst());
                break;
            }
        }
        return line;
    }

    const lab::Grid& grid_;
    double level_;
    std::size_t columns_;
    std::size_t rows_;
    std::vector<std::array<std::size_t, 2>> neighbours_; ///< of each edge that a line crosses
};

} // namespace

std::vector<QPolygonF> contourLines(const lab::Grid& grid, double level) {
    const bool isNumeric = grid.x.names.empty() && grid.y.names.empty();
    if (!isNumeric || grid.x.size() < 2 || grid.y.size() < 2 ||
        grid.values.size() != grid.x.size() * grid.y.size()) {
        return {};
    }
    return Marching(grid, level).lines();
}

} // namespace psephos::ui
