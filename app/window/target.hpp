// SPDX-License-Identifier: GPL-3.0-or-later
// What a command line names: an experiment, a scenario file or a stored run.
#pragma once

#include "lab/workbench.hpp"

#include <optional>
#include <string>
#include <vector>

namespace psephos::window {

struct TargetArguments {
    std::string name; ///< ID, FILE.json or the number of a run
    std::string preset;
    std::vector<std::string> assignments; ///< KNOB=VALUE
    std::optional<std::uint64_t> seed;
    std::string device;
};

/// The number of a run, where the name is one.
[[nodiscard]] std::optional<lab::RunId> runNumber(const std::string& name);

/// The scenario of an experiment or a file, with preset, knobs, seed and device applied.
/// Errors: nothing of that name; a preset or knob that does not exist; a value that it does not
/// take.
[[nodiscard]] lab::Result<lab::Scenario> scenarioOf(const TargetArguments& arguments,
                                                    const lab::Registry& registry);

} // namespace psephos::window
