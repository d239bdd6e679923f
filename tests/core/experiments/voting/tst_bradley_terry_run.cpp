// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/experiments/voting/one_run.hpp"
#include "experiments/voting/bradley_terry/bradley_terry.hpp"
#include "experiments/voting/bradley_terry/examples.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace psephos;
using experiments::describeBradleyTerry;
using experiments::exampleBattles;
using experiments::makeBradleyTerry;
using test::File;
using test::Settings;

namespace {

struct Outcome : test::Outcome {
    explicit Outcome(test::Outcome outcome)
        : test::Outcome(std::move(outcome)) {}

    /// A cell of the ratings by the candidate's name; columns: 1 rating … 7 rank_high.
    double of(const std::string& name, std::size_t column) const {
        const auto& names = table("ratings").texts(0);
        const auto found = std::find(names.begin(), names.end(), name);
        REQUIRE(found != names.end());
        return table("ratings").numbers(column)[std::size_t(found - names.begin())];
    }
};

Outcome run(const Settings& settings) {
    return Outcome(test::runToTheEnd(describeBradleyTerry(), makeBradleyTerry(), settings, 2));
}

lab::Value text(const char* value) {
    return std::string(value);
}

} // namespace

TEST_CASE("bradleyTerryRun_description_isSound") {
    const auto faults = lab::validate(describeBradleyTerry());
    CAPTURE(faults);
    CHECK(faults.empty());
}

TEST_CASE("bradleyTerryRun_everyPreset_emitsEveryChannel") {
    const lab::Description description = describeBradleyTerry();
    for (const lab::Preset& preset : description.presets) {
        CAPTURE(preset.id);
        Settings settings;
        for (const lab::Setting& setting : preset.scenario.settings) {
            settings.emplace_back(setting.knob, setting.values.front());
        }
        const Outcome outcome = run(settings);
        INFO((outcome.result ? std::string() : outcome.result.error().line()));
        REQUIRE(outcome.result.ok());
        for (const lab::Channel& channel : description.channels) {
            CAPTURE(channel.id);
            CHECK(outcome.kept.frames.contains(channel.id));
        }
        CHECK(outcome.note("certificate").starts_with("Certified: "));
    }
}

TEST_CASE("bradleyTerryRun_examples_areInvented") {
    for (const auto& example : exampleBattles()) {
        CHECK(example.label.ends_with("(invented)"));
        const auto electorate = experiments::exampleBattlesElectorate(example.id);
        REQUIRE(electorate.battles);
        CHECK(electorate.pairs.names == electorate.battles->names);
    }
}

TEST_CASE("bradleyTerryRun_worthsFourTwoOne_haveTheirElo") {
    const File file("wins.csv", ",a,b,c\na,0,20,24\nb,10,0,20\nc,6,10,0\n");
    const Outcome outcome = run({{"data", file.path()}});
    REQUIRE(outcome.result.ok());
    CHECK(outcome.table("ratings").texts(0) == std::vector<std::string>{"a", "b", "c"});
    CHECK(outcome.of("a", 1) == doctest::Approx(1120.411998).epsilon(1e-9));
    CHECK(outcome.of("b", 1) == doctest::Approx(1000.0).epsilon(1e-12));
    CHECK(outcome.of("a", 2) == doctest::Approx(34.337746).epsilon(1e-7));
    CHECK(outcome.of("a", 5) == 1.0);
    CHECK(std::abs(outcome.scalar("deviance")) < 1e-9);
    const Outcome natural = run({{"data", file.path()}, {"scale", text("natural")}});
    CHECK(natural.of("a", 1) == doctest::Approx(std::log(2.0)).epsilon(1e-12));
    const Outcome anchored = run({{"data", file.path()}, {"anchor", text("c")}});
    CHECK(anchored.of("c", 1) == 1000.0);
    CHECK(anchored.of("a", 1) == doctest::Approx(1000 + 400 * std::log10(4.0)));
    CHECK(anchored.note("gauge").find("distance to it") != std::string::npos);
}

TEST_CASE("bradleyTerryRun_onePlayerUnbeaten_saysSoAndRatesTheRest") {
    const File file("wins.csv", ",a,b,c\na,0,5,0\nb,0,0,4\nc,0,3,0\n");
    const Outcome outcome = run({{"data", file.path()}});
    REQUIRE(outcome.result.ok());
    CHECK(outcome.note("groups").starts_with(
        "There is no common scale: wins connect the candidates only within 2 groups"));
    CHECK(std::isnan(outcome.of("a", 1)));
    CHECK(outcome.of("a", 5) == 1.0);
    CHECK(outcome.of("b", 1) - outcome.of("c", 1) == doctest::Approx(400 * std::log10(4.0 / 3)));
    CHECK(outcome.table("group_edges").texts(0) == std::vector<std::string>{"a"});
    CHECK(outcome.table("group_edges").numbers(2) == std::vector<double>{5.0});
    CHECK(outcome.table("race").rows() == 0);
    const Outcome ridge = run({{"data", file.path()}, {"ridge", 1.0}});
    CHECK(ridge.of("a", 1) == doctest::Approx(1166.859602).epsilon(1e-8));
    CHECK(ridge.note("groups").find("the ridge's doing") != std::string::npos);
}

TEST_CASE("bradleyTerryRun_bootstraps_areCountedAndRepeat") {
    const Settings settings{{"bootstraps", std::int64_t{60}}, {"cluster", text("student")}};
    const Outcome one = run(settings);
    const Outcome two = run(settings);
    CHECK(one.table("ratings").numbers(3) == two.table("ratings").numbers(3));
    CHECK(one.note("intervals") ==
          "Intervals hold the middle 95 % of 60 resamples of 40 whole clusters by 'student'.");
    const Outcome single = run({{"bootstraps", std::int64_t{60}}});
    CHECK(single.note("intervals").ends_with("60 resamples of single battles."));
    const Outcome sandwich = run({{"cluster", text("student")}});
    CHECK(sandwich.note("intervals").find("40 clusters by 'student'") != std::string::npos);
    CHECK(sandwich.of("Alder", 2) > run({}).of("Alder", 2));
}

TEST_CASE("bradleyTerryRun_styleAndHome_areEstimated") {
    const Outcome style = run({{"covariates", text("length_a:length_b")}});
    CHECK(style.table("coefficients").numbers(1).at(0) > 0.1);
    CHECK(style.note("covariates").find("length_a:length_b +0.") != std::string::npos);
    CHECK(style.table("flip").rows() == 0); // the search knows no covariates
    const Outcome league =
        run({{"example", text("league")}, {"home", true}, {"ties", text("rao_kupper")}});
    CHECK(league.table("coefficients").texts(0) == std::vector<std::string>{"home", "tie (eta)"});
    CHECK(league.table("coefficients").numbers(1)[1] > 1.0);
    CHECK(league.note("ties").starts_with("Rao and Kupper's η is "));
}

TEST_CASE("bradleyTerryRun_stylesInACircle_areSeenAsSuch") {
    const Outcome styles = run({{"example", text("styles")}});
    CHECK(styles.scalar("cyclic_share") > 0.8);
    CHECK(styles.scalar("cyclic_by_chance") < 0.2);
    CHECK(styles.scalar("deviance") > 4 * styles.scalar("freedom"));
    CHECK(styles.note("circles").find("a lottery can") != std::string::npos);
}

TEST_CASE("bradleyTerryRun_onlineElo_spreadsOverOrders") {
    CHECK(run({}).table("elo").rows() == 0);
    const Outcome outcome = run({{"elo_orders", std::int64_t{10}}});
    REQUIRE(outcome.table("elo").rows() == 12);
    for (std::size_t i = 0; i < 12; ++i) {
        CHECK(outcome.table("elo").numbers(2)[i] < outcome.table("elo").numbers(1)[i]);
        CHECK(outcome.table("elo").numbers(3)[i] > outcome.table("elo").numbers(1)[i]);
    }
}

TEST_CASE("bradleyTerryRun_wrongKnobs_areRefusedByName") {
    const auto refusal = [](const Settings& settings) {
        const Outcome outcome = run(settings);
        return outcome.result.ok() ? "" : outcome.result.error().line();
    };
    CHECK(refusal({{"anchor", text("Aldor")}}) ==
          "knob 'anchor': there is no candidate 'Aldor' (did you mean 'Alder'?)");
    CHECK(refusal({{"covariates", text("height")}}).starts_with("knob 'covariates': "));
    CHECK(refusal({{"cluster", text("judge")}, {"bootstraps", std::int64_t{2}}}) ==
          "knob 'cluster': the battles have no column 'judge' of words (there are: student)");
    CHECK_FALSE(refusal({{"data", text("/nowhere/at/all.csv")}}).empty());
}
