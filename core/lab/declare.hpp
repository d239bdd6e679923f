// SPDX-License-Identifier: GPL-3.0-or-later
// Short forms for descriptions: what an experiment's describe.cpp says about its knobs, channels,
// panels and presets, without a line for every field. Less usual fields are set on what they
// answer.
#pragma once

#include "lab/channel.hpp"
#include "lab/experiment.hpp"
#include "lab/knob.hpp"
#include "lab/panel.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace psephos::lab::declare {

/// A knob by its usual fields; texts, files and data sets may be empty.
[[nodiscard]] Knob knob(std::string id, std::string label, std::string help, KnobType type,
                        Value defaultValue, std::string group = {});

/// A real number in least … most.
[[nodiscard]] Knob real(std::string id, std::string label, std::string help, double value,
                        double least, double most, Scale scale = Scale::Linear);

/// A whole number in least … most.
[[nodiscard]] Knob integer(std::string id, std::string label, std::string help, std::int64_t value,
                           double least, double most, Scale scale = Scale::Linear);

/// One of these words; by default `value`, or the first one where that is empty.
[[nodiscard]] Knob choice(std::string id, std::string label, std::string help,
                          std::vector<ChoiceOption> options, std::string value = {});

[[nodiscard]] Knob flag(std::string id, std::string label, std::string help, bool value);

/// The knob, shown among the advanced ones.
[[nodiscard]] Knob advanced(Knob knob);

/// The knob, applying only where another one has one of these values.
[[nodiscard]] Knob when(Knob knob, std::string other, std::vector<std::string> anyOf);

/// The knob, in least … most.
[[nodiscard]] Knob bounded(Knob knob, double least, double most);

/// All knobs of several groups, in their order.
[[nodiscard]] std::vector<Knob> together(std::initializer_list<std::vector<Knob>> groups);

[[nodiscard]] ColumnSpec word(std::string id);
[[nodiscard]] ColumnSpec number(std::string id, std::string unit = {});

[[nodiscard]] Channel table(std::string id, std::string label, std::string help,
                            std::vector<ColumnSpec> columns);
[[nodiscard]] Channel scalar(std::string id, std::string label, std::string help,
                             std::string unit = {});
[[nodiscard]] Channel grid(std::string id, std::string label, std::string help,
                           std::string unit = {});

/// A panel of the middle zone.
[[nodiscard]] Panel panel(std::string id, std::string kind, std::string title, std::string meaning,
                          std::vector<PanelSource> sources, int row = 0);

/// Builds a preset, a call for every setting.
class PresetMaker {
  public:
    /// `duration` is what a person needs: "1 min"; `miniature` the panel that the card shows.
    PresetMaker(std::string experiment, std::string id, std::string title, std::string question,
                std::string duration, std::string miniature);

    PresetMaker& set(std::string knob, Value value);
    PresetMaker& sweep(std::string knob, std::vector<Value> values);
    /// One run for each of the choices.
    PresetMaker& sweep(std::string knob, const std::vector<ChoiceOption>& choices);
    PresetMaker& seeds(std::vector<std::uint64_t> values);
    PresetMaker& outsideGallery();

    [[nodiscard]] Preset make() const { return preset_; }

  private:
    Preset preset_;
};

} // namespace psephos::lab::declare
