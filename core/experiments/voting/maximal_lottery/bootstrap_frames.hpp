// SPDX-License-Identifier: GPL-3.0-or-later
// What resampled votes say about a lottery, as frames.
#pragma once

#include "lab/frame.hpp"
#include "lab/note.hpp"

#include <span>
#include <string>
#include <vector>

namespace psephos::experiments {

/// For each candidate the mean chance over replicates, the middle 95 % of them, and the share of
/// replicates in which it has any.
[[nodiscard]] lab::Table bootstrapTable(std::span<const std::string> names,
                                        std::span<const std::vector<double>> replicates);

/// The share of replicates in which a candidate's chance lies in each twentieth of 0 … 1; the ends
/// stand for exactly 0 and exactly 1. Lotteries jump: a mean and an interval would not show it.
[[nodiscard]] lab::Grid distributionGrid(std::span<const std::string> names,
                                         std::span<const std::vector<double>> replicates);

/// How many replicates the picture rests on so far.
[[nodiscard]] lab::Note bootstrapNote(std::size_t drawn, std::size_t wanted);

} // namespace psephos::experiments
