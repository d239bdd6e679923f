// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/golden_entry.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace psephos::choice {

namespace {

using lab::Json;
using lab::Result;

/// Fields that say what to compute, or are for people; they are never compared.
constexpr std::array<std::string_view, 39> kInputs = {"name",
                                                      "note",
                                                      "M",
                                                      "groups",
                                                      "w0",
                                                      "ballots",
                                                      "wins",
                                                      "ties",
                                                      "lambda",
                                                      "matrix",
                                                      "norm",
                                                      "m1",
                                                      "m2",
                                                      "w1",
                                                      "formula",
                                                      "equation",
                                                      "rho",
                                                      "delta",
                                                      "z",
                                                      "seq_a_b_score",
                                                      "text",
                                                      "game",
                                                      "mu",
                                                      "n",
                                                      "T_min",
                                                      "base",
                                                      "dropped",
                                                      "profile",
                                                      "profile_after",
                                                      "second_profile",
                                                      "rule",
                                                      "axiom",
                                                      "cloned",
                                                      "clone_name",
                                                      "clone_names",
                                                      "num_candidates",
                                                      "added",
                                                      "raise",
                                                      "before"};

bool isInput(std::string_view key) {
    return std::find(kInputs.begin(), kInputs.end(), key) != kInputs.end();
}

/// Whether the items are objects, each an entry of its own.
bool isListOfObjects(const Json& json) {
    return json.is_array() && !json.empty() &&
           std::all_of(json.begin(), json.end(), [](const Json& each) { return each.is_object(); });
}

} // namespace

GoldenEntry::GoldenEntry(const Json& json, std::string document, std::string path, std::string name,
                         std::string prefix, std::vector<lab::CheckRow>& rows)
    : json_(json)
    , document_(std::move(document))
    , path_(std::move(path))
    , name_(std::move(name))
    , prefix_(std::move(prefix))
    , rows_(rows) {}

bool GoldenEntry::has(std::string_view key) const {
    return json_.is_object() && json_.contains(key);
}

lab::Error GoldenEntry::error(std::string_view key, std::string message) const {
    std::string place = document_ + ": " + path_;
    if (!key.empty()) {
        place += "." + std::string(key);
    }
    return lab::Error{.message = std::move(message), .hint = {}, .place = std::move(place)};
}

Result<const Json*> GoldenEntry::input(std::string_view key) {
    if (!json_.is_object()) {
        return error("", "is not an object");
    }
    const auto found = json_.find(key);
    if (found == json_.end()) {
        return error("", "'" + std::string(key) + "' is missing");
    }
    done(key);
    return &*found;
}

Result<GoldenEntry> GoldenEntry::inside(std::string_view key) {
    const Result<const Json*> json = input(key);
    if (!json) {
        return json.error();
    }
    if (!(*json)->is_object()) {
        return error(key, "is not an object");
    }
    return GoldenEntry(**json, document_, path_ + "." + std::string(key), name_,
                       prefix_ + std::string(key) + ".", rows_);
}

Result<double> GoldenEntry::number(std::string_view key) {
    const Result<const Json*> json = input(key);
    if (!json) {
        return json.error();
    }
    if (!(*json)->is_number() || !std::isfinite((*json)->get<double>())) {
        return error(key, "is not a number");
    }
    return (*json)->get<double>();
}

Result<std::string> GoldenEntry::text(std::string_view key) {
    const Result<const Json*> json = input(key);
    if (!json) {
        return json.error();
    }
    if (!(*json)->is_string()) {
        return error(key, "is not a text");
    }
    return (*json)->get<std::string>();
}

Result<std::vector<double>> GoldenEntry::numbers(std::string_view key) {
    const Result<const Json*> json = input(key);
    if (!json) {
        return json.error();
    }
    std::vector<double> numbers;
    const bool isList = (*json)->is_array();
    for (const Json& each : isList ? **json : Json::array()) {
        if (!each.is_number() || !std::isfinite(each.get<double>())) {
            return error(key, "is not a list of numbers");
        }
        numbers.push_back(each.get<double>());
    }
    if (!isList) {
        return error(key, "is not a list of numbers");
    }
    return numbers;
}

Result<GoldenMatrix> GoldenEntry::matrix(std::string_view key) {
    const Result<const Json*> json = input(key);
    if (!json) {
        return json.error();
    }
    GoldenMatrix matrix;
    matrix.size = (*json)->is_array() ? (*json)->size() : 0;
    for (const Json& row : matrix.size > 0 ? **json : Json::array()) {
        const bool isRow = row.is_array() && row.size() == matrix.size;
        for (const Json& each : isRow ? row : Json::array()) {
            if (!each.is_number() || !std::isfinite(each.get<double>())) {
                return error(key, "has a cell that is not a number");
            }
            matrix.values.push_back(each.get<double>());
        }
        if (!isRow) {
            return error(key, "is not a square matrix");
        }
    }
    if (matrix.size == 0) {
        return error(key, "is not a square matrix");
    }
    return matrix;
}

lab::CheckRow GoldenEntry::row(std::string_view key) const {
    lab::CheckRow row;
    row.area = "voting";
    row.caseName = name_;
    row.quantity = prefix_ + std::string(key);
    return row;
}

void GoldenEntry::compare(std::string_view key, Json computed, double tolerance) {
    if (!has(key)) {
        return;
    }
    rows_.push_back(row(key));
    lab::compare(rows_.back(), std::move(computed), *json_.find(key), tolerance);
    done(key);
}

Result<void> GoldenEntry::each(std::string_view key,
                               const std::function<Result<void>(GoldenEntry&)>& check) {
    if (!has(key)) {
        return {};
    }
    const Json& list = *json_.find(key);
    if (!isListOfObjects(list)) {
        return error(key, "is not a list of objects");
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::string below = std::string(key) + "." + std::to_string(i);
        GoldenEntry entry(list[i], document_, path_ + "." + below, name_, prefix_ + below + ".",
                          rows_);
        if (auto checked = check(entry); !checked) {
            return checked;
        }
        entry.finish();
    }
    done(key);
    return {};
}

void GoldenEntry::unavailable(std::string_view key) {
    if (!has(key)) {
        return;
    }
    rows_.push_back(row(key));
    rows_.back().expected = *json_.find(key);
    done(key);
}

void GoldenEntry::walk(const Json& json, const std::string& path) {
    for (const auto& [key, value] : json.items()) {
        const bool isDone =
            path.empty() && std::find(done_.begin(), done_.end(), key) != done_.end();
        if (isDone || isInput(key)) {
            continue;
        }
        const std::string below = path + key;
        if (value.is_object()) {
            walk(value, below + ".");
        } else if (isListOfObjects(value)) {
            for (std::size_t i = 0; i < value.size(); ++i) {
                walk(value[i], below + "." + std::to_string(i) + ".");
            }
        } else {
            rows_.push_back(row(below));
            rows_.back().expected = value;
        }
    }
}

void GoldenEntry::finish() {
    if (json_.is_object()) {
        walk(json_, "");
    }
}

} // namespace psephos::choice
