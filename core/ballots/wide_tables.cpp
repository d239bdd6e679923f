// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/wide_tables.hpp"

#include "ballots/battle_layout.hpp"
#include "ballots/separator.hpp"
#include "ballots/word_table.hpp"
#include "lab/files/csv.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <system_error>
#include <utility>

namespace psephos::ballots {

namespace {

using lab::CsvReader;
using lab::Error;
using lab::Result;
using Names = std::span<const std::string>;

constexpr std::size_t kMaxCellBytes = 1000;
constexpr std::size_t kSamples = 100;
/// Sums of counts stay exact as doubles.
constexpr std::int64_t kMaxVoters = std::int64_t{1} << 53;

bool isProbability(const std::string& cell) {
    const auto number = lab::parseNumber(cell);
    return number && *number >= 0.0 && *number <= 1.0;
}

enum class Column { Candidate, Words, Neither };

/// What a column of a judge matrix is, by its sampled cells.
Column columnOf(const std::string& name, std::size_t column,
                std::span<const std::vector<std::string>> samples) {
    constexpr std::array<std::string_view, 4> kNumbers{"", "index", "idx", "instruction"};
    if (isKnownCategory(name) ||
        std::find(kNumbers.begin(), kNumbers.end(), name) != kNumbers.end()) {
        return Column::Words;
    }
    bool hasProbability = false;
    bool hasNumber = false;
    bool hasWord = false;
    for (const auto& row : samples) {
        const std::string& cell = row[column];
        if (!cell.empty()) {
            const bool isNumber = lab::parseNumber(cell).has_value();
            hasProbability = hasProbability || isProbability(cell);
            hasNumber = hasNumber || (isNumber && !isProbability(cell));
            hasWord = hasWord || !isNumber;
        }
    }
    if (hasNumber || (hasProbability && hasWord)) {
        return Column::Neither;
    }
    return hasWord ? Column::Words : Column::Candidate;
}

/// The number at the end of a place's name, `p7`; 0 if it is none.
std::size_t placeOf(std::string_view name) {
    constexpr std::array<std::string_view, 8> kStems{"p",    "place",  "pos",  "position",
                                                     "rank", "choice", "pref", "preference"};
    const std::size_t digits = name.find_last_not_of("0123456789") + 1;
    std::size_t place = 0;
    std::from_chars(name.data() + digits, name.data() + name.size(), place);
    std::string_view stem = name.substr(0, digits);
    if (!stem.empty() && std::string_view(" ._-").find(stem.back()) != std::string_view::npos) {
        stem.remove_suffix(1);
    }
    return std::find(kStems.begin(), kStems.end(), stem) == kStems.end() ? 0 : place;
}

/// The columns of the places, first place first; empty if there are no two.
std::vector<std::size_t> placesOf(Names names) {
    std::vector<std::pair<std::size_t, std::size_t>> found;
    for (std::size_t column = 0; column < names.size(); ++column) {
        if (const std::size_t place = placeOf(names[column]); place > 0) {
            found.emplace_back(place, column);
        }
    }
    std::sort(found.begin(), found.end());
    std::vector<std::size_t> columns;
    for (const auto& [place, column] : found) {
        if (place != columns.size() + 1) {
            return {};
        }
        columns.push_back(column);
    }
    return columns.size() < 2 ? std::vector<std::size_t>() : columns;
}

/// Reads the rows of a table one after another.
class WideReader {
  public:
    WideReader(std::string_view text, const std::string& place)
        : text_(text)
        , place_(place)
        , reader_(text, separatorOf(text)) {}

    Result<WideTable> readJudges();
    Result<WideTable> readOrders();

  private:
    Result<void> readHeader();
    /// The next row with as many cells as the header; false: there is none left.
    Result<bool> nextRow();
    std::vector<std::vector<std::string>> samples();
    void keepWords(std::vector<std::size_t> columns);
    void addBallot(Ballot ballot);
    std::optional<std::string> readJudgement(const std::vector<std::size_t>& candidates,
                                             Ballot& ballot);
    std::optional<std::string> readOrder(const std::vector<std::size_t>& places,
                                         std::optional<std::size_t> count, Ballot& ballot,
                                         WordTable& candidates);
    Result<WideTable> finish();
    void reject(std::string reason);

    [[nodiscard]] std::string where() const {
        return place_ + ", line " + std::to_string(reader_.line());
    }

    std::string_view text_;
    const std::string& place_;
    CsvReader reader_;
    std::vector<std::string> names_;
    WideTable table_;
    std::vector<std::size_t> wordColumns_;
    std::vector<WordTable> words_; ///< of each such column
    std::vector<bool> holdsTexts_;
    std::size_t rows_ = 0;
    std::vector<double> sums_; ///< of each candidate's cells
    std::vector<double> cells_;
    std::vector<std::pair<double, std::uint32_t>> scores_;
};

Result<void> WideReader::readHeader() {
    const Result<bool> more = nextRow();
    if (!more) {
        return more.error();
    }
    if (!*more) {
        return Error{"the file holds no data", "", place_};
    }
    return {};
}

Result<bool> WideReader::nextRow() {
    for (;;) {
        const Result<bool> more = reader_.next();
        if (!more) {
            return Error{more.error().message, more.error().hint, where()};
        }
        if (!*more) {
            return false;
        }
        if (reader_.isBlank()) {
            continue;
        }
        const auto cells = reader_.cells();
        if (names_.empty()) {
            names_.assign(cells.begin(), cells.end());
            return true;
        }
        ++rows_;
        if (cells.size() == names_.size()) {
            return true;
        }
        reject(std::to_string(cells.size()) + " cells, the header has " +
               std::to_string(names_.size()));
    }
}

std::vector<std::vector<std::string>> WideReader::samples() {
    CsvReader reader(text_, separatorOf(text_));
    std::vector<std::vector<std::string>> rows;
    for (bool isHeader = true; rows.size() < kSamples;) {
        const Result<bool> more = reader.next();
        if (!more || !*more) {
            break;
        }
        const auto cells = reader.cells();
        if (!reader.isBlank() && !isHeader && cells.size() == names_.size()) {
            rows.emplace_back(cells.begin(), cells.end());
        }
        isHeader = isHeader && reader.isBlank();
    }
    return rows;
}

void WideReader::reject(std::string reason) {
    ++table_.rejectedRows;
    if (table_.rejected.size() < kListedRows) {
        table_.rejected.push_back({reader_.line(), std::move(reason)});
    }
}

void WideReader::keepWords(std::vector<std::size_t> columns) {
    wordColumns_ = std::move(columns);
    words_.resize(wordColumns_.size());
    holdsTexts_.assign(wordColumns_.size(), false);
    for (const std::size_t column : wordColumns_) {
        table_.profile.categories.push_back({names_[column], {}, {}});
    }
}

void WideReader::addBallot(Ballot ballot) {
    for (std::size_t i = 0; i < wordColumns_.size(); ++i) {
        const std::string_view cell = reader_.cells()[wordColumns_[i]];
        holdsTexts_[i] = holdsTexts_[i] || cell.size() > kMaxCellBytes;
        table_.profile.categories[i].codes.push_back(
            cell.empty() || holdsTexts_[i] ? Category::kNone : words_[i].idOf(cell));
    }
    table_.profile.ballots.push_back(std::move(ballot));
}

// Nothing, or why the row is rejected.
std::optional<std::string> WideReader::readJudgement(const std::vector<std::size_t>& candidates,
                                                     Ballot& ballot) {
    scores_.clear();
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        const std::string_view cell = reader_.cells()[candidates[i]];
        if (cell.empty()) {
            continue;
        }
        const auto number = lab::parseNumber(cell);
        if (!number || !(*number >= 0.0 && *number <= 1.0)) {
            return "the cell of " + lab::inQuotes(names_[candidates[i]]) + " is " +
                   lab::inQuotes(cell) + ", not a number from 0 to 1";
        }
        scores_.emplace_back(*number, static_cast<std::uint32_t>(i));
    }
    if (scores_.empty()) {
        return "all candidates' cells are empty";
    }
    for (const auto& [score, candidate] : scores_) {
        sums_[candidate] += score;
        cells_[candidate] += 1.0;
    }
    std::stable_sort(scores_.begin(), scores_.end(),
                     [](const auto& one, const auto& other) { return one.first > other.first; });
    for (std::size_t i = 0; i < scores_.size(); ++i) {
        ballot.candidates.push_back(scores_[i].second);
        if (i + 1 == scores_.size() || scores_[i + 1].first != scores_[i].first) {
            ballot.tierEnds.push_back(static_cast<std::uint32_t>(i + 1));
        }
    }
    return std::nullopt;
}

Result<WideTable> WideReader::readJudges() {
    if (const auto header = readHeader(); !header) {
        return header.error();
    }
    const auto sampled = samples();
    std::vector<std::size_t> candidates;
    std::vector<std::size_t> words;
    for (std::size_t column = 0; column < names_.size(); ++column) {
        if (columnOf(names_[column], column, sampled) == Column::Words) {
            words.push_back(column);
        } else {
            candidates.push_back(column);
            table_.profile.names.push_back(names_[column]);
        }
    }
    if (candidates.size() > kMaxCandidates) {
        return Error{"the header names " + std::to_string(candidates.size()) +
                         " candidates, at most " + std::to_string(kMaxCandidates) + " are read",
                     "", place_};
    }
    std::erase_if(words, [this](std::size_t column) { return names_[column].empty(); });
    keepWords(std::move(words));
    sums_.assign(candidates.size(), 0.0);
    cells_.assign(candidates.size(), 0.0);
    for (;;) {
        const Result<bool> more = nextRow();
        if (!more) {
            return more.error();
        }
        if (!*more) {
            break;
        }
        Ballot ballot;
        if (auto reason = readJudgement(candidates, ballot)) {
            reject(*std::move(reason));
        } else {
            addBallot(std::move(ballot));
        }
    }
    for (std::size_t i = 0; i < sums_.size(); ++i) {
        table_.meanScores.push_back(sums_[i] / cells_[i]); // 0/0 is NaN
    }
    return finish();
}

std::optional<std::string> WideReader::readOrder(const std::vector<std::size_t>& places,
                                                 std::optional<std::size_t> count, Ballot& ballot,
                                                 WordTable& candidates) {
    if (count) {
        const std::string_view cell = reader_.cells()[*count];
        const auto [end, code] =
            std::from_chars(cell.data(), cell.data() + cell.size(), ballot.count);
        if (code != std::errc{} || end != cell.data() + cell.size() || ballot.count < 0 ||
            ballot.count > kMaxVoters) {
            return "the count is " + lab::inQuotes(cell) + ", not a whole number";
        }
    }
    std::vector<std::string_view> order;
    for (const std::size_t column : places) {
        if (const std::string_view cell = reader_.cells()[column]; !cell.empty()) {
            order.push_back(cell);
        }
    }
    if (order.empty()) {
        return "it names no candidate";
    }
    std::vector<std::string_view> sorted = order;
    std::sort(sorted.begin(), sorted.end());
    const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
    if (twice != sorted.end()) {
        return lab::inQuotes(*twice) + " stands in it twice";
    }
    for (const std::string_view name : order) {
        ballot.candidates.push_back(candidates.idOf(name));
        ballot.tierEnds.push_back(static_cast<std::uint32_t>(ballot.candidates.size()));
    }
    return std::nullopt;
}

Result<WideTable> WideReader::readOrders() {
    if (const auto header = readHeader(); !header) {
        return header.error();
    }
    const std::vector<std::size_t> places = placesOf(names_);
    const auto counts = std::find(names_.begin(), names_.end(), "count");
    std::optional<std::size_t> count;
    if (counts != names_.end()) {
        count = static_cast<std::size_t>(counts - names_.begin());
    }
    std::vector<std::size_t> words;
    for (std::size_t column = 0; column < names_.size(); ++column) {
        const bool isPlace = std::find(places.begin(), places.end(), column) != places.end();
        if (!isPlace && column != count && !names_[column].empty()) {
            words.push_back(column);
        }
    }
    keepWords(std::move(words));
    WordTable candidates;
    std::int64_t voters = 0;
    for (;;) {
        const Result<bool> more = nextRow();
        if (!more) {
            return more.error();
        }
        if (!*more) {
            break;
        }
        Ballot ballot;
        if (auto reason = readOrder(places, count, ballot, candidates)) {
            reject(*std::move(reason));
            continue;
        }
        voters += ballot.count;
        addBallot(std::move(ballot));
        if (voters > kMaxVoters || candidates.size() > kMaxCandidates) {
            return Error{voters > kMaxVoters ? "the counts add up to more than 2^53"
                                             : "there are more than " +
                                                   std::to_string(kMaxCandidates) + " candidates",
                         "", where()};
        }
    }
    for (std::uint32_t id = 0; id < candidates.size(); ++id) {
        table_.profile.names.emplace_back(candidates.word(id));
    }
    return finish();
}

Result<WideTable> WideReader::finish() {
    if (table_.profile.voters() == 0) {
        if (table_.rejectedRows == 0) {
            return Error{rows_ == 0 ? "the file has a header, but no row" : "every count is 0", "",
                         place_};
        }
        const RejectedRow& first = table_.rejected.front();
        return Error{"none of the " + std::to_string(rows_) +
                         " rows can be used; the first: " + first.reason,
                     "", place_ + ", line " + std::to_string(first.line)};
    }
    std::vector<Category> kept;
    for (std::size_t i = 0; i < wordColumns_.size(); ++i) {
        Category& category = table_.profile.categories[i];
        if (holdsTexts_[i]) {
            table_.warnings.push_back("the column " + lab::inQuotes(category.name) +
                                      " holds texts and is left out");
            continue;
        }
        for (std::uint32_t id = 0; id < words_[i].size(); ++id) {
            category.labels.emplace_back(words_[i].word(id));
        }
        if (!category.labels.empty()) {
            kept.push_back(std::move(category));
        }
    }
    table_.profile.categories = std::move(kept);
    return std::move(table_);
}

} // namespace

bool looksLikeJudgeMatrix(Names names, std::span<const std::vector<std::string>> samples) {
    std::size_t candidates = 0;
    std::size_t words = 0;
    for (std::size_t column = 0; column < names.size(); ++column) {
        switch (columnOf(names[column], column, samples)) {
        case Column::Candidate:
            ++candidates;
            break;
        case Column::Words:
            words += names[column].empty() ? 0 : 1;
            break;
        case Column::Neither:
            return false;
        }
    }
    return candidates >= 2 && words > 0 && !samples.empty();
}

Result<WideTable> parseJudgeMatrix(std::string_view text, const std::string& place) {
    return WideReader(text, place).readJudges();
}

bool looksLikeOrders(Names names) {
    return !placesOf(names).empty();
}

Result<WideTable> parseOrders(std::string_view text, const std::string& place) {
    return WideReader(text, place).readOrders();
}

} // namespace psephos::ballots
