// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/scheduler.hpp"

namespace psephos::lab {

namespace {

bool isReactive(const RunPtr& run) {
    return run->description().lane == Lane::Reactive;
}

Error notStepwise(const RunPtr& run) {
    return {"run " + std::to_string(run->id()) + " is computed at once, not in steps",
            "change its knobs instead", ""};
}

} // namespace

Scheduler::Scheduler(Registry& registry, CheckRegistry& checks, RunKeeper& keeper,
                     SchedulerSettings settings)
    : settings_(settings)
    , keeper_(keeper)
    , source_(registry, checks, settings.openModulesOnDemand) {}

Scheduler::~Scheduler() {
    stop();
}

LaneTools Scheduler::tools() {
    return {source_, keeper_, activity_, bell_};
}

LongLane& Scheduler::longLane(const std::string& device) {
    const std::lock_guard lock(mutex_);
    auto& lane = longLanes_[device];
    if (lane == nullptr) {
        lane = std::make_unique<LongLane>(tools(), settings_.longLane);
    }
    return *lane;
}

ReactiveLane& Scheduler::reactiveLane() {
    const std::lock_guard lock(mutex_);
    if (reactiveLane_ == nullptr) {
        reactiveLane_ = std::make_unique<ReactiveLane>(tools());
    }
    return *reactiveLane_;
}

std::vector<LongLane*> Scheduler::longLanes() const {
    const std::lock_guard lock(mutex_);
    std::vector<LongLane*> lanes;
    for (const auto& [device, lane] : longLanes_) {
        lanes.push_back(lane.get());
    }
    return lanes;
}

void Scheduler::add(const RunPtr& run, Beginning beginning) {
    if (isReactive(run)) {
        reactiveLane().request(run, run->scenario(), true);
    } else {
        longLane(run->scenario().device).add(run, std::move(beginning));
    }
}

void Scheduler::change(const RunPtr& run, RunScenario scenario, bool settled) {
    reactiveLane().request(run, std::move(scenario), settled);
}

bool Scheduler::holds(const RunPtr& run) const {
    const std::lock_guard lock(mutex_);
    if (isReactive(run)) {
        return reactiveLane_ != nullptr && reactiveLane_->holds(run->id());
    }
    const auto lane = longLanes_.find(run->scenario().device);
    return lane != longLanes_.end() && lane->second->holds(run->id());
}

Result<void> Scheduler::pause(const RunPtr& run) {
    return isReactive(run) ? reactiveLane().pause(run->id())
                           : longLane(run->scenario().device).pause(run->id());
}

Result<void> Scheduler::resume(const RunPtr& run) {
    return isReactive(run) ? reactiveLane().resume(run->id())
                           : longLane(run->scenario().device).resume(run->id());
}

Result<void> Scheduler::cancel(const RunPtr& run) {
    return isReactive(run) ? reactiveLane().cancel(run->id())
                           : longLane(run->scenario().device).cancel(run->id());
}

Result<void> Scheduler::stepOnce(const RunPtr& run) {
    return isReactive(run) ? Result<void>(notStepwise(run))
                           : longLane(run->scenario().device).stepOnce(run->id());
}

Result<void> Scheduler::runTo(const RunPtr& run, std::int64_t step) {
    return isReactive(run) ? Result<void>(notStepwise(run))
                           : longLane(run->scenario().device).runTo(run->id(), step);
}

Result<void> Scheduler::turn(const RunPtr& run, std::string knob, Value value) {
    return isReactive(run) ? Result<void>(notStepwise(run))
                           : longLane(run->scenario().device)
                                 .turn(run->id(), std::move(knob), std::move(value));
}

void Scheduler::release(const RunPtr& run) {
    if (isReactive(run)) {
        reactiveLane().forget(run->id());
    } else {
        longLane(run->scenario().device).release(run->id());
    }
}

void Scheduler::moduleOpened(const std::string& module, const Result<void>& how) {
    if (!how) {
        source_.setFailed(module, how.error());
    }
    for (LongLane* lane : longLanes()) {
        lane->wake();
    }
    reactiveLane().wake();
}

void Scheduler::wait(const std::function<bool()>& done, const std::function<bool()>& stop) {
    bell_.wait(done, stop);
}

void Scheduler::stop() {
    for (LongLane* lane : longLanes()) {
        lane->stop();
    }
    const std::lock_guard lock(mutex_);
    if (reactiveLane_ != nullptr) {
        reactiveLane_->stop();
    }
}

} // namespace psephos::lab
