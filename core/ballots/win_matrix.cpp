// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/win_matrix.hpp"

#include "ballots/separator.hpp"
#include "lab/files/csv.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace psephos::ballots {

namespace {

using lab::CsvReader;
using lab::Error;
using lab::Result;

constexpr double kUnseen = std::numeric_limits<double>::quiet_NaN();
constexpr const char* kExpected =
    "expected a win matrix: a header naming the candidates, then a row for each, "
    "saying how often it beat the candidate of the column";

/// The parser's state: what was read so far, and where.
class WinMatrixParser {
  public:
    WinMatrixParser(std::string_view text, const std::string& place)
        : reader_(text, separatorOf(text))
        , place_(place) {}

    Result<PairCounts> parse();

  private:
    Result<bool> nextRecord();
    Result<void> readHeader();
    Result<void> readRow();
    Result<double> readCell(std::string_view text, std::size_t column) const;
    Result<void> checkPairs() const;
    [[nodiscard]] Error error(std::string message, std::string hint = {},
                              std::size_t column = 0) const;

    CsvReader reader_;
    const std::string& place_;
    PairCounts counts_;
    std::unordered_map<std::string, std::size_t> indices_; ///< of the candidates
    std::vector<std::size_t> lines_;                       ///< on which each row stands, or 0
};

Error WinMatrixParser::error(std::string message, std::string hint, std::size_t column) const {
    std::string where = place_ + ", line " + std::to_string(reader_.line());
    if (column > 0) {
        where += ", column " + std::to_string(column);
    }
    return Error{.message = std::move(message), .hint = std::move(hint), .place = where};
}

Result<bool> WinMatrixParser::nextRecord() {
    for (;;) {
        Result<bool> more = reader_.next();
        if (!more) {
            Error broken = more.error();
            broken.place = place_ + ", " + broken.place;
            return broken;
        }
        if (!*more || !reader_.isBlank()) {
            return more;
        }
    }
}

Result<void> WinMatrixParser::readHeader() {
    const Result<bool> more = nextRecord();
    if (!more) {
        return more.error();
    }
    if (!*more) {
        return Error{.message = "the file holds no data", .hint = kExpected, .place = place_};
    }
    const auto cells = reader_.cells();
    if (cells.size() < 2) {
        return error("the header names no candidate", kExpected);
    }
    if (std::all_of(cells.begin(), cells.end(),
                    [](std::string_view cell) { return lab::parseNumber(cell).has_value(); })) {
        return error("the first line holds only numbers, not the candidates' names", kExpected);
    }
    if (cells.size() - 1 > kMaxCandidates) {
        return error("the header names " + std::to_string(cells.size() - 1) +
                     " candidates, at most " + std::to_string(kMaxCandidates) + " are read");
    }
    std::vector<std::string> names(cells.begin() + 1, cells.end());
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i].empty()) {
            return error("a candidate has no name", kExpected, i + 2);
        }
        const auto [other, isNew] = indices_.emplace(names[i], i);
        if (!isNew) {
            return error(lab::inQuotes(names[i]) + " is named in column " +
                             std::to_string(other->second + 2) + " already",
                         {}, i + 2);
        }
    }
    lines_.assign(names.size(), 0);
    counts_ = PairCounts(std::move(names));
    return {};
}

Result<double> WinMatrixParser::readCell(std::string_view text, std::size_t column) const {
    if (text.find_first_not_of(" \t") == std::string_view::npos) {
        return kUnseen;
    }
    const auto number = lab::parseNumber(text);
    if (!number) {
        return error(lab::inQuotes(text) + " is not a number", kExpected, column);
    }
    if (std::isinf(*number)) {
        return error(lab::inQuotes(text) + " is not finite", {}, column);
    }
    if (*number < 0.0) {
        return error(lab::inQuotes(text) + " is negative, but a win matrix counts wins",
                     "write wins of the row over the column, not margins", column);
    }
    return *number;
}

Result<void> WinMatrixParser::readRow() {
    const auto cells = reader_.cells();
    const std::size_t n = counts_.size();
    const auto named = indices_.find(std::string(cells[0]));
    if (named == indices_.end()) {
        return error("the header names no candidate " + lab::inQuotes(cells[0]), kExpected, 1);
    }
    const std::size_t row = named->second;
    if (lines_[row] != 0) {
        return error("the row of " + lab::inQuotes(cells[0]) + " stands on line " +
                         std::to_string(lines_[row]) + " already",
                     {}, 1);
    }
    if (cells.size() != n + 1) {
        return error("row " + lab::inQuotes(cells[0]) + " has " + std::to_string(cells.size() - 1) +
                         " cells after its name, the header names " + std::to_string(n) +
                         " candidates",
                     kExpected);
    }
    for (std::size_t j = 0; j < n; ++j) {
        if (j == row) {
            continue;
        }
        const Result<double> cell = readCell(cells[j + 1], j + 2);
        if (!cell) {
            return cell.error();
        }
        counts_.wins[row * n + j] = *cell;
    }
    lines_[row] = reader_.line();
    return {};
}

// Both cells of a pair are known, or neither is.
Result<void> WinMatrixParser::checkPairs() const {
    const std::size_t n = counts_.size();
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            if (std::isnan(counts_.win(i, j)) && !std::isnan(counts_.win(j, i))) {
                Error half =
                    error("no number for " + lab::inQuotes(counts_.names[i]) + " over " +
                              lab::inQuotes(counts_.names[j]) + ", but the opposite cell has one",
                          "write 0 for no win, or leave both cells empty for a pair that "
                          "was never compared");
                half.place = place_ + ", line " + std::to_string(lines_[i]) + ", column " +
                             std::to_string(j + 2);
                return half;
            }
        }
    }
    return {};
}

Result<PairCounts> WinMatrixParser::parse() {
    if (const auto header = readHeader(); !header) {
        return header.error();
    }
    std::size_t rows = 0;
    for (;; ++rows) {
        const Result<bool> more = nextRecord();
        if (!more) {
            return more.error();
        }
        if (!*more) {
            break;
        }
        if (const auto read = readRow(); !read) {
            return read.error();
        }
    }
    const std::size_t n = counts_.size();
    if (rows < n) {
        return Error{.message = "the file has rows for " + std::to_string(rows) + " of the " +
                                std::to_string(n) + " candidates that the header names",
                     .hint = kExpected,
                     .place = place_};
    }
    if (const auto checked = checkPairs(); !checked) {
        return checked.error();
    }
    for (double& cell : counts_.wins) {
        cell = std::isnan(cell) ? 0.0 : cell;
    }
    return std::move(counts_);
}

} // namespace

Result<PairCounts> parseWinMatrix(std::string_view text, const std::string& place) {
    return WinMatrixParser(text, place).parse();
}

} // namespace psephos::ballots
