// SPDX-License-Identifier: GPL-3.0-or-later
// The workbench: registry, scheduler and store behind the few verbs that window and command line
// share. Window and command line hold one of these and know nothing of the parts.
#pragma once

#include "lab/check.hpp"
#include "lab/experiment.hpp"
#include "lab/run.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace psephos::lab {

struct WorkbenchOptions {
    /// The store's file; empty: nothing is stored (shot, tests).
    std::filesystem::path store;
    /// Threads for the long lane's computations; 0: as many as there are cores.
    int threads = 0;
    /// Whether modules are opened when first needed; the window opens them itself, after its first
    /// paint, by openModules().
    bool openModulesOnDemand = true;
    /// Compute seconds between checkpoints; more where one costs over 2 % of them.
    double checkpointSeconds = 5;
    /// Limit of the store's file in pages of 4 KiB; 0: none but the disk.
    std::int64_t storeMaxPages = 0;
};

/// `$PSEPHOS_STORE`, else `$XDG_DATA_HOME/psephos/runs.db`, else `~/.local/share/psephos/runs.db`.
[[nodiscard]] std::filesystem::path defaultStore();

/// Runs set together, as shown in one window.
struct Comparison {
    ComparisonId id = 0;
    Scenario scenario;
    std::vector<RunPtr> runs;
};

/// A run as the store lists it, without its frames.
struct RunListing {
    RunId id = 0;
    ComparisonId comparison = 0;
    RunScenario scenario;
    RunState state = RunState::Queued;
    std::int64_t step = 0;
    double computeSeconds = 0;
    std::string name;
    std::string started; ///< ISO 8601, UTC
    Json document;       ///< what run.json would hold
};

/// Thread-safe. Its destructor stops the lanes (running runs are stored as paused) and flushes.
class Workbench {
  public:
    [[nodiscard]] static Result<std::unique_ptr<Workbench>> open(WorkbenchOptions options);
    ~Workbench();

    [[nodiscard]] Registry& registry();
    [[nodiscard]] CheckRegistry& checks();

    /// Opens the modules of all experiments; called by the window on a thread of its own.
    void openModules();
    [[nodiscard]] bool modulesReady() const;

    // Starting and steering.

    /// Expands the scenario, makes its runs and queues them. Errors: those of expand(), a file that
    /// is not there, a device on which the experiment can't compute.
    [[nodiscard]] Result<Comparison> start(const Scenario& scenario);
    /// Turns knobs of a reactive comparison: cancels what is under way and computes anew, with the
    /// same runs where the expansion has the same length. `settled`: the hand has come to rest, so
    /// this state is stored.
    [[nodiscard]] Result<Comparison> change(ComparisonId comparison, const Scenario& scenario,
                                            bool settled);
    [[nodiscard]] Result<void> pause(RunId run);
    [[nodiscard]] Result<void> resume(RunId run); ///< paused or interrupted
    [[nodiscard]] Result<void> cancel(RunId run);
    [[nodiscard]] Result<void> stepOnce(RunId run);
    [[nodiscard]] Result<void> runTo(RunId run, std::int64_t step);
    [[nodiscard]] Result<void> turn(RunId run, std::string_view knob, Value value);
    /// Goes on to a larger number of steps; same run.
    [[nodiscard]] Result<RunPtr> extend(RunId run, std::int64_t steps);
    /// A new run from the nearest checkpoint at or before `step`, replayed up to it, with these
    /// knobs; in the same comparison.
    [[nodiscard]] Result<RunPtr> fork(RunId run, std::int64_t step,
                                      const std::vector<std::string>& assignments);
    [[nodiscard]] Result<void> remove(RunId run);

    // Looking.

    /// Runs of this process and, loaded when asked for, of the store.
    [[nodiscard]] RunPtr find(RunId run) const;
    [[nodiscard]] Result<RunPtr> load(RunId run);
    [[nodiscard]] Result<Comparison> loadComparison(ComparisonId comparison);
    [[nodiscard]] std::vector<RunPtr> liveRuns() const;
    /// Everything in the store, newest first; a store that does not exist lists as empty.
    [[nodiscard]] Result<std::vector<RunListing>> listing() const;
    /// Notes on a comparison from its description.
    [[nodiscard]] std::vector<Note> notes(ComparisonId comparison) const;
    /// Size of the store's files; 0 without one.
    [[nodiscard]] std::uintmax_t storeBytes() const;
    /// Wall seconds since frames last reached the store; none before the first time.
    [[nodiscard]] std::optional<double> secondsSinceStored() const;
    /// Trouble of the store (no disk space …); empty when well. Frames stay in memory meanwhile.
    [[nodiscard]] std::string storeTrouble() const;

    /// Writes to the store what has not reached it yet; the error is what storeTrouble() says.
    Result<void> flush();
    /// Pins the run's latest checkpoint at or before the step, so that it outlives the quota, or
    /// lets it go; answers its step.
    Result<std::int64_t> pin(RunId run, std::int64_t step, bool pinned = true);

    /// Waits until the run has left queued and running, or `stop` answers true (polled).
    void wait(RunId run, const std::function<bool()>& stop = {});

    // Writing out.

    /// One folder a run, as the command line's `run --out` and `export`. `directory` must be absent
    /// or empty.
    [[nodiscard]] Result<void> exportRuns(const std::vector<RunId>& runs,
                                          const std::filesystem::path& directory);
    /// What run.json holds.
    [[nodiscard]] Result<Json> document(RunId run);

  private:
    explicit Workbench(WorkbenchOptions options);
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Versions recorded with a run: Psephos, compiler, Eigen, LibTorch …; modules add theirs.
[[nodiscard]] Json versions();
void addVersion(std::string name, std::string version);

} // namespace psephos::lab
