// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/lanes/long_lane.hpp"

#include "lab/lanes/long_task.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#ifdef __linux__
#include <sys/resource.h>
#endif

namespace psephos::lab {

namespace {

using detail::LongTask;
using detail::SliceEnd;

bool isActive(RunState state) {
    return state == RunState::Queued || state == RunState::Running;
}

/// A run on the lane and what was asked of it. Guarded by the lane's mutex, but for the task
/// itself, which belongs to the lane's thread.
struct Entry {
    std::shared_ptr<LongTask> task;
    bool wantsPause = false;
    bool wantsCancel = false;
    bool isReleased = false;
    std::optional<std::int64_t> pauseAt;
    std::vector<std::pair<std::string, Value>> turns;

    [[nodiscard]] const RunPtr& run() const { return task->run(); }
};

/// Why something can't be done to a run of this lane.
Error notHere(RunId run, const std::shared_ptr<Entry>& entry) {
    return {"run " + std::to_string(run) + " is " +
                (entry != nullptr ? std::string(name(entry->run()->state())) : "not active"),
            "", ""};
}

/// Long computations leave the processor to the picture under the hand: this thread and those that
/// it starts for its work (LibTorch's) get less of it wherever both want it.
void stepBack() {
#ifdef __linux__
    constexpr int kNice = 5; // more than its own
    constexpr int kMostNice = 19;
    const int own = ::getpriority(PRIO_PROCESS, 0); // 0: the calling thread alone
    (void)::setpriority(PRIO_PROCESS, 0, std::min(own + kNice, kMostNice));
#endif
}

} // namespace

struct LongLane::Impl {
    LaneTools tools;
    LongLaneSettings settings;
    mutable std::mutex mutex;
    std::condition_variable condition;
    std::vector<std::shared_ptr<Entry>> entries;
    std::shared_ptr<Entry> current; ///< whose slice it is
    bool quits = false;
    bool hasEnded = false;
    std::atomic<bool> attention{false}; ///< somebody asked for something
    std::thread thread;

    Impl(LaneTools laneTools, LongLaneSettings laneSettings)
        : tools(laneTools)
        , settings(laneSettings) {}

    [[nodiscard]] std::shared_ptr<Entry> find(RunId run) const {
        for (const auto& entry : entries) {
            if (entry->run()->id() == run && !entry->isReleased) {
                return entry;
            }
        }
        return nullptr;
    }

    /// What a run that joins now has had, so that it neither waits for the others nor they for it.
    [[nodiscard]] double leastUsed() const {
        std::optional<double> least;
        for (const auto& entry : entries) {
            if (!entry->isReleased && isActive(entry->run()->state())) {
                least = std::min(least.value_or(entry->task->used()), entry->task->used());
            }
        }
        return least.value_or(0);
    }

    /// The lock is held.
    void call() {
        attention = true;
        condition.notify_all();
    }

    void announce(const RunPtr& run) {
        tools.keeper.changed(run);
        tools.bell.ring();
    }

    void work();
    void answer(std::unique_lock<std::mutex>& lock);
    [[nodiscard]] std::shared_ptr<Entry> pick();
    void slice(Entry& entry, std::optional<std::int64_t> pauseAt);
    void end(Entry& entry, SliceEnd end);
    void sweep(std::unique_lock<std::mutex>& lock);
};

/// Carries out what was asked of runs that are between two steps; the lock is held on entry and
/// exit.
void LongLane::Impl::answer(std::unique_lock<std::mutex>& lock) {
    const auto all = entries;
    for (const auto& entry : all) {
        const bool cancels = std::exchange(entry->wantsCancel, false);
        const bool pauses = std::exchange(entry->wantsPause, false) || quits;
        auto turns = std::exchange(entry->turns, {});
        if (entry->isReleased) {
            continue;
        }
        entry->task->addTurns(std::move(turns));
        const bool active = isActive(entry->run()->state());
        if (!cancels && !(pauses && active)) {
            continue;
        }
        entry->isReleased = cancels;
        lock.unlock();
        if (active) {
            entry->task->saveHere();
        }
        if (entry->run()->apply(cancels ? RunEvent::Cancel : RunEvent::Pause).ok()) {
            announce(entry->run());
        }
        lock.lock();
    }
}

/// The run that has had the least; one that waits for a module is passed over. The lock is held.
std::shared_ptr<Entry> LongLane::Impl::pick() {
    std::shared_ptr<Entry> least;
    for (const auto& entry : entries) {
        const RunState state = entry->run()->state();
        if (entry->isReleased || !isActive(state)) {
            continue;
        }
        if (state == RunState::Queued) {
            const std::string waitsFor = tools.source.waitingFor(entry->run()->description());
            entry->run()->setWaitingFor(waitsFor);
            if (!waitsFor.empty()) {
                continue;
            }
        }
        if (least == nullptr || entry->task->used() < least->task->used()) {
            least = entry;
        }
    }
    return least;
}

/// After a slice; the lock is not held.
void LongLane::Impl::end(Entry& entry, SliceEnd end) {
    if (end == SliceEnd::More) {
        return;
    }
    const RunPtr& run = entry.run();
    bool cancels = false;
    {
        const std::lock_guard lock(mutex);
        entry.pauseAt.reset();
        entry.isReleased = end != SliceEnd::PauseReached; // before anybody can continue the run
        cancels = end == SliceEnd::GivenUp && std::exchange(entry.wantsCancel, false);
    }
    if (end == SliceEnd::GivenUp) {
        entry.task->dropPartOfStep();
    } else {
        entry.task->saveHere();
    }
    if (end == SliceEnd::Failed && entry.task->isBeforeGoingOn()) {
        run->interrupt(entry.task->error());
    } else if (end == SliceEnd::Failed) {
        run->fail(entry.task->error());
    } else if (end == SliceEnd::Done) {
        (void)run->apply(RunEvent::Finish);
    } else {
        (void)run->apply(cancels ? RunEvent::Cancel : RunEvent::Pause);
    }
    announce(run);
}

void LongLane::Impl::slice(Entry& entry, std::optional<std::int64_t> pauseAt) {
    if (entry.run()->state() == RunState::Queued) {
        if (!entry.run()->apply(RunEvent::Start).ok()) {
            return; // paused or cancelled just now
        }
        announce(entry.run());
    }
    SliceEnd how = SliceEnd::More;
    {
        const LaneActivity::Stretch stretch(tools.activity);
        how = entry.task->slice(pauseAt, attention);
        if (stretch.wasShared()) {
            entry.run()->setOtherLaneWasBusy();
        }
    }
    end(entry, how);
}

/// Lets go of computations that are over, on this thread and without the lock.
void LongLane::Impl::sweep(std::unique_lock<std::mutex>& lock) {
    std::vector<std::shared_ptr<Entry>> over;
    const auto first = std::stable_partition(
        entries.begin(), entries.end(), [](const std::shared_ptr<Entry>& entry) {
            const RunState state = entry->run()->state();
            return !entry->isReleased && (isActive(state) || state == RunState::Paused);
        });
    std::move(first, entries.end(), std::back_inserter(over));
    entries.erase(first, entries.end());
    if (!over.empty()) {
        lock.unlock();
        over.clear();
        lock.lock();
    }
}

void LongLane::Impl::work() {
    stepBack();
    std::unique_lock lock(mutex);
    while (true) {
        attention = false;
        answer(lock);
        sweep(lock);
        if (quits) {
            break;
        }
        current = pick();
        if (current == nullptr) {
            condition.wait(lock, [&] { return quits || attention; });
            continue;
        }
        const auto pauseAt = current->pauseAt;
        lock.unlock();
        slice(*current, pauseAt);
        lock.lock();
        current.reset();
    }
    auto left = std::exchange(entries, {});
    lock.unlock();
    left.clear();
    lock.lock();
    hasEnded = true;
    condition.notify_all();
}

LongLane::LongLane(LaneTools tools, LongLaneSettings settings)
    : impl_(std::make_unique<Impl>(tools, settings)) {
    impl_->thread = std::thread([this] { impl_->work(); });
}

LongLane::~LongLane() {
    stop();
}

void LongLane::add(RunPtr run, Beginning beginning) {
    auto entry = std::make_shared<Entry>();
    entry->pauseAt = beginning.pauseAt;
    entry->task = std::make_shared<LongTask>(std::move(run), std::move(beginning), impl_->settings,
                                             impl_->tools);
    const std::lock_guard lock(impl_->mutex);
    entry->task->setUsed(impl_->leastUsed());
    impl_->entries.push_back(std::move(entry));
    impl_->call();
}

bool LongLane::holds(RunId run) const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->find(run) != nullptr;
}

Result<void> LongLane::pause(RunId run) {
    const std::lock_guard lock(impl_->mutex);
    const auto entry = impl_->find(run);
    if (entry == nullptr || !isActive(entry->run()->state())) {
        return notHere(run, entry);
    }
    entry->wantsPause = true;
    impl_->call();
    return {};
}

Result<void> LongLane::resume(RunId run, std::optional<std::int64_t> pauseAt) {
    RunPtr resumed;
    {
        const std::lock_guard lock(impl_->mutex);
        const auto entry = impl_->find(run);
        if (entry == nullptr || entry->run()->state() != RunState::Paused) {
            return notHere(run, entry);
        }
        entry->wantsPause = false;
        entry->pauseAt = pauseAt;
        entry->task->setUsed(std::max(entry->task->used(), impl_->leastUsed()));
        resumed = entry->run();
        (void)resumed->apply(RunEvent::Continue);
        impl_->call();
    }
    impl_->announce(resumed);
    return {};
}

Result<void> LongLane::runTo(RunId run, std::int64_t step) {
    {
        const std::lock_guard lock(impl_->mutex);
        const auto entry = impl_->find(run);
        if (entry == nullptr) {
            return notHere(run, entry);
        }
        const std::int64_t reached = entry->run()->status().step;
        if (step <= reached) {
            return Error{"run " + std::to_string(run) + " is at step " + std::to_string(reached) +
                             ", past " + std::to_string(step),
                         "fork it to go back", ""};
        }
        if (isActive(entry->run()->state())) {
            entry->pauseAt = step;
            impl_->call();
            return {};
        }
    }
    return resume(run, step);
}

Result<void> LongLane::stepOnce(RunId run) {
    std::int64_t step = 0;
    {
        const std::lock_guard lock(impl_->mutex);
        const auto entry = impl_->find(run);
        if (entry == nullptr) {
            return notHere(run, entry);
        }
        step = entry->run()->status().step;
    }
    return runTo(run, step + 1);
}

Result<void> LongLane::cancel(RunId run) {
    const std::lock_guard lock(impl_->mutex);
    const auto entry = impl_->find(run);
    if (entry == nullptr || !after(entry->run()->state(), RunEvent::Cancel)) {
        return notHere(run, entry);
    }
    entry->wantsCancel = true;
    if (entry == impl_->current) {
        entry->task->stop = true;
    }
    impl_->call();
    return {};
}

Result<void> LongLane::turn(RunId run, std::string knob, Value value) {
    const std::lock_guard lock(impl_->mutex);
    const auto entry = impl_->find(run);
    if (entry == nullptr) {
        return notHere(run, entry);
    }
    entry->turns.emplace_back(std::move(knob), std::move(value));
    impl_->call();
    return {};
}

void LongLane::release(RunId run) {
    const std::lock_guard lock(impl_->mutex);
    if (const auto entry = impl_->find(run); entry != nullptr && !isActive(entry->run()->state())) {
        entry->isReleased = true;
        impl_->call();
    }
}

void LongLane::wake() {
    const std::lock_guard lock(impl_->mutex);
    impl_->call();
}

void LongLane::stop() {
    {
        std::unique_lock lock(impl_->mutex);
        impl_->quits = true;
        impl_->call();
        const std::chrono::duration<double> patience(impl_->settings.stopPatienceSeconds);
        if (!impl_->condition.wait_for(lock, patience, [this] { return impl_->hasEnded; }) &&
            impl_->current != nullptr) {
            impl_->current->task->stop = true;
        }
    }
    if (impl_->thread.joinable()) {
        impl_->thread.join();
    }
}

} // namespace psephos::lab
