// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/store/database.hpp"

#include <cstdio>
#include <sqlite3.h>
#include <utility>

namespace psephos::lab::detail {

namespace {

/// How long a connection waits for another one's transaction.
constexpr int kBusyMilliseconds = 10000;

/// The path as a URI, in which immutable=1 can be said.
std::string uriOf(const std::filesystem::path& file) {
    std::error_code failed;
    const auto whole = std::filesystem::absolute(file, failed);
    std::string uri = "file:";
    for (const char c : (failed ? file : whole).string()) {
        if (c == '?' || c == '#' || c == '%') {
            char escaped[4];
            std::snprintf(escaped, sizeof escaped, "%%%02X", static_cast<unsigned char>(c));
            uri += escaped;
        } else {
            uri += c;
        }
    }
    return uri + "?immutable=1";
}

} // namespace

void CloseDatabase::operator()(sqlite3* handle) const {
    sqlite3_close(handle);
}

void FinalizeStatement::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

Error databaseError(int code, const char* message, const std::string& place) {
    switch (code & 0xff) {
    case SQLITE_FULL:
        return {"no disk space is left for the store", "make room", place};
    case SQLITE_NOTADB:
        return {"this file is no store of Psephos", "name another file by --store", place};
    case SQLITE_CORRUPT:
        return {"the store is damaged", "move the file away; a new one is made", place};
    case SQLITE_CANTOPEN:
        return {"the store can't be opened", "check that the folder exists and may be written",
                place};
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return {"the store can't be written", "check the rights of the file and its folder", place};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return {"another program keeps the store locked", "try again when it has ended", place};
    default:
        return {std::string("the store could not be used: ") + message, "", place};
    }
}

Statement::Statement(sqlite3* database, std::string place, sqlite3_stmt* statement)
    : database_(database)
    , place_(std::move(place))
    , statement_(statement) {}

Statement& Statement::bind(int index, std::int64_t value) {
    sqlite3_bind_int64(statement_.get(), index + 1, value);
    return *this;
}

Statement& Statement::bind(int index, double value) {
    sqlite3_bind_double(statement_.get(), index + 1, value);
    return *this;
}

Statement& Statement::bind(int index, std::string_view text) {
    sqlite3_bind_text64(statement_.get(), index + 1, text.data(), text.size(), SQLITE_TRANSIENT,
                        SQLITE_UTF8);
    return *this;
}

Statement& Statement::bindBlob(int index, std::string_view bytes) {
    // A null pointer would bind NULL instead of no bytes.
    sqlite3_bind_blob64(statement_.get(), index + 1, bytes.empty() ? "" : bytes.data(),
                        bytes.size(), SQLITE_STATIC);
    return *this;
}

Statement& Statement::bindNull(int index) {
    sqlite3_bind_null(statement_.get(), index + 1);
    return *this;
}

Result<bool> Statement::next() {
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) {
        return true;
    }
    if (code == SQLITE_DONE) {
        return false;
    }
    Error error = databaseError(code, sqlite3_errmsg(database_), place_);
    reset();
    return error;
}

Result<void> Statement::run() {
    const auto stepped = next();
    reset();
    return stepped ? Result<void>() : stepped.error();
}

void Statement::reset() {
    sqlite3_reset(statement_.get());
}

bool Statement::isNull(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

double Statement::real(int column) const {
    return sqlite3_column_double(statement_.get(), column);
}

std::string_view Statement::text(int column) const {
    const unsigned char* text = sqlite3_column_text(statement_.get(), column);
    const int bytes = sqlite3_column_bytes(statement_.get(), column);
    return text == nullptr ? std::string_view()
                           : std::string_view(reinterpret_cast<const char*>(text),
                                              static_cast<std::size_t>(bytes));
}

std::string_view Statement::blob(int column) const {
    const void* bytes = sqlite3_column_blob(statement_.get(), column);
    const int count = sqlite3_column_bytes(statement_.get(), column);
    return bytes == nullptr
               ? std::string_view()
               : std::string_view(static_cast<const char*>(bytes), static_cast<std::size_t>(count));
}

Database::Database(std::unique_ptr<sqlite3, CloseDatabase> handle, std::string place)
    : handle_(std::move(handle))
    , place_(std::move(place)) {}

Result<Database> Database::open(const std::filesystem::path& file, Mode mode) {
    int flags = SQLITE_OPEN_READONLY;
    if (mode == Mode::ReadWrite) {
        flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    } else if (mode == Mode::Frozen) {
        flags |= SQLITE_OPEN_URI;
    }
    const std::string name = mode == Mode::Frozen ? uriOf(file) : file.string();
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(name.c_str(), &raw, flags, nullptr);
    std::unique_ptr<sqlite3, CloseDatabase> handle(raw);
    if (code != SQLITE_OK) {
        return databaseError(code, raw != nullptr ? sqlite3_errmsg(raw) : "out of memory",
                             file.string());
    }
    sqlite3_busy_timeout(raw, kBusyMilliseconds);
    return Database(std::move(handle), file.string());
}

Result<Statement> Database::prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                        &statement, nullptr);
    if (code != SQLITE_OK) {
        return databaseError(code, sqlite3_errmsg(handle_.get()), place_);
    }
    return Statement(handle_.get(), place_, statement);
}

Result<void> Database::execute(const std::string& sql) {
    const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
    return code == SQLITE_OK ? Result<void>()
                             : databaseError(code, sqlite3_errmsg(handle_.get()), place_);
}

Result<std::int64_t> Database::integer(std::string_view sql) {
    auto statement = prepare(sql);
    if (!statement) {
        return statement.error();
    }
    const auto row = statement->next();
    if (!row) {
        return row.error();
    }
    return *row ? statement->integer(0) : 0;
}

std::int64_t Database::lastRow() const {
    return sqlite3_last_insert_rowid(handle_.get());
}

std::int64_t Database::changes() const {
    return sqlite3_changes(handle_.get());
}

Transaction::Transaction(Database& database)
    : database_(&database) {}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Result<Transaction> Transaction::begin(Database& database) {
    if (auto begun = database.execute("BEGIN IMMEDIATE"); !begun) {
        return begun.error();
    }
    return Transaction(database);
}

Transaction::~Transaction() {
    if (database_ != nullptr) {
        (void)database_->execute("ROLLBACK"); // SQLite may have done so itself (no disk space)
    }
}

Result<void> Transaction::commit() {
    auto committed = database_->execute("COMMIT");
    if (committed) {
        database_ = nullptr;
    }
    return committed;
}

} // namespace psephos::lab::detail
