// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/palette.hpp"

#include "ui/knobs/controls.hpp"
#include "ui/theme/theme.hpp"

#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>

namespace psephos::ui {

namespace {

constexpr int kWidth = 560;
constexpr int kRowHeight = 34;
constexpr int kMostRows = 10;
constexpr int kDetailRole = Qt::UserRole;
constexpr int kKeysRole = Qt::UserRole + 1;

/// Title, detail and keys on one line.
class PaletteDelegate final : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const Theme& theme = ThemeHub::instance().theme();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const bool isChosen = option.state.testFlag(QStyle::State_Selected);
        if (isChosen) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(theme.accentBackground);
            painter->drawRoundedRect(option.rect.adjusted(4, 1, -4, -1), 5, 5);
        }
        const QRect line = option.rect.adjusted(14, 0, -14, 0);
        painter->setFont(textFont(13, QFont::Medium));
        painter->setPen(isChosen ? theme.accent : theme.text);
        const QString title = index.data(Qt::DisplayRole).toString();
        painter->drawText(line, Qt::AlignVCenter | Qt::AlignLeft, title);
        const int used = painter->fontMetrics().horizontalAdvance(title) + 12;
        painter->setFont(monoFont(11));
        painter->setPen(theme.muted);
        const QString keys = index.data(kKeysRole).toString();
        painter->drawText(line, Qt::AlignVCenter | Qt::AlignRight, keys);
        const int keysWidth = painter->fontMetrics().horizontalAdvance(keys) + 12;
        painter->setFont(textFont(12));
        const QRect rest = line.adjusted(used, 0, -keysWidth, 0);
        painter->drawText(rest, Qt::AlignVCenter | Qt::AlignLeft,
                          painter->fontMetrics().elidedText(index.data(kDetailRole).toString(),
                                                            Qt::ElideRight, rest.width()));
        painter->restore();
    }

    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return {kWidth - 20, kRowHeight};
    }
};

} // namespace

int fuzzyScore(const QString& query, const QString& text) {
    if (query.isEmpty()) {
        return 1;
    }
    int score = 0;
    int run = 0;
    qsizetype at = 0;
    for (const QChar wanted : query) {
        if (wanted.isSpace()) {
            run = 0;
            continue;
        }
        bool isFound = false;
        for (; at < text.size(); ++at) {
            if (text[at].toCaseFolded() == wanted.toCaseFolded()) {
                const bool isWordStart = at == 0 || !text[at - 1].isLetterOrNumber();
                score += 1 + run * 2 + (isWordStart ? 6 : 0);
                ++run;
                ++at;
                isFound = true;
                break;
            }
            run = 0;
        }
        if (!isFound) {
            return 0;
        }
    }
    return score * 100 - static_cast<int>(std::min<qsizetype>(text.size(), 99));
}

Palette::Palette(QWidget* window)
    : QFrame(window)
    , query_(withKind(new QLineEdit(this), "palette"))
    , list_(new QListWidget(this)) {
    setObjectName(QStringLiteral("popup"));
    setAccessibleName(tr("Command palette"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(1, 1, 1, 6);
    layout->setSpacing(2);
    layout->addWidget(query_);
    layout->addWidget(list_);
    query_->setPlaceholderText(tr("Find an experiment, a command, a run"));
    describe(query_, QStringLiteral("palette-query"), tr("Find"),
             tr("A few letters of a name; Enter does it, Esc closes"));
    describe(list_, QStringLiteral("palette-list"), tr("What was found"));
    list_->setItemDelegate(new PaletteDelegate(list_));
    list_->setFocusPolicy(Qt::NoFocus);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list_->setUniformItemSizes(true);
    query_->installEventFilter(this);
    connect(query_, &QLineEdit::textChanged, this, &Palette::filter);
    connect(list_, &QListWidget::itemClicked, this, &Palette::accept);
    hide();
}

void Palette::open(std::vector<PaletteItem> items) {
    items_ = std::move(items);
    query_->clear();
    filter();
    const QWidget* window = parentWidget();
    const int width = std::min(kWidth, window->width() - 40);
    setGeometry((window->width() - width) / 2, 60, width, 56 + kMostRows * kRowHeight);
    raise();
    show();
    query_->setFocus();
}

void Palette::filter() {
    std::vector<std::pair<int, std::size_t>> scored;
    for (std::size_t i = 0; i < items_.size(); ++i) {
        const int byTitle = fuzzyScore(query_->text(), items_[i].title);
        const int byDetail = fuzzyScore(query_->text(), items_[i].detail) / 4;
        if (const int score = std::max(byTitle, byDetail); score > 0) {
            scored.emplace_back(score, i);
        }
    }
    if (!query_->text().trimmed().isEmpty()) {
        std::ranges::stable_sort(scored, std::greater{}, &std::pair<int, std::size_t>::first);
    }
    shown_.clear();
    list_->clear();
    for (const auto& [score, index] : scored) {
        shown_.push_back(index);
        auto* item = new QListWidgetItem(items_[index].title, list_);
        item->setData(kDetailRole, items_[index].detail);
        item->setData(kKeysRole, items_[index].keys);
    }
    list_->setCurrentRow(shown_.empty() ? -1 : 0);
}

void Palette::accept() {
    const int row = list_->currentRow();
    if (row < 0 || row >= static_cast<int>(shown_.size())) {
        return;
    }
    const auto action = items_[shown_[static_cast<std::size_t>(row)]].action;
    hide();
    parentWidget()->setFocus();
    action();
}

bool Palette::eventFilter(QObject* watched, QEvent* event) {
    if (watched == query_ && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const int rows = list_->count();
        switch (key->key()) {
        case Qt::Key_Escape:
            hide();
            parentWidget()->setFocus();
            return true;
        case Qt::Key_Down:
        case Qt::Key_Up:
            if (rows > 0) {
                const int step = key->key() == Qt::Key_Down ? 1 : rows - 1;
                list_->setCurrentRow((list_->currentRow() + step) % rows);
            }
            return true;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            accept();
            return true;
        default:
            break;
        }
    }
    if (watched == query_ && event->type() == QEvent::FocusOut) {
        hide();
    }
    return QFrame::eventFilter(watched, event);
}

} // namespace psephos::ui
