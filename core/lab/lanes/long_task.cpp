// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/lanes/long_task.hpp"

#include "lab/guarded.hpp"

#include <algorithm>
#include <chrono>

namespace psephos::lab::detail {

namespace {

using WallClock = std::chrono::steady_clock;

/// A checkpoint may cost this share of the compute between two of them.
constexpr double kCheckpointShare = 0.02;
/// Of the wall time that a slice took, this share counts at least as its run's own compute, so that
/// a run whose clock stands still (it only validates) can't keep the others waiting.
constexpr double kLeastShare = 0.25;

double secondsSince(WallClock::time_point start) {
    return std::chrono::duration<double>(WallClock::now() - start).count();
}

} // namespace

/// Takes the frames of a replay, which another run has already.
class LongTask::Silence final : public FrameSink {
  public:
    void accept(std::string_view, Frame) override {}

    void accept(Note) override {}
};

struct LongTask::Replaying {
    Silence silence;
    std::unique_ptr<Computation> computation;
    std::unique_ptr<RunContext> context;
};

LongTask::LongTask(RunPtr run, Beginning beginning, LongLaneSettings settings, LaneTools tools)
    : run_(std::move(run))
    , beginning_(std::move(beginning))
    , settings_(settings)
    , tools_(tools)
    , steps_(run_->status().steps) {
    if (beginning_.replay || beginning_.from) {
        hasPast_ = true;
        step_ = beginning_.replay ? beginning_.replay->step : beginning_.from->step;
    }
}

LongTask::~LongTask() = default;

void LongTask::addTurns(std::vector<std::pair<std::string, Value>> turns) {
    std::move(turns.begin(), turns.end(), std::back_inserter(turns_));
}

bool LongTask::isOver(std::int64_t step) const {
    return steps_ > 0 && step >= steps_;
}

Result<void> LongTask::begin() {
    if (beginning_.replay) {
        return beginReplay();
    }
    auto created = tools_.source.create(run_->description());
    if (!created) {
        return created.error();
    }
    computation_ = std::move(*created);
    run_->noteVersions();
    context_ = std::make_unique<RunContext>(run_->scenario(), settings_.threads, *run_, stop);
    if (beginning_.from) {
        return beginFrom(*beginning_.from);
    }
    context_->clock().start();
    const auto started = guarded([&] { return computation_->start(*context_); });
    context_->clock().stop();
    if (!started) {
        return started;
    }
    hasBegun_ = true;
    run_->setProgress(0, context_->clock().seconds());
    saveHere();
    return {};
}

Result<void> LongTask::beginFrom(const Checkpoint& checkpoint) {
    context_->setStep(checkpoint.step);
    const auto restored =
        guarded([&] { return computation_->restore(*context_, checkpoint.bytes); });
    context_->clock().stop();
    context_->clock().set(checkpoint.seconds);
    if (!restored) {
        return restored;
    }
    hasBegun_ = true;
    step_ = checkpoint.step;
    savedAt_ = checkpoint.seconds;
    run_->setProgress(step_, checkpoint.seconds);
    if (beginning_.isNewRun) {
        saveHere();
    } else {
        savedStep_ = step_;
    }
    return {};
}

Result<void> LongTask::beginReplay() {
    const Beginning::Replay& replay = *beginning_.replay;
    auto created = tools_.source.create(run_->description());
    if (!created) {
        return created.error();
    }
    replaying_ = std::make_unique<Replaying>();
    replaying_->computation = std::move(*created);
    replaying_->context =
        std::make_unique<RunContext>(replay.scenario, settings_.threads, replaying_->silence, stop);
    RunContext& context = *replaying_->context;
    Computation& computation = *replaying_->computation;
    if (!computation.canSave()) {
        return Error{"experiment '" + run_->description().id + "' keeps no checkpoints",
                     "fork it at step 0", ""};
    }
    if (!beginning_.from) {
        return guarded([&] { return computation.start(context); });
    }
    context.setStep(beginning_.from->step);
    return guarded([&] { return computation.restore(context, beginning_.from->bytes); });
}

/// Replays for about a slice; true when the step has been reached and the run has begun.
Result<bool> LongTask::replaySome(const std::atomic<bool>& attention) {
    const Beginning::Replay& replay = *beginning_.replay;
    RunContext& context = *replaying_->context;
    Computation& computation = *replaying_->computation;
    const auto start = WallClock::now();
    while (context.step() < replay.step) {
        if (stop || attention || secondsSince(start) > settings_.sliceSeconds) {
            return false;
        }
        const std::int64_t step = context.step() + 1;
        for (const KnobTurn& turn : replay.turns) {
            if (turn.step == step) {
                context.setKnob(turn.knob, turn.value);
                if (auto turned = guarded([&] { return computation.turned(context, turn.knob); });
                    !turned) {
                    return turned.error();
                }
            }
        }
        context.setStep(step);
        if (auto advanced = guarded([&] { return computation.advance(context); }); !advanced) {
            return advanced.error();
        }
    }
    auto saved = guarded([&]() -> Result<std::string> { return computation.save(); });
    if (!saved) {
        return saved.error();
    }
    beginning_.from = Checkpoint{replay.step, replay.seconds, std::move(*saved)};
    beginning_.replay.reset();
    replaying_.reset();
    if (auto begun = begin(); !begun) {
        return begun.error();
    }
    return true;
}

Result<void> LongTask::takeTurns(std::int64_t step) {
    auto& recorded = beginning_.turns;
    for (const KnobTurn& turn : recorded) {
        if (turn.step == step) {
            turns_.emplace_back(turn.knob, turn.value);
        }
    }
    std::erase_if(recorded, [step](const KnobTurn& turn) { return turn.step <= step; });
    for (const auto& [knob, value] : std::exchange(turns_, {})) {
        context_->setKnob(knob, value);
        run_->addTurn(step, knob, value);
        tools_.keeper.changed(run_);
        const auto turned = guarded([&] { return computation_->turned(*context_, knob); });
        if (!turned) {
            return turned;
        }
    }
    return {};
}

Result<Advance> LongTask::advance() {
    const std::int64_t next = step_ + 1;
    context_->setStep(next);
    if (!turns_.empty() || !beginning_.turns.empty()) {
        if (const auto taken = takeTurns(next); !taken) {
            return taken.error();
        }
    }
    return guarded([&] { return computation_->advance(*context_); });
}

SliceEnd LongTask::failed(Error error) {
    if (stop) {
        return SliceEnd::GivenUp;
    }
    error_ = std::move(error);
    return SliceEnd::Failed;
}

SliceEnd LongTask::slice(std::optional<std::int64_t> pauseAt, const std::atomic<bool>& attention) {
    if (replaying_ != nullptr) {
        const auto replayed = replaySome(attention);
        return replayed ? SliceEnd::More : failed(replayed.error());
    }
    if (!hasBegun_) {
        if (const auto begun = begin(); !begun) {
            return failed(begun.error());
        }
        if (auto wrong = run_->takeFrameError()) {
            return failed(*wrong);
        }
        if (stop) {
            return SliceEnd::GivenUp;
        }
        if (replaying_ != nullptr) {
            return SliceEnd::More;
        }
    }
    if (isOver(step_)) {
        return SliceEnd::Done;
    }
    if (pauseAt && step_ >= *pauseAt) {
        return SliceEnd::PauseReached;
    }
    return steps(pauseAt, attention);
}

SliceEnd LongTask::steps(std::optional<std::int64_t> pauseAt, const std::atomic<bool>& attention) {
    ComputeClock& clock = context_->clock();
    const double before = clock.seconds();
    const auto start = WallClock::now();
    double wall = 0;
    SliceEnd end = SliceEnd::More;
    clock.start();
    do {
        auto advanced = advance();
        if (stop) {
            end = SliceEnd::GivenUp;
            break;
        }
        if (!advanced) {
            end = failed(advanced.error());
            break;
        }
        if (auto wrong = run_->takeFrameError()) {
            end = failed(*wrong);
            break;
        }
        ++step_;
        run_->setProgress(step_, clock.seconds());
        if (*advanced == Advance::Done || isOver(step_)) {
            end = SliceEnd::Done;
        } else if (pauseAt && step_ >= *pauseAt) {
            end = SliceEnd::PauseReached;
        }
        wall = secondsSince(start);
    } while (end == SliceEnd::More && wall < settings_.sliceSeconds && !attention);
    if (end != SliceEnd::GivenUp && end != SliceEnd::Failed) {
        const auto synchronized = guarded([&]() -> Result<void> {
            computation_->synchronize();
            return {};
        });
        if (!synchronized) {
            end = failed(synchronized.error());
        }
    }
    clock.stop();
    run_->setProgress(step_, clock.seconds());
    run_->measureRate();
    used_ = used_ + std::max(clock.seconds() - before, kLeastShare * secondsSince(start));
    if (end == SliceEnd::More) {
        saveIfDue();
    }
    return end;
}

void LongTask::saveIfDue() {
    const double cost = saveSeconds_ + tools_.keeper.checkpointSeconds(run_->id());
    const double interval = std::max(settings_.checkpointSeconds, cost / kCheckpointShare);
    if (context_->clock().seconds() - savedAt_ >= interval) {
        saveHere();
    }
}

void LongTask::saveHere() {
    if (computation_ == nullptr || !hasBegun_ || savedStep_ == step_ || !computation_->canSave()) {
        return;
    }
    const auto start = WallClock::now();
    auto saved = guarded([&]() -> Result<std::string> { return computation_->save(); });
    saveSeconds_ = secondsSince(start);
    savedAt_ = context_->clock().seconds();
    if (!saved) {
        run_->accept(Note{"checkpoint", NoteKind::Warning,
                          "No checkpoint could be taken at step " + std::to_string(step_) + ": " +
                              saved.error().line()});
        return;
    }
    savedStep_ = step_;
    tools_.keeper.keep(run_, Checkpoint{step_, savedAt_, std::move(*saved)});
}

void LongTask::dropPartOfStep() {
    const std::int64_t last = hasBegun_ || hasPast_ ? step_ : -1;
    run_->truncateAfter(last);
    tools_.keeper.truncated(run_, last);
}

} // namespace psephos::lab::detail
