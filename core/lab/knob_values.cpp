// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/knob.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace psephos::lab {

namespace {

bool holdsFor(const Condition& condition, const Value& value) {
    const auto isListed = [&condition](const std::string& text) {
        return std::find(condition.anyOf.begin(), condition.anyOf.end(), text) !=
               condition.anyOf.end();
    };
    if (isListed(toText(value))) {
        return true;
    }
    // Of several choices one is enough.
    const auto* words = std::get_if<ChoicesValue>(&value);
    return words != nullptr && std::any_of(words->begin(), words->end(), isListed);
}

} // namespace

KnobValues::KnobValues(std::span<const Knob> knobs) {
    values_.reserve(knobs.size());
    for (const Knob& knob : knobs) {
        values_.emplace_back(knob.id, knob.defaultValue);
    }
}

bool KnobValues::contains(std::string_view id) const {
    return std::any_of(values_.begin(), values_.end(),
                       [id](const auto& entry) { return entry.first == id; });
}

void KnobValues::set(std::string id, Value value) {
    for (auto& [known, held] : values_) {
        if (known == id) {
            held = std::move(value);
            return;
        }
    }
    values_.emplace_back(std::move(id), std::move(value));
}

const Value& KnobValues::at(std::string_view id) const {
    const auto entry = std::find_if(values_.begin(), values_.end(),
                                    [id](const auto& each) { return each.first == id; });
    assert(entry != values_.end() && "no such knob");
    return entry->second;
}

double KnobValues::real(std::string_view id) const {
    const Value& value = at(id);
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
        return static_cast<double>(*integer);
    }
    assert(std::holds_alternative<double>(value));
    return std::get<double>(value);
}

std::int64_t KnobValues::integer(std::string_view id) const {
    assert(std::holds_alternative<std::int64_t>(at(id)));
    return std::get<std::int64_t>(at(id));
}

bool KnobValues::flag(std::string_view id) const {
    assert(std::holds_alternative<bool>(at(id)));
    return std::get<bool>(at(id));
}

const std::string& KnobValues::text(std::string_view id) const {
    assert(std::holds_alternative<std::string>(at(id)));
    return std::get<std::string>(at(id));
}

const ChoicesValue& KnobValues::choices(std::string_view id) const {
    assert(std::holds_alternative<ChoicesValue>(at(id)));
    return std::get<ChoicesValue>(at(id));
}

const PointValue& KnobValues::point(std::string_view id) const {
    assert(std::holds_alternative<PointValue>(at(id)));
    return std::get<PointValue>(at(id));
}

const MatrixValue& KnobValues::matrix(std::string_view id) const {
    assert(std::holds_alternative<MatrixValue>(at(id)));
    return std::get<MatrixValue>(at(id));
}

bool KnobValues::isSpecial(std::string_view id, std::string_view special) const {
    const auto* held = std::get_if<Special>(&at(id));
    return held != nullptr && held->name == special;
}

bool KnobValues::hold(std::span<const Condition> conditions) const {
    return std::all_of(conditions.begin(), conditions.end(), [this](const Condition& condition) {
        return contains(condition.knob) && holdsFor(condition, at(condition.knob));
    });
}

} // namespace psephos::lab
