// SPDX-License-Identifier: GPL-3.0-or-later
// A run: one execution of one scenario, with its state, clock and frames.
#pragma once

#include "lab/history.hpp"
#include "lab/note.hpp"
#include "lab/run_context.hpp"
#include "lab/scenario.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::lab {

struct Description;

/// Identity in the store; > 0.
using RunId = std::int64_t;
using ComparisonId = std::int64_t;

enum class RunState { Queued, Running, Paused, Finished, Cancelled, Failed, Interrupted };

/// `queued`, `running` … as run.json spells it.
[[nodiscard]] std::string_view name(RunState state);
[[nodiscard]] std::optional<RunState> runStateFromName(std::string_view name);

/// What may happen to a run.
enum class RunEvent { Start, Pause, Continue, Finish, Cancel, Fail, Lose };

/// The one transition table: the state after the event, or none where the event is not allowed.
/// Start: queued → running. Pause: running, queued → paused. Continue: paused, interrupted,
/// cancelled, finished → queued. Finish, Fail: running. Cancel: queued, running, paused.
/// Lose (its owner died): queued, running, paused → interrupted.
[[nodiscard]] std::optional<RunState> after(RunState state, RunEvent event);

/// A consistent copy of what can be said about a run now.
struct RunStatus {
    RunState state = RunState::Queued;
    std::int64_t step = 0;
    std::int64_t steps = 0; ///< where it ends; 0: not known beforehand
    double computeSeconds = 0;
    double stepsPerSecond = 0;               ///< of wall time, over the last seconds
    std::optional<double> remainingSeconds;  ///< wall
    std::string waitingFor;                  ///< why it is queued: "LibTorch is loading"
    std::optional<Error> error;              ///< of a failed run
    std::optional<std::int64_t> divergedAt;  ///< first step with a loss that is not finite
    bool otherLaneWasBusy = false;           ///< its seconds were not alone on the machine
    std::vector<Note> notes;
    std::vector<std::pair<std::string, double>> finals; ///< last value of each scalar channel
    std::uint64_t version = 0;                          ///< grows with every change
};

/// A turn of a live knob, with the step before which it took effect.
struct KnobTurn {
    std::int64_t step = 0;
    std::string knob;
    Value value;
};

/// Shared by its lane (writer) and everybody who looks (readers); thread-safe.
class Run final : public FrameSink {
  public:
    Run(RunId id, ComparisonId comparison, const Description& description, RunScenario scenario,
        std::size_t number);
    ~Run() override;

    [[nodiscard]] RunId id() const { return id_; }

    [[nodiscard]] ComparisonId comparison() const { return comparison_; }

    /// Number of expansion within the comparison, from 1; picks its colour.
    [[nodiscard]] std::size_t number() const { return number_; }

    [[nodiscard]] const Description& description() const { return description_; }

    /// A copy: a live knob or an extension may change it.
    [[nodiscard]] RunScenario scenario() const;
    [[nodiscard]] RunStatus status() const;
    /// Grows with every change of state, step, note or frame.
    [[nodiscard]] std::uint64_t version() const;
    /// The frames. Of a reactive run the last complete generation: replaced, never half-filled.
    [[nodiscard]] std::shared_ptr<const History> history() const;
    [[nodiscard]] std::vector<KnobTurn> turns() const;

    [[nodiscard]] std::string name() const;     ///< "SOAP"
    [[nodiscard]] std::string settings() const; ///< "lr 0.003 · f 10"
    /// First step of this run where it goes on from another one, and which.
    [[nodiscard]] std::optional<std::pair<RunId, std::int64_t>> forkedFrom() const;

    void accept(std::string_view channel, Frame frame) override;
    void accept(Note note) override;

  private:
    friend class Scheduler;
    friend class Store;
    friend class Workbench;
    struct Impl;
    RunId id_;
    ComparisonId comparison_;
    std::size_t number_;
    const Description& description_;
    std::unique_ptr<Impl> impl_;
};

using RunPtr = std::shared_ptr<Run>;

} // namespace psephos::lab
