// SPDX-License-Identifier: GPL-3.0-or-later
// What a run of an experiment emits, without scheduler and store.
#pragma once

#include "lab/experiment.hpp"
#include "lab/run_context.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace psephos::test {

using Settings = std::vector<std::pair<std::string, lab::Value>>;

/// Keeps every frame in its channel and the last note of each id.
class Keeper final : public lab::FrameSink {
  public:
    void accept(std::string_view channel, lab::Frame frame) override {
        frames[std::string(channel)].push_back(std::move(frame));
    }

    void accept(lab::Note note) override { notes[note.id] = std::move(note); }

    void show() override { wasShown = true; }

    /// The channel's newest number.
    [[nodiscard]] double last(const std::string& channel) const {
        return std::get<double>(frames.at(channel).back().payload);
    }

    /// The channel's newest table.
    [[nodiscard]] const lab::Table& table(const std::string& channel) const {
        return *std::get<lab::TablePtr>(frames.at(channel).back().payload);
    }

    /// The channel's number or table of that index, from 0.
    [[nodiscard]] double at(const std::string& channel, std::size_t index) const {
        return std::get<double>(frames.at(channel).at(index).payload);
    }

    [[nodiscard]] const lab::Table& table(const std::string& channel, std::size_t index) const {
        return *std::get<lab::TablePtr>(frames.at(channel).at(index).payload);
    }

    std::map<std::string, std::vector<lab::Frame>> frames;
    std::map<std::string, lab::Note> notes;
    bool wasShown = false; ///< to a reader, before the end
};

/// The one run of an experiment with these knobs. \errors those of lab::expand()
inline lab::Result<lab::RunScenario> oneRun(const lab::Description& description,
                                            const Settings& settings, std::uint64_t seed = 0) {
    lab::Scenario wanted;
    wanted.experiment = description.id;
    for (const auto& [knob, value] : settings) {
        wanted.set(knob, value);
    }
    wanted.seeds = {seed};
    const auto runs = lab::expand(wanted, description);
    if (!runs) {
        return runs.error();
    }
    return runs->front();
}

} // namespace psephos::test
