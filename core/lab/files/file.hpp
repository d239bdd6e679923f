// SPDX-License-Identifier: GPL-3.0-or-later
// Whole files into memory, gzip unpacked on the way.
#pragma once

#include "lab/result.hpp"

#include <cstddef>
#include <filesystem>
#include <string>

namespace psephos::lab {

/// Largest content that readFile() takes unless told otherwise: 4 GiB, after unpacking.
inline constexpr std::size_t kMaxFileBytes = std::size_t{4} << 30;

/// Reads a file byte for byte; a name that ends in ".gz" is unpacked (every member of it), and its
/// content is what the caller gets.
///
/// \param path     the file; relative paths start at the working directory
/// \param maxBytes most bytes to accept, of the file and of its content, so that a small archive
///                 can't fill the memory
/// \return the content, never empty
/// \errors no such file, a folder, not readable, empty, larger than maxBytes; for ".gz": not gzip,
///         truncated, damaged (checksum), bytes after its end. Error::place is the path.
/// Thread-safe.
Result<std::string> readFile(const std::filesystem::path& path,
                             std::size_t maxBytes = kMaxFileBytes);

/// Unpacks the members of a gzip archive held in memory.
///
/// \param packed   the archive's bytes
/// \param place    what errors name as their place
/// \param maxBytes most bytes of content to accept
/// \errors as for readFile() of ".gz", but an archive of nothing is an empty string
Result<std::string> inflateGzip(const std::string& packed, const std::string& place,
                                std::size_t maxBytes = kMaxFileBytes);

} // namespace psephos::lab
