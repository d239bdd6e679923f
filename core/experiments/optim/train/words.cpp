// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/train/words.hpp"

#include "experiments/optim/train/knobs.hpp"
#include "experiments/optim/train/order_note.hpp"
#include "experiments/optim/train/sweeps.hpp"
#include "lab/short_number.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <functional>
#include <set>

namespace psephos::experiments::train {

namespace {

using Runs = std::span<const lab::RunFacts>;

constexpr std::size_t kFewestSeeds = 3;

std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        text += i == 0 ? "" : i + 1 == words.size() ? " and " : ", ";
        text += words[i];
    }
    return text;
}

/// "f 10" of `soap.f`, "lr 0.003".
std::string setting(const lab::KnobValues& values, const std::string& knob) {
    const std::string name = knob.substr(knob.find('.') + 1);
    const lab::Value& value = values.at(knob);
    if (const auto* number = std::get_if<double>(&value)) {
        return name + " " + lab::shortNumber(*number);
    }
    if (name == "basis_warmup") {
        const std::int64_t steps = values.integer(knob);
        return steps == 0                         ? "no warm-up"
               : steps >= values.integer("steps") ? "every step"
                                                  : "warm-up " + std::to_string(steps);
    }
    if (knob == "data") {
        const std::string& path = values.text("data");
        return path.empty() ? "built in" : path.substr(path.rfind('/') + 1);
    }
    return name + " " + lab::toText(value);
}

/// Whether the learning rate is the sweep's: by `auto`, or the same number (a fork holds numbers).
bool isAutomatic(const lab::RunScenario& run) {
    const Sweep* sweep = sweepOf(run.knobs);
    return sweep != nullptr &&
           (std::any_of(run.specials.begin(), run.specials.end(),
                        [](const auto& special) { return special.first == "lr"; }) ||
            run.knobs.real("lr") == sweep->best());
}

/// The optimizers of the runs for which something holds, by label, each once, in the knob's order.
std::vector<std::string>
optimizersWhere(Runs runs, const std::function<bool(const lab::RunScenario&)>& holds) {
    std::vector<std::string> labels;
    for (const lab::ChoiceOption& option : optimizers()) {
        if (std::any_of(runs.begin(), runs.end(), [&](const lab::RunFacts& run) {
                return run.scenario.knobs.text("optimizer") == option.id && holds(run.scenario);
            })) {
            labels.push_back(option.label);
        }
    }
    return labels;
}

/// Whether the comparison itself is a sweep of learning rates: then none was chosen.
bool sweepsRates(Runs runs) {
    return std::any_of(runs.begin(), runs.end(), [](const lab::RunFacts& run) {
        const auto& varied = run.scenario.varied;
        return std::find(varied.begin(), varied.end(), "lr") != varied.end();
    });
}

/// Schedule-Free replaces the schedule.
void noteNeedlessSchedule(Runs runs, std::vector<lab::Note>& notes) {
    if (std::any_of(runs.begin(), runs.end(), [](const lab::RunFacts& run) {
            return run.scenario.knobs.text("optimizer") == "schedule_free" &&
                   run.scenario.knobs.text("schedule") != "constant";
        })) {
        notes.push_back({"needless-schedule", lab::NoteKind::Information,
                         "Schedule-Free AdamW is made for a constant rate after the warm-up; here "
                         "the schedule lowers it as well."});
    }
}

void noteTuning(Runs runs, std::vector<lab::Note>& notes) {
    const auto byHand =
        optimizersWhere(runs, [](const lab::RunScenario& run) { return !isAutomatic(run); });
    const auto bySweep = optimizersWhere(runs, isAutomatic);
    if (!byHand.empty() && !bySweep.empty()) {
        notes.push_back({"tuning", lab::NoteKind::Warning,
                         "Unequal tuning: the learning rate of " + listed(byHand) +
                             " was set by hand, that of " + listed(bySweep) +
                             " comes from a sweep."});
    }
}

void noteGridEdge(Runs runs, std::vector<lab::Note>& notes) {
    const auto atEdge = optimizersWhere(runs, [](const lab::RunScenario& run) {
        const Sweep* sweep = sweepOf(run.knobs);
        return isAutomatic(run) && sweep != nullptr && sweep->isAtEdge();
    });
    if (!atEdge.empty()) {
        notes.push_back({"grid-edge", lab::NoteKind::Warning,
                         "The learning rate of " + listed(atEdge) +
                             " was the outermost of those tried: a better one may lie beyond."});
    }
}

void noteOtherLength(Runs runs, std::vector<lab::Note>& notes) {
    std::set<std::int64_t> recorded;
    const auto elsewhere = optimizersWhere(runs, [&recorded](const lab::RunScenario& run) {
        const Sweep* sweep = sweepOf(run.knobs);
        const bool differs =
            isAutomatic(run) && sweep != nullptr && sweep->steps != run.knobs.integer("steps");
        if (differs) {
            recorded.insert(sweep->steps);
        }
        return differs;
    });
    if (recorded.size() == 1) {
        notes.push_back({"other-length", lab::NoteKind::Information,
                         "The learning rates were found in runs of " +
                             std::to_string(*recorded.begin()) +
                             " steps; for another length another one may be best."});
    }
}

void noteOtherData(Runs runs, std::vector<lab::Note>& notes) {
    const auto elsewhere = optimizersWhere(runs, [](const lab::RunScenario& run) {
        return isAutomatic(run) && !run.knobs.text("data").empty();
    });
    if (!elsewhere.empty()) {
        notes.push_back({"other-data", lab::NoteKind::Information,
                         "The learning rates were found on the data that the program brings along; "
                         "on a file another one may be best."});
    }
}

/// Whether model and batch are those that the sweeps were recorded with.
bool hasUsualModel(const lab::KnobValues& values) {
    static const std::vector<lab::Knob> kKnobs = knobs();
    return std::all_of(kKnobs.begin(), kKnobs.end(), [&values](const lab::Knob& knob) {
        const bool isOfModel = knob.id == "batch" || (knob.fixed && knob.id != "task");
        if (!isOfModel || !values.applies(knob)) {
            return true;
        }
        if (!std::holds_alternative<lab::Special>(knob.defaultValue)) {
            return values.at(knob.id) == knob.defaultValue;
        }
        const auto usual = knob.specials.front().resolve(values);
        return usual && values.at(knob.id) == *usual;
    });
}

void noteOtherModel(Runs runs, std::vector<lab::Note>& notes) {
    const auto elsewhere = optimizersWhere(runs, [](const lab::RunScenario& run) {
        return isAutomatic(run) && !hasUsualModel(run.knobs);
    });
    if (!elsewhere.empty()) {
        notes.push_back({"other-model", lab::NoteKind::Information,
                         "The learning rates were found with the task's usual model and batch; "
                         "with these another one may be best."});
    }
}

void noteSeeds(Runs runs, std::vector<lab::Note>& notes) {
    if (optimizersWhere(runs, [](const auto&) { return true; }).size() < 2) {
        return;
    }
    std::set<std::uint64_t> seeds;
    for (const lab::RunFacts& run : runs) {
        seeds.insert(run.scenario.seed);
    }
    if (seeds.size() == 1) {
        notes.push_back({"seeds", lab::NoteKind::Warning,
                         "One seed: who is a little ahead may be so by luck. Compare over at least "
                         "three."});
    } else if (seeds.size() < kFewestSeeds) {
        notes.push_back({"seeds", lab::NoteKind::Warning,
                         "Two seeds: who is a little ahead may be so by luck. Compare over at "
                         "least three."});
    }
}

/// A knob that should be the same for all and is not.
void noteUnequal(Runs runs, const std::string& knob, const std::string& sentence,
                 std::vector<lab::Note>& notes) {
    std::set<std::string> values;
    for (const lab::RunFacts& run : runs) {
        values.insert(lab::toText(run.scenario.knobs.at(knob)));
    }
    const bool isMeant = std::any_of(runs.begin(), runs.end(), [&knob](const lab::RunFacts& run) {
        const auto& varied = run.scenario.varied;
        return std::find(varied.begin(), varied.end(), knob) != varied.end();
    });
    if (values.size() > 1 && !isMeant) {
        notes.push_back({"unequal-" + knob, lab::NoteKind::Warning, sentence});
    }
}

void noteDecay(Runs runs, std::vector<lab::Note>& notes) {
    std::set<double> values;
    for (const lab::RunFacts& run : runs) {
        const lab::KnobValues& knobs = run.scenario.knobs;
        values.insert(knobs.real(knobs.text("optimizer") + ".weight_decay"));
    }
    if (values.size() > 1) {
        notes.push_back({"decay", lab::NoteKind::Warning,
                         "The weight decays differ, and λ counts times the learning rate: part of "
                         "what you see is regularisation."});
    }
}

/// Shampoo and SOAP are fair to one another only with the same refreshes.
void noteRefreshes(Runs runs, std::vector<lab::Note>& notes) {
    std::set<std::pair<std::int64_t, std::int64_t>> plans;
    std::set<std::string> who;
    for (const lab::RunFacts& run : runs) {
        const lab::KnobValues& knobs = run.scenario.knobs;
        const std::string& optimizer = knobs.text("optimizer");
        if (optimizer == "shampoo" || optimizer == "soap") {
            who.insert(optimizer);
            plans.insert(
                {knobs.integer(optimizer + ".f"), knobs.integer(optimizer + ".basis_warmup")});
        }
    }
    if (who.size() == 2 && plans.size() > 1) {
        notes.push_back({"refreshes", lab::NoteKind::Information,
                         "Shampoo and SOAP refresh by different plans here; with equal f and "
                         "warm-up they may stand otherwise."});
    }
}

/// Without a warm-up SOAP keeps the basis of one gradient for f steps, while gradients turn
/// fastest.
void noteFirstBasis(Runs runs, std::vector<lab::Note>& notes) {
    constexpr std::int64_t kShort = 1000; // steps: longer runs recover
    std::set<std::int64_t> periods;
    for (const lab::RunFacts& run : runs) {
        const lab::KnobValues& knobs = run.scenario.knobs;
        if (knobs.text("optimizer") == "soap" && knobs.integer("soap.f") > 1 &&
            knobs.integer("soap.basis_warmup") == 0 && knobs.integer("steps") < kShort) {
            periods.insert(knobs.integer("soap.f"));
        }
    }
    if (!periods.empty()) {
        std::vector<std::string> words;
        for (const std::int64_t period : periods) {
            words.push_back(std::to_string(period));
        }
        notes.push_back({"first-basis", lab::NoteKind::Information,
                         "SOAP at f " + listed(words) +
                             " without a warm-up of its basis: the first one comes from a single "
                             "gradient and stays for f steps, from which a short run may not "
                             "recover. A warm-up of 30 refreshes it at each of the first 30."});
    }
}

} // namespace

std::string runName(const lab::RunScenario& run) {
    const auto varies = [&run](std::string_view knob) {
        return std::find(run.varied.begin(), run.varied.end(), knob) != run.varied.end();
    };
    std::string name;
    const auto add = [&name](const std::string& part) {
        name += (name.empty() ? "" : " · ") + part;
    };
    if (varies("optimizer") || run.varied.empty()) {
        add(labelOf(optimizers(), run.knobs.text("optimizer")));
    }
    for (const std::string& knob : run.varied) {
        if (knob == "seed") {
            add("seed " + std::to_string(run.seed));
        } else if (knob == "task") {
            add(labelOf(tasks(), run.knobs.text("task")));
        } else if (knob != "optimizer") {
            add(setting(run.knobs, knob));
        }
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
    add("lr", "lr " + lab::shortNumber(values.real("lr")));
    if (optimizer == "sgd" || optimizer == "muon") {
        const std::string knob = optimizer + ".momentum";
        add(knob, "momentum " + lab::shortNumber(values.real(knob)));
    } else if (optimizer == "adamw" || optimizer == "lion" || optimizer == "schedule_free") {
        parts.push_back("β " + lab::shortNumber(values.real(optimizer + ".beta1")) + ", " +
                        lab::shortNumber(values.real(optimizer + ".beta2")));
    } else if (optimizer == "adafactor") {
        add("adafactor.form", values.text("adafactor.form"));
    } else {
        add(optimizer + ".f", "f " + std::to_string(values.integer(optimizer + ".f")));
        const std::int64_t warmup = values.integer(optimizer + ".basis_warmup");
        // It decides short races, so it is said, too, where there is none.
        if (warmup > 0 || values.integer(optimizer + ".f") > 1) {
            add(optimizer + ".basis_warmup",
                warmup > 0 ? "warm-up " + std::to_string(warmup) : "no warm-up");
        }
    }
    return lab::joined(parts, " · ");
}

std::vector<lab::Note> comparisonNotes(std::span<const lab::RunFacts> runs) {
    std::vector<lab::Note> notes;
    if (auto order = orderNote(runs)) {
        notes.push_back(std::move(*order));
    }
    if (!sweepsRates(runs)) {
        noteTuning(runs, notes);
        noteGridEdge(runs, notes);
        noteOtherLength(runs, notes);
        noteOtherData(runs, notes);
        noteOtherModel(runs, notes);
    }
    noteNeedlessSchedule(runs, notes);
    noteSeeds(runs, notes);
    noteDecay(runs, notes);
    noteRefreshes(runs, notes);
    noteFirstBasis(runs, notes);
    noteUnequal(runs, "steps",
                "The runs have different lengths: compare them only where each schedule has ended.",
                notes);
    noteUnequal(runs, "batch", "The batches differ: one step is not one step.", notes);
    noteUnequal(runs, "schedule",
                "The schedules differ: rankings turn while a learning rate falls.", notes);
    return notes;
}

} // namespace psephos::experiments::train
