// SPDX-License-Identifier: GPL-3.0-or-later
// The race that a basis warm-up decides, in miniature.
#include "experiments/optim/train/race.hpp"
#include "lab/check.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace psephos;
using experiments::train::BasisRace;

namespace {

/// A third of a second a run.
BasisRace miniature() {
    BasisRace race;
    race.settings = {"steps=100",       "batch=16",           "char_lm.width=32",
                     "char_lm.heads=2", "char_lm.context=32", "validate_every=100"};
    race.rate = 0.03;
    race.seeds = {0};
    race.leastLag = 0.05;
    race.mostLag = 0.04;
    return race;
}

std::vector<lab::CheckRow> rowsOf(const BasisRace& race) {
    std::vector<lab::CheckRow> rows;
    const auto checked = experiments::train::checkRace(race, "cpu", rows);
    INFO((checked.ok() ? std::string() : checked.error().line()));
    REQUIRE(checked.ok());
    return rows;
}

const lab::CheckRow& rowOf(const std::vector<lab::CheckRow>& rows, const std::string& quantity) {
    const auto row = std::find_if(rows.begin(), rows.end(), [&quantity](const auto& each) {
        return each.quantity == quantity;
    });
    REQUIRE_MESSAGE(row != rows.end(), quantity);
    return *row;
}

} // namespace

TEST_CASE("trainRace_inMiniature_isDecidedByTheBasisWarmup") {
    const auto rows = rowsOf(miniature());
    int expected = 0;
    for (const lab::CheckRow& row : rows) {
        CAPTURE(row.quantity);
        CAPTURE(row.computed.dump());
        CHECK(row.computed.is_null() == false);
        CHECK(row.pass.value_or(true));
        expected += row.pass ? 1 : 0;
    }
    CHECK(expected == 3);
}

TEST_CASE("trainRace_untrained_showsNothing") {
    BasisRace race = miniature();
    race.settings = {"steps=2",         "batch=2",           "char_lm.width=16", "char_lm.layers=1",
                     "char_lm.heads=2", "char_lm.context=8", "warmup=1"};
    race.seeds = {3, 4};
    const auto rows = rowsOf(race);
    CHECK(rows.size() == 11);
    CHECK_FALSE(*rowOf(rows, "soap f=10 behind f=1, at least").pass);
    const lab::CheckRow& loss = rowOf(rows, "held-out loss of soap f=10 warm-up 30");
    CHECK_FALSE(loss.pass.has_value());
    REQUIRE(loss.computed.size() == 2);
    CHECK(loss.computed[0] != loss.computed[1]);
    CHECK(*loss.residual ==
          doctest::Approx((loss.computed[0].get<double>() + loss.computed[1].get<double>()) / 2));
    CHECK(rowsOf(race)[0].computed == rows[0].computed); // it repeats
    race.mostLag = -1.0;
    CHECK_FALSE(*rowOf(rowsOf(race), "soap f=10 warm-up 30 behind f=1, at most").pass);
}

TEST_CASE("trainRace_badSetting_isNamed") {
    BasisRace race = miniature();
    race.settings = {"char_lm.widht=16"};
    std::vector<lab::CheckRow> rows;
    const auto checked = experiments::train::checkRace(race, "cpu", rows);
    REQUIRE_FALSE(checked.ok());
    CHECK(checked.error().line().find("char_lm.widht") != std::string::npos);
}
