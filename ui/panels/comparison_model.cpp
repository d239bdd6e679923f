// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/comparison_model.hpp"

#include "lab/experiment.hpp"
#include "ui/theme/theme.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <ranges>
#include <tuple>
#include <utility>

namespace psephos::ui {

namespace {

/// Colours of runStyle() before it comes to dashes.
constexpr std::size_t kHues = std::tuple_size_v<decltype(Theme::runs)>;

} // namespace

ComparisonModel::ComparisonModel(lab::Workbench& workbench, QObject* parent)
    : QObject(parent)
    , workbench_(workbench) {}

void ComparisonModel::show(lab::Comparison comparison) {
    const bool sameRuns = comparison.id == comparison_.id && comparison.runs == comparison_.runs &&
                          !comparison.runs.empty();
    comparison_ = std::move(comparison);
    description_ = comparison_.runs.empty() ? nullptr : &comparison_.runs.front()->description();
    if (sameRuns) {
        poll();
        return;
    }
    readStyles();
    versions_.clear();
    hidden_.clear();
    target_.reset();
    emphasised_.reset();
    followsNewest_ = true;
    readVersions();
    end_ = computeEnd();
    playHead_ = end_;
    Q_EMIT runsChanged();
    Q_EMIT playHeadMoved();
}

void ComparisonModel::clear() {
    show({});
}

bool ComparisonModel::readVersions() {
    std::vector<std::uint64_t> now;
    now.reserve(comparison_.runs.size());
    for (const lab::RunPtr& run : comparison_.runs) {
        now.push_back(run->version());
    }
    return std::exchange(versions_, now) != now;
}

double ComparisonModel::computeEnd() const {
    double end = 0;
    for (const lab::RunPtr& run : comparison_.runs) {
        const std::shared_ptr<const lab::History> history = run->history();
        for (const lab::Channel& channel : history->channels()) {
            const std::optional<lab::Extent> extent = history->extent(channel.id);
            if (extent && extent->count > 0) {
                end = std::max(end, key_ == lab::Key::Step ? static_cast<double>(extent->lastStep)
                                                           : extent->lastSeconds);
            }
        }
    }
    return end;
}

namespace {

/// The varied knob over which a panel draws the runs; empty where there is none.
std::string drawnOver(const lab::Description& description, const std::vector<lab::RunPtr>& runs) {
    for (const lab::Panel& panel : description.panels) {
        for (const lab::PanelEdit& edit : panel.edits) {
            const bool isVaried = std::ranges::any_of(runs, [&edit](const lab::RunPtr& run) {
                return std::ranges::count(run->scenario().varied, edit.knob) > 0;
            });
            if (edit.role == "over" && isVaried) {
                return edit.knob;
            }
        }
    }
    return {};
}

/// The first varied knob that is a choice; empty where there is none.
std::string firstChoice(const lab::Description& description, const lab::Run& run) {
    const lab::RunScenario scenario = run.scenario();
    const auto found = std::ranges::find_if(scenario.varied, [&](const std::string& id) {
        const lab::Knob* knob = description.knob(id);
        return knob != nullptr && knob->type == lab::KnobType::Choice;
    });
    return found == scenario.varied.end() ? std::string() : *found;
}

} // namespace

std::map<lab::RunId, std::size_t>
ComparisonModel::readFamilies(const std::vector<lab::Cohort>& cohorts) const {
    std::map<lab::RunId, std::size_t> families;
    if (description_ == nullptr) {
        return families;
    }
    std::size_t count = 0;
    if (const std::string over = drawnOver(*description_, runs()); !over.empty()) {
        for (const lab::Cohort& family : lab::cohortsOf(runs(), over)) {
            for (const lab::RunPtr& run : family.runs) {
                families[run->id()] = count;
            }
            ++count;
        }
    } else if (std::ranges::count_if(cohorts, [](const lab::Cohort& cohort) {
                   return !cohort.runs.front()->forkedFrom();
               }) > static_cast<std::ptrdiff_t>(kHues)) {
        const std::string choice = firstChoice(*description_, *runs().front());
        std::map<std::string, std::size_t> known;
        for (const lab::Cohort& cohort : cohorts) {
            const lab::Run& first = *cohort.runs.front();
            const lab::RunScenario scenario = first.scenario();
            const std::string key = first.forkedFrom() ? "fork " + std::to_string(first.id())
                                    : scenario.knobs.contains(choice)
                                        ? lab::toText(scenario.knobs.at(choice))
                                        : std::string();
            const std::size_t family = known.emplace(key, known.size()).first->second;
            for (const lab::RunPtr& run : cohort.runs) {
                families[run->id()] = family;
            }
        }
        count = known.size();
    }
    return count < 2 || count == cohorts.size() ? std::map<lab::RunId, std::size_t>() : families;
}

std::optional<std::vector<std::size_t>>
ComparisonModel::readPlaces(const std::vector<const lab::Run*>& groups) const {
    const lab::Knob* knob =
        description_ == nullptr ? nullptr : description_->knob(description_->colourKnob);
    if (knob == nullptr) {
        return std::nullopt;
    }
    std::vector<std::size_t> places;
    std::size_t forks = 0;
    for (const lab::Run* run : groups) {
        const lab::RunScenario scenario = run->scenario();
        if (run->forkedFrom()) {
            places.push_back(knob->choices.size() + forks++);
        } else if (scenario.knobs.contains(knob->id) &&
                   std::ranges::count(scenario.varied, knob->id) > 0) {
            const auto option = std::ranges::find(knob->choices, scenario.knobs.text(knob->id),
                                                  &lab::ChoiceOption::id);
            places.push_back(static_cast<std::size_t>(option - knob->choices.begin()));
        } else {
            return std::nullopt;
        }
    }
    std::vector<std::size_t> sorted = places;
    std::ranges::sort(sorted);
    const bool areDistinct = std::ranges::adjacent_find(sorted) == sorted.end();
    return areDistinct ? std::optional(places) : std::nullopt;
}

void ComparisonModel::readStyles() {
    styles_.clear();
    sharedStyles_ = 0;
    const std::vector<lab::Cohort> cohorts = lab::cohortsOf(comparison_.runs);
    std::map<lab::RunId, std::size_t> families = readFamilies(cohorts);
    const bool areFamilies = !families.empty();
    if (!areFamilies) {
        for (std::size_t i = 0; i < cohorts.size(); ++i) {
            families[cohorts[i].runs.front()->id()] = i;
        }
    }
    std::map<std::size_t, const lab::Run*> first; // of each family
    for (const lab::Cohort& cohort : cohorts) {
        first.emplace(families.at(cohort.runs.front()->id()), cohort.runs.front().get());
    }
    std::vector<const lab::Run*> groups;
    std::ranges::copy(std::views::values(first), std::back_inserter(groups));
    const std::optional<std::vector<std::size_t>> places = readPlaces(groups);
    if (!places && !areFamilies && cohorts.size() == runs().size()) {
        return; // the runs' own numbers
    }
    const auto placeOf = [&](const lab::Cohort& cohort) {
        const std::size_t family = families.at(cohort.runs.front()->id());
        return places ? (*places)[family] : family;
    };
    std::map<std::size_t, std::size_t> members;
    if (areFamilies) {
        for (const lab::Cohort& cohort : cohorts) {
            sharedStyles_ = std::max(sharedStyles_, (placeOf(cohort) / kHues + 1) * kHues);
        }
    }
    for (const lab::Cohort& cohort : cohorts) {
        const std::size_t place = placeOf(cohort);
        const std::size_t number = place + 1 + sharedStyles_ * members[place]++;
        for (const lab::RunPtr& run : cohort.runs) {
            styles_[run->id()] = {number, cohort.name};
        }
    }
}

std::size_t ComparisonModel::styleNumber(const lab::Run& run) const {
    const auto found = styles_.find(run.id());
    return found == styles_.end() ? run.number() : found->second.number;
}

std::size_t ComparisonModel::sharedStyleNumber(const lab::Run& run) const {
    const std::size_t number = styleNumber(run);
    return sharedStyles_ == 0 ? number : (number - 1) % sharedStyles_ + 1;
}

std::string ComparisonModel::styleName(const lab::Run& run) const {
    const auto found = styles_.find(run.id());
    return found == styles_.end() ? run.name() : found->second.name;
}

bool ComparisonModel::isHidden(lab::RunId run) const {
    return std::ranges::find(hidden_, run) != hidden_.end();
}

void ComparisonModel::turnKnob(const QString& knob, const lab::Value& value, bool settled) {
    Q_EMIT knobTurned(knob, value, settled);
}

void ComparisonModel::turnKnobs(const std::vector<KnobTarget>& turns) {
    Q_EMIT knobsTurned(turns);
}

void ComparisonModel::movePlayHead(double key) {
    if (playHead_ != key) {
        playHead_ = key;
        Q_EMIT playHeadMoved();
    }
}

void ComparisonModel::setPlayHead(double key) {
    if (!std::isfinite(key)) {
        return;
    }
    const bool followed = std::exchange(followsNewest_, false);
    const double before = playHead_;
    playHead_ = std::clamp(key, 0.0, end_);
    if (followed || playHead_ != before) {
        Q_EMIT playHeadMoved();
    }
}

void ComparisonModel::followNewest() {
    const bool followed = std::exchange(followsNewest_, true);
    playHead_ = end_;
    if (!followed) {
        Q_EMIT playHeadMoved();
    }
}

void ComparisonModel::setKey(lab::Key key) {
    if (key == key_) {
        return;
    }
    key_ = key;
    end_ = computeEnd();
    if (followsNewest_) {
        playHead_ = end_;
    } else {
        // The same instant: where the run that has come farthest by then stood.
        double converted = 0;
        for (const lab::RunPtr& run : comparison_.runs) {
            const std::shared_ptr<const lab::History> history = run->history();
            converted = std::max(converted, key == lab::Key::Seconds
                                                ? history->secondsAt(std::llround(playHead_))
                                                : static_cast<double>(history->stepAt(playHead_)));
        }
        playHead_ = std::min(converted, end_);
    }
    Q_EMIT keyChanged();
    Q_EMIT playHeadMoved();
}

void ComparisonModel::setTarget(std::optional<double> value) {
    if (target_ != value) {
        target_ = value;
        Q_EMIT targetChanged();
    }
}

void ComparisonModel::emphasise(std::optional<lab::RunId> run) {
    if (emphasised_ != run) {
        emphasised_ = run;
        Q_EMIT emphasisChanged();
    }
}

void ComparisonModel::setHidden(lab::RunId run, bool hidden) {
    if (hidden == isHidden(run)) {
        return;
    }
    if (hidden) {
        hidden_.push_back(run);
    } else {
        std::erase(hidden_, run);
    }
    Q_EMIT visibilityChanged();
}

void ComparisonModel::poll() {
    if (!readVersions()) {
        return;
    }
    end_ = computeEnd();
    Q_EMIT framesChanged();
    movePlayHead(followsNewest_ ? end_ : std::min(playHead_, end_));
}

} // namespace psephos::ui
