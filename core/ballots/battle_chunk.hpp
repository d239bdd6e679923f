// SPDX-License-Identifier: GPL-3.0-or-later
// The battles of one block of a table, in numbers that only their thread's words explain.
#pragma once

#include "ballots/battle_layout.hpp"
#include "ballots/rejected_row.hpp"
#include "ballots/word_table.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace psephos::ballots {

/// An extra column's cells in one block. At first they are numbers of words; when a column turns
/// out to hold too many different numbers for that, the rest are the numbers themselves.
struct ExtraCells {
    std::vector<std::uint32_t> codes; ///< of the first battles; Category::kNone: empty
    std::vector<double> numbers;      ///< of the battles after them; NaN: empty or among `strays`
    /// Cells among `numbers` that are no number: battle, and number of the word.
    std::vector<std::pair<std::uint32_t, std::uint32_t>> strays;

    [[nodiscard]] std::size_t size() const { return codes.size() + numbers.size(); }
};

/// What one block says.
struct BattleChunk {
    std::size_t sequence = 0; ///< of the block
    std::size_t lines = 0;    ///< line ends in it
    std::size_t rows = 0;     ///< records in it
    std::vector<std::uint32_t> first;
    std::vector<std::uint32_t> second;
    std::vector<Outcome> outcomes;
    std::vector<double> weights;       ///< empty unless the table has them
    std::vector<ExtraCells> extras;    ///< as many as the collector knew when the block ended
    std::vector<RejectedRow> rejected; ///< the first ones, with lines counted in the block
    std::size_t rejectedRows = 0;
    std::size_t selfPairs = 0; ///< counts of a candidate against itself that were left out
};

/// Where a word stood first: the block in the upper half, and a number that grows within it.
using Position = std::uint64_t;

/// It stands in rejected rows only.
inline constexpr Position kNowhere = std::numeric_limits<Position>::max();

/// Turns the rows that one thread reads into chunks. One object belongs to one thread.
class BattleCollector {
  public:
    /// Different numbers of a column after which they are no longer kept as words.
    static constexpr std::size_t kMaxNumberWords = 4096;
    /// A column with more different words, or longer cells, is left out: it holds texts.
    static constexpr std::size_t kMaxWords = std::size_t{1} << 20;
    static constexpr std::size_t kMaxWordBytes = std::size_t{1} << 28;
    static constexpr std::size_t kMaxCellBytes = 1000;

    /// What is known of an extra column.
    struct Extra {
        std::size_t column = 0; ///< among the cells of a row
        BattleLayout::Extra kind = BattleLayout::Extra::Auto;
        WordTable words;
        std::vector<Position> firstSeen; ///< of each word
        bool holdsNumbersOnly = true;    ///< so far
        bool countsNumbers = false;      ///< cells go to ExtraCells::numbers
        bool holdsTexts = false;         ///< it is left out
    };

    explicit BattleCollector(const BattleLayout& layout);

    void begin(std::size_t sequence);

    /// Reads a row. Cells beyond the end are empty.
    void add(std::span<const std::string_view> cells, std::size_t line);

    /// Counts a row that can't be read.
    void reject(std::size_t line, std::string reason);

    [[nodiscard]] BattleChunk finish(std::size_t lines);

    /// An extra column that turned up only now, in JSON.
    void addExtra(std::size_t column, std::string_view name);

    [[nodiscard]] const WordTable& names() const { return names_; }

    [[nodiscard]] const std::vector<Position>& firstSeen() const { return firstSeen_; }

    [[nodiscard]] const std::vector<Extra>& extras() const { return extras_; }

    /// Their names. Where the layout has votes, the last column is made of them: which vote of its
    /// row a battle is.
    [[nodiscard]] const std::vector<std::string>& extraNames() const { return extraNames_; }

  private:
    using Cells = std::span<const std::string_view>;

    bool findSides(Cells cells, std::size_t line);
    bool findWeight(Cells cells, std::size_t line);
    void addWinner(std::string_view cell, Cells cells, std::size_t line);
    void addTally(Cells cells, std::size_t line);
    void addVotes(Cells cells, std::size_t line);
    std::optional<Outcome> outcomeOf(std::string_view cell);
    void nameSides();
    void push(Outcome outcome, double weight, Cells cells);
    void pushExtra(Extra& extra, ExtraCells& to, std::string_view cell);
    std::uint32_t codeOf(Extra& extra, std::string_view cell);
    [[nodiscard]] std::string outcomeReason(std::string_view cell) const;

    [[nodiscard]] static std::string_view cellAt(Cells cells, std::size_t column) {
        return column < cells.size() ? cells[column] : std::string_view();
    }

    [[nodiscard]] Position at(std::size_t number) const {
        return Position{chunk_.sequence} << 32 | number;
    }

    const BattleLayout& layout_;
    bool hasWeights_;
    BattleChunk chunk_;
    std::size_t likely_ = 0; ///< battles in the next block, by the last one
    WordTable names_;
    std::vector<Position> firstSeen_; ///< of each name: twice its row, plus 1 on its second side
    std::vector<Extra> extras_;
    std::vector<std::string> extraNames_;
    std::string_view firstName_; ///< of the row that is read
    std::string_view secondName_;
    std::uint32_t firstId_ = 0;
    std::uint32_t secondId_ = 0;
    std::size_t vote_ = 0; ///< which of its votes, where the layout has votes
    double weight_ = 1.0;
    WordTable winners_;             ///< those seen whose meaning does not depend on the row
    std::vector<Outcome> outcomes_; ///< of each of them
};

} // namespace psephos::ballots
