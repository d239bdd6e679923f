// SPDX-License-Identifier: GPL-3.0-or-later
// Two small experiments for tests: one of the long lane with checkpoints, one of the reactive lane.
#pragma once

#include "lab/experiment.hpp"

namespace psephos::test {

/// `test.descent`: gradient descent on x² + 3y², every step replayable from (seed, step).
///
/// Knobs: steps, optimizer (plain, momentum), lr (special value auto), start (point), momentum.beta
/// (where optimizer=momentum), noise (live), wait_us (microseconds of waiting in a step), data
/// (file, optional), diverge_at and fail_at (step, 0: never), throw_at (the same, by an exception),
/// unstoppable (waits without asking whether to stop).
/// Channels: loss/train, lr (scalars), path (table x,y,name), field (grid, at step 0), story (text,
/// every tenth step).
[[nodiscard]] lab::Description describeDescent();

/// `test.shares`: the shares of the column sums of a matrix, at once. Reactive.
///
/// Knobs: matrix, power (real), wait_us. Channels: shares (table name,share), total (scalar),
/// matrix (grid).
[[nodiscard]] lab::Description describeShares();

/// Adds both with their factories.
void registerFakes(lab::Registry& registry);

/// The losses of `test.descent` at steps 0 … steps with these knobs, computed in one go.
[[nodiscard]] std::vector<double> descentLosses(const lab::RunScenario& run);

} // namespace psephos::test
