// SPDX-License-Identifier: GPL-3.0-or-later
// A run's checkpoints in the store.
#pragma once

#include "lab/lanes/run_keeper.hpp"
#include "lab/store/database.hpp"

namespace psephos::lab::detail {

/// Writes a checkpoint and thins the run's others. Within a transaction.
[[nodiscard]] Result<void> writeCheckpoint(Database& database, RunId run,
                                           const Checkpoint& checkpoint, std::size_t quotaBytes);

[[nodiscard]] Result<void> dropCheckpointsAfter(Database& database, RunId run, std::int64_t step);

/// The latest at or before the step.
[[nodiscard]] Result<std::optional<Checkpoint>> readCheckpoint(Database& database, RunId run,
                                                               std::int64_t step);

/// Pins or unpins the latest at or before the step; answers its step.
[[nodiscard]] Result<std::int64_t> pinCheckpoint(Database& database, RunId run, std::int64_t step,
                                                 bool pinned);

} // namespace psephos::lab::detail
