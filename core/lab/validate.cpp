// SPDX-License-Identifier: GPL-3.0-or-later
// Soundness of a description: what would otherwise show as a panel without data or a run that
// fails.
#include "lab/experiment.hpp"
#include "lab/knob_text.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace psephos::lab {

namespace {

/// `a-z`, digits and `._-/`, starting with a letter: safe in files, shells and SQL.
bool isId(std::string_view id, std::string_view also) {
    if (id.empty() || id.front() < 'a' || id.front() > 'z') {
        return false;
    }
    return std::all_of(id.begin(), id.end(), [also](char character) {
        return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9') ||
               (character >= 'A' && character <= 'Z') ||
               also.find(character) != std::string_view::npos;
    });
}

class Validator {
  public:
    explicit Validator(const Description& description)
        : it_(description) {}

    std::vector<std::string> faults() {
        checkWords();
        checkUnique("knob", it_.knobs);
        checkUnique("channel", it_.channels);
        checkUnique("panel", it_.panels);
        checkUnique("preset", it_.presets);
        for (const Knob& knob : it_.knobs) {
            checkKnob(knob);
        }
        for (const Channel& channel : it_.channels) {
            checkChannel(channel);
        }
        const Panel* before = nullptr;
        for (const Panel& panel : it_.panels) {
            checkPanel(panel);
            const bool isBehind =
                before != nullptr && before->row == panel.row && before->zone == PanelZone::Middle;
            require(!panel.isTab || (isBehind && panel.zone == PanelZone::Middle),
                    "panel '" + panel.id + "' is a tab of no panel in its row");
            before = &panel;
        }
        for (const Preset& preset : it_.presets) {
            checkPreset(preset);
        }
        return std::move(faults_);
    }

  private:
    void require(bool holds, const std::string& fault) {
        if (!holds) {
            faults_.push_back(fault);
        }
    }

    template <typename Item>
    void checkUnique(const std::string& what, const std::vector<Item>& items) {
        std::set<std::string> seen;
        for (const Item& item : items) {
            require(seen.insert(item.id).second, "two items: " + what + " '" + item.id + "'");
        }
    }

    void checkWords() {
        require(isId(it_.id, "._") && it_.id.find('.') != std::string::npos,
                "the id is not like 'area.name'");
        require(!it_.title.empty(), "the title is empty");
        require(!it_.question.empty(), "the question is empty");
        for (const std::string& device : it_.devices) {
            require(device == "cpu" || device == "cuda", "it computes on '" + device + "'");
        }
        require(!it_.devices.empty(), "it computes on no device");
        require(!it_.channels.empty(), "it declares no channel");
        require(!it_.presets.empty(), "it declares no preset");
        if (!it_.stepsKnob.empty()) {
            const Knob* steps = it_.knob(it_.stepsKnob);
            require(steps != nullptr && steps->type == KnobType::Integer,
                    "stepsKnob '" + it_.stepsKnob + "' is no declared integer knob");
        }
        if (!it_.colourKnob.empty()) {
            const Knob* colour = it_.knob(it_.colourKnob);
            require(colour != nullptr && colour->type == KnobType::Choice,
                    "colourKnob '" + it_.colourKnob + "' is no declared choice");
        }
        if (!it_.headline.empty()) {
            const Channel* channel = it_.channel(it_.headline);
            require(channel != nullptr && channel->kind == FrameKind::Scalar,
                    "headline '" + it_.headline + "' is no declared scalar channel");
        }
    }

    void checkKnob(const Knob& knob) {
        const std::string which = "knob '" + knob.id + "' ";
        require(isId(knob.id, "._-"), which + "has an id that is not letters, digits, '.', '_'");
        require(knob.id != "seed" && knob.id != "device" && knob.id != "experiment",
                which + "has an id that every scenario uses already");
        require(!knob.label.empty() && !knob.help.empty(), which + "lacks its label or help");
        checkRange(knob, which);
        checkChoices(knob, which);
        require((knob.type == KnobType::Point) == !knob.coordinates.empty(),
                which + "is a point without coordinates, or has them without being one");
        checkDefault(knob, which);
        checkConditions(knob, which);
        for (const std::string& other : knob.resetBy) {
            require(other != knob.id && it_.knob(other) != nullptr,
                    which + "is reset by '" + other + "', which is no other knob");
        }
    }

    void checkRange(const Knob& knob, const std::string& which) {
        const bool hasRange = knob.type == KnobType::Integer || knob.type == KnobType::Real ||
                              knob.type == KnobType::Point || knob.type == KnobType::Matrix;
        require(hasRange || (!knob.min && !knob.max && knob.scale == Scale::Linear),
                which + "has a range or scale, but its type has none");
        require((!knob.min || std::isfinite(*knob.min)) && (!knob.max || std::isfinite(*knob.max)),
                which + "has a range that is not finite");
        require(!knob.min || !knob.max || *knob.min <= *knob.max, which + "has an empty range");
        if (knob.scale != Scale::Linear && hasRange) {
            require(knob.min && knob.max && *knob.max > 0 && *knob.min >= 0,
                    which + "has a log scale without a range of numbers that are not negative");
        }
    }

    void checkChoices(const Knob& knob, const std::string& which) {
        const bool isChoice = knob.type == KnobType::Choice || knob.type == KnobType::Choices;
        require(isChoice == !knob.choices.empty() || knob.type == KnobType::DataSet,
                which + "is a choice without choices, or has them without being one");
        checkUnique("choice of " + which + "with id", knob.choices);
        checkUnique("special value of " + which + "with id", knob.specials);
        for (const ChoiceOption& option : knob.choices) {
            require(!option.id.empty() && trimmed(option.id) == option.id &&
                        option.id.find_first_of("[],\"\n/") == std::string::npos,
                    which + "has a choice with an unusable id '" + option.id + "'");
            require(!option.label.empty(), which + "has a choice without label: " + option.id);
        }
        for (const SpecialValue& special : knob.specials) {
            require(isId(special.id, "_-"), which + "has an unusable special value");
            require(static_cast<bool>(special.resolve),
                    which + "can't say what '" + special.id + "' stands for");
            require(std::none_of(knob.choices.begin(), knob.choices.end(),
                                 [&special](const auto& each) { return each.id == special.id; }),
                    which + "has a special value that is also a choice");
        }
    }

    void checkDefault(const Knob& knob, const std::string& which) {
        const auto* text = std::get_if<std::string>(&knob.defaultValue);
        const bool isFile = knob.type == KnobType::File || knob.type == KnobType::DataSet;
        if (isFile && text != nullptr && text->empty()) {
            return; // a person has to name one
        }
        const Result<void> sound = knob.check(knob.defaultValue);
        require(sound.ok(), which + "has an unsound default: " +
                                (sound ? std::string() : sound.error().line()));
    }

    void checkConditions(const Knob& knob, const std::string& which) {
        for (const Condition& condition : knob.when) {
            const Knob* ruling = it_.knob(condition.knob);
            // Declared earlier: so there are no circles, and values settle in one pass.
            if (ruling == nullptr || ruling >= &knob) {
                faults_.push_back(which + "depends on '" + condition.knob +
                                  "', which is not declared before it");
                continue;
            }
            checkCondition(condition, *ruling, which);
        }
    }

    void checkCondition(const Condition& condition, const Knob& ruling, const std::string& which) {
        require(!condition.anyOf.empty(), which + "depends on no value");
        for (const std::string& text : condition.anyOf) {
            const Result<Value> value = ruling.parse(text);
            require(value.ok() && (toText(*value) == text || ruling.type == KnobType::Choices),
                    which + "depends on '" + condition.knob + "' being '" + text +
                        "', which it never is");
        }
    }

    void checkChannel(const Channel& channel) {
        const std::string which = "channel '" + channel.id + "' ";
        require(isId(channel.id, "._-/") && !channel.id.ends_with('/'),
                which + "has an unusable id");
        require(!channel.label.empty(), which + "lacks its label");
        require((channel.kind == FrameKind::Table) == !channel.columns.empty(),
                which + "is a table without columns, or has them without being one");
        std::set<std::string> seen = {"step", "seconds"};
        for (const ColumnSpec& column : channel.columns) {
            require(!column.id.empty() && seen.insert(column.id).second,
                    which + "has two columns '" + column.id + "' (step and seconds are taken)");
        }
    }

    void checkPanel(const Panel& panel) {
        const std::string which = "panel '" + panel.id + "' ";
        require(!panel.id.empty() && !panel.kind.empty() && !panel.title.empty(),
                which + "lacks id, kind or title");
        require(panel.stretch > 0 && panel.height > 0, which + "has no extent");
        for (const PanelSource& source : panel.sources) {
            checkSource(source, which);
        }
        std::set<std::string> coloured;
        for (const PanelColour& colour : panel.colours) {
            require(colour.run >= 0 && colour.dash >= 0 && coloured.insert(colour.word).second,
                    which + "has no one colour for '" + colour.word + "'");
        }
        for (const PanelEdit& edit : panel.edits) {
            checkEdit(edit, which);
        }
        for (const Condition& condition : panel.when) {
            const Knob* ruling = it_.knob(condition.knob);
            if (ruling == nullptr) {
                faults_.push_back(which + "depends on '" + condition.knob +
                                  "', which is no declared knob");
                continue;
            }
            checkCondition(condition, *ruling, which);
        }
    }

    void checkEdit(const PanelEdit& edit, const std::string& which) {
        const Knob* knob = it_.knob(edit.knob);
        if (knob == nullptr) {
            faults_.push_back(which + "edits '" + edit.knob + "', which is no declared knob");
            return;
        }
        if (edit.role == "pick-row" || edit.role == "pick-column") {
            require(knob->type == KnobType::Choice,
                    which + "picks '" + edit.knob + "', which is no choice");
        } else if (edit.role == "play") {
            require(knob->type == KnobType::Real && knob->min && knob->max,
                    which + "plays '" + edit.knob + "', which is no number between two ends");
        }
    }

    void checkSource(const PanelSource& source, const std::string& which) {
        const Channel* channel = it_.channel(source.channel);
        if (channel == nullptr) {
            faults_.push_back(which + "reads '" + source.channel +
                              "', which is no declared channel");
            return;
        }
        for (const auto& [word, id] : source.columns) {
            const bool isDeclared =
                std::any_of(channel->columns.begin(), channel->columns.end(),
                            [&column = id](const ColumnSpec& each) { return each.id == column; });
            require(isDeclared, which + "reads column '" + id + "' of '" + source.channel +
                                    "', which has none of that name");
        }
    }

    void checkPreset(const Preset& preset) {
        const std::string which = "preset '" + preset.id + "' ";
        require(isId(preset.id, "._-") && !preset.title.empty(), which + "lacks its id or title");
        require(preset.scenario.experiment == it_.id, which + "is of another experiment");
        require(preset.miniature.empty() || std::any_of(it_.panels.begin(), it_.panels.end(),
                                                        [&preset](const Panel& each) {
                                                            return each.id == preset.miniature;
                                                        }),
                which + "shows panel '" + preset.miniature + "', which is not declared");
        for (const Setting& setting : preset.scenario.settings) {
            const Knob* knob = it_.knob(setting.knob);
            if (knob == nullptr) {
                faults_.push_back(which + "sets '" + setting.knob + "', which is no declared knob");
                return;
            }
            for (const Value& value : setting.values) {
                const Result<void> sound = knob->check(value);
                require(sound.ok(), which + (sound ? "" : sound.error().line()));
            }
        }
        const Result<std::vector<RunScenario>> runs = expand(preset.scenario, it_);
        require(runs.ok(), which + "does not expand: " + (runs ? "" : runs.error().line()));
    }

    const Description& it_;
    std::vector<std::string> faults_;
};

} // namespace

std::vector<std::string> validate(const Description& description) {
    return Validator(description).faults();
}

} // namespace psephos::lab
