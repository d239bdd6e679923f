// SPDX-License-Identifier: GPL-3.0-or-later
// The sections of the golden document that this folder can check; each function checks one entry.
#pragma once

#include "ballots/profile.hpp"
#include "choice/golden_entry.hpp"

#include <string>
#include <string_view>

namespace psephos::choice {

/// The margins of the matrix game of this name; from the document, else from the built-in one.
[[nodiscard]] lab::Result<GoldenMatrix> namedGame(const lab::Json& document,
                                                  const std::string& name);

/// The entry's `ballots`: `[{"count": 2, "ranking": "cab"}, …]`; candidates are letters from a.
[[nodiscard]] lab::Result<ballots::Profile> readBallots(GoldenEntry& entry);

/// The entry of a section by its name; from the document, else from the built-in one.
[[nodiscard]] lab::Result<lab::Json>
namedEntry(const lab::Json& document, const std::string& section, const std::string& name);

[[nodiscard]] lab::Result<void> checkMatrixGame(GoldenEntry& entry);
[[nodiscard]] lab::Result<void> checkProfile(GoldenEntry& entry);
[[nodiscard]] lab::Result<void> checkMonotonicityFailure(GoldenEntry& entry);
[[nodiscard]] lab::Result<void> checkMissingPair(GoldenEntry& entry);
[[nodiscard]] lab::Result<void> checkDropNonSupport(GoldenEntry& entry, const lab::Json& document);
[[nodiscard]] lab::Result<void> checkGapCertificate(GoldenEntry& entry);
[[nodiscard]] lab::Result<void> checkCentralPathRow(GoldenEntry& entry, const lab::Json& document);
[[nodiscard]] lab::Result<void> checkCentralPathLimit(GoldenEntry& entry,
                                                      const lab::Json& document);
[[nodiscard]] lab::Result<void> checkPrefLib(GoldenEntry& entry);
[[nodiscard]] lab::Result<void> checkBattles(GoldenEntry& entry);

// golden_ratings.cpp
[[nodiscard]] lab::Result<void> checkBradleyTerry(GoldenEntry& entry);
[[nodiscard]] lab::Result<void> checkIterations(GoldenEntry& entry, const lab::Json& document);
[[nodiscard]] lab::Result<void> checkTieModels(GoldenEntry& entry);
[[nodiscard]] lab::Result<void> checkSandwich(GoldenEntry& entry);
[[nodiscard]] lab::Result<void> checkElo(GoldenEntry& entry);
[[nodiscard]] lab::Result<void> checkBalanced(GoldenEntry& entry, const lab::Json& document);

/// The section `z_975`, a number.
void checkNormalQuantile(const lab::Json& expected, std::vector<lab::CheckRow>& rows);

/// The fields of a profile that are about strengths.
[[nodiscard]] lab::Result<void> compareStrengths(GoldenEntry& entry,
                                                 const ballots::PairCounts& counts);

// golden_robust.cpp
[[nodiscard]] lab::Result<void> checkRobust(GoldenEntry& entry);
[[nodiscard]] lab::Result<void> checkTwoGroups(GoldenEntry& entry);
[[nodiscard]] lab::Result<void> checkWorstMix(GoldenEntry& entry);
[[nodiscard]] lab::Result<void> checkEdgeBox(GoldenEntry& entry);
[[nodiscard]] lab::Result<void> checkErrorBound(GoldenEntry& entry);
[[nodiscard]] lab::Result<void> checkMiniature(GoldenEntry& entry,
                                               std::vector<lab::CheckRow>& rows);

} // namespace psephos::choice
