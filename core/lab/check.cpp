// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/check.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace psephos::lab {

namespace {

/// What a comparison has found so far.
struct Finding {
    double largest = 0;      ///< absolute difference of numbers
    bool hasNumbers = false; ///< whether any two were subtracted
    bool isSame = true;      ///< in shape and in everything that is no number
};

void compareNodes(const Json& computed, const Json& expected, Finding& finding) {
    if (computed.is_number() && expected.is_number()) {
        const double difference = std::abs(computed.get<double>() - expected.get<double>());
        finding.hasNumbers = true;
        // NaN never passes, and neither does an infinity.
        finding.largest = std::isnan(difference) || std::isnan(finding.largest)
                              ? std::numeric_limits<double>::quiet_NaN()
                              : std::max(finding.largest, difference);
        return;
    }
    if (computed.is_array() && expected.is_array() && computed.size() == expected.size()) {
        for (std::size_t i = 0; i < expected.size(); ++i) {
            compareNodes(computed[i], expected[i], finding);
        }
        return;
    }
    if (computed.is_object() && expected.is_object() && computed.size() == expected.size()) {
        for (const auto& [key, value] : expected.items()) {
            const auto found = computed.find(key);
            if (found == computed.end()) {
                finding.isSame = false;
            } else {
                compareNodes(*found, value, finding);
            }
        }
        return;
    }
    finding.isSame = finding.isSame && !computed.is_structured() && computed == expected;
}

} // namespace

Json toJson(const CheckRow& row) {
    const auto number = [](const std::optional<double>& value) {
        return value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
    };
    Json json = Json::object();
    json["area"] = row.area;
    json["case"] = row.caseName;
    json["quantity"] = row.quantity;
    json["implementation"] = row.implementation;
    json["device"] = row.device;
    json["computed"] = row.computed;
    json["expected"] = row.expected;
    json["residual"] = number(row.residual);
    json["tolerance"] = number(row.tolerance);
    json["pass"] = row.pass ? Json(*row.pass) : Json(nullptr);
    return json;
}

const std::vector<std::string>& checkAreas() {
    static const std::vector<std::string> kAreas = {
        "optim", "spectra", "expressivity", "voting", "alignment", "slates", "llm", "lab"};
    return kAreas;
}

void compare(CheckRow& row, Json computed, Json expected, double tolerance, double relativeTo) {
    Finding finding;
    compareNodes(computed, expected, finding);
    row.tolerance = tolerance;
    row.residual.reset();
    if (finding.hasNumbers && finding.isSame) {
        row.residual = relativeTo > 0 ? finding.largest / relativeTo : finding.largest;
    }
    row.pass = finding.isSame && (!row.residual || *row.residual <= tolerance);
    row.computed = std::move(computed);
    row.expected = std::move(expected);
}

} // namespace psephos::lab
