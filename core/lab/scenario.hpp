// SPDX-License-Identifier: GPL-3.0-or-later
// A scenario: an experiment with knob values, seed and device. The same JSON is preset, tour step,
// command line input, clipboard and store.
#pragma once

#include "lab/knob.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace psephos::lab {

class Registry;
struct Description;

/// More combinations than this are refused.
inline constexpr std::size_t kMaxCombinations = 10000;

/// What a scenario says about one knob: one value, or a list to sweep over.
struct Setting {
    std::string knob;
    std::vector<Value> values;
    bool isSweep = false; ///< written as a list, even of one value
};

struct Scenario {
    std::string experiment;
    std::vector<Setting> settings; ///< in the order written; knobs not named keep their default
    std::vector<std::uint64_t> seeds = {0};
    std::string device = "cpu"; ///< `cpu` or `cuda`
    /// Keys and knobs of a file that this version does not know: kept, warned about, written back.
    Json unknown = Json::object();
    std::vector<std::string> warnings;

    [[nodiscard]] const Setting* find(std::string_view knob) const;
    void set(std::string knob, Value value);
    void sweep(std::string knob, std::vector<Value> values);
    /// Back to the default.
    void reset(std::string_view knob);
};

/// One run's worth of a scenario: every knob has one value, no special values left.
struct RunScenario {
    std::string experiment;
    KnobValues knobs;
    std::uint64_t seed = 0;
    std::string device = "cpu";
    /// The knobs that vary between the runs of the comparison, in order of expansion (may hold
    /// "seed").
    std::vector<std::string> varied;
    /// As the scenario gave them before special values were resolved: {"lr", "auto"}.
    std::vector<std::pair<std::string, std::string>> specials;
};

/// Reads a scenario, or the one inside a run.json; unknown keys and knobs are kept in `unknown` and
/// named in `warnings`. Errors: unknown experiment, a value of the wrong type or out of range (with
/// the knob's id).
[[nodiscard]] Result<Scenario> scenarioFromJson(const Json& json, const Registry& registry);
/// The same from a file (`.gz` unpacked). A relative path of a file knob is looked for beside the
/// scenario first, then from the working directory.
[[nodiscard]] Result<Scenario> readScenario(const std::filesystem::path& file,
                                            const Registry& registry);
[[nodiscard]] Json toJson(const Scenario& scenario);
[[nodiscard]] Result<void> writeScenario(const Scenario& scenario,
                                         const std::filesystem::path& file);

/// Applies `KNOB=VALUE` of the command line; `[a,b]` one level deeper than the knob's type sweeps.
/// An unknown knob is refused, with the nearest known one as a hint.
[[nodiscard]] Result<void> applyAssignment(Scenario& scenario, std::string_view assignment,
                                           const Description& description);

/// One run for each combination, the first written list outermost, then the seeds. Knobs that do
/// not apply (soap.f beside optimizer=sgd) have their default, and combinations that differ only in
/// them are one run. Special values are resolved, paths of files are made absolute. Errors: a value
/// missing or out of range, more than kMaxCombinations.
[[nodiscard]] Result<std::vector<RunScenario>> expand(const Scenario& scenario,
                                                      const Description& description);

/// `psephos-cli run ID KNOB=VALUE …` that does the same; quoted for a POSIX shell.
[[nodiscard]] std::string commandLine(const Scenario& scenario, const Description& description);

/// Whether the knob applies to any of the runs that the scenario expands into.
[[nodiscard]] bool appliesSomewhere(const Scenario& scenario, const Description& description,
                                    const Knob& knob);

/// Whether the files that the run's knobs name are there and can be opened; the error names knob
/// and file. For a person who is about to start a run: stored runs are read without it.
[[nodiscard]] Result<void> checkFiles(const RunScenario& run, const Description& description);

/// `002-lr=0.01`: the number of expansion (from 1), then what varies, safe as a file name.
[[nodiscard]] std::string folderName(std::size_t number, const RunScenario& run);

/// `{"experiment", "knobs", "seed", "device"}`, as run.json holds it: a scenario of one run.
[[nodiscard]] Json toJson(const RunScenario& run);
/// The same with `varied` and `specials`, as the store keeps it.
[[nodiscard]] Json toRecord(const RunScenario& run);
/// A run's scenario as a scenario of one run.
[[nodiscard]] Scenario toScenario(const RunScenario& run);
/// Reads either form. What a run of an earlier version lacks has its default; a value out of
/// today's range is kept, because it is what was computed. Errors: unknown experiment, a wrong
/// type.
[[nodiscard]] Result<RunScenario> runScenarioFromJson(const Json& json, const Registry& registry);

} // namespace psephos::lab
