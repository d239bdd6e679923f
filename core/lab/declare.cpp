// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/declare.hpp"

namespace psephos::lab::declare {

namespace {

Channel channel(FrameKind kind, std::string id, std::string label, std::string help,
                std::string unit) {
    Channel channel;
    channel.id = std::move(id);
    channel.kind = kind;
    channel.label = std::move(label);
    channel.unit = std::move(unit);
    channel.help = std::move(help);
    return channel;
}

} // namespace

Knob knob(std::string id, std::string label, std::string help, KnobType type, Value defaultValue,
          std::string group) {
    Knob knob;
    knob.id = std::move(id);
    knob.label = std::move(label);
    knob.help = std::move(help);
    knob.type = type;
    knob.defaultValue = std::move(defaultValue);
    knob.group = std::move(group);
    knob.optional = type == KnobType::Text || type == KnobType::File || type == KnobType::DataSet;
    return knob;
}

Knob real(std::string id, std::string label, std::string help, double value, double least,
          double most, Scale scale) {
    Knob real = knob(std::move(id), std::move(label), std::move(help), KnobType::Real, value);
    real.scale = scale;
    return bounded(std::move(real), least, most);
}

Knob integer(std::string id, std::string label, std::string help, std::int64_t value, double least,
             double most, Scale scale) {
    Knob integer = knob(std::move(id), std::move(label), std::move(help), KnobType::Integer, value);
    integer.scale = scale;
    return bounded(std::move(integer), least, most);
}

Knob choice(std::string id, std::string label, std::string help, std::vector<ChoiceOption> options,
            std::string value) {
    if (value.empty()) {
        value = options.front().id;
    }
    Knob choice =
        knob(std::move(id), std::move(label), std::move(help), KnobType::Choice, std::move(value));
    choice.choices = std::move(options);
    return choice;
}

Knob flag(std::string id, std::string label, std::string help, bool value) {
    return knob(std::move(id), std::move(label), std::move(help), KnobType::Flag, value);
}

Knob advanced(Knob knob) {
    knob.level = Level::Advanced;
    return knob;
}

Knob when(Knob knob, std::string other, std::vector<std::string> anyOf) {
    knob.when.push_back({std::move(other), std::move(anyOf)});
    return knob;
}

Knob bounded(Knob knob, double least, double most) {
    knob.min = least;
    knob.max = most;
    return knob;
}

std::vector<Knob> together(std::initializer_list<std::vector<Knob>> groups) {
    std::vector<Knob> all;
    for (const std::vector<Knob>& group : groups) {
        all.insert(all.end(), group.begin(), group.end());
    }
    return all;
}

ColumnSpec word(std::string id) {
    return {std::move(id), "", true};
}

ColumnSpec number(std::string id, std::string unit) {
    return {std::move(id), std::move(unit), false};
}

Channel table(std::string id, std::string label, std::string help,
              std::vector<ColumnSpec> columns) {
    Channel table = channel(FrameKind::Table, std::move(id), std::move(label), std::move(help), "");
    table.columns = std::move(columns);
    return table;
}

Channel scalar(std::string id, std::string label, std::string help, std::string unit) {
    return channel(FrameKind::Scalar, std::move(id), std::move(label), std::move(help),
                   std::move(unit));
}

Channel grid(std::string id, std::string label, std::string help, std::string unit) {
    return channel(FrameKind::Grid, std::move(id), std::move(label), std::move(help),
                   std::move(unit));
}

Panel panel(std::string id, std::string kind, std::string title, std::string meaning,
            std::vector<PanelSource> sources, int row) {
    Panel panel;
    panel.id = std::move(id);
    panel.kind = std::move(kind);
    panel.title = std::move(title);
    panel.meaning = std::move(meaning);
    panel.sources = std::move(sources);
    panel.row = row;
    return panel;
}

PresetMaker::PresetMaker(std::string experiment, std::string id, std::string title,
                         std::string question, std::string duration, std::string miniature) {
    preset_.id = std::move(id);
    preset_.title = std::move(title);
    preset_.question = std::move(question);
    preset_.scenario.experiment = std::move(experiment);
    preset_.duration = std::move(duration);
    preset_.miniature = std::move(miniature);
}

PresetMaker& PresetMaker::set(std::string knob, Value value) {
    preset_.scenario.set(std::move(knob), std::move(value));
    return *this;
}

PresetMaker& PresetMaker::sweep(std::string knob, std::vector<Value> values) {
    preset_.scenario.sweep(std::move(knob), std::move(values));
    return *this;
}

PresetMaker& PresetMaker::sweep(std::string knob, const std::vector<ChoiceOption>& choices) {
    std::vector<Value> everyone;
    everyone.reserve(choices.size());
    for (const ChoiceOption& option : choices) {
        everyone.emplace_back(option.id);
    }
    return sweep(std::move(knob), std::move(everyone));
}

PresetMaker& PresetMaker::seeds(std::vector<std::uint64_t> values) {
    preset_.scenario.seeds = std::move(values);
    return *this;
}

PresetMaker& PresetMaker::outsideGallery() {
    preset_.inGallery = false;
    return *this;
}

} // namespace psephos::lab::declare
