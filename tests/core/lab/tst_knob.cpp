// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lab/fake_experiment.hpp"
#include "lab/experiment.hpp"
#include "lab/knob.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using namespace psephos::lab;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Knob knobOf(KnobType type) {
    Knob knob;
    knob.id = "it";
    knob.label = "It";
    knob.help = "does it";
    knob.type = type;
    SpecialValue measured;
    measured.id = "auto";
    measured.resolve = [](const KnobValues&) -> Result<Value> { return Value(1.0); };
    knob.specials = {measured};
    if (type == KnobType::Choice || type == KnobType::Choices) {
        knob.choices = {{"sgd", "SGD", ""}, {"adamw", "AdamW", ""}, {"soap", "SOAP", ""}};
    }
    if (type == KnobType::Point) {
        knob.coordinates = {"x", "y"};
    }
    if (type == KnobType::Integer || type == KnobType::Real || type == KnobType::Point ||
        type == KnobType::Matrix) {
        knob.min = -5;
        knob.max = 100;
    }
    return knob;
}

const std::vector<KnobType> kAllTypes = {
    KnobType::Integer, KnobType::Real, KnobType::Choice,  KnobType::Choices, KnobType::Flag,
    KnobType::Text,    KnobType::File, KnobType::DataSet, KnobType::Point,   KnobType::Matrix};

Value parsed(KnobType type, std::string_view text) {
    const Result<Value> value = knobOf(type).parse(text);
    CAPTURE(text);
    REQUIRE_MESSAGE(value.ok(), value.error().line());
    return *value;
}

std::string refusal(const Knob& knob, std::string_view text) {
    const Result<Value> value = knob.parse(text);
    CAPTURE(text);
    REQUIRE_FALSE(value.ok());
    const std::string line = value.error().line();
    CHECK(line.find("knob 'it'") != std::string::npos);
    CHECK(line.find(knob.expectation()) != std::string::npos);
    CHECK(line.find('\n') == std::string::npos);
    return line;
}

std::string refusal(KnobType type, std::string_view text) {
    return refusal(knobOf(type), text);
}

std::string refusedJson(KnobType type, std::string_view text) {
    const Knob knob = knobOf(type);
    const Result<Value> value = knob.fromJson(Json::parse(text));
    CAPTURE(text);
    REQUIRE_FALSE(value.ok());
    CHECK(value.error().line().find(knob.expectation()) != std::string::npos);
    return value.error().line();
}

} // namespace

TEST_CASE("parse_integer_wholeNumbersInRange") {
    CHECK(parsed(KnobType::Integer, "42") == Value(std::int64_t{42}));
    CHECK(parsed(KnobType::Integer, " +7 ") == Value(std::int64_t{7}));
    CHECK(parsed(KnobType::Integer, "5e1") == Value(std::int64_t{50}));
    CHECK(parsed(KnobType::Integer, "auto") == Value(Special{"auto"}));
    for (const char* wrong : {"", "x", "1.5", "0x10", "1 2", "nan", "1e400", "--1", "[1]", "1,2"}) {
        refusal(KnobType::Integer, wrong);
    }
    CHECK(refusal(KnobType::Integer, "101") ==
          "knob 'it': '101' is above 100 (expected integer in -5 … 100 or auto)");
    Knob wide = knobOf(KnobType::Integer);
    wide.min.reset();
    wide.max.reset();
    CHECK(*wide.parse("9223372036854775807") == Value(std::int64_t{9223372036854775807}));
    CHECK(*wide.parse("-9223372036854775808") == Value(std::numeric_limits<std::int64_t>::min()));
    refusal(wide, "9223372036854775808");
    refusal(wide, "1e18");
}

TEST_CASE("parse_real_finiteNumbersInRange") {
    CHECK(parsed(KnobType::Real, "3e-3") == Value(3e-3));
    CHECK(parsed(KnobType::Real, "-5") == Value(-5.0));
    CHECK(parsed(KnobType::Real, "auto") == Value(Special{"auto"}));
    for (const char* wrong : {"", "x", "1,5", "nan", "inf", "-inf", "1e999", "[1]", "-5.0001"}) {
        refusal(KnobType::Real, wrong);
    }
    CHECK(refusal(KnobType::Real, "-6") ==
          "knob 'it': '-6' is below -5 (expected real in -5 … 100 or auto)");
}

TEST_CASE("parse_choice_oneOfItsWords") {
    CHECK(parsed(KnobType::Choice, "adamw") == Value(std::string("adamw")));
    CHECK(refusal(KnobType::Choice, "adam").find("did you mean 'adamw'?") != std::string::npos);
    CHECK(refusal(KnobType::Choice, "a\nb").find("'a\\nb'") != std::string::npos);
    refusal(KnobType::Choice, "");
    refusal(KnobType::Choice, "SGD");
}

TEST_CASE("parse_choices_aListOfDifferentWords") {
    CHECK(parsed(KnobType::Choices, "[sgd, adamw]") == Value(ChoicesValue{"sgd", "adamw"}));
    CHECK(parsed(KnobType::Choices, "sgd,adamw") == Value(ChoicesValue{"sgd", "adamw"}));
    CHECK(parsed(KnobType::Choices, "[\"soap\"]") == Value(ChoicesValue{"soap"}));
    CHECK(parsed(KnobType::Choices, "auto") == Value(Special{"auto"}));
    for (const char* wrong : {"", "[]", "[sgd,sgd]", "[sgd,lion]", "[[sgd]]", "[sgd", "[sgd]x"}) {
        refusal(KnobType::Choices, wrong);
    }
    Knob optional = knobOf(KnobType::Choices);
    optional.optional = true;
    CHECK(*optional.parse("[]") == Value(ChoicesValue{}));
}

TEST_CASE("parse_flag_trueFalseOnOff") {
    for (const char* yes : {"true", "on", "yes", "1"}) {
        CHECK(parsed(KnobType::Flag, yes) == Value(true));
    }
    for (const char* no : {"false", "off", "no", "0"}) {
        CHECK(parsed(KnobType::Flag, no) == Value(false));
    }
    refusal(KnobType::Flag, "maybe");
    refusal(KnobType::Flag, "");
}

TEST_CASE("parse_texts_asTheyAre") {
    for (const KnobType type : {KnobType::Text, KnobType::File, KnobType::DataSet}) {
        CHECK(parsed(type, " a b ") == Value(std::string(" a b ")));
        CHECK(parsed(type, "[draft]") == Value(std::string("[draft]")));
        CHECK(parsed(type, R"("[\"x\"]")") == Value(std::string("[\"x\"]")));
        CHECK(parsed(type, R"("auto")") == Value(std::string("auto")));
        CHECK(parsed(type, R"("open)") == Value(std::string("\"open")));
        CHECK(parsed(type, "auto") == Value(Special{"auto"}));
        refusal(type, "");
        refusal(type, "a\xff");
        refusal(type, std::string_view("a\0b", 3));
    }
    Knob optional = knobOf(KnobType::File);
    optional.optional = true;
    CHECK(*optional.parse("") == Value(std::string()));
}

TEST_CASE("parse_point_asManyNumbersAsCoordinates") {
    CHECK(parsed(KnobType::Point, "[-1.2,1]") == Value(PointValue{-1.2, 1}));
    CHECK(parsed(KnobType::Point, "-1.2, 1") == Value(PointValue{-1.2, 1}));
    for (const char* wrong :
         {"", "[1]", "[1,2,3]", "[1,x]", "[1,[2]]", "[1,200]", "[1,nan]", "1"}) {
        refusal(KnobType::Point, wrong);
    }
    CHECK(refusal(KnobType::Point, "[1,200]").find("y '200' is above 100") != std::string::npos);
}

TEST_CASE("parse_matrix_rowsOfOneLength") {
    const Value value = parsed(KnobType::Matrix, "[[1,2.5],[null,4]]");
    CHECK(value == Value(MatrixValue{2, 2, {1, 2.5, kNaN, 4}}));
    for (const char* wrong : {"", "[]", "[[]]", "1", "[1,2]", "[[1,2],[3]]", "[[1,x]]", "[[[1]]]",
                              "[[1,inf]]", "[[1,200]]", "[[1,2]"}) {
        refusal(KnobType::Matrix, wrong);
    }
    CHECK(refusal(KnobType::Matrix, "[[1,2],[3,200]]").find("cell 2,2 '200'") != std::string::npos);
}

TEST_CASE("fromJson_everyType_takesItsOwnKindOnly") {
    const auto read = [](KnobType type, const char* text) {
        return *knobOf(type).fromJson(Json::parse(text));
    };
    CHECK(read(KnobType::Integer, "3") == Value(std::int64_t{3}));
    CHECK(read(KnobType::Integer, "3.0") == Value(std::int64_t{3}));
    CHECK(read(KnobType::Real, "3") == Value(3.0));
    CHECK(read(KnobType::Flag, "true") == Value(true));
    CHECK(read(KnobType::Real, "\"auto\"") == Value(Special{"auto"}));
    CHECK(read(KnobType::Choices, R"(["sgd"])") == Value(ChoicesValue{"sgd"}));
    CHECK(read(KnobType::Point, "[1,2]") == Value(PointValue{1, 2}));
    CHECK(read(KnobType::Matrix, "[[1,null]]") == Value(MatrixValue{1, 2, {1, kNaN}}));
    for (const char* wrong :
         {"1.5", "true", "\"3\"", "null", "[3]", "{}", "1e300", "18446744073709551615"}) {
        refusedJson(KnobType::Integer, wrong);
    }
    for (const char* wrong : {"true", "\"3\"", "null", "[3]", "1e300"}) {
        refusedJson(KnobType::Real, wrong);
    }
    for (const char* wrong : {"1", "\"true\"", "null"}) {
        refusedJson(KnobType::Flag, wrong);
    }
    for (const char* wrong : {"1", "\"lion\"", "[\"sgd\"]"}) {
        refusedJson(KnobType::Choice, wrong);
    }
    for (const char* wrong : {"\"sgd\"", "[1]", "[\"lion\"]"}) {
        refusedJson(KnobType::Choices, wrong);
    }
    for (const char* wrong : {"1", "[1]", "[1,\"2\"]", "[1,null]"}) {
        refusedJson(KnobType::Point, wrong);
    }
    for (const char* wrong : {"[1]", "[[1],[2,3]]", "[[\"1\"]]", "[[true]]"}) {
        refusedJson(KnobType::Matrix, wrong);
    }
}

TEST_CASE("check_valueOfAnotherType_isRefused") {
    const std::vector<Value> values = {true,
                                       std::int64_t{1},
                                       1.5,
                                       std::string("sgd"),
                                       ChoicesValue{"sgd"},
                                       PointValue{1, 2},
                                       MatrixValue{1, 1, {1}}};
    const auto accepted = [&values](KnobType type) {
        std::vector<std::size_t> indices;
        for (const Value& value : values) {
            if (knobOf(type).check(value).ok()) {
                indices.push_back(value.index());
            }
        }
        return indices;
    };
    using Indices = std::vector<std::size_t>;
    CHECK(accepted(KnobType::Flag) == Indices{0});
    CHECK(accepted(KnobType::Integer) == Indices{1});
    CHECK(accepted(KnobType::Real) == Indices{2});
    CHECK(accepted(KnobType::Choice) == Indices{3});
    CHECK(accepted(KnobType::Text) == Indices{3});
    CHECK(accepted(KnobType::Choices) == Indices{4});
    CHECK(accepted(KnobType::Point) == Indices{5});
    CHECK(accepted(KnobType::Matrix) == Indices{6});
    for (const KnobType type : kAllTypes) {
        CHECK(knobOf(type).check(Value(Special{"auto"})).ok());
        CHECK_FALSE(knobOf(type).check(Value(Special{"never"})).ok());
    }
    CHECK_FALSE(knobOf(KnobType::Matrix).check(Value(MatrixValue{2, 2, {1}})).ok());
}

TEST_CASE("expectation_everyType_isOneClause") {
    Knob steps = knobOf(KnobType::Integer);
    steps.specials.clear();
    CHECK(steps.expectation() == "integer in -5 … 100");
    steps.max.reset();
    CHECK(steps.expectation() == "integer of at least -5");
    CHECK(knobOf(KnobType::Choice).expectation() == "one of sgd, adamw, soap or auto");
    Knob file = knobOf(KnobType::File);
    file.specials.clear();
    file.suffixes = {"csv", "soc"};
    file.optional = true;
    CHECK(file.expectation() == "file (csv, soc), may be empty");
    for (const KnobType type : kAllTypes) {
        CHECK_FALSE(knobOf(type).expectation().empty());
        CHECK_FALSE(name(type).empty());
    }
}

TEST_CASE("values_typedAccess_andConditions") {
    const Description description = psephos::test::describeDescent();
    KnobValues values(description.knobs);
    CHECK(values.integer("steps") == 20);
    CHECK(values.real("steps") == 20.0);
    CHECK(values.real("lr") == 0.05);
    CHECK(values.text("optimizer") == "plain");
    CHECK(values.point("start") == PointValue{1, 1});
    CHECK_FALSE(values.flag("unstoppable"));
    CHECK_FALSE(values.contains("nothing"));
    const Knob& beta = *description.knob("momentum.beta");
    CHECK_FALSE(values.applies(beta));
    values.set("optimizer", std::string("momentum"));
    CHECK(values.applies(beta));
    values.set("lr", Special{"auto"});
    CHECK(values.isSpecial("lr", "auto"));
    CHECK_FALSE(values.isSpecial("steps", "auto"));
    CHECK(values.all().front().first == "steps");
    Knob anyOf = beta;
    anyOf.when = {{"several", {"b"}}};
    CHECK_FALSE(values.applies(anyOf));
    values.set("several", ChoicesValue{"a", "b"});
    CHECK(values.applies(anyOf));
}

namespace {

/// Texts and JSON documents made from pieces that matter to some type.
class Fuzzer {
  public:
    explicit Fuzzer(std::uint64_t seed)
        : state_(seed) {}

    std::size_t below(std::size_t limit) {
        state_ = state_ * 6364136223846793005u + 1442695040888963407u;
        return (state_ >> 33) % limit;
    }

    std::string text() {
        static const std::vector<std::string> kPieces = {
            "[",    "]",    ",",    "\"",     "1",    "-",        "e",      ".5",   "sgd", "adamw",
            "auto", "null", "true", "nan",    "inf",  "1e308",    "9e99",   " ",    "\\",  "κ",
            "\xff", "\n",   "[1,2", "[[1,2]", "],[3", "99999999", "0.0001", "soap", "off", "-5"};
        std::string made;
        for (std::size_t length = below(8); length > 0; --length) {
            made += kPieces[below(kPieces.size())];
        }
        return made;
    }

    Json json(int depth = 0) {
        switch (below(depth > 3 ? 7 : 10)) {
        case 0:
            return nullptr;
        case 1:
            return below(2) == 0;
        case 2:
            return static_cast<std::int64_t>(below(300)) - 150;
        case 3:
            return std::ldexp(static_cast<double>(below(1000)) - 500,
                              static_cast<int>(below(2000)) - 1000);
        case 4:
            return static_cast<double>(below(300)) - 150;
        case 5:
            return std::numeric_limits<std::uint64_t>::max();
        case 6: {
            static const std::vector<std::string> kWords = {"sgd", "auto", "", "soap", "\xff"};
            return kWords[below(kWords.size())];
        }
        default: {
            Json list = Json::array();
            for (std::size_t length = below(4); length > 0; --length) {
                list.push_back(json(depth + 1));
            }
            return list;
        }
        }
    }

    Value valid(const Knob& knob) {
        const double number = static_cast<double>(below(105000)) / 1000 - 5;
        switch (knob.type) {
        case KnobType::Integer:
            return static_cast<std::int64_t>(number);
        case KnobType::Real:
            return number;
        case KnobType::Flag:
            return below(2) == 0;
        case KnobType::Choice:
            return knob.choices[below(knob.choices.size())].id;
        case KnobType::Choices:
            return below(2) == 0 ? ChoicesValue{"soap"} : ChoicesValue{"adamw", "sgd"};
        case KnobType::Point:
            return PointValue{number, -number / 20};
        case KnobType::Matrix:
            return MatrixValue{2, 1, {number, kNaN}};
        default: {
            static const std::vector<std::string> kTexts = {
                "a b", "[x]", "\"q\"", "a,b", "κ", " x ", "\"", "tab\t", "=", "\\\"", "[\"x\"]"};
            return kTexts[below(kTexts.size())];
        }
        }
    }

  private:
    std::uint64_t state_;
};

/// By hand, apart from Knob::check(): nothing out of range may come through.
bool isWithin(const Knob& knob, const Value& value) {
    const auto holds = [&knob](double number) {
        return std::isfinite(number) && number >= *knob.min && number <= *knob.max;
    };
    if (const auto* special = std::get_if<Special>(&value)) {
        return special->name == "auto";
    }
    switch (knob.type) {
    case KnobType::Integer:
        return holds(static_cast<double>(std::get<std::int64_t>(value)));
    case KnobType::Real:
        return holds(std::get<double>(value));
    case KnobType::Choice: {
        const auto& word = std::get<std::string>(value);
        return word == "sgd" || word == "adamw" || word == "soap";
    }
    case KnobType::Point: {
        const auto& point = std::get<PointValue>(value);
        return point.size() == 2 && holds(point[0]) && holds(point[1]);
    }
    case KnobType::Matrix: {
        const auto& matrix = std::get<MatrixValue>(value);
        bool all = !matrix.values.empty() && matrix.values.size() == matrix.rows * matrix.columns;
        for (const double cell : matrix.values) {
            all = all && (std::isnan(cell) || holds(cell));
        }
        return all;
    }
    default:
        return true;
    }
}

} // namespace

TEST_CASE("fuzz_anyText_isReadOrRefusedInOneLine") {
    Fuzzer fuzzer(1);
    for (const KnobType type : kAllTypes) {
        const Knob knob = knobOf(type);
        int accepted = 0;
        for (int i = 0; i < 20000; ++i) {
            const std::string text = fuzzer.text();
            CAPTURE(name(type));
            CAPTURE(text);
            const Result<Value> value = knob.parse(text);
            if (!value.ok()) {
                REQUIRE(value.error().line().find('\n') == std::string::npos);
                REQUIRE(value.error().line().find("knob 'it'") == 0);
                continue;
            }
            ++accepted;
            REQUIRE(isWithin(knob, *value));
            REQUIRE(knob.check(*value).ok());
            // What was read once reads back as the same.
            const bool isSpelledLikeSpecial = *value == Value(std::string("auto"));
            if (!isSpelledLikeSpecial) {
                const Result<Value> again = knob.parse(toText(*value));
                REQUIRE(again.ok());
                REQUIRE(*again == *value);
            }
        }
        CAPTURE(name(type));
        CHECK(accepted > 10);
        CHECK(accepted < 20000);
    }
}

TEST_CASE("fuzz_anyJson_isReadOrRefused") {
    Fuzzer fuzzer(2);
    for (const KnobType type : kAllTypes) {
        const Knob knob = knobOf(type);
        int accepted = 0;
        for (int i = 0; i < 10000; ++i) {
            const Json json = fuzzer.json();
            const Result<Value> value = knob.fromJson(json);
            if (!value.ok()) {
                REQUIRE(value.error().line().find('\n') == std::string::npos);
                continue;
            }
            ++accepted;
            REQUIRE(isWithin(knob, *value));
            REQUIRE(*knob.fromJson(toJson(*value)) == *value);
        }
        CHECK(accepted > 10);
        CHECK(accepted < 10000);
    }
}

TEST_CASE("fuzz_validValues_goThroughTextAndJsonUnchanged") {
    Fuzzer fuzzer(3);
    for (const KnobType type : kAllTypes) {
        const Knob knob = knobOf(type);
        for (int i = 0; i < 500; ++i) {
            const Value value = fuzzer.valid(knob);
            CAPTURE(toText(value));
            REQUIRE(knob.check(value).ok());
            REQUIRE(*knob.parse(toText(value)) == value);
            const std::string json = toJson(value).dump();
            REQUIRE(*knob.fromJson(Json::parse(json)) == value);
        }
    }
}
