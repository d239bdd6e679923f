// SPDX-License-Identifier: GPL-3.0-or-later
// The workbench's parts and what its verbs share.
#pragma once

#include "lab/scheduler.hpp"
#include "lab/store.hpp"
#include "lab/workbench.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace psephos::lab {

/// Queued or running.
[[nodiscard]] inline bool isActive(RunState state) {
    return state == RunState::Queued || state == RunState::Running;
}

[[nodiscard]] Error noRun(RunId run);
[[nodiscard]] Error noComparison(ComparisonId comparison);
[[nodiscard]] Error isBusy(RunId run, RunState state, std::string hint);
[[nodiscard]] int threadsOf(const WorkbenchOptions& options);

struct Workbench::Impl {
    WorkbenchOptions options;
    Registry registry;
    CheckRegistry checks;
    MemoryKeeper memory;
    std::unique_ptr<Store> store; ///< null where nothing is stored
    std::unique_ptr<Scheduler> scheduler;
    std::atomic<bool> modulesReady{false};

    mutable std::mutex mutex; ///< guards what follows; never held while calling out
    std::map<RunId, RunPtr> runs;
    std::set<RunId> ours; ///< computed by this process
    std::map<ComparisonId, Comparison> comparisons;
    std::map<ComparisonId, std::vector<RunId>> surplus; ///< to be deleted when the hand rests
    RunId lastRun = 0;                                  ///< without a store
    ComparisonId lastComparison = 0;

    [[nodiscard]] RunKeeper& keeper();
    /// The run as it is in memory; null where it is not.
    [[nodiscard]] RunPtr inMemory(RunId run) const;
    /// In memory, or else from the store. A run that another process has changed is read again.
    [[nodiscard]] Result<RunPtr> get(RunId run);
    /// With all its runs, those of other processes too.
    [[nodiscard]] Result<Comparison> getComparison(ComparisonId comparison);
    /// As it is in memory, or else from the store.
    [[nodiscard]] Result<Comparison> knownComparison(ComparisonId comparison);
    /// The run, if a lane has it.
    [[nodiscard]] Result<RunPtr> onLane(RunId run);

    [[nodiscard]] RunRecord newRecord(const Description& description) const;
    /// Runs with an identity, in a new comparison or one that is there.
    [[nodiscard]] Result<Comparison> makeRuns(std::optional<ComparisonId> comparison,
                                              const Scenario& scenario,
                                              const std::vector<NewRun>& newRuns);
    /// Whether the files that a scenario names are there, and its device.
    [[nodiscard]] Result<void> checkSurroundings(const RunScenario& scenario,
                                                 const Description& description);
    /// Before this process computes the run. Error: another one does.
    [[nodiscard]] Result<void> makeOurs(const RunPtr& run);
    [[nodiscard]] Result<void> continueRun(const RunPtr& run, std::optional<RunScenario> scenario,
                                           std::optional<std::int64_t> pauseAt);
    [[nodiscard]] Result<void> goOn(RunId run, std::optional<std::int64_t> pauseAt);
    [[nodiscard]] Result<void> removeSurplus(ComparisonId comparison);
    [[nodiscard]] Result<void> removeRun(RunId run);

  private:
    [[nodiscard]] Result<RunPtr> read(const detail::StoredRun& stored);
};

} // namespace psephos::lab
