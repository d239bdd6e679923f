// SPDX-License-Identifier: GPL-3.0-or-later
// Golden cases of voting: reads a document in the format of tests/golden/voting.json and compares
// what this program computes with it.
#pragma once

#include "lab/check.hpp"
#include "lab/result.hpp"

#include <string>
#include <vector>

namespace psephos::choice {

/// Checks every section that the document holds and appends a row for each compared quantity; those
/// whose algorithm is not built get no verdict. An expected null is met by null only: no such
/// lottery, not unique.
///
/// \param name what errors call the document
/// \errors no section of voting in it, an entry that is not in the format (named by its path)
[[nodiscard]] lab::Result<void> checkGolden(const lab::Json& document, const std::string& name,
                                            std::vector<lab::CheckRow>& rows);

/// The golden document built into the program.
[[nodiscard]] lab::Result<lab::Json> embeddedGolden();

/// Registers the golden check in the area `voting`.
void registerChecks(lab::CheckRegistry& registry);

/// Registers published ratings (baseball, pudding, llmfao, AlpacaEval), checked where the folder of
/// real data (environment variable PSEPHOS_DATA) has them.
void registerRealRatings(lab::CheckRegistry& registry);

/// Registers the check of real elections whose winners are known; their files are looked for in the
/// folder that the environment variable PSEPHOS_DATA names, and passed over where they are not.
void registerRealElections(lab::CheckRegistry& registry);

} // namespace psephos::choice
