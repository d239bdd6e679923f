// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/surface/words.hpp"

#include "experiments/optim/surface/knobs.hpp"
#include "lab/short_number.hpp"
#include "lab/text.hpp"

#include <algorithm>

namespace psephos::experiments::surface {

namespace {

std::string labelOf(std::string_view optimizer) {
    for (const lab::ChoiceOption& option : optimizers()) {
        if (option.id == optimizer) {
            return option.label;
        }
    }
    return std::string(optimizer);
}

/// "f 10" of `soap.f`, "start (1, 2)" of `start`.
std::string setting(const lab::KnobValues& values, const std::string& knob) {
    const std::string name = knob.substr(knob.find('.') + 1);
    const lab::Value& value = values.at(knob);
    if (const auto* number = std::get_if<double>(&value)) {
        return name + " " + lab::shortNumber(*number);
    }
    if (const auto* point = std::get_if<lab::PointValue>(&value)) {
        return name + " (" + lab::shortNumber((*point)[0]) + ", " + lab::shortNumber((*point)[1]) +
               ")";
    }
    return name + " " + lab::toText(value);
}

std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        text += i == 0 ? "" : i + 1 == words.size() ? " and " : ", ";
        text += words[i];
    }
    return text;
}

/// The optimizers of a comparison, once each, in the order of the knob's choices.
std::vector<std::string> present(std::span<const lab::RunFacts> runs) {
    std::vector<std::string> ids;
    for (const lab::ChoiceOption& option : optimizers()) {
        if (std::any_of(runs.begin(), runs.end(), [&option](const lab::RunFacts& run) {
                return run.scenario.knobs.text("optimizer") == option.id;
            })) {
            ids.push_back(option.id);
        }
    }
    return ids;
}

bool isAutomatic(const lab::RunScenario& run) {
    const std::string knob = learningRateKnob(run.knobs);
    return std::any_of(run.specials.begin(), run.specials.end(),
                       [&knob](const auto& special) { return special.first == knob; });
}

/// Names of the runs whose learning rate came from the sweep, or did not.
std::vector<std::string> tuned(std::span<const lab::RunFacts> runs, bool bySweep) {
    std::vector<std::string> names;
    for (const lab::RunFacts& run : runs) {
        std::string name = labelOf(run.scenario.knobs.text("optimizer"));
        if (isAutomatic(run.scenario) == bySweep &&
            std::find(names.begin(), names.end(), name) == names.end()) {
            names.push_back(std::move(name));
        }
    }
    return names;
}

} // namespace

std::string degeneration(std::string_view optimizer) {
    if (optimizer == "sgd") {
        return "The point is one vector of length 2. SGD is what it is everywhere: a step along "
               "the "
               "averaged gradient.";
    }
    if (optimizer == "adamw") {
        return "The point is one vector of length 2. AdamW is what it is everywhere: x and y are "
               "scaled each by itself, so a turned valley looks different to it.";
    }
    if (optimizer == "shampoo") {
        return "The point is one vector of length 2, so Shampoo has one factor instead of two: a "
               "full 2 × 2 matrix, to the power −1/2.";
    }
    if (optimizer == "soap") {
        return "The point is one vector of length 2, so SOAP has one basis instead of two: Adam in "
               "the eigenbasis of a full 2 × 2 matrix. Its first call only finds that basis.";
    }
    if (optimizer == "adafactor") {
        return "The point is one vector of length 2, whose second moment has rank one anyway: "
               "Adafactor saves nothing here, and its simplified form is Adam.";
    }
    if (optimizer == "lion") {
        return "The point is one vector of length 2. Lion is what it is everywhere: x and y move "
               "by the same distance, so it runs along diagonals.";
    }
    if (optimizer == "schedule_free") {
        return "The point is one vector of length 2. The path is Schedule-Free's average; its "
               "gradients are taken elsewhere, between the average and its last step.";
    }
    return "The point is one vector of length 2, so Muon has one singular value to set to one: it "
           "takes steps of one length along the averaged gradient.";
}

std::string runName(const lab::RunScenario& run) {
    const auto varies = [&run](std::string_view knob) {
        return std::find(run.varied.begin(), run.varied.end(), knob) != run.varied.end();
    };
    std::vector<std::string> parts;
    if (varies("optimizer") || run.varied.empty()) {
        parts.push_back(labelOf(run.knobs.text("optimizer")));
    }
    for (const std::string& knob : run.varied) {
        if (knob == "seed") {
            parts.push_back("seed " + std::to_string(run.seed));
        } else if (knob == "surface") {
            parts.push_back(run.knobs.text("surface"));
        } else if (knob != "optimizer") {
            parts.push_back(setting(run.knobs, knob));
        }
    }
    std::string name;
    for (const std::string& part : parts) {
        name += (name.empty() ? "" : " · ") + part;
    }
    return name;
}

std::string runSettings(const lab::RunScenario& run) {
    const lab::KnobValues& values = run.knobs;
    const std::string& optimizer = values.text("optimizer");
    std::vector<std::string> parts;
    const auto add = [&](const std::string& knob, const std::string& part) {
        // What varies is in the name.
        if (std::find(run.varied.begin(), run.varied.end(), knob) == run.varied.end()) {
            parts.push_back(part);
        }
    };
    const std::string rate = learningRateKnob(values);
    add(rate, "lr " + lab::shortNumber(values.real(rate)));
    if (optimizer == "sgd") {
        add("sgd.momentum", "momentum " + lab::shortNumber(values.real("sgd.momentum")));
    } else if (optimizer == "adamw" || optimizer == "lion" || optimizer == "schedule_free") {
        parts.push_back("β " + lab::shortNumber(values.real(optimizer + ".beta1")) + ", " +
                        lab::shortNumber(values.real(optimizer + ".beta2")));
    } else if (optimizer == "adafactor") {
        add("adafactor.form", values.text("adafactor.form"));
    } else if (optimizer == "muon") {
        parts.emplace_back("normalised step");
    } else {
        add(optimizer + ".f", "f " + std::to_string(values.integer(optimizer + ".f")));
        parts.emplace_back("full 2×2");
    }
    return lab::joined(parts, " · ");
}

std::vector<lab::Note> comparisonNotes(std::span<const lab::RunFacts> runs) {
    const std::vector<std::string> ids = present(runs);
    std::vector<std::string> full;
    for (const char* id : {"shampoo", "soap"}) {
        if (std::find(ids.begin(), ids.end(), id) != ids.end()) {
            full.push_back(labelOf(id));
        }
    }
    const bool hasMuon = std::find(ids.begin(), ids.end(), "muon") != ids.end();
    std::vector<lab::Note> notes;
    if (!full.empty() || hasMuon) {
        std::string text;
        if (!full.empty()) {
            text = listed(full) + (full.size() > 1 ? " see" : " sees") +
                   " one vector of length 2 here and " +
                   (full.size() > 1 ? "precondition" : "preconditions") +
                   " it with a full 2 × 2 matrix.";
        }
        if (hasMuon) {
            text += std::string(text.empty() ? "" : " ") + "Muon normalises the step.";
        }
        notes.push_back({"degenerate", lab::NoteKind::Warning, std::move(text)});
    }
    const std::vector<std::string> byHand = tuned(runs, false);
    const std::vector<std::string> bySweep = tuned(runs, true);
    if (!byHand.empty() && !bySweep.empty()) {
        notes.push_back({"tuning", lab::NoteKind::Warning,
                         "Unequal tuning: the learning rate of " + listed(byHand) +
                             " was set by hand, that of " + listed(bySweep) +
                             " comes from a sweep."});
    }
    return notes;
}

} // namespace psephos::experiments::surface
