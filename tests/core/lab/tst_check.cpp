// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/check.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace psephos::lab;

namespace {

CheckRow compared(const Json& computed, const Json& expected, double tolerance,
                  double relativeTo = 0) {
    CheckRow row;
    compare(row, computed, expected, tolerance, relativeTo);
    return row;
}

} // namespace

TEST_CASE("compare_numbers_givesLargestDifference") {
    const CheckRow row = compared({{1.0, 2.0}, {3.0, 4.0}}, {{1.0, 2.5}, {3.0, 4.25}}, 0.6);
    CHECK(*row.residual == 0.5);
    CHECK(*row.pass);
    CHECK(*row.tolerance == 0.6);
    CHECK_FALSE(*compared({{1.0, 2.0}}, {{1.0, 2.5}}, 0.4).pass);
    CHECK(*compared(200.0, 201.0, 0.01, 200.0).residual == 0.005);
    CHECK(*compared(200.0, 201.0, 0.01, 200.0).pass);
    CHECK(*compared(3, 3.0, 0).pass);
}

TEST_CASE("compare_shapesThatDiffer_doNotPass") {
    CHECK_FALSE(*compared({1.0, 2.0}, {1.0}, 1).pass);
    CHECK_FALSE(*compared({1.0, 2.0}, 1.0, 1).pass);
    CHECK_FALSE(*compared({{"a", 1.0}}, {{"b", 1.0}}, 1).pass);
    CHECK_FALSE(compared({1.0, 2.0}, {1.0}, 1).residual.has_value());
}

TEST_CASE("compare_null_equalsNullOnly") {
    CHECK(*compared(nullptr, nullptr, 1).pass);
    CHECK_FALSE(compared(nullptr, nullptr, 1).residual.has_value());
    CHECK_FALSE(*compared(nullptr, 1.0, 1).pass);
    CHECK_FALSE(*compared(1.0, nullptr, 1).pass);
    CHECK_FALSE(*compared({1.0, nullptr}, {1.0, 2.0}, 1).pass);
    CHECK(*compared({1.0, nullptr}, {1.0, nullptr}, 0).pass);
}

TEST_CASE("compare_notFinite_doesNotPass") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinity = std::numeric_limits<double>::infinity();
    CHECK_FALSE(*compared(nan, 1.0, 1).pass);
    CHECK_FALSE(*compared({nan, 1.0}, {1.0, 1.0}, 1).pass);
    CHECK_FALSE(*compared({1.0, nan}, {1.0, 1.0}, 1).pass);
    CHECK_FALSE(*compared(infinity, infinity, 1).pass);
    CHECK_FALSE(*compared(infinity, 1.0, 1).pass);
}

TEST_CASE("compare_wordsAndObjects_byKey") {
    CHECK(*compared({{"a", 0.5}, {"b", 0.5}}, {{"b", 0.5}, {"a", 0.5}}, 0).pass);
    CHECK(*compared(Json::array({"a", true}), Json::array({"a", true}), 0).pass);
    CHECK_FALSE(*compared("a", "b", 0).pass);
}

TEST_CASE("checkRow_asJson_hasEveryKeyInOrder") {
    CheckRow row;
    row.area = "optim";
    row.caseName = "sgd";
    row.quantity = "params_after_call.1";
    row.implementation = "textbook";
    compare(row, 1.0, 1.0, 1e-12);
    CHECK(toJson(row).dump() ==
          R"({"area":"optim","case":"sgd","quantity":"params_after_call.1",)"
          R"("implementation":"textbook","device":"cpu","computed":1.0,"expected":1.0,)"
          R"("residual":0.0,"tolerance":1e-12,"pass":true})");
    row.pass.reset();
    CHECK(toJson(row)["pass"].is_null());
    CHECK(checkAreas().size() == 8);
}
