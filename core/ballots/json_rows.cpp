// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/json_rows.hpp"

#include "lab/files/csv.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

namespace psephos::ballots {

namespace {

constexpr int kMaxDepth = 100;

bool isBlank(char character) {
    return character == ' ' || character == '\n' || character == '\r' || character == '\t';
}

void skipBlanks(std::string_view text, std::size_t& at) {
    while (at < text.size() && isBlank(text[at])) {
        ++at;
    }
}

/// The closing quote of a string whose content starts at `from`, and whether it has an escape.
std::size_t closingQuote(std::string_view text, std::size_t from, bool& isEscaped) {
    isEscaped = false;
    for (std::size_t at = from;;) {
        at = text.find('"', at);
        if (at == std::string_view::npos) {
            return at;
        }
        std::size_t escapes = 0;
        while (at - escapes > from && text[at - 1 - escapes] == '\\') {
            ++escapes;
        }
        if (escapes % 2 == 0) {
            isEscaped =
                isEscaped || text.substr(from, at - from).find('\\') != std::string_view::npos;
            return at;
        }
        isEscaped = true;
        ++at;
    }
}

std::optional<std::uint32_t> hexadecimal(std::string_view digits) {
    std::uint32_t value = 0;
    if (digits.size() != 4) {
        return std::nullopt;
    }
    for (const char digit : digits) {
        const char lower = static_cast<char>(digit | 0x20);
        if (digit >= '0' && digit <= '9') {
            value = value * 16 + static_cast<std::uint32_t>(digit - '0');
        } else if (lower >= 'a' && lower <= 'f') {
            value = value * 16 + static_cast<std::uint32_t>(lower - 'a' + 10);
        } else {
            return std::nullopt;
        }
    }
    return value;
}

void appendUtf8(std::string& text, std::uint32_t code) {
    const auto byte = [](std::uint32_t bits) { return static_cast<char>(bits); };
    const auto tail = [&byte, code](unsigned shift) {
        return byte(0x80U | ((code >> shift) & 0x3fU));
    };
    if (code < 0x80) {
        text += byte(code);
    } else if (code < 0x800) {
        text += {byte(0xc0U | code >> 6), tail(0)};
    } else if (code < 0x10000) {
        text += {byte(0xe0U | code >> 12), tail(6), tail(0)};
    } else {
        text += {byte(0xf0U | code >> 18), tail(12), tail(6), tail(0)};
    }
}

bool isLiteral(std::string_view word) {
    return word == "true" || word == "false" || word == "null";
}

/// JSON's numbers, more or less: what parseNumber() reads but starts with a digit.
bool isNumber(std::string_view word) {
    const std::size_t digit = word.starts_with('-') ? 1 : 0;
    return digit < word.size() && word[digit] >= '0' && word[digit] <= '9' &&
           lab::parseNumber(word).has_value();
}

} // namespace

JsonRows::JsonRows(NewColumn newColumn)
    : newColumn_(std::move(newColumn)) {
    keys_.emplace_back();
}

bool JsonRows::fail(const char* message) {
    error_ = message;
    return false;
}

bool JsonRows::read(std::string_view text, std::size_t& at) {
    std::fill(cells_.begin(), cells_.end(), std::string_view());
    unescapedUsed_ = 0;
    skipBlanks(text, at);
    if (at >= text.size() || text[at] != '{') {
        return fail("expected an object {…}");
    }
    return readObject(text, at, 0, 1);
}

// Objects of one file mostly have the same keys in the same order.
std::size_t JsonRows::keyOf(std::string_view name, std::size_t parent, std::size_t previous) {
    const auto matches = [this, name, parent](std::size_t key) {
        const Key& known = keys_[key];
        return key != 0 && known.parent == parent && known.path.ends_with(name) &&
               known.path.size() == name.size() + (parent == 0 ? 0 : keys_[parent].path.size() + 1);
    };
    if (const std::size_t likely = keys_[previous].likelyNext; matches(likely)) {
        return likely;
    }
    std::string path =
        parent == 0 ? std::string(name) : keys_[parent].path + "." + std::string(name);
    const auto [known, isNew] = byPath_.emplace(path, keys_.size());
    if (isNew) {
        Key key;
        key.parent = parent;
        key.isPassedOver = name.starts_with("conversation") && parent == 0;
        key.path = std::move(path);
        keys_.push_back(std::move(key));
    }
    // Two paths may be spelled alike, {"a.b": 1} and {"a": {"b": 1}}: then they are one column.
    keys_[previous].likelyNext = known->second;
    return known->second;
}

bool JsonRows::readObject(std::string_view text, std::size_t& at, std::size_t parent, int depth) {
    if (depth > kMaxDepth) {
        return fail("objects are nested too deep");
    }
    ++at; // the brace
    skipBlanks(text, at);
    if (at < text.size() && text[at] == '}') {
        ++at;
        return true;
    }
    for (std::size_t key = parent;;) {
        skipBlanks(text, at);
        std::string_view name;
        if (at >= text.size() || text[at] != '"') {
            return fail("expected a key in quotes");
        }
        if (!readString(text, at, name)) {
            return false;
        }
        key = keyOf(name, parent, key);
        skipBlanks(text, at);
        if (at >= text.size() || text[at] != ':') {
            return fail("expected a colon after a key");
        }
        ++at;
        skipBlanks(text, at);
        if (!readValue(text, at, key, depth)) {
            return false;
        }
        skipBlanks(text, at);
        if (at >= text.size() || (text[at] != ',' && text[at] != '}')) {
            return fail("expected a comma or a closing brace");
        }
        if (text[at++] == '}') {
            return true;
        }
    }
}

bool JsonRows::readValue(std::string_view text, std::size_t& at, std::size_t key, int depth) {
    if (at >= text.size()) {
        return fail("a value is missing");
    }
    if (text[at] == '[' || (text[at] == '{' && keys_[key].isPassedOver)) {
        return skipNested(text, at);
    }
    if (text[at] == '{') {
        return readObject(text, at, key, depth + 1);
    }
    std::string_view value;
    if (text[at] == '"') {
        if (keys_[key].isPassedOver) {
            bool isEscaped = false;
            const std::size_t close = closingQuote(text, at + 1, isEscaped);
            at = std::min(close, text.size() - 1) + 1;
            return close != std::string_view::npos || fail("a string is not closed");
        }
        if (!readString(text, at, value)) {
            return false;
        }
    } else {
        const std::size_t from = at;
        while (at < text.size() && text[at] != ',' && text[at] != '}' && text[at] != ']' &&
               !isBlank(text[at])) {
            ++at;
        }
        value = text.substr(from, at - from);
        if (!isLiteral(value) && !isNumber(value)) {
            return fail("a value is neither a word in quotes, a number, true, false nor null");
        }
        if (value == "null") {
            value = {};
        }
    }
    if (value.empty() || keys_[key].isPassedOver) {
        return true;
    }
    if (keys_[key].column == kSkip) {
        keys_[key].column = newColumn_(keys_[key].path);
        keys_[key].isPassedOver = keys_[key].column == kSkip;
    }
    if (const std::size_t column = keys_[key].column; column != kSkip) {
        if (column >= cells_.size()) {
            cells_.resize(column + 1);
        }
        cells_[column] = value;
    }
    return true;
}

bool JsonRows::readString(std::string_view text, std::size_t& at, std::string_view& string) {
    const std::size_t from = at + 1;
    bool isEscaped = false;
    const std::size_t close = closingQuote(text, from, isEscaped);
    if (close == std::string_view::npos) {
        return fail("a string is not closed");
    }
    at = close + 1;
    string = text.substr(from, close - from);
    return !isEscaped || unescape(string, string);
}

bool JsonRows::unescape(std::string_view raw, std::string_view& string) {
    constexpr std::string_view kEscapes = "\"\\/bfnrt";
    constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
    if (unescapedUsed_ == unescaped_.size()) {
        unescaped_.push_back(std::make_unique<std::string>());
    }
    std::string& text = *unescaped_[unescapedUsed_++];
    text.clear();
    for (std::size_t at = 0; at < raw.size();) {
        if (raw[at] != '\\') {
            text += raw[at++];
            continue;
        }
        const char escape = at + 1 < raw.size() ? raw[at + 1] : '\0';
        if (const std::size_t meant = kEscapes.find(escape); meant != std::string_view::npos) {
            text += kMeant[meant];
            at += 2;
            continue;
        }
        auto code = escape == 'u' ? hexadecimal(raw.substr(at + 2, 4)) : std::nullopt;
        at += 6;
        if (code && *code >= 0xd800 && *code < 0xdc00 && raw.substr(at, 2) == "\\u") {
            const auto low = hexadecimal(raw.substr(at + 2, 4));
            const bool isPair = low && *low >= 0xdc00 && *low < 0xe000;
            code = isPair ? std::optional(0x10000 + ((*code - 0xd800) << 10) + (*low - 0xdc00))
                          : std::nullopt;
            at += 6;
        }
        if (!code || *code == 0 || (*code >= 0xd800 && *code < 0xe000)) {
            return fail("a string has an escape that is no character");
        }
        appendUtf8(text, *code);
    }
    string = text;
    return true;
}

bool JsonRows::skipNested(std::string_view text, std::size_t& at) {
    std::size_t depth = 0;
    while (at < text.size()) {
        const char character = text[at];
        if (character == '"') {
            bool isEscaped = false;
            const std::size_t close = closingQuote(text, at + 1, isEscaped);
            if (close == std::string_view::npos) {
                return fail("a string is not closed");
            }
            at = close;
        }
        ++at;
        if (character == '{' || character == '[') {
            ++depth;
        } else if ((character == '}' || character == ']') && --depth == 0) {
            return true;
        }
    }
    return fail("an array or object is not closed");
}

} // namespace psephos::ballots
