// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/comparison_model.hpp"

#include "lab/cohorts.hpp"
#include "lab/experiment.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace psephos::ui {

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

void ComparisonModel::readStyles() {
    styles_.clear();
    const std::vector<lab::Cohort> cohorts = lab::cohortsOf(comparison_.runs);
    for (std::size_t i = 0; i < cohorts.size() && cohorts.size() < runs().size(); ++i) {
        for (const lab::RunPtr& run : cohorts[i].runs) {
            styles_[run->id()] = {i + 1, cohorts[i].name};
        }
    }
}

std::size_t ComparisonModel::styleNumber(const lab::Run& run) const {
    const auto found = styles_.find(run.id());
    return found == styles_.end() ? run.number() : found->second.number;
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
