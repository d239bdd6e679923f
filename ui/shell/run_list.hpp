// SPDX-License-Identifier: GPL-3.0-or-later
// The runs of the comparison: colour, name, live value, settings, state and progress, and what can
// be done with each.
#pragma once

#include "lab/run.hpp"

#include <QWidget>

#include <vector>

class QLabel;
class QVBoxLayout;

namespace psephos::ui {

class RunRow;
class Session;

class RunList : public QWidget {
    Q_OBJECT
  public:
    /// The session outlives the list.
    explicit RunList(Session& session, QWidget* parent = nullptr);

    /// Height that shows every run.
    [[nodiscard]] int contentHeight() const;

  private:
    [[nodiscard]] int rowHeight() const;
    void rebuild();
    void refresh();

    Session& session_;
    QLabel* empty_; ///< what stands here before the first run
    QVBoxLayout* layout_ = nullptr;
    std::vector<RunRow*> rows_;
};

} // namespace psephos::ui
