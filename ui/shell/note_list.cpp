// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/note_list.hpp"

#include "ui/knobs/controls.hpp"
#include "ui/panels/comparison_model.hpp"
#include "ui/panels/reading.hpp"

#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>
#include <map>

namespace psephos::ui {

namespace {

/// The sentence; a word before a colon at its beginning ("Certified:") stands out.
QString richText(const lab::Note& note) {
    const QString text = said(note.text);
    const qsizetype colon = text.indexOf(u':');
    if (colon <= 0 || colon > 24) {
        return text.toHtmlEscaped();
    }
    return QStringLiteral("<b>%1</b>%2")
        .arg(text.left(colon + 1).toHtmlEscaped(), text.mid(colon + 1).toHtmlEscaped());
}

} // namespace

std::vector<lab::Note> notesToShow(const ComparisonModel& model) {
    std::vector<lab::Note> notes;
    if (model.comparison().id != 0) {
        notes = model.workbench().notes(model.comparison().id);
    }
    // A sentence that all runs say is said once, without a name.
    std::map<std::string, std::size_t> counts;
    for (const lab::RunPtr& run : model.runs()) {
        for (const lab::Note& note : run->status().notes) {
            ++counts[note.text];
        }
    }
    for (const lab::RunPtr& run : model.runs()) {
        for (lab::Note note : run->status().notes) {
            if (model.runs().size() > 1 && counts[note.text] == 1) {
                note.text = run->name() + ": " + note.text;
            }
            if (std::ranges::find(notes, note.text, &lab::Note::text) == notes.end()) {
                notes.push_back(std::move(note));
            }
        }
    }
    return notes;
}

NoteList::NoteList(ComparisonModel& model, QWidget* parent)
    : QWidget(parent)
    , model_(model)
    , layout_(new QVBoxLayout(this)) {
    setObjectName(QStringLiteral("notes"));
    layout_->setContentsMargins(0, 0, 0, 0);
    layout_->setSpacing(8);
    connect(&model_, &ComparisonModel::runsChanged, this, &NoteList::refresh);
    pending_.setSingleShot(true);
    pending_.setInterval(250);
    connect(&pending_, &QTimer::timeout, this, &NoteList::refresh);
    connect(&model_, &ComparisonModel::framesChanged, this, [this] {
        if (!pending_.isActive()) {
            pending_.start();
        }
    });
    refresh();
}

void NoteList::refresh() {
    std::vector<lab::Note> notes = notesToShow(model_);
    if (notes == notes_) {
        return;
    }
    notes_ = std::move(notes);
    while (QLayoutItem* item = layout_->takeAt(0)) {
        if (QWidget* widget = item->widget()) {
            widget->hide();
            widget->deleteLater();
        }
        delete item;
    }
    for (std::size_t i = 0; i < notes_.size(); ++i) {
        const lab::Note& note = notes_[i];
        const char* kind = note.kind == lab::NoteKind::Warning       ? "warning"
                           : note.kind == lab::NoteKind::Certificate ? "certificate"
                                                                     : "information";
        auto* label = withKind(new QLabel(richText(note), this), kind);
        label->setTextFormat(Qt::RichText);
        label->setObjectName(QStringLiteral("note-%1").arg(i));
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        layout_->addWidget(label);
    }
}

} // namespace psephos::ui
