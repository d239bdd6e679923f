// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/battle_merge.hpp"

#include "ballots/column_merge.hpp"
#include "ballots/numbering.hpp"
#include "ballots/parallel.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <unordered_map>
#include <utility>

namespace psephos::ballots {

namespace {

using lab::Error;
using lab::Result;

/// A chunk, who read it, and where its battles go.
struct Placed {
    BattleChunk* chunk = nullptr;
    std::size_t part = 0;
    std::size_t from = 0; ///< its first battle among all
};

class Merger {
  public:
    Merger(const BattleLayout& layout, std::vector<CollectedBattles>& parts,
           const std::string& place)
        : layout_(layout)
        , parts_(parts)
        , place_(place) {}

    Result<BattleTable> merge();

  private:
    /// One extra column in each part; none in a part that did not meet it.
    struct Column {
        std::string name;
        BattleLayout::Extra kind = BattleLayout::Extra::Auto;
        std::vector<std::optional<std::size_t>> at; ///< for each part, its index there
        Position firstSeen = std::numeric_limits<Position>::max();
    };

    void place();
    Result<void> nameCandidates();
    [[nodiscard]] std::vector<Column> columns() const;
    void addColumns();
    [[nodiscard]] Error nothing() const;

    const BattleLayout& layout_;
    std::vector<CollectedBattles>& parts_;
    const std::string& place_;
    std::vector<Placed> chunks_; ///< in order
    std::size_t size_ = 0;       ///< all battles
    std::size_t rows_ = 0;
    std::size_t selfPairs_ = 0;
    BattleTable table_;
};

void Merger::place() {
    for (std::size_t p = 0; p < parts_.size(); ++p) {
        for (BattleChunk& chunk : parts_[p].chunks) {
            chunks_.push_back({&chunk, p, 0});
        }
    }
    std::sort(chunks_.begin(), chunks_.end(), [](const Placed& one, const Placed& other) {
        return one.chunk->sequence < other.chunk->sequence;
    });
    std::size_t line = 0;
    for (Placed& placed : chunks_) {
        placed.from = size_;
        size_ += placed.chunk->outcomes.size();
        rows_ += placed.chunk->rows;
        selfPairs_ += placed.chunk->selfPairs;
        table_.rejectedRows += placed.chunk->rejectedRows;
        for (RejectedRow& row : placed.chunk->rejected) {
            if (table_.rejected.size() < kListedRows) {
                row.line += line;
                table_.rejected.push_back(std::move(row));
            }
        }
        line += placed.chunk->lines;
    }
}

Error Merger::nothing() const {
    if (table_.rejectedRows > 0) {
        const RejectedRow& first = table_.rejected.front();
        return Error{"none of the " + std::to_string(table_.rejectedRows) +
                         " rows can be used; the first: " + first.reason,
                     "", place_ + ", line " + std::to_string(first.line)};
    }
    return Error{rows_ == 0 ? "the file has no battle" : "the file counts no comparison", "",
                 place_};
}

Result<void> Merger::nameCandidates() {
    std::vector<SeenWords> tables;
    for (const CollectedBattles& part : parts_) {
        tables.push_back({&part.collector->names(), &part.collector->firstSeen()});
    }
    Numbering names = numbered(tables);
    if (names.words.size() > kMaxCandidates) {
        return Error{"the file names " + std::to_string(names.words.size()) +
                         " candidates, at most " + std::to_string(kMaxCandidates) + " are read",
                     "are the columns of the two sides the right ones?", place_};
    }
    Battles& battles = table_.battles;
    battles.names = std::move(names.words);
    battles.first.resize(size_);
    battles.second.resize(size_);
    battles.outcomes.resize(size_);
    const bool hasWeights = std::any_of(chunks_.begin(), chunks_.end(), [](const Placed& placed) {
        return std::any_of(placed.chunk->weights.begin(), placed.chunk->weights.end(),
                           [](double weight) { return weight != 1.0; });
    });
    battles.weights.resize(hasWeights ? size_ : 0);
    runParallel(chunks_.size(), parts_.size(), [&](std::size_t c) {
        const Placed& placed = chunks_[c];
        const std::vector<std::uint32_t>& number = names.of[placed.part];
        const BattleChunk& chunk = *placed.chunk;
        for (std::size_t b = 0; b < chunk.outcomes.size(); ++b) {
            battles.first[placed.from + b] = number[chunk.first[b]];
            battles.second[placed.from + b] = number[chunk.second[b]];
        }
        const auto to = static_cast<std::ptrdiff_t>(placed.from);
        std::copy(chunk.outcomes.begin(), chunk.outcomes.end(), battles.outcomes.begin() + to);
        if (hasWeights) {
            std::copy(chunk.weights.begin(), chunk.weights.end(), battles.weights.begin() + to);
        }
    });
    return {};
}

std::vector<Merger::Column> Merger::columns() const {
    std::vector<Column> columns;
    std::unordered_map<std::string, std::size_t> byName;
    for (std::size_t p = 0; p < parts_.size(); ++p) {
        const BattleCollector& collector = *parts_[p].collector;
        for (std::size_t e = 0; e < collector.extras().size(); ++e) {
            const BattleCollector::Extra& extra = collector.extras()[e];
            const auto [known, isNew] = byName.emplace(collector.extraNames()[e], columns.size());
            if (isNew) {
                columns.push_back({collector.extraNames()[e], extra.kind, {}, {}});
                columns.back().firstSeen = std::numeric_limits<Position>::max();
                columns.back().at.resize(parts_.size());
            }
            Column& column = columns[known->second];
            column.at[p] = e;
            if (e < layout_.names.size() && extra.column < layout_.names.size()) {
                column.firstSeen = 0; // they stand in the layout's order
            } else if (!extra.firstSeen.empty()) {
                column.firstSeen = std::min(column.firstSeen, extra.firstSeen.front());
            }
        }
    }
    // What turned up later: by where, then by name.
    std::stable_sort(columns.begin(), columns.end(), [](const Column& one, const Column& other) {
        return one.firstSeen < other.firstSeen;
    });
    return columns;
}

void Merger::addColumns() {
    for (const Column& column : columns()) {
        std::vector<const BattleCollector::Extra*> parts;
        for (std::size_t p = 0; p < parts_.size(); ++p) {
            const auto at = column.at[p];
            parts.push_back(at ? &parts_[p].collector->extras()[*at] : nullptr);
        }
        std::vector<PlacedCells> cells;
        for (const Placed& placed : chunks_) {
            const auto at = column.at[placed.part];
            const bool isMet = at && *at < placed.chunk->extras.size();
            cells.push_back(
                {isMet ? &placed.chunk->extras[*at] : nullptr, placed.part, placed.from});
        }
        ColumnMerger(column.name, column.kind, std::move(parts), std::move(cells), size_)
            .addTo(table_);
    }
}

Result<BattleTable> Merger::merge() {
    place();
    if (size_ == 0) {
        return nothing();
    }
    if (const auto named = nameCandidates(); !named) {
        return named.error();
    }
    table_.isTally = layout_.isTally();
    addColumns();
    if (selfPairs_ > 0) {
        table_.warnings.push_back(std::to_string(selfPairs_) +
                                  " counts of a candidate against itself are left out");
    }
    return std::move(table_);
}

} // namespace

Result<BattleTable> mergeBattles(const BattleLayout& layout, std::vector<CollectedBattles>& parts,
                                 const std::string& place) {
    return Merger(layout, parts, place).merge();
}

} // namespace psephos::ballots
