// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/target.hpp"

#include <charconv>
#include <filesystem>

namespace psephos::window {

namespace {

lab::Result<lab::Scenario> baseOf(const TargetArguments& arguments, const lab::Registry& registry) {
    const lab::Description* description = registry.find(arguments.name);
    if (description == nullptr) {
        if (!std::filesystem::exists(arguments.name)) {
            return lab::Error{"there is no experiment, file or run '" + arguments.name + "'",
                              "psephos-cli list names the experiments", ""};
        }
        return lab::readScenario(arguments.name, registry);
    }
    lab::Scenario scenario;
    if (!arguments.preset.empty()) {
        const lab::Preset* preset = description->preset(arguments.preset);
        if (preset == nullptr) {
            std::string known;
            for (const lab::Preset& each : description->presets) {
                known += (known.empty() ? "" : ", ") + each.id;
            }
            return lab::Error{"there is no preset '" + arguments.preset + "' of " + description->id,
                              "known are: " + known, ""};
        }
        scenario = preset->scenario;
    }
    scenario.experiment = description->id;
    return scenario;
}

} // namespace

std::optional<lab::RunId> runNumber(const std::string& name) {
    lab::RunId id = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), id);
    if (error != std::errc() || end != name.data() + name.size() || id <= 0) {
        return std::nullopt;
    }
    return id;
}

lab::Result<lab::Scenario> scenarioOf(const TargetArguments& arguments,
                                      const lab::Registry& registry) {
    auto scenario = baseOf(arguments, registry);
    if (!scenario) {
        return scenario;
    }
    const lab::Description& description = *registry.find(scenario->experiment);
    for (const std::string& assignment : arguments.assignments) {
        if (const auto applied = lab::applyAssignment(*scenario, assignment, description);
            !applied) {
            return applied.error();
        }
    }
    if (arguments.seed) {
        scenario->seeds = {*arguments.seed};
    }
    if (!arguments.device.empty()) {
        scenario->device = arguments.device;
    }
    return scenario;
}

} // namespace psephos::window
