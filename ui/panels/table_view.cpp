// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/table_view.hpp"

#include "ui/panels/comparison_model.hpp"
#include "ui/panels/reading.hpp"
#include "ui/plot/number_text.hpp"
#include "ui/theme/theme.hpp"

#include <QHeaderView>
#include <QLabel>
#include <QTableView>

#include <algorithm>
#include <cmath>

namespace psephos::ui {

namespace {

constexpr int kRowHeight = 24;
constexpr int kRemark = 28;
constexpr int kBelow = 6;

CellModel::Cell cellOf(const lab::Table& table, std::size_t column, std::size_t row,
                       const std::string& unit) {
    if (std::holds_alternative<std::vector<double>>(table.columns[column])) {
        return CellModel::number(table.numbers(column)[row], unit);
    }
    return CellModel::words(cellText(table, column, row));
}

QString headerOf(const std::string& label, const std::string& unit) {
    return axisTitle(text(label), unit == "%" ? QString() : text(unit));
}

} // namespace

CellModel::Cell CellModel::words(const QString& text) {
    return {typeset(text), text, false};
}

CellModel::Cell CellModel::verbatim(const QString& text) {
    return {text, text, false};
}

CellModel::Cell CellModel::number(double value, const std::string& unit) {
    const bool percent = unit == "%";
    const bool isCount = value == std::round(value) && std::abs(value) < 1e15;
    const QString shown = percent   ? percentText(value)
                          : isCount ? countText(value)
                                    : shortNumber(value, 5);
    return {shown, ui::text(lab::toText(value)), true};
}

void CellModel::set(std::vector<QString> header, std::vector<std::vector<Cell>> rows) {
    const bool sameShape = header == header_ && rows.size() == rows_.size();
    if (!sameShape) {
        beginResetModel();
        header_ = std::move(header);
        rows_ = std::move(rows);
        endResetModel();
        return;
    }
    for (std::size_t row = 0; row < rows.size(); ++row) {
        if (rows[row] != rows_[row]) {
            rows_[row] = std::move(rows[row]);
            const int at = static_cast<int>(row);
            Q_EMIT dataChanged(index(at, 0), index(at, columnCount() - 1));
        }
    }
}

int CellModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int CellModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(header_.size());
}

QVariant CellModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const auto& row = rows_[static_cast<std::size_t>(index.row())];
    const auto column = static_cast<std::size_t>(index.column());
    if (column >= row.size()) {
        return {};
    }
    const Cell& cell = row[column];
    switch (role) {
    case Qt::DisplayRole:
        return cell.text;
    case Qt::ToolTipRole:
        return typeset(cell.exact);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(
            Qt::Alignment(Qt::AlignVCenter | (cell.isNumber ? Qt::AlignRight : Qt::AlignLeft)));
    case Qt::FontRole:
        return cell.isNumber ? monoFont(12) : textFont(12);
    default:
        return {};
    }
}

QVariant CellModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) {
        return {};
    }
    if (role == Qt::DisplayRole) {
        return header_[static_cast<std::size_t>(section)];
    }
    if (role == Qt::TextAlignmentRole) {
        const auto column = static_cast<std::size_t>(section);
        const bool isNumber =
            !rows_.empty() && column < rows_.front().size() && rows_.front()[column].isNumber;
        return QVariant::fromValue(
            Qt::Alignment(Qt::AlignVCenter | (isNumber ? Qt::AlignRight : Qt::AlignLeft)));
    }
    return {};
}

QString CellModel::csv() const {
    QString out;
    const auto line = [&out](const auto& cells, auto&& textOf) {
        bool isFirst = true;
        for (const auto& cell : cells) {
            out += isFirst ? QString() : QStringLiteral(",");
            out += csvField(textOf(cell));
            isFirst = false;
        }
        out += QLatin1Char('\n');
    };
    line(header_, [](const QString& words) { return words; });
    for (const std::vector<Cell>& row : rows_) {
        line(row, [](const Cell& cell) { return cell.exact; });
    }
    return out;
}

TableView::TableView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent,
                     const QString& remark)
    : LiveView(panel, shown, parent)
    , cells_(new CellModel(this))
    , table_(new QTableView(this))
    , remark_(new QLabel(remark, this)) {
    table_->setObjectName(objectName() + QStringLiteral(".table"));
    table_->setAccessibleName(accessibleName());
    table_->setModel(cells_);
    table_->setShowGrid(false);
    table_->setFrameShape(QFrame::NoFrame);
    table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(kRowHeight);
    table_->horizontalHeader()->setMinimumSectionSize(60);
    table_->verticalHeader()->setMinimumSectionSize(kRowHeight);
    remark_->setObjectName(objectName() + QStringLiteral(".remark"));
    remark_->setWordWrap(true);
    remark_->setMargin(6);
    remark_->setVisible(!remark.isEmpty());
}

QString TableView::emptyText() const {
    return tr("The newest values appear here as a table.");
}

QString TableView::csv() const {
    return cells_->csv();
}

int TableView::contentHeight() const {
    constexpr int kMostWhole = 14; // a longer table is for scrolling, or for its file
    if (cells_->rowCount() == 0 || cells_->rowCount() > kMostWhole) {
        return 0;
    }
    return table_->geometry().top() + table_->horizontalHeader()->sizeHint().height() +
           table_->verticalHeader()->length() + kBelow;
}

void TableView::fitColumns() {
    constexpr int kMostWrapped = 60; // rows; of a longer table nobody reads every sentence
    constexpr int kNarrowest = 140;  // a column of words that are wrapped
    QHeaderView& header = *table_->horizontalHeader();
    const int columns = cells_->columnCount();
    const auto isWords = [this](int column) {
        const QVariant alignment =
            cells_->headerData(column, Qt::Horizontal, Qt::TextAlignmentRole);
        return !(alignment.toInt() & Qt::AlignRight);
    };
    std::vector<int> widths;
    int widest = 0;
    for (int column = 0; column < columns; ++column) {
        const int content = static_cast<QAbstractItemView*>(table_)->sizeHintForColumn(column);
        widths.push_back(std::max({content, header.sectionSizeHint(column), 60}));
        widest = std::max(widest, isWords(column) ? widths.back() : 0);
    }
    const int room = table_->viewport()->width();
    const auto sumAt = [&](int most) {
        int sum = 0;
        for (int column = 0; column < columns; ++column) {
            const int width = widths[static_cast<std::size_t>(column)];
            sum += isWords(column) ? std::min(width, most) : width;
        }
        return sum;
    };
    int most = widest; // of a column of words
    while (most > kNarrowest && sumAt(most) > room) {
        --most;
    }
    for (int column = 0; column < columns; ++column) {
        const int width = widths[static_cast<std::size_t>(column)];
        header.resizeSection(column, isWords(column) ? std::min(width, most) : width);
    }
    // A sentence may take what room is left; a number would stand far from its row.
    header.setStretchLastSection(columns > 0 && isWords(columns - 1));
    const bool isWrapped = most < widest && cells_->rowCount() <= kMostWrapped;
    table_->setWordWrap(isWrapped);
    constexpr int kBetween = 8; // lines of a row stand closer than rows do
    constexpr int kMargins = 14;
    const QFontMetrics metrics(textFont(12));
    for (int row = 0; row < cells_->rowCount(); ++row) {
        int lines = 0; // [px]
        for (int column = 0; isWrapped && column < columns; ++column) {
            const QRect cell(0, 0, header.sectionSize(column) - kMargins, 1 << 14);
            const QString words =
                cells_->data(cells_->index(row, column), Qt::DisplayRole).toString();
            lines =
                isWords(column)
                    ? std::max(lines, metrics.boundingRect(cell, Qt::TextWordWrap, words).height())
                    : lines;
        }
        table_->verticalHeader()->resizeSection(row, std::max(kRowHeight, lines + kBetween));
    }
}

void TableView::layOut() {
    const int top = remark_->isHidden() ? 0 : kRemark;
    remark_->setGeometry(6, 0, width() - 12, top);
    table_->setGeometry(rect().adjusted(6, top + 2, -6, -kBelow));
    fitColumns();
}

void TableView::refresh(bool /*atOnce*/) {
    fill(*cells_);
    fitColumns();
    setEmpty(cells_->rowCount() == 0, table_);
}

void TableView::fill(CellModel& /*cells*/) {
    const lab::PanelSource* first = nullptr;
    const lab::Channel* channel = nullptr;
    for (const lab::PanelSource& source : panel().sources) {
        if (first == nullptr && !model().runs().empty()) {
            channel = declared(*model().runs().front(), source.channel);
            first = channel == nullptr ? nullptr : &source;
        }
    }
    if (first == nullptr) {
        cells_->set({}, {});
    } else {
        switch (channel->kind) {
        case lab::FrameKind::Scalar:
            showScalars();
            break;
        case lab::FrameKind::Table:
            showTables(*first);
            break;
        case lab::FrameKind::Grid:
            showGrid(*first);
            break;
        case lab::FrameKind::Text:
            showTexts(*first);
            break;
        }
    }
}

void TableView::showScalars() {
    std::vector<QString> header{tr("run")};
    std::vector<const lab::PanelSource*> sources;
    const lab::Run& sample = *model().runs().front();
    for (const lab::PanelSource& source : panel().sources) {
        const lab::Channel* channel = declared(sample, source.channel);
        if (channel != nullptr && channel->kind == lab::FrameKind::Scalar) {
            header.push_back(
                headerOf(channel->label.empty() ? channel->id : channel->label, channel->unit));
            sources.push_back(&source);
        }
    }
    std::vector<std::vector<CellModel::Cell>> rows;
    for (const lab::RunPtr& run : visibleRuns(model(), panel())) {
        std::vector<CellModel::Cell> row{CellModel::words(text(run->name()))};
        bool hasAny = false;
        for (const lab::PanelSource* source : sources) {
            const auto value = sampleAtHead(model(), *run, source->channel);
            const lab::Channel* channel = declared(*run, source->channel);
            row.push_back(value ? CellModel::number(value->value, channel->unit)
                                : CellModel::words(QString()));
            hasAny = hasAny || value;
        }
        if (hasAny) {
            rows.push_back(std::move(row));
        }
    }
    cells_->set(std::move(header), std::move(rows));
}

void TableView::showTables(const lab::PanelSource& source) {
    const std::vector<lab::RunPtr> runs = visibleRuns(model(), panel());
    const bool several = runs.size() > 1;
    const lab::Channel& channel = *declared(*model().runs().front(), source.channel);
    std::vector<QString> header;
    if (several) {
        header.push_back(tr("run"));
    }
    for (const lab::ColumnSpec& column : channel.columns) {
        header.push_back(headerOf(column.id, column.unit));
    }
    std::vector<std::vector<CellModel::Cell>> rows;
    for (const lab::RunPtr& run : runs) {
        const lab::TablePtr table = tableAtHead(model(), *run, source.channel);
        for (std::size_t row = 0; table && row < table->rows(); ++row) {
            std::vector<CellModel::Cell> cells;
            if (several) {
                cells.push_back(CellModel::words(text(run->name())));
            }
            for (std::size_t column = 0; column < table->columns.size(); ++column) {
                cells.push_back(cellOf(*table, column, row, channel.columns[column].unit));
            }
            rows.push_back(std::move(cells));
        }
    }
    cells_->set(std::move(header), std::move(rows));
}

void TableView::showGrid(const lab::PanelSource& source) {
    const std::vector<lab::RunPtr> runs = visibleRuns(model(), panel());
    const lab::GridPtr grid =
        runs.empty() ? nullptr : gridAtHead(model(), *runs.front(), source.channel);
    if (!grid) {
        cells_->set({}, {});
        return;
    }
    const auto nameOf = [](const lab::GridAxis& axis, std::size_t i) {
        return axis.names.empty() ? shortNumber(axis.at[i]) : text(axis.names[i]);
    };
    const lab::Channel& channel = *declared(*runs.front(), source.channel);
    std::vector<QString> header{QString()};
    for (std::size_t column = 0; column < grid->x.size(); ++column) {
        header.push_back(nameOf(grid->x, column));
    }
    std::vector<std::vector<CellModel::Cell>> rows;
    for (std::size_t row = 0; row < grid->y.size(); ++row) {
        std::vector<CellModel::Cell> cells{CellModel::words(nameOf(grid->y, row))};
        for (std::size_t column = 0; column < grid->x.size(); ++column) {
            cells.push_back(CellModel::number(grid->at(row, column), channel.unit));
        }
        rows.push_back(std::move(cells));
    }
    cells_->set(std::move(header), std::move(rows));
}

void TableView::showTexts(const lab::PanelSource& source) {
    std::vector<std::vector<CellModel::Cell>> rows;
    for (const lab::RunPtr& run : visibleRuns(model(), panel())) {
        const auto frame = frameAtHead(model(), *run, source.channel);
        const auto* words = frame ? std::get_if<lab::TextPtr>(&frame->payload) : nullptr;
        if (words != nullptr && *words != nullptr) {
            rows.push_back({CellModel::words(text(run->name())),
                            CellModel::number(static_cast<double>(frame->step), ""),
                            CellModel::verbatim(text(**words))});
        }
    }
    cells_->set({tr("run"), tr("step"), tr("text")}, std::move(rows));
}

} // namespace psephos::ui
