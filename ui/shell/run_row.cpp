// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/run_row.hpp"

#include "lab/experiment.hpp"
#include "ui/knobs/controls.hpp"
#include "ui/panels/reading.hpp"
#include "ui/plot/number_text.hpp"
#include "ui/shell/session.hpp"
#include "ui/theme/icons.hpp"
#include "ui/theme/theme.hpp"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QMenu>
#include <QPainter>
#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace psephos::ui {

namespace {

constexpr int kLeft = 34;
constexpr int kRight = 12;
constexpr int kValueWidth = 72;

QString durationText(double seconds) {
    if (seconds < 90) {
        return RunRow::tr("%1 s left").arg(std::lround(seconds));
    }
    return RunRow::tr("%1 min left").arg(std::lround(seconds / 60));
}

bool isActive(lab::RunState state) {
    return state == lab::RunState::Running || state == lab::RunState::Queued;
}

} // namespace

RunRow::RunRow(Session& session, lab::RunPtr run, bool isLast, int height, QWidget* parent)
    : QWidget(parent)
    , session_(session)
    , run_(std::move(run))
    , isLast_(isLast)
    , isCompact_(height < kHeight) {
    const QString id = QStringLiteral("run-%1").arg(run_->number());
    setObjectName(id);
    setFixedHeight(height);
    setFocusPolicy(Qt::StrongFocus);
    addButton(pause_, "pause", id + QStringLiteral("-pause"));
    addButton(cancel_, "close", id + QStringLiteral("-cancel"));
    addButton(more_, "more", id + QStringLiteral("-more"));
    describe(cancel_, cancel_->objectName(), tr("Cancel"), tr("Cancel this run; its frames stay"));
    describe(more_, more_->objectName(), tr("More"), tr("What can be done with this run"));
    connect(pause_, &QToolButton::clicked, this, [this] {
        isActive(runState_) ? session_.pause(run_->id()) : session_.resume(run_->id());
    });
    connect(cancel_, &QToolButton::clicked, this, [this] { session_.cancel(run_->id()); });
    connect(more_, &QToolButton::clicked, this,
            [this] { openMenu(more_->mapToGlobal(QPoint(0, more_->height()))); });
    refresh();
}

void RunRow::addButton(QToolButton*& button, const char* name, const QString& objectName) {
    button = new QToolButton(this);
    button->setIcon(themedIcon(QString::fromLatin1(name), IconRole::Muted));
    button->setIconSize(QSize(13, 13));
    button->setFixedSize(22, 22);
    button->setObjectName(objectName);
    button->setFocusPolicy(Qt::NoFocus);
    button->hide();
}

QString RunRow::stateNow(const lab::RunStatus& status) const {
    const QString step = tr("step %1").arg(countText(static_cast<double>(status.step)));
    switch (status.state) {
    case lab::RunState::Queued:
        return status.waitingFor.empty() ? tr("queued") : text(status.waitingFor);
    case lab::RunState::Running:
        if (status.remainingSeconds && *status.remainingSeconds >= 3) {
            return durationText(*status.remainingSeconds);
        }
        return step;
    case lab::RunState::Paused:
        return tr("paused");
    case lab::RunState::Cancelled:
        return tr("cancelled");
    case lab::RunState::Failed:
        return tr("failed");
    case lab::RunState::Interrupted:
        return tr("interrupted");
    case lab::RunState::Finished:
        break;
    }
    if (status.divergedAt) {
        return tr("diverged");
    }
    return session_.hasTime() ? step : QString();
}

void RunRow::refresh() {
    const lab::RunStatus status = run_->status();
    const ComparisonModel& model = session_.model();
    runState_ = status.state;
    name_ = said(run_->name());
    settings_ = said(run_->settings());
    isTrouble_ = status.state == lab::RunState::Failed ||
                 status.state == lab::RunState::Interrupted || status.divergedAt.has_value();
    const auto sample = sampleAtHead(model, *run_, run_->description().headline);
    value_ = sample ? shortNumber(sample->value, 4) : QString();
    state_ = stateNow(status);
    const bool follows = model.followsNewest();
    if (!follows && session_.hasTime() && status.state != lab::RunState::Queued) {
        const double step = model.key() == lab::Key::Step
                                ? std::min(model.playHead(), static_cast<double>(status.step))
                                : static_cast<double>(run_->history()->stepAt(model.playHead()));
        const bool isPast = status.divergedAt && step >= static_cast<double>(*status.divergedAt);
        state_ = isPast ? tr("diverged") : tr("step %1").arg(countText(std::floor(step)));
        isTrouble_ = isTrouble_ && (isPast || !status.divergedAt);
    }
    const double whole =
        status.steps > 0 ? static_cast<double>(status.steps) : std::max(1.0, model.end());
    double done = static_cast<double>(status.step);
    if (!follows && model.key() == lab::Key::Step) {
        done = std::min(done, model.playHead());
    }
    progress_ = session_.hasTime() ? std::clamp(done / whole, 0.0, 1.0) : 1.0;
    setAccessibleName(tr("%1, %2, %3").arg(name_, value_, state_));
    QString tip = name_ + u'\n' + settings_;
    if (status.error) {
        tip += u'\n' + text(status.error->line());
    }
    if (status.stepsPerSecond > 0 && status.state == lab::RunState::Running) {
        tip += u'\n' + tr("%1 steps a second").arg(shortNumber(status.stepsPerSecond));
    }
    setToolTip(tip);
    placeButtons();
    update();
}

bool RunRow::showsButtons() const {
    return underMouse() || hasFocus();
}

void RunRow::placeButtons() {
    const bool runs = isActive(runState_);
    const bool rests =
        runState_ == lab::RunState::Paused || runState_ == lab::RunState::Interrupted;
    const bool isLong = !session_.isReactive();
    const bool shows = showsButtons();
    pause_->setIcon(
        themedIcon(runs ? QStringLiteral("pause") : QStringLiteral("play"), IconRole::Muted));
    describe(pause_, pause_->objectName(), runs ? tr("Pause") : tr("Continue"),
             runs ? tr("Pause this run") : tr("Continue this run"));
    int x = width() - kRight + 4;
    for (const auto& [button, applies] :
         {std::pair{more_, true}, std::pair{cancel_, isLong && (runs || rests)},
          std::pair{pause_, isLong && (runs || rests)}}) {
        button->setVisible(shows && applies);
        if (applies) {
            x -= button->width();
            button->move(x, isCompact_ ? 3 : 6);
        }
    }
}

void RunRow::paintEvent(QPaintEvent*) {
    const Theme& theme = ThemeHub::instance().theme();
    const RunStyle style = runStyle(theme, session_.model().styleNumber(*run_));
    const bool isHidden = session_.model().isHidden(run_->id());
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (session_.model().emphasised() == run_->id() || hasFocus()) {
        painter.fillRect(rect(), theme.accentBackground);
    } else if (underMouse()) {
        painter.fillRect(rect(), theme.window);
    }
    QColor swatch = style.colour;
    painter.setPen(style.needsCasing ? QPen(style.colour.darker(140), 1) : QPen(Qt::NoPen));
    painter.setBrush(isHidden ? theme.line : swatch);
    const int top = isCompact_ ? 4 : 7; // of the name
    painter.drawRoundedRect(QRectF(12, top + 5, 11, 11), 3, 3);
    const int right = width() - kRight;
    const bool buttons = showsButtons();
    painter.setFont(textFont(13, QFont::DemiBold));
    painter.setPen(isHidden ? theme.faint : theme.text);
    const int valueWidth =
        buttons ? kValueWidth
                : std::min(kValueWidth, QFontMetrics(monoFont(12)).horizontalAdvance(value_) + 4);
    const int nameWidth = right - (tellsState() ? kValueWidth : valueWidth) - kLeft - 6;
    painter.drawText(QRect(kLeft, top, nameWidth, 20), Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(name_, Qt::ElideRight, nameWidth));
    if (!buttons) {
        painter.setFont(tellsState() ? textFont(12) : monoFont(12));
        painter.setPen(tellsState() && isTrouble_ ? theme.warning
                       : isHidden                 ? theme.faint
                                                  : theme.text);
        painter.drawText(QRect(right - kValueWidth, top, kValueWidth, 20),
                         Qt::AlignRight | Qt::AlignVCenter, tellsState() ? state_ : value_);
    }
    if (!isCompact_) {
        paintSettings(painter);
    }
    const QRectF track(kLeft, isCompact_ ? 27 : 46, right - kLeft, 3);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.line);
    painter.drawRoundedRect(track, 1.5, 1.5);
    painter.setBrush(isHidden ? theme.strongLine : swatch);
    QRectF done = track;
    done.setWidth(track.width() * progress_);
    painter.drawRoundedRect(done, 1.5, 1.5);
    if (!isLast_) {
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.setPen(theme.line);
        painter.drawLine(0, height() - 1, width(), height() - 1);
    }
}

void RunRow::paintSettings(QPainter& painter) const {
    const Theme& theme = ThemeHub::instance().theme();
    const int right = width() - kRight;
    painter.setFont(textFont(12));
    painter.setPen(isTrouble_ ? theme.warning : theme.muted);
    const int stateWidth =
        std::min(painter.fontMetrics().horizontalAdvance(state_) + 2, right - kLeft);
    painter.drawText(QRect(right - stateWidth, 26, stateWidth, 18),
                     Qt::AlignRight | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(state_, Qt::ElideRight, stateWidth));
    painter.setPen(theme.muted);
    const int settingsWidth = right - stateWidth - kLeft - 8;
    painter.drawText(QRect(kLeft, 26, settingsWidth, 18), Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(settings_, Qt::ElideRight, settingsWidth));
}

void RunRow::fillMenu(QMenu& menu) const {
    const auto add = [&](const char* icon, const QString& text, const char* name, auto action) {
        // The session acts, not the row: rows are made anew while their menu is open.
        QAction* added = menu.addAction(themedIcon(QString::fromLatin1(icon), IconRole::Muted),
                                        text, &session_, action);
        added->setObjectName(objectName() + u'-' + QString::fromLatin1(name));
        return added;
    };
    Session& session = session_;
    const lab::RunPtr run = run_;
    const lab::RunId id = run->id();
    const lab::RunStatus status = run->status();
    const lab::RunState state = status.state;
    const bool runs = isActive(state);
    if (!session.isReactive()) {
        add(runs ? "pause" : "play", runs ? tr("Pause") : tr("Continue"), "menu-pause",
            [&session, runs, id] { runs ? session.pause(id) : session.resume(id); })
            ->setEnabled(runs || state == lab::RunState::Paused ||
                         state == lab::RunState::Interrupted);
        add("close", tr("Cancel"), "menu-cancel", [&session, id] {
            session.cancel(id);
        })->setEnabled(runs || state == lab::RunState::Paused);
        const qint64 steps = std::max<qint64>(status.steps, 1);
        add("extend", tr("Train longer: %1 steps").arg(countText(2.0 * double(steps))), "extend",
            [&session, id, steps] { session.extend(id, 2 * steps); })
            ->setEnabled(!runs && state != lab::RunState::Failed);
        add("fork", tr("Fork here, with the knobs as they stand"), "fork", [&session, id] {
            session.fork(id);
        })->setEnabled(status.step > 0);
        menu.addSeparator();
    }
    const bool isHidden = session.model().isHidden(id);
    add(isHidden ? "eye" : "eye-off", isHidden ? tr("Show") : tr("Hide"), "hide",
        [&session, id, isHidden] { session.model().setHidden(id, !isHidden); });
    add("copy", tr("Copy as command line"), "copy",
        [&session, run] { QApplication::clipboard()->setText(session.commandLine(*run)); });
    menu.addSeparator();
    add("trash", tr("Delete"), "delete", [&session, id] { session.remove(id); })->setEnabled(!runs);
}

void RunRow::openMenu(const QPoint& at) {
    auto* menu = new QMenu(window());
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(objectName() + QStringLiteral("-menu"));
    fillMenu(*menu);
    menu->popup(at);
}

void RunRow::contextMenuEvent(QContextMenuEvent* event) {
    openMenu(event->globalPos());
}

void RunRow::enterEvent(QEnterEvent*) {
    session_.model().emphasise(run_->id());
    placeButtons();
    update();
}

void RunRow::leaveEvent(QEvent*) {
    session_.model().emphasise(std::nullopt);
    placeButtons();
    update();
}

void RunRow::mousePressEvent(QMouseEvent* event) {
    QWidget::mousePressEvent(event);
    event->accept();
}

void RunRow::resizeEvent(QResizeEvent*) {
    placeButtons();
}

void RunRow::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    placeButtons();
    update();
}

void RunRow::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    placeButtons();
    update();
}

void RunRow::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Delete:
        session_.remove(run_->id());
        return;
    case Qt::Key_Return:
    case Qt::Key_Menu:
        openMenu(mapToGlobal(QPoint(kLeft, height() - 8)));
        return;
    case Qt::Key_H:
        session_.model().setHidden(run_->id(), !session_.model().isHidden(run_->id()));
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

} // namespace psephos::ui
