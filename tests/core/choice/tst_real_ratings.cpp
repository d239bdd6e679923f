// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/golden.hpp"
#include "skip.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace psephos;

TEST_CASE("realRatings_whereTheDataAreAtHand_areThePublishedOnes") {
    if (test::dataFolder().empty()) {
        return test::skip("PSEPHOS_DATA is not set");
    }
    lab::CheckRegistry registry;
    choice::registerRealRatings(registry);
    std::vector<lab::CheckRow> rows;
    const auto checked = registry.checks().front().run({}, rows);
    INFO((checked ? std::string() : checked.error().line()));
    REQUIRE(checked.ok());
    std::set<std::string> cases;
    for (const lab::CheckRow& row : rows) {
        CAPTURE(row.caseName);
        CAPTURE(row.quantity);
        CAPTURE(row.computed.dump());
        CHECK(row.pass.value_or(false));
        cases.insert(row.caseName);
    }
    CHECK(cases ==
          std::set<std::string>{"AlpacaEval 2", "baseball 1987", "llmfao crowd", "pudding 1970"});
}
