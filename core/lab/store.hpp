// SPDX-License-Identifier: GPL-3.0-or-later
// The store: runs, frames and checkpoints in one SQLite file, shared by window and command line.
#pragma once

#include "lab/lanes/run_keeper.hpp"
#include "lab/store/runs.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace psephos::lab {

struct StoreOptions {
    std::filesystem::path file;
    /// Wall seconds between batches of frames.
    double periodSeconds = 0.5;
    /// Of one run's checkpoints; the first, the last and pinned ones are kept whatever it is.
    std::size_t checkpointQuotaBytes = kCheckpointQuotaBytes;
    /// Limit of the file, in pages of 4 KiB; 0: none but the disk.
    std::int64_t maxPages = 0;
};

/// A run that is to be made: its draft has no identity yet.
struct NewRun {
    const Description* description = nullptr;
    RunScenario scenario;
    RunRecord record;
    std::size_t number = 1;
};

/// Thread-safe. Reading makes no file; the first write does. Frames of runs that are tracked reach
/// the file in batches by a thread of its own; while that fails they stay in memory and it is tried
/// again.
class Store final : public RunKeeper {
  public:
    /// Errors: the file is there and is no store that this program can read.
    [[nodiscard]] static Result<std::unique_ptr<Store>> open(StoreOptions options);
    /// Writes what is left and lets go of all runs.
    ~Store() override;

    // Writing.

    /// Makes rows for runs of a new comparison, or (with an id) of one that is there. This process
    /// owns them.
    [[nodiscard]] Result<std::pair<ComparisonId, std::vector<RunId>>>
    create(std::optional<ComparisonId> comparison, const Json& scenario,
           const std::vector<NewRun>& runs);
    /// Frames, state and checkpoints of the run are stored from now on.
    void track(const RunPtr& run);
    /// Makes this process the owner of a stored run, so that it can go on, and tracks it. Error:
    /// another process computes it.
    [[nodiscard]] Result<void> claim(const RunPtr& run);
    /// Error: another process computes it.
    [[nodiscard]] Result<void> remove(RunId run);
    /// The comparison's scenario is written with the next batch.
    void setComparison(ComparisonId comparison, Json scenario);
    /// Whether this process has something of the run that may not be in the file yet.
    [[nodiscard]] bool isTracked(RunId run) const;
    /// Writes everything now; the error is what trouble() says.
    Result<void> flush();
    /// Pins the run's latest checkpoint at or before the step, or lets it go; answers its step.
    [[nodiscard]] Result<std::int64_t> pin(RunId run, std::int64_t step, bool pinned);

    // Reading.

    /// Newest first; empty where there is no file. A run whose owner died is interrupted.
    [[nodiscard]] Result<std::vector<detail::StoredRun>> runs();
    [[nodiscard]] Result<std::optional<detail::StoredRun>> run(RunId run);
    [[nodiscard]] Result<std::vector<detail::StoredRun>> runsOf(ComparisonId comparison);
    [[nodiscard]] Result<std::optional<Json>> comparison(ComparisonId comparison);
    /// Gives the run the stored frames in place of those that it has, and the store as the source
    /// of what its memory can't hold.
    [[nodiscard]] Result<void> fill(Run& run);

    [[nodiscard]] std::uintmax_t bytes() const;
    [[nodiscard]] std::optional<double> secondsSinceStored() const;
    /// Why frames don't reach the file; empty when they do.
    [[nodiscard]] std::string trouble() const;

    // For the lanes.

    void keep(const RunPtr& run, Checkpoint checkpoint) override;
    void changed(const RunPtr& run) override;
    void truncated(const RunPtr& run, std::int64_t step) override;
    void settled(const RunPtr& run) override;
    [[nodiscard]] Result<std::optional<Checkpoint>> checkpoint(RunId run,
                                                               std::int64_t step) override;
    [[nodiscard]] double checkpointSeconds(RunId run) const override;

  private:
    struct Impl;
    explicit Store(StoreOptions options);
    std::unique_ptr<Impl> impl_;
};

} // namespace psephos::lab
