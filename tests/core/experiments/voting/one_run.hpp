// SPDX-License-Identifier: GPL-3.0-or-later
// One run of an experiment without scheduler and store, and the last frames that it emits.
#pragma once

#include "lab/experiment.hpp"
#include "lab/run_context.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace psephos::test {

using Settings = std::vector<std::pair<std::string, lab::Value>>;

/// Keeps the last frame of each channel, how many there were, and the notes.
class Keeper final : public lab::FrameSink {
  public:
    void accept(std::string_view channel, lab::Frame frame) override {
        ++count[std::string(channel)];
        frames[std::string(channel)] = std::move(frame);
    }

    void accept(lab::Note note) override { notes[note.id] = std::move(note); }

    std::map<std::string, lab::Frame> frames;
    std::map<std::string, int> count;
    std::map<std::string, lab::Note> notes;
};

/// How a run ended and what it said.
struct Outcome {
    lab::Result<lab::Advance> result = lab::Advance::Done;
    Keeper kept;
    int steps = 0;

    [[nodiscard]] const lab::Table& table(const std::string& channel) const {
        return *std::get<lab::TablePtr>(frame(channel).payload);
    }

    [[nodiscard]] const lab::Grid& grid(const std::string& channel) const {
        return *std::get<lab::GridPtr>(frame(channel).payload);
    }

    [[nodiscard]] double scalar(const std::string& channel) const {
        return std::get<double>(frame(channel).payload);
    }

    /// The note's text; empty where there is none.
    [[nodiscard]] std::string note(const std::string& id) const {
        const auto found = kept.notes.find(id);
        return found == kept.notes.end() ? "" : found->second.text;
    }

  private:
    [[nodiscard]] const lab::Frame& frame(const std::string& channel) const {
        INFO("channel " << channel);
        REQUIRE(kept.frames.contains(channel));
        return kept.frames.at(channel);
    }
};

/// Runs to the end. Every frame must be of a channel that is described, with its columns.
inline Outcome runToTheEnd(const lab::Description& description,
                           const std::unique_ptr<lab::Computation>& computation,
                           const Settings& settings, int threads = 1) {
    lab::RunScenario scenario;
    scenario.experiment = description.id;
    scenario.knobs = lab::KnobValues(description.knobs);
    for (const auto& [knob, value] : settings) {
        INFO("knob " << knob);
        REQUIRE(description.knob(knob) != nullptr);
        REQUIRE(description.knob(knob)->check(value).ok());
        scenario.knobs.set(knob, value);
    }
    Outcome outcome;
    const std::atomic<bool> stop = false;
    lab::RunContext context(scenario, threads, outcome.kept, stop);
    if (const auto started = computation->start(context); !started) {
        outcome.result = started.error();
        return outcome;
    }
    do {
        REQUIRE(outcome.steps < 1000);
        context.setStep(++outcome.steps);
        outcome.result = computation->advance(context);
    } while (outcome.result.ok() && *outcome.result == lab::Advance::More);
    for (const auto& [id, frame] : outcome.kept.frames) {
        INFO("channel " << id);
        const lab::Channel* channel = description.channel(id);
        REQUIRE(channel != nullptr);
        CHECK(channel->kind == lab::kindOf(frame.payload));
        if (channel->kind == lab::FrameKind::Table) {
            CHECK(outcome.table(id).columns.size() == channel->columns.size());
        }
    }
    return outcome;
}

/// A file of this test process, gone at its end.
class File {
  public:
    File(const std::string& name, const std::string& content)
        : path_(std::filesystem::temp_directory_path() /
                ("psephos-voting-" + std::to_string(::getpid()) + "-" + name)) {
        std::ofstream(path_) << content;
    }

    File(const File&) = delete;
    File& operator=(const File&) = delete;

    ~File() {
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }

    [[nodiscard]] std::string path() const { return path_.string(); }

  private:
    std::filesystem::path path_;
};

} // namespace psephos::test
