// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/bradley_terry.hpp"
#include "choice/bradley_terry_sweeps.hpp"
#include "choice/strong_components.hpp"
#include "comparisons.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

using namespace psephos;
using namespace psephos::choice;
using psephos::testing::randomCounts;
using psephos::testing::sparseWins;

namespace {

/// Ford's condition word for word: however the candidates are split in two, somebody of the first
/// part has beaten somebody of the second.
bool everySplitIsCrossed(const std::vector<double>& wins, std::size_t n) {
    for (std::size_t part = 1; part + 1 < (std::size_t{1} << n); ++part) {
        bool isCrossed = false;
        for (std::size_t k = 0; k < n * n; ++k) {
            isCrossed = isCrossed || ((part >> (k / n) & 1U) == 1U &&
                                      (part >> (k % n) & 1U) == 0U && wins[k] > 0.0);
        }
        if (!isCrossed) {
            return false;
        }
    }
    return true;
}

/// Largest |W_i − Σ_j C_ij σ(θ_i − θ_j) − λθ_i|, computed from the definition.
double scoreError(const std::vector<double>& wins, const std::vector<double>& theta, double ridge) {
    const std::size_t n = theta.size();
    double largest = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        double score = -ridge * theta[i];
        for (std::size_t j = 0; j < n; ++j) {
            if (j != i) {
                const double both = wins[i * n + j] + wins[j * n + i];
                score += wins[i * n + j] - both / (1.0 + std::exp(theta[j] - theta[i]));
            }
        }
        largest = std::max(largest, std::abs(score));
    }
    return largest;
}

} // namespace

TEST_CASE("strongComponents_randomGraphs_agreeWithReachability") {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        const std::size_t n = 1 + seed % 7;
        const auto wins = sparseWins(n, 0.12 + 0.05 * static_cast<double>(seed % 5), seed);
        std::vector<bool> reaches(n * n, false);
        for (std::size_t k = 0; k < n * n; ++k) {
            reaches[k] = k / n == k % n || wins[k] > 0.0;
        }
        for (std::size_t via = 0; via < n; ++via) {
            for (std::size_t k = 0; k < n * n; ++k) {
                reaches[k] = reaches[k] || (reaches[k / n * n + via] && reaches[via * n + k % n]);
            }
        }
        const StrongComponents found = strongComponents(wins, n);
        const std::vector<bool> below = reachableComponents(found);
        for (std::size_t k = 0; k < n * n; ++k) {
            const std::size_t i = found.of[k / n];
            const std::size_t j = found.of[k % n];
            CHECK((i == j) == (reaches[k] && reaches[k % n * n + k / n]));
            CHECK((i == j || below[i * found.size() + j]) == reaches[k]);
        }
        for (const auto& [from, to] : found.edges) {
            CHECK(from < to);
        }
        std::size_t members = 0;
        for (const auto& component : found.members) {
            CHECK(std::is_sorted(component.begin(), component.end()));
            members += component.size();
        }
        CHECK(members == n);
    }
}

TEST_CASE("strongComponents_longChain_doesNotExhaustTheStack") {
    constexpr std::size_t kLong = 3000;
    std::vector<double> wins(kLong * kLong, 0.0);
    for (std::size_t i = 0; i + 1 < kLong; ++i) {
        wins[i * kLong + i + 1] = 1.0;
    }
    const StrongComponents chain = strongComponents(wins, kLong);
    CHECK(chain.size() == kLong);
    CHECK(chain.members.front().front() == 0);
    wins[(kLong - 1) * kLong] = 1.0;
    CHECK(strongComponents(wins, kLong).isConnected());
}

TEST_CASE("bradleyTerry_exists_ifAndOnlyIfEverySplitIsCrossed") {
    int connected = 0;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        const std::size_t n = 2 + seed % 5;
        const auto wins = sparseWins(n, 0.25 + 0.1 * static_cast<double>(seed % 4), seed);
        const auto fit = fitBradleyTerry(wins, n);
        const bool exists = everySplitIsCrossed(wins, n);
        connected += exists ? 1 : 0;
        CAPTURE(seed);
        REQUIRE(fit.ok() == exists);
        if (exists) {
            CHECK(scoreError(wins, fit->strengths, 0.0) < 1e-10);
            CHECK(std::abs(std::accumulate(fit->strengths.begin(), fit->strengths.end(), 0.0)) <
                  1e-12);
        } else {
            CHECK(fit.error().message.starts_with("no strengths fit best: the candidates fall"));
            CHECK(fitBradleyTerry(wins, n, 0.5).ok());
        }
    }
    CHECK(connected > 50);
    CHECK(connected < 350);
}

TEST_CASE("bradleyTerry_maximum_isNotBeatenNearby") {
    const auto counts = randomCounts(6, 9, 0.2, 3);
    const auto wins = winsWithTies(counts, ballots::Ties::Half);
    const PackedWins packed(wins, 6);
    for (const double ridge : {0.0, 0.7}) {
        const auto fit = fitBradleyTerry(wins, 6, ridge);
        REQUIRE(fit.ok());
        CHECK(scoreError(wins, fit->strengths, ridge) < 1e-11);
        const auto penalised = [&](const std::vector<double>& theta) {
            return logLikelihood(packed, theta) -
                   ridge / 2 * std::inner_product(theta.begin(), theta.end(), theta.begin(), 0.0);
        };
        for (std::size_t i = 0; i < 6; ++i) {
            for (const double move : {-1e-3, 1e-3}) {
                std::vector<double> theta = fit->strengths;
                theta[i] += move;
                CHECK(penalised(theta) < penalised(fit->strengths));
            }
        }
    }
}

TEST_CASE("bradleyTerry_relabelled_movesWithTheLabels") {
    const std::size_t n = 7;
    const auto wins = winsWithTies(randomCounts(n, 4, 0.3, 8), ballots::Ties::Half);
    const auto fit = fitBradleyTerry(wins, n);
    REQUIRE(fit.ok());
    const std::vector<std::size_t> place{3, 0, 6, 1, 5, 2, 4};
    std::vector<double> moved(n * n);
    for (std::size_t k = 0; k < n * n; ++k) {
        moved[place[k / n] * n + place[k % n]] = wins[k];
    }
    const auto again = fitBradleyTerry(moved, n);
    REQUIRE(again.ok());
    for (std::size_t i = 0; i < n; ++i) {
        CHECK(std::abs(again->strengths[place[i]] - fit->strengths[i]) < 1e-13);
    }
    CHECK(again->logLikelihood == doctest::Approx(fit->logLikelihood).epsilon(1e-13));
}

TEST_CASE("bradleyTerry_allCountsTimesTen_keepTheStrengths") {
    const std::size_t n = 5;
    auto wins = winsWithTies(randomCounts(n, 6, 0.0, 2), ballots::Ties::Half);
    const auto fit = fitBradleyTerry(wins, n);
    for (double& count : wins) {
        count *= 10.0;
    }
    const auto more = fitBradleyTerry(wins, n);
    REQUIRE((fit.ok() && more.ok()));
    for (std::size_t i = 0; i < n; ++i) {
        CHECK(std::abs(more->strengths[i] - fit->strengths[i]) < 1e-13);
    }
}

TEST_CASE("bradleyTerry_chainOfLopsidedDuels_hasItsClosedForm") {
    // Only neighbours meet, a thousand to one: every difference is ln 1000, over 700 in all.
    constexpr std::size_t n = 110;
    std::vector<double> wins(n * n, 0.0);
    for (std::size_t i = 0; i + 1 < n; ++i) {
        wins[i * n + i + 1] = 1000.0;
        wins[(i + 1) * n + i] = 1.0;
    }
    const auto fit = fitBradleyTerry(wins, n);
    REQUIRE(fit.ok());
    for (std::size_t i = 0; i + 1 < n; ++i) {
        CHECK(fit->strengths[i] - fit->strengths[i + 1] ==
              doctest::Approx(std::log(1000.0)).epsilon(1e-9));
    }
}

TEST_CASE("bradleyTerry_countsOfVeryDifferentSizes_areFitted") {
    const std::vector<double> wins{0, 1e9, 1, 2e9, 0, 0, 0, 3, 0};
    const auto fit = fitBradleyTerry(wins, 3);
    REQUIRE(fit.ok());
    CHECK(fit->strengths[1] - fit->strengths[0] == doctest::Approx(std::log(2.0)).epsilon(1e-6));
    CHECK(fit->residual <= kScoreTolerance);
}

TEST_CASE("bradleyTerry_faultyInput_isRefused") {
    CHECK(fitBradleyTerry({}, 0).error().message == "there is no candidate to rate");
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(fitBradleyTerry(std::vector<double>{0, nan, 1, 0}, 2)
              .error()
              .message.starts_with("the wins in row 1, column 2 are"));
    CHECK_FALSE(fitBradleyTerry(std::vector<double>{0, -1, 1, 0}, 2).ok());
    CHECK_FALSE(fitBradleyTerry(std::vector<double>{0, 1, 1, 0}, 2, -1.0).ok());
    const auto alone = fitBradleyTerry(std::vector<double>{0}, 1);
    REQUIRE(alone.ok());
    CHECK(alone->strengths == std::vector<double>{0.0});
    CHECK_FALSE(fitBradleyTerry(std::vector<double>{0, 0, 0, 0}, 2).ok()); // never met
}

TEST_CASE("raceSolvers_allReachTheMaximum_newtonInTheFewestSteps") {
    const std::size_t n = 8;
    const auto wins = winsWithTies(randomCounts(n, 5, 0.1, 5), ballots::Ties::Half);
    const auto fit = fitBradleyTerry(wins, n);
    REQUIRE(fit.ok());
    const auto lines = raceSolvers(wins, fit->strengths);
    REQUIRE(lines.size() == 3);
    for (const RaceLine& line : lines) {
        CAPTURE(line.solver);
        CHECK(line.errors.back() <= 1e-10);
        CHECK(line.errors.front() == lines.front().errors.front());
    }
    CHECK(lines[0].errors.size() < lines[1].errors.size());
    CHECK(lines[1].errors.size() < lines[2].errors.size());
}
