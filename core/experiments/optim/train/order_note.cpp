// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/train/order_note.hpp"

#include "experiments/optim/train/knobs.hpp"
#include "lab/cohorts.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace psephos::experiments::train {

namespace {

constexpr std::size_t kFewestSeeds = 3;
constexpr std::size_t kMostTies = 4; ///< that are named
constexpr const char* kMeasure = "loss/validation";

struct Runner {
    const lab::RunScenario* scenario;
    std::vector<double> losses; ///< a run each; NaN where it has none
};

double lastLoss(const lab::RunFacts& run) {
    if (run.divergedAt) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    for (const auto& [channel, value] : run.finals) {
        if (channel == kMeasure) {
            return value;
        }
    }
    return std::numeric_limits<double>::quiet_NaN();
}

std::vector<Runner> runnersOf(std::span<const lab::RunFacts> runs) {
    std::vector<Runner> runners;
    for (const lab::RunFacts& run : runs) {
        auto found = std::ranges::find_if(runners, [&run](const Runner& runner) {
            return lab::sameButSeed(*runner.scenario, run.scenario);
        });
        if (found == runners.end()) {
            runners.push_back({&run.scenario, {}});
            found = std::prev(runners.end());
        }
        found->losses.push_back(lastLoss(run));
    }
    return runners;
}

std::string nameOf(const Runner& runner) {
    return labelOf(optimizers(), runner.scenario->knobs.text("optimizer"));
}

} // namespace

std::optional<lab::Note> orderNote(std::span<const lab::RunFacts> runs) {
    const bool isOver =
        std::ranges::all_of(runs, [](const lab::RunFacts& run) { return run.state == "finished"; });
    const bool isPlainRace = std::ranges::all_of(runs, [](const lab::RunFacts& run) {
        return std::ranges::all_of(run.scenario.varied, [](const std::string& knob) {
            return knob == "seed" || knob == "optimizer";
        });
    });
    std::vector<Runner> runners = runnersOf(runs);
    std::size_t fewest = runs.size();
    for (const Runner& runner : runners) {
        fewest = std::min(fewest, runner.losses.size());
    }
    if (!isOver || !isPlainRace || runners.size() < 2 || fewest < kFewestSeeds) {
        return std::nullopt;
    }
    std::ranges::stable_sort(
        runners, {}, [](const Runner& runner) { return lab::spreadOf(runner.losses).median; });
    std::vector<std::string> ties;
    for (std::size_t i = 0; i < runners.size(); ++i) {
        for (std::size_t j = i + 1; j < runners.size(); ++j) {
            if (lab::spreadOf(runners[i].losses).overlaps(lab::spreadOf(runners[j].losses))) {
                ties.push_back(nameOf(runners[i]) + " and " + nameOf(runners[j]));
            }
        }
    }
    const std::string seeds = std::to_string(fewest) + " seeds";
    if (ties.size() > kMostTies) {
        const std::size_t more = ties.size() - kMostTies;
        ties.resize(kMostTies);
        ties.push_back(std::to_string(more) + " more pairs");
    }
    if (ties.empty()) {
        return lab::Note{"order", lab::NoteKind::Certificate,
                         "Over " + seeds +
                             " the quartiles of the last held-out losses lie apart: in this race "
                             "the order of the standings is no accident of the seed."};
    }
    return lab::Note{"order", lab::NoteKind::Warning,
                     "Over " + seeds + " the quartiles of the last held-out losses overlap for " +
                         lab::joined(ties, "; ") + ": no order between them is shown here."};
}

} // namespace psephos::experiments::train
