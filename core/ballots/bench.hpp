// SPDX-License-Identifier: GPL-3.0-or-later
// How fast files of votes are read.
#pragma once

#include "lab/check.hpp"
#include "lab/result.hpp"

#include <cstddef>
#include <filesystem>

namespace psephos::ballots {

/// A table of battles with random outcomes in a temporary folder, removed when done with.
class BattleFile {
  public:
    static constexpr std::size_t kModels = 150; ///< candidates

    /// \param asJson JSONL, else CSV
    BattleFile(std::size_t rows, bool asJson);
    ~BattleFile();
    BattleFile(const BattleFile&) = delete;
    BattleFile& operator=(const BattleFile&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

    /// Whether the file could be written.
    [[nodiscard]] const lab::Result<void>& written() const { return written_; }

    [[nodiscard]] std::size_t bytes() const { return bytes_; }

  private:
    std::filesystem::path path_;
    std::size_t bytes_ = 0;
    lab::Result<void> written_;
};

/// Registers a benchmark of the area `voting`: a CSV and a JSONL of 2 million battles between 150
/// candidates, written to a temporary folder off the clock, read by two threads (or as many as the
/// options say). Each answers its rows, megabytes, threads, median milliseconds, median and most
/// megabytes a second, and repetitions.
void registerBenchmarks(lab::CheckRegistry& registry);

} // namespace psephos::ballots
