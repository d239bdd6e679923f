// SPDX-License-Identifier: GPL-3.0-or-later
// The recorded sweeps of learning rates on which `lr=auto` rests.
#pragma once

#include "lab/knob.hpp"
#include "lab/scenario.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace psephos::experiments::train {

/// Learning rates of one optimizer on one task, everything else at its default but the knobs that
/// make another method of it.
struct Sweep {
    std::string task;
    std::string optimizer;
    /// Such knobs with their values in the form of toText: {"shampoo.statistics", "kl"}.
    std::vector<std::pair<std::string, std::string>> knobs;
    std::int64_t steps = 0;
    std::vector<double> learningRates; ///< ascending
    std::vector<double> losses;        ///< held-out loss at the end; NaN where it diverged
    std::string provenance;            ///< how, when and with what it was measured

    /// The place of the smallest loss.
    [[nodiscard]] std::size_t bestIndex() const;

    [[nodiscard]] double best() const { return learningRates[bestIndex()]; }

    /// Whether the best one is the first or last that was tried.
    [[nodiscard]] bool isAtEdge() const;
    /// What the window draws.
    [[nodiscard]] lab::Evidence evidence() const;
};

/// The recorded sweep of the task and optimizer that these values name and, of those whose knobs
/// are as they say, the one that says most; null where none is recorded.
[[nodiscard]] const Sweep* sweepOf(const lab::KnobValues& values);

/// All that are recorded, in the file's order.
[[nodiscard]] const std::vector<Sweep>& recordedSweeps();

/// Reads a table in the format of resources/sweeps/optim_train.json.
[[nodiscard]] lab::Result<std::vector<Sweep>> readSweeps(std::string_view json,
                                                         const std::string& place);

} // namespace psephos::experiments::train
