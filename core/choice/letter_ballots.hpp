// SPDX-License-Identifier: GPL-3.0-or-later
// Ballots as short texts, as golden cases and counterexamples write them: 12 voters, "cab".
#pragma once

#include "ballots/profile.hpp"
#include "lab/value.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::choice {

/// "a" for 0, "b" for 1, …; candidates of letter ballots are at most 26.
[[nodiscard]] std::string letterOf(std::size_t candidate);

/// The letters of some candidates as a JSON array.
[[nodiscard]] lab::Json lettersOf(const std::vector<std::size_t>& candidates);

/// A strict order of all n candidates, best first; none if the text is something else.
[[nodiscard]] std::optional<ballots::Ballot> parseRanking(std::string_view letters,
                                                          std::int64_t count, std::size_t n);

/// Reads `[{"count": 2, "ranking": "cab"}, …]`, candidates being the letters from a; none if it is
/// something else or empty.
[[nodiscard]] std::optional<ballots::Profile> parseLetterBallots(const lab::Json& json);

/// The order's letters: "cab".
[[nodiscard]] std::string rankingOf(const ballots::Ballot& ballot);

/// The reverse of parseLetterBallots().
[[nodiscard]] lab::Json toLetterBallots(const ballots::Profile& profile);

} // namespace psephos::choice
