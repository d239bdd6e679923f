// SPDX-License-Identifier: GPL-3.0-or-later
// A knob: one declared input of an experiment. From this one declaration come the window's editor,
// the command line's option, the validation of files, the reference text and the fuzz test.
#pragma once

#include "lab/result.hpp"
#include "lab/value.hpp"

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::lab {

enum class KnobType { Integer, Real, Choice, Choices, Flag, Text, File, DataSet, Point, Matrix };

enum class Scale { Linear, Log, PowerOfTwo };

enum class Level { Basic, Advanced };

/// `integer`, `real`, `choice`, `choices`, `flag`, `text`, `file`, `data set`, `point`, `matrix`.
[[nodiscard]] std::string_view name(KnobType type);

/// One word of a closed list.
struct ChoiceOption {
    std::string id;    ///< as files and the command line spell it: `adamw`
    std::string label; ///< as the window shows it: `AdamW`
    std::string help;
};

class KnobValues;

/// The recorded measurements on which a special value rests; the editor draws them.
struct Evidence {
    std::string title;  ///< "validation loss after 200 steps"
    std::string xLabel; ///< with its unit in brackets
    std::string yLabel;
    Scale xScale = Scale::Log;
    std::vector<double> x;
    std::vector<double> y;   ///< NaN where the run diverged
    double chosen = 0;       ///< the x that the special value stands for
    std::string provenance;  ///< how, when and with what it was measured
    bool atGridEdge = false; ///< the best x is the first or last of the grid: flag it
};

/// A word that a knob takes instead of a value of its type, e.g. `lr=auto`.
struct SpecialValue {
    std::string id;
    std::string label;
    std::string help;
    /// What the word stands for beside these other knobs.
    std::function<Result<Value>(const KnobValues&)> resolve;
    /// The measurements behind it; may be empty.
    std::function<std::optional<Evidence>(const KnobValues&)> evidence;
};

/// "Another knob has one of these values": the condition under which a knob applies and shows.
struct Condition {
    std::string knob;
    std::vector<std::string> anyOf; ///< values in the form of toText
};

struct Knob {
    std::string id;    ///< with a prefix where only one choice uses it: `soap.f`
    std::string label; ///< as the window shows it
    std::string help;  ///< one sentence: what it does
    std::string unit;  ///< empty where it has none
    KnobType type = KnobType::Real;
    Value defaultValue = 0.0;
    std::vector<SpecialValue> specials;
    std::optional<double> min; ///< inclusive; of each coordinate or cell for points and matrices
    std::optional<double> max; ///< inclusive
    Scale scale = Scale::Linear;
    std::vector<ChoiceOption> choices;
    std::vector<std::string> coordinates; ///< names of a point's coordinates; as many as it has
    std::vector<std::string> suffixes;    ///< of the files it takes, e.g. `csv`; empty: any
    bool optional = false;                ///< a text, file, data set or matrix may be empty
    std::string group;                    ///< heading under which the window lists it
    Level level = Level::Basic;
    bool live = false;           ///< may be turned while a run runs
    bool fixed = false;          ///< a run that goes on keeps it: its state has that shape
    std::vector<Condition> when; ///< all must hold; empty: always
    /// Knobs whose values this one is about (edits of what a file says): where a person turns one
    /// of them, this one goes back to its default.
    std::vector<std::string> resetBy;

    /// Reads the command line's form of one value. Errors name the knob, the text and what was
    /// expected.
    [[nodiscard]] Result<Value> parse(std::string_view text) const;

    /// Reads the JSON form of one value.
    [[nodiscard]] Result<Value> fromJson(const Json& json) const;

    /// Whether the value has the knob's type and lies within its range.
    [[nodiscard]] Result<void> check(const Value& value) const;

    /// "integer in 1 … 10000", "one of sgd, adamw": the same words in errors, reference and tool
    /// tip.
    [[nodiscard]] std::string expectation() const;
};

/// A value for each of an experiment's knobs, with typed access.
class KnobValues {
  public:
    KnobValues() = default;

    /// The defaults of these knobs.
    explicit KnobValues(std::span<const Knob> knobs);

    [[nodiscard]] bool contains(std::string_view id) const;
    void set(std::string id, Value value);
    /// The value; asserts that the knob exists. So do the typed forms, which also assert the type
    /// (real() takes an integer knob too).
    [[nodiscard]] const Value& at(std::string_view id) const;
    [[nodiscard]] double real(std::string_view id) const;
    [[nodiscard]] std::int64_t integer(std::string_view id) const;
    [[nodiscard]] bool flag(std::string_view id) const;
    [[nodiscard]] const std::string& text(std::string_view id) const;
    [[nodiscard]] const ChoicesValue& choices(std::string_view id) const;
    [[nodiscard]] const PointValue& point(std::string_view id) const;
    [[nodiscard]] const MatrixValue& matrix(std::string_view id) const;
    /// Whether the knob holds the named special value.
    [[nodiscard]] bool isSpecial(std::string_view id, std::string_view special) const;
    /// Whether all of these hold beside the values.
    [[nodiscard]] bool hold(std::span<const Condition> conditions) const;

    /// Whether all conditions of the knob hold beside these values.
    [[nodiscard]] bool applies(const Knob& knob) const { return hold(knob.when); }

    /// In order of declaration.
    [[nodiscard]] const std::vector<std::pair<std::string, Value>>& all() const { return values_; }

    friend bool operator==(const KnobValues&, const KnobValues&) = default;

  private:
    std::vector<std::pair<std::string, Value>> values_;
};

} // namespace psephos::lab
