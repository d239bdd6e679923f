// SPDX-License-Identifier: GPL-3.0-or-later
// All lotteries over three candidates as a triangle, coloured by a value, with a path in it.
#pragma once

#include "lab/run.hpp"
#include "ui/panels/live_view.hpp"
#include "ui/plot/colour_bar.hpp"

#include <QImage>
#include <QPointF>
#include <QString>

#include <array>
#include <optional>
#include <vector>

namespace psephos::ui {

class TableParts;

/// Shares of three candidates; they sum to 1.
using Shares = std::array<double, 3>;

/// Values on the lattice of all shares that are multiples of 1/n; between nodes they are linear.
class TernaryField {
  public:
    /// No field where the points are not such a lattice, whole.
    [[nodiscard]] static std::optional<TernaryField> from(const std::vector<Shares>& points,
                                                          const std::vector<double>& values);

    /// NaN outside the triangle or beside a node that is not known.
    [[nodiscard]] double at(const Shares& shares) const;

    [[nodiscard]] double low() const { return low_; }

    [[nodiscard]] double high() const { return high_; }

  private:
    [[nodiscard]] double node(int a, int b) const;

    int divisions_ = 1;
    std::vector<double> values_; ///< [(n+1) (n+1)], by multiples of the first and second share
    double low_ = 0;
    double high_ = 1;
};

/// Reads a field from the rows of a table with the parts a, b, c and value.
[[nodiscard]] std::optional<TernaryField> ternaryFieldOf(const TableParts& table);

/// The field's colours over a box with the triangle's top in the middle of its upper edge and the
/// others in its lower corners; transparent outside. `scale`: pixels a unit.
[[nodiscard]] QImage ternaryImage(const TernaryField& field, const QSizeF& box, double scale);

/// Roles: `field`: table a,b,c,value; `path`: table a,b,c[,label], joined by a line; `marks`: table
/// a,b,c,label; `corners`: table name, three rows. All for the first run that is seen.
class TernaryView : public LiveView {
    Q_OBJECT
  public:
    struct Mark {
        Shares shares{};
        QString label;
    };

    TernaryView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent);

    [[nodiscard]] QString csv() const override;
    [[nodiscard]] QString emptyText() const override;

    [[nodiscard]] const std::vector<Mark>& path() const { return path_; }

    [[nodiscard]] QPointF pixelOf(const Shares& shares) const;
    /// The shares at a position; some are negative outside the triangle.
    [[nodiscard]] Shares sharesAt(const QPointF& position) const;

  protected:
    void refresh(bool atOnce) override;
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

  private:
    /// The triangle's corners, in order of the shares.
    [[nodiscard]] std::array<QPointF, 3> corners() const;
    [[nodiscard]] QRectF nameBox(std::size_t corner) const;
    [[nodiscard]] std::vector<Mark> readMarks(const lab::Run& run, std::string_view role) const;
    void readField(const lab::Run& run);
    void paintField(QPainter& painter) const;
    void paintPath(QPainter& painter) const;
    void paintNames(QPainter& painter) const;
    void paintBar(QPainter& painter) const;
    void paintHover(QPainter& painter) const;

    std::optional<TernaryField> field_;
    std::vector<Mark> path_;
    std::vector<Mark> marks_;
    std::array<QString, 3> names_;
    std::optional<QPointF> hover_;
};

} // namespace psephos::ui
