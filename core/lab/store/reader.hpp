// SPDX-License-Identifier: GPL-3.0-or-later
// The store's connection for reading: opened when first needed, shared by all readers of a process.
#pragma once

#include "lab/history.hpp"
#include "lab/store/frames.hpp"
#include "lab/store/schema.hpp"

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>

namespace psephos::lab::detail {

/// Thread-safe.
class StoreReader {
  public:
    explicit StoreReader(std::filesystem::path file)
        : file_(std::move(file)) {}

    /// Calls `read` with the connection within one transaction, so that it sees one moment; where
    /// there is no store it answers `absent`.
    template <typename T, typename Read>
    [[nodiscard]] Result<T> read(T absent, Read&& read) {
        const std::lock_guard lock(mutex_);
        if (auto opened = open(); !opened) {
            return opened.error();
        }
        if (!database_) {
            return absent;
        }
        if (auto begun = database_->execute("BEGIN"); !begun) {
            return begun.error();
        }
        Result<T> result = read(*database_);
        (void)database_->execute("COMMIT");
        return result;
    }

    /// From now on there is nothing to read. The connection that closes last tidies the file up,
    /// and only one that may write can.
    void close();

  private:
    [[nodiscard]] Result<void> open();

    std::filesystem::path file_;
    std::mutex mutex_;
    std::optional<Database> database_;
    bool isClosed_ = false;
};

/// Gives a history back what its memory could not hold.
class StoreSource final : public HistorySource {
  public:
    StoreSource(std::shared_ptr<StoreReader> reader, RunId run)
        : reader_(std::move(reader))
        , run_(run) {}

    std::vector<Sample> samples(std::string_view channel, std::size_t first,
                                std::size_t count) override;
    std::optional<Frame> frame(std::string_view channel, std::size_t index) override;

  private:
    [[nodiscard]] Result<std::int64_t> channelId(Database& database, std::string_view channel);

    std::shared_ptr<StoreReader> reader_;
    RunId run_;
};

} // namespace psephos::lab::detail
