// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/support/fake_runs.hpp"

#include "lab/experiment.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <random>

namespace psephos::tests {

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

lab::Channel channel(const std::string& id, lab::FrameKind kind, const std::string& label,
                     const std::string& unit = "", std::vector<lab::ColumnSpec> columns = {}) {
    lab::Channel made;
    made.id = id;
    made.kind = kind;
    made.label = label;
    made.unit = unit;
    made.columns = std::move(columns);
    return made;
}

lab::Knob knob(const std::string& id, lab::KnobType type, lab::Value value) {
    lab::Knob made;
    made.id = id;
    made.label = id;
    made.type = type;
    made.defaultValue = std::move(value);
    return made;
}

lab::Description describe() {
    using enum lab::FrameKind;
    lab::Description it;
    it.id = "test.panels";
    it.title = "Panels";
    it.knobs = {knob("optimizer", lab::KnobType::Text, std::string("SGD")),
                knob("steps", lab::KnobType::Integer, std::int64_t{500}),
                knob("start", lab::KnobType::Point, lab::PointValue{-1.35, 1.15}),
                knob("margins", lab::KnobType::Matrix, lab::MatrixValue{}),
                knob("rho", lab::KnobType::Real, 0.3),
                knob("rule", lab::KnobType::Choice, std::string("runoff")),
                knob("axiom", lab::KnobType::Choice, std::string("none")),
                knob("change", lab::KnobType::Real, 0.0)};
    it.knobs[2].coordinates = {"x", "y"};
    it.knobs[2].min = -3;
    it.knobs[2].max = 3;
    it.knobs[3].optional = true;
    it.knobs[3].min = -100;
    it.knobs[3].max = 100;
    it.knobs[4].min = 0;
    it.knobs[4].max = 1;
    it.knobs[5].choices = {
        {"runoff", "Instant runoff", ""}, {"borda", "Borda", ""}, {"schulze", "Schulze", ""}};
    it.knobs[6].choices = {{"none", "None", ""},
                           {"monotone", "Monotonicity", ""},
                           {"smith", "Smith", ""},
                           {"condorcet", "Condorcet winner", ""}};
    it.knobs[7].min = 0;
    it.knobs[7].max = 1;
    it.knobs[7].when = {{"axiom", {"monotone", "condorcet"}}};
    it.channels = {
        channel("loss", Scalar, "f(x) − f*"),
        channel("loss/train", Scalar, "training loss", "nats"),
        channel("loss/validation", Scalar, "held-out loss", "nats"),
        channel("unigram", Scalar, "unigram entropy", "nats"),
        channel("path", Table, "path", "",
                {{"x", "", false}, {"y", "", false}, {"step", "", false}}),
        channel("minima", Table, "minima", "", {{"x", "", false}, {"y", "", false}}),
        channel("landscape", Grid, "f"),
        channel("margins", Grid, "margin"),
        channel("shares", Grid, "share"),
        channel("elected", Grid, "elected"),
        channel("verdicts", Grid, "verdicts"),
        channel("lottery", Table, "lottery", "",
                {{"candidate", "", true},
                 {"probability", "", false},
                 {"low", "", false},
                 {"high", "", false}}),
        channel("story", Text, "story"),
        channel("right", Scalar, "columns"),
        channel("refresh", Scalar, "refresh"),
        channel("formula", Scalar, "by the formula", "MB"),
        channel("phases", Table, "phases", "",
                {{"phase", "", true}, {"ms", "ms", false}, {"floor", "ms", false}}),
        channel(
            "ratings", Table, "ratings", "",
            {{"name", "", true}, {"value", "", false}, {"low", "", false}, {"high", "", false}}),
        channel("points", Table, "points", "",
                {{"name", "", true}, {"x", "", false}, {"y", "", false}}),
        channel("groups", Table, "groups", "",
                {{"name", "", true}, {"share", "", false}, {"from", "", false}, {"to", "", false}}),
        channel("sweep", Table, "sweep", "",
                {{"series", "", true},
                 {"x", "", false},
                 {"y", "", false},
                 {"low", "", false},
                 {"high", "", false}}),
        channel("edges", Table, "edges", "",
                {{"from", "", true}, {"to", "", true}, {"margin", "", false}}),
        channel("nodes", Table, "nodes", "", {{"name", "", true}, {"highlight", "", false}}),
        channel("corners", Table, "corners", "", {{"name", "", true}}),
        channel("simplex", Table, "simplex", "",
                {{"a", "", false}, {"b", "", false}, {"c", "", false}, {"value", "", false}}),
        channel("walk", Table, "walk", "",
                {{"a", "", false}, {"b", "", false}, {"c", "", false}, {"label", "", true}}),
    };
    it.stepsKnob = "steps";
    it.headline = "loss";
    it.colourKnob = "axiom";
    it.runName = [](const lab::RunScenario& run) { return run.knobs.text("optimizer"); };
    it.panels.emplace_back();
    it.panels.back().id = "response";
    it.panels.back().kind = "response";
    it.panels.back().edits = {{"over", "rho"}};
    return it;
}

double rosenbrock(double x, double y) {
    return (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x);
}

lab::Grid rosenbrockGrid() {
    constexpr std::size_t kNodes = 160;
    lab::Grid grid;
    for (std::size_t i = 0; i < kNodes; ++i) {
        const double t = static_cast<double>(i) / (kNodes - 1);
        grid.x.at.push_back(-2 + 4 * t);
        grid.y.at.push_back(-1 + 3 * t);
    }
    for (const double y : grid.y.at) {
        for (const double x : grid.x.at) {
            grid.values.push_back(rosenbrock(x, y));
        }
    }
    return grid;
}

/// Five ways downhill, chosen for paths that differ: not the optimizers of the program.
struct Walker {
    double x = -1.35;
    double y = 1.15;
    std::array<double, 2> m{};
    std::array<double, 2> v{};

    void step(int kind) {
        const double gx = -2 * (1 - x) - 400 * x * (y - x * x);
        const double gy = 200 * (y - x * x);
        const std::array<double, 5> decay{0.9, 0.95, 0.7, 0.9, 0.97};
        const std::array<double, 5> rate{2e-4, 0.03, 0.05, 0.035, 0.012};
        const auto k = static_cast<std::size_t>(kind);
        const double norm = std::hypot(gx, gy) + 1e-12;
        for (const auto& [i, g] : {std::pair<std::size_t, double>{0, gx}, {1, gy}}) {
            m[i] = decay[k] * m[i] + (1 - decay[k]) * g;
            v[i] = 0.99 * v[i] + 0.01 * g * g;
            const double scaled = kind == 0   ? m[i] * 6
                                  : kind == 4 ? m[i] / norm
                                              : m[i] / (std::sqrt(v[i]) + 1e-3);
            (i == 0 ? x : y) -= rate[k] * scaled;
        }
    }
};

} // namespace

const lab::Description& fakeDescription() {
    static const lab::Description description = describe();
    return description;
}

lab::Panel fakePanel(const std::string& kind,
                     const std::vector<std::pair<std::string, std::string>>& sources) {
    lab::Panel panel;
    panel.id = kind;
    panel.kind = kind;
    panel.title = kind;
    for (const auto& [id, role] : sources) {
        panel.sources.push_back({id, role, {}});
    }
    return panel;
}

lab::Panel landscapePanel() {
    lab::Panel panel = fakePanel(
        "landscape", {{"landscape", "landscape"}, {"path", "path"}, {"minima", "minima"}});
    panel.title = "Landscape";
    panel.edits = {{"start", "start"}};
    panel.x.label = "x";
    panel.y.label = "y";
    return panel;
}

lab::Panel racePanel() {
    lab::Panel panel = fakePanel("line", {{"loss", ""}});
    panel.title = "Loss";
    panel.y.label = "f(x) − f*";
    panel.y.scale = lab::Scale::Log;
    return panel;
}

lab::Panel trainingPanel() {
    lab::Panel panel = fakePanel(
        "line",
        {{"loss/train", "train"}, {"loss/validation", "validation"}, {"unigram", "reference"}});
    panel.id = "training";
    panel.title = "Loss";
    panel.y.label = "loss";
    panel.y.unit = "nats per byte";
    return panel;
}

lab::Panel leadersPanel() {
    lab::Panel panel = fakePanel("leaders", {{"loss", ""}});
    panel.title = "Who leads";
    panel.y.scale = lab::Scale::Log;
    return panel;
}

lab::Panel heatmapPanel() {
    lab::Panel panel = fakePanel("heatmap", {{"margins", "signed"}});
    panel.title = "Margins";
    panel.edits = {{"skew-cell", "margins"}};
    return panel;
}

lab::Panel barsPanel() {
    lab::Panel panel = fakePanel("bars", {{"lottery", ""}});
    panel.title = "Lottery";
    panel.sources[0].columns = {{"name", "candidate"}, {"value", "probability"}};
    panel.y.unit = "%";
    return panel;
}

lab::Panel notesPanel() {
    return fakePanel("notes", {});
}

FakeComparison::FakeComparison(const std::vector<std::string>& names) {
    workbench_ = std::move(lab::Workbench::open({{}, 1, false})).value();
    model_ = std::make_unique<ui::ComparisonModel>(*workbench_);
    for (std::size_t i = 0; i < names.size(); ++i) {
        lab::RunScenario scenario;
        scenario.experiment = "test.panels";
        scenario.knobs = lab::KnobValues(fakeDescription().knobs);
        scenario.knobs.set("optimizer", names[i]);
        runs_.push_back(std::make_shared<lab::Run>(static_cast<lab::RunId>(i + 1), 1,
                                                   fakeDescription(), scenario, i + 1));
    }
    lab::Comparison comparison;
    comparison.id = 1;
    comparison.runs = runs_;
    model_->show(std::move(comparison));
}

void FakeComparison::scalar(std::size_t run, const std::string& id, std::int64_t step,
                            double seconds, double value) {
    runs_[run]->accept(id, lab::Frame{step, seconds, value});
}

void FakeComparison::table(std::size_t run, const std::string& id, std::int64_t step,
                           lab::Table table) {
    runs_[run]->accept(id,
                       lab::Frame{step, 0.0, std::make_shared<const lab::Table>(std::move(table))});
}

void FakeComparison::grid(std::size_t run, const std::string& id, std::int64_t step,
                          lab::Grid grid) {
    runs_[run]->accept(id,
                       lab::Frame{step, 0.0, std::make_shared<const lab::Grid>(std::move(grid))});
}

void FakeComparison::finish() {
    for (const lab::RunPtr& run : runs_) {
        (void)run->apply(lab::RunEvent::Start);
        (void)run->apply(lab::RunEvent::Finish);
    }
    model_->poll();
}

std::unique_ptr<FakeComparison> fakeRace(int steps) {
    auto made = std::make_unique<FakeComparison>(
        std::vector<std::string>{"SGD", "AdamW", "Shampoo", "SOAP", "Muon"});
    const lab::Grid surface = rosenbrockGrid();
    for (int kind = 0; kind < 5; ++kind) {
        const auto run = static_cast<std::size_t>(kind);
        made->grid(run, "landscape", 0, surface);
        made->table(run, "minima", 0, {{std::vector<double>{1.0}, std::vector<double>{1.0}}});
        std::vector<double> xs;
        std::vector<double> ys;
        std::vector<double> at;
        Walker walker;
        for (int step = 0; step <= steps; ++step) {
            xs.push_back(walker.x);
            ys.push_back(walker.y);
            at.push_back(step);
            made->scalar(run, "loss", step, step * (1e-5 + 4e-6 * kind),
                         rosenbrock(walker.x, walker.y));
            walker.step(kind);
        }
        made->table(run, "path", steps, {{xs, ys, at}});
    }
    made->finish();
    return made;
}

std::unique_ptr<FakeComparison> fakeTraining(int steps) {
    auto made = std::make_unique<FakeComparison>(
        std::vector<std::string>{"SGD", "AdamW", "Shampoo", "SOAP", "Muon"});
    std::mt19937 random(5);
    std::normal_distribution<double> noise(0, 0.09);
    const std::array<double, 5> floor{2.35, 2.02, 1.92, 1.80, 1.86};
    const std::array<double, 5> pace{70, 55, 42, 34, 30};
    const std::array<double, 5> cost{0.008, 0.009, 0.021, 0.018, 0.013};
    for (std::size_t run = 0; run < 5; ++run) {
        made->scalar(run, "unigram", 0, 0, 3.01);
        for (int step = 0; step <= steps; ++step) {
            const double mean = floor[run] + (5.55 - floor[run]) * std::exp(-step / pace[run]) +
                                0.35 * std::exp(-step / 400.0);
            made->scalar(run, "loss/train", step, step * cost[run], mean + noise(random));
            if (step % 20 == 0) {
                made->scalar(run, "loss/validation", step, step * cost[run], mean + 0.05);
            }
        }
    }
    made->finish();
    return made;
}

std::unique_ptr<FakeComparison> fakeLottery(std::size_t candidates) {
    const std::vector<std::string> trees{"Aspen", "Birch",  "Cedar", "Maple", "Oak",   "Alder",
                                         "Hazel", "Willow", "Rowan", "Elm",   "Larch", "Yew"};
    auto made = std::make_unique<FakeComparison>(std::vector<std::string>{"maximal"});
    lab::Grid grid;
    for (std::size_t i = 0; i < candidates; ++i) {
        grid.x.names.push_back(candidates <= trees.size() ? trees[i]
                                                          : "candidate " + std::to_string(i + 1));
    }
    grid.y.names = grid.x.names;
    grid.values.assign(candidates * candidates, 0);
    std::mt19937 random(3);
    std::uniform_int_distribution<int> noise(-14, 14);
    for (std::size_t i = 0; i < candidates; ++i) {
        for (std::size_t j = i + 1; j < candidates; ++j) {
            const double by =
                std::round(90.0 * static_cast<double>(j - i) / static_cast<double>(candidates)) +
                noise(random);
            const bool unknown = (i * 7 + j * 3) % 17 == 4;
            grid.values[i * candidates + j] = unknown ? kNan : by;
            grid.values[j * candidates + i] = unknown ? kNan : -by;
        }
    }
    std::vector<double> shares(candidates, 0.0);
    std::vector<double> low(candidates, 0.0);
    std::vector<double> high(candidates, 0.0);
    const std::array<double, 5> head{0.45, 0.21, 0.25, 0.06, 0.03};
    for (std::size_t i = 0; i < std::min<std::size_t>(candidates, 5); ++i) {
        shares[i] = head[i];
        low[i] = std::max(0.0, head[i] - 0.07);
        high[i] = head[i] + 0.07;
    }
    made->table(0, "lottery", 0, {{grid.x.names, shares, low, high}});
    made->grid(0, "margins", 0, std::move(grid));
    made->finish();
    return made;
}

} // namespace psephos::tests
