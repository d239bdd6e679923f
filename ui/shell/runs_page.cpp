// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/runs_page.hpp"

#include "ui/knobs/controls.hpp"
#include "ui/shell/run_table_model.hpp"
#include "ui/shell/session.hpp"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMessageBox>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace psephos::ui {

RunsPage::RunsPage(Session& session, QWidget* parent)
    : QWidget(parent)
    , session_(session)
    , model_(new RunTableModel(session.workbench().registry(), this))
    , table_(new QTableView(this))
    , empty_(withKind(new QLabel(tr("Nothing has been run yet. What you run is kept here, and can "
                                    "be replayed, continued and compared."),
                                 this),
                      "muted")) {
    setObjectName(QStringLiteral("runsPage"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(28, 22, 28, 22);
    layout->setSpacing(14);
    auto* top = new QHBoxLayout;
    top->addWidget(withKind(new QLabel(tr("My runs"), this), "question"), 1);
    open_ = addButton(QStringLiteral("runs-open"), tr("Open"),
                      tr("Show the comparison in which the run was started (Enter)"));
    continue_ = addButton(QStringLiteral("runs-continue"), tr("Continue"),
                          tr("Go on from the last checkpoint"));
    delete_ = addButton(QStringLiteral("runs-delete"), tr("Delete…"),
                        tr("Delete the chosen runs with their frames (Del)"));
    for (QPushButton* button : {open_, continue_, delete_}) {
        top->addWidget(button);
    }
    layout->addLayout(top);
    describe(table_, QStringLiteral("runs-table"), tr("Stored runs"),
             tr("Double-click opens a comparison"));
    table_->setToolTip({});
    table_->setModel(model_);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setShowGrid(false);
    table_->setSortingEnabled(false);
    table_->setTabKeyNavigation(false);
    table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(32);
    QHeaderView* header = table_->horizontalHeader();
    header->setHighlightSections(false);
    header->setSectionResizeMode(QHeaderView::ResizeToContents);
    header->setSectionResizeMode(0, QHeaderView::Stretch);
    header->setSectionResizeMode(1, QHeaderView::Stretch);
    layout->addWidget(empty_);
    layout->addWidget(table_, 1);
    connect(table_, &QTableView::activated, this, &RunsPage::openSelected);
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &RunsPage::refreshButtons);
    connect(model_, &QAbstractItemModel::modelReset, this, &RunsPage::refreshButtons);
    connect(open_, &QPushButton::clicked, this, &RunsPage::openSelected);
    connect(continue_, &QPushButton::clicked, this, &RunsPage::continueSelected);
    connect(delete_, &QPushButton::clicked, this, &RunsPage::deleteSelected);
    auto* del = new QAction(this);
    del->setShortcut(Qt::Key_Delete);
    del->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(del, &QAction::triggered, this, &RunsPage::deleteSelected);
    addAction(del);
    refreshButtons();
}

QPushButton* RunsPage::addButton(const QString& name, const QString& text, const QString& help) {
    auto* button = new QPushButton(text, this);
    button->setCursor(Qt::PointingHandCursor);
    describe(button, name, text, help);
    return button;
}

std::size_t RunsPage::refresh() {
    auto listing = session_.workbench().listing();
    if (!listing) {
        Q_EMIT troubled(QString::fromStdString(listing.error().line()));
        return static_cast<std::size_t>(model_->rowCount());
    }
    model_->show(std::move(*listing));
    empty_->setVisible(model_->rowCount() == 0);
    table_->setVisible(model_->rowCount() > 0);
    refreshButtons();
    return static_cast<std::size_t>(model_->rowCount());
}

std::vector<int> RunsPage::selectedRows() const {
    std::vector<int> rows;
    for (const QModelIndex& index : table_->selectionModel()->selectedRows()) {
        rows.push_back(index.row());
    }
    return rows;
}

void RunsPage::refreshButtons() {
    const std::vector<int> rows = selectedRows();
    open_->setEnabled(!rows.empty());
    delete_->setEnabled(!rows.empty());
    continue_->setEnabled(std::ranges::any_of(rows, [this](int row) {
        const lab::RunState state = model_->run(row).state;
        return state == lab::RunState::Paused || state == lab::RunState::Interrupted;
    }));
}

void RunsPage::openSelected() {
    if (const std::vector<int> rows = selectedRows(); !rows.empty()) {
        Q_EMIT openAsked(model_->run(rows.front()).comparison);
    }
}

void RunsPage::continueSelected() {
    const std::vector<int> rows = selectedRows();
    if (rows.empty()) {
        return;
    }
    std::vector<lab::RunId> runs;
    for (const int row : rows) {
        const lab::RunListing& listed = model_->run(row);
        if (listed.state == lab::RunState::Paused || listed.state == lab::RunState::Interrupted) {
            runs.push_back(listed.id);
        }
    }
    Q_EMIT openAsked(model_->run(rows.front()).comparison);
    for (const lab::RunId run : runs) {
        session_.resume(run);
    }
}

void RunsPage::deleteSelected() {
    std::vector<lab::RunId> runs;
    for (const int row : selectedRows()) {
        runs.push_back(model_->run(row).id);
    }
    if (runs.empty()) {
        return;
    }
    // The one modal question of the window: frames are about to be lost.
    QMessageBox box(QMessageBox::NoIcon, tr("Delete runs"),
                    runs.size() == 1 ? tr("Delete this run with its frames?")
                                     : tr("Delete %1 runs with their frames?").arg(runs.size()),
                    QMessageBox::Cancel, this);
    QAbstractButton* confirm = box.addButton(tr("Delete"), QMessageBox::AcceptRole);
    confirm->setObjectName(QStringLiteral("confirm-delete"));
    box.setObjectName(QStringLiteral("deleteQuestion"));
    box.exec();
    if (box.clickedButton() != confirm) {
        return;
    }
    for (const lab::RunId run : runs) {
        session_.remove(run);
    }
    refresh();
}

} // namespace psephos::ui
