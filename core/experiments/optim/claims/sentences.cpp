// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/claims/sentences.hpp"

#include "experiments/optim/claims/knobs.hpp"
#include "lab/short_number.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace psephos::experiments::claims {

namespace {

std::string sentenceOf(const Part& part) {
    std::string text = part.statement + ": " + std::string(verdictWord(part.outcome));
    text += part.reason.empty() ? "" : " (" + part.reason + ")";
    text += part.figures.empty() ? "" : "; " + part.figures;
    return text + ".";
}

/// "3 to 6", "3".
std::string countWords(int least, int most) {
    return std::to_string(least) + (least < most ? " to " + std::to_string(most) : "");
}

/// The refresh periods that the claim compares, or the one that it uses.
std::string periodWords(const lab::KnobValues& values) {
    const std::int64_t f = values.integer("refresh_period");
    switch (claimOf(values)) {
    case Claim::Staleness:
    case Claim::QrAsEigh:
        return "f from 1 to " + std::to_string(periodsUpTo(values.integer("steps")).back());
    case Claim::SameAtOne:
        return "f 1";
    case Claim::BatchSize:
        return "f " + std::to_string(16 * f) + " to " + std::to_string(f);
    case Claim::FewerSteps:
    case Claim::Thrifty:
        break;
    }
    return "f " + std::to_string(f);
}

/// What is refreshed how often; at each batch where there are several.
std::string refreshWords(const lab::KnobValues& values) {
    if (claimOf(values) != Claim::BatchSize) {
        return periodWords(values) + ", basis warm-up " + std::to_string(basisWarmupOf(values)) +
               " steps, for SOAP and Shampoo alike";
    }
    std::vector<std::string> words;
    std::int64_t batch = 0;
    for (const Cell& cell : planOf(planSizeOf(values))) {
        if (isRefreshed(cell.arm) && cell.batch != batch) {
            batch = cell.batch;
            words.push_back("f " + std::to_string(cell.refreshPeriod) + " at batch " +
                            std::to_string(batch));
        }
    }
    return lab::joined(words) +
           "; no basis warm-up, so that SOAP refreshes equally often for a sample";
}

std::string taskWords(const lab::KnobValues& values) {
    return values.text("task") == "char_lm" ? "Spelling" : "Series";
}

} // namespace

std::string settingOf(Claim claim, const Cell& cell) {
    const std::string f = isRefreshed(cell.arm) ? "f " + std::to_string(cell.refreshPeriod) : "";
    const std::string steps = std::to_string(cell.steps) + " steps";
    std::vector<std::string> parts;
    if (claim == Claim::BatchSize) {
        parts.push_back("batch " + std::to_string(cell.batch));
    }
    parts.push_back(steps);
    if (!f.empty()) {
        parts.push_back(f);
    }
    return lab::joined(parts, " · ");
}

std::string placeOf(const CellResult& result) {
    return std::to_string(result.tried) + " tried" + (result.isAtEdge ? ": edge" : "");
}

lab::Note verdictNote(const lab::KnobValues& values, const std::vector<Part>& parts) {
    const Outcome outcome = overall(parts);
    lab::Note note;
    note.id = "verdict";
    note.kind = outcome == Outcome::Held      ? lab::NoteKind::Certificate
                : outcome == Outcome::NotHeld ? lab::NoteKind::Warning
                                              : lab::NoteKind::Information;
    note.text = outcome == Outcome::Held      ? "Held:"
                : outcome == Outcome::NotHeld ? "Did not hold:"
                                              : "Open:";
    note.text += " the claim “" + claimLabel(values) + "” in this miniature.";
    for (const Part& part : parts) {
        if (part.counts) {
            note.text += " " + sentenceOf(part);
        }
    }
    std::vector<std::string> beside; // their figures are in the table
    for (const Part& part : parts) {
        if (!part.counts) {
            beside.push_back(part.statement + ": " + std::string(verdictWord(part.outcome)));
        }
    }
    if (!beside.empty()) {
        note.text += " Beside it, " + lab::joined(beside, "; ") + ".";
    }
    return note;
}

lab::Note protocolNote(const lab::KnobValues& values, std::int64_t parameters) {
    const std::int64_t seeds = values.integer("seeds");
    std::string text =
        "How: " + taskWords(values) + ", " + std::to_string(parameters) + " parameters, " +
        std::to_string(seeds) +
        (seeds == 1 ? " seed" : " seeds (the same starts and batches for every arm)") +
        "; figures are medians with the middle half of the seeds. Every setting has its own best "
        "of " +
        countWords(kLeastRates, static_cast<int>(values.integer("rates"))) +
        " learning rates, a factor of 2 apart, and its own schedule to its end. " +
        refreshWords(values) + "; embeddings, heads and vectors by AdamW for all.";
    return {"protocol", lab::NoteKind::Information, std::move(text)};
}

lab::Note paperNote(Claim claim) {
    std::string text = "The paper: ";
    switch (claim) {
    case Claim::FewerSteps:
        text += "at f = 10 and batches of 2M tokens at least 40 % fewer steps and 35 % less time "
                "than AdamW, and about 20 % less of both than Shampoo.";
        break;
    case Claim::Staleness:
        text += "with f from 1 to 100 both beat AdamW everywhere, and SOAP degrades more slowly.";
        break;
    case Claim::SameAtOne:
        text += "at f = 1 SOAP and Shampoo are about alike.";
        break;
    case Claim::QrAsEigh:
        text += "a refresh by QR is about as good as one by eigenvectors at all f.";
        break;
    case Claim::Thrifty:
        text += "SOAP ≈ factorised SOAP > one-sided SOAP ≈ Shampoo > AdamW.";
        break;
    case Claim::BatchSize:
        text += "SOAP has a larger critical batch size (batch times f held constant).";
        break;
    }
    return {"paper", lab::NoteKind::Information,
            text + " That is of language models of 360 and 660 million parameters; a miniature can "
                   "neither "
                   "prove nor refute it."};
}

std::vector<lab::Note> edgeNotes(Claim claim, const std::vector<CellResult>& results) {
    std::vector<std::string> names;
    for (const CellResult& each : results) {
        if (each.isAtEdge) {
            names.push_back(label(each.cell.arm) + " (" + settingOf(claim, each.cell) + ")");
        }
    }
    if (names.empty()) {
        return {};
    }
    return {{"edge", lab::NoteKind::Warning,
             "At the edge: a better learning rate may lie beyond those tried for " +
                 lab::joined(names) + "."}};
}

std::vector<lab::Note> tuningNotes(const std::vector<CellResult>& results) {
    if (results.empty()) {
        return {};
    }
    std::map<Arm, std::pair<int, int>> byArm; // fewest and most learning rates of its settings
    std::pair<int, int> all{results.front().tried, results.front().tried};
    for (const CellResult& each : results) {
        auto& own = byArm.try_emplace(each.cell.arm, each.tried, each.tried).first->second;
        for (auto* range : {&own, &all}) {
            *range = {std::min(range->first, each.tried), std::max(range->second, each.tried)};
        }
    }
    const bool isUnequal = all.first < all.second;
    if (!isUnequal && all.first >= kFairRates) {
        return {};
    }
    std::vector<std::string> counts;
    for (const auto& [arm, range] : byArm) {
        counts.push_back(label(arm) + " " + countWords(range.first, range.second));
    }
    const std::string few =
        "fewer than the " + std::to_string(kFairRates) + " that a fair comparison asks for";
    const std::string what = !isUnequal ? "each setting tried " + few
                                        : "not every setting tried as many learning rates" +
                                              (all.first < kFairRates ? ", and some " + few : "");
    return {{"tuning", lab::NoteKind::Warning,
             "Tuning: " + what + " (learning rates for a setting: " + lab::joined(counts) + ")."}};
}

std::vector<lab::Note> boundNotes(const std::vector<ToTarget>& all) {
    const bool hasBatches = std::any_of(all.begin(), all.end(), [&all](const ToTarget& each) {
        return each.batch != all.front().batch;
    });
    std::vector<std::string> names;
    for (const ToTarget& each : all) {
        if (isAtMost(each.steps)) {
            const double steps = quartilesOf(each.steps.values).middle;
            names.push_back(label(each.arm) + " (at most " + lab::shortNumber(steps, 4) + " steps" +
                            (hasBatches ? " at batch " + std::to_string(each.batch) : "") + ")");
        }
    }
    if (names.empty()) {
        return {};
    }
    return {{"bound", lab::NoteKind::Warning,
             "Only a bound: the shortest schedule reaches the target already for " +
                 lab::joined(names) + ". A comparison that depends on how much less stays open."}};
}

std::string runName(const lab::RunScenario& run) {
    std::vector<std::string> parts{claimLabel(run.knobs)};
    for (const std::string& knob : run.varied) {
        if (knob == "seed") {
            parts.push_back("seed " + std::to_string(run.seed));
        } else if (knob == "task") {
            parts.push_back(taskWords(run.knobs));
        } else if (knob != "claim") {
            parts.push_back(knob + " " + lab::toText(run.knobs.at(knob)));
        }
    }
    return lab::joined(parts, " · ");
}

std::string runSettings(const lab::RunScenario& run) {
    const lab::KnobValues& values = run.knobs;
    return taskWords(values) + " · " + std::to_string(values.integer("steps")) + " steps · " +
           std::to_string(values.integer("seeds")) + " seeds · " + periodWords(values) +
           " · warm-up " + std::to_string(basisWarmupOf(values));
}

} // namespace psephos::experiments::claims
