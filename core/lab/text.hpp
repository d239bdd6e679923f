// SPDX-License-Identifier: GPL-3.0-or-later
// Small things about text that errors, knobs and the command line share.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::lab {

/// A text as an error shows it: in single quotes and on one line; control characters and bytes that
/// are not UTF-8 are escaped, and it is cut after `limit` bytes.
[[nodiscard]] std::string inQuotes(std::string_view text, std::size_t limit = 80);

/// The text on one line: line breaks and other control characters become blanks.
[[nodiscard]] std::string onOneLine(std::string_view text);

/// Whether the bytes are well-formed UTF-8 without a null character.
[[nodiscard]] bool isUtf8(std::string_view text);

/// Without blanks, tabs and line ends on either side.
[[nodiscard]] std::string_view trimmed(std::string_view text);

/// `a, b, c`.
[[nodiscard]] std::string joined(std::span<const std::string> words,
                                 std::string_view separator = ", ");

/// The known word that a person most likely meant (fewest edits, at most a third of the word);
/// empty where none is near.
[[nodiscard]] std::string nearest(std::string_view word, std::span<const std::string> known);

/// "did you mean 'lr'?", or empty.
[[nodiscard]] std::string nearestHint(std::string_view word, std::span<const std::string> known);

} // namespace psephos::lab
