// SPDX-License-Identifier: GPL-3.0-or-later
// The recorded sweeps of learning rates on which `lr=auto` rests.
#pragma once

#include "lab/knob.hpp"
#include "lab/scenario.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::experiments::train {

/// Seven learning rates of one optimizer on one task, everything else at its default.
struct Sweep {
    std::string task;
    std::string optimizer;
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

/// The recorded sweep; null where none is recorded.
[[nodiscard]] const Sweep* sweepOf(std::string_view task, std::string_view optimizer);

/// What `lr=auto` stands for.
struct AutomaticRate {
    double learningRate = 0.0;
    std::string borrowed; ///< whence it comes where no sweep is recorded; empty where one is
};

/// The sweep's best rate, or for an optimizer without a sweep borrowedRate(); for Adafactor's
/// original form, whose steps are relative to the weights, the paper's ceiling 0.01. None where
/// there is no sweep of AdamW either.
[[nodiscard]] std::optional<AutomaticRate> automaticRate(const lab::KnobValues& values);

/// What AdamW's sweep suggests for another optimizer: a fifth of its rate for Lion, else the same.
[[nodiscard]] AutomaticRate borrowedRate(std::string_view optimizer, const Sweep& adamw);

/// Reads a table in the format of resources/sweeps/optim_train.json.
[[nodiscard]] lab::Result<std::vector<Sweep>> readSweeps(std::string_view json,
                                                         const std::string& place);

} // namespace psephos::experiments::train
