// SPDX-License-Identifier: GPL-3.0-or-later
// Runs with invented frames, for tests of panels: no experiment, no scheduler, no waiting.
#pragma once

#include "lab/workbench.hpp"
#include "ui/panels/comparison_model.hpp"

#include <QString>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace psephos::tests {

/// Knobs: optimizer (text), steps, start (point), margins (matrix, -100 … 100), rho (0 … 1), rule
/// and axiom (choices), change (0 … 1; of some axioms).
/// Channels: loss, loss/train, loss/validation, unigram, right, refresh, formula (scalars), path,
/// minima, lottery, ratings, phases, points, groups, sweep, edges, nodes, corners, simplex, walk
/// (tables), landscape, margins, shares, elected, verdicts (grids), story (text).
/// One panel, the response to rho.
const lab::Description& fakeDescription();

/// A panel of a kind over these (channel, role) pairs.
lab::Panel fakePanel(const std::string& kind,
                     const std::vector<std::pair<std::string, std::string>>& sources);

/// The panels of a race over a surface, of a training and of a lottery.
lab::Panel landscapePanel();
lab::Panel racePanel();
lab::Panel trainingPanel();
lab::Panel leadersPanel();
lab::Panel heatmapPanel();
lab::Panel barsPanel();
lab::Panel notesPanel();

/// A comparison of runs without frames; the model shows them.
class FakeComparison {
  public:
    /// @param names of the runs, in order of number
    explicit FakeComparison(const std::vector<std::string>& names);

    [[nodiscard]] ui::ComparisonModel& model() { return *model_; }

    [[nodiscard]] lab::Run& run(std::size_t index) { return *runs_[index]; }

    [[nodiscard]] const std::vector<lab::RunPtr>& runs() const { return runs_; }

    void scalar(std::size_t run, const std::string& channel, std::int64_t step, double seconds,
                double value);
    void table(std::size_t run, const std::string& channel, std::int64_t step, lab::Table table);
    void grid(std::size_t run, const std::string& channel, std::int64_t step, lab::Grid grid);
    /// Marks runs finished and lets the model look.
    void finish();

  private:
    std::unique_ptr<lab::Workbench> workbench_;
    std::unique_ptr<ui::ComparisonModel> model_;
    std::vector<lab::RunPtr> runs_;
};

/// Five optimizers on Rosenbrock's function, 500 steps, with surface, minimum and losses.
std::unique_ptr<FakeComparison> fakeRace(int steps = 500);

/// Five runs with noisy training losses and a held-out loss every twentieth step.
std::unique_ptr<FakeComparison> fakeTraining(int steps = 400);

/// A margin matrix of n candidates (at most 50) with pairs that were never compared, and a lottery.
std::unique_ptr<FakeComparison> fakeLottery(std::size_t candidates = 12);

} // namespace psephos::tests
