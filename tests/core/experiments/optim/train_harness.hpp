// SPDX-License-Identifier: GPL-3.0-or-later
// Runs of optim.train without scheduler and store.
#pragma once

#include "datasets/shared.hpp"
#include "experiments/optim/train/train.hpp"
#include "lab/run_context.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace psephos::test {

using Settings = std::vector<std::pair<std::string, lab::Value>>;

/// Keeps every frame and note.
class Keeper final : public lab::FrameSink {
  public:
    void accept(std::string_view channel, lab::Frame frame) override {
        const std::string name(channel);
        if (const auto* words = std::get_if<lab::TextPtr>(&frame.payload)) {
            (channel == "sample" ? samples : texts[name]).emplace_back(frame.step, **words);
        } else if (const auto* table = std::get_if<lab::TablePtr>(&frame.payload)) {
            tables[name].emplace_back(frame.step, **table);
        } else if (const auto* grid = std::get_if<lab::GridPtr>(&frame.payload)) {
            grids[name].emplace_back(frame.step, **grid);
        } else {
            rows[name].emplace_back(frame.step, std::get<double>(frame.payload));
        }
    }

    void accept(lab::Note note) override { notes[note.id] = note.text; }

    std::map<std::string, std::vector<std::pair<std::int64_t, double>>> rows;
    std::vector<std::pair<std::int64_t, std::string>> samples;
    std::map<std::string, std::string> notes;
    std::map<std::string, std::vector<std::pair<std::int64_t, std::string>>> texts;
    std::map<std::string, std::vector<std::pair<std::int64_t, lab::Table>>> tables;
    std::map<std::string, std::vector<std::pair<std::int64_t, lab::Grid>>> grids;

    /// All that has to repeat: everything but times.
    [[nodiscard]] auto untimed() const {
        auto copy = rows;
        copy.erase("time/gradient");
        copy.erase("time/optimizer");
        std::map<std::string, std::vector<std::pair<std::int64_t, std::vector<double>>>> numbers;
        for (const auto& [channel, frames] : tables) {
            for (const auto& [step, table] : frames) {
                if (channel != "time/phases") {
                    numbers[channel].emplace_back(step, table.numbers(1));
                }
            }
        }
        for (const auto& [channel, frames] : grids) {
            for (const auto& [step, grid] : frames) {
                numbers[channel].emplace_back(step, grid.values);
            }
        }
        return std::tuple(copy, samples, texts, numbers);
    }

    [[nodiscard]] std::vector<std::int64_t> steps(const std::string& channel) const {
        std::vector<std::int64_t> found;
        if (const auto it = rows.find(channel); it != rows.end()) {
            for (const auto& [step, value] : it->second) {
                found.push_back(step);
            }
        }
        return found;
    }
};

inline const lab::Description& trainDescription() {
    static const lab::Description kDescription = experiments::describeTrain();
    return kDescription;
}

/// Keeps the generated sets from being made anew for every run.
inline void holdGeneratedSets() {
    static const auto kSeries = datasets::sharedSeriesDigits();
    static const auto kPainted = datasets::sharedPaintedDigits();
    static const auto kNumbers = datasets::sharedHouseNumbers();
}

inline lab::Value word(const char* text) {
    return std::string(text);
}

/// A model so small that a step takes a fraction of a millisecond; `settings` come on top.
inline lab::RunScenario tinyScenario(const Settings& settings, std::uint64_t seed = 0) {
    holdGeneratedSets();
    lab::Scenario wanted;
    wanted.experiment = trainDescription().id;
    wanted.set("char_lm.layers", std::int64_t{1});
    wanted.set("char_lm.width", std::int64_t{16});
    wanted.set("char_lm.heads", std::int64_t{2});
    wanted.set("char_lm.context", std::int64_t{8});
    wanted.set("hidden_width", std::int64_t{12});
    wanted.set("conv.layers", std::int64_t{2});
    wanted.set("conv.width", std::int64_t{4});
    wanted.set("matrix_factorisation.rows", std::int64_t{24});
    wanted.set("matrix_factorisation.columns", std::int64_t{16});
    wanted.set("matrix_factorisation.rank", std::int64_t{3});
    wanted.set("batch", std::int64_t{4});
    wanted.set("steps", std::int64_t{12});
    wanted.set("warmup", std::int64_t{2});
    wanted.set("validate_every", std::int64_t{5});
    for (const auto& [knob, value] : settings) {
        wanted.set(knob, value);
    }
    wanted.seeds = {seed};
    const auto runs = lab::expand(wanted, trainDescription());
    INFO((runs.ok() ? std::string() : runs.error().line()));
    REQUIRE(runs.ok());
    REQUIRE(runs->size() == 1);
    return runs->front();
}

/// One computation with its context.
class Session {
  public:
    Session(lab::RunScenario scenario, Keeper& keeper, int threads = 2)
        : context_(std::move(scenario), threads, keeper, stop_)
        , computation_(experiments::makeTrain()) {}

    lab::Result<void> start() { return computation_->start(context_); }

    lab::Result<void> restore(std::int64_t step, std::string_view bytes) {
        context_.setStep(step);
        return computation_->restore(context_, bytes);
    }

    /// Up to and including step `last`, or until the run says that it is done.
    lab::Advance advanceTo(std::int64_t last) {
        lab::Advance answer = lab::Advance::More;
        while (answer == lab::Advance::More && context_.step() < last) {
            context_.setStep(context_.step() + 1);
            const auto advanced = computation_->advance(context_);
            INFO((advanced.ok() ? std::string() : advanced.error().line()));
            REQUIRE(advanced.ok());
            answer = *advanced;
        }
        return answer;
    }

    [[nodiscard]] std::string save() const {
        const auto saved = computation_->save();
        REQUIRE(saved.ok());
        return *saved;
    }

    lab::RunContext& context() { return context_; }

  private:
    std::atomic<bool> stop_ = false;
    lab::RunContext context_;
    std::unique_ptr<lab::Computation> computation_;
};

/// The frames of a whole run.
inline Keeper runAll(const lab::RunScenario& scenario) {
    Keeper keeper;
    Session session(scenario, keeper);
    const auto started = session.start();
    INFO((started.ok() ? std::string() : started.error().line()));
    REQUIRE(started.ok());
    CHECK(session.advanceTo(scenario.knobs.integer("steps")) == lab::Advance::Done);
    return keeper;
}

} // namespace psephos::test
