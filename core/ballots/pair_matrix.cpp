// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/pair_matrix.hpp"

#include "ballots/number_text.hpp"
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
    "expected a matrix: a header naming the candidates, then a row for each, saying how often it "
    "beat the candidate of the column";
constexpr double kSkewTolerance = 1e-9; ///< relative to the largest margin
constexpr double kRateTolerance = 1e-6;

/// The parser's state: what was read so far, and where.
class PairMatrixParser {
  public:
    PairMatrixParser(std::string_view text, const std::string& place)
        : reader_(text, separatorOf(text))
        , place_(place) {}

    Result<PairMatrix> parse();

  private:
    Result<bool> nextRecord();
    Result<void> readHeader();
    Result<void> readRow();
    Result<double> readCell(std::string_view text, std::size_t column) const;
    Result<void> checkPairs() const;
    [[nodiscard]] bool areRates() const;
    Result<void> checkMargins() const;
    void countMargins();
    [[nodiscard]] Error error(std::string message, std::string hint = {},
                              std::size_t column = 0) const;

    CsvReader reader_;
    const std::string& place_;
    PairCounts counts_;
    double largest_ = 0.0; ///< absolute cell
    bool hasNegative_ = false;
    std::unordered_map<std::string, std::size_t> indices_; ///< of the candidates
    std::vector<std::size_t> lines_;                       ///< on which each row stands, or 0
};

Error PairMatrixParser::error(std::string message, std::string hint, std::size_t column) const {
    std::string where = place_ + ", line " + std::to_string(reader_.line());
    if (column > 0) {
        where += ", column " + std::to_string(column);
    }
    return Error{.message = std::move(message), .hint = std::move(hint), .place = where};
}

Result<bool> PairMatrixParser::nextRecord() {
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

Result<void> PairMatrixParser::readHeader() {
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

Result<double> PairMatrixParser::readCell(std::string_view text, std::size_t column) const {
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
    return *number;
}

Result<void> PairMatrixParser::readRow() {
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
        if (!std::isnan(*cell)) {
            largest_ = std::max(largest_, std::abs(*cell));
            hasNegative_ = hasNegative_ || *cell < 0.0;
        }
    }
    lines_[row] = reader_.line();
    return {};
}

// Both cells of a pair are known, or neither is.
Result<void> PairMatrixParser::checkPairs() const {
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

bool PairMatrixParser::areRates() const {
    const std::size_t n = counts_.size();
    bool isFraction = false;
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = i + 1; j < n; ++j) {
            const double one = counts_.win(i, j);
            const double other = counts_.win(j, i);
            if (std::isnan(one)) {
                continue;
            }
            if (!(one <= 1.0 && other <= 1.0 && std::abs(one + other - 1.0) <= kRateTolerance)) {
                return false;
            }
            isFraction = isFraction || (one != 0.0 && one != 1.0);
        }
    }
    return isFraction;
}

// Negative cells are margins, or wrong.
Result<void> PairMatrixParser::checkMargins() const {
    const std::size_t n = counts_.size();
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            const double margin = counts_.win(i, j);
            if (margin < 0.0 &&
                !(std::abs(margin + counts_.win(j, i)) <= kSkewTolerance * largest_)) {
                Error wrong = error(
                    lab::inQuotes(shortest(margin)) + " is negative, but the opposite cell is " +
                        lab::inQuotes(shortest(counts_.win(j, i))),
                    "a matrix of wins has no negative cell; one of margins has the opposite "
                    "number in the opposite cell");
                wrong.place = place_ + ", line " + std::to_string(lines_[i]) + ", column " +
                              std::to_string(j + 2);
                return wrong;
            }
        }
    }
    // A positive cell whose opposite is not negative.
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            if (counts_.win(i, j) + counts_.win(j, i) > kSkewTolerance * largest_) {
                Error wrong = error("the opposite cells " + shortest(counts_.win(i, j)) + " and " +
                                        shortest(counts_.win(j, i)) +
                                        " are no margins, but others are negative",
                                    "margins have opposite numbers in opposite cells");
                wrong.place = place_ + ", line " + std::to_string(lines_[i]) + ", column " +
                              std::to_string(j + 2);
                return wrong;
            }
        }
    }
    return {};
}

// From margins to counts with those margins.
void PairMatrixParser::countMargins() {
    const std::size_t n = counts_.size();
    const double compared = largest_ > 1.0 ? largest_ : 1.0;
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = i + 1; j < n; ++j) {
            const double margin = counts_.win(i, j);
            if (!std::isnan(margin)) {
                counts_.wins[i * n + j] = (compared + margin) / 2.0;
                counts_.wins[j * n + i] = (compared - margin) / 2.0;
            }
        }
    }
}

Result<PairMatrix> PairMatrixParser::parse() {
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
    PairMatrix matrix;
    if (hasNegative_) {
        if (const auto checked = checkMargins(); !checked) {
            return checked.error();
        }
        countMargins();
        matrix.kind = MatrixKind::Margins;
    } else if (areRates()) {
        matrix.kind = MatrixKind::Rates;
    }
    for (double& cell : counts_.wins) {
        cell = std::isnan(cell) ? 0.0 : cell;
    }
    matrix.counts = std::move(counts_);
    return matrix;
}

} // namespace

Result<PairMatrix> parsePairMatrix(std::string_view text, const std::string& place) {
    return PairMatrixParser(text, place).parse();
}

} // namespace psephos::ballots
