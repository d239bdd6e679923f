// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/panel_area.hpp"

#include "ui/panels/comparison_model.hpp"
#include "ui/panels/panel_view.hpp"
#include "ui/shell/panel_card.hpp"
#include "ui/theme/theme.hpp"

#include <QLayout>
#include <QMouseEvent>
#include <QTimer>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace psephos::ui {

namespace {

/// The whole in parts that are proportional to the shares.
std::vector<int> parts(std::span<const double> shares, int whole) {
    const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
    std::vector<int> sizes;
    for (const double share : shares) {
        sizes.push_back(std::max(1, static_cast<int>(std::lround(whole * share / sum))));
    }
    return sizes;
}

} // namespace

PanelArea::PanelArea(QWidget* parent)
    : QMainWindow(parent) {
    setObjectName(QStringLiteral("panelArea"));
    setWindowFlags(Qt::Widget);
    setDockNestingEnabled(true);
    setAnimated(false);
}

void PanelArea::show(std::span<const lab::Panel> panels, ComparisonModel& model) {
    for (PanelCard* card : cards_) {
        removeDockWidget(card);
        card->hide();
        card->deleteLater();
    }
    cards_.clear();
    rows_.clear();
    maximised_ = nullptr;
    for (const lab::Panel& panel : panels) {
        if (panel.zone != lab::PanelZone::Middle) {
            continue;
        }
        auto* card = new PanelCard(PanelRegistry::instance().create(panel, model, this), this);
        connect(card, &PanelCard::maximiseAsked, this, [this, card] { toggleMaximised(card); });
        connect(card, &PanelCard::troubled, this, &PanelArea::troubled);
        connect(card, &QDockWidget::topLevelChanged, this, [this] {
            if (!isPlacing_) {
                Q_EMIT touched();
            }
        });
        cards_.push_back(card);
        auto row = std::ranges::find(rows_, panel.row, &Row::number);
        if (row == rows_.end()) {
            row = rows_.insert(rows_.end(), Row{panel.row, 0, {}, {}});
        }
        row->cards.push_back(card);
        row->stretches.push_back(panel.stretch);
        row->height = std::max(row->height, panel.height);
    }
    std::ranges::sort(rows_, {}, &Row::number);
    place();
}

void PanelArea::place() {
    // Adding a dock may resize the area: sizes are shared out once all are in.
    isPlacing_ = true;
    PanelCard* above = nullptr;
    for (const Row& row : rows_) {
        PanelCard* first = row.cards.front();
        if (above == nullptr) {
            addDockWidget(Qt::TopDockWidgetArea, first);
        } else {
            splitDockWidget(above, first, Qt::Vertical);
        }
        first->setFloating(false);
        first->setVisible(true);
        above = first;
    }
    for (const Row& row : rows_) {
        for (std::size_t i = 1; i < row.cards.size(); ++i) {
            splitDockWidget(row.cards[i - 1], row.cards[i], Qt::Horizontal);
            row.cards[i]->setFloating(false);
            row.cards[i]->setVisible(true);
        }
    }
    isPlacing_ = false;
    isShared_ = false;
    share();
}

int PanelArea::Row::wholeHeight() const {
    int whole = 0;
    for (const PanelCard* card : cards) {
        whole = std::max(whole, card->wholeHeight());
    }
    return whole;
}

int PanelArea::gaps() const {
    return metrics::kGap * static_cast<int>(rows_.size() - 1);
}

std::vector<int> PanelArea::heightsIn(int room) const {
    std::vector<double> shares;
    for (const Row& row : rows_) {
        shares.push_back(row.height);
    }
    std::vector<int> heights = parts(shares, room);
    for (std::size_t i = 0; showsWhole_ && i < rows_.size(); ++i) {
        const int whole = rows_[i].wholeHeight();
        if (whole > heights[i] && whole < room) {
            // It gets what it needs; the others share what is left.
            shares[i] = 0;
            heights = parts(shares, room - whole);
            heights[i] = whole;
            break;
        }
    }
    return heights;
}

int PanelArea::missingHeight(int room) const {
    if (rows_.empty()) {
        return 0;
    }
    std::vector<double> shares;
    for (const Row& row : rows_) {
        shares.push_back(row.height);
    }
    const std::vector<int> heights = parts(shares, room - gaps());
    int missing = 0;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        missing = std::max(missing, rows_[i].wholeHeight() - heights[i]);
    }
    return missing;
}

void PanelArea::setShowsWhole() {
    showsWhole_ = true;
    share();
}

void PanelArea::share() {
    if (isPlacing_ || rows_.empty() || width() < 50 || height() < 50) {
        return;
    }
    layout()->activate();
    QList<QDockWidget*> heads;
    for (const Row& row : rows_) {
        heads << row.cards.front();
    }
    const std::vector<int> heights = heightsIn(height() - gaps());
    resizeDocks(heads, QList<int>(heights.begin(), heights.end()), Qt::Vertical);
    for (const Row& row : rows_) {
        QList<QDockWidget*> docks;
        for (PanelCard* card : row.cards) {
            docks << card;
        }
        const int between = metrics::kGap * static_cast<int>(row.cards.size() - 1);
        const std::vector<int> widths = parts(row.stretches, width() - between);
        resizeDocks(docks, QList<int>(widths.begin(), widths.end()), Qt::Horizontal);
    }
    layout()->activate();
    isShared_ = isVisible();
}

void PanelArea::resizeEvent(QResizeEvent* event) {
    QMainWindow::resizeEvent(event);
    if (!isShared_) {
        share();
    }
}

bool PanelArea::event(QEvent* event) {
    // Between two docks lies no widget; presses that a card ignores arrive here, too.
    if (event->type() == QEvent::MouseButtonPress &&
        childAt(static_cast<QMouseEvent*>(event)->position().toPoint()) == nullptr) {
        Q_EMIT touched();
    }
    return QMainWindow::event(event);
}

bool PanelArea::restore(const QByteArray& state) {
    isPlacing_ = true;
    isShared_ = restoreState(state);
    isPlacing_ = false;
    return isShared_;
}

void PanelArea::resetLayout() {
    maximised_ = nullptr;
    for (PanelCard* card : cards_) {
        removeDockWidget(card);
    }
    place();
}

void PanelArea::toggleMaximised(PanelCard* card) {
    maximised_ = maximised_ == card ? nullptr : card;
    for (PanelCard* other : cards_) {
        if (!other->isFloating()) {
            other->setVisible(maximised_ == nullptr || other == maximised_);
        }
    }
    if (maximised_ == nullptr) {
        share();
    }
}

} // namespace psephos::ui
