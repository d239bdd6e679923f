// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/playback.hpp"

#include "ui/panels/comparison_model.hpp"

#include <algorithm>
#include <cmath>

namespace psephos::ui {

namespace {
constexpr int kFrameMilliseconds = 16;
constexpr double kWatchSeconds = 8;
} // namespace

Playback::Playback(ComparisonModel& model, QObject* parent)
    : QObject(parent)
    , model_(model) {
    timer_.setInterval(kFrameMilliseconds);
    timer_.setTimerType(Qt::PreciseTimer);
    connect(&timer_, &QTimer::timeout, this, &Playback::tick);
}

double Playback::duration() const {
    const double end = model_.end();
    if (model_.key() == lab::Key::Seconds) {
        return end >= 2 && end <= 120 ? end : kWatchSeconds;
    }
    return std::clamp(end * 0.1, 1.0, kWatchSeconds);
}

void Playback::play() {
    if (model_.end() <= 0) {
        return;
    }
    position_ =
        model_.followsNewest() || model_.playHead() >= model_.end() ? 0.0 : model_.playHead();
    model_.setPlayHead(position_);
    expected_ = model_.playHead();
    clock_.start();
    timer_.start();
    if (!isPlaying_) {
        isPlaying_ = true;
        Q_EMIT stateChanged();
    }
}

void Playback::pause() {
    timer_.stop();
    if (isPlaying_) {
        isPlaying_ = false;
        Q_EMIT stateChanged();
    }
}

void Playback::toggle() {
    isPlaying_ ? pause() : play();
}

void Playback::rewind() {
    position_ = 0;
    model_.setPlayHead(0);
}

void Playback::toEnd() {
    pause();
    model_.followNewest();
}

void Playback::setSpeed(double speed) {
    if (speed > 0 && speed != speed_) {
        speed_ = speed;
        Q_EMIT speedChanged();
    }
}

void Playback::nudge(int steps) {
    pause();
    const double unit = model_.key() == lab::Key::Step ? 1.0 : model_.end() / 100;
    model_.setPlayHead(model_.playHead() + steps * unit);
}

void Playback::tick() {
    const double elapsed = static_cast<double>(clock_.nsecsElapsed()) * 1e-9;
    clock_.restart();
    // A window that was away for a while goes on from where it was.
    advance(std::min(elapsed, 0.25));
}

void Playback::advance(double wallSeconds) {
    // A hand on the timeline wins over the clock.
    if (model_.playHead() != expected_) {
        position_ = model_.playHead();
    }
    position_ += wallSeconds * speed_ * model_.end() / duration();
    if (position_ >= model_.end()) {
        toEnd();
        return;
    }
    model_.setPlayHead(model_.key() == lab::Key::Step ? std::floor(position_) : position_);
    expected_ = model_.playHead();
}

} // namespace psephos::ui
