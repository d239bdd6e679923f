// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/reference.hpp"

#include "lab/text.hpp"

#include <algorithm>

namespace psephos::lab {

namespace {

std::string_view nameOf(Scale scale) {
    switch (scale) {
    case Scale::Linear:
        return "linear";
    case Scale::Log:
        return "log";
    case Scale::PowerOfTwo:
        return "power of two";
    }
    return "";
}

std::string_view nameOf(Lane lane) {
    return lane == Lane::Long ? "long" : "reactive";
}

std::string_view nameOf(Theme theme) {
    return theme == Theme::Descend ? "descend" : "choose";
}

Json numberOrNull(const std::optional<double>& number) {
    return number ? Json(*number) : Json(nullptr);
}

Json toJson(const Evidence& evidence) {
    Json json = Json::object();
    json["title"] = evidence.title;
    json["x_label"] = evidence.xLabel;
    json["y_label"] = evidence.yLabel;
    json["x"] = lab::toJson(Value(PointValue(evidence.x)));
    json["y"] = lab::toJson(Value(PointValue(evidence.y)));
    json["chosen"] = evidence.chosen;
    json["provenance"] = evidence.provenance;
    json["at_grid_edge"] = evidence.atGridEdge;
    return json;
}

Json toJson(const SpecialValue& special, const KnobValues& defaults) {
    Json json = Json::object();
    json["id"] = special.id;
    json["label"] = special.label;
    json["help"] = special.help;
    if (special.evidence) {
        if (const auto evidence = special.evidence(defaults)) {
            json["evidence"] = toJson(*evidence);
        }
    }
    return json;
}

Json conditionsJson(const std::vector<Condition>& conditions) {
    Json json = Json::array();
    for (const Condition& condition : conditions) {
        json.push_back(Json{{"knob", condition.knob}, {"any_of", condition.anyOf}});
    }
    return json;
}

Json toJson(const Knob& knob, const KnobValues& defaults) {
    Json json = Json::object();
    json["id"] = knob.id;
    json["label"] = knob.label;
    json["help"] = knob.help;
    json["unit"] = knob.unit;
    json["type"] = name(knob.type);
    json["default"] = lab::toJson(knob.defaultValue);
    json["min"] = numberOrNull(knob.min);
    json["max"] = numberOrNull(knob.max);
    json["scale"] = nameOf(knob.scale);
    json["expected"] = knob.expectation();
    json["choices"] = Json::array();
    for (const ChoiceOption& option : knob.choices) {
        json["choices"].push_back(
            Json{{"id", option.id}, {"label", option.label}, {"help", option.help}});
    }
    json["specials"] = Json::array();
    for (const SpecialValue& special : knob.specials) {
        json["specials"].push_back(toJson(special, defaults));
    }
    json["coordinates"] = knob.coordinates;
    json["suffixes"] = knob.suffixes;
    json["optional"] = knob.optional;
    json["group"] = knob.group;
    json["level"] = knob.level == Level::Basic ? "basic" : "advanced";
    json["live"] = knob.live;
    json["fixed"] = knob.fixed;
    json["when"] = conditionsJson(knob.when);
    json["reset_by"] = knob.resetBy;
    return json;
}

Json toJson(const Channel& channel) {
    Json json = Json::object();
    json["id"] = channel.id;
    json["kind"] = name(channel.kind);
    json["label"] = channel.label;
    json["unit"] = channel.unit;
    json["help"] = channel.help;
    json["columns"] = Json::array();
    for (const ColumnSpec& column : channel.columns) {
        json["columns"].push_back(Json{
            {"id", column.id}, {"unit", column.unit}, {"type", column.isText ? "text" : "number"}});
    }
    return json;
}

Json toJson(const PanelAxis& axis) {
    return Json{{"label", axis.label},
                {"unit", axis.unit},
                {"scale", nameOf(axis.scale)},
                {"min", numberOrNull(axis.min)},
                {"max", numberOrNull(axis.max)}};
}

Json toJson(const Panel& panel) {
    Json json = Json::object();
    json["id"] = panel.id;
    json["kind"] = panel.kind;
    json["title"] = panel.title;
    json["meaning"] = panel.meaning;
    json["sources"] = Json::array();
    for (const PanelSource& source : panel.sources) {
        json["sources"].push_back(Json{{"channel", source.channel}, {"role", source.role}});
    }
    json["x"] = toJson(panel.x);
    json["y"] = toJson(panel.y);
    json["when"] = conditionsJson(panel.when);
    json["edits"] = Json::array();
    for (const PanelEdit& edit : panel.edits) {
        json["edits"].push_back(Json{{"role", edit.role}, {"knob", edit.knob}});
    }
    return json;
}

Json toJson(const Preset& preset) {
    Json json = Json::object();
    json["id"] = preset.id;
    json["title"] = preset.title;
    json["question"] = preset.question;
    json["duration"] = preset.duration;
    json["in_gallery"] = preset.inGallery;
    json["scenario"] = lab::toJson(preset.scenario);
    return json;
}

/// Columns of blanks between cells; the last cell of a row is as long as it likes.
std::string aligned(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    const auto width = [](const std::string& text) {
        return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
            return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
        }));
    };
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()), 0);
        for (std::size_t i = 0; i + 1 < row.size(); ++i) {
            widths[i] = std::max(widths[i], std::min<std::size_t>(width(row[i]), 40));
        }
    }
    std::string text;
    for (const auto& row : rows) {
        std::string line = " ";
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += " " + row[i];
            if (i + 1 < row.size() && width(row[i]) < widths[i]) {
                line.append(widths[i] - width(row[i]), ' ');
            }
            line += i + 1 < row.size() ? " " : "";
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

std::string rangeAndScale(const Knob& knob) {
    return knob.expectation() +
           (knob.scale == Scale::Linear ? "" : " (" + std::string(nameOf(knob.scale)) + " scale)");
}

std::string knobHelp(const Knob& knob) {
    std::string text = knob.help;
    while (text.ends_with('.')) {
        text.pop_back();
    }
    const std::string condition = conditionText(knob);
    if (!condition.empty()) {
        text += "; " + condition;
    }
    if (knob.live) {
        text += "; may be turned while it runs";
    }
    if (knob.fixed) {
        text += "; stays when a run is forked";
    }
    return text;
}

std::string shownDefault(const Knob& knob) {
    const std::string text = toText(knob.defaultValue);
    return text.empty() ? "(none)" : text;
}

std::string columnsText(const Channel& channel) {
    std::vector<std::string> words;
    for (const ColumnSpec& column : channel.columns) {
        words.push_back(column.unit.empty() ? column.id : column.id + " [" + column.unit + "]");
    }
    return joined(words);
}

std::string paperText(const Paper& paper) {
    return paper.citation + (paper.arxiv.empty() ? "" : " (arXiv " + paper.arxiv + ")");
}

/// A cell of a Markdown table.
std::string cell(std::string text) {
    std::string escaped;
    for (const char character : onOneLine(text)) {
        escaped += character == '|' ? std::string("\\|") : std::string(1, character);
    }
    return escaped;
}

std::string code(const std::string& text) {
    return text.empty() ? "" : "`" + cell(text) + "`";
}

void appendKnobTable(std::string& text, const Description& description) {
    text +=
        "| knob | default | expected | unit | what it does |\n| --- | --- | --- | --- | --- |\n";
    for (const Knob& knob : description.knobs) {
        text += "| " + code(knob.id) + " | " + code(toText(knob.defaultValue)) + " | " +
                cell(rangeAndScale(knob)) + " | " + cell(knob.unit) + " | " + cell(knobHelp(knob)) +
                " |\n";
    }
}

void appendChannelTable(std::string& text, const Description& description) {
    text += "| channel | kind | unit | columns | what it is |\n| --- | --- | --- | --- | --- |\n";
    for (const Channel& channel : description.channels) {
        text += "| " + code(channel.id) + " | " + std::string(name(channel.kind)) + " | " +
                cell(channel.unit) + " | " + cell(columnsText(channel)) + " | " +
                cell(channel.help.empty() ? channel.label : channel.help) + " |\n";
    }
}

} // namespace

std::string conditionText(const Knob& knob) {
    std::string text;
    for (const Condition& condition : knob.when) {
        text += text.empty() ? "applies where " : " and ";
        std::vector<std::string> values = condition.anyOf;
        std::replace(values.begin(), values.end(), std::string(), std::string("empty"));
        text += condition.knob + " is " + joined(values, " or ");
    }
    return text;
}

Json toJson(const Description& description) {
    const KnobValues defaults(description.knobs);
    Json json = Json::object();
    json["id"] = description.id;
    json["title"] = description.title;
    json["question"] = description.question;
    json["paper"] = Json{{"name", description.paper.shortName},
                         {"citation", description.paper.citation},
                         {"arxiv", description.paper.arxiv}};
    json["theme"] = nameOf(description.theme);
    json["group"] = description.group;
    json["keywords"] = description.keywords;
    json["lane"] = nameOf(description.lane);
    json["module"] = description.module;
    json["devices"] = description.devices;
    json["steps_knob"] = description.stepsKnob;
    json["headline"] = description.headline;
    json["colour_knob"] = description.colourKnob;
    json["knobs"] = Json::array();
    for (const Knob& knob : description.knobs) {
        json["knobs"].push_back(toJson(knob, defaults));
    }
    json["channels"] = Json::array();
    for (const Channel& channel : description.channels) {
        json["channels"].push_back(toJson(channel));
    }
    json["panels"] = Json::array();
    for (const Panel& panel : description.panels) {
        json["panels"].push_back(toJson(panel));
    }
    json["presets"] = Json::array();
    for (const Preset& preset : description.presets) {
        json["presets"].push_back(toJson(preset));
    }
    return json;
}

std::string referenceText(const Description& description) {
    std::string text = description.id + "  " + description.title + "\n" + description.question +
                       "\n" + paperText(description.paper) + "\n\nknobs\n";
    std::vector<std::vector<std::string>> rows;
    for (const Knob& knob : description.knobs) {
        const std::string unit = knob.unit.empty() ? "" : " [" + knob.unit + "]";
        rows.push_back({knob.id + "=" + shownDefault(knob), std::string(name(knob.type)) + unit,
                        rangeAndScale(knob), knobHelp(knob)});
    }
    text += aligned(rows) + "\nchannels\n";
    rows.clear();
    for (const Channel& channel : description.channels) {
        const std::string unit = channel.unit.empty() ? "" : " [" + channel.unit + "]";
        rows.push_back({channel.id, std::string(name(channel.kind)) + unit, columnsText(channel),
                        channel.help.empty() ? channel.label : channel.help});
    }
    text += aligned(rows) + "\npanels\n";
    rows.clear();
    for (const Panel& panel : description.panels) {
        std::vector<std::string> channels;
        for (const PanelSource& source : panel.sources) {
            channels.push_back(source.channel);
        }
        rows.push_back({panel.id, panel.kind, panel.title, joined(channels)});
    }
    text += aligned(rows) + "\npresets\n";
    rows.clear();
    for (const Preset& preset : description.presets) {
        rows.push_back({preset.id, preset.title, commandLine(preset.scenario, description)});
    }
    return text + aligned(rows);
}

std::string referenceMarkdown(const Registry& registry) {
    std::string text = "# Reference of the experiments\n\n"
                       "Made by `psephos-cli describe --all --markdown` from the declarations in "
                       "the code.\n";
    for (const auto& entry : registry.all()) {
        const Description& description = *entry;
        text += "\n## `" + description.id + "`: " + description.title + "\n\n" +
                description.question + "\n\nSource: " + paperText(description.paper) + ".\n\n";
        appendKnobTable(text, description);
        text += "\n";
        appendChannelTable(text, description);
        text += "\n| preset | question | command |\n| --- | --- | --- |\n";
        for (const Preset& preset : description.presets) {
            text += "| " + cell(preset.title) + " | " + cell(preset.question) + " | " +
                    code(commandLine(preset.scenario, description)) + " |\n";
        }
    }
    return text;
}

} // namespace psephos::lab
