// SPDX-License-Identifier: GPL-3.0-or-later
// What the columns of a table of battles say: found by their names, or told.
#pragma once

#include "ballots/battles.hpp"
#include "lab/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::ballots {

/// What a column of a table of battles says.
enum class Role : std::uint8_t {
    First,      ///< `a`: the name of one side
    Second,     ///< `b`: the name of the other side
    Pair,       ///< `pair`: both names, joined by one underscore
    Winner,     ///< `winner`: who won
    FirstWins,  ///< `wins_a`: how often the first side won
    SecondWins, ///< `wins_b`
    Ties,       ///< `ties`: how often nobody won
    Weight,     ///< `weight`: how much the row counts
    Vote,       ///< `vote`: who won, in one judge's eyes; a table may have several such columns
    Words,      ///< `words`: a category, even if it holds numbers
    Numbers,    ///< `number`: a covariate
    Nothing     ///< `nothing`: left out
};

/// A role and the column that has it.
struct ColumnRole {
    Role role;
    std::string column;
};

/// Reads `a:home.team,b:away.team,winner:result`: a role and the name of a column, separated by a
/// colon; roles a, b, pair, winner, wins_a, wins_b, ties, weight, vote, words, number, nothing. The
/// list is a record of CSV: a name with a comma in it goes into quotes together with its role.
///
/// \errors a role that is unknown, or given twice though it can stand only once; no column's name
[[nodiscard]] lab::Result<std::vector<ColumnRole>> parseColumnRoles(std::string_view columns);

/// How numbers in the column of winners are meant.
enum class Coding : std::uint8_t {
    Words,    ///< no number is a winner
    Signed,   ///< 1 first side, 0 tie, −1 second side
    Numbered, ///< 1 first side, 2 second side, 0 tie
    Score     ///< 1 first side, 0.5 tie, 0 second side
};

/// Collects what stands for winners, to find out what numbers among them mean.
struct CodesSeen {
    std::size_t numbers = 0;
    std::size_t words = 0; ///< known ones: `model_a`, `tie`
    bool minusOne = false;
    bool half = false;
    bool two = false;
    bool onlySides = true; ///< every number is the name of one of its row's sides

    void see(std::string_view cell, std::string_view firstName, std::string_view secondName);
    void merge(const CodesSeen& other);

    /// Words if there are no more numbers than words, or if every number names a side.
    /// Else Signed if there is a −1; Score if there is a 0.5; Numbered if there is a 2; else Score.
    [[nodiscard]] Coding coding() const;
};

/// The columns of a table of battles.
struct BattleLayout {
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

    /// How a column that has no part in the battle itself is read.
    enum class Extra : std::uint8_t { None, Auto, Words, Numbers };

    std::vector<std::string> names; ///< of the columns
    std::vector<Extra> extras;      ///< for each column
    std::size_t first = kNone;
    std::size_t second = kNone;
    std::size_t pair = kNone; ///< instead of first and second
    std::size_t winner = kNone;
    std::size_t firstWins = kNone;
    std::size_t secondWins = kNone;
    std::size_t ties = kNone;
    std::size_t weight = kNone;
    std::vector<std::size_t> votes;
    bool firstAlwaysWins = false; ///< columns `winner` and `loser`
    Coding coding = Coding::Words;

    /// A row counts several comparisons of its pair; one of a candidate with itself is left out.
    [[nodiscard]] bool isTally() const {
        return firstWins != kNone || (firstAlwaysWins && weight != kNone);
    }

    /// Name of the category of the vote columns: what they share, without the number at the end.
    [[nodiscard]] std::string voteName() const;

    /// Who won, as a cell says: `model_a`, `left`, `a`, `A`, `first`, `home` or the name of the
    /// first side's column; likewise for the second side; `tie`, `draw`; `both_bad`,
    /// `tie (bothbad)`; a number as `coding` has it; the name of a side itself. Nothing: unknown.
    [[nodiscard]] std::optional<Outcome>
    outcomeOf(std::string_view cell, std::string_view firstName, std::string_view secondName) const;
};

/// Whether a column's name says that it holds words, even if they look like numbers: `worker`,
/// `judge`, `question_id`.
[[nodiscard]] bool isKnownCategory(std::string_view name);

/// Finds out what each column says. Where a table has several pairs of columns for the two sides,
/// that one counts whose sampled cells are not all numbers: names win over ids.
///
/// \param names   of the columns
/// \param samples some rows, each with as many cells as there are columns
/// \param told    roles of columns whose names are not known; go before what names say
/// \return nothing where the names make no table of battles and no role is told
/// \errors a told column that is not there; roles that make no battle together
[[nodiscard]] lab::Result<std::optional<BattleLayout>>
battleLayout(std::span<const std::string> names, std::span<const std::vector<std::string>> samples,
             std::span<const ColumnRole> told);

} // namespace psephos::ballots
