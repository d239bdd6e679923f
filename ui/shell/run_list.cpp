// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/run_list.hpp"

#include "ui/knobs/controls.hpp"
#include "ui/shell/run_row.hpp"
#include "ui/shell/session.hpp"

#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace psephos::ui {

namespace {

/// More runs than this are listed without their settings, which the tool tips tell.
constexpr std::size_t kMostWhole = 8;

} // namespace

RunList::RunList(Session& session, QWidget* parent)
    : QWidget(parent)
    , session_(session)
    , empty_(withKind(new QLabel(tr("Run (Ctrl+Enter) starts them."), this), "muted")) {
    describe(this, QStringLiteral("runList"), tr("Runs"), tr("The runs that are compared"));
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    auto* area = new QScrollArea(this);
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setFocusPolicy(Qt::NoFocus);
    outer->addWidget(area);
    auto* content = new QWidget(area);
    content->setObjectName(QStringLiteral("scrolled"));
    layout_ = new QVBoxLayout(content);
    layout_->setContentsMargins(1, 0, 1, 1);
    layout_->setSpacing(0);
    empty_->setObjectName(QStringLiteral("runList-empty"));
    empty_->setAlignment(Qt::AlignCenter);
    layout_->addWidget(empty_);
    layout_->addStretch(1);
    area->setWidget(content);
    const ComparisonModel& model = session_.model();
    connect(&model, &ComparisonModel::runsChanged, this, &RunList::rebuild);
    for (const auto signal : {&ComparisonModel::framesChanged, &ComparisonModel::playHeadMoved,
                              &ComparisonModel::keyChanged, &ComparisonModel::emphasisChanged,
                              &ComparisonModel::visibilityChanged}) {
        connect(&model, signal, this, &RunList::refresh);
    }
    rebuild();
}

int RunList::contentHeight() const {
    return std::max(1, static_cast<int>(rows_.size())) * rowHeight() + 2;
}

int RunList::rowHeight() const {
    return session_.model().runs().size() > kMostWhole ? RunRow::kCompactHeight : RunRow::kHeight;
}

void RunList::rebuild() {
    for (RunRow* row : rows_) {
        row->hide();
        row->deleteLater();
    }
    rows_.clear();
    const std::vector<lab::RunPtr>& runs = session_.model().runs();
    empty_->setVisible(runs.empty());
    empty_->setFixedHeight(rowHeight());
    for (std::size_t i = 0; i < runs.size(); ++i) {
        auto* row = new RunRow(session_, runs[i], i + 1 == runs.size(), rowHeight(), this);
        layout_->insertWidget(static_cast<int>(i), row);
        rows_.push_back(row);
    }
}

void RunList::refresh() {
    for (RunRow* row : rows_) {
        row->refresh();
    }
}

} // namespace psephos::ui
