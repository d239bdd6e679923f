// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/scenario.hpp"

#include "lab/experiment.hpp"
#include "lab/files/json.hpp"
#include "lab/knob_text.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <system_error>

namespace psephos::lab {

namespace {

constexpr std::string_view kKnobs = "knobs";

std::vector<std::string> experimentIds(const Registry& registry) {
    std::vector<std::string> ids;
    for (const auto& description : registry.all()) {
        ids.push_back(description->id);
    }
    return ids;
}

Result<const Description*> experimentOf(const Json& json, const Registry& registry) {
    if (!json.is_object()) {
        return Error{"a scenario is a JSON object",
                     R"(expected {"experiment": "ID", "knobs": {…}})", ""};
    }
    const auto id = json.find("experiment");
    if (id == json.end() || !id->is_string()) {
        return Error{"key 'experiment' is missing or not a text", "see psephos-cli list", ""};
    }
    const auto word = id->get<std::string>();
    const Description* description = registry.find(word);
    if (description == nullptr) {
        const std::string hint = nearestHint(word, experimentIds(registry));
        return Error{"unknown experiment " + inQuotes(word),
                     hint.empty() ? "see psephos-cli list" : hint, ""};
    }
    return description;
}

Result<std::uint64_t> seedOf(const Json& json) {
    if (json.is_number_unsigned()) {
        return json.get<std::uint64_t>();
    }
    if (json.is_number_integer() && json.get<std::int64_t>() >= 0) {
        return json.get<std::uint64_t>();
    }
    return Error{"key 'seed': " + inQuotes(dumpJson(json, -1)) + " is not a seed",
                 "expected an integer from 0 to 18446744073709551615", ""};
}

Result<std::vector<std::uint64_t>> seedsOf(const Json& json) {
    std::vector<std::uint64_t> seeds;
    if (!json.is_array()) {
        const Result<std::uint64_t> seed = seedOf(json);
        if (!seed) {
            return seed.error();
        }
        seeds.push_back(*seed);
        return seeds;
    }
    for (const Json& each : json) {
        const Result<std::uint64_t> seed = seedOf(each);
        if (!seed) {
            return seed.error();
        }
        seeds.push_back(*seed);
    }
    if (seeds.empty()) {
        return Error{"key 'seed': the list is empty", "", ""};
    }
    return seeds;
}

Result<std::string> deviceOf(const Json& json) {
    if (json.is_string() && (json == "cpu" || json == "cuda")) {
        return json.get<std::string>();
    }
    return Error{"key 'device': " + inQuotes(dumpJson(json, -1)) + " is not a device",
                 "expected cpu or cuda", ""};
}

Result<Setting> settingOf(const Knob& knob, const Json& json) {
    Setting setting;
    setting.knob = knob.id;
    setting.isSweep = json.is_array() && detail::isSweep(knob, json);
    if (!setting.isSweep) {
        Result<Value> value = knob.fromJson(json);
        if (!value) {
            return value.error();
        }
        setting.values.push_back(*std::move(value));
        return setting;
    }
    for (const Json& each : json) {
        Result<Value> value = knob.fromJson(each);
        if (!value) {
            return value.error();
        }
        setting.values.push_back(*std::move(value));
    }
    if (setting.values.empty()) {
        return detail::knobError(knob, "the list is empty");
    }
    return setting;
}

std::vector<std::string> knobIds(const Description& description) {
    std::vector<std::string> ids;
    for (const Knob& knob : description.knobs) {
        ids.push_back(knob.id);
    }
    return ids;
}

void warnUnknown(Scenario& scenario, const std::string& what, const std::string& hint) {
    scenario.warnings.push_back(what + " is kept but does nothing" +
                                (hint.empty() ? "" : " (" + hint + ")"));
}

Result<void> readKnobs(const Json& json, const Description& description, Scenario& scenario) {
    if (!json.is_object()) {
        return Error{"key 'knobs' is not an object", R"(expected {"KNOB": VALUE, …})", ""};
    }
    for (const auto& [id, value] : json.items()) {
        const Knob* knob = description.knob(id);
        if (knob == nullptr) {
            scenario.unknown[std::string(kKnobs)][id] = value;
            warnUnknown(scenario, "unknown knob " + inQuotes(id) + " of " + description.id,
                        nearestHint(id, knobIds(description)));
            continue;
        }
        Result<Setting> setting = settingOf(*knob, value);
        if (!setting) {
            return setting.error();
        }
        scenario.settings.push_back(*std::move(setting));
    }
    return {};
}

bool isReservedKey(std::string_view key) {
    return key == "experiment" || key == kKnobs || key == "seed" || key == "device";
}

Result<void> readKey(const std::string& key, const Json& value, const Description& description,
                     Scenario& scenario) {
    if (key == kKnobs) {
        return readKnobs(value, description, scenario);
    }
    if (key == "seed") {
        Result<std::vector<std::uint64_t>> seeds = seedsOf(value);
        if (!seeds) {
            return seeds.error();
        }
        scenario.seeds = *std::move(seeds);
    } else if (key == "device") {
        Result<std::string> device = deviceOf(value);
        if (!device) {
            return device.error();
        }
        scenario.device = *std::move(device);
    } else if (!isReservedKey(key) && key != "varied" && key != "specials") {
        scenario.unknown[key] = value;
        const std::vector<std::string> known = {"experiment", "knobs", "seed", "device"};
        warnUnknown(scenario, "unknown key " + inQuotes(key), nearestHint(key, known));
    }
    return {};
}

/// A path beside the scenario's file, where there is such a file.
void lookBeside(const std::filesystem::path& folder, Value& value) {
    auto* text = std::get_if<std::string>(&value);
    if (text == nullptr || text->empty() || std::filesystem::path(*text).is_absolute()) {
        return;
    }
    std::error_code ignored;
    const std::filesystem::path beside = folder / *text;
    if (std::filesystem::is_regular_file(beside, ignored)) {
        *text = beside.lexically_normal().string();
    }
}

} // namespace

const Setting* Scenario::find(std::string_view knob) const {
    const auto setting = std::find_if(settings.begin(), settings.end(),
                                      [knob](const Setting& each) { return each.knob == knob; });
    return setting == settings.end() ? nullptr : &*setting;
}

void Scenario::set(std::string knob, Value value) {
    for (Setting& setting : settings) {
        if (setting.knob == knob) {
            setting.values = {std::move(value)};
            setting.isSweep = false;
            return;
        }
    }
    settings.push_back({std::move(knob), {std::move(value)}, false});
}

void Scenario::sweep(std::string knob, std::vector<Value> values) {
    for (Setting& setting : settings) {
        if (setting.knob == knob) {
            setting.values = std::move(values);
            setting.isSweep = true;
            return;
        }
    }
    settings.push_back({std::move(knob), std::move(values), true});
}

void Scenario::reset(std::string_view knob) {
    settings.erase(std::remove_if(settings.begin(), settings.end(),
                                  [knob](const Setting& each) { return each.knob == knob; }),
                   settings.end());
}

Result<Scenario> scenarioFromJson(const Json& json, const Registry& registry) {
    if (json.is_object() && !json.contains("experiment") && json.contains("scenario")) {
        const Json& inner = json.at("scenario");
        if (inner.is_object() && inner.contains("experiment")) {
            return scenarioFromJson(inner, registry);
        }
    }
    const Result<const Description*> description = experimentOf(json, registry);
    if (!description) {
        return description.error();
    }
    Scenario scenario;
    scenario.experiment = (*description)->id;
    for (const auto& [key, value] : json.items()) {
        const Result<void> read = readKey(key, value, **description, scenario);
        if (!read) {
            return read.error();
        }
    }
    return scenario;
}

Result<Scenario> readScenario(const std::filesystem::path& file, const Registry& registry) {
    const Result<Json> json = readJson(file);
    if (!json) {
        return json.error();
    }
    Result<Scenario> scenario = scenarioFromJson(*json, registry);
    if (!scenario) {
        Error error = scenario.error();
        error.place = file.string();
        return error;
    }
    const Description* description = registry.find(scenario->experiment);
    for (Setting& setting : scenario->settings) {
        const Knob* knob = description->knob(setting.knob);
        if (knob->type != KnobType::File && knob->type != KnobType::DataSet) {
            continue;
        }
        for (Value& value : setting.values) {
            lookBeside(file.parent_path(), value);
        }
    }
    return scenario;
}

Json toJson(const Scenario& scenario) {
    Json json = Json::object();
    json["experiment"] = scenario.experiment;
    Json knobs = Json::object();
    for (const Setting& setting : scenario.settings) {
        if (!setting.isSweep) {
            knobs[setting.knob] = toJson(setting.values.front());
            continue;
        }
        Json list = Json::array();
        for (const Value& value : setting.values) {
            list.push_back(toJson(value));
        }
        knobs[setting.knob] = std::move(list);
    }
    json["knobs"] = std::move(knobs);
    if (scenario.seeds.size() == 1) {
        json["seed"] = scenario.seeds.front();
    } else {
        json["seed"] = scenario.seeds;
    }
    json["device"] = scenario.device;
    for (const auto& [key, value] : scenario.unknown.items()) {
        if (key != kKnobs) {
            json[key] = value;
            continue;
        }
        for (const auto& [id, kept] : value.items()) {
            json[std::string(kKnobs)][id] = kept;
        }
    }
    return json;
}

Result<void> writeScenario(const Scenario& scenario, const std::filesystem::path& file) {
    return writeFile(file, dumpJson(toJson(scenario)) + "\n");
}

Json toJson(const RunScenario& run) {
    Json json = Json::object();
    json["experiment"] = run.experiment;
    Json knobs = Json::object();
    for (const auto& [id, value] : run.knobs.all()) {
        knobs[id] = toJson(value);
    }
    json["knobs"] = std::move(knobs);
    json["seed"] = run.seed;
    json["device"] = run.device;
    return json;
}

Json toRecord(const RunScenario& run) {
    Json json = toJson(run);
    json["varied"] = run.varied;
    Json specials = Json::array();
    for (const auto& [knob, word] : run.specials) {
        specials.push_back(Json::array({knob, word}));
    }
    json["specials"] = std::move(specials);
    return json;
}

Scenario toScenario(const RunScenario& run) {
    Scenario scenario;
    scenario.experiment = run.experiment;
    for (const auto& [id, value] : run.knobs.all()) {
        scenario.set(id, value);
    }
    scenario.seeds = {run.seed};
    scenario.device = run.device;
    return scenario;
}

Result<RunScenario> runScenarioFromJson(const Json& json, const Registry& registry) {
    const Result<const Description*> description = experimentOf(json, registry);
    if (!description) {
        return description.error();
    }
    RunScenario run;
    run.experiment = (*description)->id;
    run.knobs = KnobValues((*description)->knobs);
    const auto knobs = json.find(std::string(kKnobs));
    for (const Knob& knob : (*description)->knobs) {
        if (knobs == json.end() || !knobs->is_object() || !knobs->contains(knob.id)) {
            continue;
        }
        Result<Value> value = detail::uncheckedFromJson(knob, knobs->at(knob.id));
        if (!value) {
            return value.error();
        }
        run.knobs.set(knob.id, *std::move(value));
    }
    if (json.contains("seed")) {
        const Result<std::uint64_t> seed = seedOf(json.at("seed"));
        if (!seed) {
            return seed.error();
        }
        run.seed = *seed;
    }
    if (json.contains("device")) {
        Result<std::string> device = deviceOf(json.at("device"));
        if (!device) {
            return device.error();
        }
        run.device = *std::move(device);
    }
    for (const Json& id : json.value("varied", Json::array())) {
        if (id.is_string()) {
            run.varied.push_back(id.get<std::string>());
        }
    }
    for (const Json& pair : json.value("specials", Json::array())) {
        if (pair.is_array() && pair.size() == 2 && pair[0].is_string() && pair[1].is_string()) {
            run.specials.emplace_back(pair[0].get<std::string>(), pair[1].get<std::string>());
        }
    }
    return run;
}

} // namespace psephos::lab
