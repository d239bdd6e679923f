// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/panel_area.hpp"

#include "ui/panels/comparison_model.hpp"
#include "ui/panels/panel_view.hpp"
#include "ui/shell/panel_card.hpp"
#include "ui/theme/theme.hpp"

#include <QLayout>
#include <QTimer>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace psephos::ui {

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

void PanelArea::share() {
    if (isPlacing_ || rows_.empty() || width() < 50 || height() < 50) {
        return;
    }
    layout()->activate();
    const auto parts = [](std::span<const double> shares, int whole) {
        const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
        QList<int> sizes;
        for (const double share : shares) {
            sizes << std::max(1, static_cast<int>(std::lround(whole * share / sum)));
        }
        return sizes;
    };
    QList<QDockWidget*> heads;
    std::vector<double> heights;
    for (const Row& row : rows_) {
        heads << row.cards.front();
        heights.push_back(row.height);
    }
    const int gaps = metrics::kGap * static_cast<int>(rows_.size() - 1);
    resizeDocks(heads, parts(heights, height() - gaps), Qt::Vertical);
    for (const Row& row : rows_) {
        QList<QDockWidget*> docks;
        for (PanelCard* card : row.cards) {
            docks << card;
        }
        const int between = metrics::kGap * static_cast<int>(row.cards.size() - 1);
        resizeDocks(docks, parts(row.stretches, width() - between), Qt::Horizontal);
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
