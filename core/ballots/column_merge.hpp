// SPDX-License-Identifier: GPL-3.0-or-later
// An extra column of a table of battles, from what several threads read of it.
#pragma once

#include "ballots/battle_chunk.hpp"
#include "ballots/battle_table.hpp"
#include "ballots/numbering.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace psephos::ballots {

/// The cells of one chunk.
struct PlacedCells {
    const ExtraCells* cells = nullptr; ///< null: all empty
    std::size_t part = 0;              ///< who read them
    std::size_t from = 0;              ///< their first battle among all
};

/// Decides whether a column holds words, numbers or both (see readBattleTable()) and adds it.
class ColumnMerger {
  public:
    /// \param parts  what each thread knows of the column; null: it met none of its cells
    /// \param chunks in order
    /// \param size   number of all battles
    ColumnMerger(std::string name, BattleLayout::Extra kind,
                 std::vector<const BattleCollector::Extra*> parts, std::vector<PlacedCells> chunks,
                 std::size_t size);

    void addTo(BattleTable& table);

  private:
    [[nodiscard]] bool readWords();
    void readValues();
    void countCells();
    void addNumbers(BattleTable& table) const;
    void addWords(BattleTable& table);
    [[nodiscard]] Category manyWords() const;

    std::string name_;
    BattleLayout::Extra kind_;
    std::vector<const BattleCollector::Extra*> parts_;
    std::vector<PlacedCells> chunks_;
    std::size_t size_;
    Numbering numbering_;
    std::vector<std::optional<double>> values_; ///< of each word, if it is a number
    bool areTruths_ = false;
    bool countsNumbers_ = false; ///< some cells were read as numbers at once
    std::size_t numberWords_ = 0;
    std::size_t numberCells_ = 0;
    std::size_t otherCells_ = 0;
};

} // namespace psephos::ballots
