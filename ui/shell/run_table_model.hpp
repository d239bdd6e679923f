// SPDX-License-Identifier: GPL-3.0-or-later
// The stored runs as a table: a thin adaptor on the store's listing.
#pragma once

#include "lab/workbench.hpp"

#include <QAbstractTableModel>

#include <vector>

namespace psephos::ui {

class RunTableModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum class Column { Run, Experiment, State, Step, Compute, Started };
    Q_ENUM(Column)
    static constexpr int kColumns = 6;

    /// The registry outlives the model.
    explicit RunTableModel(const lab::Registry& registry, QObject* parent = nullptr);

    /// Shows these runs, newest first; rows that stay keep their selection.
    void show(std::vector<lab::RunListing> runs);

    [[nodiscard]] const lab::RunListing& run(int row) const {
        return runs_[static_cast<std::size_t>(row)];
    }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

  private:
    [[nodiscard]] QString text(const lab::RunListing& run, Column column) const;

    const lab::Registry& registry_;
    std::vector<lab::RunListing> runs_;
};

/// A run's state in the window's words: "running", "interrupted: can be continued".
[[nodiscard]] QString stateText(lab::RunState state);

} // namespace psephos::ui
