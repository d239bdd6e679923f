// SPDX-License-Identifier: GPL-3.0-or-later
// Data sets shared by the runs of a comparison: read once, kept for as long as somebody uses them.
#pragma once

#include "datasets/labelled.hpp"
#include "datasets/text.hpp"

#include <filesystem>
#include <memory>

namespace psephos::datasets {

/// readText(), or the same object as long as it is in use and the file's size and time of change
/// have not moved. An empty path is the built-in corpus. Thread-safe.
[[nodiscard]] lab::Result<std::shared_ptr<const Text>>
sharedText(const std::filesystem::path& path);

/// readLabelled(), likewise; the path is not empty.
[[nodiscard]] lab::Result<std::shared_ptr<const Labelled>>
sharedLabelled(const std::filesystem::path& path);

/// The generated sets at their usual sizes, likewise.
[[nodiscard]] std::shared_ptr<const Labelled> sharedSeriesDigits();
[[nodiscard]] std::shared_ptr<const Labelled> sharedPaintedDigits();
[[nodiscard]] std::shared_ptr<const Labelled> sharedHouseNumbers();

} // namespace psephos::datasets
