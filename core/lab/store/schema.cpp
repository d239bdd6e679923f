// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/store/schema.hpp"

#include <string>
#include <system_error>
#include <utility>

namespace psephos::lab::detail {

namespace {

/// Scalars lie in blocks of samples, everything else a frame a row. Ids are never used twice.
constexpr const char* kTables = R"sql(
CREATE TABLE comparison(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    scenario TEXT NOT NULL);
CREATE TABLE run(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    comparison INTEGER NOT NULL REFERENCES comparison(id),
    number INTEGER NOT NULL,
    experiment TEXT NOT NULL,
    name TEXT NOT NULL,
    scenario TEXT NOT NULL,
    state TEXT NOT NULL,
    step INTEGER NOT NULL,
    seconds REAL NOT NULL,
    record TEXT NOT NULL,
    lease TEXT);
CREATE INDEX run_comparison ON run(comparison);
CREATE TABLE lease(
    name TEXT PRIMARY KEY,
    process INTEGER NOT NULL,
    boot TEXT NOT NULL);
CREATE TABLE channel(
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run(id),
    name TEXT NOT NULL,
    UNIQUE(run, name));
CREATE TABLE samples(
    id INTEGER PRIMARY KEY,
    channel INTEGER NOT NULL REFERENCES channel(id),
    first INTEGER NOT NULL,
    count INTEGER NOT NULL,
    first_step INTEGER NOT NULL,
    stride INTEGER,
    payload BLOB NOT NULL,
    UNIQUE(channel, first));
CREATE TABLE frame(
    id INTEGER PRIMARY KEY,
    channel INTEGER NOT NULL REFERENCES channel(id),
    number INTEGER NOT NULL,
    step INTEGER NOT NULL,
    seconds REAL NOT NULL,
    payload BLOB NOT NULL,
    UNIQUE(channel, number));
CREATE TABLE checkpoint(
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run(id),
    step INTEGER NOT NULL,
    seconds REAL NOT NULL,
    bytes INTEGER NOT NULL,
    pinned INTEGER NOT NULL,
    payload BLOB NOT NULL,
    UNIQUE(run, step));
)sql";

Error foreign(const std::filesystem::path& file, const std::string& what) {
    return {what, "name another file by --store", file.string()};
}

/// Whether the file is there and has content.
Result<bool> hasContent(const std::filesystem::path& file) {
    std::error_code failed;
    const auto status = std::filesystem::status(file, failed);
    if (status.type() == std::filesystem::file_type::not_found) {
        return false;
    }
    if (failed) {
        return Error{"the store can't be read: " + failed.message(), "", file.string()};
    }
    if (std::filesystem::is_directory(status)) {
        return foreign(file, "this is a folder, not a store");
    }
    const auto bytes = std::filesystem::file_size(file, failed);
    return failed ? Result<bool>(foreign(file, "this file is no store of Psephos")) : bytes > 0;
}

/// Whether another process is about to make the tables: the file has its header and nothing else.
bool isBeingMade(Database& database) {
    const auto application = database.integer("PRAGMA application_id");
    const auto tables = database.integer("SELECT count(*) FROM sqlite_master");
    return application && tables && *application == 0 && *tables == 0;
}

/// Checks the header's marks and that the tables can be read.
Result<void> checkIsStore(Database& database, const std::filesystem::path& file) {
    const auto application = database.integer("PRAGMA application_id");
    if (!application) {
        return application.error();
    }
    const auto version = database.integer("PRAGMA user_version");
    if (!version) {
        return version.error();
    }
    if (*application != kStoreApplication) {
        return foreign(file, "this SQLite file belongs to another program");
    }
    if (*version > kStoreVersion) {
        return foreign(file, "this store was written by a newer Psephos (version " +
                                 std::to_string(*version) + ", this one knows " +
                                 std::to_string(kStoreVersion) + ")");
    }
    const auto runs = database.integer("SELECT count(*) FROM run");
    return runs ? Result<void>() : runs.error();
}

Result<void> makeTables(Database& database) {
    auto transaction = Transaction::begin(database);
    if (!transaction) {
        return transaction.error();
    }
    const auto application = database.integer("PRAGMA application_id");
    if (!application) {
        return application.error();
    }
    if (*application == kStoreApplication) {
        return {}; // another process was faster
    }
    const std::string marks = "PRAGMA application_id=" + std::to_string(kStoreApplication) +
                              ";PRAGMA user_version=" + std::to_string(kStoreVersion) + ";";
    if (auto made = database.execute(kTables + marks); !made) {
        return made;
    }
    return transaction->commit();
}

Result<void> configure(Database& database, std::int64_t maxPages) {
    std::string pragmas = "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;";
    if (maxPages > 0) {
        pragmas += "PRAGMA max_page_count=" + std::to_string(maxPages) + ";";
    }
    return database.execute(pragmas);
}

} // namespace

Result<std::optional<Database>> openForReading(const std::filesystem::path& file) {
    const auto content = hasContent(file);
    if (!content) {
        return content.error();
    }
    if (!*content) {
        return std::optional<Database>();
    }
    auto database = Database::open(file, Database::Mode::ReadOnly);
    if (database && isBeingMade(*database)) {
        return std::optional<Database>();
    }
    Result<void> checked = database ? checkIsStore(*database, file) : database.error();
    std::error_code ignored;
    if (!checked && !std::filesystem::exists(file.string() + "-wal", ignored)) {
        // In a folder that can't be written there is no place for the files of a shared log.
        auto frozen = Database::open(file, Database::Mode::Frozen);
        if (frozen && checkIsStore(*frozen, file)) {
            return std::optional(std::move(*frozen));
        }
    }
    if (!checked) {
        return checked.error();
    }
    return std::optional(std::move(*database));
}

Result<Database> openForWriting(const std::filesystem::path& file, std::int64_t maxPages) {
    const auto content = hasContent(file);
    if (!content) {
        return content.error();
    }
    bool hasTables = *content;
    if (*content) { // look before a foreign file is touched
        auto reading = openForReading(file);
        if (!reading) {
            return reading.error();
        }
        hasTables = reading->has_value();
    } else if (const auto folder = file.parent_path(); !folder.empty()) {
        std::error_code failed;
        std::filesystem::create_directories(folder, failed);
        if (failed) {
            return Error{"the store's folder can't be made: " + failed.message(),
                         "name another file by --store", folder.string()};
        }
    }
    auto database = Database::open(file, Database::Mode::ReadWrite);
    if (!database) {
        return database;
    }
    if (!*content) {
        // Before the first table: pages of deleted runs can then be given back.
        if (auto set = database->execute("PRAGMA auto_vacuum=INCREMENTAL"); !set) {
            return set.error();
        }
    }
    if (auto configured = configure(*database, maxPages); !configured) {
        return configured.error();
    }
    if (!hasTables) {
        if (auto made = makeTables(*database); !made) {
            return made.error();
        }
    }
    if (auto checked = checkIsStore(*database, file); !checked) {
        return checked.error();
    }
    return database;
}

} // namespace psephos::lab::detail
