// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/efficiency/measured.hpp"

#include "lab/cohorts.hpp"
#include "lab/files/json.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>
#include <utility>

namespace psephos::experiments::efficiency {

namespace {

using lab::Error;
using lab::Json;
using lab::Result;

constexpr const char* kLoss = "loss/validation";

/// A run of the file, as far as it matters here.
struct FileRun {
    std::string optimizer;
    double rate = 0;
    std::uint64_t seed = 0;
    double steps = 0;
    double loss = 0;
    double seconds = 0;
    std::map<std::string, Json> shared; ///< the knobs that have to agree
};

/// The knobs that belong to one optimizer ("soap.f") or that a fair comparison sets apart. What has
/// the task's prefix ("char_lm.layers") belongs to the model.
bool mayDiffer(const std::string& knob, const std::string& task) {
    static const std::set<std::string> kOwn{"optimizer", "lr", "steps", "watch", "watch_every"};
    const std::size_t dot = knob.find('.');
    return kOwn.contains(knob) || (dot != std::string::npos && knob.substr(0, dot) != task);
}

std::string place(const std::string& file, std::size_t number) {
    return file + ", run " + std::to_string(number + 1);
}

/// A member's text or number; empty or 0 where it is missing or of another kind.
std::string textOf(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

double numberOf(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? found->get<double>() : 0.0;
}

/// None with a reason where the run does not count.
Result<std::optional<FileRun>> readRun(const Json& json, const std::string& at,
                                       std::string& reason) {
    if (!json.is_object() || !json.contains("scenario") || !json["scenario"].is_object() ||
        !json["scenario"].contains("knobs") || !json["scenario"]["knobs"].is_object() ||
        !json.contains("final") || !json["final"].is_object()) {
        return Error{"expected a run as run.json describes it, with 'scenario' and 'final'",
                     "psephos-cli run … --json prints such", at};
    }
    const Json& scenario = json["scenario"];
    const Json& knobs = scenario["knobs"];
    if (textOf(scenario, "experiment") != "optim.train" || !knobs.contains("optimizer") ||
        !knobs["optimizer"].is_string() || !knobs.contains("steps") ||
        !knobs["steps"].is_number()) {
        return Error{"expected a run of optim.train", "", at};
    }
    FileRun run;
    run.optimizer = knobs["optimizer"].get<std::string>();
    run.steps = knobs["steps"].get<double>();
    run.rate = numberOf(knobs, "lr");
    run.seed = static_cast<std::uint64_t>(std::max(0.0, numberOf(scenario, "seed")));
    run.shared["device"] = textOf(scenario, "device"); // seconds of another one do not compare
    for (const auto& [knob, value] : knobs.items()) {
        if (!mayDiffer(knob, textOf(knobs, "task"))) {
            run.shared[knob] = value;
        }
    }
    if (textOf(knobs, "schedule") == "constant") {
        return Error{"a constant learning rate: each length needs a whole schedule of its own",
                     "schedule=cosine or linear", at};
    }
    const Json& final = json["final"];
    if (textOf(json, "state") != "finished" || final.contains("diverged_at") ||
        !final.contains(kLoss) || !final[kLoss].is_number()) {
        reason = run.optimizer + " at " + std::to_string(std::llround(run.steps)) +
                 " steps did not finish or diverged: it does not count.";
        return std::optional<FileRun>();
    }
    run.loss = final[kLoss].get<double>();
    if (json.contains("clock") && json["clock"].is_object()) {
        run.seconds = numberOf(json["clock"], "seconds");
    }
    return std::optional(run);
}

using Runs = std::vector<const FileRun*>;

double medianOf(const Runs& runs, double (*what)(const FileRun&)) {
    std::vector<double> values;
    for (const FileRun* run : runs) {
        values.push_back(what(*run));
    }
    return lab::quantile(values, 0.5);
}

double lossOf(const FileRun& run) {
    return run.loss;
}

double secondsAStep(const FileRun& run) {
    return run.seconds / run.steps;
}

std::size_t seedsOf(const Runs& runs) {
    std::set<std::uint64_t> seeds;
    for (const FileRun* run : runs) {
        seeds.insert(run->seed);
    }
    return seeds.size();
}

/// Of the runs of one length those at the learning rate with the least median loss.
Runs bestRate(const Runs& runs) {
    std::map<double, Runs> byRate;
    for (const FileRun* run : runs) {
        byRate[run->rate].push_back(run);
    }
    return std::ranges::min_element(byRate, {},
                                    [](const auto& rate) { return medianOf(rate.second, lossOf); })
        ->second;
}

using ByLength = std::map<double, Runs>;

Result<void> checkShared(const std::vector<FileRun>& runs, const std::string& file) {
    for (const FileRun& run : runs) {
        for (const auto& [knob, value] : runs.front().shared) {
            const auto other = run.shared.find(knob);
            if (other == run.shared.end() || other->second != value ||
                run.shared.size() != runs.front().shared.size()) {
                return Error{"the runs differ in '" + knob +
                                 "': only optimizer, learning rate, length and seed may differ",
                             "", file};
            }
        }
    }
    return {};
}

Result<std::string> challengerOf(const std::map<std::string, ByLength>& byOptimizer,
                                 const std::string& wanted, const std::string& baseline,
                                 const std::string& file) {
    std::vector<std::string> others;
    for (const auto& [optimizer, runs] : byOptimizer) {
        if (optimizer != baseline) {
            others.push_back(optimizer);
        }
    }
    if (!byOptimizer.contains(baseline)) {
        return Error{"no finished run of the baseline '" + baseline + "'",
                     "there are " + lab::joined(others), file};
    }
    if (!wanted.empty() && byOptimizer.contains(wanted) && wanted != baseline) {
        return wanted;
    }
    if (!wanted.empty() || others.size() != 1) {
        return Error{wanted.empty() ? "several optimizers could be the challenger: name one"
                                    : "no finished run of the challenger '" + wanted + "'",
                     "there are " + lab::joined(others), file};
    }
    return others.front();
}

} // namespace

Result<std::vector<double>> numbersOf(const std::string& text, const std::string& knob) {
    std::vector<double> numbers;
    std::string word;
    const auto take = [&]() -> Result<void> {
        if (word.empty()) {
            return {};
        }
        char* end = nullptr;
        const double number = std::strtod(word.c_str(), &end);
        if (end != word.c_str() + word.size() || !std::isfinite(number)) {
            return Error{knob + ": " + lab::inQuotes(word) + " is no finite number",
                         "numbers with commas or blanks between them", ""};
        }
        numbers.push_back(number);
        word.clear();
        return {};
    };
    for (const char c : text + " ") {
        if (c == ',' || c == ';' || std::isspace(static_cast<unsigned char>(c)) != 0) {
            if (auto taken = take(); !taken) {
                return taken.error();
            }
        } else {
            word += c;
        }
    }
    return numbers;
}

Result<Measured> measuredFromKnobs(const lab::KnobValues& knobs) {
    const auto shares = numbersOf(knobs.text("fractions"), "fractions");
    const auto losses = numbersOf(knobs.text("losses"), "losses");
    if (!shares || !losses) {
        return shares ? losses.error() : shares.error();
    }
    if (shares->size() != losses->size()) {
        return Error{"losses: " + std::to_string(losses->size()) + " numbers for " +
                         std::to_string(shares->size()) + " fractions",
                     "one for each", ""};
    }
    Measured measured;
    measured.challenger = "the challenger";
    measured.baseline = "the baseline";
    for (std::size_t i = 0; i < shares->size(); ++i) {
        if ((*shares)[i] <= 0) {
            return Error{"fractions: each has to be above 0", "", ""};
        }
        measured.points.push_back({(*shares)[i], (*losses)[i]});
    }
    std::ranges::sort(measured.points, {}, &optim::ScalePoint::share);
    measured.baselineLoss = knobs.real("baseline_loss");
    measured.stepTimeRatio = knobs.real("time_ratio");
    return measured;
}

Result<Measured> measuredFromFile(const std::string& file, const std::string& challenger,
                                  const std::string& baseline) {
    if (file.empty()) {
        return Error{"runs: no file is named", "what psephos-cli run … --json printed", ""};
    }
    const auto document = lab::readJson(file);
    if (!document) {
        return document.error();
    }
    const Json list = document->is_array() ? *document : Json::array({*document});
    Measured measured;
    std::vector<FileRun> runs;
    for (std::size_t i = 0; i < list.size(); ++i) {
        std::string reason;
        const auto run = readRun(list[i], place(file, i), reason);
        if (!run) {
            return run.error();
        }
        if (*run) {
            runs.push_back(**run);
        } else {
            measured.leftAside.push_back(reason);
        }
    }
    if (runs.empty()) {
        return Error{"no finished run in it", "", file};
    }
    if (auto same = checkShared(runs, file); !same) {
        return same.error();
    }
    std::map<std::string, ByLength> byOptimizer;
    for (const FileRun& run : runs) {
        byOptimizer[run.optimizer][run.steps].push_back(&run);
    }
    const auto who = challengerOf(byOptimizer, challenger, baseline, file);
    if (!who) {
        return who.error();
    }
    const double length = byOptimizer[baseline].rbegin()->first;
    const Runs longest = bestRate(byOptimizer[baseline].rbegin()->second);
    measured.challenger = *who;
    measured.baseline = baseline;
    measured.baselineLoss = medianOf(longest, lossOf);
    measured.seeds = seedsOf(longest);
    std::vector<double> ratios;
    for (const auto& [steps, all] : byOptimizer[*who]) {
        const Runs same = bestRate(all);
        measured.points.push_back({steps / length, medianOf(same, lossOf)});
        ratios.push_back(medianOf(same, secondsAStep) / medianOf(longest, secondsAStep));
        measured.seeds = std::min(measured.seeds, seedsOf(same));
    }
    measured.stepTimeRatio = lab::quantile(ratios, 0.5);
    return measured;
}

} // namespace psephos::experiments::efficiency
