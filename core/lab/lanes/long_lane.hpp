// SPDX-License-Identifier: GPL-3.0-or-later
// The lane of long runs: one worker a device, which gives its runs short slices in turn.
#pragma once

#include "lab/lanes/lane.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace psephos::lab {

/// Where a run begins: at step 0, or from a checkpoint.
struct Beginning {
    /// Replays another run's steps before this one begins, unseen: restores `from` (or starts),
    /// goes on with these knobs and turns up to `step`, and hands its state to the run's own knobs.
    struct Replay {
        RunScenario scenario;
        std::vector<KnobTurn> turns;
        std::int64_t step = 0;
        double seconds = 0; ///< the clock at that step
    };

    std::optional<Checkpoint> from;
    std::optional<Replay> replay;
    /// A fork: it needs a checkpoint of its own where it begins.
    bool isNewRun = false;
    /// Turns of live knobs to take again at their steps.
    std::vector<KnobTurn> turns;
    /// Pauses after this step.
    std::optional<std::int64_t> pauseAt;
};

struct LongLaneSettings {
    int threads = 1; ///< that computations may use
    /// Compute seconds between checkpoints; more where taking one costs over 2 %.
    double checkpointSeconds = 5;
    /// Wall seconds of a slice.
    double sliceSeconds = 0.04;
    /// Wall seconds that stop() waits for the step under way before it gives it up.
    double stopPatienceSeconds = 2;
};

/// Thread-safe; every run that it gets is queued.
class LongLane {
  public:
    LongLane(LaneTools tools, LongLaneSettings settings);
    /// Stops as stop().
    ~LongLane();
    LongLane(const LongLane&) = delete;
    LongLane& operator=(const LongLane&) = delete;

    void add(RunPtr run, Beginning beginning);
    /// Whether the run's computation is here, running or paused.
    [[nodiscard]] bool holds(RunId run) const;

    Result<void> pause(RunId run);
    /// Of a paused run that is held: goes on, until after step `pauseAt` where given.
    Result<void> resume(RunId run, std::optional<std::int64_t> pauseAt = {});
    /// Pauses a running or queued run after this step; resumes a paused one up to it.
    Result<void> runTo(RunId run, std::int64_t step);
    /// The same for one more step.
    Result<void> stepOnce(RunId run);
    Result<void> cancel(RunId run);
    Result<void> turn(RunId run, std::string knob, Value value);
    /// Lets go of a paused run's computation, so that it can be continued from its checkpoint.
    void release(RunId run);
    /// Looks again at runs that wait for a module.
    void wake();

    /// Pauses all runs after their step, waits for that (a step that takes longer than
    /// the settings' patience is given up) and ends the thread.
    void stop();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace psephos::lab
