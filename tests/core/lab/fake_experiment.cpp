// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lab/fake_experiment.hpp"

#include "lab/files/file.hpp"

#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <stdexcept>
#include <thread>

namespace psephos::test {

namespace {

using namespace psephos::lab;

constexpr double kAutoRate = 0.1;

/// Uniform in [-1, 1), from the seed and the step alone.
double noiseAt(std::uint64_t seed, std::int64_t step, std::uint64_t stream) {
    std::uint64_t bits =
        seed * 0x9e3779b97f4a7c15u + static_cast<std::uint64_t>(step) + 1 + (stream << 40);
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9u;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebu;
    bits ^= bits >> 31;
    return static_cast<double>(bits >> 11) / static_cast<double>(std::uint64_t{1} << 52) - 1;
}

struct State {
    double x = 0;
    double y = 0;
    double vx = 0;
    double vy = 0;
};

double lossOf(const State& state) {
    return state.x * state.x + 3 * state.y * state.y;
}

void descend(State& state, const KnobValues& knobs, std::uint64_t seed, std::int64_t step) {
    const double rate = knobs.real("lr");
    const double noise = knobs.real("noise");
    const double beta = knobs.text("optimizer") == "momentum" ? knobs.real("momentum.beta") : 0;
    state.vx = beta * state.vx + 2 * state.x + noise * noiseAt(seed, step, 0);
    state.vy = beta * state.vy + 6 * state.y + noise * noiseAt(seed, step, 1);
    state.x -= rate * state.vx;
    state.y -= rate * state.vy;
}

void waitFor(const RunContext& context, std::int64_t microseconds, bool asks) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(microseconds);
    while (std::chrono::steady_clock::now() < end && !(asks && context.stopRequested())) {
        std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
}

class Descent final : public Computation {
  public:
    Result<void> start(RunContext& context) override {
        const KnobValues& knobs = context.knobs();
        if (!knobs.text("data").empty()) {
            const Result<std::string> content = readFile(knobs.text("data"));
            if (!content) {
                return content.error();
            }
        }
        state_ = {knobs.point("start")[0], knobs.point("start")[1], 0, 0};
        Grid field;
        field.x.at = {-1, 0, 1};
        field.y.names = {"low", "high"};
        field.values = {4, 3, 4, 13, std::numeric_limits<double>::quiet_NaN(), 13};
        context.emit("field", std::move(field));
        context.emit("story", "once, \"upon\" a time");
        emitState(context);
        return {};
    }

    Result<Advance> advance(RunContext& context) override {
        const KnobValues& knobs = context.knobs();
        const std::int64_t step = context.step();
        waitFor(context, knobs.integer("wait_us"), !knobs.flag("unstoppable"));
        if (step == knobs.integer("fail_at")) {
            return Error{"the wheel came off at step " + std::to_string(step), "turn fail_at to 0",
                         ""};
        }
        if (step == knobs.integer("throw_at")) {
            throw std::runtime_error("a library threw");
        }
        descend(state_, knobs, context.seed(), step);
        if (step == knobs.integer("diverge_at")) {
            state_.x = std::numeric_limits<double>::infinity();
        }
        if (step % 10 == 0) {
            context.emit("story", "step " + std::to_string(step));
        }
        emitState(context);
        const bool isDone = step >= knobs.integer("steps") || !std::isfinite(lossOf(state_));
        return isDone ? Advance::Done : Advance::More;
    }

    [[nodiscard]] bool canSave() const override { return true; }

    [[nodiscard]] Result<std::string> save() const override {
        std::string bytes(sizeof(State), '\0');
        std::memcpy(bytes.data(), &state_, sizeof(State));
        return bytes;
    }

    Result<void> restore(RunContext& context, std::string_view bytes) override {
        if (bytes.size() != sizeof(State)) {
            return Error{"the checkpoint has " + std::to_string(bytes.size()) + " bytes", "", ""};
        }
        if (const std::string& data = context.knobs().text("data"); !data.empty()) {
            const Result<std::string> content = readFile(data);
            if (!content || *content == "other data") {
                return content ? Error{"the data have changed", "", data} : content.error();
            }
        }
        std::memcpy(&state_, bytes.data(), sizeof(State));
        if (context.knobs().text("optimizer") == "plain") {
            state_.vx = 0;
            state_.vy = 0;
        }
        return {};
    }

    Result<void> turned(RunContext& context, std::string_view knob) override {
        context.note({"turned", NoteKind::Information,
                      std::string(knob) + " is now " + toText(context.knobs().at(knob))});
        return {};
    }

  private:
    void emitState(RunContext& context) const {
        context.emit("loss/train", lossOf(state_));
        context.emit("lr", context.knobs().real("lr"));
        Table path;
        path.columns = {std::vector<double>{state_.x}, std::vector<double>{state_.y},
                        std::vector<std::string>{"a,b"}};
        context.emit("path", std::move(path));
    }

    State state_;
};

class Shares final : public Computation {
  public:
    Result<void> start(RunContext&) override { return {}; }

    Result<Advance> advance(RunContext& context) override {
        const MatrixValue& matrix = context.knobs().matrix("matrix");
        waitFor(context, context.knobs().integer("wait_us"), true);
        if (context.stopRequested()) {
            return Advance::More;
        }
        std::vector<double> sums(matrix.columns, 0);
        std::vector<std::string> names;
        double total = 0;
        for (std::size_t column = 0; column < matrix.columns; ++column) {
            for (std::size_t row = 0; row < matrix.rows; ++row) {
                const double cell = matrix.at(row, column);
                sums[column] += std::isnan(cell) ? 0 : cell;
            }
            sums[column] = std::pow(sums[column], context.knobs().real("power"));
            total += sums[column];
            names.push_back("c" + std::to_string(column));
        }
        if (!(total > 0)) {
            return Error{"the matrix has no positive cell", "", ""};
        }
        for (double& sum : sums) {
            sum /= total;
        }
        Grid grid;
        grid.x.names = names;
        grid.y.names.resize(matrix.rows, "row");
        grid.values = matrix.values;
        context.emit("matrix", std::move(grid));
        Table shares;
        shares.columns = {std::move(names), std::move(sums)};
        context.emit("shares", std::move(shares));
        context.emit("total", total);
        return Advance::Done;
    }
};

Knob integerKnob(std::string id, std::int64_t value, double min, double max, std::string help) {
    Knob knob;
    knob.label = id;
    knob.id = std::move(id);
    knob.help = std::move(help);
    knob.type = KnobType::Integer;
    knob.defaultValue = value;
    knob.min = min;
    knob.max = max;
    return knob;
}

Knob realKnob(std::string id, double value, double min, double max, std::string help) {
    Knob knob = integerKnob(std::move(id), 0, min, max, std::move(help));
    knob.type = KnobType::Real;
    knob.defaultValue = value;
    return knob;
}

Channel channelOf(std::string id, FrameKind kind) {
    Channel channel;
    channel.label = id;
    channel.id = std::move(id);
    channel.kind = kind;
    return channel;
}

Knob rateKnob() {
    Knob knob = realKnob("lr", 0.05, 1e-6, 10, "how far one step goes");
    knob.scale = Scale::Log;
    SpecialValue measured;
    measured.id = "auto";
    measured.label = "measured";
    measured.help = "what did best in a sweep";
    measured.resolve = [](const KnobValues& knobs) -> Result<Value> {
        const bool isMomentum = knobs.text("optimizer") == "momentum";
        return Value(isMomentum ? kAutoRate / 10 : kAutoRate);
    };
    measured.evidence = [](const KnobValues&) {
        Evidence evidence;
        evidence.title = "loss after 20 steps";
        evidence.x = {0.01, 0.1, 1};
        evidence.y = {0.5, 0.1, std::numeric_limits<double>::quiet_NaN()};
        evidence.chosen = kAutoRate;
        return std::optional<Evidence>(evidence);
    };
    knob.specials = {measured};
    return knob;
}

std::vector<Knob> descentKnobs() {
    Knob optimizer;
    optimizer.id = "optimizer";
    optimizer.label = "Optimizer";
    optimizer.help = "which rule moves the point";
    optimizer.type = KnobType::Choice;
    optimizer.choices = {{"plain", "Plain", "the gradient"},
                         {"momentum", "Momentum", "an average of gradients"}};
    optimizer.defaultValue = std::string("plain");

    Knob start;
    start.id = "start";
    start.label = "Start";
    start.help = "where the point begins";
    start.type = KnobType::Point;
    start.coordinates = {"x", "y"};
    start.defaultValue = PointValue{1, 1};
    start.min = -100;
    start.max = 100;
    start.fixed = true;

    Knob beta = realKnob("momentum.beta", 0.9, 0, 0.999, "weight of the past");
    beta.when = {{"optimizer", {"momentum"}}};

    Knob noise = realKnob("noise", 0, 0, 10, "size of the noise on each gradient");
    noise.live = true;

    Knob data;
    data.id = "data";
    data.label = "Data";
    data.help = "a file that is read at the start";
    data.type = KnobType::File;
    data.optional = true;
    data.defaultValue = std::string();

    Knob unstoppable;
    unstoppable.id = "unstoppable";
    unstoppable.label = "Unstoppable";
    unstoppable.help = "a step never asks whether to stop";
    unstoppable.type = KnobType::Flag;
    unstoppable.defaultValue = false;

    return {integerKnob("steps", 20, 1, 1e9, "length of the run"),
            optimizer,
            rateKnob(),
            start,
            beta,
            noise,
            integerKnob("wait_us", 0, 0, 1e7, "waiting in every step"),
            data,
            integerKnob("diverge_at", 0, 0, 1e9, "step at which the loss becomes infinite"),
            integerKnob("fail_at", 0, 0, 1e9, "step that fails"),
            integerKnob("throw_at", 0, 0, 1e9, "step that throws"),
            unstoppable};
}

} // namespace

Description describeDescent() {
    Description it;
    it.id = "test.descent";
    it.title = "A ball on a bowl";
    it.question = "Does it find the bottom?";
    it.paper = {"Bowl", "Nobody, A bowl, 2020", "0000.00000"};
    it.group = "Tests";
    it.knobs = descentKnobs();
    Channel loss = channelOf("loss/train", FrameKind::Scalar);
    loss.unit = "nat";
    Channel path = channelOf("path", FrameKind::Table);
    path.columns = {{"x", "", false}, {"y", "", false}, {"name", "", true}};
    it.channels = {loss, channelOf("lr", FrameKind::Scalar), path,
                   channelOf("field", FrameKind::Grid), channelOf("story", FrameKind::Text)};
    Panel line;
    line.id = "loss";
    line.kind = "line";
    line.title = "Loss";
    line.sources = {{"loss/train", "", {}}};
    line.x = {"step", "", Scale::Linear, {}, {}};
    line.y = {"loss", "nat", Scale::Log, {}, {}};
    it.panels = {line};
    Preset race;
    race.id = "race";
    race.title = "Two rules";
    race.question = it.question;
    race.scenario.experiment = it.id;
    race.scenario.sweep("optimizer", {std::string("plain"), std::string("momentum")});
    race.scenario.set("steps", std::int64_t{10});
    race.miniature = "loss";
    it.presets = {race};
    it.stepsKnob = "steps";
    it.headline = "loss/train";
    return it;
}

Description describeShares() {
    Description it;
    it.id = "test.shares";
    it.title = "Shares of a matrix";
    it.question = "Who has most?";
    it.theme = Theme::Choose;
    it.lane = Lane::Reactive;
    it.group = "Tests";
    Knob matrix;
    matrix.id = "matrix";
    matrix.label = "Matrix";
    matrix.help = "what is summed";
    matrix.type = KnobType::Matrix;
    matrix.defaultValue = MatrixValue{2, 3, {1, 2, 3, 4, 5, 6}};
    matrix.min = 0;
    matrix.max = 1000;
    it.knobs = {matrix, realKnob("power", 1, 0, 10, "exponent of the sums"),
                integerKnob("wait_us", 0, 0, 1e7, "waiting before the answer")};
    Channel shares = channelOf("shares", FrameKind::Table);
    shares.columns = {{"name", "", true}, {"share", "", false}};
    it.channels = {shares, channelOf("total", FrameKind::Scalar),
                   channelOf("matrix", FrameKind::Grid)};
    Panel bars;
    bars.id = "shares";
    bars.kind = "bars";
    bars.title = "Shares";
    bars.sources = {{"shares", "values", {{"label", "name"}, {"value", "share"}}}};
    it.panels = {bars};
    Preset plain;
    plain.id = "plain";
    plain.title = "Six cells";
    plain.question = it.question;
    plain.scenario.experiment = it.id;
    it.presets = {plain};
    it.headline = "total";
    return it;
}

void registerFakes(Registry& registry) {
    registry.add(describeDescent());
    registry.provide("test.descent", [] { return std::make_unique<Descent>(); });
    registry.add(describeShares());
    registry.provide("test.shares", [] { return std::make_unique<Shares>(); });
}

std::vector<double> descentLosses(const RunScenario& run) {
    State state{run.knobs.point("start")[0], run.knobs.point("start")[1], 0, 0};
    std::vector<double> losses = {lossOf(state)};
    for (std::int64_t step = 1; step <= run.knobs.integer("steps"); ++step) {
        descend(state, run.knobs, run.seed, step);
        losses.push_back(lossOf(state));
    }
    return losses;
}

} // namespace psephos::test
