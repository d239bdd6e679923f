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

/// A run on a channel up to a step. One that has diverged by then ends with a sample that is not a
/// number, where it did: its last good one would speak for a run that is lost.
struct Course {
    std::vector<Sample> samples;
    std::optional<std::int64_t> divergedAt;
};

Course courseOf(const Run& run, std::string_view channel, std::int64_t lastStep) {
    const std::shared_ptr<const History> history = run.history();
    const auto extent = history->extent(channel);
    Course course;
    if (!extent || extent->count == 0) {
        return course;
    }
    course.samples = history->samples(channel, 0, extent->count);
    std::erase_if(course.samples,
                  [lastStep](const Sample& sample) { return sample.step > lastStep; });
    const auto diverged = run.status().divergedAt;
    if (diverged && *diverged <= lastStep && !course.samples.empty()) {
        course.divergedAt = diverged;
        std::erase_if(course.samples,
                      [&](const Sample& sample) { return sample.step >= *diverged; });
        course.samples.push_back(
            {*diverged, history->secondsAt(*diverged), std::numeric_limits<double>::quiet_NaN()});
    }
    return course;
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
    std::vector<Course> courses;
    for (const RunPtr& run : cohort.runs) {
        const std::shared_ptr<const History> history = run->history();
        Course course = courseOf(*run, channel, lastStep);
        for (const Sample& sample : course.samples) {
            if (const auto reading = readingAt(*history, clock, sample)) {
                AtStep& here = steps[sample.step];
                here.values.push_back(sample.value);
                here.readings.push_back(*reading);
            }
        }
        if (!course.samples.empty()) {
            courses.push_back(std::move(course));
        }
    }
    std::vector<CohortPoint> points;
    for (auto& [step, here] : steps) {
        std::size_t present = 0;
        for (const Course& course : courses) {
            const bool isLost = course.divergedAt && *course.divergedAt < step;
            if (isLost) { // it stays lost while the others go on
                here.values.push_back(kNever);
            }
            present += isLost || course.samples.back().step >= step ? 1 : 0;
        }
        if (here.values.size() == present) {
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
        const Course course = courseOf(*run, channel, lastStep);
        if (course.samples.empty()) {
            continue;
        }
        const auto first = std::ranges::find_if(
            course.samples, [target](const Sample& sample) { return sample.value <= target; });
        const bool isThere = !course.divergedAt && first != course.samples.end();
        readings.push_back(isThere ? readingAt(*history, clock, *first).value_or(kNever) : kNever);
    }
    return readings.empty() ? std::nullopt : std::optional(spreadOf(readings));
}

} // namespace psephos::lab
