// SPDX-License-Identifier: GPL-3.0-or-later
// The tables of the store, and whether a file is one.
#pragma once

#include "lab/store/database.hpp"

#include <filesystem>
#include <optional>

namespace psephos::lab::detail {

/// Written into the file's header: "Psep".
inline constexpr std::int64_t kStoreApplication = 0x50736570;
/// Of the tables; a file with a larger number was written by a newer program.
inline constexpr std::int64_t kStoreVersion = 1;

/// Opens a store for reading, without changing it; none where there is no file, or an empty one.
/// Errors: a folder, not SQLite, another program's file, a newer version, not readable.
[[nodiscard]] Result<std::optional<Database>> openForReading(const std::filesystem::path& file);

/// Opens a store for writing, making folder, file and tables where they are missing. `maxPages` > 0
/// limits its size in pages. Errors as above, and a folder that can't be written.
[[nodiscard]] Result<Database> openForWriting(const std::filesystem::path& file,
                                              std::int64_t maxPages);

} // namespace psephos::lab::detail
