// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/progress.hpp"

#include "app/cli/session.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <unistd.h>

namespace psephos::cli {

namespace {

constexpr auto kLineEvery = std::chrono::milliseconds(200);
constexpr auto kSparseEvery = std::chrono::seconds(10);
constexpr auto kRateWindow = std::chrono::seconds(5);

bool isActive(lab::RunState state) {
    return state == lab::RunState::Queued || state == lab::RunState::Running;
}

std::string nameOf(const lab::Run& run) {
    const std::string name = run.name();
    return "run " + std::to_string(run.id()) + (name.empty() ? "" : " (" + name + ")");
}

} // namespace

std::string progressText(const ProgressState& state) {
    std::string text;
    if (state.runs > 1) {
        text = std::to_string(state.ended) + "/" + std::to_string(state.runs) + " runs · ";
    }
    text += "step " + std::to_string(state.step);
    if (state.steps > 0) {
        text += "/" + std::to_string(state.steps);
    }
    if (state.stepsPerSecond > 0) {
        text += " · " + shortNumber(state.stepsPerSecond) + " steps/s";
    }
    if (state.remainingSeconds) {
        text += " · " + durationText(*state.remainingSeconds) + " left";
    }
    if (!state.waitingFor.empty()) {
        text += " · waiting: " + state.waitingFor;
    }
    return text;
}

std::optional<double> remainingSeconds(const std::vector<lab::RunStatus>& runs,
                                       double wallSeconds) {
    double computed = 0;
    double stepsDone = 0;
    for (const lab::RunStatus& run : runs) {
        computed += run.computeSeconds;
        stepsDone += static_cast<double>(run.step);
    }
    if (computed <= 0 || stepsDone <= 0 || wallSeconds <= 0) {
        return std::nullopt;
    }
    double left = 0;
    for (const lab::RunStatus& run : runs) {
        if (!isActive(run.state)) {
            continue;
        }
        if (run.steps <= 0) {
            return std::nullopt;
        }
        const double cost = run.step > 0 && run.computeSeconds > 0
                                ? run.computeSeconds / static_cast<double>(run.step)
                                : computed / stepsDone;
        left += cost * static_cast<double>(std::max<std::int64_t>(0, run.steps - run.step));
    }
    return left * std::max(1.0, wallSeconds / computed);
}

Progress::Progress(std::vector<lab::RunPtr> runs, bool quiet)
    : runs_(std::move(runs))
    , quiet_(quiet)
    , isTerminal_(::isatty(STDERR_FILENO) == 1)
    , start_(Clock::now())
    , lastPrinted_(start_) {
    for (const lab::RunPtr& run : runs_) {
        before_.push_back(run->status());
        shown_.push_back(lab::RunState::Queued); // it may have ended already
    }
}

Progress::~Progress() {
    clear();
}

void Progress::clear() {
    if (lineIsOpen_) {
        std::fputs("\r\033[K", stderr);
        lineIsOpen_ = false;
    }
}

ProgressState Progress::state() {
    ProgressState state;
    state.runs = runs_.size();
    std::vector<lab::RunStatus> since; // what has been done since the start
    bool areStepsKnown = true;
    for (std::size_t i = 0; i < runs_.size(); ++i) {
        lab::RunStatus status = runs_[i]->status();
        state.ended += isActive(status.state) ? 0 : 1;
        state.step += status.step;
        state.steps += isActive(status.state) ? status.steps : status.step;
        areStepsKnown = areStepsKnown && (status.steps > 0 || !isActive(status.state));
        if (state.waitingFor.empty() && status.state == lab::RunState::Queued) {
            state.waitingFor = status.waitingFor;
        }
        status.step -= before_[i].step;
        status.steps -= status.steps > 0 ? before_[i].step : 0;
        status.computeSeconds -= before_[i].computeSeconds;
        since.push_back(std::move(status));
    }
    state.steps = areStepsKnown ? state.steps : 0;
    const auto now = Clock::now();
    readings_.emplace_back(now, state.step);
    while (readings_.size() > 2 && now - readings_.front().first > kRateWindow) {
        readings_.pop_front();
    }
    const double window = std::chrono::duration<double>(now - readings_.front().first).count();
    if (window > 0.2) {
        state.stepsPerSecond = static_cast<double>(state.step - readings_.front().second) / window;
    }
    state.remainingSeconds =
        remainingSeconds(since, std::chrono::duration<double>(now - start_).count());
    return state;
}

void Progress::printStates() {
    for (std::size_t i = 0; i < runs_.size(); ++i) {
        const lab::RunStatus status = runs_[i]->status();
        if (status.state == shown_[i]) {
            continue;
        }
        shown_[i] = status.state;
        if (isActive(status.state)) {
            continue;
        }
        clear();
        std::string line = nameOf(*runs_[i]) + ": " + std::string(lab::name(status.state)) +
                           " at step " + std::to_string(status.step) + " after " +
                           durationText(status.computeSeconds) + " of computing";
        if (status.divergedAt) {
            line += ", diverged at step " + std::to_string(*status.divergedAt);
        }
        std::fprintf(stderr, "%s\n", line.c_str());
    }
}

void Progress::look() {
    if (quiet_) {
        return;
    }
    printStates();
    const auto now = Clock::now();
    const auto pause = isTerminal_ ? std::chrono::duration_cast<Clock::duration>(kLineEvery)
                                   : std::chrono::duration_cast<Clock::duration>(kSparseEvery);
    const ProgressState current = state();
    if (current.ended == current.runs || now - lastPrinted_ < pause) {
        return;
    }
    lastPrinted_ = now;
    const std::string line = progressText(current);
    if (isTerminal_) {
        std::fprintf(stderr, "\r\033[K%s", line.c_str());
        std::fflush(stderr);
        lineIsOpen_ = true;
    } else {
        std::fprintf(stderr, "%s\n", line.c_str());
    }
}

} // namespace psephos::cli
