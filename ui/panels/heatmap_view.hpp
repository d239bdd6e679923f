// SPDX-License-Identifier: GPL-3.0-or-later
// A matrix as coloured cells, with names, whose cells can be turned by hand.
#pragma once

#include "lab/frame.hpp"
#include "ui/panels/live_view.hpp"
#include "ui/plot/colour_bar.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace psephos::ui {

/// Where the cells and labels of a matrix go in a rectangle; a function of sizes alone.
struct MatrixLayout {
    QRectF cells;
    double cell = 0;         ///< edge of a cell with its gap [px]
    double gap = 0;          ///< between cells
    double rowLabel = 0;     ///< width left for row names
    double columnLabel = 0;  ///< length left for the slanted column names
    int labelEvery = 1;      ///< only each so-many-th name has room
    bool showsValues = true; ///< cells are large enough for text
    bool showsBar = false;   ///< a colour bar stands in for the text

    [[nodiscard]] QRectF cellAt(std::size_t row, std::size_t column) const;
};

/// Drag a cell up or down (with Shift ten times finer), or select it with the arrow keys and press
/// + or −, to change its value; edits the matrix knob of role `cell`, or of role `skew-cell`, where
/// the mirrored cell takes the negative value. A cell of the knob that is NaN is as computed.
class HeatmapView : public LiveView {
    Q_OBJECT
  public:
    using Cell = std::pair<std::size_t, std::size_t>; ///< row, column

    HeatmapView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent);

    [[nodiscard]] QString csv() const override;
    [[nodiscard]] QString emptyText() const override;

    [[nodiscard]] std::optional<Cell> selected() const { return selected_; }

    /// The cell under a position; none beside the matrix.
    [[nodiscard]] std::optional<Cell> cellUnder(const QPointF& position) const;
    [[nodiscard]] QRectF cellRect(const Cell& cell) const;

    /// What is said about a cell: "Aspen beats Birch by 12".
    [[nodiscard]] QString sentence(const Cell& cell) const;

  protected:
    void refresh(bool atOnce) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;

  private:
    [[nodiscard]] const lab::PanelSource* source() const;
    void readGrid();
    void readScale();
    [[nodiscard]] MatrixLayout place() const;
    [[nodiscard]] std::size_t rows() const;
    [[nodiscard]] std::size_t columns() const;
    [[nodiscard]] QString name(const lab::GridAxis& axis, std::size_t index) const;
    /// The value shown: that under the hand, else the frame's.
    [[nodiscard]] double value(std::size_t row, std::size_t column) const;
    [[nodiscard]] QString valueText(double shown, bool withSign) const;
    [[nodiscard]] bool isTournament() const;
    [[nodiscard]] bool isBlank(std::size_t row, std::size_t column) const;
    [[nodiscard]] bool canEdit(const Cell& cell) const;
    [[nodiscard]] const std::string* editedKnob() const;
    [[nodiscard]] double step() const;
    [[nodiscard]] ColourRamp colours() const;
    /// 0 … 1 along the ramp.
    [[nodiscard]] double share(double shown) const;
    void edit(const Cell& cell, double to, bool settled);

    void paintCells(QPainter& painter, const MatrixLayout& layout) const;
    void paintImage(QPainter& painter, const MatrixLayout& layout) const;
    void paintValues(QPainter& painter, const MatrixLayout& layout) const;
    void paintNames(QPainter& painter, const MatrixLayout& layout) const;
    void paintOutline(QPainter& painter, const MatrixLayout& layout) const;
    void paintHover(QPainter& painter, const MatrixLayout& layout) const;

    lab::GridPtr grid_;
    QString unit_;
    bool isSigned_ = true;
    bool isInteger_ = false; ///< all values are whole: so are edited ones
    double low_ = 0;         ///< of the colours; kept while a cell is dragged
    double high_ = 1;
    double widestValue_ = 0; ///< as text of the smallest size [px]
    std::optional<Cell> selected_;
    std::optional<Cell> hovered_;
    std::optional<double> held_; ///< value of the selected cell, under the hand
    bool isDragging_ = false;
    bool hasMoved_ = false;
    bool wasEdited_ = false; ///< once a cell has been moved, the hint how to goes
    double pressY_ = 0;
    double pressValue_ = 0;
};

} // namespace psephos::ui
