// SPDX-License-Identifier: GPL-3.0-or-later
// The store's rows of runs and comparisons.
#pragma once

#include "lab/run.hpp"
#include "lab/store/database.hpp"
#include "lab/store/lease.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace psephos::lab::detail {

/// What a run's row says beside its identity.
struct RunSnapshot {
    std::string experiment;
    std::string name;
    Json scenario; ///< toRecord()
    RunRecord record;
    std::vector<std::pair<std::string, double>> finals;
};

[[nodiscard]] RunSnapshot snapshotOf(const Run& run);

/// A row. The turns in its record are not read (they need the description): see readTurns().
struct StoredRun {
    RunId id = 0;
    ComparisonId comparison = 0;
    std::size_t number = 0;
    RunSnapshot snapshot;
    Json turns;
    std::optional<LeaseRecord> lease;
};

[[nodiscard]] Result<ComparisonId> insertComparison(Database& database, const Json& scenario);
[[nodiscard]] Result<void> updateComparison(Database& database, ComparisonId id,
                                            const Json& scenario);
/// The scenario of a comparison; none where there is no such comparison.
[[nodiscard]] Result<std::optional<Json>> readComparison(Database& database, ComparisonId id);

[[nodiscard]] Result<RunId> insertRun(Database& database, ComparisonId comparison,
                                      std::size_t number, const RunSnapshot& snapshot,
                                      const std::string& lease);
/// False where there is no such run any more.
[[nodiscard]] Result<bool> updateRun(Database& database, RunId id, const RunSnapshot& snapshot);
/// Gives the run to the holder of this lease; an empty name: to nobody.
[[nodiscard]] Result<void> setLease(Database& database, RunId id, const std::string& lease);
/// With its frames and checkpoints, and its comparison where that has no other run.
[[nodiscard]] Result<void> deleteRun(Database& database, RunId id);

/// Newest first.
[[nodiscard]] Result<std::vector<StoredRun>> readRuns(Database& database);
[[nodiscard]] Result<std::optional<StoredRun>> readRun(Database& database, RunId id);
/// Of one comparison, in order of number.
[[nodiscard]] Result<std::vector<StoredRun>> readRunsOf(Database& database,
                                                        ComparisonId comparison);

/// The turns of live knobs with the types of these knobs.
[[nodiscard]] Result<std::vector<KnobTurn>> readTurns(const Json& turns,
                                                      const Description& description);

/// Whether the run's owner died: it is active or paused, and nobody holds its lease.
[[nodiscard]] bool isLost(const StoredRun& run, const std::filesystem::path& store);

} // namespace psephos::lab::detail
