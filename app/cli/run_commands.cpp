// SPDX-License-Identifier: GPL-3.0-or-later
// run, resume, fork, extend: whatever computes.
#include "app/cli/commands.hpp"
#include "app/cli/interrupt.hpp"
#include "app/cli/watch.hpp"
#include "lab/device.hpp"
#include "lab/module.hpp"
#include "lab/reference.hpp"
#include "lab/text.hpp"

#include <system_error>
#include <utility>

namespace psephos::cli {

namespace {

constexpr std::int64_t kMaxThreads = 4096;
constexpr std::int64_t kMaxStep = std::int64_t{1} << 53;

lab::Result<int> threadsOf(const std::string& text) {
    if (text.empty()) {
        return 0;
    }
    const auto threads = integerOf("--threads", text, 1, kMaxThreads);
    return threads ? lab::Result<int>(static_cast<int>(*threads)) : threads.error();
}

bool looksLikeFile(const std::string& what) {
    return what.ends_with(".json") || what.ends_with(".gz") || what.find('/') != std::string::npos;
}

lab::Error unknownPreset(const lab::Description& description, const std::string& preset) {
    std::vector<std::string> known;
    for (const lab::Preset& each : description.presets) {
        known.push_back(each.id);
    }
    return {"unknown preset " + lab::inQuotes(preset) + " of " + description.id,
            "expected one of " + lab::joined(known), ""};
}

/// The experiment's defaults or a preset, or what the file holds.
lab::Result<lab::Scenario> baseScenario(const RunArguments& arguments,
                                        const lab::Registry& registry) {
    const lab::Description* description = registry.find(arguments.what);
    if (description != nullptr) {
        lab::Scenario scenario;
        scenario.experiment = description->id;
        if (arguments.preset.empty()) {
            return scenario;
        }
        const lab::Preset* preset = description->preset(arguments.preset);
        return preset != nullptr
                   ? lab::Result<lab::Scenario>(preset->scenario)
                   : lab::Result<lab::Scenario>(unknownPreset(*description, arguments.preset));
    }
    std::error_code failed;
    if (!looksLikeFile(arguments.what) && !std::filesystem::exists(arguments.what, failed)) {
        std::vector<std::string> known;
        for (const auto& each : registry.all()) {
            known.push_back(each->id);
        }
        const std::string hint = lab::nearestHint(arguments.what, known);
        return lab::Error{
            "unknown experiment " + lab::inQuotes(arguments.what),
            hint.empty() ? "expected an id of psephos-cli list, or a scenario's file" : hint, ""};
    }
    if (!arguments.preset.empty()) {
        return lab::Error{"--preset goes with an experiment's id, not with a file", "",
                          arguments.what};
    }
    return lab::readScenario(arguments.what, registry);
}

lab::Result<lab::Scenario> scenarioOf(const RunArguments& arguments,
                                      const lab::Registry& registry) {
    lab::Result<lab::Scenario> scenario = baseScenario(arguments, registry);
    if (!scenario) {
        return scenario;
    }
    const lab::Description& description = *registry.find(scenario->experiment);
    std::vector<std::string> assignments = arguments.assignments;
    if (!arguments.seed.empty()) {
        assignments.push_back("seed=" + arguments.seed);
    }
    if (!arguments.device.empty()) {
        assignments.push_back("device=" + arguments.device);
    }
    for (const std::string& assignment : assignments) {
        if (const auto applied = lab::applyAssignment(*scenario, assignment, description);
            !applied) {
            return applied.error();
        }
    }
    return scenario;
}

/// The output folder is made now, so that a place that can't be written shows before the work.
lab::Result<void> prepareFolder(const std::string& folder) {
    const auto refuse = [&folder](const std::string& what) {
        return lab::Error{"--out " + lab::inQuotes(folder, 400) + ": " + what,
                          "expected a folder that is absent or empty, and can be written", ""};
    };
    std::error_code failed;
    const auto status = std::filesystem::status(folder, failed);
    if (std::filesystem::exists(status)) {
        if (!std::filesystem::is_directory(status)) {
            return refuse("is not a folder");
        }
        if (!std::filesystem::is_empty(folder, failed) || failed) {
            return refuse(failed ? failed.message() : "is not empty");
        }
    } else {
        std::filesystem::create_directories(folder, failed);
        if (failed) {
            return refuse(failed.message());
        }
    }
    const std::filesystem::path probe = std::filesystem::path(folder) / ".psephos";
    std::filesystem::create_directory(probe, failed);
    if (failed) {
        return refuse(failed.message());
    }
    std::filesystem::remove(probe, failed);
    return {};
}

/// The module that knows about the device, so that a device that is not here shows before the work.
lab::Result<void> openModuleFor(const std::string& device, const lab::Description& description,
                                lab::Workbench& workbench) {
    if (device == "cpu" || description.module.empty()) {
        return {};
    }
    return lab::openModule(description.module, workbench.registry(), workbench.checks());
}

/// Says which of the knobs that were given do nothing; `applies` answers whether one does.
template <typename Applies>
void warnIdle(Session& session, const std::vector<std::string>& assignments,
              const lab::Description& description, const Applies& applies) {
    for (const std::string& assignment : assignments) {
        const lab::Knob* knob = description.knob(assignment.substr(0, assignment.find('=')));
        if (knob != nullptr && !applies(*knob)) {
            session.warn("knob '" + knob->id + "' does nothing here (it " +
                         lab::conditionText(*knob) + ")");
        }
    }
}

/// Everything that can be found wrong before anything computes.
lab::Result<void> checkBefore(const lab::Scenario& scenario, const lab::Description& description,
                              lab::Workbench& workbench) {
    const auto runs = lab::expand(scenario, description);
    if (!runs) {
        return runs.error();
    }
    for (const lab::RunScenario& each : *runs) {
        if (const auto found = lab::checkFiles(each, description); !found) {
            return found;
        }
    }
    if (const auto opened = openModuleFor(scenario.device, description, workbench); !opened) {
        return opened;
    }
    return lab::checkDevice(scenario.device, description);
}

/// The workbench and a run of its store.
struct Loaded {
    lab::Workbench* workbench = nullptr;
    lab::RunPtr run;
};

lab::Result<Loaded> load(Session& session, const ContinueArguments& arguments) {
    const auto id = runIdOf(arguments.run);
    if (!id) {
        return id.error();
    }
    const auto threads = threadsOf(arguments.threads);
    if (!threads) {
        return threads.error();
    }
    const auto workbench = session.workbench(*threads);
    if (!workbench) {
        return workbench.error();
    }
    auto run = (*workbench)->load(*id);
    if (!run) {
        return run.error();
    }
    std::string device = (*run)->scenario().device;
    for (const std::string& assignment : arguments.assignments) {
        device = assignment.starts_with("device=") ? assignment.substr(7) : device;
    }
    const auto opened = openModuleFor(device, (*run)->description(), **workbench);
    if (!opened) {
        return opened.error();
    }
    return Loaded{*workbench, *std::move(run)};
}

} // namespace

int run(Session& session, const RunArguments& arguments) {
    const auto threads = threadsOf(arguments.threads);
    if (!threads) {
        return session.refuse(threads.error());
    }
    const auto opened = session.workbench(*threads);
    if (!opened) {
        return session.refuse(opened.error());
    }
    lab::Workbench& workbench = **opened;
    const auto scenario = scenarioOf(arguments, workbench.registry());
    if (!scenario) {
        return session.refuse(scenario.error());
    }
    for (const std::string& warning : scenario->warnings) {
        session.warn(warning);
    }
    const lab::Description& description = *workbench.registry().find(scenario->experiment);
    if (const auto sound = checkBefore(*scenario, description, workbench); !sound) {
        return session.refuse(sound.error());
    }
    if (!arguments.out.empty()) {
        if (const auto prepared = prepareFolder(arguments.out); !prepared) {
            return session.refuse(prepared.error());
        }
    }
    warnIdle(session, arguments.assignments, description, [&](const lab::Knob& knob) {
        return lab::appliesSomewhere(*scenario, description, knob);
    });
    watchInterrupts();
    const auto comparison = workbench.start(*scenario);
    if (!comparison) {
        return session.refuse(comparison.error());
    }
    return watchRuns(session, workbench, comparison->runs, arguments.out);
}

int resume(Session& session, const ContinueArguments& arguments) {
    const auto loaded = load(session, arguments);
    if (!loaded) {
        return session.refuse(loaded.error());
    }
    if (const auto resumed = loaded->workbench->resume(loaded->run->id()); !resumed) {
        return session.refuse(resumed.error());
    }
    return watchRuns(session, *loaded->workbench, {loaded->run}, {});
}

int fork(Session& session, const ContinueArguments& arguments) {
    const auto at = integerOf("--at", arguments.at, 0, kMaxStep);
    if (!at) {
        return session.refuse(at.error());
    }
    const auto loaded = load(session, arguments);
    if (!loaded) {
        return session.refuse(loaded.error());
    }
    const auto forked = loaded->workbench->fork(loaded->run->id(), *at, arguments.assignments);
    if (!forked) {
        return session.refuse(forked.error());
    }
    warnIdle(session, arguments.assignments, (*forked)->description(),
             [values = (*forked)->scenario().knobs](const lab::Knob& knob) {
                 return values.applies(knob);
             });
    return watchRuns(session, *loaded->workbench, {*forked}, {});
}

int extend(Session& session, const ContinueArguments& arguments) {
    const auto steps = integerOf("--steps", arguments.steps, 1, kMaxStep);
    if (!steps) {
        return session.refuse(steps.error());
    }
    const auto loaded = load(session, arguments);
    if (!loaded) {
        return session.refuse(loaded.error());
    }
    const auto extended = loaded->workbench->extend(loaded->run->id(), *steps);
    if (!extended) {
        return session.refuse(extended.error());
    }
    return watchRuns(session, *loaded->workbench, {*extended}, {});
}

} // namespace psephos::cli
