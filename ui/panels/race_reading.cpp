// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/race_reading.hpp"

#include "ui/panels/reading.hpp"
#include "ui/theme/theme.hpp"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <limits>

namespace psephos::ui {

namespace {

constexpr const char* kClockRole = "clock";

QString translated(const char* words) {
    return QCoreApplication::translate("panels", words);
}

} // namespace

std::vector<RaceClock> clocksOf(const lab::Panel& panel, const ComparisonModel& model) {
    using Kind = lab::Clock::Kind;
    std::vector<RaceClock> clocks{
        {{Kind::Step, {}}, translated("steps"), {}},
        {{Kind::Seconds, {}}, translated("compute time"), translated("s")}};
    for (const lab::PanelSource& source : panel.sources) {
        const lab::Channel* channel = source.role != kClockRole || model.runs().empty()
                                          ? nullptr
                                          : declared(*model.runs().front(), source.channel);
        if (channel != nullptr) {
            clocks.push_back(
                {{Kind::Channel, source.channel}, text(channel->label), text(channel->unit)});
        }
    }
    return clocks;
}

RaceReading::RaceReading(const lab::Panel& panel, const ComparisonModel& model)
    : model_(model)
    , cohorts_(lab::cohortsOf(visibleRuns(model, panel))) {
    const auto value = std::ranges::find_if(
        panel.sources, [](const lab::PanelSource& source) { return source.role != kClockRole; });
    channel_ = value == panel.sources.end() ? std::string() : value->channel;
    target_ = model.target() ? model.target() : common();
}

RunStyle RaceReading::styleOf(const lab::Cohort& cohort) const {
    return runStyle(ThemeHub::instance().theme(), model_.styleNumber(*cohort.runs.front()));
}

std::int64_t RaceReading::lastStep(const lab::Cohort& cohort) const {
    if (model_.followsNewest()) {
        return std::numeric_limits<std::int64_t>::max();
    }
    if (model_.key() == lab::Key::Step) {
        return std::llround(model_.playHead());
    }
    std::int64_t last = 0;
    for (const lab::RunPtr& run : cohort.runs) {
        last = std::max(last, run->history()->stepAt(model_.playHead()));
    }
    return last;
}

std::vector<lab::CohortPoint> RaceReading::points(const lab::Cohort& cohort,
                                                  const lab::Clock& clock) const {
    return lab::pointsOf(cohort, channel_, clock, lastStep(cohort));
}

std::optional<lab::Spread> RaceReading::reached(const lab::Cohort& cohort,
                                                const lab::Clock& clock) const {
    return target_ ? lab::reached(cohort, channel_, clock, *target_, lastStep(cohort))
                   : std::nullopt;
}

std::optional<double> RaceReading::common() const {
    std::optional<double> worst;
    for (const lab::Cohort& cohort : cohorts_) {
        const std::vector<lab::CohortPoint> course = points(cohort, {});
        double least = std::numeric_limits<double>::infinity();
        for (const lab::CohortPoint& point : course) {
            least = std::min(least, point.value.median);
        }
        const bool isLost = course.empty() || !std::isfinite(course.back().value.median);
        if (!isLost) { // who has diverged sets no target
            worst = std::max(worst.value_or(least), least);
        }
    }
    return worst;
}

} // namespace psephos::ui
