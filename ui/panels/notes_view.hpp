// SPDX-License-Identifier: GPL-3.0-or-later
// Where honesty has its place: certificates, warnings and remarks in full sentences.
#pragma once

#include "lab/note.hpp"
#include "ui/panels/live_view.hpp"

#include <QTextDocument>
#include <QTimer>

#include <vector>

class QScrollArea;
class QVBoxLayout;

namespace psephos::ui {

/// One note on its coloured ground; as tall as its text needs.
class Callout : public QWidget {
    Q_OBJECT
  public:
    explicit Callout(QWidget* parent = nullptr);

    void setNote(lab::NoteKind kind, const QString& words);

    [[nodiscard]] QSize sizeHint() const override;

    [[nodiscard]] bool hasHeightForWidth() const override { return true; }

    [[nodiscard]] int heightForWidth(int width) const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    lab::NoteKind kind_ = lab::NoteKind::Information;
    QString words_;
};

/// The notes of the comparison and of its runs: the same sentence of several runs once, with their
/// names; warnings first.
class NotesView : public LiveView {
    Q_OBJECT
  public:
    struct Entry {
        lab::NoteKind kind = lab::NoteKind::Information;
        QString words;
        std::vector<QString> runs; ///< whose note it is; empty: the comparison's

        friend bool operator==(const Entry&, const Entry&) = default;
    };

    NotesView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent);

    [[nodiscard]] QString csv() const override;
    [[nodiscard]] QString emptyText() const override;

    [[nodiscard]] int contentHeight() const override;

    [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

  protected:
    void refresh(bool atOnce) override;
    void layOut() override;

  private:
    void readEntries();
    void fillCallouts();

    QScrollArea* scroll_;
    QVBoxLayout* column_;
    std::vector<Callout*> callouts_;
    std::vector<Entry> entries_;
    int toldHeight_ = 0; ///< contentHeight() as last told
    QTimer later_;       ///< notes are made from all that the runs have done: not with every frame
};

} // namespace psephos::ui
