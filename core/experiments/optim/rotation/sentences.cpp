// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/rotation/sentences.hpp"

#include "experiments/optim/rotation/knobs.hpp"
#include "lab/short_number.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

namespace psephos::experiments::rotation {

namespace {

/// Two losses whose ratio lies this near to 1 are the same but for round-off.
constexpr double kSame = 1e-6;
/// Below this relative change a turn is hardly noticed: round-off that an ill-conditioned valley
/// makes larger.
constexpr double kHardly = 1e-2;
/// Below this factor a difference is within what other draws do.
constexpr double kNoticed = 2.0;

/// The word of an option, as the window shows it.
std::string labelOf(const lab::KnobValues& values, std::string_view knob) {
    static const std::vector<lab::Knob> kKnobs = knobs();
    const std::string& id = values.text(knob);
    for (const lab::Knob& each : kKnobs) {
        for (const lab::ChoiceOption& option : each.choices) {
            if (each.id == knob && option.id == id) {
                return option.label;
            }
        }
    }
    return id;
}

/// "f 10" of `refresh_period`, "one-sided" of `soap.form`, "κ 100" of `condition`.
std::string setting(const lab::KnobValues& values, const std::string& knob) {
    if (std::holds_alternative<std::string>(values.at(knob))) {
        return labelOf(values, knob);
    }
    const std::string number = lab::shortNumber(values.real(knob));
    if (knob == "refresh_period") {
        return "f " + number;
    }
    if (knob == "condition") {
        return "κ " + number;
    }
    std::string name = knob.substr(knob.find('.') + 1);
    std::replace(name.begin(), name.end(), '_', ' ');
    return name + " " + number;
}

std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        text += i == 0 ? "" : i + 1 == words.size() ? " and " : ", ";
        text += words[i];
    }
    return text;
}

std::optional<double> finalOf(const lab::RunFacts& run, std::string_view channel) {
    for (const auto& [id, value] : run.finals) {
        if (id == channel && !std::isnan(value)) {
            return value;
        }
    }
    return std::nullopt;
}

/// "47 times", "1.2e3 times"; what diverged is infinitely many.
std::string times(double ratio) {
    return (std::isfinite(ratio) ? lab::shortNumber(ratio, 2) : "infinitely many") + " times";
}

/// Who ends higher in the turned valley, who about as high, and who does not notice.
std::optional<lab::Note> rotationNote(std::span<const lab::RunFacts> runs) {
    std::vector<std::string> losers;
    std::vector<std::string> others;
    std::vector<std::string> steady;
    std::vector<std::string> blind;
    for (const lab::RunFacts& run : runs) {
        const auto ratio = finalOf(run, "rotation/ratio");
        const auto change = finalOf(run, "rotation/change");
        if (!ratio || !change) {
            continue;
        }
        const std::string name = runName(run.scenario);
        if (*change < kSame) {
            blind.push_back(name);
        } else if (*change < kHardly) {
            steady.push_back(name);
        } else {
            (*ratio > kNoticed ? losers : others).push_back(name + " " + times(*ratio));
        }
    }
    std::vector<std::string> parts;
    if (!losers.empty()) {
        parts.push_back(listed(losers) + " as high as on the axes");
    }
    if (!others.empty()) {
        parts.push_back(listed(others) + (losers.empty() ? " as high as on the axes" : ""));
    }
    std::string text;
    if (!parts.empty()) {
        text = "In the turned valley the last loss is: " + lab::joined(parts, "; ") + ".";
    }
    if (!steady.empty()) {
        text += std::string(text.empty() ? "" : " ") + listed(steady) +
                (steady.size() > 1 ? " change" : " changes") +
                " by less than 1 % when the valley is turned.";
    }
    if (!blind.empty()) {
        text += std::string(text.empty() ? "" : " ") + listed(blind) +
                (blind.size() > 1 ? " do" : " does") +
                " not notice the turn: the loss is the same to 1e-6 at every rotation.";
    }
    if (text.empty()) {
        return std::nullopt;
    }
    return lab::Note{"rotation", lab::NoteKind::Information, std::move(text)};
}

/// What seldom refreshes cost each, and whether one optimizer bears them better than the other.
std::optional<lab::Note> refreshNote(std::span<const lab::RunFacts> runs) {
    std::vector<std::string> parts;
    double soap = 0.0;    // the worst of its runs
    double shampoo = 0.0; // the best of its runs
    for (const lab::RunFacts& run : runs) {
        const auto ratio = finalOf(run, "refresh/ratio10");
        if (!ratio) {
            continue;
        }
        parts.push_back(runName(run.scenario) + " " + times(*ratio));
        if (run.scenario.knobs.text("optimizer") == "soap") {
            soap = std::max(soap, *ratio);
        } else {
            shampoo = shampoo == 0.0 ? *ratio : std::min(shampoo, *ratio);
        }
    }
    if (parts.empty()) {
        return std::nullopt;
    }
    std::string text =
        "With a refresh every 100 steps rather than every 10 the last loss is: " + listed(parts) +
        " as high.";
    if (soap > 0.0 && shampoo > 0.0) {
        text += shampoo > kNoticed * soap   ? " It hurts SOAP less than Shampoo here."
                : soap > kNoticed * shampoo ? " It hurts Shampoo less than SOAP here."
                                            : " Neither clearly bears it better here.";
    }
    return lab::Note{"refresh", lab::NoteKind::Information, std::move(text)};
}

/// Whose best learning rate is the smallest or largest that was tried.
std::optional<lab::Note> edgeNote(std::span<const lab::RunFacts> runs) {
    std::vector<std::string> names;
    for (const lab::RunFacts& run : runs) {
        if (finalOf(run, "edges").value_or(0.0) > 0.0) {
            names.push_back(runName(run.scenario));
        }
    }
    if (names.empty()) {
        return std::nullopt;
    }
    return lab::Note{"edge", lab::NoteKind::Warning,
                     "A best learning rate of " + listed(names) +
                         " lies at the edge of its grid (see the table), so a better one may lie "
                         "beyond: draw no ranking from it."};
}

} // namespace

std::string runName(const lab::RunScenario& run) {
    std::vector<std::string> parts{labelOf(run.knobs, "optimizer")};
    for (const std::string& knob : run.varied) {
        if (knob == "seed") {
            parts.push_back("seed " + std::to_string(run.seed));
        } else if (knob != "optimizer") {
            parts.push_back(setting(run.knobs, knob));
        }
    }
    return lab::joined(parts, " · ");
}

std::string runSettings(const lab::RunScenario& run) {
    const lab::KnobValues& values = run.knobs;
    const std::string& optimizer = values.text("optimizer");
    std::vector<std::string> parts;
    const auto add = [&](const std::string& knob) {
        // What varies is in the name.
        if (std::find(run.varied.begin(), run.varied.end(), knob) == run.varied.end()) {
            parts.push_back(setting(values, knob));
        }
    };
    if (isRefreshed(optimizer)) {
        add("refresh_period");
        if (values.integer("basis_warmup") > 0) {
            add("basis_warmup");
        }
        add(optimizer + ".form");
    } else if (optimizer == "sgd" || optimizer == "muon") {
        add("momentum");
    } else {
        const std::string prefix = optimizer == "lion" ? "lion." : "";
        parts.push_back("β " + lab::shortNumber(values.real(prefix + "beta1")) + ", " +
                        lab::shortNumber(values.real(prefix + "beta2")));
    }
    parts.push_back("best of " + std::to_string(gridOf(optimizer).count) + " lr");
    return lab::joined(parts, " · ");
}

std::vector<lab::Note> comparisonNotes(std::span<const lab::RunFacts> runs) {
    std::vector<lab::Note> notes;
    for (auto note : {edgeNote(runs), rotationNote(runs), refreshNote(runs)}) {
        if (note) {
            notes.push_back(std::move(*note));
        }
    }
    return notes;
}

} // namespace psephos::experiments::rotation
