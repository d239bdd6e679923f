// SPDX-License-Identifier: GPL-3.0-or-later
// A table of marks: who elects whom, which rule keeps which axiom.
#pragma once

#include "lab/frame.hpp"
#include "lab/knob.hpp"
#include "ui/panels/knob_player.hpp"
#include "ui/panels/live_view.hpp"

#include <QFont>
#include <QStringList>

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace psephos::ui {

/// What a cell's value is drawn as.
enum class Mark {
    None,     ///< a share of 0: nothing
    Part,     ///< a share under 1: a dot in a ring, as large as the share
    Full,     ///< a share of 1: a full dot
    Kept,     ///< a verdict of 1: a check mark
    Violated, ///< a verdict of −1: a cross
    Open,     ///< a verdict of 0: a question mark
    Unknown   ///< not a number: a dash
};

/// Where the parts of a table of marks go; a function of sizes alone.
struct MarksLayout {
    enum class Header { Line, Wrapped, Slanted };

    QRectF cells;         ///< of the rows that are seen
    double row = 0;       ///< height of a row [px]
    double column = 0;    ///< width of a column [px]
    double nameWidth = 0; ///< of the row names, left of the cells
    Header header = Header::Line;
    double slant = 0;      ///< length of the slanted names
    std::size_t seen = 0;  ///< rows that have room
    int labelEvery = 1;    ///< only each so-many-th column name has room
    double legendTop = 0;  ///< of the legend
    bool hasLegend = true; ///< there is room for it

    /// Rows count from the first one seen.
    [[nodiscard]] QRectF cellAt(std::size_t rowSeen, std::size_t columnAt) const;
};

/// Source: a grid of names by names, role `share` (0 … 1) or `verdict` (1, −1, 0). The panel's
/// words say what the marks mean. A click on a cell (or Enter, after the arrow keys) turns the
/// choices of the edits `pick-row` and `pick-column` to its row and column, and after a cross lets
/// the knob of `play` go through its range; Escape puts them back.
class MarksView : public LiveView {
    Q_OBJECT
  public:
    using Cell = std::pair<std::size_t, std::size_t>; ///< row, column

    MarksView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent);

    [[nodiscard]] QString csv() const override;
    [[nodiscard]] QString emptyText() const override;
    [[nodiscard]] int contentHeight() const override;

    [[nodiscard]] Mark mark(const Cell& cell) const;
    /// What is said about a cell: "Plurality elects Aspen".
    [[nodiscard]] QString sentence(const Cell& cell) const;
    /// What the marks that occur mean, as the legend says it.
    [[nodiscard]] QStringList legend() const;

    [[nodiscard]] std::optional<Cell> cellUnder(const QPointF& position) const;
    /// Empty where its row has no room.
    [[nodiscard]] QRectF cellRect(const Cell& cell) const;

    [[nodiscard]] std::optional<Cell> selected() const { return selected_; }

    /// The row and the column that the knobs stand at; none where they stand at no row.
    [[nodiscard]] std::optional<std::size_t> pickedRow() const { return pickedRow_; }

    [[nodiscard]] std::optional<std::size_t> pickedColumn() const { return pickedColumn_; }

    [[nodiscard]] std::size_t firstSeen() const { return first_; }

    [[nodiscard]] KnobPlayer& player() { return player_; }

    [[nodiscard]] MarksLayout place() const;

  protected:
    void refresh(bool atOnce) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

  private:
    void readGrid();
    void readPicked();

    [[nodiscard]] std::size_t rows() const { return rowNames_.size(); }

    [[nodiscard]] std::size_t columns() const { return columnNames_.size(); }

    [[nodiscard]] double value(const Cell& cell) const;
    [[nodiscard]] const lab::PanelWord* wordOf(Mark mark) const;
    [[nodiscard]] bool canPick() const;
    [[nodiscard]] const lab::Knob* knobOf(const lab::PanelEdit& edit) const;
    [[nodiscard]] std::optional<std::size_t> placeOf(std::string_view role,
                                                     const QStringList& names) const;
    /// Whether the knob matters beside these turns.
    [[nodiscard]] bool applies(const lab::Knob& knob, const std::vector<KnobTarget>& turns) const;
    void pick(const Cell& cell);
    void putBack();
    void moveSelection(std::ptrdiff_t down, std::ptrdiff_t right);
    void scrollTo(std::ptrdiff_t first);
    void select(const std::optional<Cell>& cell);
    [[nodiscard]] std::size_t lastFirst() const;

    void layOutHeader(MarksLayout& layout, double room) const;
    void paintBands(QPainter& painter, const MarksLayout& layout) const;
    void paintNames(QPainter& painter, const MarksLayout& layout) const;
    void paintHeader(QPainter& painter, const MarksLayout& layout) const;
    void paintMarks(QPainter& painter, const MarksLayout& layout) const;
    void paintMark(QPainter& painter, const QRectF& cell, Mark mark, double share) const;
    void paintOutlines(QPainter& painter, const MarksLayout& layout) const;
    void paintLegendLine(QPainter& painter, const MarksLayout& layout) const;
    void paintScroll(QPainter& painter, const MarksLayout& layout) const;
    void paintHover(QPainter& painter, const MarksLayout& layout) const;

    lab::GridPtr grid_;
    bool isVerdict_ = false;
    std::size_t styleNumber_ = 1; ///< of the run that is shown, for its colour
    QStringList rowNames_;
    QStringList columnNames_;
    std::size_t first_ = 0; ///< row seen on top
    std::optional<Cell> selected_;
    std::optional<Cell> hovered_;
    bool isTold_ = false; ///< the sentence of the hovered cell has been read: it was clicked
    std::optional<std::size_t> pickedRow_;
    std::optional<std::size_t> pickedColumn_;
    KnobPlayer player_;
};

} // namespace psephos::ui
