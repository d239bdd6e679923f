// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/files/json.hpp"
#include "optim/engine/golden.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace psephos;
using namespace psephos::optim;

namespace {

std::vector<lab::CheckRow> check(const std::string& precision, lab::Json document) {
    std::vector<lab::CheckRow> rows;
    const auto done =
        textbook::checkGolden(document, "test.json", engine::goldenTarget(precision, "cpu"), rows);
    INFO((done.ok() ? std::string() : done.error().line()));
    REQUIRE(done.ok());
    return rows;
}

lab::Json document() {
    auto json = textbook::embeddedGolden();
    REQUIRE(json.ok());
    return *json;
}

void checkAllPass(const std::vector<lab::CheckRow>& rows) {
    std::size_t judged = 0;
    for (const lab::CheckRow& row : rows) {
        INFO(row.caseName << " " << row.quantity << " residual "
                          << (row.residual ? *row.residual : -1.0) << " tolerance "
                          << (row.tolerance ? *row.tolerance : -1.0));
        CHECK((!row.pass || *row.pass));
        judged += row.pass ? 1 : 0;
    }
    CHECK(judged > 80);
}

} // namespace

TEST_CASE("engineGolden_float64_everyAvailableQuantityPasses") {
    checkAllPass(check("float64", document()));
}

TEST_CASE("engineGolden_float32_everyAvailableQuantityPasses") {
    checkAllPass(check("float32", document()));
}

TEST_CASE("engineGolden_judgedCases_areTheTextbooks") {
    const auto judged = [](const std::vector<lab::CheckRow>& rows) {
        std::set<std::pair<std::string, std::string>> names;
        for (const lab::CheckRow& row : rows) {
            if (row.pass) {
                names.insert({row.caseName, row.quantity});
            }
        }
        return names;
    };
    std::vector<lab::CheckRow> reference;
    auto target = textbook::textbookTarget();
    target.testFunctions = false;
    REQUIRE(textbook::checkGolden(document(), "test.json", target, reference).ok());
    CHECK(judged(check("float64", document())) == judged(reference));
}

TEST_CASE("engineGolden_wrongExpectation_misses") {
    lab::Json json = document();
    json["cases"]["soap_f5"]["params_after_call"]["25"][0][0] = 0.5;
    const auto rows = check("float64", json);
    const auto missed = std::count_if(
        rows.begin(), rows.end(), [](const lab::CheckRow& row) { return row.pass && !*row.pass; });
    CHECK(missed == 1);
}

TEST_CASE("engineGolden_registeredCheck_marksFloat32Rows") {
    lab::CheckRegistry registry;
    engine::registerChecks(registry);
    REQUIRE(registry.checks().size() == 1);
    CHECK(registry.checks().front().area == "optim");
    std::vector<lab::CheckRow> rows;
    REQUIRE(registry.checks().front().run({}, rows).ok());
    std::set<std::tuple<std::string, std::string>> names;
    for (const lab::CheckRow& row : rows) {
        CHECK(row.implementation == "engine");
        CHECK(row.device == "cpu");
        CHECK(names.insert({row.caseName, row.quantity}).second);
    }
    CHECK(std::any_of(rows.begin(), rows.end(), [](const lab::CheckRow& row) {
        return row.quantity == "params_after_call.25 (float32)";
    }));
}
