// SPDX-License-Identifier: GPL-3.0-or-later
// Playback: what was computed in milliseconds is watched in seconds. Moves a model's play head.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

namespace psephos::ui {

class ComparisonModel;

class Playback : public QObject {
    Q_OBJECT
  public:
    /// The model outlives the playback.
    explicit Playback(ComparisonModel& model, QObject* parent = nullptr);

    [[nodiscard]] bool isPlaying() const { return isPlaying_; }

    [[nodiscard]] double speed() const { return speed_; }

    /// Wall seconds that the whole comparison takes at speed 1: eight for steps (fewer where there
    /// are few), real time for compute seconds between 2 s and 2 min, else eight.
    [[nodiscard]] double duration() const;

    /// Moves the play head by so much wall time; what the clock does while playing.
    void advance(double wallSeconds);

  public Q_SLOTS:
    /// Plays from the play head; from the start where it stands at the end.
    void play();
    void pause();
    void toggle();
    void rewind();
    void toEnd();
    /// 0.5, 1, 4 …
    void setSpeed(double speed);
    /// One step (a hundredth of the whole for seconds) forward or back; pauses.
    void nudge(int steps);

  Q_SIGNALS:
    void stateChanged();
    void speedChanged();

  private:
    void tick();

    ComparisonModel& model_;
    QTimer timer_;
    QElapsedTimer clock_;
    bool isPlaying_ = false;
    double speed_ = 1;
    double position_ = 0; ///< exact play head while playing
    double expected_ = 0; ///< where the last tick left the model's play head
};

} // namespace psephos::ui
