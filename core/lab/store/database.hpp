// SPDX-License-Identifier: GPL-3.0-or-later
// SQLite with errors as Results: connection, statement, transaction.
#pragma once

#include "lab/result.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace psephos::lab::detail {

struct CloseDatabase {
    void operator()(sqlite3* handle) const;
};

struct FinalizeStatement {
    void operator()(sqlite3_stmt* statement) const;
};

/// A prepared statement; parameters and columns are numbered from 0.
class Statement {
  public:
    Statement(sqlite3* database, std::string place, sqlite3_stmt* statement);

    Statement& bind(int index, std::int64_t value);
    Statement& bind(int index, double value);
    Statement& bind(int index, std::string_view text);
    /// The bytes must live until the statement has run.
    Statement& bindBlob(int index, std::string_view bytes);
    Statement& bindNull(int index);

    /// Moves to the next row: false after the last.
    [[nodiscard]] Result<bool> next();
    /// Runs a statement that answers nothing and makes it ready to be bound anew.
    [[nodiscard]] Result<void> run();
    void reset();

    [[nodiscard]] bool isNull(int column) const;
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] double real(int column) const;
    /// Valid until the next row.
    [[nodiscard]] std::string_view text(int column) const;
    [[nodiscard]] std::string_view blob(int column) const;

  private:
    sqlite3* database_;
    std::string place_;
    std::unique_ptr<sqlite3_stmt, FinalizeStatement> statement_;
};

/// A connection; used by one thread at a time.
class Database {
  public:
    enum class Mode {
        ReadOnly,  ///< fails where there is no such file
        Frozen,    ///< read-only, of a file that nobody changes: needs no files beside it
        ReadWrite, ///< makes the file
    };

    [[nodiscard]] static Result<Database> open(const std::filesystem::path& file, Mode mode);

    [[nodiscard]] Result<Statement> prepare(std::string_view sql);
    [[nodiscard]] Result<void> execute(const std::string& sql);
    /// First column of the first row as an integer.
    [[nodiscard]] Result<std::int64_t> integer(std::string_view sql);
    [[nodiscard]] std::int64_t lastRow() const;
    [[nodiscard]] std::int64_t changes() const;

  private:
    Database(std::unique_ptr<sqlite3, CloseDatabase> handle, std::string place);

    std::unique_ptr<sqlite3, CloseDatabase> handle_;
    std::string place_;
};

/// Takes the right to write at once; rolls back unless committed.
class Transaction {
  public:
    [[nodiscard]] static Result<Transaction> begin(Database& database);
    ~Transaction();
    Transaction(Transaction&& other) noexcept;
    Transaction& operator=(Transaction&&) = delete;

    [[nodiscard]] Result<void> commit();

  private:
    explicit Transaction(Database& database);

    Database* database_; ///< null when over
};

/// What an SQLite error code means for a person; `place` is the file.
[[nodiscard]] Error databaseError(int code, const char* message, const std::string& place);

} // namespace psephos::lab::detail
