// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/support/fake_inside.hpp"

#include <cmath>
#include <limits>

namespace psephos::tests {

namespace {

using Numbers = std::vector<double>;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr int kSteps = 100;
constexpr int kPeriod = 20;
constexpr int kFork = 60;

/// A diagonal that fades, over a floor.
lab::Grid turned(double blur) {
    constexpr std::size_t kCells = 12;
    lab::Grid grid;
    for (std::size_t i = 0; i < kCells; ++i) {
        grid.x.at.push_back(static_cast<double>(4 * i + 1));
    }
    grid.y = grid.x;
    for (std::size_t row = 0; row < kCells; ++row) {
        for (std::size_t column = 0; column < kCells; ++column) {
            const double away = static_cast<double>(row) - static_cast<double>(column);
            grid.values.push_back(0.05 + 0.9 * std::exp(-away * away / blur));
        }
    }
    return grid;
}

lab::Table phases(Numbers milliseconds, Numbers least) {
    return {{std::vector<std::string>{"gram", "rotate", "refresh", "gradient"},
             std::move(milliseconds), std::move(least)}};
}

} // namespace

lab::Panel insidePanel(const std::string& kind) {
    if (kind == "stacks") {
        lab::Panel panel = fakePanel("stacks", {{"phases", ""}, {"formula", "mark"}});
        panel.sources[0].columns = {{"name", "phase"}, {"value", "ms"}, {"floor", "floor"}};
        panel.x.label = "time";
        panel.x.unit = "ms";
        return panel;
    }
    if (kind == "maps") {
        lab::Panel panel = fakePanel("maps", {{"margins", ""}, {"shares", ""}});
        panel.x.label = "new";
        panel.y.label = "old";
        return panel;
    }
    lab::Panel panel =
        kind == "fork"
            ? fakePanel("line", {{"loss/validation", ""}})
            : fakePanel("line", {{"loss", ""}, {"right", "beside"}, {"refresh", "ticks"}});
    panel.y.label = kind == "fork" ? "loss" : "residual";
    return panel;
}

std::unique_ptr<FakeComparison> fakeInside() {
    auto made = std::make_unique<FakeComparison>(std::vector<std::string>{"AdamW", "SOAP", "Muon"});
    made->table(0, "phases", 1, phases({0, 0, 0, 3}, {kNan, kNan, kNan, kNan}));
    made->table(1, "phases", 1, phases({1, 2, 1.5, 3}, {0.5, 1.2, 1, kNan}));
    made->table(2, "phases", 1, phases({0, 0.4, 0, 3}, {kNan, 0.3, kNan, kNan}));
    made->scalar(1, "formula", 1, 1, 4.5);
    made->grid(1, "margins", 1, turned(1));
    made->grid(1, "shares", 1, turned(12));
    for (int step = 1; step <= kSteps; ++step) {
        const double seconds = step * 0.1;
        const double saw = 0.1 + 0.02 * (step % kPeriod);
        made->scalar(1, "loss", step, seconds, saw);
        made->scalar(1, "right", step, seconds, 0.5 * saw);
        if (step % kPeriod == 0) {
            made->scalar(1, "refresh", step, seconds, 1);
        }
        const double falling = 4 * std::exp(-0.02 * step);
        made->scalar(0, "loss/validation", step, seconds, falling + 0.4);
        made->scalar(1, "loss/validation", step, seconds, falling);
        made->scalar(2, "loss/validation", step, seconds,
                     step <= kFork ? falling : falling + 0.01 * (step - kFork));
    }
    lab::RunRecord record = made->run(2).record();
    record.forkedFrom = {made->run(1).id(), kFork};
    record.notes.push_back({"fresh-state", lab::NoteKind::Information, "Fresh state."});
    made->run(2).setRecord(std::move(record));
    made->finish();
    return made;
}

} // namespace psephos::tests
