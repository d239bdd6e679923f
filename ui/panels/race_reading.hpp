// SPDX-License-Identifier: GPL-3.0-or-later
// A comparison as a race: its cohorts on one channel, the clocks that count their progress, and a
// target that they reach or don't.
#pragma once

#include "lab/cohorts.hpp"
#include "ui/panels/comparison_model.hpp"
#include "ui/theme/theme.hpp"

#include <QString>

#include <cstdint>
#include <string>
#include <vector>

namespace psephos::ui {

/// A clock that a panel offers.
struct RaceClock {
    lab::Clock clock;
    QString label;
    QString unit;
};

/// Steps, compute seconds and the panel's sources of role `clock`.
[[nodiscard]] std::vector<RaceClock> clocksOf(const lab::Panel& panel,
                                              const ComparisonModel& model);

/// The visible runs in cohorts, on the panel's first source that is no clock, up to the play head.
class RaceReading {
  public:
    RaceReading(const lab::Panel& panel, const ComparisonModel& model);

    [[nodiscard]] const std::vector<lab::Cohort>& cohorts() const { return cohorts_; }

    [[nodiscard]] const std::string& channel() const { return channel_; }

    [[nodiscard]] RunStyle styleOf(const lab::Cohort& cohort) const;

    [[nodiscard]] std::vector<lab::CohortPoint> points(const lab::Cohort& cohort,
                                                       const lab::Clock& clock) const;
    [[nodiscard]] std::optional<lab::Spread> reached(const lab::Cohort& cohort,
                                                     const lab::Clock& clock) const;

    /// The chosen target or, without one, the smallest value that the median run of every cohort
    /// has come down to; none where there is no such value.
    [[nodiscard]] std::optional<double> target() const { return target_; }

    [[nodiscard]] bool isChosen() const { return model_.target().has_value(); }

  private:
    [[nodiscard]] std::int64_t lastStep(const lab::Cohort& cohort) const;
    [[nodiscard]] std::optional<double> common() const;

    const ComparisonModel& model_;
    std::string channel_;
    std::vector<lab::Cohort> cohorts_;
    std::optional<double> target_;
};

} // namespace psephos::ui
