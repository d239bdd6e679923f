// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/bugs/sentences.hpp"

#include "experiments/optim/bugs/knobs.hpp"
#include "lab/short_number.hpp"
#include "lab/text.hpp"

#include <cmath>
#include <utility>

namespace psephos::experiments::bugs {

namespace {

/// With two digits: "2100", "0.29".
std::string number(double value) {
    if (!std::isfinite(value)) {
        return "infinitely";
    }
    const double unit = value > 0.0 ? std::pow(10.0, std::floor(std::log10(value)) - 1.0) : 1.0;
    return lab::shortNumber(std::round(value / unit) * unit, 2);
}

/// Above a million it does not matter how many.
std::string times(double ratio) {
    constexpr double kMany = 1e6;
    constexpr double kSame = 0.05;
    return ratio > kMany                    ? "over a million times as high"
           : std::abs(ratio - 1.0) <= kSame ? "the same to 5 %"
                                            : number(ratio) + " times as high";
}

std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        text += i == 0 ? "" : i + 1 == words.size() ? " and " : ", ";
        text += words[i];
    }
    return text;
}

/// How far the weights end apart.
std::string apart(const Signature& signature) {
    return lab::shortNumber(100.0 * signature.difference.middle, 2) + " %";
}

/// What is seen in the loss, and how.
std::optional<lab::Note> seenNote(const std::vector<Finding>& findings) {
    std::vector<std::string> seen;
    for (const Finding& each : findings) {
        const Visibility visibility = visibilityOf(each.signature);
        if (visibility == Visibility::Worse || visibility == Visibility::Better ||
            visibility == Visibility::Diverges) {
            seen.push_back(each.mistake.label + " (" + lossWords(each.signature) + ")");
        }
    }
    if (seen.empty()) {
        return std::nullopt;
    }
    return lab::Note{"seen", lab::NoteKind::Information,
                     "Seen: the last loss shows " + listed(seen) + "."};
}

std::optional<lab::Note> unseenNote(const std::vector<Finding>& findings) {
    std::vector<std::string> same;
    std::vector<std::string> open;
    for (const Finding& each : findings) {
        const Visibility visibility = visibilityOf(each.signature);
        if (visibility == Visibility::No) {
            same.push_back(each.mistake.label + " (weights end " + apart(each.signature) +
                           " of the way apart)");
        } else if (visibility == Visibility::Open) {
            open.push_back(each.mistake.label + " (" + number(each.signature.ratio.low) + " to " +
                           number(each.signature.ratio.high) + " times as high)");
        }
    }
    std::string text;
    if (!same.empty()) {
        text = "Not seen: the last loss stays within 10 % on every draw with " + listed(same) + ".";
    }
    if (!open.empty()) {
        text += std::string(text.empty() ? "" : " ") + "Open: the draws disagree about " +
                listed(open) + ".";
    }
    if (text.empty()) {
        return std::nullopt;
    }
    return lab::Note{"unseen", lab::NoteKind::Warning, std::move(text)};
}

/// What becomes of a difference when both ports get their best learning rate.
std::optional<lab::Note> tunedNote(const std::vector<Finding>& findings) {
    constexpr double kHidden = 1.5;
    std::vector<std::string> hidden;
    std::vector<std::string> stays;
    bool isAnyAtEdge = false;
    for (const Finding& each : findings) {
        const Visibility visibility = visibilityOf(each.signature);
        const bool wasSeen = visibility == Visibility::Worse || visibility == Visibility::Diverges;
        if (!each.tuned || !wasSeen || !std::isfinite(each.tuned->right)) {
            continue;
        }
        const double ratio = each.tuned->broken / each.tuned->right;
        (ratio < kHidden ? hidden : stays)
            .push_back(each.mistake.label +
                       (std::isfinite(ratio) ? " (" + times(ratio) + ")" : " (nowhere finite)"));
        isAnyAtEdge = isAnyAtEdge || each.tuned->isAtEdge;
    }
    std::string text;
    if (!hidden.empty()) {
        text = "Tuned away: each port at its own best learning rate, the last loss is less than " +
               lab::shortNumber(kHidden) + " times as high with " + listed(hidden) + ".";
    }
    if (!stays.empty()) {
        text += text.empty() ? "No learning rate mends " : " None mends ";
        text += listed(stays) + ".";
    }
    if (text.empty()) {
        return std::nullopt;
    }
    if (isAnyAtEdge) {
        text +=
            " A best rate lies at the edge of the eleven that were tried, so a better one may lie "
            "beyond.";
    }
    return lab::Note{"tuned", lab::NoteKind::Information, std::move(text)};
}

/// Without a loss: how far the weights end apart.
lab::Note recordedNote(const std::vector<Finding>& findings) {
    std::vector<std::string> parts;
    for (const Finding& each : findings) {
        std::string end = each.signature.diverged
                              ? "not finite after call " + std::to_string(*each.signature.diverged)
                          : each.signature.shows ? apart(each.signature) + ", first after call " +
                                                       std::to_string(*each.signature.shows)
                                                 : "no difference";
        parts.push_back(each.mistake.label + " (" + std::move(end) + ")");
    }
    return {"recorded", lab::NoteKind::Information,
            "No loss: on recorded gradients only the weights tell. They end apart, as a share of "
            "the way that the right port goes: " +
                listed(parts) + "."};
}

lab::Note ruleNote(int draws) {
    const std::string each =
        draws == 1 ? "in the one draw" : "in each of " + std::to_string(draws) + " draws";
    return {"rule", lab::NoteKind::Information,
            "The rule: a mistake is seen where the last loss is more than 10 % off " + each +
                "; it shows from the first call after which weights differ by more than 1e-9 of "
                "the way. Right and wrong start alike, on the same batches, in the same "
                "arithmetic."};
}

} // namespace

std::string shortName(const MistakeEntry& mistake, bool areOfOneFamily) {
    const std::size_t colon = mistake.label.find(": ");
    return areOfOneFamily && colon != std::string::npos ? mistake.label.substr(colon + 2)
                                                        : mistake.label;
}

std::string familyLabel(Family family) {
    switch (family) {
    case Family::Sgd:
        return "SGD";
    case Family::AdamW:
        return "AdamW";
    case Family::ScheduleFree:
        return "Schedule-Free";
    case Family::Shampoo:
        return "Shampoo";
    case Family::Muon:
        return "Muon";
    case Family::Soap:
        break;
    }
    return "SOAP";
}

std::string lossWords(const Signature& signature) {
    const Spread& ratio = signature.ratio;
    switch (visibilityOf(signature)) {
    case Visibility::NoLoss:
        return "no loss here";
    case Visibility::BothGone:
        return "the right one diverges too";
    case Visibility::Diverges:
        return signature.diverged ? "not finite after call " + std::to_string(*signature.diverged)
                                  : "diverges";
    case Visibility::Worse:
    case Visibility::Better:
        return times(ratio.middle);
    case Visibility::Open:
        return "open: " + number(ratio.low) + " to " + number(ratio.high) + " times";
    case Visibility::No:
        break;
    }
    return "no: within 10 %";
}

std::string tunedWords(const Finding& finding) {
    if (!finding.tuned) {
        return std::isnan(finding.signature.right.middle) ? "no loss here" : "…";
    }
    const Tuned& tuned = *finding.tuned;
    if (!std::isfinite(tuned.broken) || !std::isfinite(tuned.right)) {
        return "nowhere finite";
    }
    return times(tuned.broken / tuned.right) + (tuned.isAtEdge ? " (edge)" : "");
}

std::vector<lab::Note> notesOf(const std::vector<Finding>& findings, int draws) {
    if (findings.empty()) {
        return {};
    }
    if (std::isnan(findings.front().signature.right.middle)) {
        return {recordedNote(findings)};
    }
    std::vector<lab::Note> notes;
    for (auto note : {unseenNote(findings), seenNote(findings), tunedNote(findings)}) {
        if (note) {
            notes.push_back(std::move(*note));
        }
    }
    notes.push_back(ruleNote(draws));
    return notes;
}

std::string runName(const lab::RunScenario& run) {
    const std::vector<MistakeEntry> chosen = chosenMistakes(run.knobs);
    std::vector<std::string> parts{
        chosen.size() == 1 ? chosen.front().label : std::to_string(chosen.size()) + " mistakes"};
    for (const std::string& knob : run.varied) {
        if (knob == "seed") {
            parts.push_back("seed " + std::to_string(run.seed));
        } else if (knob != "bug") {
            parts.push_back(knob + " " + lab::toText(run.knobs.at(knob)));
        }
    }
    return lab::joined(parts, " · ");
}

std::string runSettings(const lab::RunScenario& run) {
    const lab::KnobValues& values = run.knobs;
    std::vector<std::string> parts;
    if (isRecorded(values)) {
        parts.emplace_back("recorded gradients 3 × 4");
    } else {
        parts.push_back("valley " + std::to_string(values.integer("rows")) + " × " +
                        std::to_string(values.integer("cols")));
        parts.push_back("κ " + lab::shortNumber(values.real("condition")));
    }
    parts.push_back(std::to_string(values.integer("steps")) + " calls");
    bool isRefreshed = false;
    for (const MistakeEntry& each : chosenMistakes(values)) {
        isRefreshed = isRefreshed || each.family == Family::Soap || each.family == Family::Shampoo;
    }
    if (isRefreshed) {
        parts.push_back("f " + std::to_string(values.integer("refresh_period")));
    }
    return lab::joined(parts, " · ");
}

} // namespace psephos::experiments::bugs
