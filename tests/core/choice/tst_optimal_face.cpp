// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/least_squares.hpp"
#include "choice/maximal_lottery.hpp"
#include "core/choice/games.hpp"

#include <doctest/doctest.h>

#include <numeric>

using namespace psephos::choice;
using namespace psephos::testing;

namespace {

double dot(const std::vector<double>& a, const std::vector<double>& b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// Many of these games have several maximal lotteries, some all of them.
Game degenerateGame(std::uint64_t seed) {
    return integerGame(3 + seed % 3, static_cast<int>(seed % 3), false, seed);
}

} // namespace

TEST_CASE("lotteryRanges_anyGame_areThoseOfTheVertices") {
    int wide = 0;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        CAPTURE(seed);
        const Game game = degenerateGame(seed);
        const auto vertices = maximalVertices(game);
        const auto ranges = lotteryRanges(game.margins, game.size);
        REQUIRE(ranges.ok());
        for (std::size_t i = 0; i < game.size; ++i) {
            double least = 1.0;
            double greatest = 0.0;
            for (const auto& vertex : vertices) {
                least = std::min(least, vertex[i]);
                greatest = std::max(greatest, vertex[i]);
            }
            CHECK(ranges->least[i] == doctest::Approx(least).epsilon(1e-9));
            CHECK(ranges->greatest[i] == doctest::Approx(greatest).epsilon(1e-9));
            wide += greatest > least + 1e-6 ? 1 : 0;
        }
    }
    CHECK(wide > 200);
}

// The point of a convex set closest to 0 has no vertex on its near side.
TEST_CASE("maximalLottery_leastNorm_isTheProjectionOfZero") {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        CAPTURE(seed);
        const Game game = degenerateGame(seed);
        const auto lottery = maximalLottery(game.margins, game.size, LotterySolver::LeastNorm);
        REQUIRE(lottery.ok());
        const std::vector<double>& p = lottery->probabilities;
        CHECK(lottery->gap < 1e-12);
        for (const auto& vertex : maximalVertices(game)) {
            CHECK(dot(p, vertex) >= dot(p, p) - 1e-10);
        }
    }
}

TEST_CASE("lotteryRanges_everythingTied_areEverything") {
    const std::vector<double> margins(12 * 12, 0.0);
    const auto ranges = lotteryRanges(margins, 12);
    REQUIRE(ranges.ok());
    CHECK(distance(ranges->least, std::vector<double>(12, 0.0)) < 1e-12);
    CHECK(distance(ranges->greatest, std::vector<double>(12, 1.0)) < 1e-12);
}

// A candidate and its exact clones share its probability in any way.
TEST_CASE("lotteryRanges_clones_mayGetAllOrNothing") {
    const Game base = gaussianGame(5, 11);
    const auto lottery = maximalLottery(base.margins, base.size);
    REQUIRE(lottery.ok());
    const auto& p = lottery->probabilities;
    const auto cloned = static_cast<std::size_t>(std::max_element(p.begin(), p.end()) - p.begin());
    Game game{8, std::vector<double>(64, 0.0)};
    const auto original = [cloned](std::size_t i) { return i < 5 ? i : cloned; };
    for (std::size_t i = 0; i < 8; ++i) {
        for (std::size_t j = i + 1; j < 8; ++j) {
            game.set(i, j, base.at(original(i), original(j)));
        }
    }
    const auto ranges = lotteryRanges(game.margins, game.size);
    REQUIRE(ranges.ok());
    for (std::size_t i = 0; i < 8; ++i) {
        const bool isClone = original(i) == cloned;
        CHECK(ranges->least[i] == doctest::Approx(isClone ? 0.0 : p[i]).epsilon(1e-9));
        CHECK(ranges->greatest[i] == doctest::Approx(p[original(i)]).epsilon(1e-9));
    }
}

TEST_CASE("pfaffianLottery_fullSupport_isTheMaximalLottery") {
    int full = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        const Game game = gaussianGame(3 + 2 * (seed % 3), seed);
        const auto closed = pfaffianLottery(game.margins, game.size);
        const auto lottery = maximalLottery(game.margins, game.size);
        REQUIRE(lottery.ok());
        const auto& p = lottery->probabilities;
        CHECK(closed.has_value() == (*std::min_element(p.begin(), p.end()) > 0.0));
        full += closed ? 1 : 0;
        if (closed) {
            CHECK(distance(*closed, p) < 1e-11);
        }
    }
    CHECK(full > 20);
    CHECK(!pfaffianLottery(gaussianGame(4, 1).margins, 4));
}

TEST_CASE("marginPowers_fromZeroToOne_goFromSignsToMargins") {
    const std::vector<double> margins{0, 4, -1, -4, 0, 2, 1, -2, 0};
    CHECK(marginPowers(margins, 0.0) == marginSigns(margins));
    CHECK(marginPowers(margins, 1.0) ==
          std::vector<double>{0, 1, -0.25, -1, 0, 0.5, 0.25, -0.5, 0});
    CHECK(marginPowers(margins, 2.0)[1] == 1.0);
    CHECK(marginPowers(margins, 2.0)[2] == -0.0625);
    CHECK(marginPowers(std::vector<double>(4, 0.0), 0.0) == std::vector<double>(4, 0.0));
}

TEST_CASE("leastDistance_inequalities_isTheNearestPointOrAnError") {
    Eigen::MatrixXd g(3, 2);
    g << 1, 1, 1, 0, 0, 1;
    const auto nearest = leastDistance(g, Eigen::Vector3d(2.0, -5.0, 1.5));
    REQUIRE(nearest.ok());
    CHECK((*nearest - Eigen::Vector2d(0.5, 1.5)).norm() < 1e-12);
    const auto inside = leastDistance(g, Eigen::Vector3d(-1.0, -1.0, -1.0));
    REQUIRE(inside.ok());
    CHECK(inside->norm() == 0.0);
    Eigen::MatrixXd opposite(2, 1);
    opposite << 1, -1;
    CHECK(!leastDistance(opposite, Eigen::Vector2d(1.0, 1.0)).ok());
}

TEST_CASE("nonnegativeLeastSquares_anyProblem_meetsTheConditionsOfAnOptimum") {
    for (int seed = 0; seed < 50; ++seed) {
        std::srand(static_cast<unsigned>(seed)); // NOLINT: Eigen's Random() draws from it
        const Eigen::MatrixXd a = Eigen::MatrixXd::Random(6, 4 + seed % 9);
        const Eigen::VectorXd b = Eigen::VectorXd::Random(6);
        const auto x = nonnegativeLeastSquares(a, b);
        REQUIRE(x.ok());
        const Eigen::VectorXd gradient = a.transpose() * (a * *x - b);
        CHECK(x->minCoeff() >= 0.0);
        CHECK(gradient.minCoeff() > -1e-10);
        CHECK(std::abs(gradient.dot(*x)) < 1e-10);
    }
}
