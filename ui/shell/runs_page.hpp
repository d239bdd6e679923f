// SPDX-License-Identifier: GPL-3.0-or-later
// My runs: everything in the store, to open, continue, train longer or delete.
#pragma once

#include "lab/run.hpp"

#include <QWidget>

#include <vector>

class QLabel;
class QPushButton;
class QTableView;

namespace psephos::ui {

class RunTableModel;
class Session;

class RunsPage : public QWidget {
    Q_OBJECT
  public:
    /// The session outlives the page.
    explicit RunsPage(Session& session, QWidget* parent = nullptr);

    /// Reads the store's listing again; answers the number of runs.
    std::size_t refresh();

    [[nodiscard]] RunTableModel& model() { return *model_; }

  Q_SIGNALS:
    void openAsked(psephos::lab::ComparisonId comparison);
    void troubled(const QString& text);

  private:
    [[nodiscard]] std::vector<int> selectedRows() const;
    QPushButton* addButton(const QString& name, const QString& text, const QString& help);
    void refreshButtons();
    void openSelected();
    void continueSelected();
    void deleteSelected();

    Session& session_;
    RunTableModel* model_;
    QTableView* table_;
    QLabel* empty_;
    QPushButton* open_;
    QPushButton* continue_;
    QPushButton* delete_;
};

} // namespace psephos::ui
