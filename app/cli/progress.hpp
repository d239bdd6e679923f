// SPDX-License-Identifier: GPL-3.0-or-later
// Progress of runs on stderr: one line that renews itself on a terminal, a line now and then else.
#pragma once

#include "lab/run.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace psephos::cli {

/// What is known of some runs at one moment.
struct ProgressState {
    std::size_t runs = 0;
    std::size_t ended = 0;
    std::int64_t step = 0;  ///< of all runs together
    std::int64_t steps = 0; ///< of all runs together; 0: not known beforehand
    double stepsPerSecond = 0;
    std::optional<double> remainingSeconds;
    std::string waitingFor;
};

/// "2/5 runs · step 340/1000 · 85 steps/s · 8 s left".
[[nodiscard]] std::string progressText(const ProgressState& state);

/// Wall seconds until the runs end: each remaining step costs what this run's steps have cost so
/// far, in compute seconds, stretched by wall time over compute time. None before anything is
/// known.
[[nodiscard]] std::optional<double> remainingSeconds(const std::vector<lab::RunStatus>& runs,
                                                     double wallSeconds);

class Progress {
  public:
    /// `quiet` prints nothing at all.
    Progress(std::vector<lab::RunPtr> runs, bool quiet);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// Looks at the runs and prints what is due; called a few times a second.
    void look();
    /// Clears the terminal's line, so that something else can be printed.
    void clear();

  private:
    using Clock = std::chrono::steady_clock;

    [[nodiscard]] ProgressState state();
    void printStates();

    std::vector<lab::RunPtr> runs_;
    bool quiet_;
    bool isTerminal_;
    Clock::time_point start_;
    Clock::time_point lastPrinted_;
    std::vector<lab::RunStatus> before_; ///< when this process began with them
    std::vector<lab::RunState> shown_;
    std::deque<std::pair<Clock::time_point, std::int64_t>> readings_;
    bool lineIsOpen_ = false;
};

} // namespace psephos::cli
