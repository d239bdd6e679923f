// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/lanes/reactive_lane.hpp"

#include "lab/guarded.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace psephos::lab {

namespace {

using WallClock = std::chrono::steady_clock;

/// A computation that has been replaced may still run this long, so that a hand that moves faster
/// than it computes sees something: at least so long …
constexpr std::chrono::milliseconds kLeastPatience{30};
/// … and up to this where the picture has been standing still for as long.
constexpr std::chrono::milliseconds kMostPatience{500};

/// A hand that has not moved for so long rests.
constexpr std::chrono::milliseconds kRest{120};

/// What a run is asked to compute.
struct Request {
    RunScenario scenario;
    bool settled = false;
};

/// Why the computation under way is given up.
enum class GiveUp { No, Replaced, Paused, Cancelled };

/// A run on the lane. Guarded by the lane's mutex, but for `stop`.
struct Entry {
    RunPtr run;
    std::optional<Request> next;   ///< waits to be computed
    std::optional<Request> latest; ///< computed last or being computed; what resume() computes
    std::uint64_t order = 0;       ///< requests are computed in the order in which they came
    GiveUp giveUp = GiveUp::No;
    WallClock::time_point shownAt = WallClock::now();
    /// When the computation under way may be given up for a newer request.
    WallClock::time_point patientUntil;
    std::atomic<bool> stop{false};
};

enum class Outcome { Complete, GivenUp, Failed };

} // namespace

struct ReactiveLane::Impl {
    LaneTools tools;
    mutable std::mutex mutex;
    std::condition_variable condition;
    std::vector<std::shared_ptr<Entry>> entries;
    std::shared_ptr<Entry> current;
    std::uint64_t requests = 0;
    bool quits = false;
    bool isCalled = false;
    std::optional<WallClock::time_point> deadline; ///< when `current` is to be given up
    std::condition_variable watchBell;
    std::thread thread;
    std::thread watch; ///< keeps the deadline while the lane's thread computes

    explicit Impl(LaneTools laneTools)
        : tools(laneTools) {}

    [[nodiscard]] std::shared_ptr<Entry> find(RunId run) const {
        for (const auto& entry : entries) {
            if (entry->run->id() == run) {
                return entry;
            }
        }
        return nullptr;
    }

    void call() {
        isCalled = true;
        condition.notify_all();
    }

    void announce(const RunPtr& run) {
        tools.keeper.changed(run);
        tools.bell.ring();
    }

    void giveUp(Entry& entry, GiveUp why) {
        entry.giveUp = why;
        entry.stop = true;
    }

    void work();
    void keepDeadline();
    void replace(Entry& entry);
    [[nodiscard]] std::shared_ptr<Entry> pick();
    void compute(Entry& entry, const Request& request);
    [[nodiscard]] Result<Outcome> computeFrames(Entry& entry, const Request& request);
    void noteShown(Entry& entry);
    void awaitRest(const Entry& entry);
    void finish(Entry& entry, const Request& request, const Result<Outcome>& outcome);
};

/// The oldest request that need not wait for a module; the lock is held.
std::shared_ptr<Entry> ReactiveLane::Impl::pick() {
    std::shared_ptr<Entry> oldest;
    for (const auto& entry : entries) {
        if (!entry->next || entry->run->state() != RunState::Queued) {
            continue;
        }
        const std::string waitsFor = tools.source.waitingFor(entry->run->description());
        entry->run->setWaitingFor(waitsFor);
        if (waitsFor.empty() && (oldest == nullptr || entry->order < oldest->order)) {
            oldest = entry;
        }
    }
    return oldest;
}

/// Makes one generation of frames, unseen by readers.
Result<Outcome> ReactiveLane::Impl::computeFrames(Entry& entry, const Request& request) {
    Run& run = *entry.run;
    auto created = tools.source.create(run.description());
    if (!created) {
        return created.error();
    }
    Computation& computation = **created;
    run.noteVersions();
    run.beginGeneration(request.scenario);
    RunContext context(request.scenario, 1, run, entry.stop);
    const std::string& stepsKnob = run.description().stepsKnob;
    const std::int64_t steps = stepsKnob.empty() ? 0 : request.scenario.knobs.integer(stepsKnob);
    context.clock().start();
    if (const auto started = detail::guarded([&] { return computation.start(context); });
        !started) {
        return started.error();
    }
    std::int64_t step = 0;
    bool isUnseen = true;
    while (steps == 0 || step < steps) {
        if (entry.stop) {
            return Outcome::GivenUp;
        }
        context.setStep(step + 1);
        const auto advanced = detail::guarded([&] { return computation.advance(context); });
        if (!advanced) {
            return advanced.error();
        }
        ++step;
        run.setProgress(step, context.clock().seconds());
        if (isUnseen && !run.isInGeneration()) {
            isUnseen = false;
            noteShown(entry);
            if (!request.settled && *advanced == Advance::More) {
                const auto waiting = context.offClock();
                awaitRest(entry);
            }
        }
        if (*advanced == Advance::Done) {
            break;
        }
    }
    computation.synchronize();
    context.clock().stop();
    if (auto wrong = run.takeFrameError()) {
        return *wrong;
    }
    run.setProgress(step, context.clock().seconds());
    return entry.stop ? Outcome::GivenUp : Outcome::Complete;
}

/// The generation is seen before it is complete: nothing is lost any more where a successor ends
/// it.
void ReactiveLane::Impl::noteShown(Entry& entry) {
    {
        const std::lock_guard lock(mutex);
        entry.shownAt = WallClock::now();
        entry.patientUntil = entry.shownAt;
        if (entry.next && entry.giveUp == GiveUp::No) {
            giveUp(entry, GiveUp::Replaced);
        }
    }
    announce(entry.run);
}

/// A hand that still moves asks anew at once: what would stream in for nothing leaves the processor
/// to the picture meanwhile. Nobody else is kept waiting.
void ReactiveLane::Impl::awaitRest(const Entry& entry) {
    const auto until = WallClock::now() + kRest;
    while (!entry.stop && WallClock::now() < until) {
        {
            const std::lock_guard lock(mutex);
            const bool isAsked = std::any_of(entries.begin(), entries.end(), [](const auto& each) {
                return each->next.has_value();
            });
            if (quits || isAsked) {
                return;
            }
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
}

/// Shows the generation, or says why there is none; the lock is not held.
void ReactiveLane::Impl::finish(Entry& entry, const Request& request,
                                const Result<Outcome>& outcome) {
    std::unique_lock lock(mutex);
    const GiveUp why = std::exchange(entry.giveUp, GiveUp::No);
    if (why != GiveUp::No || !outcome || *outcome != Outcome::Complete) {
        if (why == GiveUp::Replaced) {
            (void)entry.run->apply(RunEvent::Change);
        } else if (why == GiveUp::Cancelled) {
            (void)entry.run->apply(RunEvent::Cancel);
        } else if (why == GiveUp::Paused) {
            (void)entry.run->apply(RunEvent::Pause);
        } else {
            entry.run->fail(outcome ? Error{"given up", "", ""} : outcome.error());
        }
        lock.unlock();
        announce(entry.run);
        return;
    }
    entry.run->show();
    entry.shownAt = WallClock::now();
    (void)entry.run->apply(RunEvent::Finish);
    if (entry.next) {
        (void)entry.run->apply(RunEvent::Change);
    }
    lock.unlock();
    if (request.settled) {
        tools.keeper.settled(entry.run);
    }
    announce(entry.run);
}

void ReactiveLane::Impl::compute(Entry& entry, const Request& request) {
    Result<Outcome> outcome = Outcome::GivenUp;
    {
        const LaneActivity::Stretch stretch(tools.activity);
        outcome = computeFrames(entry, request);
        if (stretch.wasShared()) {
            entry.run->setOtherLaneWasBusy();
        }
    }
    finish(entry, request, outcome);
}

/// The computation under way has a successor: it is given up now or when patience ends. The mutex
/// is held.
void ReactiveLane::Impl::replace(Entry& entry) {
    if (WallClock::now() >= entry.patientUntil) {
        giveUp(entry, GiveUp::Replaced);
    } else {
        deadline = entry.patientUntil;
        watchBell.notify_all();
    }
}

void ReactiveLane::Impl::keepDeadline() {
    std::unique_lock lock(mutex);
    while (!quits) {
        if (!deadline) {
            watchBell.wait(lock);
        } else if (WallClock::now() < *deadline) {
            watchBell.wait_until(lock, *deadline);
        } else {
            deadline.reset();
            if (current != nullptr && current->run->state() == RunState::Running &&
                current->giveUp == GiveUp::No) {
                giveUp(*current, GiveUp::Replaced);
            }
        }
    }
}

void ReactiveLane::Impl::work() {
    std::unique_lock lock(mutex);
    while (!quits) {
        isCalled = false;
        current = pick();
        if (current == nullptr) {
            condition.wait(lock, [&] { return quits || isCalled; });
            continue;
        }
        current->latest = std::exchange(current->next, std::nullopt);
        const Request request = *current->latest;
        current->stop = false;
        current->giveUp = GiveUp::No;
        const auto now = WallClock::now();
        const WallClock::duration stale = now - current->shownAt;
        current->patientUntil =
            now + std::clamp<WallClock::duration>(stale, kLeastPatience, kMostPatience);
        (void)current->run->apply(RunEvent::Start);
        lock.unlock();
        compute(*current, request);
        lock.lock();
        current.reset();
        deadline.reset();
    }
}

ReactiveLane::ReactiveLane(LaneTools tools)
    : impl_(std::make_unique<Impl>(tools)) {
    impl_->thread = std::thread([this] { impl_->work(); });
    impl_->watch = std::thread([this] { impl_->keepDeadline(); });
}

ReactiveLane::~ReactiveLane() {
    stop();
}

void ReactiveLane::request(const RunPtr& run, RunScenario scenario, bool settled) {
    {
        const std::lock_guard lock(impl_->mutex);
        auto entry = impl_->find(run->id());
        if (entry == nullptr) {
            entry = std::make_shared<Entry>();
            entry->run = run;
            impl_->entries.push_back(entry);
        }
        entry->next = Request{std::move(scenario), settled};
        entry->order = ++impl_->requests;
        if (run->state() == RunState::Running) {
            impl_->replace(*entry);
        } else {
            (void)run->apply(RunEvent::Change);
        }
        impl_->call();
    }
    impl_->announce(run);
}

bool ReactiveLane::holds(RunId run) const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->find(run) != nullptr;
}

Result<void> ReactiveLane::pause(RunId run) {
    RunPtr paused;
    {
        const std::lock_guard lock(impl_->mutex);
        const auto entry = impl_->find(run);
        if (entry == nullptr) {
            return Error{"run " + std::to_string(run) + " is not active", "", ""};
        }
        if (entry->run->state() == RunState::Running) {
            impl_->giveUp(*entry, GiveUp::Paused);
            return {};
        }
        if (auto applied = entry->run->apply(RunEvent::Pause); !applied) {
            return applied;
        }
        paused = entry->run;
    }
    impl_->announce(paused);
    return {};
}

Result<void> ReactiveLane::resume(RunId run) {
    RunPtr resumed;
    {
        const std::lock_guard lock(impl_->mutex);
        const auto entry = impl_->find(run);
        if (entry == nullptr || !(entry->next || entry->latest)) {
            return Error{"run " + std::to_string(run) + " is not active", "", ""};
        }
        if (auto applied = entry->run->apply(RunEvent::Continue); !applied) {
            return applied;
        }
        if (!entry->next) {
            entry->next = entry->latest;
        }
        entry->order = ++impl_->requests;
        resumed = entry->run;
        impl_->call();
    }
    impl_->announce(resumed);
    return {};
}

Result<void> ReactiveLane::cancel(RunId run) {
    RunPtr cancelled;
    {
        const std::lock_guard lock(impl_->mutex);
        const auto entry = impl_->find(run);
        if (entry == nullptr) {
            return Error{"run " + std::to_string(run) + " is not active", "", ""};
        }
        entry->next.reset();
        if (entry->run->state() == RunState::Running) {
            impl_->giveUp(*entry, GiveUp::Cancelled);
            return {};
        }
        if (auto applied = entry->run->apply(RunEvent::Cancel); !applied) {
            return applied;
        }
        cancelled = entry->run;
    }
    impl_->announce(cancelled);
    return {};
}

void ReactiveLane::wake() {
    const std::lock_guard lock(impl_->mutex);
    impl_->call();
}

void ReactiveLane::forget(RunId run) {
    const std::lock_guard lock(impl_->mutex);
    std::erase_if(impl_->entries, [&](const std::shared_ptr<Entry>& entry) {
        return entry->run->id() == run && entry != impl_->current;
    });
}

void ReactiveLane::stop() {
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->quits = true;
        impl_->watchBell.notify_all();
        for (const auto& entry : impl_->entries) {
            if (entry->run->state() == RunState::Running) {
                impl_->giveUp(*entry, GiveUp::Paused);
            } else if (entry->run->state() == RunState::Queued) {
                (void)entry->run->apply(RunEvent::Pause);
            }
        }
        impl_->call();
    }
    for (std::thread* thread : {&impl_->thread, &impl_->watch}) {
        if (thread->joinable()) {
            thread->join();
        }
    }
}

} // namespace psephos::lab
