// SPDX-License-Identifier: GPL-3.0-or-later
// JSON texts in and out, without exceptions.
#pragma once

#include "lab/result.hpp"
#include "lab/value.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>
#include <string_view>

namespace psephos::lab {

/// Arrays and objects nested deeper than this are refused.
inline constexpr int kMaxJsonDepth = 100;

/// Reads one JSON document. Errors name the place with line and column, and what is wrong there.
[[nodiscard]] Result<Json> parseJson(std::string_view text, const std::string& place);

/// Reads a file (`.gz` unpacked) of at most 256 MiB as JSON.
[[nodiscard]] Result<Json> readJson(const std::filesystem::path& file);

/// The text of a document, indented by two blanks or, with `indent` -1, on one line. Numbers read
/// back bit for bit, what is not finite is null, bytes that are not UTF-8 are replaced.
[[nodiscard]] std::string dumpJson(const Json& json, int indent = 2);

/// Writes a text to a file by way of a temporary one beside it, so that a reader sees the old
/// content or the new one. Errors: the folder can't be written, no disk space.
[[nodiscard]] Result<void> writeFile(const std::filesystem::path& file, std::string_view content);

} // namespace psephos::lab
