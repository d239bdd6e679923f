// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/progress.hpp"
#include "app/cli/session.hpp"

#include <doctest/doctest.h>

using namespace psephos::cli;
using psephos::lab::RunState;
using psephos::lab::RunStatus;

namespace {

RunStatus statusOf(RunState state, std::int64_t step, std::int64_t steps, double seconds) {
    RunStatus status;
    status.state = state;
    status.step = step;
    status.steps = steps;
    status.computeSeconds = seconds;
    return status;
}

} // namespace

TEST_CASE("remaining_everyRunAtItsOwnCost") {
    // 50 steps at 0.1 s and 80 at 0.2 s, on one worker that has lost no time.
    CHECK(*remainingSeconds(
              {statusOf(RunState::Running, 50, 100, 5), statusOf(RunState::Running, 20, 100, 4)},
              9) == doctest::Approx(50 * 0.1 + 80 * 0.2));
    // A run that has not begun costs what the others do; wall time is twice compute time.
    CHECK(*remainingSeconds(
              {statusOf(RunState::Finished, 100, 100, 10), statusOf(RunState::Queued, 0, 100, 0)},
              20) == doctest::Approx(20));
    CHECK_FALSE(remainingSeconds({statusOf(RunState::Queued, 0, 100, 0)}, 1).has_value());
    CHECK_FALSE(remainingSeconds({statusOf(RunState::Running, 5, 0, 1)}, 1).has_value());
    CHECK(*remainingSeconds({statusOf(RunState::Finished, 5, 5, 1)}, 1) == 0);
}

TEST_CASE("progress_text_isOneLine") {
    ProgressState state;
    state.runs = 5;
    state.ended = 2;
    state.step = 340;
    state.steps = 1000;
    state.stepsPerSecond = 85.04;
    state.remainingSeconds = 68;
    CHECK(progressText(state) == "2/5 runs · step 340/1000 · 85.04 steps/s · 1 min 08 s left");
    ProgressState waiting;
    waiting.runs = 1;
    waiting.waitingFor = "LibTorch is loading";
    CHECK(progressText(waiting) == "step 0 · waiting: LibTorch is loading");
}

TEST_CASE("durationAndNumber_forAPerson") {
    CHECK(durationText(0.00031) == "0.31 ms");
    CHECK(durationText(0.25) == "0.2 s");
    CHECK(durationText(59.7) == "1 min 00 s");
    CHECK(durationText(125) == "2 min 05 s");
    CHECK(durationText(7300) == "2 h 01 min");
    CHECK(shortNumber(0.000123456) == "0.0001235");
    CHECK(tableText({{"a", "bb"}, {"ccc", "d"}}) == "a    bb\nccc  d\n");
    CHECK(runIdOf("12").ok());
    for (const char* wrong : {"", "0", "-1", "1x", "1.5", "99999999999999999999"}) {
        CHECK_FALSE(runIdOf(wrong).ok());
    }
    CHECK(*integerOf("--threads", "4", 1, 8) == 4);
    CHECK(integerOf("--threads", "9", 1, 8).error().line() ==
          "--threads '9' is not usable (expected an integer in 1 … 8)");
}
