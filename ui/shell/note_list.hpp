// SPDX-License-Identifier: GPL-3.0-or-later
// Notes in full sentences: certificates and facts on blue, warnings on amber.
#pragma once

#include "lab/note.hpp"

#include <QTimer>
#include <QWidget>

#include <vector>

class QVBoxLayout;

namespace psephos::ui {

class ComparisonModel;

/// The notes of a comparison and of its runs, each sentence once; a run's own sentence names it
/// where there are several runs.
[[nodiscard]] std::vector<lab::Note> notesToShow(const ComparisonModel& model);

class NoteList : public QWidget {
    Q_OBJECT
  public:
    /// The model outlives the view.
    explicit NoteList(ComparisonModel& model, QWidget* parent = nullptr);

    [[nodiscard]] const std::vector<lab::Note>& notes() const { return notes_; }

  private:
    void refresh();

    ComparisonModel& model_;
    QVBoxLayout* layout_;
    std::vector<lab::Note> notes_;
    QTimer pending_; ///< notes are read at most four times a second
};

} // namespace psephos::ui
