// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/run_context.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <thread>
#include <utility>
#include <vector>

using namespace psephos::lab;

namespace {

void rest() {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

struct Collector final : FrameSink {
    std::vector<std::pair<std::string, Frame>> frames;
    std::vector<Note> notes;

    void accept(std::string_view channel, Frame frame) override {
        frames.emplace_back(channel, std::move(frame));
    }

    void accept(Note note) override { notes.push_back(std::move(note)); }
};

} // namespace

TEST_CASE("clock_stoppedOrPaused_doesNotCount") {
    ComputeClock clock;
    rest();
    CHECK(clock.seconds() == 0);
    clock.start();
    rest();
    const double running = clock.seconds();
    CHECK(running >= 0.005);
    {
        const auto off = clock.pause();
        const double before = clock.seconds();
        {
            const auto nested = clock.pause();
            rest();
        }
        rest();
        CHECK(clock.seconds() == before);
    }
    rest();
    clock.stop();
    const double stopped = clock.seconds();
    CHECK(stopped >= running + 0.005);
    rest();
    CHECK(clock.seconds() == stopped);
    { const auto off = clock.pause(); }
    rest();
    CHECK(clock.seconds() == stopped);
}

TEST_CASE("clock_set_goesOnFromThere") {
    ComputeClock clock;
    clock.set(10);
    CHECK(clock.seconds() == 10);
    clock.start();
    rest();
    clock.set(20);
    rest();
    CHECK(clock.seconds() >= 20.005);
    CHECK(clock.seconds() < 25);
}

TEST_CASE("context_emit_stampsStepAndSeconds") {
    Collector sink;
    const std::atomic<bool> stop = false;
    RunScenario scenario;
    scenario.seed = 7;
    RunContext context(scenario, 2, sink, stop);
    context.clock().set(1.5);
    context.setStep(3);
    context.emit("loss", 0.25);
    context.emit("path", Table{{std::vector<double>{1, 2}}});
    context.emit("field", Grid{});
    context.emit("story", std::string("once"));
    context.emitAt(9, "loss", 0.125);
    context.note({"id", NoteKind::Warning, "A sentence."});
    REQUIRE(sink.frames.size() == 5);
    CHECK(sink.frames[0].first == "loss");
    CHECK(sink.frames[0].second.step == 3);
    CHECK(sink.frames[0].second.seconds == 1.5);
    CHECK(std::get<double>(sink.frames[0].second.payload) == 0.25);
    CHECK(std::get<TablePtr>(sink.frames[1].second.payload)->rows() == 2);
    CHECK(*std::get<TextPtr>(sink.frames[3].second.payload) == "once");
    CHECK(sink.frames[4].second.step == 9);
    CHECK(sink.notes.size() == 1);
    CHECK(context.seed() == 7);
    CHECK(context.threads() == 2);
    CHECK_FALSE(context.stopRequested());
}
