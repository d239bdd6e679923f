// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/battle_layout.hpp"

#include "lab/files/csv.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace psephos::ballots {

namespace {

using lab::Error;
using lab::Result;
using Names = std::span<const std::string>;
using Samples = std::span<const std::vector<std::string>>;

struct RoleName {
    std::string_view name;
    Role role;
    bool isRepeatable = false;
};

constexpr std::array kRoles{
    RoleName{"a", Role::First},
    RoleName{"b", Role::Second},
    RoleName{"pair", Role::Pair},
    RoleName{"winner", Role::Winner},
    RoleName{"wins_a", Role::FirstWins},
    RoleName{"wins_b", Role::SecondWins},
    RoleName{"ties", Role::Ties},
    RoleName{"weight", Role::Weight},
    RoleName{"vote", Role::Vote, true},
    RoleName{"words", Role::Words, true},
    RoleName{"number", Role::Numbers, true},
    RoleName{"nothing", Role::Nothing, true},
};

struct Sides {
    std::string_view first;
    std::string_view second;
};

constexpr std::array kSides{
    Sides{"model_a", "model_b"},
    Sides{"left", "right"},
    Sides{"item_a", "item_b"},
    Sides{"model_1", "model_2"},
    Sides{"model_x", "model_y"},
    Sides{"home.team", "away.team"},
    Sides{"home_team", "away_team"},
    Sides{"home", "away"},
    Sides{"visitor", "opponent"},
    Sides{"player_a", "player_b"},
    Sides{"player_1", "player_2"},
    Sides{"player1", "player2"},
    Sides{"team_a", "team_b"},
    Sides{"team_1", "team_2"},
    Sides{"team1", "team2"},
    Sides{"candidate_a", "candidate_b"},
    Sides{"first", "second"},
    Sides{"a", "b"},
    Sides{"A", "B"},
    Sides{"i", "j"},
};
constexpr std::array kWinnerFirst{Sides{"winner", "loser"}, Sides{"cited", "citing"}};
constexpr std::array kWins{
    Sides{"wins_a", "wins_b"}, Sides{"home.wins", "away.wins"}, Sides{"home_wins", "away_wins"},
    Sides{"w_ij", "w_ji"},     Sides{"wins_1", "wins_2"},       Sides{"win1", "win2"},
};
constexpr std::array<std::string_view, 6> kWinners{"winner",  "outcome", "result",
                                                   "verdict", "vote",    "preference"};
constexpr std::array<std::string_view, 4> kTies{"ties", "t_ij", "draws", "tie"};
constexpr std::array<std::string_view, 3> kWeights{"weight", "count", "n"};
constexpr std::array<std::string_view, 4> kVotes{"annotator", "judge", "rater", "vote"};

std::size_t columnOf(Names names, std::string_view name) {
    const auto found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? BattleLayout::kNone
                                : static_cast<std::size_t>(found - names.begin());
}

template <typename Known>
std::size_t firstKnown(Names names, const Known& known) {
    for (const std::string_view each : known) {
        if (const std::size_t column = columnOf(names, each); column != BattleLayout::kNone) {
            return column;
        }
    }
    return BattleLayout::kNone;
}

bool isNumberOrEmpty(const std::string& cell) {
    return cell.empty() || lab::parseNumber(cell).has_value();
}

/// Are the sampled cells of the two columns all numbers, as ids are?
bool holdsIds(Samples samples, std::size_t first, std::size_t second) {
    return std::all_of(samples.begin(), samples.end(), [&](const auto& row) {
        return isNumberOrEmpty(row[first]) && isNumberOrEmpty(row[second]);
    });
}

/// Without the digits at the end, and a blank, dot, dash or underscore before them.
std::string_view withoutNumber(std::string_view name) {
    while (!name.empty() && std::isdigit(static_cast<unsigned char>(name.back())) != 0) {
        name.remove_suffix(1);
    }
    while (!name.empty() && std::string_view(" ._-").find(name.back()) != std::string_view::npos) {
        name.remove_suffix(1);
    }
    return name;
}

/// Words for outcomes that all tables may use.
std::optional<Outcome> knownWord(std::string_view cell) {
    struct Word {
        std::string_view word;
        Outcome outcome;
    };
    using enum Outcome;
    constexpr std::array kWords{
        Word{"model_a", First}, Word{"model_b", Second},   Word{"left", First},
        Word{"right", Second},  Word{"a", First},          Word{"b", Second},
        Word{"A", First},       Word{"B", Second},         Word{"first", First},
        Word{"second", Second}, Word{"home", First},       Word{"away", Second},
        Word{"model_1", First}, Word{"model_2", Second},   Word{"tie", Tie},
        Word{"draw", Tie},      Word{"both_bad", BothBad}, Word{"tie (bothbad)", BothBad},
    };
    const auto* const found = std::find_if(kWords.begin(), kWords.end(),
                                           [cell](const Word& each) { return each.word == cell; });
    return found == kWords.end() ? std::nullopt : std::optional(found->outcome);
}

/// Finds the roles of one table's columns.
class LayoutFinder {
  public:
    LayoutFinder(Names names, Samples samples)
        : names_(names)
        , samples_(samples) {
        layout_.names.assign(names.begin(), names.end());
        layout_.extras.assign(names.size(), BattleLayout::Extra::Auto);
        hasPart_.assign(names.size(), false);
    }

    Result<std::optional<BattleLayout>> find(std::span<const ColumnRole> told);

  private:
    static constexpr std::size_t kNone = BattleLayout::kNone;

    Result<void> tell(const ColumnRole& told);
    void findSides();
    void findWinnerFirst();
    void findOutcome();
    void findVotes();
    void findExtras();
    [[nodiscard]] Result<void> checkWhole(std::span<const ColumnRole> told) const;

    /// The column, if it has no part yet.
    [[nodiscard]] std::size_t free(std::size_t column) const {
        return column == kNone || hasPart_[column] ? kNone : column;
    }

    void set(std::size_t& role, std::size_t column) {
        role = column;
        hasPart_[column] = true;
    }

    [[nodiscard]] bool hasSides() const {
        return layout_.pair != kNone || (layout_.first != kNone && layout_.second != kNone);
    }

    [[nodiscard]] bool hasOutcome() const {
        return layout_.winner != kNone || !layout_.votes.empty() || layout_.firstAlwaysWins ||
               (layout_.firstWins != kNone && layout_.secondWins != kNone);
    }

    Names names_;
    Samples samples_;
    BattleLayout layout_;
    std::vector<bool> hasPart_; ///< columns that have a role, or are known to say nothing
};

Result<void> LayoutFinder::tell(const ColumnRole& told) {
    const std::size_t column = columnOf(names_, told.column);
    if (column == kNone) {
        std::string hint = lab::nearestHint(told.column, names_);
        return Error{"there is no column " + lab::inQuotes(told.column),
                     hint.empty() ? "there are: " + lab::onOneLine(lab::joined(names_)) : hint, ""};
    }
    if (hasPart_[column]) {
        return Error{"the column " + lab::inQuotes(told.column) + " is given two roles", "", ""};
    }
    switch (told.role) {
    case Role::First:
        layout_.first = column;
        break;
    case Role::Second:
        layout_.second = column;
        break;
    case Role::Pair:
        layout_.pair = column;
        break;
    case Role::Winner:
        layout_.winner = column;
        break;
    case Role::FirstWins:
        layout_.firstWins = column;
        break;
    case Role::SecondWins:
        layout_.secondWins = column;
        break;
    case Role::Ties:
        layout_.ties = column;
        break;
    case Role::Weight:
        layout_.weight = column;
        break;
    case Role::Vote:
        layout_.votes.push_back(column);
        break;
    case Role::Words:
        layout_.extras[column] = BattleLayout::Extra::Words;
        break;
    case Role::Numbers:
        layout_.extras[column] = BattleLayout::Extra::Numbers;
        break;
    case Role::Nothing:
        layout_.extras[column] = BattleLayout::Extra::None;
        break;
    }
    hasPart_[column] = true;
    return {};
}

void LayoutFinder::findSides() {
    if (layout_.first != kNone || layout_.second != kNone || layout_.pair != kNone) {
        return;
    }
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    for (const Sides& sides : kSides) {
        const std::size_t first = free(columnOf(names_, sides.first));
        const std::size_t second = free(columnOf(names_, sides.second));
        if (first != kNone && second != kNone) {
            pairs.emplace_back(first, second);
        }
    }
    if (pairs.empty()) {
        if (const std::size_t both = free(columnOf(names_, "cmp_key")); both != kNone) {
            set(layout_.pair, both);
        }
        return;
    }
    const auto named = std::find_if(pairs.begin(), pairs.end(), [this](const auto& pair) {
        return !holdsIds(samples_, pair.first, pair.second);
    });
    const auto [first, second] = named == pairs.end() ? pairs.front() : *named;
    for (const auto& [idOfFirst, idOfSecond] : pairs) {
        // The other pairs say the same in other words.
        layout_.extras[idOfFirst] = BattleLayout::Extra::None;
        layout_.extras[idOfSecond] = BattleLayout::Extra::None;
        hasPart_[idOfFirst] = true;
        hasPart_[idOfSecond] = true;
    }
    layout_.first = first;
    layout_.second = second;
}

void LayoutFinder::findOutcome() {
    if (layout_.weight == kNone) {
        if (const std::size_t weight = free(columnOf(names_, "weight")); weight != kNone) {
            set(layout_.weight, weight);
        }
    }
    if (!hasOutcome() && layout_.firstWins == kNone && layout_.secondWins == kNone) {
        for (const Sides& sides : kWins) {
            const std::size_t first = free(columnOf(names_, sides.first));
            const std::size_t second = free(columnOf(names_, sides.second));
            if (first != kNone && second != kNone) {
                set(layout_.firstWins, first);
                set(layout_.secondWins, second);
                break;
            }
        }
    }
    if (layout_.firstWins != kNone && layout_.ties == kNone) {
        if (const std::size_t ties = free(firstKnown(names_, kTies)); ties != kNone) {
            set(layout_.ties, ties);
        }
    }
    if (!hasOutcome()) {
        if (const std::size_t winner = free(firstKnown(names_, kWinners)); winner != kNone) {
            set(layout_.winner, winner);
        }
    }
    if (!hasOutcome()) {
        findVotes();
    }
}

// Columns annotator1, annotator2 …: a judge each.
void LayoutFinder::findVotes() {
    for (std::size_t column = 0; column < names_.size(); ++column) {
        const std::string_view stem = withoutNumber(names_[column]);
        const bool isNumbered = stem.size() < names_[column].size();
        if (isNumbered && free(column) != kNone &&
            std::find(kVotes.begin(), kVotes.end(), stem) != kVotes.end()) {
            layout_.votes.push_back(column);
            hasPart_[column] = true;
        }
    }
}

// Columns `winner` and `loser`, maybe with a `count`.
void LayoutFinder::findWinnerFirst() {
    for (const Sides& sides : kWinnerFirst) {
        const std::size_t first = free(columnOf(names_, sides.first));
        const std::size_t second = free(columnOf(names_, sides.second));
        if (first == kNone || second == kNone) {
            continue;
        }
        set(layout_.first, first);
        set(layout_.second, second);
        layout_.firstAlwaysWins = true;
        const std::size_t weight = free(firstKnown(names_, kWeights));
        if (layout_.weight == kNone && weight != kNone) {
            set(layout_.weight, weight);
        }
        return;
    }
}

void LayoutFinder::findExtras() {
    for (std::size_t column = 0; column < names_.size(); ++column) {
        BattleLayout::Extra& extra = layout_.extras[column];
        if (hasPart_[column]) {
            if (extra == BattleLayout::Extra::Auto) {
                extra = BattleLayout::Extra::None;
            }
        } else if (names_[column].empty() || names_[column].starts_with("conversation")) {
            extra = BattleLayout::Extra::None; // a row's number; whole conversations
        } else if (isKnownCategory(names_[column])) {
            extra = BattleLayout::Extra::Words;
        }
    }
}

Result<void> LayoutFinder::checkWhole(std::span<const ColumnRole> told) const {
    const auto wrong = [](const char* message) {
        return Error{message, "expected 'a:COLUMN,b:COLUMN,winner:COLUMN'", ""};
    };
    const bool hasNames = layout_.first != kNone || layout_.second != kNone;
    if (!hasSides() || (layout_.pair != kNone && hasNames)) {
        return wrong("the columns of the two sides are not known");
    }
    if (!hasOutcome()) {
        return wrong("the column that says who won is not known");
    }
    const int outcomes = static_cast<int>(layout_.winner != kNone) +
                         static_cast<int>(!layout_.votes.empty()) +
                         static_cast<int>(layout_.firstWins != kNone);
    if (outcomes > 1) {
        return wrong("several columns say who won");
    }
    const bool toldTies = std::any_of(
        told.begin(), told.end(), [](const ColumnRole& each) { return each.role == Role::Ties; });
    if (toldTies && layout_.firstWins == kNone) {
        return wrong("a column of ties goes with columns wins_a and wins_b");
    }
    return {};
}

Result<std::optional<BattleLayout>> LayoutFinder::find(std::span<const ColumnRole> told) {
    for (const ColumnRole& each : told) {
        if (const auto taken = tell(each); !taken) {
            return taken.error();
        }
    }
    findSides();
    findOutcome();
    if (told.empty() && !(hasSides() && hasOutcome())) {
        // Nothing of what was found so far counts: a table of winners and losers names its sides
        // by their outcome.
        *this = LayoutFinder(names_, samples_);
        findWinnerFirst();
        if (!hasSides()) {
            return std::optional<BattleLayout>();
        }
    }
    findExtras();
    if (const auto checked = checkWhole(told); !checked) {
        return checked.error();
    }
    return std::optional(std::move(layout_));
}

} // namespace

Result<std::vector<ColumnRole>> parseColumnRoles(std::string_view columns) {
    std::vector<ColumnRole> roles;
    if (lab::trimmed(columns).empty()) {
        return roles;
    }
    lab::CsvReader reader(columns);
    if (const Result<bool> read = reader.next(); !read) {
        return Error{"columns: " + read.error().message, "", ""};
    }
    for (const std::string_view cell : reader.cells()) {
        const std::string_view text = lab::trimmed(cell);
        const std::size_t colon = text.find(':');
        const std::string_view name = text.substr(0, colon);
        const auto* const known =
            std::find_if(kRoles.begin(), kRoles.end(),
                         [name](const RoleName& each) { return each.name == name; });
        if (known == kRoles.end() || colon == std::string_view::npos || colon + 1 == text.size()) {
            std::vector<std::string> names;
            for (const RoleName& each : kRoles) {
                names.emplace_back(each.name);
            }
            return Error{
                "columns: " + lab::inQuotes(text) + " is no role and column",
                "expected 'a:COLUMN,b:COLUMN,winner:COLUMN'; roles are " + lab::joined(names), ""};
        }
        const bool isRepeated = std::any_of(roles.begin(), roles.end(), [known](const auto& each) {
            return each.role == known->role;
        });
        if (isRepeated && !known->isRepeatable) {
            return Error{"columns: the role " + lab::inQuotes(name) + " is given twice", "", ""};
        }
        roles.push_back({known->role, std::string(text.substr(colon + 1))});
    }
    return roles;
}

void CodesSeen::see(std::string_view cell, std::string_view firstName,
                    std::string_view secondName) {
    if (const auto value = lab::parseNumber(cell)) {
        ++numbers;
        minusOne = minusOne || *value == -1.0;
        half = half || *value == 0.5;
        two = two || *value == 2.0;
        onlySides = onlySides && (cell == firstName || cell == secondName);
    } else {
        words += knownWord(cell) ? 1 : 0;
    }
}

void CodesSeen::merge(const CodesSeen& other) {
    numbers += other.numbers;
    words += other.words;
    minusOne = minusOne || other.minusOne;
    half = half || other.half;
    two = two || other.two;
    onlySides = onlySides && other.onlySides;
}

Coding CodesSeen::coding() const {
    if (numbers <= words || onlySides) {
        return Coding::Words;
    }
    if (minusOne) {
        return Coding::Signed;
    }
    return two && !half ? Coding::Numbered : Coding::Score;
}

std::string BattleLayout::voteName() const {
    return votes.empty() ? std::string() : std::string(withoutNumber(names[votes.front()]));
}

std::optional<Outcome> BattleLayout::outcomeOf(std::string_view cell, std::string_view firstName,
                                               std::string_view secondName) const {
    if (const auto known = knownWord(cell)) {
        return known;
    }
    if (first != kNone && cell == names[first]) {
        return Outcome::First;
    }
    if (second != kNone && cell == names[second]) {
        return Outcome::Second;
    }
    if (coding != Coding::Words) {
        if (const auto number = lab::parseNumber(cell)) {
            const double tie = coding == Coding::Score ? 0.5 : 0.0;
            const double lost = coding == Coding::Signed  ? -1.0
                                : coding == Coding::Score ? 0.0
                                                          : 2.0;
            if (*number == 1.0 || *number == tie || *number == lost) {
                return *number == 1.0   ? Outcome::First
                       : *number == tie ? Outcome::Tie
                                        : Outcome::Second;
            }
        }
        return std::nullopt; // a number is a code, never a name
    }
    if (cell == firstName || cell == secondName) {
        return cell == firstName ? Outcome::First : Outcome::Second;
    }
    return std::nullopt;
}

Result<std::optional<BattleLayout>> battleLayout(std::span<const std::string> names,
                                                 std::span<const std::vector<std::string>> samples,
                                                 std::span<const ColumnRole> told) {
    return LayoutFinder(names, samples).find(told);
}

bool isKnownCategory(std::string_view name) {
    constexpr std::array<std::string_view, 24> kKnown{
        "judge",      "user_id",   "worker",   "annotator",   "rater",    "voter",
        "user",       "language",  "question", "question_id", "id",       "evaluation_session_id",
        "prompt",     "prompt_id", "group",    "season",      "category", "dataset",
        "conference", "pair",      "app",      "task",        "country",  "topic"};
    return std::find(kKnown.begin(), kKnown.end(), name) != kKnown.end();
}

} // namespace psephos::ballots
