// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/timeline.hpp"

#include "ui/knobs/controls.hpp"
#include "ui/knobs/slider.hpp"
#include "ui/plot/number_text.hpp"
#include "ui/shell/session.hpp"
#include "ui/theme/icons.hpp"
#include "ui/theme/theme.hpp"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QSignalBlocker>
#include <QToolButton>

#include <algorithm>
#include <array>
#include <cmath>

namespace psephos::ui {

namespace {
constexpr int kPositions = 10000;
constexpr std::array kSpeeds{0.5, 1.0, 4.0};
} // namespace

Timeline::Timeline(Session& session, QWidget* parent)
    : QWidget(parent)
    , session_(session)
    , slider_(new Slider(this))
    , readOut_(withKind(new QLabel(this), "value"))
    , key_(new Segments({tr("steps"), tr("seconds")}, 0, this))
    , speed_(new Segments({QStringLiteral("½×"), QStringLiteral("1×"), QStringLiteral("4×")}, 1,
                          this)) {
    setObjectName(QStringLiteral("timeline"));
    setFixedHeight(metrics::kTimeline);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 0, 12, 0);
    layout->setSpacing(10);
    Playback& playback = session_.playback();
    auto* toStart = addButton(QStringLiteral("to-start"), QStringLiteral("timeline-start"),
                              tr("To the start"), tr("To the start (Home)"));
    connect(toStart, &QToolButton::clicked, &playback, &Playback::rewind);
    play_ = addButton(QStringLiteral("play"), QStringLiteral("timeline-play"), tr("Play"),
                      tr("Play or pause (Space)"));
    connect(play_, &QToolButton::clicked, &playback, &Playback::toggle);
    auto* toEnd = addButton(QStringLiteral("to-end"), QStringLiteral("timeline-end"),
                            tr("To the end"), tr("To the newest frame, and stay there (End)"));
    connect(toEnd, &QToolButton::clicked, &playback, &Playback::toEnd);
    for (QToolButton* button : {toStart, play_, toEnd}) {
        layout->addWidget(button);
    }
    slider_->setRange(0, kPositions);
    slider_->setHandleRadius(8);
    slider_->setMarks(10);
    slider_->setSingleStep(kPositions / 100);
    slider_->setPageStep(kPositions / 10);
    slider_->installEventFilter(this);
    describe(slider_, QStringLiteral("timeline-slider"), tr("Play head"),
             tr("Drag to scrub; ← and → go by one step"));
    connect(slider_, &QAbstractSlider::valueChanged, this, [this](int position) {
        ComparisonModel& model = session_.model();
        double key = whole() * position / kPositions;
        if (model.key() == lab::Key::Step) {
            key = std::round(key);
        }
        session_.playback().pause();
        model.setPlayHead(key);
    });
    layout->addSpacing(4);
    layout->addWidget(slider_, 1);
    layout->addSpacing(4);
    readOut_->setObjectName(QStringLiteral("timeline-readout"));
    readOut_->setMinimumWidth(124);
    readOut_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    layout->addWidget(readOut_);
    key_->setName(QStringLiteral("timeline-key"));
    connect(key_, &Segments::chosen, this, [this](int index) {
        session_.model().setKey(index == 0 ? lab::Key::Step : lab::Key::Seconds);
    });
    layout->addWidget(key_);
    speed_->setName(QStringLiteral("timeline-speed"));
    speed_->setToolTip(tr("Speed of playback ([ and ])"));
    connect(speed_, &Segments::chosen, this, [this](int index) {
        session_.playback().setSpeed(kSpeeds[static_cast<std::size_t>(index)]);
    });
    layout->addWidget(speed_);
    const ComparisonModel& model = session_.model();
    for (const auto signal : {&ComparisonModel::runsChanged, &ComparisonModel::framesChanged,
                              &ComparisonModel::playHeadMoved, &ComparisonModel::keyChanged}) {
        connect(&model, signal, this, &Timeline::refresh);
    }
    connect(&playback, &Playback::stateChanged, this, &Timeline::refreshState);
    connect(&playback, &Playback::speedChanged, this, &Timeline::refreshState);
    connect(&ThemeHub::instance(), &ThemeHub::changed, this, qOverload<>(&QWidget::update));
    refresh();
    refreshState();
}

QToolButton* Timeline::addButton(const QString& icon, const QString& name, const QString& text,
                                 const QString& toolTip) {
    auto* button = withKind(new QToolButton(this), "boxed");
    button->setIcon(themedIcon(icon));
    button->setIconSize(QSize(13, 13));
    button->setCursor(Qt::PointingHandCursor);
    describe(button, name, text, toolTip);
    return button;
}

QString Timeline::readOut() const {
    return readOut_->text();
}

double Timeline::whole() const {
    const ComparisonModel& model = session_.model();
    double whole = model.end();
    if (model.key() == lab::Key::Step) {
        for (const lab::RunPtr& run : model.runs()) {
            const lab::RunStatus status = run->status();
            const bool goesOn = status.state == lab::RunState::Running ||
                                status.state == lab::RunState::Queued ||
                                status.state == lab::RunState::Paused;
            whole = goesOn ? std::max(whole, static_cast<double>(status.steps)) : whole;
        }
    }
    return whole;
}

void Timeline::refresh() {
    const ComparisonModel& model = session_.model();
    const double end = whole();
    if (!slider_->isSliderDown()) {
        const QSignalBlocker blocker(slider_);
        const double fraction = end > 0 ? model.playHead() / end : 0;
        slider_->setValue(static_cast<int>(std::lround(fraction * kPositions)));
        slider_->update();
    }
    slider_->setEnabled(end > 0);
    play_->setEnabled(end > 0);
    key_->setCurrent(model.key() == lab::Key::Step ? 0 : 1);
    if (model.key() == lab::Key::Step) {
        readOut_->setText(
            tr("step %1 / %2").arg(countText(std::floor(model.playHead())), countText(end)));
        return;
    }
    // One unit for both, so that nothing jumps: milliseconds for what takes less than two seconds.
    const bool isShort = end < 2;
    const double unit = isShort ? 1e3 : 1;
    const int decimals = isShort && end < 0.02 ? 2 : 1;
    readOut_->setText(tr("%1 / %2 %3")
                          .arg(model.playHead() * unit, 0, 'f', decimals)
                          .arg(end * unit, 0, 'f', decimals)
                          .arg(isShort ? tr("ms") : tr("s")));
}

void Timeline::refreshState() {
    const Playback& playback = session_.playback();
    play_->setIcon(
        themedIcon(playback.isPlaying() ? QStringLiteral("pause") : QStringLiteral("play")));
    play_->setAccessibleName(playback.isPlaying() ? tr("Pause") : tr("Play"));
    const auto found = std::ranges::find(kSpeeds, playback.speed());
    speed_->setCurrent(
        found == kSpeeds.end() ? -1 : static_cast<int>(std::distance(kSpeeds.begin(), found)));
}

bool Timeline::eventFilter(QObject* watched, QEvent* event) {
    if (watched == slider_ && event->type() == QEvent::KeyPress) {
        switch (static_cast<QKeyEvent*>(event)->key()) {
        case Qt::Key_Left:
        case Qt::Key_Right:
        case Qt::Key_Home:
        case Qt::Key_End: // the window's commands, which go by steps
            event->ignore();
            return true;
        default:
            break;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void Timeline::paintEvent(QPaintEvent*) {
    const Theme& theme = ThemeHub::instance().theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme.line);
    painter.setBrush(theme.panel);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), metrics::kRadius,
                            metrics::kRadius);
}

} // namespace psephos::ui
