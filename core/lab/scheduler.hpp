// SPDX-License-Identifier: GPL-3.0-or-later
// The scheduler: the lanes, and which run belongs to which.
#pragma once

#include "lab/lanes/long_lane.hpp"
#include "lab/lanes/reactive_lane.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace psephos::lab {

struct SchedulerSettings {
    LongLaneSettings longLane;
    bool openModulesOnDemand = true;
};

/// Thread-safe. Runs are computed on the long lane of their device or on the reactive lane, as
/// their description says.
class Scheduler {
  public:
    /// All three outlive the scheduler.
    Scheduler(Registry& registry, CheckRegistry& checks, RunKeeper& keeper,
              SchedulerSettings settings);
    ~Scheduler();

    /// Computes a queued run; a reactive one from the start, whatever its beginning says.
    void add(const RunPtr& run, Beginning beginning);
    /// Computes a reactive run anew with this scenario.
    void change(const RunPtr& run, RunScenario scenario, bool settled);
    /// Whether the run is on a lane: active, or paused with its computation in memory.
    [[nodiscard]] bool holds(const RunPtr& run) const;

    Result<void> pause(const RunPtr& run);
    /// Of a held run that is paused.
    Result<void> resume(const RunPtr& run);
    Result<void> cancel(const RunPtr& run);
    Result<void> stepOnce(const RunPtr& run);
    Result<void> runTo(const RunPtr& run, std::int64_t step);
    Result<void> turn(const RunPtr& run, std::string knob, Value value);
    /// Lets go of the computation of a run that is not active.
    void release(const RunPtr& run);

    /// A module was opened (or, with an error, could not be).
    void moduleOpened(const std::string& module, const Result<void>& how);

    /// Returns when `done` or `stop` answers true; asked after each change of a state.
    void wait(const std::function<bool()>& done, const std::function<bool()>& stop);

    /// Pauses everything and ends the threads.
    void stop();

  private:
    [[nodiscard]] LongLane& longLane(const std::string& device);
    [[nodiscard]] std::vector<LongLane*> longLanes() const;
    [[nodiscard]] ReactiveLane& reactiveLane();
    [[nodiscard]] LaneTools tools();

    SchedulerSettings settings_;
    RunKeeper& keeper_;
    ComputationSource source_;
    LaneActivity activity_;
    StateBell bell_;
    mutable std::mutex mutex_; ///< guards the lanes' existence
    std::map<std::string, std::unique_ptr<LongLane>> longLanes_;
    std::unique_ptr<ReactiveLane> reactiveLane_;
};

} // namespace psephos::lab
