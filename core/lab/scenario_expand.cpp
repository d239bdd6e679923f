// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/experiment.hpp"
#include "lab/knob_text.hpp"
#include "lab/scenario.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <unistd.h>
#include <utility>

namespace psephos::lab {

namespace {

bool isPath(const Knob& knob, const Value& value) {
    if (knob.type != KnobType::File && knob.type != KnobType::DataSet) {
        return false;
    }
    const auto* text = std::get_if<std::string>(&value);
    return text != nullptr && !text->empty() &&
           std::none_of(knob.choices.begin(), knob.choices.end(),
                        [text](const ChoiceOption& option) { return option.id == *text; });
}

Result<void> checkSettings(const Scenario& scenario, const Description& description) {
    if (scenario.seeds.empty()) {
        return Error{"the list of seeds is empty", "", ""};
    }
    if (scenario.device != "cpu" && scenario.device != "cuda") {
        return Error{"device " + inQuotes(scenario.device) + " is unknown", "expected cpu or cuda",
                     ""};
    }
    double combinations = static_cast<double>(scenario.seeds.size());
    for (const Setting& setting : scenario.settings) {
        const Knob* knob = description.knob(setting.knob);
        if (knob == nullptr) {
            return Error{"unknown knob " + inQuotes(setting.knob) + " of " + description.id, "",
                         ""};
        }
        if (setting.values.empty()) {
            return detail::knobError(*knob, "the list is empty");
        }
        combinations *= static_cast<double>(setting.values.size());
    }
    if (combinations > static_cast<double>(kMaxCombinations)) {
        return Error{"the scenario expands into " + toText(combinations) + " runs",
                     "at most " + std::to_string(kMaxCombinations), ""};
    }
    return {};
}

/// Puts what a special value stands for in its place.
Result<void> resolve(const Knob& knob, RunScenario& run) {
    const auto* held = std::get_if<Special>(&run.knobs.at(knob.id));
    if (held == nullptr) {
        return {};
    }
    const std::string word = held->name;
    const auto special = std::find_if(knob.specials.begin(), knob.specials.end(),
                                      [&word](const SpecialValue& s) { return s.id == word; });
    if (special == knob.specials.end()) {
        return knob.check(Value(Special{word}));
    }
    Result<Value> value = special->resolve(run.knobs);
    if (!value) {
        const Error& error = value.error();
        return Error{"knob '" + knob.id + "': " + word + ": " + error.message, error.hint,
                     error.place};
    }
    run.knobs.set(knob.id, *std::move(value));
    run.specials.emplace_back(knob.id, word);
    return {};
}

/// Special values resolved, knobs that do not apply at their default, everything checked.
Result<void> settle(RunScenario& run, const Description& description) {
    std::vector<const Knob*> idle;
    for (const Knob& knob : description.knobs) {
        if (!run.knobs.applies(knob)) {
            run.knobs.set(knob.id, knob.defaultValue);
            idle.push_back(&knob);
            continue;
        }
        if (const Result<void> resolved = resolve(knob, run); !resolved) {
            return resolved;
        }
        const Value& value = run.knobs.at(knob.id);
        if (const Result<void> sound = knob.check(value); !sound) {
            return sound;
        }
        if (isPath(knob, value)) {
            std::error_code failed;
            const std::filesystem::path path(std::get<std::string>(value));
            const auto absolute = std::filesystem::absolute(path, failed).lexically_normal();
            if (!failed) {
                run.knobs.set(knob.id, absolute.string());
            }
        }
    }
    // A special default of a knob that does not apply is resolved where it can be.
    const std::size_t specials = run.specials.size();
    for (const Knob* knob : idle) {
        static_cast<void>(resolve(*knob, run).ok());
    }
    run.specials.resize(specials);
    return {};
}

/// The values of knob `id` beside which `knob` may apply: its setting's, else its default.
std::vector<Value> valuesOf(const Scenario& scenario, const Knob& knob) {
    const Setting* setting = scenario.find(knob.id);
    return setting != nullptr ? setting->values : std::vector<Value>{knob.defaultValue};
}

/// Fills `varied`: the swept knobs that have several values among the runs, where they apply.
void nameVaried(std::vector<RunScenario>& runs, const Scenario& scenario,
                const Description& description) {
    std::vector<std::string> varied;
    for (const Setting& setting : scenario.settings) {
        const Knob& knob = *description.knob(setting.knob);
        std::set<std::string> seen;
        for (const RunScenario& run : runs) {
            if (run.knobs.applies(knob)) {
                seen.insert(toText(run.knobs.at(knob.id)));
            }
        }
        if (setting.isSweep && seen.size() > 1) {
            varied.push_back(knob.id);
        }
    }
    std::set<std::uint64_t> seeds(scenario.seeds.begin(), scenario.seeds.end());
    for (RunScenario& run : runs) {
        for (const std::string& id : varied) {
            if (run.knobs.applies(*description.knob(id))) {
                run.varied.push_back(id);
            }
        }
        if (seeds.size() > 1) {
            run.varied.emplace_back("seed");
        }
    }
}

/// Counts through the combinations, the last list fastest. False after the last one.
bool advanceDigits(std::vector<std::size_t>& digits, const Scenario& scenario) {
    for (std::size_t i = digits.size(); i-- > 0;) {
        const std::size_t base = i < scenario.settings.size() ? scenario.settings[i].values.size()
                                                              : scenario.seeds.size();
        if (++digits[i] < base) {
            return true;
        }
        digits[i] = 0;
    }
    return false;
}

} // namespace

Result<std::vector<RunScenario>> expand(const Scenario& scenario, const Description& description) {
    if (const Result<void> sound = checkSettings(scenario, description); !sound) {
        return sound.error();
    }
    std::vector<RunScenario> runs;
    std::set<std::string> seen;
    std::vector<std::size_t> digits(scenario.settings.size() + 1, 0); // the last one: the seed
    do {
        RunScenario run;
        run.experiment = description.id;
        run.knobs = KnobValues(description.knobs);
        for (std::size_t i = 0; i < scenario.settings.size(); ++i) {
            const Setting& setting = scenario.settings[i];
            run.knobs.set(setting.knob, setting.values[digits[i]]);
        }
        run.seed = scenario.seeds[digits.back()];
        run.device = scenario.device;
        if (const Result<void> settled = settle(run, description); !settled) {
            return settled.error();
        }
        if (seen.insert(toJson(run).dump(-1, ' ', false, Json::error_handler_t::replace)).second) {
            runs.push_back(std::move(run));
        }
    } while (advanceDigits(digits, scenario));
    nameVaried(runs, scenario, description);
    return runs;
}

bool appliesSomewhere(const Scenario& scenario, const Description& description, const Knob& knob) {
    return std::all_of(knob.when.begin(), knob.when.end(), [&](const Condition& condition) {
        const Knob* ruling = description.knob(condition.knob);
        if (ruling == nullptr) {
            return false;
        }
        std::vector<Value> values = valuesOf(scenario, *ruling);
        if (!appliesSomewhere(scenario, description, *ruling)) {
            values = {ruling->defaultValue};
        }
        Knob alone;
        alone.when = {condition};
        return std::any_of(values.begin(), values.end(), [&](const Value& value) {
            KnobValues beside;
            beside.set(condition.knob, value);
            return beside.applies(alone);
        });
    });
}

Result<void> checkFiles(const RunScenario& run, const Description& description) {
    for (const Knob& knob : description.knobs) {
        const Value& value = run.knobs.at(knob.id);
        if (!run.knobs.applies(knob) || !isPath(knob, value)) {
            continue;
        }
        const auto& path = std::get<std::string>(value);
        const auto refuse = [&knob, &path](const std::string& what) {
            return Error{"knob '" + knob.id + "': " + what + " " + inQuotes(path, 400),
                         "expected " + knob.expectation(), ""};
        };
        std::error_code failed;
        const auto status = std::filesystem::status(path, failed);
        if (!std::filesystem::exists(status)) {
            return refuse("no such file");
        }
        if (std::filesystem::is_directory(status)) {
            return refuse("not a file but a folder:");
        }
        if (::access(path.c_str(), R_OK) != 0) {
            return refuse("no permission to read");
        }
        if (std::filesystem::is_regular_file(status) &&
            std::filesystem::file_size(path, failed) == 0 && !failed) {
            return refuse("nothing in the file");
        }
    }
    return {};
}

} // namespace psephos::lab
