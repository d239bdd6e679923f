// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/files/csv.hpp"
#include "lab/knob.hpp"
#include "lab/knob_text.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

namespace psephos::lab {

namespace detail {

namespace {

constexpr int kMaxListDepth = 6;

/// The list grammar: `[` item `,` item … `]`, an item a list, a JSON string or a bare word.
class ListReader {
  public:
    explicit ListReader(std::string_view text)
        : text_(text) {}

    Result<Item> readAll() {
        skipBlanks();
        Result<Item> list = readList(1);
        if (!list) {
            return list;
        }
        skipBlanks();
        if (at_ < text_.size()) {
            return fail("text follows the closing bracket");
        }
        return list;
    }

  private:
    Result<Item> readList(int depth) {
        if (depth > kMaxListDepth) {
            return fail("lists are nested too deeply");
        }
        Item list;
        list.isList = true;
        ++at_; // the opening bracket
        skipBlanks();
        if (next() == ']') {
            ++at_;
            return list;
        }
        for (;;) {
            Result<Item> item = readItem(depth);
            if (!item) {
                return item;
            }
            list.items.push_back(*std::move(item));
            skipBlanks();
            const char end = next();
            ++at_;
            if (end == ']') {
                return list;
            }
            if (end != ',') {
                --at_;
                return fail("a ',' or ']' is missing");
            }
            skipBlanks();
        }
    }

    Result<Item> readItem(int depth) {
        if (next() == '[') {
            return readList(depth + 1);
        }
        if (next() == '"') {
            return readQuoted();
        }
        const std::size_t end = std::min(text_.find_first_of("[],", at_), text_.size());
        Item item;
        item.word = trimmed(text_.substr(at_, end - at_));
        if (item.word.empty()) {
            return fail("an item is missing");
        }
        at_ = end;
        return item;
    }

    Result<Item> readQuoted() {
        std::size_t end = at_ + 1;
        while (end < text_.size() && text_[end] != '"') {
            end += text_[end] == '\\' ? 2 : 1;
        }
        if (end >= text_.size()) {
            return fail("a quoted text is never closed");
        }
        const Json json = Json::parse(text_.substr(at_, end + 1 - at_), nullptr, false);
        if (!json.is_string()) {
            return fail("a quoted text is not valid");
        }
        at_ = end + 1;
        Item item;
        item.word = json.get<std::string>();
        item.isQuoted = true;
        return item;
    }

    [[nodiscard]] char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    void skipBlanks() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

    [[nodiscard]] Error fail(const std::string& what) const {
        return Error{what + " at character " + std::to_string(at_ + 1) + " of " + inQuotes(text_),
                     "", ""};
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

std::optional<double> finiteNumber(std::string_view text) {
    const std::optional<double> number = parseNumber(text);
    return number && std::isfinite(*number) ? number : std::nullopt;
}

/// 2^53: up to here every integer is a double.
constexpr double kMaxExact = 9007199254740992.0;

std::optional<std::int64_t> exactInteger(double number) {
    if (!(std::abs(number) <= kMaxExact) || number != std::floor(number)) {
        return std::nullopt;
    }
    return static_cast<std::int64_t>(number);
}

std::optional<std::int64_t> integerNumber(std::string_view text) {
    std::string_view digits = trimmed(text);
    if (digits.starts_with('+') && !digits.starts_with("+-")) {
        digits.remove_prefix(1);
    }
    std::int64_t integer = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), integer);
    if (error == std::errc() && end == digits.data() + digits.size()) {
        return integer;
    }
    const std::optional<double> number = finiteNumber(text); // 2e4
    return number ? exactInteger(*number) : std::nullopt;
}

std::optional<bool> flagValue(std::string_view text) {
    const std::string_view word = trimmed(text);
    if (word == "true" || word == "on" || word == "yes" || word == "1") {
        return true;
    }
    if (word == "false" || word == "off" || word == "no" || word == "0") {
        return false;
    }
    return std::nullopt;
}

bool isSpecialWord(const Knob& knob, std::string_view word) {
    return std::any_of(knob.specials.begin(), knob.specials.end(),
                       [word](const SpecialValue& special) { return special.id == word; });
}

std::string shown(const Item& item) {
    if (!item.isList) {
        return item.word;
    }
    std::string text = "[";
    for (const Item& each : item.items) {
        text += (text.size() > 1 ? "," : "") + shown(each);
    }
    return text + "]";
}

Error notOfType(const Knob& knob, const std::string& text) {
    return knobError(knob, inQuotes(text) + " is not " +
                               (knob.type == KnobType::Integer ? "an " : "a ") +
                               std::string(name(knob.type)));
}

Result<Value> wordValue(const Knob& knob, const Item& item) {
    switch (knob.type) {
    case KnobType::Integer:
        if (const auto number = integerNumber(item.word)) {
            return Value(*number);
        }
        return notOfType(knob, item.word);
    case KnobType::Real:
        if (const auto number = finiteNumber(item.word)) {
            return Value(*number);
        }
        return notOfType(knob, item.word);
    case KnobType::Flag:
        if (const auto flag = flagValue(item.word)) {
            return Value(*flag);
        }
        return notOfType(knob, item.word);
    case KnobType::Choice:
        return Value(std::string(trimmed(item.word)));
    default:
        return Value(item.word);
    }
}

Result<Value> choicesValue(const Knob& knob, const Item& item) {
    ChoicesValue words;
    for (const Item& each : item.items) {
        if (each.isList) {
            return notOfType(knob, shown(item));
        }
        words.push_back(each.word);
    }
    return Value(std::move(words));
}

Result<Value> pointValue(const Knob& knob, const Item& item) {
    PointValue point;
    for (const Item& each : item.items) {
        const auto number = each.isList ? std::nullopt : finiteNumber(each.word);
        if (!number) {
            return notOfType(knob, shown(item));
        }
        point.push_back(*number);
    }
    return Value(std::move(point));
}

Result<Value> matrixValue(const Knob& knob, const Item& item) {
    MatrixValue matrix;
    matrix.rows = item.items.size();
    for (const Item& row : item.items) {
        if (!row.isList) {
            return notOfType(knob, shown(item));
        }
        if (&row == &item.items.front()) {
            matrix.columns = row.items.size();
        } else if (row.items.size() != matrix.columns) {
            return knobError(knob, "its rows are not of one length");
        }
        for (const Item& cell : row.items) {
            const bool isUnset = !cell.isList && (cell.word == "null" || cell.word == "nan");
            const auto number = cell.isList ? std::nullopt : finiteNumber(cell.word);
            if (!number && !isUnset) {
                return knobError(knob, inQuotes(shown(cell)) + " is not a number");
            }
            matrix.values.push_back(isUnset ? std::numeric_limits<double>::quiet_NaN() : *number);
        }
    }
    if (matrix.values.empty()) {
        matrix = {};
    }
    return Value(std::move(matrix));
}

bool isListNode(const Item& item) {
    return item.isList;
}

bool isListNode(const Json& json) {
    return json.is_array();
}

const std::vector<Item>& children(const Item& item) {
    return item.items;
}

const Json& children(const Json& json) {
    return json;
}

bool isSpecialNode(const Knob& knob, const Item& item) {
    return !item.isList && !item.isQuoted && isSpecialWord(knob, item.word);
}

bool isSpecialNode(const Knob& knob, const Json& json) {
    return json.is_string() && isSpecialWord(knob, json.get<std::string>());
}

template <typename Node>
bool isSweepOf(const Knob& knob, const Node& list) {
    const int depth = listDepth(knob.type);
    if (depth == 0) {
        return true;
    }
    for (const auto& child : children(list)) {
        if (isSpecialNode(knob, child)) {
            return true;
        }
        if (!isListNode(child)) {
            continue;
        }
        if (depth == 1) {
            return true;
        }
        for (const auto& grandchild : children(child)) {
            if (isListNode(grandchild)) {
                return true;
            }
        }
    }
    return false;
}

Error wrongJson(const Knob& knob, const Json& json) {
    std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    return notOfType(knob, text);
}

Result<Value> integerFromJson(const Knob& knob, const Json& json) {
    if (json.is_number_unsigned()) {
        const auto number = json.get<std::uint64_t>();
        if (number <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
            return Value(static_cast<std::int64_t>(number));
        }
    } else if (json.is_number_integer()) {
        return Value(json.get<std::int64_t>());
    } else if (json.is_number_float()) {
        if (const auto number = exactInteger(json.get<double>())) {
            return Value(*number);
        }
    }
    return wrongJson(knob, json);
}

Result<Value> choicesFromJson(const Knob& knob, const Json& json) {
    ChoicesValue words;
    for (const Json& word : json) {
        if (!word.is_string()) {
            return wrongJson(knob, json);
        }
        words.push_back(word.get<std::string>());
    }
    return Value(std::move(words));
}

Result<Value> pointFromJson(const Knob& knob, const Json& json) {
    PointValue point;
    for (const Json& coordinate : json) {
        if (!coordinate.is_number()) {
            return wrongJson(knob, json);
        }
        point.push_back(coordinate.get<double>());
    }
    return Value(std::move(point));
}

Result<Value> matrixFromJson(const Knob& knob, const Json& json) {
    MatrixValue matrix;
    matrix.rows = json.size();
    for (const Json& row : json) {
        if (!row.is_array()) {
            return wrongJson(knob, json);
        }
        if (&row == &json.front()) {
            matrix.columns = row.size();
        } else if (row.size() != matrix.columns) {
            return knobError(knob, "its rows are not of one length");
        }
        for (const Json& cell : row) {
            if (!cell.is_number() && !cell.is_null()) {
                return wrongJson(knob, cell);
            }
            matrix.values.push_back(cell.is_null() ? std::numeric_limits<double>::quiet_NaN()
                                                   : cell.get<double>());
        }
    }
    if (matrix.values.empty()) {
        matrix = {};
    }
    return Value(std::move(matrix));
}

Result<Value> checked(const Knob& knob, Result<Value> value) {
    if (value) {
        if (const Result<void> sound = knob.check(*value); !sound) {
            return sound.error();
        }
    }
    return value;
}

} // namespace

Result<Item> parseList(std::string_view text) {
    return ListReader(text).readAll();
}

Item parseWord(std::string_view text) {
    Item item;
    item.word = text;
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
        const Json json = Json::parse(text, nullptr, false);
        if (json.is_string()) {
            item.word = json.get<std::string>();
            item.isQuoted = true;
        }
    }
    return item;
}

int listDepth(KnobType type) {
    if (type == KnobType::Matrix) {
        return 2;
    }
    return type == KnobType::Choices || type == KnobType::Point ? 1 : 0;
}

bool isSweep(const Knob& knob, const Item& list) {
    return isSweepOf(knob, list);
}

bool isSweep(const Knob& knob, const Json& list) {
    return isSweepOf(knob, list);
}

Result<Value> valueOf(const Knob& knob, const Item& item) {
    if (isSpecialNode(knob, item)) {
        return Value(Special{item.word});
    }
    if (listDepth(knob.type) == 0) {
        return checked(knob, item.isList ? Result<Value>(notOfType(knob, shown(item)))
                                         : wordValue(knob, item));
    }
    if (!item.isList) {
        return notOfType(knob, item.word);
    }
    switch (knob.type) {
    case KnobType::Choices:
        return checked(knob, choicesValue(knob, item));
    case KnobType::Point:
        return checked(knob, pointValue(knob, item));
    default:
        return checked(knob, matrixValue(knob, item));
    }
}

Result<Value> uncheckedFromJson(const Knob& knob, const Json& json) {
    if (isSpecialNode(knob, json)) {
        return Value(Special{json.get<std::string>()});
    }
    const bool isList = json.is_array();
    switch (knob.type) {
    case KnobType::Integer:
        return integerFromJson(knob, json);
    case KnobType::Real:
        return json.is_number() ? Result<Value>(Value(json.get<double>())) : wrongJson(knob, json);
    case KnobType::Flag:
        return json.is_boolean() ? Result<Value>(Value(json.get<bool>())) : wrongJson(knob, json);
    case KnobType::Choice:
    case KnobType::Text:
    case KnobType::File:
    case KnobType::DataSet:
        return json.is_string() ? Result<Value>(Value(json.get<std::string>()))
                                : wrongJson(knob, json);
    case KnobType::Choices:
        return isList ? choicesFromJson(knob, json) : wrongJson(knob, json);
    case KnobType::Point:
        return isList ? pointFromJson(knob, json) : wrongJson(knob, json);
    case KnobType::Matrix:
        return isList ? matrixFromJson(knob, json) : wrongJson(knob, json);
    }
    return wrongJson(knob, json);
}

} // namespace detail

Result<Value> Knob::parse(std::string_view text) const {
    const std::string_view bare = trimmed(text);
    const bool isOfLists = detail::listDepth(type) > 0;
    if (isOfLists && bare.starts_with('[')) {
        const Result<detail::Item> list = detail::parseList(bare);
        if (!list) {
            return detail::knobError(*this, list.error().message);
        }
        return detail::valueOf(*this, *list);
    }
    if (type == KnobType::Choices || type == KnobType::Point) {
        detail::Item word = detail::parseWord(bare);
        if (detail::isSpecialNode(*this, word)) {
            return Value(Special{word.word});
        }
        // `a,b` is taken as `[a,b]`.
        const Result<detail::Item> list = detail::parseList("[" + std::string(bare) + "]");
        if (!list) {
            return detail::knobError(*this, inQuotes(text) + " is not a list");
        }
        return detail::valueOf(*this, *list);
    }
    const bool isText =
        type == KnobType::Text || type == KnobType::File || type == KnobType::DataSet;
    return detail::valueOf(*this, detail::parseWord(isText ? text : bare));
}

Result<Value> Knob::fromJson(const Json& json) const {
    return detail::checked(*this, detail::uncheckedFromJson(*this, json));
}

} // namespace psephos::lab
