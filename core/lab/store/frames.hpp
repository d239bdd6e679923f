// SPDX-License-Identifier: GPL-3.0-or-later
// A run's frames in the store.
#pragma once

#include "lab/run.hpp"
#include "lab/store/database.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace psephos::lab::detail {

/// How much of a channel is in the store.
struct ChannelCursor {
    std::int64_t id = 0;       ///< row of the channel; 0: none yet
    std::size_t stored = 0;    ///< frames
    std::size_t lastFirst = 0; ///< where the last block of samples begins
};

using Cursors = std::map<std::string, ChannelCursor, std::less<>>;

/// Where the run's channels stand, as the store says.
[[nodiscard]] Result<Cursors> readCursors(Database& database, RunId run);

/// Writes what the history has beyond the cursors, and moves them. Within a transaction; the
/// cursors are true only once it has been committed.
[[nodiscard]] Result<void> appendFrames(Database& database, RunId run, const History& history,
                                        Cursors& cursors);

/// Drops frames after the step, and moves the cursors. Within a transaction.
[[nodiscard]] Result<void> dropFramesAfter(Database& database, RunId run, std::int64_t step,
                                           Cursors& cursors);

/// Samples [first, first + count) of a channel.
[[nodiscard]] Result<std::vector<Sample>> readSamples(Database& database, std::int64_t channel,
                                                      std::size_t first, std::size_t count);

/// Appends all stored frames of the run to a history that is empty.
[[nodiscard]] Result<void> readFrames(Database& database, RunId run, History& history);

[[nodiscard]] Result<std::optional<Frame>> readFrame(Database& database, std::int64_t channel,
                                                     std::size_t number);

} // namespace psephos::lab::detail
