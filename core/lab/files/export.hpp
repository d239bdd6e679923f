// SPDX-License-Identifier: GPL-3.0-or-later
// Runs as files: one folder a run with `run.json` and one file a channel.
#pragma once

#include "lab/run.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace psephos::lab {

/// What `run.json` holds: `{id, comparison, scenario, state, versions, threads, clock, final}`.
/// `clock` is `{seconds, other_lane_was_busy}`; `final` the last value of each scalar channel and,
/// where the loss ceased to be finite, `diverged_at`. What is not finite is null.
[[nodiscard]] Json runDocument(const Run& run);
/// The same from parts.
[[nodiscard]] Json runDocument(RunId id, ComparisonId comparison, Json scenario,
                               const RunRecord& record,
                               const std::vector<std::pair<std::string, double>>& finals);

/// File of a channel in a run's folder: `loss/train` → `loss.train.csv`.
[[nodiscard]] std::string channelFile(const Channel& channel);

/// Writes one folder a run (`001`, `002-lr=0.01` …) into the directory, which must be absent or
/// empty. Errors: the directory is not empty or can't be written, no disk space, frames that can't
/// be read back.
[[nodiscard]] Result<void> exportRuns(const std::vector<RunPtr>& runs,
                                      const std::filesystem::path& directory);

} // namespace psephos::lab
