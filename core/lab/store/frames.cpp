// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/store/frames.hpp"

#include "lab/sample_chunk.hpp"
#include "lab/store/codec.hpp"

#include <algorithm>
#include <span>

namespace psephos::lab::detail {

namespace {

/// Short blocks are written anew with what follows until they hold so many samples: a run of hours
/// does not become a row a second.
constexpr std::size_t kMergeSamples = 1024;

Error damaged() {
    return {"frames in the store are damaged", "", ""};
}

Result<std::int64_t> channelRow(Database& database, RunId run, const std::string& name) {
    auto insert = database.prepare("INSERT OR IGNORE INTO channel(run, name) VALUES(?, ?)");
    if (!insert) {
        return insert.error();
    }
    if (auto done = insert->bind(0, run).bind(1, name).run(); !done) {
        return done.error();
    }
    auto select = database.prepare("SELECT id FROM channel WHERE run = ? AND name = ?");
    if (!select) {
        return select.error();
    }
    const auto row = select->bind(0, run).bind(1, name).next();
    return row ? Result<std::int64_t>(select->integer(0)) : row.error();
}

Result<void> writeBlock(Database& database, std::int64_t channel, std::size_t first,
                        std::span<const Sample> samples) {
    auto insert = database.prepare(
        "INSERT OR REPLACE INTO samples(channel, first, count, first_step, stride, payload) "
        "VALUES(?, ?, ?, ?, ?, ?)");
    if (!insert) {
        return insert.error();
    }
    const SampleBlock block = encodeSamples(samples);
    insert->bind(0, channel)
        .bind(1, static_cast<std::int64_t>(first))
        .bind(2, block.count)
        .bind(3, block.firstStep);
    if (block.stride) {
        insert->bind(4, *block.stride);
    } else {
        insert->bindNull(4);
    }
    return insert->bindBlob(5, block.bytes).run();
}

Result<void> appendSamples(Database& database, const History& history, const std::string& name,
                           std::size_t count, ChannelCursor& cursor) {
    std::size_t first = cursor.stored;
    if (count - cursor.lastFirst <= kMergeSamples) {
        first = cursor.lastFirst;
    }
    while (first < count) {
        const auto samples =
            history.samples(name, first, std::min(count - first, SampleChunk::kSamples));
        if (samples.empty()) {
            return damaged();
        }
        if (auto written = writeBlock(database, cursor.id, first, samples); !written) {
            return written;
        }
        cursor.lastFirst = first;
        first += samples.size();
        cursor.stored = first;
    }
    return {};
}

Result<void> appendOthers(Database& database, const History& history, const std::string& name,
                          std::size_t count, ChannelCursor& cursor) {
    auto insert = database.prepare(
        "INSERT INTO frame(channel, number, step, seconds, payload) VALUES(?, ?, ?, ?, ?)");
    if (!insert) {
        return insert.error();
    }
    for (; cursor.stored < count; ++cursor.stored) {
        const auto frame = history.frame(name, cursor.stored);
        if (!frame) {
            return damaged();
        }
        const std::string bytes = encodePayload(frame->payload);
        const auto written = insert->bind(0, cursor.id)
                                 .bind(1, static_cast<std::int64_t>(cursor.stored))
                                 .bind(2, frame->step)
                                 .bind(3, frame->seconds)
                                 .bindBlob(4, bytes)
                                 .run();
        if (!written) {
            return written;
        }
    }
    return {};
}

/// Cuts the block that reaches beyond the step, where there is one.
Result<void> cutLastBlock(Database& database, std::int64_t channel, std::int64_t step) {
    auto select = database.prepare("SELECT first, count, first_step, stride, payload FROM samples "
                                   "WHERE channel = ? ORDER BY first DESC LIMIT 1");
    if (!select) {
        return select.error();
    }
    const auto row = select->bind(0, channel).next();
    if (!row || !*row) {
        return row ? Result<void>() : row.error();
    }
    const auto stride = select->isNull(3) ? std::nullopt : std::optional(select->integer(3));
    std::vector<Sample> samples;
    if (!decodeSamples(select->integer(2), select->integer(1), stride, select->blob(4), samples)) {
        return damaged();
    }
    const auto first = static_cast<std::size_t>(select->integer(0));
    select->reset();
    const std::size_t before = samples.size();
    std::erase_if(samples, [step](const Sample& sample) { return sample.step > step; });
    return samples.size() < before ? writeBlock(database, channel, first, samples) : Result<void>();
}

Result<void> runOn(Database& database, std::string_view sql, std::int64_t first,
                   std::int64_t second) {
    auto statement = database.prepare(sql);
    return statement ? statement->bind(0, first).bind(1, second).run() : statement.error();
}

} // namespace

Result<Cursors> readCursors(Database& database, RunId run) {
    auto select = database.prepare(
        "SELECT id, name, "
        "(SELECT coalesce(max(first + count), 0) FROM samples WHERE channel = channel.id), "
        "(SELECT coalesce(max(first), 0) FROM samples WHERE channel = channel.id), "
        "(SELECT coalesce(max(number) + 1, 0) FROM frame WHERE channel = channel.id) "
        "FROM channel WHERE run = ?");
    if (!select) {
        return select.error();
    }
    select->bind(0, run);
    Cursors cursors;
    while (true) {
        const auto row = select->next();
        if (!row) {
            return row.error();
        }
        if (!*row) {
            return cursors;
        }
        const std::int64_t stored = std::max(select->integer(2), select->integer(4));
        cursors[std::string(select->text(1))] = {select->integer(0),
                                                 static_cast<std::size_t>(stored),
                                                 static_cast<std::size_t>(select->integer(3))};
    }
}

Result<void> appendFrames(Database& database, RunId run, const History& history, Cursors& cursors) {
    for (const Channel& channel : history.channels()) {
        const std::size_t count = history.extent(channel.id)->count;
        ChannelCursor& cursor = cursors[channel.id];
        if (count <= cursor.stored) {
            continue;
        }
        if (cursor.id == 0) {
            const auto row = channelRow(database, run, channel.id);
            if (!row) {
                return row.error();
            }
            cursor.id = *row;
        }
        const auto appended = channel.kind == FrameKind::Scalar
                                  ? appendSamples(database, history, channel.id, count, cursor)
                                  : appendOthers(database, history, channel.id, count, cursor);
        if (!appended) {
            return appended;
        }
    }
    return {};
}

Result<void> dropFramesAfter(Database& database, RunId run, std::int64_t step, Cursors& cursors) {
    for (const auto& [name, cursor] : cursors) {
        if (cursor.id == 0) {
            continue;
        }
        for (const char* sql : {"DELETE FROM frame WHERE channel = ? AND step > ?",
                                "DELETE FROM samples WHERE channel = ? AND first_step > ?"}) {
            if (auto dropped = runOn(database, sql, cursor.id, step); !dropped) {
                return dropped;
            }
        }
        if (auto cut = cutLastBlock(database, cursor.id, step); !cut) {
            return cut;
        }
    }
    auto now = readCursors(database, run);
    if (!now) {
        return now.error();
    }
    cursors = std::move(*now);
    return {};
}

Result<std::vector<Sample>> readSamples(Database& database, std::int64_t channel, std::size_t first,
                                        std::size_t count) {
    auto select = database.prepare(
        "SELECT first, count, first_step, stride, payload FROM samples WHERE channel = ?1 "
        "AND first >= (SELECT coalesce(max(first), 0) FROM samples WHERE channel = ?1 "
        "AND first <= ?2) AND first < ?3 ORDER BY first");
    if (!select) {
        return select.error();
    }
    select->bind(0, channel)
        .bind(1, static_cast<std::int64_t>(first))
        .bind(2, static_cast<std::int64_t>(first + count));
    std::vector<Sample> samples;
    std::size_t start = 0; // index of samples[0]
    while (true) {
        const auto row = select->next();
        if (!row) {
            return row.error();
        }
        if (!*row) {
            break;
        }
        const auto at = static_cast<std::size_t>(select->integer(0));
        start = samples.empty() ? at : start;
        const auto stride = select->isNull(3) ? std::nullopt : std::optional(select->integer(3));
        if (at != start + samples.size() || !decodeSamples(select->integer(2), select->integer(1),
                                                           stride, select->blob(4), samples)) {
            return damaged();
        }
    }
    const std::size_t skip = std::min(samples.size(), first - std::min(first, start));
    samples.erase(samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(skip));
    samples.resize(std::min(samples.size(), count));
    return samples;
}

Result<std::optional<Frame>> readFrame(Database& database, std::int64_t channel,
                                       std::size_t number) {
    auto select = database.prepare(
        "SELECT step, seconds, payload FROM frame WHERE channel = ? AND number = ?");
    if (!select) {
        return select.error();
    }
    const auto row = select->bind(0, channel).bind(1, static_cast<std::int64_t>(number)).next();
    if (!row) {
        return row.error();
    }
    if (!*row) {
        return std::optional<Frame>();
    }
    auto payload = decodePayload(select->blob(2));
    if (!payload) {
        return damaged();
    }
    return std::optional(Frame{select->integer(0), select->real(1), std::move(*payload)});
}

Result<void> readFrames(Database& database, RunId run, History& history) {
    const auto cursors = readCursors(database, run);
    if (!cursors) {
        return cursors.error();
    }
    for (const auto& [name, cursor] : *cursors) {
        const auto extent = history.extent(name);
        if (!extent) {
            continue; // a channel that this version does not know
        }
        for (std::size_t first = 0; first < cursor.stored;) {
            const auto samples = readSamples(database, cursor.id, first, SampleChunk::kSamples);
            if (!samples) {
                return samples.error();
            }
            if (samples->empty()) {
                break; // a table, grid or text
            }
            for (const Sample& sample : *samples) {
                history.append(name, {sample.step, sample.seconds, sample.value});
            }
            first += samples->size();
            history.markStored(name, first);
        }
        for (std::size_t number = 0; number < cursor.stored; ++number) {
            auto frame = readFrame(database, cursor.id, number);
            if (!frame) {
                return frame.error();
            }
            if (!*frame) {
                break; // scalars
            }
            history.append(name, std::move(**frame));
            history.markStored(name, number + 1);
        }
    }
    return {};
}

} // namespace psephos::lab::detail
