// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/store/reader.hpp"

namespace psephos::lab::detail {

Result<void> StoreReader::open() {
    if (database_ || isClosed_) {
        return {};
    }
    auto opened = openForReading(file_);
    if (!opened) {
        return opened.error();
    }
    if (*opened) {
        database_.emplace(std::move(**opened));
    }
    return {};
}

void StoreReader::close() {
    const std::lock_guard lock(mutex_);
    isClosed_ = true;
    database_.reset();
}

Result<std::int64_t> StoreSource::channelId(Database& database, std::string_view channel) {
    auto select = database.prepare("SELECT id FROM channel WHERE run = ? AND name = ?");
    if (!select) {
        return select.error();
    }
    const auto row = select->bind(0, run_).bind(1, channel).next();
    return row ? Result<std::int64_t>(*row ? select->integer(0) : 0) : row.error();
}

std::vector<Sample> StoreSource::samples(std::string_view channel, std::size_t first,
                                         std::size_t count) {
    using Samples = std::vector<Sample>;
    auto samples = reader_->read(Samples(), [&](Database& database) -> Result<Samples> {
        const auto id = channelId(database, channel);
        return id ? readSamples(database, *id, first, count) : id.error();
    });
    return samples ? std::move(*samples) : Samples();
}

std::optional<Frame> StoreSource::frame(std::string_view channel, std::size_t index) {
    using MaybeFrame = std::optional<Frame>;
    auto frame = reader_->read(MaybeFrame(), [&](Database& database) -> Result<MaybeFrame> {
        const auto id = channelId(database, channel);
        return id ? readFrame(database, *id, index) : id.error();
    });
    return frame ? std::move(*frame) : std::nullopt;
}

} // namespace psephos::lab::detail
