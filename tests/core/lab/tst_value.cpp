// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/value.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

using namespace psephos::lab;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

double readBack(const std::string& text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    REQUIRE(error == std::errc());
    REQUIRE(end == text.data() + text.size());
    return number;
}

} // namespace

TEST_CASE("number_asText_isShortAndReadable") {
    CHECK(toText(0.01) == "0.01");
    CHECK(toText(1e-5) == "1e-5");
    CHECK(toText(3e-10) == "3e-10");
    CHECK(toText(1e20) == "1e20");
    CHECK(toText(1e100) == "1e100");
    CHECK(toText(100.0) == "100");
    CHECK(toText(-0.0) == "-0");
    CHECK(toText(kNaN) == "nan");
    CHECK(toText(-kInfinity) == "-inf");
}

TEST_CASE("number_asTextAndJson_readsBackBitForBit") {
    std::uint64_t bits = 88172645463325252u;
    int finite = 0;
    for (int i = 0; i < 20000; ++i) {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        const auto number = std::bit_cast<double>(bits);
        if (!std::isfinite(number)) {
            continue;
        }
        ++finite;
        CHECK(std::bit_cast<std::uint64_t>(readBack(toText(number))) == bits);
        const std::string json = toJson(Value(number)).dump();
        CHECK(std::bit_cast<std::uint64_t>(Json::parse(json).get<double>()) == bits);
    }
    CHECK(finite > 19000);
    for (const double number : {5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, -0.0}) {
        CHECK(std::bit_cast<std::uint64_t>(readBack(toText(number))) ==
              std::bit_cast<std::uint64_t>(number));
    }
}

TEST_CASE("value_asJson_keepsTypeAndMarksWhatIsNotFinite") {
    CHECK(toJson(Value(true)).dump() == "true");
    CHECK(toJson(Value(std::int64_t{3})).dump() == "3");
    CHECK(toJson(Value(3.0)).dump() == "3.0");
    CHECK(toJson(Value(kInfinity)).is_null());
    CHECK(toJson(Value(std::string("a\"b"))).dump() == R"("a\"b")");
    CHECK(toJson(Value(Special{"auto"})).dump() == R"("auto")");
    CHECK(toJson(Value(ChoicesValue{"a", "b"})).dump() == R"(["a","b"])");
    CHECK(toJson(Value(PointValue{1, -0.5})).dump() == "[1.0,-0.5]");
    CHECK(toJson(Value(MatrixValue{2, 2, {1, kNaN, 3, 4}})).dump() == "[[1.0,null],[3.0,4.0]]");
    CHECK(toJson(Value(MatrixValue{})).dump() == "[]");
}

TEST_CASE("value_asText_isTheCommandLinesForm") {
    CHECK(toText(Value(false)) == "false");
    CHECK(toText(Value(std::int64_t{-3})) == "-3");
    CHECK(toText(Value(PointValue{-1.2, 1})) == "[-1.2,1]");
    CHECK(toText(Value(ChoicesValue{"a", "b,c"})) == R"([a,"b,c"])");
    CHECK(toText(Value(MatrixValue{1, 2, {1, kNaN}})) == "[[1,null]]");
    CHECK(toText(Value(Special{"auto"})) == "auto");
    CHECK(toText(Value(std::string("a b,c"))) == "a b,c");
    CHECK(toText(Value(std::string("[x]"))) == R"("[x]")");
    CHECK(toItemText(Value(std::string("a,b"))) == R"("a,b")");
    CHECK(toItemText(Value(std::string())) == R"("")");
}

TEST_CASE("matrix_equality_takesUnsetCellsAsEqual") {
    CHECK(MatrixValue{1, 2, {1, kNaN}} == MatrixValue{1, 2, {1, kNaN}});
    CHECK_FALSE(MatrixValue{1, 2, {1, kNaN}} == MatrixValue{1, 2, {1, 0}});
    CHECK_FALSE(MatrixValue{1, 2, {1, 2}} == MatrixValue{2, 1, {1, 2}});
}
