// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/bradley_terry.hpp"
#include "choice/paired_covariates.hpp"
#include "choice/paired_model.hpp"
#include "comparisons.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>

using namespace psephos;
using namespace psephos::choice;
using psephos::testing::countsOf;
using psephos::testing::randomCounts;

namespace {

constexpr std::array kTieModels{TieModel::Half, TieModel::Dropped, TieModel::Davidson,
                                TieModel::RaoKupper};

lab::Result<PairedFit> fitOf(const PairedData& data, TieModel ties, double ridge = 0.0) {
    return PairedModel(ties, ridge, pairedComponents(data, ties)).fit(data);
}

/// Battles of three clubs with an advantage at home, from a fixed stream.
ballots::Battles clubs() {
    ballots::Battles battles;
    battles.names = {"Reds", "Blues", "Greens"};
    std::mt19937_64 engine(4);
    std::uniform_real_distribution<double> uniform;
    ballots::Covariate rest{"rest", {}};
    ballots::Covariate goalsA{"goals_a", {}};
    ballots::Covariate goalsB{"goals_b", {}};
    const std::vector<double> strengths{0.5, 0.0, -0.4};
    for (std::uint32_t k = 0; k < 300; ++k) {
        const std::uint32_t first = k % 3;
        const std::uint32_t second = (first + 1 + k / 3 % 2) % 3;
        rest.values.push_back(std::floor(4 * uniform(engine)) - 1.5);
        goalsA.values.push_back(std::floor(5 * uniform(engine)));
        goalsB.values.push_back(std::floor(5 * uniform(engine)));
        const double d = strengths[first] - strengths[second] + 0.4 + 0.2 * rest.values.back();
        const double draw = uniform(engine);
        battles.first.push_back(first);
        battles.second.push_back(second);
        battles.outcomes.push_back(draw < 0.2 ? ballots::Outcome::Tie
                                   : draw < 0.2 + 0.8 / (1 + std::exp(-d))
                                       ? ballots::Outcome::First
                                       : ballots::Outcome::Second);
    }
    battles.covariates = {rest, goalsA, goalsB};
    return battles;
}

} // namespace

TEST_CASE("outcomeLaw_derivatives_agreeWithDifferences") {
    constexpr double h = 1e-5;
    for (const TieModel ties : kTieModels) {
        for (const double d : {-3.0, -0.2, 0.0, 1.7}) {
            for (const double t : {0.1, 0.9}) {
                const OutcomeLaw law = outcomeLaw(ties, d, t);
                for (std::size_t o = 0; o < 3; ++o) {
                    const auto at = [&](double dd, double tt) {
                        return outcomeLaw(ties, d + dd, t + tt);
                    };
                    CAPTURE(int(ties));
                    CAPTURE(o);
                    const auto near = [](double value) {
                        return doctest::Approx(value).epsilon(1e-7).scale(1.0);
                    };
                    CHECK(law.d[o] == near((at(h, 0).log[o] - at(-h, 0).log[o]) / (2 * h)));
                    CHECK(law.t[o] == near((at(0, h).log[o] - at(0, -h).log[o]) / (2 * h)));
                    CHECK(law.dd[o] == near((at(h, 0).d[o] - at(-h, 0).d[o]) / (2 * h)));
                    CHECK(law.dt[o] == near((at(0, h).d[o] - at(0, -h).d[o]) / (2 * h)));
                    CHECK(law.tt[o] == near((at(0, h).t[o] - at(0, -h).t[o]) / (2 * h)));
                }
                if (ties == TieModel::Davidson || ties == TieModel::RaoKupper) {
                    CHECK(std::exp(law.log[0]) + std::exp(law.log[1]) + std::exp(law.log[2]) ==
                          doctest::Approx(1.0).epsilon(1e-14));
                }
            }
        }
    }
}

TEST_CASE("pairedModel_halves_areBradleyAndTerrys") {
    const auto counts = randomCounts(9, 7, 0.3, 12);
    for (const auto& [ties, as] : {std::pair{TieModel::Half, ballots::Ties::Half},
                                   std::pair{TieModel::Dropped, ballots::Ties::Dropped}}) {
        for (const double ridge : {0.0, 0.3}) {
            const auto dense = fitBradleyTerry(winsWithTies(counts, as), 9, ridge);
            const auto general = fitOf(pairedData(counts), ties, ridge);
            REQUIRE((dense.ok() && general.ok()));
            for (std::size_t i = 0; i < 9; ++i) {
                CHECK(std::abs(dense->strengths[i] - general->strengths[i]) < 1e-12);
            }
            CHECK(general->logLikelihood == doctest::Approx(dense->logLikelihood).epsilon(1e-12));
            CHECK(std::isnan(general->tie));
        }
    }
}

TEST_CASE("pairedModel_tieModels_matchTheirOwnTieCounts") {
    // At the maximum the expected number of ties is the observed one (Davidson's score equation).
    const auto counts = randomCounts(6, 12, 0.3, 1);
    const PairedData data = pairedData(counts);
    const auto fit = fitOf(data, TieModel::Davidson);
    REQUIRE(fit.ok());
    double expected = 0.0;
    double observed = 0.0;
    for (const PairedCell& cell : data.cells) {
        const double d = fit->strengths[cell.first] - fit->strengths[cell.second];
        const double battles = cell.counts[0] + cell.counts[1] + cell.counts[2];
        expected +=
            battles * std::exp(outcomeLaw(TieModel::Davidson, d, std::log(fit->tie)).log[1]);
        observed += cell.counts[1];
    }
    CHECK(expected == doctest::Approx(observed).epsilon(1e-10));
}

TEST_CASE("pairedModel_withoutTies_isBradleyAndTerrys") {
    const auto counts = randomCounts(5, 8, 0.0, 6);
    const auto plain = fitOf(pairedData(counts), TieModel::Half);
    const auto davidson = fitOf(pairedData(counts), TieModel::Davidson);
    const auto raoKupper = fitOf(pairedData(counts), TieModel::RaoKupper);
    REQUIRE((plain.ok() && davidson.ok() && raoKupper.ok()));
    CHECK(davidson->strengths == plain->strengths);
    CHECK(raoKupper->strengths == plain->strengths);
    CHECK(davidson->tie == 0.0);
    CHECK(raoKupper->tie == 1.0);
}

TEST_CASE("pairedModel_noMaximum_isRefused") {
    const auto allTied = countsOf(2, {0, 0, 0, 0}, {0, 5, 5, 0});
    CHECK(fitOf(pairedData(allTied), TieModel::Davidson)
              .error()
              .message.starts_with("every battle is a tie"));
    const auto halves = fitOf(pairedData(allTied), TieModel::Half);
    REQUIRE(halves.ok());
    CHECK(halves->strengths == std::vector<double>{0.0, 0.0});
    // Ties connect the two, yet w₂ = 0 lets Davidson's ratio grow without end.
    const auto unbeaten = countsOf(2, {0, 6, 0, 0}, {0, 4, 4, 0});
    CHECK_FALSE(fitOf(pairedData(unbeaten), TieModel::Davidson).ok());
    CHECK(fitOf(pairedData(unbeaten), TieModel::Davidson, 0.1).ok());
    CHECK(fitOf(pairedData(unbeaten), TieModel::Half).ok());
}

TEST_CASE("pairedModel_groupsThatNeverLost_areFittedOneByOne") {
    // a and b beat each other, so do c and d; nobody of the second pair ever beat the first.
    const auto counts = countsOf(4, {0, 3, 5, 5, 1, 0, 5, 5, 0, 0, 0, 2, 0, 0, 8, 0});
    const PairedData data = pairedData(counts);
    const auto fit = fitOf(data, TieModel::Half);
    REQUIRE(fit.ok());
    CHECK(fit->strengths[0] - fit->strengths[1] == doctest::Approx(std::log(3.0)));
    CHECK(fit->strengths[3] - fit->strengths[2] == doctest::Approx(std::log(4.0)));
    CHECK(fit->strengths[0] + fit->strengths[1] == doctest::Approx(0.0).epsilon(1e-12));
    CHECK(fit->strengths[2] + fit->strengths[3] == doctest::Approx(0.0).epsilon(1e-12));
    const PairedModel model(TieModel::Half, 0.0, pairedComponents(data, TieModel::Half));
    CHECK(model.components().size() == 2);
    const auto covariance = model.covariance(data, *fit);
    REQUIRE(covariance.ok());
    // Two candidates, w : l: the difference has variance 1/w + 1/l, each a quarter of it.
    CHECK(covariance->fisher[0] == doctest::Approx((1.0 / 3 + 1.0) / 4));
    CHECK(covariance->fisher[15] == doctest::Approx((1.0 / 8 + 1.0 / 2) / 4));
    CHECK(std::abs(covariance->fisher[2]) < 1e-15); // between groups nothing is known
}

TEST_CASE("pairedModel_homeAdvantageOfTwo_hasItsClosedForm") {
    // At home the first wins 8 : 2, away 3 : 5: logits ln 4 and ln 0.6 are θ ± h.
    ballots::Battles battles;
    battles.names = {"a", "b"};
    const auto add = [&](std::uint32_t home, ballots::Outcome outcome, double times) {
        battles.first.push_back(home);
        battles.second.push_back(1 - home);
        battles.outcomes.push_back(outcome);
        battles.weights.push_back(times);
    };
    add(0, ballots::Outcome::First, 8);
    add(0, ballots::Outcome::Second, 2);
    add(1, ballots::Outcome::Second, 3);
    add(1, ballots::Outcome::First, 5);
    const auto records = pairedRecords(battles, {{"home", "", ""}});
    REQUIRE(records.ok());
    CHECK(records->data.cells.size() == 2);
    const auto fit = fitOf(records->data, TieModel::Half);
    REQUIRE(fit.ok());
    const double home = std::log(4.0);
    const double away = std::log(0.6);
    CHECK(fit->strengths[0] - fit->strengths[1] == doctest::Approx((home + away) / 2));
    CHECK(fit->coefficients[0] == doctest::Approx((home - away) / 2));
}

TEST_CASE("pairedModel_sidesSwapped_givesTheSameStrengths") {
    const ballots::Battles battles = clubs();
    ballots::Battles swapped = battles;
    for (std::size_t b = 0; b < battles.size(); ++b) {
        std::swap(swapped.first[b], swapped.second[b]);
        using enum ballots::Outcome;
        swapped.outcomes[b] = battles.outcomes[b] == First    ? Second
                              : battles.outcomes[b] == Second ? First
                                                              : Tie;
        swapped.covariates[0].values[b] = -battles.covariates[0].values[b];
        std::swap(swapped.covariates[1].values[b], swapped.covariates[2].values[b]);
    }
    const auto terms = parseTerms("rest, goals_a:goals_b");
    REQUIRE(terms.ok());
    for (const TieModel ties : kTieModels) {
        const auto one = pairedRecords(battles, *terms);
        const auto other = pairedRecords(swapped, *terms);
        REQUIRE((one.ok() && other.ok()));
        const auto fit = fitOf(one->data, ties);
        const auto again = fitOf(other->data, ties);
        REQUIRE((fit.ok() && again.ok()));
        for (std::size_t i = 0; i < 3; ++i) {
            CHECK(std::abs(fit->strengths[i] - again->strengths[i]) < 1e-10);
        }
        for (std::size_t f = 0; f < 2; ++f) {
            CHECK(std::abs(fit->coefficients[f] - again->coefficients[f]) < 1e-10);
        }
        CHECK(fit->coefficients[0] > 0.0);
    }
}

TEST_CASE("pairedRecords_unitsOfACovariate_doNotMatter") {
    ballots::Battles battles = clubs();
    const auto metres = pairedRecords(battles, *parseTerms("rest"));
    for (double& value : battles.covariates[0].values) {
        value *= 1000.0;
    }
    const auto millimetres = pairedRecords(battles, *parseTerms("rest"));
    REQUIRE((metres.ok() && millimetres.ok()));
    CHECK(millimetres->scales[0] == doctest::Approx(1000 * metres->scales[0]));
    const auto one = fitOf(metres->data, TieModel::Half);
    const auto other = fitOf(millimetres->data, TieModel::Half);
    CHECK(one->coefficients[0] == doctest::Approx(other->coefficients[0]).epsilon(1e-9));
}

TEST_CASE("pairedRecords_unknownValues_leaveTheBattleOut") {
    ballots::Battles battles = clubs();
    battles.covariates[0].values[7] = std::numeric_limits<double>::quiet_NaN();
    const auto records = pairedRecords(battles, *parseTerms("rest"));
    REQUIRE(records.ok());
    CHECK(records->leftOut == 1);
    CHECK(records->cells[7] == PairedRecords::kLeftOut);
    double counted = 0.0;
    for (const PairedCell& cell : records->data.cells) {
        counted += cell.counts[0] + cell.counts[1] + cell.counts[2];
    }
    CHECK(counted == 299.0);
}

TEST_CASE("pairedRecords_faultyTerms_areRefused") {
    const ballots::Battles battles = clubs();
    CHECK(pairedRecords(battles, *parseTerms("resst")).error().line() ==
          "knob 'covariates': the battles have no column 'resst' of numbers (there are: rest, "
          "goals_a, goals_b)");
    CHECK(parseTerms("a,,b").error().message == "'' is not a covariate");
    CHECK_FALSE(parseTerms("a:b:c").ok());
    CHECK_FALSE(parseTerms(":b").ok());
    CHECK(parseTerms("  ")->empty());
    CHECK(pairedRecords(battles, *parseTerms("rest:goals_a"))
              .error()
              .message.starts_with("'rest:goals_a' is negative in battle "));
    // The same covariate twice can't be told apart.
    const auto twice = pairedRecords(battles, *parseTerms("rest,rest"));
    REQUIRE(twice.ok());
    CHECK(fitOf(twice->data, TieModel::Half)
              .error()
              .message.starts_with("the strengths can't be told apart"));
}

TEST_CASE("pairedModel_covariateThatDecidesEverything_isRefused") {
    ballots::Battles battles = clubs();
    for (std::size_t b = 0; b < battles.size(); ++b) {
        battles.outcomes[b] = battles.covariates[0].values[b] > 0 ? ballots::Outcome::First
                                                                  : ballots::Outcome::Second;
    }
    const auto records = pairedRecords(battles, *parseTerms("rest"));
    REQUIRE(records.ok());
    CHECK_FALSE(fitOf(records->data, TieModel::Half).ok());
    CHECK(fitOf(records->data, TieModel::Half, 0.5).ok());
}
