// SPDX-License-Identifier: GPL-3.0-or-later
// A run: one execution of one scenario, with its state, clock and frames.
#pragma once

#include "lab/history.hpp"
#include "lab/note.hpp"
#include "lab/run_context.hpp"
#include "lab/scenario.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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
enum class RunEvent { Start, Pause, Continue, Finish, Cancel, Fail, Lose, Change };

inline constexpr std::array kRunStates = {
    RunState::Queued,    RunState::Running, RunState::Paused,     RunState::Finished,
    RunState::Cancelled, RunState::Failed,  RunState::Interrupted};
inline constexpr std::array kRunEvents = {RunEvent::Start,  RunEvent::Pause,  RunEvent::Continue,
                                          RunEvent::Finish, RunEvent::Cancel, RunEvent::Fail,
                                          RunEvent::Lose,   RunEvent::Change};

/// The one transition table: the state after the event, or none where the event is not allowed.
/// Start: queued → running. Pause: running, queued → paused. Continue: paused, interrupted,
/// cancelled, finished → queued. Finish, Fail: running. Cancel: queued, running, paused.
/// Lose (its owner died, or it could not go on): queued, running, paused → interrupted. Change (the
/// knobs of a reactive run were turned, it computes anew): every state → queued.
[[nodiscard]] std::optional<RunState> after(RunState state, RunEvent event);

/// A consistent copy of what can be said about a run now.
struct RunStatus {
    RunState state = RunState::Queued;
    std::int64_t step = 0;
    std::int64_t steps = 0; ///< where it ends; 0: not known beforehand
    double computeSeconds = 0;
    double stepsPerSecond = 0;              ///< of wall time, over the last seconds
    std::optional<double> remainingSeconds; ///< wall
    std::string waitingFor;                 ///< why it is queued: "LibTorch is loading"
    std::optional<Error> error;             ///< of a failed run, or of one that could not go on
    std::optional<std::int64_t> divergedAt; ///< first step with a loss that is not finite
    bool otherLaneWasBusy = false;          ///< its seconds were not alone on the machine
    std::vector<Note> notes;
    std::vector<std::pair<std::string, double>> finals; ///< last value of each scalar channel
    std::uint64_t version = 0;                          ///< grows with every change
};

/// A turn of a live knob, with the step before which it took effect.
struct KnobTurn {
    std::int64_t step = 0;
    std::string knob;
    Value value;
    Value before; ///< what it was until then
};

/// What is known of a run beside its scenario and frames: what the store keeps of it.
struct RunRecord {
    RunState state = RunState::Queued;
    std::int64_t step = 0;
    double computeSeconds = 0;
    std::optional<Error> error;
    std::optional<std::int64_t> divergedAt;
    bool otherLaneWasBusy = false;
    std::vector<Note> notes;
    std::vector<KnobTurn> turns;
    std::optional<std::pair<RunId, std::int64_t>> forkedFrom;
    std::string started;    ///< ISO 8601, UTC
    int threads = 1;        ///< that it computes with
    Json versions = Json(); ///< of what computed it
};

/// Shared by its lane (writer) and everybody who looks (readers); thread-safe. Not to be used after
/// the registry that its description is from.
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
    [[nodiscard]] RunState state() const;
    /// Grows with every change of state, step, note or frame.
    [[nodiscard]] std::uint64_t version() const;
    /// The frames. Of a reactive run the last generation that is complete or that its computation
    /// said to be whole (RunContext::show()): replaced, never half-filled.
    [[nodiscard]] std::shared_ptr<const History> history() const;
    [[nodiscard]] std::vector<KnobTurn> turns() const;

    [[nodiscard]] std::string name() const;     ///< "SOAP"
    [[nodiscard]] std::string settings() const; ///< "lr 0.003 · f 10"
    /// First step of this run where it goes on from another one, and which.
    [[nodiscard]] std::optional<std::pair<RunId, std::int64_t>> forkedFrom() const;

    /// A copy of what the store keeps.
    [[nodiscard]] RunRecord record() const;

    // For the lane that computes the run, and for the store that brings it back.

    /// Takes a frame of the computation. One that the description does not declare so is not kept;
    /// takeFrameError() says why.
    void accept(std::string_view channel, Frame frame) override;
    void accept(Note note) override;
    /// publish(), if a generation waits for it.
    void show() override;
    /// While a reactive answer that is shown still grows: the frame of an earlier answer on a
    /// channel where this one has none yet. None once the computation is over.
    [[nodiscard]] std::optional<Frame> staleFrame(std::string_view channel) const;
    /// Whether the generation under way is still unseen.
    [[nodiscard]] bool isInGeneration() const;
    [[nodiscard]] std::optional<Error> takeFrameError();

    /// Changes the state by the table; the error names the run and its state.
    Result<void> apply(RunEvent event);
    /// Marks it failed, if it is running.
    void fail(Error error);
    /// Marks it interrupted, if it is running: it could not go on, but may when the cause is gone.
    void interrupt(Error cause);
    /// Step and compute seconds so far; cheap, called after each step.
    void setProgress(std::int64_t step, double computeSeconds);
    /// Takes a reading of the wall clock for the rate; called a few times a second.
    void measureRate();
    void setWaitingFor(std::string what);
    void setOtherLaneWasBusy();
    /// Records versions(), when all that computes has been loaded.
    void noteVersions();
    /// Replaces the scenario where it goes on with other knobs.
    void setScenario(RunScenario scenario);
    /// Records a turn of a live knob and changes the scenario.
    void addTurn(std::int64_t step, const std::string& knob, const Value& value);
    /// Drops every frame and divergence after this step and takes back the turns that took effect
    /// after it.
    void truncateAfter(std::int64_t step);
    void setRecord(RunRecord record);

    /// Frames go to a History of their own until publish() shows them, with this scenario, in place
    /// of the old ones.
    void beginGeneration(RunScenario scenario);
    void publish();
    /// The frames, for the one thread that brings them back from the store.
    [[nodiscard]] std::shared_ptr<History> writableHistory();

  private:
    struct Impl;
    RunId id_;
    ComparisonId comparison_;
    std::size_t number_;
    const Description& description_;
    std::unique_ptr<Impl> impl_;
};

using RunPtr = std::shared_ptr<Run>;

} // namespace psephos::lab
