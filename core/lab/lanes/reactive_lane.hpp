// SPDX-License-Identifier: GPL-3.0-or-later
// The lane of reactive runs: the newest request wins, and what it makes is shown as a whole.
#pragma once

#include "lab/lanes/lane.hpp"

#include <memory>

namespace psephos::lab {

/// Thread-safe.
class ReactiveLane {
  public:
    explicit ReactiveLane(LaneTools tools);
    /// Stops as stop().
    ~ReactiveLane();
    ReactiveLane(const ReactiveLane&) = delete;
    ReactiveLane& operator=(const ReactiveLane&) = delete;

    /// Computes the run anew with this scenario. A computation of the run that is under way is
    /// cancelled, unless it is about to end (a hand that never rests would else see nothing); a
    /// request that still waits is replaced. `settled`: the keeper is told when it has been
    /// computed.
    void request(const RunPtr& run, RunScenario scenario, bool settled);
    [[nodiscard]] bool holds(RunId run) const;
    Result<void> pause(RunId run);
    /// Computes a paused run's last request.
    Result<void> resume(RunId run);
    Result<void> cancel(RunId run);
    /// Looks again at runs that wait for a module.
    void wake();
    /// Forgets a run that is not being computed.
    void forget(RunId run);

    /// Gives up what is under way and ends the thread.
    void stop();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace psephos::lab
