// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/sheet.hpp"

#include "ui/knobs/controls.hpp"
#include "ui/panels/panel_view.hpp"
#include "ui/shell/note_list.hpp"
#include "ui/shell/panel_card.hpp"
#include "ui/shell/session.hpp"
#include "ui/shell/workspace.hpp"
#include "ui/theme/theme.hpp"

#include <QAbstractScrollArea>
#include <QHBoxLayout>
#include <QLabel>
#include <QPixmap>
#include <QVBoxLayout>

#include <algorithm>

namespace psephos::window {

namespace {
constexpr QSize kSize(1440, 900);

/// A command may be broken after a comma, too: its lists have no blanks.
QString wrappable(QString command) {
    return command.replace(QLatin1Char(','), QStringLiteral(",\u200B"));
}
} // namespace

Sheet::Sheet(lab::Workbench& workbench, lab::Comparison comparison, const lab::Preset* preset,
             const QString& panel)
    : session_(std::make_unique<ui::Session>(workbench))
    , panel_(panel) {
    setObjectName(QStringLiteral("pages"));
    setAttribute(Qt::WA_StyledBackground);
    session_->showComparison(std::move(comparison), preset);
    session_->model().followNewest();
    const lab::Description& description = *session_->description();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 10, 8, 8);
    layout->setSpacing(0);
    auto* top = new QHBoxLayout;
    top->setContentsMargins(12, 0, 12, 0);
    top->setSpacing(12);
    const bool asksOwn = preset != nullptr && !preset->question.empty();
    top->addWidget(ui::withKind(
        new QLabel(QString::fromStdString(preset != nullptr ? preset->title : description.title),
                   this),
        "title"));
    top->addWidget(ui::withKind(
        new QLabel(QString::fromStdString(asksOwn ? preset->question : description.question), this),
        "muted"));
    top->addStretch(1);
    layout->addLayout(top);
    auto* workspace = new ui::Workspace(*session_, this);
    workspace->setPresenting(true);
    workspace_ = workspace;
    layout->addWidget(workspace_, 1);
    if (!workspace->hasNotesCard()) {
        auto* notes = new QHBoxLayout;
        notes->setContentsMargins(8, 0, 8, 6);
        notes->addWidget(new ui::NoteList(session_->model(), this));
        layout->addLayout(notes);
    }
    auto* command = ui::withKind(new QLabel(wrappable(session_->commandLine()), this), "mono");
    command->setWordWrap(true);
    command->setTextFormat(Qt::PlainText);
    command->setContentsMargins(12, 2, 12, 0);
    layout->addWidget(command);
    for (auto* area : findChildren<QAbstractScrollArea*>()) { // nobody scrolls a picture
        area->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    }
    setFocusPolicy(Qt::StrongFocus);
    setFocus();
    resize(kSize);
}

Sheet::~Sheet() {
    delete workspace_;
}

QImage Sheet::picture() {
    auto* workspace = static_cast<ui::Workspace*>(workspace_);
    // Nobody scrolls a picture: for many runs it is taller, within reason.
    constexpr int kTallest = 2 * kSize.height();
    const int usual = workspace->cardsHeight() - (height() - kSize.height());
    resize(width(), std::min(kTallest, kSize.height() + workspace->missingHeight(usual)));
    if (!isAlone_) {
        workspace->resetLayout();
    }
    if (!panel_.isEmpty() && !isAlone_) {
        isAlone_ = true; // the docks need a turn of the event loop to hide the others
        workspace->showAlone(panel_);
    }
    for (ui::PanelCard* card : workspace->cards()) {
        card->view().refreshNow();
    }
    return grab().toImage();
}

} // namespace psephos::window
