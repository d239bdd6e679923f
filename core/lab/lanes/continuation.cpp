// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/lanes/continuation.hpp"

#include "lab/experiment.hpp"
#include "lab/knob_text.hpp"
#include "lab/sample_chunk.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <limits>

namespace psephos::lab {

namespace {

constexpr std::int64_t kLatest = std::numeric_limits<std::int64_t>::max();

std::string called(const Run& run) {
    return "run " + std::to_string(run.id());
}

/// The scenario as it was right after this step.
RunScenario scenarioAt(const Run& run, std::int64_t step) {
    RunScenario scenario = run.scenario();
    const auto turns = run.turns();
    for (auto turn = turns.rbegin(); turn != turns.rend() && turn->step > step; ++turn) {
        scenario.knobs.set(turn->knob, turn->before);
    }
    return scenario;
}

std::vector<KnobTurn> turnsAfter(const Run& run, std::int64_t step) {
    auto turns = run.turns();
    std::erase_if(turns, [step](const KnobTurn& turn) { return turn.step <= step; });
    return turns;
}

/// Compute seconds at a step: those of the last frame up to it, on whichever channel.
double secondsAt(const Run& run, std::int64_t step) {
    double seconds = 0;
    const auto history = run.history();
    for (const Channel& channel : history->channels()) {
        const auto frame = history->frameAt(channel.id, Key::Step, static_cast<double>(step));
        if (frame) {
            seconds = std::max(seconds, frame->seconds);
        }
    }
    return seconds;
}

/// The compute clock where a continued run begins.
double secondsOf(const Beginning& beginning) {
    if (beginning.replay) {
        return beginning.replay->seconds;
    }
    return beginning.from ? beginning.from->seconds : 0;
}

/// How a computation comes from the parent's state at the step.
Result<Beginning> fromParent(const Run& parent, std::int64_t step, RunKeeper& keeper) {
    auto checkpoint = keeper.checkpoint(parent.id(), step);
    if (!checkpoint) {
        return checkpoint.error();
    }
    Beginning beginning;
    beginning.isNewRun = true;
    beginning.from = std::move(*checkpoint);
    if (!beginning.from && step == 0) {
        return beginning;
    }
    const std::int64_t begins = beginning.from ? beginning.from->step : 0;
    if (begins < step) {
        Beginning::Replay replay;
        replay.scenario = scenarioAt(parent, begins);
        replay.turns = turnsAfter(parent, begins);
        replay.step = step;
        replay.seconds = secondsAt(parent, step);
        beginning.replay = std::move(replay);
    }
    return beginning;
}

/// What the fork is named by: the knobs that vary and that it uses.
std::vector<std::string> variedIn(const RunScenario& fork, std::vector<std::string> knobs,
                                  const Description& description) {
    std::vector<std::string> varied;
    for (std::string& id : knobs) {
        const Knob* knob = description.knob(id);
        const bool isUsed = knob != nullptr ? fork.knobs.applies(*knob) : id == "seed";
        if (isUsed && std::find(varied.begin(), varied.end(), id) == varied.end()) {
            varied.push_back(std::move(id));
        }
    }
    return varied;
}

/// Whether a run may go on from the step with other knobs.
Result<void> checkChange(const RunScenario& before, const RunScenario& fork, std::int64_t step,
                         const Description& description) {
    for (const Knob& knob : description.knobs) {
        if (knob.fixed && before.knobs.at(knob.id) != fork.knobs.at(knob.id)) {
            return Error{"knob '" + knob.id + "' can't change when a run goes on",
                         "it is " + toText(before.knobs.at(knob.id)) + "; start a new run", ""};
        }
    }
    const Knob* steps = description.knob(description.stepsKnob);
    if (steps != nullptr && fork.knobs.integer(steps->id) < step) {
        return detail::knobError(*steps, inQuotes(toText(fork.knobs.at(steps->id))) +
                                             " is before step " + std::to_string(step));
    }
    return {};
}

/// What still has the value of its word ("auto") keeps the word: with another optimizer it stands
/// for another number. A number that was turned since, or that the word would not stand for today,
/// stays.
void keepWords(const RunScenario& before, const Description& description, Scenario& scenario) {
    for (const auto& [id, word] : before.specials) {
        const Knob* knob = description.knob(id);
        if (knob == nullptr) {
            continue;
        }
        const auto special =
            std::find_if(knob->specials.begin(), knob->specials.end(),
                         [&word = word](const SpecialValue& s) { return s.id == word; });
        if (special == knob->specials.end()) {
            continue;
        }
        const auto meant = special->resolve(before.knobs);
        if (meant && *meant == before.knobs.at(id)) {
            scenario.set(id, Special{word});
        }
    }
}

/// The parent's knobs at the step with the assignments.
Result<RunScenario> changed(const Run& parent, std::int64_t step,
                            const std::vector<std::string>& assignments) {
    const RunScenario before = scenarioAt(parent, step);
    Scenario scenario = toScenario(before);
    keepWords(before, parent.description(), scenario);
    std::vector<std::string> varied = before.varied;
    for (const std::string& assignment : assignments) {
        if (auto applied = applyAssignment(scenario, assignment, parent.description()); !applied) {
            return applied.error();
        }
        varied.push_back(assignment.substr(0, assignment.find('=')));
    }
    auto expanded = expand(scenario, parent.description());
    if (!expanded) {
        return expanded.error();
    }
    if (expanded->size() != 1) {
        return Error{"a fork is one run, but these knobs make " + std::to_string(expanded->size()),
                     "give each knob one value", ""};
    }
    RunScenario fork = std::move(expanded->front());
    if (auto sound = checkChange(before, fork, step, parent.description()); !sound) {
        return sound.error();
    }
    fork.varied = variedIn(fork, std::move(varied), parent.description());
    return fork;
}

} // namespace

Result<Beginning> beginAgain(const RunPtr& run, RunKeeper& keeper, const FindRun& find) {
    auto checkpoint = keeper.checkpoint(run->id(), kLatest);
    if (!checkpoint) {
        return checkpoint.error();
    }
    Beginning beginning;
    beginning.from = std::move(*checkpoint);
    std::int64_t step = beginning.from ? beginning.from->step : -1;
    double seconds = beginning.from ? beginning.from->seconds : 0;
    if (const auto forked = run->forkedFrom(); forked && !beginning.from) {
        const auto parent = find(forked->first);
        auto again = parent ? fromParent(**parent, forked->second, keeper) : parent.error();
        if (!again) {
            return again.error();
        }
        beginning = std::move(*again);
        if (beginning.from || beginning.replay) {
            step = forked->second;
            seconds = secondsOf(beginning);
        }
    }
    beginning.turns = turnsAfter(*run, step);
    run->truncateAfter(step);
    keeper.truncated(run, step);
    run->setProgress(std::max<std::int64_t>(0, step), seconds);
    return beginning;
}

Result<RunScenario> extended(const Run& run, std::int64_t steps) {
    const Description& description = run.description();
    const Knob* knob = description.knob(description.stepsKnob);
    if (knob == nullptr) {
        return Error{"experiment '" + description.id + "' has no number of steps to extend", "",
                     ""};
    }
    RunScenario scenario = run.scenario();
    const std::int64_t before = scenario.knobs.integer(knob->id);
    if (steps <= before) {
        return Error{called(run) + " goes to step " + std::to_string(before) + " already",
                     "give more steps than that, or fork it at an earlier one", ""};
    }
    if (auto fits = knob->check(Value(steps)); !fits) {
        return fits.error();
    }
    scenario.knobs.set(knob->id, Value(steps));
    return scenario;
}

Result<ForkPlan> planFork(const RunPtr& parent, std::int64_t step,
                          const std::vector<std::string>& assignments, RunKeeper& keeper) {
    if (parent->description().lane == Lane::Reactive) {
        return Error{called(*parent) + " is computed at once: it can't be forked at a step",
                     "change its knobs instead", ""};
    }
    const std::int64_t reached = parent->status().step;
    if (step < 0 || step > reached) {
        return Error{called(*parent) + " has no step " + std::to_string(step),
                     "fork it at a step in 0 … " + std::to_string(reached), ""};
    }
    auto scenario = changed(*parent, step, assignments);
    if (!scenario) {
        return scenario.error();
    }
    auto beginning = fromParent(*parent, step, keeper);
    if (!beginning) {
        return beginning.error();
    }
    ForkPlan plan;
    plan.scenario = std::move(*scenario);
    plan.beginning = std::move(*beginning);
    plan.seconds = secondsOf(plan.beginning);
    return plan;
}

Result<void> copyFrames(const Run& parent, Run& fork, std::int64_t step) {
    const auto from = parent.history();
    const auto to = fork.writableHistory();
    for (const Channel& channel : from->channels()) {
        const std::size_t count = from->extent(channel.id)->count;
        std::size_t copied = 0;
        bool isPast = false;
        while (copied < count && !isPast) {
            if (channel.kind != FrameKind::Scalar) {
                auto frame = from->frame(channel.id, copied);
                if (!frame) {
                    break;
                }
                isPast = frame->step > step;
                if (!isPast) {
                    to->append(channel.id, std::move(*frame));
                    ++copied;
                }
                continue;
            }
            const auto samples = from->samples(channel.id, copied, detail::SampleChunk::kSamples);
            if (samples.empty()) {
                break;
            }
            for (const Sample& sample : samples) {
                isPast = sample.step > step;
                if (isPast) {
                    break;
                }
                to->append(channel.id, {sample.step, sample.seconds, sample.value});
                ++copied;
            }
        }
        if (copied < count && !isPast) {
            return Error{"the frames of " + called(parent) + " on channel '" + channel.id +
                             "' can't be read back",
                         "", ""};
        }
    }
    return {};
}

} // namespace psephos::lab
