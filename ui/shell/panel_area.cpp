// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/panel_area.hpp"

#include "ui/panels/comparison_model.hpp"
#include "ui/panels/panel_view.hpp"
#include "ui/panels/reading.hpp"
#include "ui/shell/panel_card.hpp"
#include "ui/theme/theme.hpp"

#include <QLayout>
#include <QMouseEvent>
#include <QTabBar>
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

/// Between so many cards in a line [px].
int gapsOf(std::size_t cards) {
    return metrics::kGap * static_cast<int>(cards - 1);
}

} // namespace

PanelArea::PanelArea(QWidget* parent)
    : QMainWindow(parent) {
    setObjectName(QStringLiteral("panelArea"));
    setWindowFlags(Qt::Widget);
    setDockNestingEnabled(true);
    setAnimated(false);
    setDocumentMode(true); // no frame around tabs
    setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
    tabs_.setSingleShot(true);
    tabs_.setInterval(200);
    connect(&tabs_, &QTimer::timeout, this, &PanelArea::refreshTabs);
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
    if (model_ != &model) {
        model_ = &model;
        const auto changed = [this] {
            if (!tabs_.isActive()) {
                tabs_.start();
            }
        };
        connect(&model, &ComparisonModel::runsChanged, this, changed);
        connect(&model, &ComparisonModel::framesChanged, this, changed);
        connect(&model, &ComparisonModel::visibilityChanged, this, changed);
    }
    for (const lab::Panel& panel : panels) {
        if (panel.zone == lab::PanelZone::Middle) {
            addCard(panel, model);
        }
    }
    std::ranges::sort(rows_, {}, &Row::number);
    place();
}

void PanelArea::addCard(const lab::Panel& panel, ComparisonModel& model) {
    auto* card = new PanelCard(PanelRegistry::instance().create(panel, model, this), this);
    connect(card, &PanelCard::maximiseAsked, this, [this, card] { toggleMaximised(card); });
    connect(card, &PanelCard::troubled, this, &PanelArea::troubled);
    connect(card, &QDockWidget::topLevelChanged, this, [this] {
        if (!isPlacing_) {
            dressTabs();
            Q_EMIT touched();
        }
    });
    connect(card, &QDockWidget::dockLocationChanged, this, [this] {
        if (!isPlacing_) {
            dressTabs();
        }
    });
    cards_.push_back(card);
    auto row = std::ranges::find(rows_, panel.row, &Row::number);
    if (row == rows_.end()) {
        row = rows_.insert(rows_.end(), Row{panel.row, 0, {}});
    }
    if (panel.isTab && !row->places.empty()) {
        row->places.back().cards.push_back(card);
        return;
    }
    row->places.push_back({{card}, panel.stretch});
    row->height = std::max(row->height, panel.height);
}

void PanelArea::place() {
    // Adding a dock may resize the area: sizes are shared out once all are in.
    isPlacing_ = true;
    PanelCard* above = nullptr;
    for (const Row& row : rows_) {
        PanelCard* first = row.places.front().cards.front();
        if (above == nullptr) {
            addDockWidget(Qt::TopDockWidgetArea, first);
        } else {
            splitDockWidget(above, first, Qt::Vertical);
        }
        above = first;
    }
    for (const Row& row : rows_) {
        for (std::size_t i = 1; i < row.places.size(); ++i) {
            splitDockWidget(row.places[i - 1].cards.front(), row.places[i].cards.front(),
                            Qt::Horizontal);
        }
    }
    // A card beside a tab would become a tab, too: tabs come last.
    for (const Row& row : rows_) {
        for (const Place& place : row.places) {
            for (std::size_t i = 1; i < place.cards.size(); ++i) {
                tabifyDockWidget(place.cards[i - 1], place.cards[i]);
            }
        }
    }
    for (PanelCard* card : cards_) {
        card->setFloating(false);
        card->setVisible(true);
    }
    isPlacing_ = false;
    refreshTabs();
    for (const Row& row : rows_) {
        for (const Place& place : row.places) {
            if (place.cards.size() > 1) {
                place.cards.front()->raise();
            }
        }
    }
    isShared_ = false;
    share();
}

void PanelArea::refreshTabs() {
    if (maximised_ != nullptr || isPlacing_) {
        return;
    }
    // What is still computed may bring what is missing: until then tabs stay as they are.
    const bool isOver = std::ranges::none_of(model_->runs(), [](const lab::RunPtr& run) {
        const lab::RunState state = run->state();
        return state == lab::RunState::Running || state == lab::RunState::Queued;
    });
    const bool hasRuns = !visibleRuns(*model_).empty();
    const auto canBe = [&](PanelCard* card) {
        return !hasRuns || !visibleRuns(*model_, card->view().panel()).empty();
    };
    const auto isThere = [&](PanelCard* card) {
        return canBe(card) && hasData(card->view().panel(), *model_);
    };
    bool areOtherPlaces = false;
    for (const Row& row : rows_) {
        for (const Place& place : row.places) {
            // Where none has data, the first that may get some says what it will show.
            const bool wasThere = place.head() != nullptr;
            const bool isEmpty = std::ranges::none_of(place.cards, isThere);
            const auto first = std::ranges::find_if(place.cards, canBe);
            PanelCard* firstThere = nullptr;
            bool areOthers = false; // the place shows other runs than before
            for (PanelCard* card : place.cards) {
                const bool isFirst = first != place.cards.end() && card == *first;
                const bool isWanted = isThere(card) || (isEmpty && isFirst);
                if (!card->isFloating() && isWanted == card->isHidden() &&
                    (isWanted || isOver || !canBe(card))) {
                    areOthers = areOthers || !canBe(card);
                    card->setVisible(isWanted);
                }
                if (isWanted && firstThere == nullptr) {
                    firstThere = card;
                }
            }
            if (areOthers && firstThere != nullptr) {
                firstThere->raise();
            }
            areOtherPlaces = areOtherPlaces || wasThere != (place.head() != nullptr);
        }
    }
    dressTabs();
    if (areOtherPlaces) {
        share();
    }
}

/// Among tabs a card's title stands on its tab alone.
void PanelArea::dressTabs() {
    for (PanelCard* card : cards_) {
        const QList<QDockWidget*> others = tabifiedDockWidgets(card);
        const bool isAlone =
            std::ranges::all_of(others, [](const QDockWidget* other) { return other->isHidden(); });
        card->header().setTitleVisible(card->isFloating() || isAlone);
    }
    for (QTabBar* bar : findChildren<QTabBar*>(QString(), Qt::FindDirectChildrenOnly)) {
        bar->setExpanding(false);
        bar->setDrawBase(false);
        bar->setElideMode(Qt::ElideRight);
        bar->setFocusPolicy(Qt::TabFocus);
    }
}

PanelCard* PanelArea::Place::head() const {
    const auto found =
        std::ranges::find_if(cards, [](const PanelCard* card) { return !card->isHidden(); });
    return found == cards.end() ? nullptr : *found;
}

int PanelArea::Place::wholeHeight() const {
    constexpr int kTabs = 30; // the tabs above the card
    int whole = 0;
    int there = 0;
    for (const PanelCard* card : cards) {
        whole = std::max(whole, card->isHidden() ? 0 : card->wholeHeight());
        there += card->isHidden() ? 0 : 1;
    }
    return whole + (whole > 0 && there > 1 ? kTabs : 0);
}

bool PanelArea::Row::isThere() const {
    return std::ranges::any_of(places, [](const Place& place) { return place.head() != nullptr; });
}

int PanelArea::Row::wholeHeight() const {
    int whole = 0;
    for (const Place& place : places) {
        whole = std::max(whole, place.wholeHeight());
    }
    return whole;
}

std::vector<const PanelArea::Row*> PanelArea::rowsThere() const {
    std::vector<const Row*> rows;
    for (const Row& row : rows_) {
        if (row.isThere()) {
            rows.push_back(&row);
        }
    }
    return rows;
}

std::vector<int> PanelArea::heightsOf(const std::vector<const Row*>& rows, int room) const {
    std::vector<double> shares;
    for (const Row* row : rows) {
        shares.push_back(row->height);
    }
    std::vector<int> heights = parts(shares, room);
    // Rows get what they need, one after the other; the others share what is left.
    std::vector<int> needed(rows.size(), 0);
    for (std::size_t i = 0; showsWhole_ && i < rows.size(); ++i) {
        const int whole = rows[i]->wholeHeight();
        const int rest = room - std::accumulate(needed.begin(), needed.end(), 0) - whole;
        const bool areOthers = std::ranges::count(needed, 0) > 1;
        if (whole > heights[i] && rest > 0 && areOthers) {
            needed[i] = whole;
            shares[i] = 0;
            heights = parts(shares, rest);
            for (std::size_t k = 0; k < rows.size(); ++k) {
                heights[k] = needed[k] > 0 ? needed[k] : heights[k];
            }
        }
    }
    return heights;
}

int PanelArea::missingHeight(int room) const {
    const std::vector<const Row*> rows = rowsThere();
    if (rows.empty()) {
        return 0;
    }
    std::vector<double> shares;
    for (const Row* row : rows) {
        shares.push_back(row->height);
    }
    const std::vector<int> heights = parts(shares, room - gapsOf(rows.size()));
    int missing = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        missing += std::max(0, rows[i]->wholeHeight() - heights[i]);
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
    const std::vector<const Row*> rows = rowsThere();
    if (rows.empty()) {
        return;
    }
    layout()->activate();
    QList<QDockWidget*> heads;
    // Widths first: how high a panel must be to show everything depends on them.
    for (const Row* row : rows) {
        QList<QDockWidget*> docks;
        std::vector<double> stretches;
        for (const Place& place : row->places) {
            if (PanelCard* head = place.head()) {
                docks << head;
                stretches.push_back(place.stretch);
            }
        }
        heads << docks.front();
        const std::vector<int> widths = parts(stretches, width() - gapsOf(stretches.size()));
        resizeDocks(docks, QList<int>(widths.begin(), widths.end()), Qt::Horizontal);
    }
    layout()->activate();
    const std::vector<int> heights = heightsOf(rows, height() - gapsOf(rows.size()));
    resizeDocks(heads, QList<int>(heights.begin(), heights.end()), Qt::Vertical);
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
        refreshTabs();
        share();
    } else {
        dressTabs();
        maximised_->raise();
    }
}

} // namespace psephos::ui
