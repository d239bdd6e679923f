// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/knob_player.hpp"

#include "ui/panels/reading.hpp"

#include <algorithm>
#include <cmath>

namespace psephos::ui {

namespace {

constexpr int kFrameMilliseconds = 16;
/// A window that was away for a while goes on from where it was.
constexpr double kLongestFrame = 0.1;

/// Values between the ends, so that they read well in fields and command lines.
constexpr double kPlaces = 1000;

/// Slow at both ends, so that the eye is there when it starts and still there when it ends.
double eased(double t) {
    return t * t * (3 - 2 * t);
}

} // namespace

KnobPlayer::KnobPlayer(ComparisonModel& model, QObject* parent)
    : QObject(parent)
    , model_(model) {
    timer_.setInterval(kFrameMilliseconds);
    timer_.setTimerType(Qt::PreciseTimer);
    connect(&timer_, &QTimer::timeout, this, [this] {
        const double elapsed = static_cast<double>(clock_.nsecsElapsed()) * 1e-9;
        clock_.restart();
        advance(std::min(elapsed, kLongestFrame));
    });
    connect(&model_, &ComparisonModel::draftChanged, this, [this](const QString& knob) {
        if (!isTurning_ && (knob.isEmpty() || knob == knob_)) {
            stop();
        }
    });
    connect(&model_, &ComparisonModel::runsChanged, this, &KnobPlayer::stop);
}

void KnobPlayer::play(const lab::Knob& knob) {
    knob_ = text(knob.id);
    low_ = knob.min.value_or(0);
    high_ = knob.max.value_or(1);
    seconds_ = 0;
    clock_.start();
    if (!isPlaying()) {
        timer_.start();
        Q_EMIT stateChanged();
    }
}

void KnobPlayer::stop() {
    if (isPlaying()) {
        timer_.stop();
        Q_EMIT stateChanged();
    }
}

void KnobPlayer::advance(double wallSeconds) {
    if (!isPlaying()) {
        return;
    }
    seconds_ = std::min(seconds_ + wallSeconds, kSeconds);
    const bool isOver = seconds_ >= kSeconds;
    const double share = std::round(eased(seconds_ / kSeconds) * kPlaces) / kPlaces;
    const double value = isOver ? high_ : low_ + (high_ - low_) * share;
    isTurning_ = true;
    model_.turnKnob(knob_, value, isOver);
    isTurning_ = false;
    if (isOver) {
        stop();
    }
}

} // namespace psephos::ui
