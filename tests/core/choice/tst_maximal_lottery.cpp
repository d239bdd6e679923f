// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/maximal_lottery.hpp"
#include "core/choice/games.hpp"
#include "timing.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <limits>
#include <numeric>
#include <string>

using psephos::choice::Lottery;
using psephos::choice::lotteryGap;
using psephos::choice::LotterySolver;
using psephos::choice::marginSigns;
using psephos::choice::maximalLottery;
using namespace psephos::testing;

namespace {

Lottery solved(const Game& game, LotterySolver solver = LotterySolver::CentralPath) {
    auto lottery = maximalLottery(game.margins, game.size, solver);
    REQUIRE(lottery.ok());
    const std::vector<double>& p = lottery->probabilities;
    REQUIRE(p.size() == game.size);
    CHECK(*std::min_element(p.begin(), p.end()) >= 0.0);
    CHECK(std::accumulate(p.begin(), p.end(), 0.0) == doctest::Approx(1.0).epsilon(1e-14));
    return std::move(lottery).value();
}

Game cycle(double ab, double bc, double ca) {
    Game game{3, std::vector<double>(9, 0.0)};
    game.set(0, 1, ab);
    game.set(1, 2, bc);
    game.set(2, 0, ca);
    return game;
}

} // namespace

TEST_CASE("maximalLottery_cycle_isTheClosedForm") {
    // p = (m_bc, m_ca, m_ab) / sum; spec of maximal lotteries §4.
    CHECK(distance(solved(cycle(3, 5, 7)).probabilities, {5.0 / 15, 7.0 / 15, 3.0 / 15}) < 1e-14);
    CHECK(distance(solved(cycle(5, 5, 7)).probabilities, {5.0 / 17, 7.0 / 17, 5.0 / 17}) < 1e-14);
    CHECK(distance(solved(cycle(1e6, 1, 1)).probabilities,
                   {1 / 1000002.0, 1 / 1000002.0, 1e6 / 1000002.0}) < 1e-14);
}

TEST_CASE("maximalLottery_condorcetWinner_getsAll") {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        Game game = gaussianGame(8, seed);
        const std::size_t winner = seed % 8;
        for (std::size_t j = 0; j < 8; ++j) {
            if (j != winner) {
                game.set(winner, j, std::abs(game.at(winner, j)));
            }
        }
        const Lottery lottery = solved(game);
        CHECK(lottery.probabilities[winner] == 1.0);
        CHECK(lottery.gap == 0.0);
        CHECK(lottery.freedom == 0);
    }
}

TEST_CASE("maximalLottery_degenerateGames_haveTheirAnswer") {
    CHECK(solved({1, {0.0}}).probabilities == std::vector<double>{1.0});
    for (const std::size_t n : {2, 3, 7}) {
        const Lottery tied = solved({n, std::vector<double>(n * n, 0.0)});
        CHECK(distance(tied.probabilities, std::vector<double>(n, 1.0 / double(n))) < 1e-15);
        CHECK(tied.gap == 0.0);
        CHECK(tied.freedom == n - 1);
    }
    Game pair{2, std::vector<double>(4, 0.0)};
    pair.set(0, 1, 1e-3);
    CHECK(solved(pair).probabilities == std::vector<double>{1.0, 0.0});
    pair.set(0, 1, -1e-300);
    CHECK(solved(pair).probabilities == std::vector<double>{0.0, 1.0});
}

TEST_CASE("maximalLottery_oddIntegerMargins_equalBruteForce") {
    for (std::size_t n = 2; n <= 7; ++n) {
        for (std::uint64_t seed = 0; seed < 60; ++seed) {
            CAPTURE(n);
            CAPTURE(seed);
            const Game game = integerGame(n, seed % 2 == 0 ? 1 : 9, true, seed);
            const auto vertices = maximalByPfaffians(game);
            REQUIRE(vertices.size() == 1);
            const Lottery lottery = solved(game);
            CHECK(distance(lottery.probabilities, vertices[0]) < 1e-13);
            CHECK(lottery.gap < 1e-15);
            CHECK(lottery.freedom == 0);
            const Lottery vertex = solved(game, LotterySolver::LinearProgram);
            CHECK(distance(vertex.probabilities, vertices[0]) < 1e-9);
            CHECK(vertex.gap < 1e-9);
        }
    }
}

// With several optima the answer is the analytic centre of their set: it plays every candidate that
// any of them plays, and no direction towards a vertex raises the product of probabilities and
// payoffs.
TEST_CASE("maximalLottery_severalOptima_isTheirAnalyticCentre") {
    int several = 0;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        CAPTURE(seed);
        const std::size_t n = 3 + seed % 3;
        const Game game = integerGame(n, 1 + int(seed % 2), false, seed);
        const auto vertices = maximalVertices(game);
        const Lottery lottery = solved(game);
        const std::vector<double>& p = lottery.probabilities;
        CHECK(lottery.gap < 1e-15);
        CHECK((lottery.freedom == 0) == (vertices.size() == 1));
        several += vertices.size() > 1 ? 1 : 0;
        const std::vector<double> payoffs = lotteryGap(p, game.margins).payoffs;
        for (const auto& vertex : vertices) {
            const std::vector<double> other = lotteryGap(vertex, game.margins).payoffs;
            double slope = 0.0;
            for (std::size_t i = 0; i < n; ++i) {
                if (p[i] > 1e-9) {
                    slope += vertex[i] / p[i] - 1.0;
                } else {
                    CHECK(vertex[i] < 1e-9);
                }
                slope += payoffs[i] > 1e-9 ? other[i] / payoffs[i] - 1.0 : 0.0;
            }
            CHECK(std::abs(slope) < 1e-6);
        }
    }
    CHECK(several > 100);
}

TEST_CASE("maximalLottery_relabelledCandidates_relabelTheLottery") {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        const std::size_t n = 4 + seed % 9;
        const Game game = seed % 2 == 0 ? gaussianGame(n, seed) : integerGame(n, 2, false, seed);
        Game turned{n, std::vector<double>(n * n, 0.0)};
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < n; ++j) {
                turned.margins[(i * 5 + 3) % n * n + (j * 5 + 3) % n] = game.at(i, j);
            }
        }
        if (n % 5 == 0) {
            continue; // i -> 5 i + 3 is no relabelling then
        }
        const auto p = solved(game).probabilities;
        const auto q = solved(turned).probabilities;
        for (std::size_t i = 0; i < n; ++i) {
            CHECK(q[(i * 5 + 3) % n] == doctest::Approx(p[i]).epsilon(1e-9));
        }
    }
}

TEST_CASE("maximalLottery_scaledMargins_doNotChangeIt") {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        Game game = gaussianGame(9, seed);
        const auto p = solved(game).probabilities;
        for (const double factor : {1e-200, 1.0 / 3, 1e9}) {
            Game scaled = game;
            for (double& margin : scaled.margins) {
                margin *= factor;
            }
            const Lottery lottery = solved(scaled);
            CHECK(distance(lottery.probabilities, p) < 1e-12);
            CHECK(lottery.gap < 1e-14);
        }
    }
}

TEST_CASE("maximalLottery_withoutLosers_staysAsItIs") {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        const Game game = gaussianGame(12, seed);
        const auto p = solved(game).probabilities;
        std::vector<std::size_t> kept;
        for (std::size_t i = 0; i < 12; ++i) {
            if (p[i] > 0.0 || i % 2 == seed % 2) {
                kept.push_back(i);
            }
        }
        Game small{kept.size(), std::vector<double>(kept.size() * kept.size(), 0.0)};
        std::vector<double> expected;
        for (std::size_t a = 0; a < kept.size(); ++a) {
            expected.push_back(p[kept[a]]);
            for (std::size_t b = a + 1; b < kept.size(); ++b) {
                small.set(a, b, game.at(kept[a], kept[b]));
            }
        }
        CHECK(distance(solved(small).probabilities, expected) < 1e-12);
    }
}

// Composition consistency: clones share what the original had as they would among themselves, and
// exact clones, tied with one another, share it equally.
TEST_CASE("maximalLottery_clones_shareTheOriginalsProbability") {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        CAPTURE(seed);
        const Game game = gaussianGame(7, seed);
        const auto p = solved(game).probabilities;
        const auto cloned =
            static_cast<std::size_t>(std::max_element(p.begin(), p.end()) - p.begin());
        const Game among = cycle(0.01, 0.02, 0.03);
        for (const bool tied : {true, false}) {
            Game larger{9, std::vector<double>(81, 0.0)};
            const auto original = [cloned](std::size_t i) { return i < 7 ? i : cloned; };
            const auto clone = [cloned](std::size_t i) { return i < 7 ? std::size_t{0} : i - 6; };
            for (std::size_t i = 0; i < 9; ++i) {
                for (std::size_t j = i + 1; j < 9; ++j) {
                    const bool areClones = original(i) == original(j);
                    larger.set(i, j,
                               !areClones ? game.at(original(i), original(j))
                               : tied     ? 0.0
                                          : among.at(clone(i), clone(j)));
                }
            }
            const auto q = solved(larger).probabilities;
            const std::vector<double> shares = tied
                                                   ? std::vector<double>{1.0 / 3, 1.0 / 3, 1.0 / 3}
                                                   : std::vector<double>{2.0 / 6, 3.0 / 6, 1.0 / 6};
            for (std::size_t i = 0; i < 9; ++i) {
                const bool isClone = original(i) == cloned;
                const double expected = p[original(i)] * (isClone ? shares[clone(i)] : 1.0);
                CHECK(std::abs(q[i] - expected) < 1e-9);
            }
        }
    }
}

TEST_CASE("maximalLottery_populationsThatAgree_agreeTogether") {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        // A second population with the same lottery: what the lottery does not play is made worse.
        Game game = gaussianGame(9, seed);
        const auto p = solved(game).probabilities;
        Game sum = game;
        for (std::size_t i = 0; i < 9; ++i) {
            for (std::size_t j = 0; j < 9; ++j) {
                const double other =
                    p[i] > 0.0 && p[j] == 0.0 ? game.at(i, j) + 1.0 : game.at(i, j);
                if (p[i] > 0.0) {
                    sum.set(i, j, game.at(i, j) + other);
                }
            }
        }
        CHECK(distance(solved(sum).probabilities, p) < 1e-12);
    }
}

TEST_CASE("maximalLottery_anyGame_agreesWithTheLinearProgram") {
    for (const std::size_t n : {2, 5, 11, 24, 50}) {
        for (std::uint64_t seed = 0; seed < 6; ++seed) {
            CAPTURE(n);
            CAPTURE(seed);
            const Game game = gaussianGame(n, seed);
            const Lottery lottery = solved(game);
            const Lottery reference = solved(game, LotterySolver::LinearProgram);
            CHECK(distance(lottery.probabilities, reference.probabilities) < 1e-8);
            CHECK(lottery.gap < 1e-13);
            CHECK(lottery.freedom == 0);
            CHECK_FALSE(reference.freedom.has_value());
        }
    }
}

TEST_CASE("maximalLottery_marginsOfManySizes_areStillCertified") {
    std::mt19937_64 engine(1);
    std::normal_distribution<double> normal;
    for (const std::size_t n : {3, 10, 50}) {
        for (int trial = 0; trial < 20; ++trial) {
            const Game game = makeGame(n, [&] {
                return std::exp(6.0 * normal(engine)) * (engine() % 2 == 0 ? 1.0 : -1.0);
            });
            CHECK(solved(game).gap < 1e-11);
        }
        for (int trial = 0; trial < 20; ++trial) {
            const Game sparse =
                makeGame(n, [&] { return engine() % 10 < 8 ? 0.0 : normal(engine); });
            CHECK(solved(sparse).gap < 1e-14);
        }
    }
}

TEST_CASE("maximalLottery_sameMargins_sameBits") {
    const Game game = gaussianGame(31, 5);
    CHECK(solved(game).probabilities == solved(game).probabilities);
}

TEST_CASE("maximalLottery_wrongMargins_areErrors") {
    const auto refusal = [](std::vector<double> margins, std::size_t n) {
        const auto lottery = maximalLottery(margins, n);
        return lottery.ok() ? std::string() : lottery.error().line();
    };
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double inf = std::numeric_limits<double>::infinity();
    CHECK(refusal({}, 0) == "margins: there is no candidate");
    CHECK(refusal({0, 1, -1}, 2) == "margins: expected 2 by 2 numbers, not 3");
    CHECK(refusal({0, nan, -1, 0}, 2) == "margins: the margin in row 1, column 2 is nan");
    CHECK(refusal({0, 1, -inf, 0}, 2) == "margins: the margin in row 2, column 1 is -inf");
    CHECK(refusal({0, 1, 1, 0}, 2) == "margins: the margins in row 1, column 2 and row 2, column 1 "
                                      "are 1 and 1, not each other's negative");
    CHECK(refusal({1, 1, -1, 0}, 2).starts_with("margins: the margins in row 1, column 1"));
}

TEST_CASE("lotteryGap_anyLottery_isItsBestReply") {
    // The specification's golden case gap_certificate.
    const auto gap = lotteryGap(std::vector<double>{0.2, 0.5, 0.3}, cycle(3, 5, 7).margins);
    CHECK(distance(gap.payoffs, {0.6, -0.9, 1.1}) < 1e-15);
    CHECK(gap.gap == doctest::Approx(0.9));
    CHECK(gap.bestReply == 1);
}

TEST_CASE("marginSigns_keepWhoWins") {
    CHECK(marginSigns(std::vector<double>{0.0, 2.5, -2.5, 0.0}) ==
          std::vector<double>{0.0, 1.0, -1.0, 0.0});
}

// One frame of the display is 16 ms, of which the game may take a small part.
TEST_CASE("maximalLottery_fiftyCandidates_takesAFractionOfAFrame") {
    std::vector<double> seconds;
    for (std::uint64_t seed = 0; seed < 51; ++seed) {
        const Game game = gaussianGame(50, seed);
        const auto from = std::chrono::steady_clock::now();
        const auto lottery = maximalLottery(game.margins, game.size);
        seconds.push_back(
            std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count());
        REQUIRE(lottery.ok());
    }
    std::nth_element(seconds.begin(), seconds.begin() + 25, seconds.end());
    MESSAGE("n = 50, median of 51: " << 1e3 * seconds[25] << " ms");
    if (psephos::test::kTimesCount) {
        CHECK(seconds[25] < 5e-3);
    }
}
