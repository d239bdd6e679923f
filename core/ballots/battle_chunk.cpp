// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/battle_chunk.hpp"

#include "lab/files/csv.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace psephos::ballots {

namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
/// Column of cells that no row has: the names of the votes, which push() knows.
constexpr std::size_t kVoteColumn = BattleLayout::kNone;

/// `true` and `false` of JSON and of CSV count as 1 and 0.
std::optional<double> numberOf(std::string_view cell) {
    if (cell.empty()) {
        return std::nullopt;
    }
    const auto number = lab::parseNumber(cell);
    return number && std::isfinite(*number) ? number : std::nullopt;
}

} // namespace

BattleCollector::BattleCollector(const BattleLayout& layout)
    : layout_(layout)
    , hasWeights_(layout.weight != BattleLayout::kNone || layout.isTally()) {
    for (std::size_t column = 0; column < layout.names.size(); ++column) {
        if (layout.extras[column] != BattleLayout::Extra::None) {
            addExtra(column, layout.names[column]);
        }
    }
    if (!layout.votes.empty()) {
        addExtra(kVoteColumn, layout.voteName());
        extras_.back().kind = BattleLayout::Extra::Words;
    }
}

void BattleCollector::addExtra(std::size_t column, std::string_view name) {
    Extra extra;
    extra.column = column;
    extra.kind = column < layout_.extras.size() ? layout_.extras[column]
                 : isKnownCategory(name)        ? BattleLayout::Extra::Words
                                                : BattleLayout::Extra::Auto;
    extras_.push_back(std::move(extra));
    extraNames_.emplace_back(name);
    chunk_.extras.emplace_back();
    chunk_.extras.back().codes.assign(chunk_.outcomes.size(), Category::kNone);
}

void BattleCollector::begin(std::size_t sequence) {
    chunk_ = BattleChunk();
    chunk_.sequence = sequence;
    chunk_.extras.resize(extras_.size());
    chunk_.first.reserve(likely_);
    chunk_.second.reserve(likely_);
    chunk_.outcomes.reserve(likely_);
}

BattleChunk BattleCollector::finish(std::size_t lines) {
    chunk_.lines = lines;
    likely_ = chunk_.outcomes.size() + chunk_.outcomes.size() / 8;
    return std::exchange(chunk_, BattleChunk());
}

void BattleCollector::reject(std::size_t line, std::string reason) {
    ++chunk_.rejectedRows;
    if (chunk_.rejected.size() < kListedRows) {
        chunk_.rejected.push_back({line, std::move(reason)});
    }
}

// The row counts: its sides are candidates.
void BattleCollector::nameSides() {
    if (firstSeen_[firstId_] == kNowhere) {
        firstSeen_[firstId_] = at(2 * chunk_.rows);
    }
    if (firstSeen_[secondId_] == kNowhere) {
        firstSeen_[secondId_] = at(2 * chunk_.rows + 1);
    }
}

// False: the row is rejected, or left out.
bool BattleCollector::findSides(Cells cells, std::size_t line) {
    if (layout_.pair == BattleLayout::kNone) {
        firstName_ = cellAt(cells, layout_.first);
        secondName_ = cellAt(cells, layout_.second);
    } else {
        const std::string_view both = cellAt(cells, layout_.pair);
        const std::size_t bar = both.find('_');
        if (bar == std::string_view::npos || both.find('_', bar + 1) != std::string_view::npos) {
            reject(line, lab::inQuotes(both) + " is not two names joined by one underscore");
            return false;
        }
        firstName_ = both.substr(0, bar);
        secondName_ = both.substr(bar + 1);
    }
    if (firstName_.empty() || secondName_.empty()) {
        reject(line, std::string("the ") + (firstName_.empty() ? "first" : "second") +
                         " side has no name");
        return false;
    }
    firstId_ = names_.idOf(firstName_);
    secondId_ = names_.idOf(secondName_);
    if (names_.size() > firstSeen_.size()) {
        firstSeen_.resize(names_.size(), kNowhere);
    }
    if (firstId_ == secondId_) {
        if (layout_.isTally()) {
            ++chunk_.selfPairs;
        } else {
            reject(line, "both sides are " + lab::inQuotes(firstName_));
        }
        return false;
    }
    return true;
}

bool BattleCollector::findWeight(Cells cells, std::size_t line) {
    weight_ = 1.0;
    const std::string_view cell = cellAt(cells, layout_.weight);
    if (cell.empty()) {
        return true;
    }
    const auto number = lab::parseNumber(cell);
    if (!number || !std::isfinite(*number) || *number < 0.0) {
        reject(line, "the weight is " + lab::inQuotes(cell) + ", not a number from 0");
        return false;
    }
    weight_ = *number;
    return true;
}

void BattleCollector::add(Cells cells, std::size_t line) {
    ++chunk_.rows;
    if (!findSides(cells, line) || (hasWeights_ && !findWeight(cells, line))) {
        return;
    }
    if (layout_.winner != BattleLayout::kNone) {
        addWinner(cellAt(cells, layout_.winner), cells, line);
    } else if (layout_.firstWins != BattleLayout::kNone) {
        addTally(cells, line);
    } else if (layout_.firstAlwaysWins) {
        nameSides();
        push(Outcome::First, weight_, cells);
    } else {
        addVotes(cells, line);
    }
}

std::string BattleCollector::outcomeReason(std::string_view cell) const {
    if (cell.empty()) {
        return "nothing says who won";
    }
    switch (layout_.coding) {
    case Coding::Signed:
        return "the winner is " + lab::inQuotes(cell) + ", expected 1, 0 or -1";
    case Coding::Numbered:
        return "the winner is " + lab::inQuotes(cell) + ", expected 1, 2 or 0";
    case Coding::Score:
        return "the winner is " + lab::inQuotes(cell) + ", expected 1, 0.5 or 0";
    case Coding::Words:
        break;
    }
    return "the winner is " + lab::inQuotes(cell) + ", expected one of the sides or a tie";
}

std::optional<Outcome> BattleCollector::outcomeOf(std::string_view cell) {
    const std::uint32_t known = winners_.find(cell);
    if (known != WordTable::kNone) {
        return outcomes_[known];
    }
    if (cell.empty()) {
        return std::nullopt;
    }
    if (const auto outcome = layout_.outcomeOf(cell, {}, {})) {
        winners_.idOf(cell); // few: a number has not many spellings
        outcomes_.push_back(*outcome);
        return outcome;
    }
    return layout_.outcomeOf(cell, firstName_, secondName_);
}

void BattleCollector::addWinner(std::string_view cell, Cells cells, std::size_t line) {
    if (const auto outcome = outcomeOf(cell)) {
        nameSides();
        push(*outcome, weight_, cells);
    } else {
        reject(line, outcomeReason(cell));
    }
}

void BattleCollector::addTally(Cells cells, std::size_t line) {
    const std::pair<std::size_t, Outcome> parts[] = {{layout_.firstWins, Outcome::First},
                                                     {layout_.secondWins, Outcome::Second},
                                                     {layout_.ties, Outcome::Tie}};
    double counts[3] = {};
    for (std::size_t part = 0; part < 3; ++part) {
        const std::size_t column = parts[part].first;
        if (column == BattleLayout::kNone) {
            continue;
        }
        const std::string_view cell = cellAt(cells, column);
        const auto number = lab::parseNumber(cell);
        if (!number || !std::isfinite(*number) || *number < 0.0) {
            const std::string name = lab::inQuotes(layout_.names[column]);
            reject(line, cell.empty() ? name + " is empty"
                                      : name + " is " + lab::inQuotes(cell) + ", not a count");
            return;
        }
        counts[part] = *number;
    }
    nameSides();
    for (std::size_t part = 0; part < 3; ++part) {
        if (counts[part] > 0.0) {
            push(parts[part].second, counts[part] * weight_, cells);
        }
    }
}

// A judge who did not vote has an empty cell. A row with a vote that can't be read is rejected as a
// whole.
void BattleCollector::addVotes(Cells cells, std::size_t line) {
    std::vector<std::pair<std::size_t, Outcome>> votes;
    for (std::size_t vote = 0; vote < layout_.votes.size(); ++vote) {
        const std::string_view cell = cellAt(cells, layout_.votes[vote]);
        if (cell.empty()) {
            continue;
        }
        const auto outcome = outcomeOf(cell);
        if (!outcome) {
            reject(line, outcomeReason(cell));
            return;
        }
        votes.emplace_back(vote, *outcome);
    }
    if (votes.empty()) {
        reject(line, outcomeReason({}));
        return;
    }
    nameSides();
    for (const auto& [vote, outcome] : votes) {
        vote_ = vote;
        push(outcome, weight_, cells);
    }
}

void BattleCollector::push(Outcome outcome, double weight, Cells cells) {
    for (std::size_t i = 0; i < extras_.size(); ++i) {
        Extra& extra = extras_[i];
        if (!extra.holdsTexts) {
            pushExtra(extra, chunk_.extras[i],
                      extra.column == kVoteColumn
                          ? std::string_view(layout_.names[layout_.votes[vote_]])
                          : cellAt(cells, extra.column));
        }
    }
    chunk_.first.push_back(firstId_);
    chunk_.second.push_back(secondId_);
    chunk_.outcomes.push_back(outcome);
    if (hasWeights_) {
        chunk_.weights.push_back(weight);
    }
}

std::uint32_t BattleCollector::codeOf(Extra& extra, std::string_view cell) {
    const std::uint32_t code = extra.words.idOf(cell);
    if (code == extra.firstSeen.size()) {
        extra.firstSeen.push_back(at(chunk_.outcomes.size()));
        if (extra.kind == BattleLayout::Extra::Auto) {
            extra.holdsNumbersOnly = extra.holdsNumbersOnly && numberOf(cell).has_value();
        }
        extra.holdsTexts = extra.words.size() > kMaxWords || extra.words.bytes() > kMaxWordBytes;
    }
    return code;
}

void BattleCollector::pushExtra(Extra& extra, ExtraCells& to, std::string_view cell) {
    if (extra.countsNumbers) {
        const auto number = numberOf(cell);
        if (!number && !cell.empty()) {
            to.strays.emplace_back(chunk_.outcomes.size(), codeOf(extra, cell));
        }
        to.numbers.push_back(number.value_or(kMissing));
        return;
    }
    if (cell.size() > kMaxCellBytes) {
        extra.holdsTexts = true;
    } else {
        to.codes.push_back(cell.empty() ? Category::kNone : codeOf(extra, cell));
        const bool mayCount = extra.kind == BattleLayout::Extra::Numbers ||
                              (extra.kind == BattleLayout::Extra::Auto && extra.holdsNumbersOnly);
        extra.countsNumbers = mayCount && extra.words.size() > kMaxNumberWords;
    }
    if (extra.holdsTexts) {
        extra.words.clear();
        extra.firstSeen.clear();
    }
}

} // namespace psephos::ballots
