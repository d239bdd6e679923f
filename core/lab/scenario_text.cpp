// SPDX-License-Identifier: GPL-3.0-or-later
// Scenarios on the command line and in names of folders.
#include "lab/experiment.hpp"
#include "lab/knob_text.hpp"
#include "lab/scenario.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace psephos::lab {

namespace {

constexpr std::string_view kLetters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

Result<std::uint64_t> seedOf(std::string_view text) {
    const std::string_view digits = trimmed(text);
    std::uint64_t seed = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), seed);
    if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) {
        return Error{"seed: " + inQuotes(text) + " is not a seed",
                     "expected an integer from 0 to 18446744073709551615", ""};
    }
    return seed;
}

Result<void> applySeed(Scenario& scenario, std::string_view text) {
    std::vector<std::uint64_t> seeds;
    if (!trimmed(text).starts_with('[')) {
        const Result<std::uint64_t> seed = seedOf(text);
        if (!seed) {
            return seed.error();
        }
        scenario.seeds = {*seed};
        return {};
    }
    const Result<detail::Item> list = detail::parseList(text);
    if (!list) {
        return Error{"seed: " + list.error().message, "expected a list such as [0,1,2]", ""};
    }
    for (const detail::Item& item : list->items) {
        const Result<std::uint64_t> seed = seedOf(item.isList ? "[" : item.word);
        if (!seed) {
            return seed.error();
        }
        seeds.push_back(*seed);
    }
    if (seeds.empty()) {
        return Error{"seed: the list is empty", "", ""};
    }
    scenario.seeds = std::move(seeds);
    return {};
}

Result<void> applyDevice(Scenario& scenario, std::string_view text) {
    if (text != "cpu" && text != "cuda") {
        return Error{"device " + inQuotes(text) + " is unknown", "expected cpu or cuda", ""};
    }
    scenario.device = text;
    return {};
}

Error unknownKnob(std::string_view id, const Description& description) {
    std::vector<std::string> known = {"seed", "device"};
    std::vector<std::string> prefixed; // `f` is a part of `soap.f` and `shampoo.f`
    for (const Knob& knob : description.knobs) {
        known.push_back(knob.id);
        if (knob.id.ends_with("." + std::string(id))) {
            prefixed.push_back("'" + knob.id + "'");
        }
    }
    const std::string hint = prefixed.empty() ? nearestHint(id, known)
                                              : "did you mean " + joined(prefixed, " or ") + "?";
    return Error{"unknown knob " + inQuotes(id) + " of " + description.id,
                 hint.empty() ? "see psephos-cli describe " + description.id : hint, ""};
}

/// The values of a list to sweep over; empty where the text is one value.
Result<std::vector<Value>> sweepOf(const Knob& knob, std::string_view text) {
    std::vector<Value> values;
    if (!trimmed(text).starts_with('[')) {
        return values;
    }
    const Result<detail::Item> list = detail::parseList(text);
    if (!list) {
        const bool isText = knob.type == KnobType::Text || knob.type == KnobType::File ||
                            knob.type == KnobType::DataSet;
        Error error = detail::knobError(knob, list.error().message);
        if (isText) {
            error.hint = "a text that starts with '[' is written as \"[…\"";
        }
        return error;
    }
    if (!detail::isSweep(knob, *list)) {
        return values;
    }
    if (list->items.empty()) {
        return detail::knobError(knob, "the list is empty");
    }
    for (const detail::Item& item : list->items) {
        Result<Value> value = detail::valueOf(knob, item);
        if (!value) {
            return value.error();
        }
        values.push_back(*std::move(value));
    }
    return values;
}

std::string shellQuoted(const std::string& argument) {
    const std::string plain = std::string(kLetters) + "_@%+=:,./-";
    if (!argument.empty() && argument.find_first_not_of(plain) == std::string::npos) {
        return argument;
    }
    std::string text = "'";
    for (const char character : argument) {
        text += character == '\'' ? std::string("'\\''") : std::string(1, character);
    }
    return text + "'";
}

/// A text that spells a special value but is none is quoted.
std::string argumentText(const Knob* knob, const Value& value, bool isItem) {
    const auto* text = std::get_if<std::string>(&value);
    if (knob != nullptr && text != nullptr &&
        std::any_of(knob->specials.begin(), knob->specials.end(),
                    [text](const SpecialValue& special) { return special.id == *text; })) {
        return Json(*text).dump();
    }
    return isItem ? toItemText(value) : toText(value);
}

std::string settingText(const Setting& setting, const Knob* knob) {
    if (!setting.isSweep) {
        return setting.knob + "=" + argumentText(knob, setting.values.front(), false);
    }
    std::string text = setting.knob + "=[";
    for (const Value& value : setting.values) {
        text += (&value == &setting.values.front() ? "" : ",") + argumentText(knob, value, true);
    }
    return text + "]";
}

std::string fileSafe(std::string text) {
    const std::string safe = std::string(kLetters) + "._=+,-";
    std::string name;
    for (const char character : text) {
        if (character == '[' || character == ']') {
            continue;
        }
        name += safe.find(character) == std::string::npos ? '_' : character;
    }
    return name;
}

/// A value for a folder's name; of a path, the file's name.
std::string folderText(const RunScenario& run, const std::string& id) {
    if (id == "seed") {
        return std::to_string(run.seed);
    }
    const Value& value = run.knobs.at(id);
    if (const auto* text = std::get_if<std::string>(&value)) {
        const std::size_t slash = text->find_last_of('/');
        return slash == std::string::npos ? *text : text->substr(slash + 1);
    }
    return toText(value);
}

} // namespace

Result<void> applyAssignment(Scenario& scenario, std::string_view assignment,
                             const Description& description) {
    const std::size_t equals = assignment.find('=');
    if (equals == std::string_view::npos || equals == 0) {
        return Error{inQuotes(assignment) + " is not an assignment", "expected KNOB=VALUE", ""};
    }
    const std::string_view id = assignment.substr(0, equals);
    const std::string_view text = assignment.substr(equals + 1);
    if (id == "seed") {
        return applySeed(scenario, text);
    }
    if (id == "device") {
        return applyDevice(scenario, text);
    }
    const Knob* knob = description.knob(id);
    if (knob == nullptr) {
        return unknownKnob(id, description);
    }
    Result<std::vector<Value>> values = sweepOf(*knob, text);
    if (!values) {
        return values.error();
    }
    if (!values->empty()) {
        scenario.sweep(knob->id, *std::move(values));
        return {};
    }
    Result<Value> value = knob->parse(text);
    if (!value) {
        return value.error();
    }
    scenario.set(knob->id, *std::move(value));
    return {};
}

std::string commandLine(const Scenario& scenario, const Description& description) {
    std::string line = "psephos-cli run " + shellQuoted(scenario.experiment);
    for (const Setting& setting : scenario.settings) {
        if (!setting.values.empty()) {
            line += " " + shellQuoted(settingText(setting, description.knob(setting.knob)));
        }
    }
    if (scenario.seeds.size() == 1 && scenario.seeds.front() != 0) {
        line += " --seed " + std::to_string(scenario.seeds.front());
    } else if (scenario.seeds.size() > 1) {
        std::vector<std::string> seeds;
        for (const std::uint64_t seed : scenario.seeds) {
            seeds.push_back(std::to_string(seed));
        }
        line += " " + shellQuoted("seed=[" + joined(seeds, ",") + "]");
    }
    if (scenario.device != "cpu") {
        line += " --device " + scenario.device;
    }
    return line;
}

std::string folderName(std::size_t number, const RunScenario& run) {
    constexpr std::size_t kMaxBytes = 120; // far below what any file system takes
    std::array<char, 32> digits{};
    std::snprintf(digits.data(), digits.size(), "%03zu", number);
    std::string folder = digits.data();
    for (const std::string& id : run.varied) {
        folder += "-" + fileSafe(id + "=" + folderText(run, id));
    }
    folder.resize(std::min(folder.size(), kMaxBytes));
    while (folder.ends_with('.')) {
        folder.pop_back();
    }
    return folder;
}

} // namespace psephos::lab
