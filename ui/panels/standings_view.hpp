// SPDX-License-Identifier: GPL-3.0-or-later
// The standings of a race: what each cohort has come to, and what the target cost it.
#pragma once

#include "ui/panels/race_reading.hpp"
#include "ui/panels/table_view.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace psephos::ui {

/// Places of one cohort, from 1: the first that it may have and the last. They differ where the
/// quartiles of cohorts overlap; none of a single run, which shows no spread.
using Places = std::optional<std::pair<std::size_t, std::size_t>>;

/// Who stands before whom, least value first: a cohort is behind those whose third quartile lies
/// below its first.
[[nodiscard]] std::vector<Places> placesOf(const std::vector<lab::Spread>& values);

/// Sources as of a RaceView. A row a cohort, best median first: its place, runs, median and
/// quartiles at its last look, and what each clock read when the target was reached.
class StandingsView : public TableView {
    Q_OBJECT
  public:
    StandingsView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent);

    [[nodiscard]] QString emptyText() const override;

  protected:
    void fill(CellModel& cells) override;
};

} // namespace psephos::ui
