// SPDX-License-Identifier: GPL-3.0-or-later
// Who keeps what the lanes produce: the store, or memory where there is none.
#pragma once

#include "lab/run.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace psephos::lab {

/// What a computation needs to go on after `step`.
struct Checkpoint {
    std::int64_t step = 0;
    double seconds = 0; ///< of the compute clock
    std::string bytes;  ///< what Computation::save() gave
};

/// Told by the lanes, on their threads, what happened to runs. Calls return at once: nothing is
/// written while a lane waits.
class RunKeeper {
  public:
    virtual ~RunKeeper() = default;

    /// The run has a checkpoint at the step that it has reached; all frames up to it are in its
    /// History.
    virtual void keep(const RunPtr& run, Checkpoint checkpoint) = 0;
    /// State, notes or knobs of the run changed.
    virtual void changed(const RunPtr& run) = 0;
    /// Frames after this step were dropped: the step that made them was given up.
    virtual void truncated(const RunPtr& run, std::int64_t step) = 0;
    /// A reactive run has computed the state in which the hand came to rest.
    virtual void settled(const RunPtr& run) = 0;
    /// The latest checkpoint of the run at or before the step; none where there is none.
    [[nodiscard]] virtual Result<std::optional<Checkpoint>> checkpoint(RunId run,
                                                                       std::int64_t step) = 0;
    /// Wall seconds that it took to write the run's last checkpoint; 0 before the first.
    [[nodiscard]] virtual double checkpointSeconds(RunId run) const = 0;
};

/// Bytes of one run's checkpoints beyond which those between the first and the last are thinned.
inline constexpr std::size_t kCheckpointQuotaBytes = std::size_t{64} << 20;

/// Keeps checkpoints in memory, for a workbench without a store: the first and the newest of each
/// run and, within a quota, those between them. Thread-safe.
class MemoryKeeper final : public RunKeeper {
  public:
    explicit MemoryKeeper(std::size_t quotaBytes = kCheckpointQuotaBytes);

    void keep(const RunPtr& run, Checkpoint checkpoint) override;
    void changed(const RunPtr& run) override;
    void truncated(const RunPtr& run, std::int64_t step) override;
    void settled(const RunPtr& run) override;
    Result<std::optional<Checkpoint>> checkpoint(RunId run, std::int64_t step) override;
    double checkpointSeconds(RunId run) const override;
    void forget(RunId run);

  private:
    std::size_t quotaBytes_; ///< of one run's checkpoints
    std::mutex mutex_;
    std::map<RunId, std::map<std::int64_t, Checkpoint>> checkpoints_;
};

/// Which checkpoint to drop so that `bytes` (of each, in order of step) keep within the quota: the
/// one between the first and the last whose neighbours are nearest to each other and which is not
/// pinned; none where the quota holds or nothing may go.
[[nodiscard]] std::optional<std::size_t> checkpointToDrop(const std::vector<std::int64_t>& steps,
                                                          const std::vector<std::size_t>& bytes,
                                                          const std::vector<bool>& pinned,
                                                          std::size_t quotaBytes);

} // namespace psephos::lab
