// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/central_path.hpp"
#include "core/choice/games.hpp"

#include <doctest/doctest.h>

using psephos::choice::analyticCentre;
using psephos::choice::centralPathPoint;
using namespace psephos::testing;

namespace {

Eigen::MatrixXd matrixOf(const Game& game) {
    const auto n = static_cast<Eigen::Index>(game.size);
    return Eigen::MatrixXd::Map(game.margins.data(), n, n).transpose();
}

} // namespace

TEST_CASE("centralPath_point_satisfiesItsEquations") {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const Eigen::MatrixXd game = matrixOf(gaussianGame(2 + seed, seed));
        for (const double mu : {1e3, 1.0, 1e-3, 1e-9}) {
            CAPTURE(mu);
            const auto end = centralPathPoint(game, mu);
            REQUIRE(end.ok());
            const Eigen::ArrayXd p = end->strategy.array();
            const Eigen::ArrayXd slack =
                (game.transpose() * end->strategy).array() + double(p.size()) * mu;
            CHECK(p.minCoeff() > 0.0);
            CHECK(p.sum() == doctest::Approx(1.0).epsilon(1e-12));
            CHECK((p * slack / mu - 1.0).abs().maxCoeff() < 1e-6);
            CHECK(end->gap <= double(p.size()) * mu);
        }
    }
}

TEST_CASE("centralPath_largeMu_isUniform") {
    const auto end = centralPathPoint(matrixOf(gaussianGame(6, 1)), 1e9);
    REQUIRE(end.ok());
    CHECK((end->strategy.array() - 1.0 / 6).abs().maxCoeff() < 1e-9);
}

TEST_CASE("centralPath_twoTiedAtTheTop_endsAtTheirCentre") {
    // Golden limit_two_tied_top: a ties b, a beats c by 2, b by 4 -> (1 − 1/√3, 1/√3, 0).
    Game game{3, std::vector<double>(9, 0.0)};
    game.set(0, 2, 0.5);
    game.set(1, 2, 1.0);
    const auto end = analyticCentre(matrixOf(game));
    REQUIRE(end.ok());
    CHECK(end->strategy[0] == doctest::Approx(1.0 - 1.0 / std::sqrt(3.0)).epsilon(1e-13));
    CHECK(end->strategy[1] == doctest::Approx(1.0 / std::sqrt(3.0)).epsilon(1e-13));
    CHECK(end->freedom == 1);
    CHECK(end->strategy[2] == 0.0);
}

TEST_CASE("centralPath_factorizations_areFew") {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const Game game = gaussianGame(50, seed);
        const Eigen::MatrixXd matrix = matrixOf(game);
        const auto end = analyticCentre(matrix / matrix.cwiseAbs().maxCoeff());
        REQUIRE(end.ok());
        CHECK(end->factorizations <= 30);
    }
}
