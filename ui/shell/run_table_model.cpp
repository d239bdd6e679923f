// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/run_table_model.hpp"

#include "ui/plot/number_text.hpp"
#include "ui/theme/theme.hpp"

#include <QDateTime>

#include <algorithm>

namespace psephos::ui {

QString stateText(lab::RunState state) {
    switch (state) {
    case lab::RunState::Queued:
        return RunTableModel::tr("queued");
    case lab::RunState::Running:
        return RunTableModel::tr("running");
    case lab::RunState::Paused:
        return RunTableModel::tr("paused");
    case lab::RunState::Finished:
        return RunTableModel::tr("finished");
    case lab::RunState::Cancelled:
        return RunTableModel::tr("cancelled");
    case lab::RunState::Failed:
        return RunTableModel::tr("failed");
    case lab::RunState::Interrupted:
        return RunTableModel::tr("interrupted: can be continued");
    }
    return {};
}

RunTableModel::RunTableModel(const lab::Registry& registry, QObject* parent)
    : QAbstractTableModel(parent)
    , registry_(registry) {}

void RunTableModel::show(std::vector<lab::RunListing> runs) {
    const auto ids = [](const std::vector<lab::RunListing>& list) {
        std::vector<lab::RunId> result;
        std::ranges::transform(list, std::back_inserter(result), &lab::RunListing::id);
        return result;
    };
    if (ids(runs) == ids(runs_)) {
        runs_ = std::move(runs);
        if (!runs_.empty()) {
            Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, kColumns - 1));
        }
        return;
    }
    beginResetModel();
    runs_ = std::move(runs);
    endResetModel();
}

int RunTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(runs_.size());
}

int RunTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kColumns;
}

QString RunTableModel::text(const lab::RunListing& run, Column column) const {
    switch (column) {
    case Column::Run:
        return QString::fromStdString(run.name);
    case Column::Experiment: {
        const lab::Description* description = registry_.find(run.scenario.experiment);
        return QString::fromStdString(description == nullptr ? run.scenario.experiment
                                                             : description->title);
    }
    case Column::State:
        return stateText(run.state);
    case Column::Step:
        return countText(static_cast<double>(run.step));
    case Column::Compute:
        return run.computeSeconds < 1
                   ? tr("%1 ms").arg(shortNumber(run.computeSeconds * 1e3))
                   : tr("%1 s").arg(run.computeSeconds, 0, 'f', run.computeSeconds < 10 ? 1 : 0);
    case Column::Started: {
        const QDateTime time =
            QDateTime::fromString(QString::fromStdString(run.started), Qt::ISODate).toLocalTime();
        return time.isValid() ? time.toString(QStringLiteral("yyyy-MM-dd HH:mm"))
                              : QString::fromStdString(run.started);
    }
    }
    return {};
}

QVariant RunTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) {
        return {};
    }
    const lab::RunListing& listed = run(index.row());
    const auto column = static_cast<Column>(index.column());
    const Theme& theme = ThemeHub::instance().theme();
    switch (role) {
    case Qt::DisplayRole:
        return text(listed, column);
    case Qt::ToolTipRole:
        return tr("Run %1 of comparison %2").arg(listed.id).arg(listed.comparison);
    case Qt::ForegroundRole:
        if (column == Column::State &&
            (listed.state == lab::RunState::Interrupted || listed.state == lab::RunState::Failed)) {
            return theme.warning;
        }
        return column == Column::Run ? theme.text : theme.muted;
    case Qt::FontRole:
        if (column == Column::Run) {
            return textFont(13, QFont::DemiBold);
        }
        return column == Column::Step || column == Column::Compute ? monoFont(12) : textFont(13);
    case Qt::TextAlignmentRole:
        return QVariant(column == Column::Step || column == Column::Compute
                            ? Qt::AlignRight | Qt::AlignVCenter
                            : Qt::AlignLeft | Qt::AlignVCenter);
    default:
        return {};
    }
}

QVariant RunTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section >= kColumns) {
        return {};
    }
    const auto column = static_cast<Column>(section);
    if (role == Qt::TextAlignmentRole) {
        return QVariant(column == Column::Step || column == Column::Compute
                            ? Qt::AlignRight | Qt::AlignVCenter
                            : Qt::AlignLeft | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (column) {
    case Column::Run:
        return tr("Run");
    case Column::Experiment:
        return tr("Experiment");
    case Column::State:
        return tr("State");
    case Column::Step:
        return tr("Step");
    case Column::Compute:
        return tr("Compute");
    case Column::Started:
        return tr("Started");
    }
    return {};
}

} // namespace psephos::ui
