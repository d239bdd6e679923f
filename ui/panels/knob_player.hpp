// SPDX-License-Identifier: GPL-3.0-or-later
// A knob that turns by itself from one end to the other, until a hand takes it.
#pragma once

#include "lab/knob.hpp"
#include "ui/panels/comparison_model.hpp"

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QTimer>

namespace psephos::ui {

class KnobPlayer : public QObject {
    Q_OBJECT
  public:
    /// From one end to the other [s].
    static constexpr double kSeconds = 2;

    /// The model outlives the player.
    explicit KnobPlayer(ComparisonModel& model, QObject* parent = nullptr);

    /// From the knob's min on; anew where it plays already. The knob is real and has both ends.
    void play(const lab::Knob& knob);
    void stop();

    [[nodiscard]] bool isPlaying() const { return timer_.isActive(); }

    /// Goes on by so much; called by the clock, and by tests.
    void advance(double wallSeconds);

  Q_SIGNALS:
    void stateChanged();

  private:
    ComparisonModel& model_;
    QString knob_;
    double low_ = 0;
    double high_ = 1;
    double seconds_ = 0;
    bool isTurning_ = false; ///< a change of the draft is our own
    QElapsedTimer clock_;
    QTimer timer_;
};

} // namespace psephos::ui
