// SPDX-License-Identifier: GPL-3.0-or-later
// What a run of optim.train shows of its optimizer's inside.
#include "core/experiments/optim/train_harness.hpp"

#include <chrono>
#include <cmath>
#include <numeric>
#include <set>

using namespace psephos;
using namespace psephos::test;

namespace {

const char* const kOptimizers[] = {"sgd",  "adamw",     "shampoo", "soap",
                                   "muon", "adafactor", "lion",    "schedule_free"};

Settings looking(const char* optimizer, std::int64_t every) {
    return {{"optimizer", word(optimizer)},
            {"watch_every", every},
            {"soap.f", std::int64_t{4}},
            {"shampoo.f", std::int64_t{4}}};
}

double sum(const std::vector<double>& numbers) {
    return std::accumulate(numbers.begin(), numbers.end(), 0.0, [](double all, double each) {
        return std::isnan(each) ? all : all + each;
    });
}

double of(const lab::Table& table, const std::string& name, std::size_t column) {
    const auto& names = table.texts(0);
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name) {
            return table.numbers(column)[i];
        }
    }
    FAIL("no row ", name);
    return 0.0;
}

bool hasRows(const Keeper& keeper, const char* channel) {
    return keeper.rows.count(channel) == 1;
}

} // namespace

TEST_CASE("train_watched_hasTheNumbersOfOneThatIsNot") {
    for (const char* optimizer : kOptimizers) {
        for (const char* task : {"char_lm", "mnist1d"}) {
            CAPTURE(optimizer);
            CAPTURE(task);
            Settings settings = looking(optimizer, 0);
            settings.emplace_back("task", word(task));
            const Keeper alone = runAll(tinyScenario(settings));
            settings[1].second = std::int64_t{1};
            const Keeper watched = runAll(tinyScenario(settings));
            for (const char* channel : {"loss/train", "loss/validation", "norm/update"}) {
                CHECK(alone.rows.at(channel) == watched.rows.at(channel));
            }
            CHECK(alone.samples == watched.samples);
            CHECK(alone.tables.empty());
            CHECK(alone.grids.empty());
            CHECK(alone.texts.empty());
            CHECK(watched.tables.at("update/spectrum").size() >= 11); // SOAP's first step is none
        }
    }
}

TEST_CASE("train_looks_areAsOftenAsAsked_andTellWhatTheOptimizerKeeps") {
    for (const char* optimizer : kOptimizers) {
        CAPTURE(optimizer);
        const std::string name = optimizer;
        const Keeper keeper = runAll(tinyScenario(looking(optimizer, 5)));
        REQUIRE(keeper.texts.at("watched").size() == 3);
        CHECK(keeper.texts.at("watched")[0].second.ends_with(" × 16"));
        std::vector<std::int64_t> steps;
        for (const auto& [step, table] : keeper.tables.at("update/spectrum")) {
            steps.push_back(step);
            REQUIRE(table.numbers(1).size() == 16);
            double squares = 0.0;
            for (const double value : table.numbers(1)) {
                squares += value * value;
            }
            CHECK(squares == doctest::Approx(16.0));
        }
        CHECK(steps == std::vector<std::int64_t>{5, 10, 12});
        const bool hasBases = name == "soap" || name == "shampoo";
        CHECK((keeper.grids.count("basis/left") == 1) == hasBases);
        CHECK(hasRows(keeper, "residual/left") == hasBases);
        CHECK(hasRows(keeper, "residual/right") == hasBases);
        CHECK(hasRows(keeper, "refresh") == hasBases);
        const std::set<std::string> withV{"soap", "adamw", "shampoo", "schedule_free"};
        CHECK(hasRows(keeper, "rank1/own") == (withV.count(name) == 1));
        CHECK(hasRows(keeper, "rank1/axes") == (name == "soap" || name == "adafactor"));
        for (const char* channel : {"residual/left", "residual/right", "rank1/own", "rank1/axes"}) {
            for (const auto& [step, value] : keeper.rows.count(channel)
                                                 ? keeper.rows.at(channel)
                                                 : decltype(keeper.rows)::mapped_type{}) {
                CHECK(value >= 0.0);
                CHECK(value < 1.0);
            }
        }
    }
}

TEST_CASE("train_spectrum_ofMuonIsFlat_thatOfSgdSpiked") {
    const auto first = [](const char* optimizer) {
        return runAll(tinyScenario(looking(optimizer, 12)))
            .tables.at("update/spectrum")
            .back()
            .second.numbers(1)
            .front();
    };
    const double muon = first("muon");
    CHECK(muon < 1.5);
    CHECK(first("soap") > muon);
    CHECK(first("sgd") > 1.5 * muon);
    CHECK(first("sgd") > first("soap"));
}

TEST_CASE("train_residual_fallsAtRefreshes_andIsZeroInShampoosEigenvectors") {
    // Refreshes at the steps 1 and 4, 8, 12 of Shampoo, 5, 9 of SOAP.
    const Keeper shampoo = runAll(tinyScenario(looking("shampoo", 4)));
    CHECK(shampoo.steps("refresh") == std::vector<std::int64_t>{1, 4, 8, 12});
    CHECK(shampoo.steps("residual/left") == std::vector<std::int64_t>{3, 4, 7, 8, 11, 12});
    for (const auto& [step, value] : shampoo.rows.at("residual/left")) {
        CAPTURE(step);
        CHECK((step % 4 == 0 ? value < 1e-3 : value > 1e-2));
    }
    const Keeper soap = runAll(tinyScenario(looking("soap", 4)));
    CHECK(soap.steps("refresh") == std::vector<std::int64_t>{1, 5, 9});
    CHECK(soap.steps("residual/left") == std::vector<std::int64_t>{4, 5, 8, 9, 12});
    const auto& residual = soap.rows.at("residual/left");
    CHECK(residual[1].second < residual[0].second);
    CHECK(residual[3].second < residual[2].second);
    // A refresh a step: a look, and what it was before.
    Settings dense = looking("soap", 4);
    dense[2].second = std::int64_t{1};
    CHECK(runAll(tinyScenario(dense)).steps("residual/left") ==
          std::vector<std::int64_t>{3, 4, 7, 8, 11, 12});
}

TEST_CASE("train_turn_isAnOrthogonalMatrixCellByCell") {
    for (const char* optimizer : {"soap", "shampoo"}) {
        CAPTURE(optimizer);
        const Keeper keeper = runAll(tinyScenario(looking(optimizer, 2)));
        for (const char* channel : {"basis/left", "basis/right"}) {
            const auto& frames = keeper.grids.at(channel);
            CHECK(frames.size() >= 2);
            for (const auto& [step, grid] : frames) {
                const std::size_t size = grid.x.size();
                CHECK((size == 16 || size == 32)); // 64 directions are gathered
                CHECK(grid.x.at[1] == (size == 16 ? 2.0 : 3.0));
                for (std::size_t column = 0; column < size; ++column) {
                    double squares = 0.0;
                    for (std::size_t row = 0; row < size; ++row) {
                        squares += grid.at(row, column) * grid.at(row, column);
                    }
                    CHECK(squares == doctest::Approx(1.0).epsilon(1e-3));
                }
            }
        }
    }
}

TEST_CASE("train_phases_addUpToGradientAndStep") {
    for (const char* optimizer : {"sgd", "soap", "muon", "shampoo"}) {
        CAPTURE(optimizer);
        const Keeper keeper = runAll(tinyScenario(looking(optimizer, 4)));
        const lab::Table& table = keeper.tables.at("time/phases").back().second;
        double spent = 0.0;
        for (const char* channel : {"time/gradient", "time/optimizer"}) {
            for (const auto& [step, milliseconds] : keeper.rows.at(channel)) {
                spent += milliseconds;
            }
        }
        CHECK(sum(table.numbers(1)) == doctest::Approx(spent / 12.0));
        CHECK(of(table, "gradient", 1) > 0.0);
        CHECK(std::isnan(of(table, "gradient", 2)));
        const bool isSoap = std::string(optimizer) == "soap";
        CHECK((of(table, "project back", 1) > 0.0) == isSoap);
        CHECK((of(table, "project back", 2) > 0.0) == isSoap);
        CHECK((of(table, "refresh", 2) > 0.0) == (isSoap || std::string(optimizer) == "shampoo"));
        CHECK((of(table, "orthogonalise", 2) > 0.0) == (std::string(optimizer) == "muon"));
    }
}

TEST_CASE("train_memory_isByPurpose_andBesideTheFormula") {
    const auto at = [](const char* optimizer, const Settings& more) {
        Settings settings = looking(optimizer, 12);
        settings.insert(settings.end(), more.begin(), more.end());
        return runAll(tinyScenario(settings));
    };
    const auto held = [](const Keeper& keeper) {
        const lab::Table& table = keeper.tables.at("memory").back().second;
        return of(table, "gradients", 1) + of(table, "first moment", 1) +
               of(table, "second moment", 1) + of(table, "Gram matrices", 1) +
               of(table, "bases and roots", 1);
    };
    const Keeper soap = at("soap", {});
    CHECK(held(soap) == doctest::Approx(soap.rows.at("memory/formula").back().second));
    const Keeper lean =
        at("soap", {{"soap.second_moment", word("factored")}, {"soap.sides", word("smaller")}});
    CHECK(held(lean) == doctest::Approx(lean.rows.at("memory/formula").back().second));
    const Keeper adamw = at("adamw", {});
    CHECK(held(adamw) == doctest::Approx(adamw.rows.at("memory/formula").back().second));
    CHECK(held(lean) < held(soap));
    CHECK(held(soap) > held(adamw));
    CHECK(held(at("shampoo", {})) == doctest::Approx(held(soap)));
    CHECK_FALSE(hasRows(at("muon", {}), "memory/formula"));
    CHECK(of(at("sgd", {}).tables.at("memory").back().second, "second moment", 1) == 0.0);
}

TEST_CASE("train_watchedByName_isThatMatrix_andAnotherNameIsRefused") {
    Settings settings = looking("soap", 5);
    settings.emplace_back("task", word("mnist1d"));
    settings.emplace_back("watch", word("no.such"));
    Keeper keeper;
    Session session(tinyScenario(settings), keeper);
    const auto started = session.start();
    REQUIRE_FALSE(started.ok());
    const std::string error = started.error().line();
    CHECK(error.find("'no.such'") != std::string::npos);
    const auto begin = error.find("one of ") + 7;
    const std::string name = error.substr(begin, error.find(',', begin) - begin);
    settings.back().second = name;
    const Keeper watched = runAll(tinyScenario(settings));
    CHECK(watched.texts.at("watched")[0].second.starts_with(name + ", "));
}

TEST_CASE("train_watchEvery_auto_isFiftyLooksAtMost") {
    const auto every = [](std::int64_t steps) {
        return tinyScenario({{"steps", steps}}).knobs.integer("watch_every");
    };
    CHECK(every(12) == 10);
    CHECK(every(500) == 10);
    CHECK(every(501) == 11);
    CHECK(every(100'000) == 2000);
}

TEST_CASE("train_forkedFromSoapToAdamw_endsWhatSoapShowed") {
    Keeper parent;
    Session first(tinyScenario(looking("soap", 2)), parent);
    REQUIRE(first.start().ok());
    first.advanceTo(6);
    const std::string bytes = first.save();
    Keeper forked;
    Session session(tinyScenario(looking("adamw", 2)), forked);
    REQUIRE(session.restore(6, bytes).ok());
    session.advanceTo(12);
    REQUIRE(forked.grids.at("basis/left").size() == 1);
    CHECK(forked.grids.at("basis/left")[0].second.values.empty());
    CHECK_FALSE(hasRows(forked, "residual/left"));
    CHECK(hasRows(forked, "rank1/own"));
    // The costs are AdamW's alone.
    CHECK(of(forked.tables.at("time/phases").back().second, "refresh", 1) == 0.0);
    CHECK(of(forked.tables.at("memory").back().second, "bases and roots", 1) == 0.0);
}

TEST_CASE("train_looking_isOffTheClock") {
    // A row a step, but a spectrum of 160 × 160 at each: looking is most of the wall time.
    Settings settings = looking("sgd", 1);
    settings.insert(settings.end(), {{"task", word("mnist1d")},
                                     {"hidden_width", std::int64_t{160}},
                                     {"batch", std::int64_t{1}},
                                     {"validate_every", std::int64_t{100}},
                                     {"steps", std::int64_t{30}}});
    Keeper keeper;
    Session session(tinyScenario(settings), keeper);
    REQUIRE(session.start().ok());
    const auto begin = std::chrono::steady_clock::now();
    session.context().clock().start();
    session.advanceTo(29); // the last step validates
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
    CHECK(keeper.tables.at("update/spectrum").size() == 29);
    CHECK(session.context().clock().seconds() < 0.6 * wall.count());
}
