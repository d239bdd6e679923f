// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/file_format.hpp"

#include "ballots/battle_layout.hpp"
#include "ballots/json_rows.hpp"
#include "ballots/preflib.hpp"
#include "ballots/separator.hpp"
#include "ballots/wide_tables.hpp"
#include "lab/files/csv.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace psephos::ballots {

namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::size_t kRows = 100;

/// `.soi` of "x.soi" and of "x.soi.gz".
std::string suffixOf(const std::filesystem::path& name) {
    const std::filesystem::path last = name.extension();
    return (last == ".gz" ? name.stem().extension() : last).string();
}

/// Do the keys of the first object make a battle? An object that the head cuts off counts by the
/// keys that it shows.
bool holdsBattles(std::string_view head, std::size_t at) {
    std::vector<std::string> names;
    JsonRows rows([&names](std::string_view path) {
        names.emplace_back(path);
        return names.size() - 1;
    });
    rows.read(head, at);
    std::vector<std::vector<std::string>> samples;
    const auto layout = battleLayout(names, samples, {});
    return layout.ok() && layout->has_value();
}

/// Does the first cell of some row name a candidate of the header?
bool looksLikeMatrix(const TableHead& table) {
    return std::any_of(table.rows.begin(), table.rows.end(), [&table](const auto& row) {
        return std::find(table.names.begin() + 1, table.names.end(), row[0]) != table.names.end();
    });
}

std::optional<FileFormat> tableFormat(const TableHead& table) {
    if (table.names.size() < 2) {
        return std::nullopt;
    }
    if (looksLikeMatrix(table)) {
        return FileFormat::Matrix;
    }
    const auto layout = battleLayout(table.names, table.rows, {});
    if (layout.ok() && layout->has_value()) {
        return FileFormat::BattlesCsv;
    }
    if (looksLikeOrders(table.names)) {
        return FileFormat::Orders;
    }
    if (looksLikeJudgeMatrix(table.names, table.rows)) {
        return FileFormat::JudgeMatrix;
    }
    return std::nullopt;
}

} // namespace

bool hasPrefLibSuffix(const std::filesystem::path& name) {
    constexpr std::array<std::string_view, 6> kSuffixes{".soc", ".soi", ".toc",
                                                        ".toi", ".cat", ".wmd"};
    return std::find(kSuffixes.begin(), kSuffixes.end(), suffixOf(name)) != kSuffixes.end();
}

TableHead readTableHead(std::string_view head, bool isWhole) {
    head = isWhole ? head : head.substr(0, head.rfind('\n') + 1);
    lab::CsvReader reader(head, separatorOf(head));
    TableHead table;
    while (table.rows.size() < kRows) {
        const lab::Result<bool> more = reader.next();
        if (!more || !*more) {
            break;
        }
        const auto cells = reader.cells();
        if (reader.isBlank()) {
            continue;
        }
        if (table.names.empty()) {
            table.names.assign(cells.begin(), cells.end());
        } else if (cells.size() == table.names.size()) {
            table.rows.emplace_back(cells.begin(), cells.end());
        }
    }
    return table;
}

std::optional<FileFormat> fileFormat(const std::filesystem::path& name, std::string_view head,
                                     bool isWhole) {
    if (head.starts_with(kByteOrderMark)) {
        head.remove_prefix(kByteOrderMark.size());
    }
    if (hasPrefLibSuffix(name) || looksLikePrefLib(head)) {
        return FileFormat::PrefLib;
    }
    const std::size_t first = std::min(head.find_first_not_of(kBlanks), head.size());
    if (head.substr(first).starts_with('[')) {
        const std::size_t object = head.find_first_not_of(kBlanks, first + 1);
        return object != std::string_view::npos && holdsBattles(head, object)
                   ? std::optional(FileFormat::BattlesJson)
                   : std::nullopt;
    }
    if (head.substr(first).starts_with('{')) {
        return holdsBattles(head, first) ? std::optional(FileFormat::BattlesJsonl) : std::nullopt;
    }
    return tableFormat(readTableHead(head, isWhole));
}

} // namespace psephos::ballots
