// SPDX-License-Identifier: GPL-3.0-or-later
// What a computation sees of its run: knobs, seed, device, step, clock, and a way to emit frames.
#pragma once

#include "lab/frame.hpp"
#include "lab/knob.hpp"
#include "lab/lanes/compute_clock.hpp"
#include "lab/note.hpp"
#include "lab/scenario.hpp"

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace psephos::lab {

/// Where a run's frames and notes go; implemented by Run, and by tests.
class FrameSink {
  public:
    virtual ~FrameSink() = default;
    virtual void accept(std::string_view channel, Frame frame) = 0;
    virtual void accept(Note note) = 0;

    /// See RunContext::show().
    virtual void show() {}
};

class RunContext {
  public:
    /// `stop` may be set by another thread; both outlive the context.
    RunContext(RunScenario scenario, int threads, FrameSink& sink, const std::atomic<bool>& stop);

    [[nodiscard]] const RunScenario& scenario() const { return scenario_; }

    [[nodiscard]] const KnobValues& knobs() const { return scenario_.knobs; }

    [[nodiscard]] std::uint64_t seed() const { return scenario_.seed; }

    [[nodiscard]] const std::string& device() const { return scenario_.device; }

    /// Threads that the run may compute with; recorded with it.
    [[nodiscard]] int threads() const { return threads_; }

    /// The step being computed; 0 in start(), the checkpoint's in restore().
    [[nodiscard]] std::int64_t step() const { return step_; }

    [[nodiscard]] bool stopRequested() const { return stop_.load(std::memory_order_relaxed); }

    /// Emits a frame at the current step and compute second. Asserts nothing about the channel: the
    /// run checks it against the description.
    void emit(std::string_view channel, double value);
    void emit(std::string_view channel, Table table);
    void emit(std::string_view channel, Grid grid);
    void emit(std::string_view channel, std::string text);
    /// The same at a step of its own: for a computation that makes a whole path in one step.
    void emitAt(std::int64_t step, std::string_view channel, double value);

    /// A sentence about this run (fresh optimizer state after a fork, an unseen pair in the
    /// support).
    void note(Note note);

    /// What was emitted so far is whole: a reactive run shows it from now on, and what follows is
    /// added to it under the reader's eye (bounds, resamples). Without this call it shows nothing
    /// until the computation is done. Once it is shown, the next turn of a knob ends it at once.
    void show();

    /// The run's clock. It runs during start-up and steps; what is not the run's own compute
    /// (batches, validation, checkpoints, warm-up) is put between `auto off = context.offClock();`
    /// and the end of its scope.
    [[nodiscard]] ComputeClock& clock() { return clock_; }

    [[nodiscard]] ComputeClock::Pause offClock() { return clock_.pause(); }

    /// For the scheduler.
    void setStep(std::int64_t step) { step_ = step; }

    void setKnob(std::string id, Value value) {
        scenario_.knobs.set(std::move(id), std::move(value));
    }

  private:
    RunScenario scenario_;
    int threads_;
    FrameSink& sink_;
    const std::atomic<bool>& stop_;
    std::int64_t step_ = 0;
    ComputeClock clock_;
};

} // namespace psephos::lab
