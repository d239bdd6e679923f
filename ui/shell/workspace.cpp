// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/workspace.hpp"

#include "ui/knobs/controls.hpp"
#include "ui/knobs/knob_panel.hpp"
#include "ui/panels/panel_view.hpp"
#include "ui/plot/number_text.hpp"
#include "ui/shell/note_list.hpp"
#include "ui/shell/panel_area.hpp"
#include "ui/shell/panel_card.hpp"
#include "ui/shell/run_list.hpp"
#include "ui/shell/session.hpp"
#include "ui/shell/timeline.hpp"
#include "ui/theme/theme.hpp"

#include <QLabel>
#include <QMouseEvent>
#include <QPushButton>
#include <QScrollArea>
#include <QSettings>
#include <QVBoxLayout>

#include <algorithm>
#include <numeric>
#include <utility>

namespace psephos::ui {

namespace {
constexpr int kLeftWidth = 264;
constexpr int kRightWidth = 288;
constexpr int kCardEdges = 4;
constexpr int kMostRunsHeight = 310; ///< five runs always show whole [px]
constexpr int kLeastLeaders = 232;   ///< eight close rows
constexpr int kLeastCard = metrics::kPanelHeader + kCardEdges + 40; ///< header and a note
} // namespace

Workspace::Workspace(Session& session, QWidget* parent)
    : QWidget(parent)
    , session_(session)
    , docks_(new QMainWindow(this))
    , area_(new PanelArea(docks_))
    , runsDock_(new CardDock(QStringLiteral("dock-runs"), tr("Runs"), docks_))
    , runList_(new RunList(session, runsDock_))
    , runCount_(withKind(new QLabel(this), "faint"))
    , timeline_(new Timeline(session, this)) {
    setObjectName(QStringLiteral("workspace"));
    setFocusPolicy(Qt::ClickFocus);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::kGap, metrics::kGap, metrics::kGap, metrics::kGap);
    layout->setSpacing(metrics::kGap);
    docks_->setWindowFlags(Qt::Widget);
    docks_->setObjectName(QStringLiteral("docks"));
    docks_->setDockNestingEnabled(true);
    docks_->setAnimated(false);
    docks_->setContextMenuPolicy(Qt::NoContextMenu);
    docks_->setCentralWidget(area_);
    docks_->installEventFilter(this);
    layout->addWidget(docks_, 1);
    layout->addWidget(timeline_);
    runsDock_->setContent(runList_);
    runsDock_->header().add(runCount_);
    docks_->addDockWidget(Qt::LeftDockWidgetArea, runsDock_);
    buildRight();
    connect(area_, &PanelArea::troubled, this, &Workspace::troubled);
    connect(area_, &PanelArea::touched, this, [this] { isTouched_ = true; });
    connect(&session_.draft(), &Draft::shown, this, &Workspace::rebuild);
    connect(&session_.draft(), &Draft::changed, this, &Workspace::refreshHeaders);
    connect(&session_, &Session::runActionChanged, this, &Workspace::refreshHeaders);
    watch(runsDock_);
    watch(knobsDock_);
    rate_.setInterval(500);
    connect(&rate_, &QTimer::timeout, this, &Workspace::refreshHeaders);
    rate_.start();
    connect(&session_.model(), &ComparisonModel::runsChanged, this, [this] {
        refreshHeaders();
        shareLeft();
    });
    rebuild();
}

void Workspace::buildRight() {
    knobsDock_ = new CardDock(QStringLiteral("dock-knobs"), tr("Knobs"), docks_);
    auto* scroll = new QScrollArea(knobsDock_);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    knobs_ = new KnobPanel(session_.draft(), scroll);
    notes_ = new NoteList(session_.model(), knobs_);
    knobs_->footer().addWidget(notes_);
    scroll->setWidget(knobs_);
    knobsDock_->setContent(scroll);
    changed_ = withKind(new QPushButton(this), "link");
    changed_->setFocusPolicy(Qt::TabFocus);
    changed_->setCursor(Qt::PointingHandCursor);
    describe(changed_, QStringLiteral("knobs-changed"), tr("Reset all knobs"),
             tr("Click to set all knobs back to their defaults"));
    connect(changed_, &QPushButton::clicked, this, [this] { session_.draft().resetAll(); });
    knobsDock_->header().add(changed_);
    docks_->addDockWidget(Qt::RightDockWidgetArea, knobsDock_);
}

std::vector<PanelCard*> Workspace::cards() const {
    std::vector<PanelCard*> result = area_->cards();
    result.insert(result.end(), leftCards_.begin(), leftCards_.end());
    if (rightNotes_ != nullptr) {
        result.push_back(rightNotes_);
    }
    return result;
}

void Workspace::setSettings(QSettings* settings) {
    settings_ = settings;
    restoreLayout();
}

QString Workspace::layoutKey() const {
    return QStringLiteral("layout/") + experiment_;
}

void Workspace::keepLayout() {
    if (settings_ != nullptr && isTouched_ && !experiment_.isEmpty()) {
        settings_->setValue(layoutKey() + QStringLiteral("/column"), docks_->saveState());
        settings_->setValue(layoutKey() + QStringLiteral("/panels"), area_->saveState());
    }
}

void Workspace::restoreLayout() {
    // Sizes can be given to docks only once they have their room.
    if (settings_ == nullptr || isTouched_ || experiment_.isEmpty() || !isVisible()) {
        return;
    }
    const QByteArray column =
        settings_->value(layoutKey() + QStringLiteral("/column")).toByteArray();
    const QByteArray panels =
        settings_->value(layoutKey() + QStringLiteral("/panels")).toByteArray();
    if (column.isEmpty() || panels.isEmpty()) {
        return;
    }
    isTouched_ = true;
    isPlacing_ = true;
    isLeftTouched_ = isRightTouched_ = docks_->restoreState(column);
    area_->restore(panels);
    isPlacing_ = false;
}

void Workspace::watch(CardDock* card) {
    connect(card, &QDockWidget::topLevelChanged, this,
            [this] { isTouched_ = isTouched_ || !isPlacing_; });
}

void Workspace::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    restoreLayout();
}

void Workspace::rebuild() {
    keepLayout();
    isTouched_ = false;
    isLeftTouched_ = false;
    isRightTouched_ = false;
    isPlacing_ = true;
    for (PanelCard* card : leftCards_) {
        docks_->removeDockWidget(card);
        card->hide();
        card->deleteLater();
    }
    leftCards_.clear();
    if (PanelCard* card = std::exchange(rightNotes_, nullptr)) {
        docks_->removeDockWidget(card);
        card->hide();
        card->deleteLater();
    }
    const lab::Description* description = session_.description();
    experiment_ = description == nullptr ? QString() : QString::fromStdString(description->id);
    if (description == nullptr) {
        area_->show({}, session_.model());
        isPlacing_ = false;
        return;
    }
    area_->show(description->panels, session_.model());
    std::vector<const lab::Panel*> left;
    for (const lab::Panel& panel : description->panels) {
        if (panel.zone == lab::PanelZone::Left) {
            left.push_back(&panel);
        }
    }
    // Notes alone would leave a column empty: they stand below the knobs then.
    const bool onlyNotes = !hasRunList() && left.size() == 1 && left.front()->kind == "notes";
    for (const lab::Panel* panel : left) {
        auto* card = new PanelCard(
            PanelRegistry::instance().create(*panel, session_.model(), docks_), docks_);
        connect(card, &PanelCard::troubled, this, &Workspace::troubled);
        watch(card);
        if (onlyNotes) {
            rightNotes_ = card;
            connect(&card->view(), &PanelView::contentHeightChanged, this, &Workspace::shareRight);
        } else {
            leftCards_.push_back(card);
        }
    }
    notes_->setVisible(!hasNotesCard());
    timeline_->setVisible(session_.hasTime() && !isPresenting_);
    placeLeft();
    placeRight();
    refreshHeaders();
    restoreLayout();
}

bool Workspace::hasNotesCard() const {
    return std::ranges::any_of(
        cards(), [](PanelCard* card) { return card->view().panel().kind == "notes"; });
}

bool Workspace::hasRunList() const {
    return session_.hasTime() || session_.model().runs().size() > 1;
}

void Workspace::placeLeft() {
    runsDock_->setFloating(false);
    runsDock_->setVisible(hasRunList());
    isPlacing_ = true;
    QDockWidget* above = runsDock_;
    for (PanelCard* card : leftCards_) {
        docks_->splitDockWidget(above, card, Qt::Vertical);
        card->setFloating(false);
        card->setVisible(true);
        above = card;
    }
    isPlacing_ = false;
    shareLeft();
}

void Workspace::shareLeft() {
    if (isPlacing_ || isLeftTouched_ || width() < 100 || session_.description() == nullptr) {
        return;
    }
    runsDock_->setVisible(hasRunList());
    docks_->layout()->activate();
    // Every run shows first, then the cards that know their height; the others share the rest.
    const int room = docks_->height() - metrics::kGap * static_cast<int>(leftCards_.size());
    QList<QDockWidget*> column{runsDock_};
    QList<int> heights{runList_->contentHeight() + metrics::kPanelHeader + kCardEdges};
    double shares = 0;
    int known = 0;
    int least = 0; // of the cards
    for (PanelCard* card : leftCards_) {
        column << card;
        heights << card->wholeHeight();
        known += heights.back();
        shares += heights.back() > 0 ? 0 : card->view().panel().height;
        least += kLeastCard;
    }
    // Many runs leave their leaders some room and are scrolled.
    const int most = std::max(kMostRunsHeight, room - std::min(known, kLeastLeaders) - kLeastCard);
    heights[0] =
        std::clamp(heights[0], kLeastCard, std::max(kLeastCard, std::min(most, room - least)));
    const int reserved = shares > 0 ? kLeastCard : 0;
    const int rest = std::max(0, room - heights[0]);
    const double shrink = known > 0 ? std::min(1.0, double(rest - reserved) / known) : 1;
    const int unclaimed = std::max(0, rest - static_cast<int>(known * shrink));
    for (qsizetype i = 1; i < column.size(); ++i) {
        const lab::Panel& panel = leftCards_[static_cast<std::size_t>(i - 1)]->view().panel();
        heights[i] = std::max(kLeastCard,
                              static_cast<int>(heights[i] > 0 ? heights[i] * shrink
                                                              : unclaimed * panel.height / shares));
    }
    if (shares == 0) { // what nobody claims is the last card's
        heights.back() += std::max(0, room - std::accumulate(heights.begin(), heights.end(), 0));
    }
    docks_->resizeDocks(column, heights, Qt::Vertical);
    docks_->resizeDocks({column.back(), knobsDock_}, {kLeftWidth, kRightWidth}, Qt::Horizontal);
    docks_->layout()->activate();
}

void Workspace::placeRight() {
    if (rightNotes_ == nullptr) {
        return;
    }
    isPlacing_ = true;
    docks_->addDockWidget(Qt::RightDockWidgetArea, rightNotes_);
    docks_->splitDockWidget(knobsDock_, rightNotes_, Qt::Vertical);
    rightNotes_->setFloating(false);
    rightNotes_->setVisible(true);
    if (isPresenting_) {
        rightNotes_->setPresenting();
    }
    isPlacing_ = false;
    shareRight();
}

void Workspace::shareRight() {
    if (rightNotes_ == nullptr || isPlacing_ || isRightTouched_ || isPresenting_ || width() < 100) {
        return;
    }
    docks_->layout()->activate();
    // Both are scrolled where they must: the notes get what they need, up to nearly half.
    const int room = docks_->height() - metrics::kGap;
    const int notes = std::clamp(rightNotes_->wholeHeight(), kLeastCard, room * 9 / 20);
    docks_->resizeDocks({knobsDock_, rightNotes_}, {room - notes, notes}, Qt::Vertical);
    docks_->layout()->activate();
}

int Workspace::missingHeight(int room) const {
    int column = hasRunList() ? runList_->contentHeight() + metrics::kPanelHeader + kCardEdges : 0;
    for (const PanelCard* card : leftCards_) {
        column += metrics::kGap + std::max(kLeastCard, card->wholeHeight());
    }
    const int notes = rightNotes_ != nullptr && isPresenting_ ? rightNotes_->wholeHeight() : 0;
    return std::max({0, column - room, notes - room, area_->missingHeight(room)});
}

int Workspace::cardsHeight() const {
    return docks_->height();
}

void Workspace::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    docks_->layout()->activate();
    shareLeft();
    shareRight();
}

bool Workspace::eventFilter(QObject* watched, QEvent* event) {
    // Between two docks lies no widget; presses that a card ignores arrive here, too.
    if (watched == docks_ && event->type() == QEvent::MouseButtonPress) {
        const QPoint at = static_cast<QMouseEvent*>(event)->position().toPoint();
        const bool isLine = docks_->childAt(at) == nullptr;
        isLeftTouched_ = isLeftTouched_ || (isLine && at.x() < width() / 2);
        isRightTouched_ = isRightTouched_ || (isLine && at.x() >= width() / 2);
        isTouched_ = isTouched_ || isLine;
    }
    return QWidget::eventFilter(watched, event);
}

void Workspace::setPresenting(bool isPresenting) {
    isPresenting_ = isPresenting;
    knobsDock_->setVisible(!isPresenting);
    timeline_->setVisible(session_.hasTime() && !isPresenting);
    if (isPresenting) {
        for (PanelCard* card : cards()) {
            card->setPresenting();
        }
        area_->setShowsWhole();
    }
    shareLeft();
}

void Workspace::showAlone(const QString& panel) {
    for (PanelCard* card : area_->cards()) {
        if (card->view().panel().id == panel.toStdString()) {
            area_->toggleMaximised(card);
        }
    }
}

void Workspace::resetLayout() {
    isLeftTouched_ = false;
    isRightTouched_ = false;
    if (settings_ != nullptr) {
        settings_->remove(layoutKey());
    }
    docks_->removeDockWidget(runsDock_);
    docks_->removeDockWidget(knobsDock_);
    for (PanelCard* card : leftCards_) {
        docks_->removeDockWidget(card);
    }
    docks_->addDockWidget(Qt::LeftDockWidgetArea, runsDock_);
    docks_->addDockWidget(Qt::RightDockWidgetArea, knobsDock_);
    knobsDock_->setFloating(false);
    knobsDock_->setVisible(!isPresenting_);
    placeLeft();
    if (rightNotes_ != nullptr) {
        docks_->removeDockWidget(rightNotes_);
    }
    placeRight();
    area_->resetLayout();
    isTouched_ = false;
}

void Workspace::refreshHeaders() {
    const int count = session_.draft().changedCount();
    changed_->setText(tr("%1 changed").arg(count));
    changed_->setVisible(count > 0);
    const std::size_t runs = session_.model().runs().size();
    runCount_->setText(QString::number(runs));
    const bool isOneSeed = session_.draft().scenario().seeds.size() == 1;
    double rate = 0;
    for (const lab::RunPtr& run : session_.model().runs()) {
        const lab::RunStatus status = run->status();
        rate += status.state == lab::RunState::Running ? status.stepsPerSecond : 0;
    }
    QStringList meaning;
    if (const lab::Description* description = session_.description(); description != nullptr) {
        const lab::Channel* headline = description->channel(description->headline);
        meaning << (headline == nullptr ? QString() : QString::fromStdString(headline->label));
    }
    if (rate > 0 && !session_.isReactive()) {
        meaning << tr("%1 steps/s").arg(shortNumber(rate, 2));
    } else if (runs > 1) {
        meaning << (isOneSeed ? tr("same seed") : tr("several seeds"));
    }
    meaning.removeAll(QString());
    runsDock_->header().setMeaning(runs == 0 ? QString() : meaning.join(QStringLiteral(" · ")));
}

} // namespace psephos::ui
