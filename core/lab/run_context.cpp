// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/run_context.hpp"

#include <memory>
#include <utility>

namespace psephos::lab {

RunContext::RunContext(RunScenario scenario, int threads, FrameSink& sink,
                       const std::atomic<bool>& stop)
    : scenario_(std::move(scenario))
    , threads_(threads)
    , sink_(sink)
    , stop_(stop) {}

void RunContext::emit(std::string_view channel, double value) {
    emitAt(step_, channel, value);
}

void RunContext::emit(std::string_view channel, Table table) {
    sink_.accept(channel,
                 {step_, clock_.seconds(), std::make_shared<const Table>(std::move(table))});
}

void RunContext::emit(std::string_view channel, Grid grid) {
    sink_.accept(channel, {step_, clock_.seconds(), std::make_shared<const Grid>(std::move(grid))});
}

void RunContext::emit(std::string_view channel, std::string text) {
    sink_.accept(channel,
                 {step_, clock_.seconds(), std::make_shared<const std::string>(std::move(text))});
}

void RunContext::emitAt(std::int64_t step, std::string_view channel, double value) {
    sink_.accept(channel, {step, clock_.seconds(), value});
}

void RunContext::show() {
    sink_.show();
}

void RunContext::note(Note note) {
    sink_.accept(std::move(note));
}

} // namespace psephos::lab
