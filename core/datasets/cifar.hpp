// SPDX-License-Identifier: GPL-3.0-or-later
// The binary form of CIFAR-10: records of a label and three colour planes, and nothing else.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

namespace psephos::datasets {

inline constexpr std::size_t kCifarSide = 32;
/// Red, green and blue.
inline constexpr std::size_t kCifarPlanes = 3;
inline constexpr std::size_t kCifarClasses = 10;
/// A label and the planes, in bytes.
inline constexpr std::size_t kCifarRecord = 1 + kCifarPlanes * kCifarSide * kCifarSide;

/// Does the file look like CIFAR-10's binary form? The format has no magic number: some byte is one
/// that no text has, and where records would begin there are labels 0 … 9; all of them, behind at
/// least one whole record, or half of them in a file whose name ends in `.bin` (`.gz` aside).
/// \param head the first bytes, unpacked; the more, the surer
[[nodiscard]] bool looksLikeCifar(const std::filesystem::path& name, std::string_view head);

} // namespace psephos::datasets
