// SPDX-License-Identifier: GPL-3.0-or-later
// The binary forms of CIFAR-10 and CIFAR-100: records of labels and three colour planes, and
// nothing else.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

namespace psephos::datasets {

inline constexpr std::size_t kCifarSide = 32;
/// Red, green and blue.
inline constexpr std::size_t kCifarPlanes = 3;
/// The planes, in bytes.
inline constexpr std::size_t kCifarPixels = kCifarPlanes * kCifarSide * kCifarSide;

/// What a record begins with.
enum class CifarForm {
    Ten,     ///< a label 0 … 9
    Hundred, ///< a coarse label 0 … 19 and a fine one 0 … 99, which is the class
};

/// Labels of a record, in bytes.
[[nodiscard]] constexpr std::size_t cifarLabels(CifarForm form) {
    return form == CifarForm::Ten ? 1 : 2;
}

/// A record, in bytes: 3073 or 3074.
[[nodiscard]] constexpr std::size_t cifarRecord(CifarForm form) {
    return cifarLabels(form) + kCifarPixels;
}

/// Does the file look like one of the two? They have no magic number: some byte is one that no text
/// has, there is at least one whole record of a form, and where its records would begin there are
/// labels of it. In a file whose name ends in `.bin` (`.gz` aside) half a record, cut off, and half
/// of the labels are enough.
/// \param head the first bytes, unpacked; the more, the surer
[[nodiscard]] bool looksLikeCifar(const std::filesystem::path& name, std::string_view head);

/// Which of the two a file is that looks like one. It is a form's where its length is one of whole
/// records and every record begins with labels in range. Where it is both forms' (3073 · 3074 bytes
/// are whole records of either), the name decides: CIFAR-100 is called `train.bin` or `test.bin` or
/// has `cifar100` or `cifar-100` in its path. Where it is neither's, something is wrong with it,
/// and the form is the one that tells what: whole records most of which begin with labels in range,
/// else the greater share of labels in range, else whole records, else the name.
/// \param content the whole file, unpacked
[[nodiscard]] CifarForm cifarFormOf(const std::filesystem::path& name, std::string_view content);

} // namespace psephos::datasets
