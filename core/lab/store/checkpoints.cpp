// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/store/checkpoints.hpp"

#include <string>
#include <vector>

namespace psephos::lab::detail {

namespace {

/// Drops those that the quota does not hold.
Result<void> thin(Database& database, RunId run, std::size_t quotaBytes) {
    std::vector<std::int64_t> steps;
    std::vector<std::size_t> bytes;
    std::vector<bool> pinned;
    auto select =
        database.prepare("SELECT step, bytes, pinned FROM checkpoint WHERE run = ? ORDER BY step");
    if (!select) {
        return select.error();
    }
    select->bind(0, run);
    while (true) {
        const auto row = select->next();
        if (!row) {
            return row.error();
        }
        if (!*row) {
            break;
        }
        steps.push_back(select->integer(0));
        bytes.push_back(static_cast<std::size_t>(select->integer(1)));
        pinned.push_back(select->integer(2) != 0);
    }
    while (const auto drop = checkpointToDrop(steps, bytes, pinned, quotaBytes)) {
        auto remove = database.prepare("DELETE FROM checkpoint WHERE run = ? AND step = ?");
        if (!remove) {
            return remove.error();
        }
        if (auto removed = remove->bind(0, run).bind(1, steps[*drop]).run(); !removed) {
            return removed;
        }
        const auto at = static_cast<std::ptrdiff_t>(*drop);
        steps.erase(steps.begin() + at);
        bytes.erase(bytes.begin() + at);
        pinned.erase(pinned.begin() + at);
    }
    return {};
}

} // namespace

Result<void> writeCheckpoint(Database& database, RunId run, const Checkpoint& checkpoint,
                             std::size_t quotaBytes) {
    auto insert = database.prepare(
        "INSERT INTO checkpoint(run, step, seconds, bytes, pinned, payload) "
        "VALUES(?, ?, ?, ?, 0, ?) ON CONFLICT(run, step) DO UPDATE SET "
        "seconds = excluded.seconds, bytes = excluded.bytes, payload = excluded.payload");
    if (!insert) {
        return insert.error();
    }
    const auto written = insert->bind(0, run)
                             .bind(1, checkpoint.step)
                             .bind(2, checkpoint.seconds)
                             .bind(3, static_cast<std::int64_t>(checkpoint.bytes.size()))
                             .bindBlob(4, checkpoint.bytes)
                             .run();
    return written ? thin(database, run, quotaBytes) : written;
}

Result<void> dropCheckpointsAfter(Database& database, RunId run, std::int64_t step) {
    auto remove = database.prepare("DELETE FROM checkpoint WHERE run = ? AND step > ?");
    return remove ? remove->bind(0, run).bind(1, step).run() : remove.error();
}

Result<std::optional<Checkpoint>> readCheckpoint(Database& database, RunId run, std::int64_t step) {
    auto select = database.prepare("SELECT step, seconds, payload FROM checkpoint "
                                   "WHERE run = ? AND step <= ? ORDER BY step DESC LIMIT 1");
    if (!select) {
        return select.error();
    }
    const auto row = select->bind(0, run).bind(1, step).next();
    if (!row) {
        return row.error();
    }
    if (!*row) {
        return std::optional<Checkpoint>();
    }
    return std::optional(
        Checkpoint{select->integer(0), select->real(1), std::string(select->blob(2))});
}

Result<std::int64_t> pinCheckpoint(Database& database, RunId run, std::int64_t step, bool pinned) {
    auto select = database.prepare("SELECT max(step) FROM checkpoint WHERE run = ? AND step <= ?");
    if (!select) {
        return select.error();
    }
    const auto row = select->bind(0, run).bind(1, step).next();
    if (!row) {
        return row.error();
    }
    if (select->isNull(0)) {
        return Error{"run " + std::to_string(run) + " has no checkpoint up to step " +
                         std::to_string(step),
                     "", ""};
    }
    const std::int64_t found = select->integer(0);
    select->reset();
    auto update = database.prepare("UPDATE checkpoint SET pinned = ? WHERE run = ? AND step = ?");
    if (!update) {
        return update.error();
    }
    const auto done =
        update->bind(0, std::int64_t{pinned ? 1 : 0}).bind(1, run).bind(2, found).run();
    return done ? Result<std::int64_t>(found) : done.error();
}

} // namespace psephos::lab::detail
