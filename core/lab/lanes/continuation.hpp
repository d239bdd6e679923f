// SPDX-License-Identifier: GPL-3.0-or-later
// Time is an object: resume, extend and fork are one operation, "continue a run at a step with
// these knobs", from the nearest earlier checkpoint, replayed up to the step.
#pragma once

#include "lab/lanes/long_lane.hpp"

#include <functional>
#include <string>
#include <vector>

namespace psephos::lab {

/// Finds a run by its identity, in memory or in the store.
using FindRun = std::function<Result<RunPtr>(RunId)>;

/// Resume: takes the run back to its last checkpoint (to before its start where there is none),
/// drops the frames after it, and says how its computation begins again. Turns of live knobs after
/// the checkpoint are taken again at their steps. A fork that has no checkpoint of its own yet
/// begins as it did, from its parent. Errors: checkpoints that can't be read, a parent that is
/// gone.
[[nodiscard]] Result<Beginning> beginAgain(const RunPtr& run, RunKeeper& keeper,
                                           const FindRun& find);

/// Extend: the run's scenario with more steps. Errors: the experiment has no such knob, not more
/// steps than it has, out of the knob's range.
[[nodiscard]] Result<RunScenario> extended(const Run& run, std::int64_t steps);

/// A fork: scenario, compute clock and beginning of the new run.
struct ForkPlan {
    RunScenario scenario;
    double seconds = 0;
    Beginning beginning;
};

/// Fork: the parent's knobs as they were at the step, changed by the assignments; the parent is
/// replayed from its nearest checkpoint at or before the step. Errors: a reactive run, a step that
/// the parent has not reached, no checkpoints (unless step is 0), an assignment that is refused,
/// makes several runs, turns a fixed knob or ends the run before the step.
[[nodiscard]] Result<ForkPlan> planFork(const RunPtr& parent, std::int64_t step,
                                        const std::vector<std::string>& assignments,
                                        RunKeeper& keeper);

/// Copies the parent's frames up to the step, so that the fork shows its whole path and outlives
/// the parent. Errors: frames that can't be read back.
[[nodiscard]] Result<void> copyFrames(const Run& parent, Run& fork, std::int64_t step);

} // namespace psephos::lab
