// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/linear_program.hpp"
#include "choice/maximal_lottery.hpp"
#include "choice/robust_lottery.hpp"
#include "core/choice/games.hpp"
#include "timing.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <limits>
#include <numeric>

using namespace psephos::choice;
using namespace psephos::testing;

namespace {

/// Groups with margins in [−1, 1]: multiples of 1 / steps, or any if steps is 0.
GroupGame randomGroups(std::size_t n, std::size_t groups, int steps, std::uint64_t seed) {
    std::mt19937_64 engine(seed);
    std::uniform_real_distribution<double> uniform(-1.0, 1.0);
    GroupGame game{n, {}, {}};
    for (std::size_t k = 0; k < groups; ++k) {
        const Game margins = makeGame(n, [&] {
            const double margin = uniform(engine);
            return steps > 0 ? std::round(margin * steps) / steps : margin;
        });
        game.payoffs.insert(game.payoffs.end(), margins.margins.begin(), margins.margins.end());
        game.weights.push_back(1.0 + 3.0 * std::abs(uniform(engine)));
    }
    const double sum = std::accumulate(game.weights.begin(), game.weights.end(), 0.0);
    for (double& weight : game.weights) {
        weight /= sum;
    }
    return game;
}

RobustLottery solved(const GroupGame& game, double rho,
                     RobustSolver solver = RobustSolver::CuttingPlanes) {
    auto robust = robustLottery(game, rho, solver);
    REQUIRE(robust.ok());
    CHECK(robust->upper - robust->lower <= 1e-9);
    CHECK(robust->upper - robust->lower >= -1e-12);
    return std::move(robust).value();
}

/// Every vertex of the set of mixes: greedy moves in every order of the groups.
std::vector<std::vector<double>> extremeMixes(const std::vector<double>& reference, double rho) {
    std::vector<std::size_t> order(reference.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::vector<std::vector<double>> mixes;
    do {
        std::vector<double> mix = reference;
        double left = rho;
        for (std::size_t at = order.size(); at-- > 1;) {
            const double moved = std::min(left, mix[order[at]]);
            mix[order[at]] -= moved;
            mix[order[0]] += moved;
            left -= moved;
        }
        mixes.push_back(mix);
    } while (std::next_permutation(order.begin(), order.end()));
    return mixes;
}

/// The robust value by a linear program with a row for every opponent in every extreme mix.
double valueByEnumeration(const GroupGame& game, double rho) {
    LinearProgram program;
    for (std::size_t i = 0; i < game.size; ++i) {
        program.addColumn(0.0, 0.0, 1.0);
    }
    program.addColumn(1.0, -kUnbounded, kUnbounded);
    std::vector<double> row(game.size + 1, 1.0);
    row.back() = 0.0;
    program.addRow(1.0, 1.0, row);
    for (const std::vector<double>& mix : extremeMixes(game.weights, rho)) {
        for (std::size_t a = 0; a < game.size; ++a) {
            std::fill(row.begin(), row.end(), 0.0);
            for (std::size_t i = 0; i < game.size; ++i) {
                for (std::size_t k = 0; k < mix.size(); ++k) {
                    row[i] += mix[k] * game.payoff(k, i, a);
                }
            }
            row.back() = -1.0;
            program.addRow(0.0, kUnbounded, row);
        }
    }
    const auto optimum = solve(program);
    REQUIRE(optimum.ok());
    return optimum->objective;
}

const GroupGame kNiche{
    3, {0, .2, .5, -.2, 0, .4, -.5, -.4, 0, 0, -.7, -.3, .7, 0, .3, .3, -.3, 0}, {0.8, 0.2}};

} // namespace

TEST_CASE("worstMix_anyPayoffs_isTheLeastOverAllExtremeMixes") {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        const GroupGame game = randomGroups(2, 1 + seed % 5, seed % 2 == 0 ? 2 : 0, seed);
        std::mt19937_64 engine(seed);
        std::uniform_real_distribution<double> uniform(-1.0, 1.0);
        std::vector<double> payoffs(game.groups());
        std::generate(payoffs.begin(), payoffs.end(), [&] { return uniform(engine); });
        const double rho = static_cast<double>(seed % 11) / 10.0;
        const WorstMix mix = worstMix(payoffs, game.weights, rho);
        double least = std::numeric_limits<double>::infinity();
        for (const auto& each : extremeMixes(game.weights, rho)) {
            least =
                std::min(least, std::inner_product(each.begin(), each.end(), payoffs.begin(), 0.0));
        }
        CHECK(mix.value == doctest::Approx(least).epsilon(1e-12));
        double moved = 0.0;
        for (std::size_t k = 0; k < payoffs.size(); ++k) {
            CHECK(mix.weights[k] >= 0.0);
            moved += 0.5 * std::abs(mix.weights[k] - game.weights[k]);
        }
        CHECK(moved <= rho + 1e-12);
    }
}

// By three ways that share no code: cutting planes, the dualised program, enumerated populations.
TEST_CASE("robustLottery_anyGroups_isWorthWhatEnumerationSays") {
    for (std::uint64_t seed = 0; seed < 120; ++seed) {
        CAPTURE(seed);
        const GroupGame game =
            randomGroups(1 + seed % 7, 1 + seed % 4, seed % 3 == 0 ? 2 : 0, seed);
        for (const double rho : {0.0, 0.07, 0.3, 1.0}) {
            CAPTURE(rho);
            const double value = valueByEnumeration(game, rho);
            const RobustLottery cuts = solved(game, rho);
            const RobustLottery dual = solved(game, rho, RobustSolver::LinearProgram);
            CHECK(cuts.lower == doctest::Approx(value).epsilon(1e-9));
            CHECK(dual.lower == doctest::Approx(value).epsilon(1e-9));
            CHECK(cuts.isUnique == dual.isUnique);
            CHECK(distance(cuts.probabilities, dual.probabilities) < 2e-5);
            CHECK(robustValue(game, cuts.probabilities, rho) == cuts.lower);
        }
    }
}

TEST_CASE("robustRanges_severalLotteries_areTheirExtremes") {
    int several = 0;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        CAPTURE(seed);
        const GroupGame game = randomGroups(4, 1, 1, seed);
        const RobustLottery robust = solved(game, 0.0);
        const auto ranges = robustRanges(game, robust);
        const auto expected = lotteryRanges(game.payoffs, game.size);
        REQUIRE((ranges.ok() && expected.ok()));
        CHECK(distance(ranges->least, expected->least) < 1e-8);
        CHECK(distance(ranges->greatest, expected->greatest) < 1e-8);
        const bool isOne = distance(expected->least, expected->greatest) < 1e-9;
        CHECK(robust.isUnique == isOne);
        several += isOne ? 0 : 1;
    }
    CHECK(several > 10);
}

// Spec of lotteries §6.2.
TEST_CASE("robustLottery_noDistance_isTheMaximalLotteryOfThePool") {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        CAPTURE(seed);
        const GroupGame game = randomGroups(6, 3, seed % 2 == 0 ? 1 : 0, seed);
        const auto maximal = maximalLottery(game.pooled(), game.size);
        REQUIRE(maximal.ok());
        CHECK(distance(solved(game, 0.0).probabilities, maximal->probabilities) < 1e-9);
    }
}

TEST_CASE("robustPath_growingDistance_fallsFromZeroAndNotTooFast") {
    std::vector<double> rhos(41);
    for (std::size_t i = 0; i < rhos.size(); ++i) {
        rhos[i] = static_cast<double>(i) / 40.0;
    }
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        CAPTURE(seed);
        const GroupGame game = randomGroups(5, 4, seed % 3 == 0 ? 3 : 0, seed);
        const auto path = robustPath(game, rhos);
        REQUIRE(path.ok());
        REQUIRE(path->size() == rhos.size());
        CHECK(std::abs(path->front().lower) < 1e-12);
        const double everything = 1.0 - *std::min_element(game.weights.begin(), game.weights.end());
        for (std::size_t i = 0; i + 1 < rhos.size(); ++i) {
            const double fall = (*path)[i].lower - (*path)[i + 1].lower;
            CHECK(fall >= -1e-9);
            CHECK(fall <= 2.0 * (rhos[i + 1] - rhos[i]) + 1e-9);
            if (rhos[i] >= everything) {
                CHECK(fall <= 1e-9);
            }
        }
        // From wherever the path came the answer is the same.
        CHECK(distance((*path)[17].probabilities, solved(game, rhos[17]).probabilities) < 1e-6);
    }
}

TEST_CASE("robustLottery_groupSplitIntoEqualOnes_staysAsItIs") {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        const GroupGame game = randomGroups(5, 3, 0, seed);
        GroupGame split = game;
        split.payoffs.insert(split.payoffs.end(), game.payoffs.begin(), game.payoffs.begin() + 25);
        split.weights[0] = 0.4 * game.weights[0];
        split.weights.push_back(0.6 * game.weights[0]);
        for (const double rho : {0.1, 0.35, 0.8}) {
            const RobustLottery one = solved(game, rho);
            const RobustLottery other = solved(split, rho);
            CHECK(one.lower == doctest::Approx(other.lower).epsilon(1e-9));
            CHECK(distance(one.probabilities, other.probabilities) < 1e-6);
        }
    }
}

TEST_CASE("robustLottery_relabelledCandidates_relabelTheLottery") {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        CAPTURE(seed);
        const std::size_t n = 5;
        const GroupGame game = randomGroups(n, 2, seed % 2 == 0 ? 1 : 0, seed);
        GroupGame turned = game;
        for (std::size_t k = 0; k < 2; ++k) {
            for (std::size_t i = 0; i < n; ++i) {
                for (std::size_t j = 0; j < n; ++j) {
                    turned.payoffs[(k * n + (i + 2) % n) * n + (j + 2) % n] = game.payoff(k, i, j);
                }
            }
        }
        const RobustLottery one = solved(game, 0.2);
        const RobustLottery other = solved(turned, 0.2);
        for (std::size_t i = 0; i < n; ++i) {
            CHECK(std::abs(one.probabilities[i] - other.probabilities[(i + 2) % n]) < 2e-5);
        }
    }
}

TEST_CASE("robustLottery_marginsMove_valueMovesNoFurther") {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        const GroupGame game = randomGroups(6, 3, 0, seed);
        GroupGame moved = game;
        const GroupGame by = randomGroups(6, 3, 0, seed + 1000);
        for (std::size_t cell = 0; cell < moved.payoffs.size(); ++cell) {
            moved.payoffs[cell] += 0.03 * by.payoffs[cell];
        }
        CHECK(std::abs(solved(game, 0.3).lower - solved(moved, 0.3).lower) <= 0.03 + 1e-9);
    }
}

TEST_CASE("twoGroupLottery_anyMargins_isWhatTheSolverFinds") {
    for (int m1 = 1; m1 <= 4; ++m1) {
        for (int m2 = 1; m2 <= 4; ++m2) {
            for (const double weight : {0.3, 0.55, 0.9}) {
                for (const double rho : {0.02, 0.2, 0.5, 1.0}) {
                    const double a = 0.2 * m1;
                    const double b = 0.2 * m2;
                    const TwoGroupLottery closed = twoGroupLottery(a, b, weight, rho);
                    const GroupGame game{2, {0, a, -a, 0, 0, -b, b, 0}, {weight, 1.0 - weight}};
                    const RobustLottery robust = solved(game, rho);
                    CHECK(robust.lower == doctest::Approx(closed.value).epsilon(1e-9));
                    if (robust.isUnique) {
                        CHECK(std::abs(robust.probabilities[0] - closed.probability) < 1e-9);
                    }
                }
            }
        }
    }
}

TEST_CASE("robustLottery_nicheAgainstBroad_movesToTheBroadOne") {
    CHECK(distance(solved(kNiche, 0.0).probabilities, {1.0, 0.0, 0.0}) < 1e-12);
    const RobustLottery robust = solved(kNiche, 1.0);
    CHECK(distance(robust.probabilities, {2.0 / 9, 7.0 / 9, 0.0}) < 1e-9);
    CHECK(groupValues(kNiche, robust.probabilities)[1] == doctest::Approx(-0.1555555556));
    CHECK(robustValue(kNiche, robust.probabilities, 0.0) < 0.0);
    CHECK(!robust.adversary.empty());
}

TEST_CASE("lowerByBox_allFreeBox_makesTheUniformLottery") {
    for (const std::size_t n : {2, 3, 7}) {
        GroupGame game{n, std::vector<double>(n * n, 0.0), {1.0}};
        lowerByBox(game.payoffs, std::vector<double>(n * n, 0.3), n);
        const RobustLottery robust = solved(game, 0.0);
        CHECK(distance(robust.probabilities, std::vector<double>(n, 1.0 / double(n))) < 1e-9);
        CHECK(robust.lower == doctest::Approx(-0.3 * double(n - 1) / double(n)));
    }
    std::vector<double> certain{0.0, -0.9, 0.9, 0.0};
    lowerByBox(certain, std::vector<double>(4, 0.5), 2);
    CHECK(certain == std::vector<double>{0.0, -1.0, 0.4, 0.0});
}

TEST_CASE("robustLottery_wrongInput_isAnError") {
    const auto refused = [](GroupGame game, double rho) {
        const auto robust = robustLottery(game, rho);
        return !robust.ok() && !robust.error().message.empty();
    };
    CHECK(refused({0, {}, {1.0}}, 0.1));
    CHECK(refused({2, {0, 1, -1, 0}, {}}, 0.1));
    CHECK(refused({2, {0, 1, -1}, {1.0}}, 0.1));
    CHECK(refused({2, {0, NAN, -1, 0}, {1.0}}, 0.1));
    CHECK(refused({2, {0, 1, -1, 0}, {0.9}}, 0.1));
    CHECK(refused({2, {0, 1, -1, 0, 0, 1, -1, 0}, {1.5, -0.5}}, 0.1));
    CHECK(refused({2, {0, 1, -1, 0}, {1.0}}, 1.1));
    CHECK(refused({2, {0, 1, -1, 0}, {1.0}}, NAN));
}

TEST_CASE("robustLottery_oneCandidateOrAllTied_hasItsAnswer") {
    CHECK(solved({1, {0.0, 0.0}, {0.5, 0.5}}, 0.4).probabilities == std::vector<double>{1.0});
    const RobustLottery tied = solved({4, std::vector<double>(32, 0.0), {0.5, 0.5}}, 0.4);
    CHECK(distance(tied.probabilities, std::vector<double>(4, 0.25)) < 1e-9);
    CHECK(!tied.isUnique);
    CHECK(tied.lower == 0.0);
}

TEST_CASE("robustPath_stopped_endsThere") {
    int asked = 0;
    const std::vector<double> rhos{0.0, 0.1, 0.2, 0.3};
    const auto path = robustPath(kNiche, rhos, [&asked] { return ++asked > 2; });
    REQUIRE(path.ok());
    CHECK(path->size() == 2);
}

// A whole path of eleven distances for fifty candidates in eight groups, within a frame.
TEST_CASE("robustPath_fiftyCandidatesEightGroups_takesLittle") {
    const GroupGame game = randomGroups(50, 8, 0, 5);
    const std::vector<double> rhos{0, .1, .2, .3, .4, .5, .6, .7, .8, .9, 1};
    std::vector<double> milliseconds;
    for (int repetition = 0; repetition < 5; ++repetition) {
        const auto from = std::chrono::steady_clock::now();
        REQUIRE(robustLottery(game, 0.3).ok());
        const auto middle = std::chrono::steady_clock::now();
        REQUIRE(robustPath(game, rhos).ok());
        const auto to = std::chrono::steady_clock::now();
        milliseconds.push_back(std::chrono::duration<double, std::milli>(middle - from).count());
        MESSAGE("one: " << milliseconds.back() << " ms, path: "
                        << std::chrono::duration<double, std::milli>(to - middle).count());
    }
    std::sort(milliseconds.begin(), milliseconds.end());
    if (psephos::test::kTimesCount) {
        CHECK(milliseconds[0] < 16.0);
    }
}
