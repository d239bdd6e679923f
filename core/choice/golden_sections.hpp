// SPDX-License-Identifier: GPL-3.0-or-later
// The sections of the golden document that this folder can check; each function checks one entry.
#pragma once

#include "choice/golden_entry.hpp"

#include <string>
#include <string_view>

namespace psephos::choice {

/// The margins of the matrix game of this name; from the document, else from the built-in one.
[[nodiscard]] lab::Result<GoldenMatrix> namedGame(const lab::Json& document,
                                                  const std::string& name);

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

} // namespace psephos::choice
