// SPDX-License-Identifier: GPL-3.0-or-later
// The list syntax of the command line and what in it is a sweep: for knobs and scenarios only.
#pragma once

#include "lab/knob.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace psephos::lab::detail {

/// `[a,"b,c",[1,2]]` taken apart: a word or a list.
struct Item {
    std::string word;
    bool isQuoted = false; ///< the word is a text, never a special value
    bool isList = false;
    std::vector<Item> items;
};

/// Takes a text that starts with `[` apart. The error names the character where it went wrong.
[[nodiscard]] Result<Item> parseList(std::string_view text);

/// A word, or `"…"` as the text that it stands for; blanks around it belong to it.
[[nodiscard]] Item parseWord(std::string_view text);

/// How deep the lists of one value of this type are nested: 0, 1 for choices and points, 2.
[[nodiscard]] int listDepth(KnobType type);

/// Whether a list is one level deeper than the knob's type: a list of values to sweep over.
[[nodiscard]] bool isSweep(const Knob& knob, const Item& list);
[[nodiscard]] bool isSweep(const Knob& knob, const Json& list);

/// One value from an item of a list or a whole argument; checked.
[[nodiscard]] Result<Value> valueOf(const Knob& knob, const Item& item);

/// One value from JSON, its type read but its range not yet checked.
[[nodiscard]] Result<Value> uncheckedFromJson(const Knob& knob, const Json& json);

/// "knob 'lr': '-1' is below 1e-8" with the expectation as its hint.
[[nodiscard]] Error knobError(const Knob& knob, const std::string& what);

} // namespace psephos::lab::detail
