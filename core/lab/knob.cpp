// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/knob.hpp"

#include "lab/knob_text.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace psephos::lab {

namespace {

using detail::knobError;

Result<void> checkNumber(const Knob& knob, double number, const std::string& where = "") {
    const std::string shown = where + inQuotes(toText(number));
    if (!std::isfinite(number)) {
        return knobError(knob, shown + " is not a finite number");
    }
    if (knob.min && number < *knob.min) {
        return knobError(knob, shown + " is below " + toText(*knob.min));
    }
    if (knob.max && number > *knob.max) {
        return knobError(knob, shown + " is above " + toText(*knob.max));
    }
    return {};
}

Result<void> checkChoice(const Knob& knob, const std::string& word) {
    std::vector<std::string> known;
    for (const ChoiceOption& option : knob.choices) {
        if (option.id == word) {
            return {};
        }
        known.push_back(option.id);
    }
    for (const SpecialValue& special : knob.specials) {
        known.push_back(special.id);
    }
    const std::string best = nearest(word, known);
    return knobError(knob, inQuotes(word) + " is not one of its choices" +
                               (best.empty() ? "" : "; did you mean '" + best + "'?"));
}

Result<void> checkChoices(const Knob& knob, const ChoicesValue& words) {
    if (words.empty() && !knob.optional) {
        return knobError(knob, "nothing is chosen");
    }
    std::set<std::string> seen;
    for (const std::string& word : words) {
        if (Result<void> known = checkChoice(knob, word); !known) {
            return known;
        }
        if (!seen.insert(word).second) {
            return knobError(knob, inQuotes(word) + " is chosen twice");
        }
    }
    return {};
}

Result<void> checkText(const Knob& knob, const std::string& text) {
    if (text.empty() && !knob.optional) {
        return knobError(knob, "is empty");
    }
    if (!isUtf8(text)) {
        return knobError(knob, inQuotes(text) + " is not UTF-8 text");
    }
    return {};
}

Result<void> checkPoint(const Knob& knob, const PointValue& point) {
    if (point.size() != knob.coordinates.size()) {
        return knobError(knob, inQuotes(toText(Value(point))) + " has " +
                                   std::to_string(point.size()) + " coordinates, not " +
                                   std::to_string(knob.coordinates.size()));
    }
    for (std::size_t i = 0; i < point.size(); ++i) {
        Result<void> within = checkNumber(knob, point[i], knob.coordinates[i] + " ");
        if (!within) {
            return within;
        }
    }
    return {};
}

Result<void> checkMatrix(const Knob& knob, const MatrixValue& matrix) {
    if (matrix.values.size() != matrix.rows * matrix.columns) {
        return knobError(knob, "its cells are not rows times columns");
    }
    if (matrix.values.empty()) {
        return knob.optional ? Result<void>() : knobError(knob, "is empty");
    }
    for (std::size_t i = 0; i < matrix.values.size(); ++i) {
        if (std::isnan(matrix.values[i])) {
            continue; // a cell that is not set
        }
        Result<void> within = checkNumber(knob, matrix.values[i],
                                          "cell " + std::to_string(i / matrix.columns + 1) + "," +
                                              std::to_string(i % matrix.columns + 1) + " ");
        if (!within) {
            return within;
        }
    }
    return {};
}

Result<void> checkSpecial(const Knob& knob, const Special& special) {
    const auto isIt = [&special](const SpecialValue& known) { return known.id == special.name; };
    if (std::none_of(knob.specials.begin(), knob.specials.end(), isIt)) {
        return knobError(knob, inQuotes(special.name) + " is not a word that it takes");
    }
    return {};
}

/// " in 1 … 10", " of at least 1", or nothing.
std::string rangeText(const Knob& knob) {
    if (knob.min && knob.max) {
        return " in " + toText(*knob.min) + " … " + toText(*knob.max);
    }
    if (knob.min) {
        return " of at least " + toText(*knob.min);
    }
    if (knob.max) {
        return " of at most " + toText(*knob.max);
    }
    return "";
}

std::string choicesText(const Knob& knob) {
    std::vector<std::string> words;
    for (const ChoiceOption& option : knob.choices) {
        words.push_back(option.id);
    }
    return joined(words);
}

std::string fileText(const Knob& knob) {
    return "file" + (knob.suffixes.empty() ? "" : " (" + joined(knob.suffixes) + ")");
}

std::string typeText(const Knob& knob) {
    switch (knob.type) {
    case KnobType::Integer:
        return "integer" + rangeText(knob);
    case KnobType::Real:
        return "real" + rangeText(knob);
    case KnobType::Choice:
        return "one of " + choicesText(knob);
    case KnobType::Choices:
        return "a list [a,b] of " + choicesText(knob);
    case KnobType::Flag:
        return "true or false";
    case KnobType::Text:
        return "text";
    case KnobType::File:
        return fileText(knob);
    case KnobType::DataSet:
        return knob.choices.empty() ? fileText(knob)
                                    : "one of " + choicesText(knob) + " or a " + fileText(knob);
    case KnobType::Point:
        return "point [" + joined(knob.coordinates, ",") + "] of reals" + rangeText(knob);
    case KnobType::Matrix:
        return "matrix [[a,b],[c,d]] of reals" + rangeText(knob);
    }
    return "";
}

} // namespace

namespace detail {

Error knobError(const Knob& knob, const std::string& what) {
    return Error{"knob '" + knob.id + "': " + what, "expected " + knob.expectation(), ""};
}

} // namespace detail

std::string_view name(KnobType type) {
    switch (type) {
    case KnobType::Integer:
        return "integer";
    case KnobType::Real:
        return "real";
    case KnobType::Choice:
        return "choice";
    case KnobType::Choices:
        return "choices";
    case KnobType::Flag:
        return "flag";
    case KnobType::Text:
        return "text";
    case KnobType::File:
        return "file";
    case KnobType::DataSet:
        return "data set";
    case KnobType::Point:
        return "point";
    case KnobType::Matrix:
        return "matrix";
    }
    return "";
}

Result<void> Knob::check(const Value& value) const {
    if (const auto* special = std::get_if<Special>(&value)) {
        return checkSpecial(*this, *special);
    }
    const auto wrongType = [this, &value] {
        return knobError(*this, inQuotes(toText(value)) + " is of another type");
    };
    switch (type) {
    case KnobType::Integer: {
        const auto* number = std::get_if<std::int64_t>(&value);
        return number == nullptr ? wrongType() : checkNumber(*this, static_cast<double>(*number));
    }
    case KnobType::Real: {
        const auto* number = std::get_if<double>(&value);
        return number == nullptr ? wrongType() : checkNumber(*this, *number);
    }
    case KnobType::Flag:
        return std::holds_alternative<bool>(value) ? Result<void>() : wrongType();
    case KnobType::Choice: {
        const auto* word = std::get_if<std::string>(&value);
        return word == nullptr ? wrongType() : checkChoice(*this, *word);
    }
    case KnobType::Choices: {
        const auto* words = std::get_if<ChoicesValue>(&value);
        return words == nullptr ? wrongType() : checkChoices(*this, *words);
    }
    case KnobType::Text:
    case KnobType::File:
    case KnobType::DataSet: {
        const auto* text = std::get_if<std::string>(&value);
        return text == nullptr ? wrongType() : checkText(*this, *text);
    }
    case KnobType::Point: {
        const auto* point = std::get_if<PointValue>(&value);
        return point == nullptr ? wrongType() : checkPoint(*this, *point);
    }
    case KnobType::Matrix: {
        const auto* matrix = std::get_if<MatrixValue>(&value);
        return matrix == nullptr ? wrongType() : checkMatrix(*this, *matrix);
    }
    }
    return wrongType();
}

std::string Knob::expectation() const {
    std::string text = typeText(*this);
    const bool mayBeEmpty = type == KnobType::Choices || type == KnobType::Text ||
                            type == KnobType::File || type == KnobType::DataSet ||
                            type == KnobType::Matrix;
    if (optional && mayBeEmpty) {
        text += ", may be empty";
    }
    for (const SpecialValue& special : specials) {
        text += " or " + special.id;
    }
    return text;
}

} // namespace psephos::lab
