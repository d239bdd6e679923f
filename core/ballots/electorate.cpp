// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/electorate.hpp"

#include "ballots/battle_table.hpp"
#include "ballots/file_format.hpp"
#include "ballots/pair_matrix.hpp"
#include "ballots/preflib.hpp"
#include "ballots/wide_tables.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <system_error>
#include <utility>

namespace psephos::ballots {

namespace {

using lab::Error;
using lab::Result;

constexpr std::size_t kHeadBytes = std::size_t{1} << 18; ///< by which a format is known

Result<void> checkText(std::string_view text, const std::string& place) {
    if (lab::isUtf8(text)) {
        return {};
    }
    std::size_t line = 1;
    for (std::size_t at = 0; at < text.size(); ++line) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        if (!lab::isUtf8(text.substr(at, end - at))) {
            break;
        }
        at = end + 1;
    }
    return Error{.message = "the file is not UTF-8 text",
                 .hint = "if it is text in another encoding, convert it to UTF-8",
                 .place = place + ", line " + std::to_string(line)};
}

Electorate fromPrefLib(PrefLibFile file) {
    Electorate electorate;
    electorate.format =
        file.dataType.empty() ? "PrefLib (older format)" : "PrefLib " + file.dataType;
    electorate.title = std::move(file.title);
    if (file.weights) {
        electorate.pairs = std::move(*file.weights);
    } else {
        electorate.pairs = pairCounts(file.profile);
        electorate.profile = std::move(file.profile);
    }
    electorate.warnings = std::move(file.warnings);
    return electorate;
}

Electorate fromTable(BattleTable table, RecordKind kind) {
    Electorate electorate;
    const std::string what = table.isTally ? "counted battles" : "battles";
    electorate.format = what + (kind == RecordKind::Csv     ? " (CSV)"
                                : kind == RecordKind::Lines ? " (JSONL)"
                                                            : " (JSON)");
    electorate.pairs = pairCounts(table.battles);
    electorate.battles = std::move(table.battles);
    electorate.warnings = std::move(table.warnings);
    electorate.rejected = std::move(table.rejected);
    electorate.rejectedRows = table.rejectedRows;
    return electorate;
}

Electorate fromWide(WideTable table, std::string format) {
    Electorate electorate;
    electorate.format = std::move(format);
    electorate.pairs = pairCounts(table.profile);
    electorate.profile = std::move(table.profile);
    electorate.meanScores = std::move(table.meanScores);
    electorate.warnings = std::move(table.warnings);
    electorate.rejected = std::move(table.rejected);
    electorate.rejectedRows = table.rejectedRows;
    return electorate;
}

Result<Electorate> fromBattles(ByteSource& source, RecordKind kind, const ReadOptions& options) {
    Result<BattleTable> table = readBattleTable(source, kind, options);
    if (!table) {
        return table.error();
    }
    return fromTable(std::move(table).value(), kind);
}

/// How the records of a table of battles are written.
RecordKind recordKind(std::string_view head) {
    const std::size_t first = head.find_first_not_of(" \t\r\n\xef\xbb\xbf");
    const char character = first == std::string_view::npos ? ' ' : head[first];
    return character == '['   ? RecordKind::JsonArray
           : character == '{' ? RecordKind::Lines
                              : RecordKind::Csv;
}

/// What is none of the tables that are read.
Error unknownTable(std::string_view head, const std::string& place) {
    if (recordKind(head) != RecordKind::Csv) {
        return Error{"this is JSON, but no battles: the objects lack the names of two sides or who "
                     "won",
                     "name the keys: columns=a:KEY,b:KEY,winner:KEY", place};
    }
    const TableHead table = readTableHead(head, true);
    if (table.names.empty()) {
        return Error{"the file holds no data", "", place};
    }
    return Error{"this is no file of votes: there are columns " +
                     lab::inQuotes(lab::joined(table.names), 120),
                 "expected battles (columns=a:COLUMN,b:COLUMN,winner:COLUMN names theirs), a "
                 "matrix, a judge matrix, orders or PrefLib",
                 place};
}

Electorate fromMatrix(PairMatrix matrix) {
    Electorate electorate;
    electorate.pairs = std::move(matrix.counts);
    switch (matrix.kind) {
    case MatrixKind::Wins:
        electorate.format = "win matrix";
        break;
    case MatrixKind::Rates:
        electorate.format = "rate matrix";
        electorate.warnings.emplace_back("the matrix holds win rates, which do not say how often a "
                                         "pair was compared: each counts as compared once");
        break;
    case MatrixKind::Margins:
        electorate.format = "margin matrix";
        electorate.warnings.emplace_back("the matrix holds margins, which do not say how often a "
                                         "pair was compared: all count as compared equally often");
        break;
    }
    return electorate;
}

Result<Electorate> fromText(std::string_view text, FileFormat format, const std::string& place) {
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    if (text.starts_with(kByteOrderMark)) {
        text.remove_prefix(kByteOrderMark.size());
    }
    if (const auto checked = checkText(text, place); !checked) {
        return checked.error();
    }
    if (format == FileFormat::PrefLib) {
        Result<PrefLibFile> file = parsePrefLib(text, place);
        if (!file) {
            return file.error();
        }
        return fromPrefLib(std::move(file).value());
    }
    if (format == FileFormat::Matrix) {
        Result<PairMatrix> matrix = parsePairMatrix(text, place);
        if (!matrix) {
            return matrix.error();
        }
        return fromMatrix(std::move(matrix).value());
    }
    const bool isOrders = format == FileFormat::Orders;
    Result<WideTable> table = isOrders ? parseOrders(text, place) : parseJudgeMatrix(text, place);
    if (!table) {
        return table.error();
    }
    return fromWide(std::move(table).value(), isOrders ? "orders (CSV)" : "judge matrix (CSV)");
}

Result<Electorate> fromSource(ByteSource& source, const std::filesystem::path& name,
                              const ReadOptions& options) {
    std::string head(kHeadBytes, '\0');
    const Result<std::size_t> got = source.read(head.data(), head.size());
    if (!got) {
        return got.error();
    }
    head.resize(*got);
    const bool isWhole = *got < kHeadBytes;
    const std::optional<FileFormat> format = fileFormat(name, head, isWhole);
    if (!options.columns.empty()) {
        if (format == FileFormat::PrefLib) {
            return Error{"columns are named, but this is a PrefLib file", "", source.place()};
        }
        return fromBattles(source, recordKind(head), options);
    }
    if (!format) {
        // A matrix without a row that its header names, perhaps: its reader says what is wrong.
        const TableHead table = readTableHead(head, isWhole);
        const bool isMatrix = recordKind(head) == RecordKind::Csv && table.names.size() > 1 &&
                              lab::trimmed(table.names.front()).empty();
        const bool isText = lab::isUtf8(head.substr(0, head.rfind('\n') + 1));
        if (isText && !isMatrix) {
            return unknownTable(head, source.place());
        }
    }
    if (format == FileFormat::BattlesCsv || format == FileFormat::BattlesJsonl ||
        format == FileFormat::BattlesJson) {
        return fromBattles(source, recordKind(head), options);
    }
    const Result<std::string> text = source.readAll();
    if (!text) {
        return text.error();
    }
    return fromText(*text, format.value_or(FileFormat::Matrix), source.place());
}

/// The last few electorates, newest first.
class Cache {
  public:
    Result<std::shared_ptr<const Electorate>> open(const std::filesystem::path& path,
                                                   const ReadOptions& options) {
        Key key = keyOf(path);
        key.columns = options.columns;
        if (auto known = find(key)) {
            return known;
        }
        Result<Electorate> read = readElectorate(path, options);
        if (!read) {
            return read.error();
        }
        auto electorate = std::make_shared<const Electorate>(std::move(read).value());
        const std::lock_guard lock(mutex_);
        entries_.insert(entries_.begin(), Entry{key, electorate});
        if (entries_.size() > kEntries) {
            entries_.pop_back();
        }
        return std::shared_ptr<const Electorate>(std::move(electorate));
    }

  private:
    static constexpr std::size_t kEntries = 4;

    struct Key {
        std::filesystem::path path;
        std::string columns;
        bool isFile = false;
        std::uintmax_t bytes = 0;
        std::filesystem::file_time_type modified;

        friend bool operator==(const Key&, const Key&) = default;
    };

    struct Entry {
        Key key;
        std::shared_ptr<const Electorate> electorate;
    };

    std::shared_ptr<const Electorate> find(const Key& key) {
        const std::lock_guard lock(mutex_);
        const auto known = std::find_if(entries_.begin(), entries_.end(),
                                        [&key](const Entry& entry) { return entry.key == key; });
        if (!key.isFile || known == entries_.end()) {
            return nullptr;
        }
        std::rotate(entries_.begin(), known, known + 1);
        return entries_.front().electorate;
    }

    static Key keyOf(const std::filesystem::path& path) {
        std::error_code absoluteCode;
        std::error_code sizeCode;
        std::error_code timeCode;
        Key key;
        key.path = std::filesystem::absolute(path, absoluteCode);
        key.bytes = std::filesystem::file_size(path, sizeCode);
        key.modified = std::filesystem::last_write_time(path, timeCode);
        key.isFile = !absoluteCode && !sizeCode && !timeCode;
        return key;
    }

    std::mutex mutex_; ///< guards entries_
    std::vector<Entry> entries_;
};

} // namespace

Result<Electorate> parseElectorate(std::string_view text, const std::filesystem::path& name,
                                   const ReadOptions& options) {
    ByteSource source(text, name.string());
    return fromSource(source, name, options);
}

Result<Electorate> readElectorate(const std::filesystem::path& path, const ReadOptions& options) {
    Result<ByteSource> source = ByteSource::open(path);
    if (!source) {
        return source.error();
    }
    return fromSource(*source, path, options);
}

Result<std::shared_ptr<const Electorate>> openElectorate(const std::filesystem::path& path,
                                                         const ReadOptions& options) {
    static Cache cache;
    return cache.open(path, options);
}

} // namespace psephos::ballots
