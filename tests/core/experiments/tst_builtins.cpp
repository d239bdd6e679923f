// SPDX-License-Identifier: GPL-3.0-or-later
// Every experiment that the program brings: sound, buildable, and the same after a reload.
#include "experiments/builtins.hpp"
#include "lab/files/json.hpp"
#include "lab/module.hpp"
#include "lab/reference.hpp"
#include "skip.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace psephos::lab;

namespace {

/// The program's registry with all modules open; an experiment whose module is not part of this
/// build is left without factory.
struct Program {
    Registry registry;
    CheckRegistry checks;
    std::set<std::string> missing;

    Program() {
        psephos::experiments::registerBuiltins(registry, checks);
        for (const auto& description : registry.all()) {
            if (!description->module.empty() &&
                !openModule(description->module, registry, checks)) {
                missing.insert(description->module);
            }
        }
    }
};

Program& program() {
    static Program opened;
    return opened;
}

struct Collector final : FrameSink {
    std::vector<std::pair<std::string, Frame>> frames;

    void accept(std::string_view channel, Frame frame) override {
        frames.emplace_back(channel, std::move(frame));
    }

    void accept(Note) override {}
};

std::int64_t stepsOf(const Description& description, const RunScenario& run) {
    return description.stepsKnob.empty() ? 1 : run.knobs.integer(description.stepsKnob);
}

/// The first run of the preset that asks for the fewest steps.
RunScenario fastestRun(const Description& description) {
    RunScenario fastest;
    std::int64_t fewest = std::numeric_limits<std::int64_t>::max();
    for (const Preset& preset : description.presets) {
        const auto runs = expand(preset.scenario, description);
        REQUIRE_MESSAGE(runs.ok(), runs.error().line());
        std::int64_t steps = 0;
        for (const RunScenario& run : *runs) {
            steps += stepsOf(description, run);
        }
        if (steps < fewest) {
            fewest = steps;
            fastest = runs->front();
        }
    }
    return fastest;
}

/// A computation with what it emits.
class Trial {
  public:
    Trial(const Description& description, const RunScenario& run)
        : description_(description)
        , context_(run, 1, sink_, stop_) {
        auto made = program().registry.create(description.id);
        REQUIRE_MESSAGE(made.ok(), made.error().line());
        computation_ = *std::move(made);
    }

    Computation& computation() { return *computation_; }

    void start() {
        const Result<void> started = computation_->start(context_);
        REQUIRE_MESSAGE(started.ok(), started.error().line());
    }

    void restore(std::int64_t step, const std::string& bytes) {
        context_.setStep(step);
        const Result<void> restored = computation_->restore(context_, bytes);
        REQUIRE_MESSAGE(restored.ok(), restored.error().line());
        CHECK(sink_.frames.empty()); // nothing is emitted twice
    }

    Advance step() {
        context_.setStep(context_.step() + 1);
        const Result<Advance> advanced = computation_->advance(context_);
        REQUIRE_MESSAGE(advanced.ok(), advanced.error().line());
        return *advanced;
    }

    [[nodiscard]] std::int64_t at() const { return context_.step(); }

    std::vector<std::pair<std::string, Frame>> take() { return std::exchange(sink_.frames, {}); }

    void checkDeclared(const std::string& name, const Frame& frame) const {
        CAPTURE(name);
        const Channel* channel = description_.channel(name);
        REQUIRE(channel != nullptr);
        REQUIRE(kindOf(frame.payload) == channel->kind);
        if (const auto* table = std::get_if<TablePtr>(&frame.payload)) {
            REQUIRE((*table)->columns.size() == channel->columns.size());
            for (std::size_t i = 0; i < channel->columns.size(); ++i) {
                const bool isText = (*table)->columns[i].index() == 1;
                CHECK(isText == channel->columns[i].isText);
                const std::size_t rows = std::visit([](const auto& cells) { return cells.size(); },
                                                    (*table)->columns[i]);
                CHECK(rows == (*table)->rows());
            }
        }
        if (const auto* grid = std::get_if<GridPtr>(&frame.payload)) {
            CHECK((*grid)->values.size() == (*grid)->x.size() * (*grid)->y.size());
        }
    }

  private:
    const Description& description_;
    Collector sink_;
    const std::atomic<bool> stop_ = false;
    RunContext context_;
    std::unique_ptr<Computation> computation_;
};

bool isSame(const std::vector<double>& a, const std::vector<double>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](double x, double y) { return x == y || (x != x && y != y); });
}

bool isSame(const Payload& a, const Payload& b) {
    if (a.index() != b.index()) {
        return false;
    }
    if (const auto* number = std::get_if<double>(&a)) {
        return isSame(std::vector{*number}, std::vector{std::get<double>(b)});
    }
    if (const auto* table = std::get_if<TablePtr>(&a)) {
        return (*table)->columns == std::get<TablePtr>(b)->columns;
    }
    if (const auto* grid = std::get_if<GridPtr>(&a)) {
        return isSame((*grid)->values, std::get<GridPtr>(b)->values);
    }
    return *std::get<TextPtr>(a) == *std::get<TextPtr>(b);
}

/// What a step measures in time differs from one execution to the next.
bool isTime(const std::string& channel) {
    return channel.starts_with("time/");
}

} // namespace

TEST_CASE("builtins_everyDescription_isSound") {
    REQUIRE(program().registry.all().size() >= 2);
    std::set<std::string> titles;
    for (const auto& description : program().registry.all()) {
        CAPTURE(description->id);
        for (const std::string& fault : validate(*description)) {
            FAIL_CHECK(fault);
        }
        CHECK(titles.insert(description->title).second);
        CHECK_FALSE(description->group.empty());
        CHECK_FALSE(description->paper.citation.empty());
        CHECK_FALSE(description->panels.empty());
        CHECK(referenceText(*description).find(description->question) != std::string::npos);
        CHECK(toJson(*description)["knobs"].size() == description->knobs.size());
    }
}

TEST_CASE("builtins_armsOfClaims_lookAsTheirOptimizersInTheRace") {
    const auto& registry = program().registry;
    const Description* train = registry.find("optim.train");
    const Description* claims = registry.find("optim.claims");
    REQUIRE((train != nullptr && claims != nullptr));
    const Setting* racers = train->preset("spell")->scenario.find("optimizer");
    const Knob* optimizer = train->knob("optimizer");
    REQUIRE((racers != nullptr && optimizer != nullptr));
    std::size_t compared = 0;
    for (const Panel& panel : claims->panels) {
        for (std::size_t i = 0; i < racers->values.size(); ++i) {
            const auto racer = std::find_if(
                optimizer->choices.begin(), optimizer->choices.end(),
                [&](const ChoiceOption& option) { return Value(option.id) == racers->values[i]; });
            for (const PanelColour& colour : panel.colours) {
                if (colour.word == racer->label || colour.word.starts_with(racer->label + ", ") ||
                    colour.word.starts_with(racer->label + " by")) {
                    CAPTURE(panel.id);
                    CAPTURE(colour.word);
                    CHECK(colour.run == static_cast<int>(i) + 1);
                    ++compared;
                }
            }
        }
    }
    CHECK(compared == 7 * 21);
}

TEST_CASE("builtins_referencePage_hasARowForEveryKnobAndChannel") {
    const std::string page = referenceMarkdown(program().registry);
    for (const auto& description : program().registry.all()) {
        CHECK(page.find("## `" + description->id + "`") != std::string::npos);
        for (const Knob& knob : description->knobs) {
            CHECK(page.find("\n| `" + knob.id + "` | ") != std::string::npos);
        }
        for (const Channel& channel : description->channels) {
            CHECK(page.find("\n| `" + channel.id + "` | ") != std::string::npos);
        }
    }
    // Every row of a table has as many cells as its heading.
    std::size_t cells = 0;
    std::size_t from = 0;
    while (from < page.size()) {
        const std::string line = page.substr(from, page.find('\n', from) - from);
        from += line.size() + 1;
        std::size_t bars = 0;
        for (std::size_t i = 0; i < line.size(); ++i) {
            bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\') ? 1 : 0;
        }
        cells = line.starts_with('|') && cells > 0 ? cells : bars;
        CAPTURE(line);
        CHECK(bars == (line.starts_with('|') ? cells : 0));
    }
}

TEST_CASE("builtins_everyKnob_takesItsDefaultBackFromTextAndJson") {
    for (const auto& description : program().registry.all()) {
        for (const Knob& knob : description->knobs) {
            CAPTURE(description->id);
            CAPTURE(knob.id);
            const auto* text = std::get_if<std::string>(&knob.defaultValue);
            if (text != nullptr && text->empty() && !knob.optional) {
                continue; // a file that a person has to name
            }
            const Result<Value> parsed = knob.parse(toText(knob.defaultValue));
            REQUIRE_MESSAGE(parsed.ok(), parsed.error().line());
            CHECK(*parsed == knob.defaultValue);
            const Result<Value> read = knob.fromJson(toJson(knob.defaultValue));
            REQUIRE_MESSAGE(read.ok(), read.error().line());
            CHECK(*read == knob.defaultValue);
        }
    }
}

TEST_CASE("builtins_everyPreset_isTheSameAfterAReload") {
    for (const auto& description : program().registry.all()) {
        for (const Preset& preset : description->presets) {
            CAPTURE(description->id);
            CAPTURE(preset.id);
            const std::string text = dumpJson(toJson(preset.scenario));
            const auto again = scenarioFromJson(*parseJson(text, "preset"), program().registry);
            REQUIRE_MESSAGE(again.ok(), again.error().line());
            CHECK(again->warnings.empty());
            CHECK(dumpJson(toJson(*again)) == text);
            const auto runs = expand(preset.scenario, *description);
            REQUIRE_MESSAGE(runs.ok(), runs.error().line());
            for (const RunScenario& run : *runs) {
                const auto reloaded = runScenarioFromJson(
                    *parseJson(dumpJson(toRecord(run)), "run"), program().registry);
                REQUIRE_MESSAGE(reloaded.ok(), reloaded.error().line());
                CHECK(reloaded->knobs == run.knobs);
                CHECK(toRecord(*reloaded) == toRecord(run));
            }
        }
    }
}

TEST_CASE("builtins_everyExperiment_runsThreeStepsAndReloadsEqual") {
    for (const auto& entry : program().registry.all()) {
        const Description& description = *entry;
        CAPTURE(description.id);
        if (program().missing.count(description.module) > 0) {
            psephos::test::skip(description.id + " needs the module " + description.module +
                                ", which this build lacks");
            continue;
        }
        const RunScenario run = fastestRun(description);
        Trial trial(description, run);
        trial.start();
        Advance last = Advance::More;
        for (int i = 0; i < 3 && last == Advance::More; ++i) {
            last = trial.step();
        }
        const auto frames = trial.take();
        CHECK_FALSE(frames.empty());
        for (const auto& [channel, frame] : frames) {
            trial.checkDeclared(channel, frame);
        }
        if (!trial.computation().canSave() || last == Advance::Done) {
            continue;
        }
        const Result<std::string> bytes = trial.computation().save();
        REQUIRE_MESSAGE(bytes.ok(), bytes.error().line());
        Trial reloaded(description, run);
        reloaded.restore(trial.at(), *bytes);
        trial.step();
        reloaded.step();
        const auto expected = trial.take();
        const auto computed = reloaded.take();
        REQUIRE(computed.size() == expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            CAPTURE(expected[i].first);
            CHECK(computed[i].first == expected[i].first);
            CHECK(computed[i].second.step == expected[i].second.step);
            if (!isTime(expected[i].first)) {
                CHECK(isSame(computed[i].second.payload, expected[i].second.payload));
            }
        }
    }
}
