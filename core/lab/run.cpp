// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/run.hpp"

#include "lab/experiment.hpp"
#include "lab/text.hpp"
#include "lab/workbench.hpp"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <chrono>
#include <cmath>
#include <deque>
#include <functional>
#include <map>
#include <mutex>

namespace psephos::lab {

namespace {

using WallClock = std::chrono::steady_clock;

/// The rate is that of the last so many seconds.
constexpr std::chrono::seconds kRateWindow{4};

struct RateReading {
    WallClock::time_point at;
    std::int64_t step = 0;
};

std::int64_t stepsOf(const Description& description, const RunScenario& scenario) {
    const std::string& knob = description.stepsKnob;
    return knob.empty() || !scenario.knobs.contains(knob) ? 0 : scenario.knobs.integer(knob);
}

/// Why a frame does not fit its channel; empty when it does.
std::string misfit(const Channel& channel, const Payload& payload) {
    if (channel.kind != kindOf(payload)) {
        return "a " + std::string(name(kindOf(payload))) + " on a channel of kind " +
               std::string(name(channel.kind));
    }
    if (const auto* table = std::get_if<TablePtr>(&payload)) {
        const auto& columns = (*table)->columns;
        if (columns.size() != channel.columns.size()) {
            return std::to_string(columns.size()) + " columns instead of " +
                   std::to_string(channel.columns.size());
        }
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const bool isText = std::holds_alternative<std::vector<std::string>>(columns[i]);
            const std::size_t rows =
                std::visit([](const auto& cells) { return cells.size(); }, columns[i]);
            if (isText != channel.columns[i].isText || rows != (*table)->rows()) {
                return "column '" + channel.columns[i].id + "' of another type or length";
            }
        }
    } else if (const auto* grid = std::get_if<GridPtr>(&payload)) {
        const std::size_t cells = (*grid)->x.size() * (*grid)->y.size();
        if ((*grid)->values.size() != cells) {
            return std::to_string((*grid)->values.size()) + " values in a grid of " +
                   std::to_string(cells);
        }
    }
    return "";
}

} // namespace

std::string_view name(RunState state) {
    switch (state) {
    case RunState::Queued:
        return "queued";
    case RunState::Running:
        return "running";
    case RunState::Paused:
        return "paused";
    case RunState::Finished:
        return "finished";
    case RunState::Cancelled:
        return "cancelled";
    case RunState::Failed:
        return "failed";
    case RunState::Interrupted:
        return "interrupted";
    }
    return "";
}

std::optional<RunState> runStateFromName(std::string_view name) {
    for (const RunState state : kRunStates) {
        if (lab::name(state) == name) {
            return state;
        }
    }
    return std::nullopt;
}

std::optional<RunState> after(RunState state, RunEvent event) {
    using enum RunState;
    const bool isActive = state == Queued || state == Running || state == Paused;
    const auto only = [](bool allowed, RunState next) {
        return allowed ? std::optional(next) : std::nullopt;
    };
    switch (event) {
    case RunEvent::Start:
        return only(state == Queued, Running);
    case RunEvent::Pause:
        return only(state == Running || state == Queued, Paused);
    case RunEvent::Continue:
        return only(state == Paused || state == Interrupted || state == Cancelled ||
                        state == Finished,
                    Queued);
    case RunEvent::Finish:
        return only(state == Running, Finished);
    case RunEvent::Fail:
        return only(state == Running, Failed);
    case RunEvent::Cancel:
        return only(isActive, Cancelled);
    case RunEvent::Lose:
        return only(isActive, Interrupted);
    case RunEvent::Change:
        return Queued;
    }
    return std::nullopt;
}

struct Run::Impl {
    std::atomic<std::int64_t> step{0};
    std::atomic<double> computeSeconds{0};
    std::atomic<std::uint64_t> version{0};

    std::shared_ptr<History> writing; ///< the lane's; equal to `history` but in a generation

    // Written by the lane and the workbench, read by everybody: under the mutex.
    mutable std::mutex mutex;
    RunScenario scenario;
    RunScenario nextScenario; ///< of the generation under way
    std::shared_ptr<History> history;
    RunRecord record; ///< but step and seconds, which are above
    std::string waitingFor;
    std::optional<Error> frameError;
    std::deque<RateReading> readings;
    bool inGeneration = false;
    std::vector<Note> nextNotes; ///< of the generation under way, as the next one
    std::optional<std::int64_t> nextDivergedAt;
    std::map<std::string, Frame, std::less<>> stale; ///< see staleFrame()

    [[nodiscard]] std::vector<Note>& notes() { return inGeneration ? nextNotes : record.notes; }

    [[nodiscard]] std::optional<std::int64_t>& divergedAt() {
        return inGeneration ? nextDivergedAt : record.divergedAt;
    }

    void setError(Error error) {
        const std::lock_guard lock(mutex);
        record.error = std::move(error);
        changed();
    }

    void changed() { version.fetch_add(1, std::memory_order_release); }

    [[nodiscard]] double rate() const {
        if (readings.size() < 2) {
            return 0;
        }
        const std::chrono::duration<double> wall = readings.back().at - readings.front().at;
        const auto steps = static_cast<double>(readings.back().step - readings.front().step);
        return wall.count() > 0 ? steps / wall.count() : 0;
    }
};

Run::Run(RunId id, ComparisonId comparison, const Description& description, RunScenario scenario,
         std::size_t number)
    : id_(id)
    , comparison_(comparison)
    , number_(number)
    , description_(description)
    , impl_(std::make_unique<Impl>()) {
    impl_->scenario = std::move(scenario);
    impl_->history = std::make_shared<History>(description.channels);
    impl_->writing = impl_->history;
}

Run::~Run() = default;

RunScenario Run::scenario() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->scenario;
}

RunRecord Run::record() const {
    const std::lock_guard lock(impl_->mutex);
    RunRecord record = impl_->record;
    record.step = impl_->step;
    record.computeSeconds = impl_->computeSeconds;
    return record;
}

RunStatus Run::status() const {
    RunStatus status;
    std::shared_ptr<const History> history;
    {
        const std::lock_guard lock(impl_->mutex);
        const RunRecord& record = impl_->record;
        status.version = impl_->version.load(std::memory_order_acquire);
        status.state = record.state;
        status.step = impl_->step;
        status.steps = stepsOf(description_, impl_->scenario);
        status.computeSeconds = impl_->computeSeconds;
        status.waitingFor = impl_->waitingFor;
        status.error = record.error;
        status.divergedAt = record.divergedAt;
        status.otherLaneWasBusy = record.otherLaneWasBusy;
        status.notes = record.notes;
        if (record.state == RunState::Running) {
            status.stepsPerSecond = impl_->rate();
        }
        history = impl_->history;
    }
    if (status.stepsPerSecond > 0 && status.steps > 0) {
        status.remainingSeconds =
            static_cast<double>(std::max<std::int64_t>(0, status.steps - status.step)) /
            status.stepsPerSecond;
    }
    for (const Channel& channel : description_.channels) {
        if (channel.kind == FrameKind::Scalar) {
            if (const auto frame = history->latest(channel.id)) {
                status.finals.emplace_back(channel.id, std::get<double>(frame->payload));
            }
        }
    }
    return status;
}

RunState Run::state() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->record.state;
}

std::uint64_t Run::version() const {
    return impl_->version.load(std::memory_order_acquire);
}

std::shared_ptr<const History> Run::history() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->history;
}

std::shared_ptr<History> Run::writableHistory() {
    const std::lock_guard lock(impl_->mutex);
    return impl_->history;
}

std::vector<KnobTurn> Run::turns() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->record.turns;
}

std::string Run::name() const {
    return nameOf(description_, scenario());
}

std::string Run::settings() const {
    const RunScenario scenario = this->scenario();
    if (description_.runSettings) {
        return description_.runSettings(scenario);
    }
    std::vector<std::string> words;
    for (const std::string& knob : scenario.varied) {
        words.push_back(
            knob + " " +
            (knob == "seed" ? std::to_string(scenario.seed) : toText(scenario.knobs.at(knob))));
    }
    return joined(words, " · ");
}

std::optional<std::pair<RunId, std::int64_t>> Run::forkedFrom() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->record.forkedFrom;
}

void Run::accept(std::string_view channel, Frame frame) {
    const Channel* declared = description_.channel(channel);
    const std::string wrong =
        declared != nullptr ? misfit(*declared, frame.payload) : "no such channel is declared";
    const std::int64_t step = frame.step;
    const double* value = std::get_if<double>(&frame.payload);
    const bool hasDiverged = value != nullptr && !std::isfinite(*value) &&
                             (channel == description_.headline || channel.starts_with("loss/"));
    if (!wrong.empty() || !impl_->writing->append(channel, std::move(frame))) {
        const std::lock_guard lock(impl_->mutex);
        impl_->frameError =
            Error{"experiment '" + description_.id + "' emitted on channel '" +
                      std::string(channel) + "' at step " + std::to_string(step) + ": " +
                      (wrong.empty() ? "the step is before that of an earlier frame" : wrong),
                  "this is a mistake in the program, not in the scenario", ""};
        return;
    }
    {
        const std::lock_guard lock(impl_->mutex);
        if (hasDiverged && !impl_->divergedAt()) {
            impl_->divergedAt() = step;
        }
        if (const auto old = impl_->stale.find(channel);
            old != impl_->stale.end() && !impl_->inGeneration) {
            impl_->stale.erase(old);
        }
    }
    impl_->changed();
}

void Run::accept(Note note) {
    const std::lock_guard lock(impl_->mutex);
    auto& notes = impl_->notes();
    const auto same =
        std::find_if(notes.begin(), notes.end(), [&](const Note& n) { return n.id == note.id; });
    if (same != notes.end()) {
        *same = std::move(note);
    } else {
        notes.push_back(std::move(note));
    }
    impl_->changed();
}

std::optional<Error> Run::takeFrameError() {
    const std::lock_guard lock(impl_->mutex);
    return std::exchange(impl_->frameError, std::nullopt);
}

Result<void> Run::apply(RunEvent event) {
    const std::lock_guard lock(impl_->mutex);
    const auto next = after(impl_->record.state, event);
    if (!next) {
        return Error{"run " + std::to_string(id_) + " is " +
                         std::string(lab::name(impl_->record.state)),
                     "", ""};
    }
    impl_->record.state = *next;
    if (event == RunEvent::Finish || event == RunEvent::Fail || event == RunEvent::Cancel ||
        event == RunEvent::Lose) {
        impl_->stale.clear(); // nothing is on its way any more
    }
    if (event == RunEvent::Start || event == RunEvent::Continue || event == RunEvent::Change) {
        impl_->record.error.reset();
        impl_->readings.clear();
    }
    if (*next != RunState::Queued) {
        impl_->waitingFor.clear();
    }
    impl_->changed();
    return {};
}

void Run::fail(Error error) {
    if (apply(RunEvent::Fail).ok()) {
        impl_->setError(std::move(error));
    }
}

void Run::interrupt(Error cause) {
    if (apply(RunEvent::Lose).ok()) {
        impl_->setError(std::move(cause));
    }
}

void Run::setProgress(std::int64_t step, double computeSeconds) {
    impl_->step.store(step, std::memory_order_relaxed);
    impl_->computeSeconds.store(computeSeconds, std::memory_order_relaxed);
    impl_->changed();
}

void Run::measureRate() {
    const std::lock_guard lock(impl_->mutex);
    const auto now = WallClock::now();
    auto& readings = impl_->readings;
    readings.push_back({now, impl_->step.load()});
    while (readings.size() > 2 && now - readings[1].at > kRateWindow) {
        readings.pop_front();
    }
}

void Run::setWaitingFor(std::string what) {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->waitingFor != what) {
        impl_->waitingFor = std::move(what);
        impl_->changed();
    }
}

void Run::setOtherLaneWasBusy() {
    const std::lock_guard lock(impl_->mutex);
    if (!impl_->record.otherLaneWasBusy) {
        impl_->record.otherLaneWasBusy = true;
        impl_->changed();
    }
}

void Run::noteVersions() {
    Json now = versions();
    const std::lock_guard lock(impl_->mutex);
    impl_->record.versions = std::move(now);
}

void Run::setScenario(RunScenario scenario) {
    const std::lock_guard lock(impl_->mutex);
    impl_->scenario = std::move(scenario);
    impl_->changed();
}

void Run::addTurn(std::int64_t step, const std::string& knob, const Value& value) {
    const std::lock_guard lock(impl_->mutex);
    KnobValues& knobs = impl_->scenario.knobs;
    impl_->record.turns.push_back({step, knob, value, knobs.at(knob)});
    knobs.set(knob, value);
    impl_->changed();
}

void Run::truncateAfter(std::int64_t step) {
    impl_->writing->truncateAfter(step);
    const std::lock_guard lock(impl_->mutex);
    auto& turns = impl_->record.turns;
    while (!turns.empty() && turns.back().step > step) {
        impl_->scenario.knobs.set(turns.back().knob, turns.back().before);
        turns.pop_back();
    }
    if (impl_->record.divergedAt && *impl_->record.divergedAt > step) {
        impl_->record.divergedAt.reset();
    }
    impl_->changed();
}

void Run::setRecord(RunRecord record) {
    const std::lock_guard lock(impl_->mutex);
    impl_->step = record.step;
    impl_->computeSeconds = record.computeSeconds;
    impl_->record = std::move(record);
    impl_->changed();
}

void Run::beginGeneration(RunScenario scenario) {
    impl_->writing = std::make_shared<History>(description_.channels);
    const std::lock_guard lock(impl_->mutex);
    impl_->nextScenario = std::move(scenario);
    impl_->inGeneration = true;
    impl_->nextNotes.clear();
    impl_->nextDivergedAt.reset();
}

bool Run::isInGeneration() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->inGeneration;
}

void Run::show() {
    if (isInGeneration()) {
        publish();
    }
}

std::optional<Frame> Run::staleFrame(std::string_view channel) const {
    const std::lock_guard lock(impl_->mutex);
    const auto found = impl_->stale.find(channel);
    return found == impl_->stale.end() ? std::nullopt : std::optional(found->second);
}

void Run::publish() {
    const std::lock_guard lock(impl_->mutex);
    assert(impl_->inGeneration);
    impl_->inGeneration = false;
    for (const Channel& channel : description_.channels) {
        if (auto old = impl_->history->latest(channel.id)) {
            impl_->stale.insert_or_assign(channel.id, std::move(*old));
        }
        if (impl_->writing->latest(channel.id)) {
            impl_->stale.erase(channel.id);
        }
    }
    impl_->history = impl_->writing;
    impl_->scenario = std::move(impl_->nextScenario);
    impl_->record.notes = std::move(impl_->nextNotes);
    impl_->record.divergedAt = impl_->nextDivergedAt;
    impl_->changed();
}

} // namespace psephos::lab
