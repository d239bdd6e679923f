// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/value.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <type_traits>

namespace psephos::lab {

namespace {

Json numberJson(double number) {
    return std::isfinite(number) ? Json(number) : Json(nullptr);
}

/// Texts that the list syntax of the command line would take apart are written as JSON strings.
std::string wordText(const std::string& text) {
    if (text.starts_with('[') || text.starts_with('"')) {
        return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
    }
    return text;
}

std::string itemText(const std::string& text) {
    const bool isPlain = !text.empty() && text.find_first_of("[],\"\t\r\n") == std::string::npos &&
                         text.front() != ' ' && text.back() != ' ';
    return isPlain ? text : Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string listText(const std::vector<std::string>& items) {
    std::string text = "[";
    for (const std::string& item : items) {
        text += (text.size() > 1 ? "," : "") + item;
    }
    return text + "]";
}

std::string matrixText(const MatrixValue& matrix) {
    std::vector<std::string> rows;
    for (std::size_t row = 0; row < matrix.rows; ++row) {
        std::vector<std::string> cells;
        for (std::size_t column = 0; column < matrix.columns; ++column) {
            const double cell = matrix.at(row, column);
            cells.push_back(std::isnan(cell) ? "null" : toText(cell));
        }
        rows.push_back(listText(cells));
    }
    return listText(rows);
}

Json matrixJson(const MatrixValue& matrix) {
    Json json = Json::array();
    for (std::size_t row = 0; row < matrix.rows; ++row) {
        Json cells = Json::array();
        for (std::size_t column = 0; column < matrix.columns; ++column) {
            cells.push_back(numberJson(matrix.at(row, column)));
        }
        json.push_back(std::move(cells));
    }
    return json;
}

} // namespace

bool operator==(const MatrixValue& a, const MatrixValue& b) {
    if (a.rows != b.rows || a.columns != b.columns || a.values.size() != b.values.size()) {
        return false;
    }
    for (std::size_t i = 0; i < a.values.size(); ++i) {
        if (a.values[i] != b.values[i] && !(std::isnan(a.values[i]) && std::isnan(b.values[i]))) {
            return false;
        }
    }
    return true;
}

Json toJson(const Value& value) {
    return std::visit(
        [](const auto& held) -> Json {
            using T = std::decay_t<decltype(held)>;
            if constexpr (std::is_same_v<T, double>) {
                return numberJson(held);
            } else if constexpr (std::is_same_v<T, PointValue>) {
                Json json = Json::array();
                for (const double coordinate : held) {
                    json.push_back(numberJson(coordinate));
                }
                return json;
            } else if constexpr (std::is_same_v<T, ChoicesValue>) {
                Json json = Json::array();
                for (const std::string& word : held) {
                    json.push_back(word);
                }
                return json;
            } else if constexpr (std::is_same_v<T, MatrixValue>) {
                return matrixJson(held);
            } else if constexpr (std::is_same_v<T, Special>) {
                return Json(held.name);
            } else {
                return Json(held);
            }
        },
        value);
}

std::string toText(const Value& value) {
    return std::visit(
        [](const auto& held) -> std::string {
            using T = std::decay_t<decltype(held)>;
            if constexpr (std::is_same_v<T, bool>) {
                return held ? "true" : "false";
            } else if constexpr (std::is_same_v<T, std::int64_t>) {
                return std::to_string(held);
            } else if constexpr (std::is_same_v<T, double>) {
                return toText(held);
            } else if constexpr (std::is_same_v<T, std::string>) {
                return wordText(held);
            } else if constexpr (std::is_same_v<T, ChoicesValue>) {
                std::vector<std::string> items;
                for (const std::string& word : held) {
                    items.push_back(itemText(word));
                }
                return listText(items);
            } else if constexpr (std::is_same_v<T, PointValue>) {
                std::vector<std::string> items;
                for (const double coordinate : held) {
                    items.push_back(toText(coordinate));
                }
                return listText(items);
            } else if constexpr (std::is_same_v<T, MatrixValue>) {
                return matrixText(held);
            } else {
                return held.name;
            }
        },
        value);
}

std::string toItemText(const Value& value) {
    const auto* word = std::get_if<std::string>(&value);
    return word != nullptr ? itemText(*word) : toText(value);
}

std::string toText(double number) {
    if (std::isnan(number)) {
        return "nan";
    }
    if (std::isinf(number)) {
        return number > 0 ? "inf" : "-inf";
    }
    std::array<char, 40> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
    std::string text(buffer.data(), end);
    // "1e-05" and "1e+20" are read more easily as "1e-5" and "1e20".
    const std::size_t exponent = text.find('e');
    if (exponent != std::string::npos) {
        std::size_t digits = exponent + 2;
        while (digits + 1 < text.size() && text[digits] == '0') {
            text.erase(digits, 1);
        }
        if (text[exponent + 1] == '+') {
            text.erase(exponent + 1, 1);
        }
    }
    return text;
}

} // namespace psephos::lab
