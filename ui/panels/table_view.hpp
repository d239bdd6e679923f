// SPDX-License-Identifier: GPL-3.0-or-later
// Frames as plain rows and columns: the panel for what has no picture of its own.
#pragma once

#include "ui/panels/live_view.hpp"

#include <QAbstractTableModel>

#include <vector>

class QLabel;
class QTableView;

namespace psephos::ui {

/// Cells of text under a header; numbers know that they are numbers.
class CellModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    struct Cell {
        QString text;  ///< as shown
        QString exact; ///< with all digits, for CSV; the same where it is no number
        bool isNumber = false;

        friend bool operator==(const Cell&, const Cell&) = default;
    };

    /// A cell of words, one of words that stay as somebody wrote them, and one of a number in a
    /// unit (may be empty).
    [[nodiscard]] static Cell words(const QString& text);
    [[nodiscard]] static Cell verbatim(const QString& text);
    [[nodiscard]] static Cell number(double value, const std::string& unit);

    using QAbstractTableModel::QAbstractTableModel;

    /// Replaces everything. Where the shape stays, only the cells that differ are announced.
    void set(std::vector<QString> header, std::vector<std::vector<Cell>> rows);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

    [[nodiscard]] QString csv() const;

  private:
    std::vector<QString> header_;
    std::vector<std::vector<Cell>> rows_;
};

/// Scalars: a row a run, a column a channel. Tables: their own columns, below one another for the
/// runs. Grids: a row a node row. Texts: a row each. Of several kinds only the first is shown.
class TableView : public LiveView {
    Q_OBJECT
  public:
    TableView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent,
              const QString& remark = QString());

    [[nodiscard]] QString csv() const override;
    [[nodiscard]] QString emptyText() const override;

    [[nodiscard]] int contentHeight() const override;

    [[nodiscard]] const CellModel& cells() const { return *cells_; }

  protected:
    void refresh(bool atOnce) override;
    void layOut() override;

    /// Puts what is to be shown now into `cells`; no rows: the empty sentence stands instead.
    virtual void fill(CellModel& cells);

  private:
    /// Columns as wide as their content; where that is too wide, words are wrapped in them.
    void fitColumns();
    void showScalars();
    void showTables(const lab::PanelSource& source);
    void showGrid(const lab::PanelSource& source);
    void showTexts(const lab::PanelSource& source);

    CellModel* cells_;
    QTableView* table_;
    QLabel* remark_;
};

} // namespace psephos::ui
