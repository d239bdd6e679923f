// SPDX-License-Identifier: GPL-3.0-or-later
// One run on the long lane: its computation, and how far it is.
#pragma once

#include "lab/lanes/long_lane.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace psephos::lab::detail {

/// How a slice ended.
enum class SliceEnd { More, Done, Failed, PauseReached, GivenUp };

/// What a lane thread does with one run between two looks at its requests. Used by that thread
/// only, but where another word is said.
class LongTask {
  public:
    LongTask(RunPtr run, Beginning beginning, LongLaneSettings settings, LaneTools tools);
    ~LongTask();
    LongTask(const LongTask&) = delete;
    LongTask& operator=(const LongTask&) = delete;

    [[nodiscard]] const RunPtr& run() const { return run_; }

    [[nodiscard]] std::int64_t step() const { return step_; }

    /// Own compute used on the lane, for fair turns; any thread.
    [[nodiscard]] double used() const { return used_; }

    /// A run that joins late owes nothing and is owed nothing; any thread, not during a slice.
    void setUsed(double seconds) { used_ = seconds; }

    void addTurns(std::vector<std::pair<std::string, Value>> turns);

    /// Computes for about a slice: makes and starts the computation at the first call, then steps.
    /// Returns early when `attention` is set.
    [[nodiscard]] SliceEnd slice(std::optional<std::int64_t> pauseAt,
                                 const std::atomic<bool>& attention);

    /// Why the slice failed.
    [[nodiscard]] const Error& error() const { return error_; }

    /// Whether it was to go on from a run's own checkpoint and has not come so far: that run may be
    /// continued another time.
    [[nodiscard]] bool isBeforeGoingOn() const {
        return !hasBegun_ && beginning_.from && !beginning_.isNewRun;
    }

    /// Takes a checkpoint of the step reached, if there is none yet and the experiment can.
    void saveHere();
    /// Drops what a step that was given up has emitted.
    void dropPartOfStep();

    std::atomic<bool> stop{false}; ///< set by anyone: give up the step under way

  private:
    class Silence;
    struct Replaying;
    [[nodiscard]] bool isOver(std::int64_t step) const;
    [[nodiscard]] Result<void> begin();
    [[nodiscard]] Result<void> beginFrom(const Checkpoint& checkpoint);
    [[nodiscard]] Result<void> beginReplay();
    [[nodiscard]] Result<bool> replaySome(const std::atomic<bool>& attention);
    [[nodiscard]] Result<void> takeTurns(std::int64_t step);
    [[nodiscard]] Result<Advance> advance();
    [[nodiscard]] SliceEnd steps(std::optional<std::int64_t> pauseAt,
                                 const std::atomic<bool>& attention);
    [[nodiscard]] SliceEnd failed(Error error);
    void saveIfDue();

    RunPtr run_;
    Beginning beginning_;
    LongLaneSettings settings_;
    LaneTools tools_;
    std::unique_ptr<Computation> computation_;
    std::unique_ptr<RunContext> context_;
    std::unique_ptr<Replaying> replaying_;
    std::vector<std::pair<std::string, Value>> turns_; ///< to take before the next step
    std::int64_t steps_ = 0;                           ///< where it ends; 0: when it says so
    std::int64_t step_ = 0;
    std::int64_t savedStep_ = -1;
    double savedAt_ = 0;     ///< compute seconds
    double saveSeconds_ = 0; ///< wall seconds of the last save
    std::atomic<double> used_{0};
    bool hasBegun_ = false;
    bool hasPast_ = false; ///< there are frames of steps before it began
    Error error_;
};

} // namespace psephos::lab::detail
