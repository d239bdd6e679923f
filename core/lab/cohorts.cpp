// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/cohorts.hpp"

#include "lab/experiment.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace psephos::lab {

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

/// All samples of a run on a channel up to a step.
std::vector<Sample> samplesOf(const History& history, std::string_view channel,
                              std::int64_t lastStep) {
    const auto extent = history.extent(channel);
    if (!extent || extent->count == 0) {
        return {};
    }
    std::vector<Sample> samples = history.samples(channel, 0, extent->count);
    std::erase_if(samples, [lastStep](const Sample& sample) { return sample.step > lastStep; });
    return samples;
}

std::string nameWithout(const Run& run, std::string_view apart) {
    RunScenario scenario = run.scenario();
    std::erase_if(scenario.varied, [apart](const std::string& knob) {
        return knob == "seed" || (!apart.empty() && knob == apart);
    });
    return nameOf(run.description(), scenario);
}

} // namespace

bool sameButSeed(const RunScenario& one, const RunScenario& other, std::string_view apart) {
    return one.experiment == other.experiment && one.device == other.device &&
           std::equal(one.knobs.all().begin(), one.knobs.all().end(), other.knobs.all().begin(),
                      other.knobs.all().end(), [apart](const auto& a, const auto& b) {
                          return a.first == b.first && (a.first == apart || a.second == b.second);
                      });
}

std::vector<Cohort> cohortsOf(std::span<const RunPtr> runs, std::string_view apart) {
    std::vector<Cohort> cohorts;
    std::vector<RunScenario> firsts;
    for (const RunPtr& run : runs) {
        const RunScenario scenario = run->scenario();
        std::size_t at = 0;
        while (at < cohorts.size() &&
               (run->forkedFrom() || cohorts[at].runs.front()->forkedFrom() ||
                !sameButSeed(firsts[at], scenario, apart))) {
            ++at;
        }
        if (at == cohorts.size()) {
            cohorts.push_back({nameWithout(*run, apart), {}});
            firsts.push_back(scenario);
        }
        cohorts[at].runs.push_back(run);
    }
    return cohorts;
}

bool Spread::overlaps(const Spread& other) const {
    return low <= other.high && other.low <= high;
}

double quantile(std::vector<double> values, double p) {
    assert(!values.empty() && p >= 0 && p <= 1);
    std::ranges::replace_if(
        values, [](double value) { return std::isnan(value); }, kNever);
    std::ranges::sort(values);
    const double place = p * static_cast<double>(values.size() - 1);
    const auto before = static_cast<std::size_t>(place);
    const double share = place - static_cast<double>(before);
    // ∞ − ∞ is no number, and 0·∞ neither.
    return share == 0 || values[before] == values[before + 1]
               ? values[before]
               : std::lerp(values[before], values[before + 1], share);
}

Spread spreadOf(const std::vector<double>& values) {
    return {quantile(values, 0.25), quantile(values, 0.5), quantile(values, 0.75), values.size()};
}

std::optional<double> readingAt(const History& history, const Clock& clock, const Sample& sample) {
    switch (clock.kind) {
    case Clock::Kind::Step:
        return static_cast<double>(sample.step);
    case Clock::Kind::Seconds:
        return sample.seconds;
    case Clock::Kind::Channel:
        break;
    }
    const auto found = history.sampleAt(clock.channel, Key::Step, static_cast<double>(sample.step));
    return found ? std::optional(found->value) : std::nullopt;
}

std::vector<CohortPoint> pointsOf(const Cohort& cohort, std::string_view channel,
                                  const Clock& clock, std::int64_t lastStep) {
    struct AtStep {
        std::vector<double> values;
        std::vector<double> readings;
    };

    std::map<std::int64_t, AtStep> steps;
    std::vector<std::int64_t> ends; // where each run stands
    for (const RunPtr& run : cohort.runs) {
        const std::shared_ptr<const History> history = run->history();
        const std::vector<Sample> samples = samplesOf(*history, channel, lastStep);
        for (const Sample& sample : samples) {
            if (const auto reading = readingAt(*history, clock, sample)) {
                AtStep& here = steps[sample.step];
                here.values.push_back(sample.value);
                here.readings.push_back(*reading);
            }
        }
        if (!samples.empty()) {
            ends.push_back(samples.back().step);
        }
    }
    std::vector<CohortPoint> points;
    for (const auto& [step, here] : steps) {
        const auto present =
            std::ranges::count_if(ends, [step = step](std::int64_t end) { return end >= step; });
        if (here.values.size() == static_cast<std::size_t>(present)) {
            points.push_back({step, quantile(here.readings, 0.5), spreadOf(here.values)});
        }
    }
    return points;
}

std::optional<Spread> reached(const Cohort& cohort, std::string_view channel, const Clock& clock,
                              double target, std::int64_t lastStep) {
    std::vector<double> readings;
    for (const RunPtr& run : cohort.runs) {
        const std::shared_ptr<const History> history = run->history();
        const std::vector<Sample> samples = samplesOf(*history, channel, lastStep);
        if (samples.empty()) {
            continue;
        }
        const auto first = std::ranges::find_if(
            samples, [target](const Sample& sample) { return sample.value <= target; });
        readings.push_back(
            first == samples.end() ? kNever : readingAt(*history, clock, *first).value_or(kNever));
    }
    return readings.empty() ? std::nullopt : std::optional(spreadOf(readings));
}

} // namespace psephos::lab
