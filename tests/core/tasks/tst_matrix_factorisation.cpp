// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tasks/task_helpers.hpp"
#include "tasks/matrix_factorisation.hpp"

#include <string>

using namespace psephos;

namespace {

tasks::MatrixFactorisationConfig tiny() {
    tasks::MatrixFactorisationConfig config;
    config.rows = 24;
    config.columns = 16;
    config.rank = 3;
    config.batch = 128;
    return config;
}

std::unique_ptr<tasks::Task> makeTiny(std::uint64_t seed) {
    return tasks::makeMatrixFactorisation(tiny(), {seed});
}

/// Trains by AdamW at a falling rate.
void train(tasks::Task& task, int steps, double learningRate) {
    optim::AdamConfig adam;
    auto optimizer = optim::engine::Optimizer::make(adam, task.parameters());
    REQUIRE(optimizer.ok());
    std::vector<at::Tensor> gradients;
    for (int step = 1; step <= steps; ++step) {
        task.draw(step);
        static_cast<void>(task.gradient(gradients));
        const double rate = learningRate * (1.0 - 0.98 * step / steps);
        REQUIRE((*optimizer)->step(gradients, {rate, rate}).ok());
    }
}

} // namespace

TEST_CASE("matrixFactorisation_startAndBatches_areKeyedBySeedAndStep") {
    test::checkKeyedBySeedAndStep(makeTiny);
}

TEST_CASE("matrixFactorisation_gradient_isTheDerivativeOfTheLoss") {
    test::checkGradient([](std::uint64_t seed) {
        tasks::MatrixFactorisationConfig config = tiny();
        config.startDeviation = 0.5;
        return tasks::makeMatrixFactorisation(config, {seed});
    });
}

TEST_CASE("matrixFactorisation_fewSteps_learnTheMatrixAndRestoreBitForBit") {
    test::checkLearnsAndRestores(
        [](std::uint64_t seed) {
            tasks::MatrixFactorisationConfig config = tiny();
            config.startDeviation = 0.5;
            return tasks::makeMatrixFactorisation(config, {seed});
        },
        600, 0.4);
}

TEST_CASE("matrixFactorisation_ofSmallStart_missesAllOfTheMatrix") {
    tasks::MatrixFactorisationConfig config; // the default: entries of mean square 1
    config.startDeviation = 1e-6;
    const auto task = tasks::makeMatrixFactorisation(config, {0});
    CHECK(task->evaluate().loss == doctest::Approx(1.0).epsilon(0.1));
    CHECK_FALSE(task->evaluate().accuracy.has_value());
    for (const double share : task->learnedShares()) {
        CHECK(std::abs(share) < 1e-6);
    }
}

TEST_CASE("matrixFactorisation_bestOfItsRank_isTheTailOfTheSpectrum") {
    // Eckart and Young: over all entries the tail of σ², as a share of the whole; the held-out
    // tenth is a sample of it.
    tasks::MatrixFactorisationConfig config;
    double tail = 0.0;
    double whole = 0.0;
    for (std::int64_t k = 1; k <= config.columns; ++k) {
        const double square = std::pow(static_cast<double>(k), -2.0 * config.exponent);
        whole += square;
        tail += k > config.rank ? square : 0.0;
    }
    const auto task = tasks::makeMatrixFactorisation(config, {0});
    REQUIRE(task->referenceLoss().has_value());
    CHECK(*task->referenceLoss() == doctest::Approx(tail / whole).epsilon(0.1));
    // Nothing is left of a matrix of the full rank.
    config.rank = config.columns;
    const auto full = tasks::makeMatrixFactorisation(config, {0});
    CHECK(*full->referenceLoss() < 1e-10);
}

TEST_CASE("matrixFactorisation_trained_hasTheStrongDirectionsAndNotWhatIsBeyondItsRank") {
    const auto task = makeTiny(0);
    train(*task, 600, 0.1);
    const auto shares = task->learnedShares();
    REQUIRE(shares.size() == 6);
    for (std::size_t k = 0; k < 3; ++k) {
        CHECK(shares[k] == doctest::Approx(1.0).epsilon(0.1));
    }
    for (std::size_t k = 3; k < 6; ++k) {
        CHECK(std::abs(shares[k]) < 0.3);
    }
    CHECK(task->evaluate().loss > *task->referenceLoss());
    CHECK(task->evaluate().loss < 4.0 * *task->referenceLoss());
}

TEST_CASE("matrixFactorisation_matrix_isTheSameForEverySeed") {
    const auto shown = [](std::uint64_t seed) {
        const std::string words = makeTiny(seed)->sample(1);
        return words.substr(0, words.find(", says"));
    };
    CHECK(shown(0) == shown(1));
    CHECK(shown(0).rfind("shown ", 0) == 0);
    CHECK(*makeTiny(0)->referenceLoss() == *makeTiny(1)->referenceLoss());
}

TEST_CASE("matrixFactorisation_rankBeyondTheMatrix_isRefused") {
    tasks::MatrixFactorisationConfig config = tiny();
    config.rank = 17;
    const auto valid = tasks::validate(config);
    REQUIRE_FALSE(valid.ok());
    CHECK(valid.error().message.find("matrix_factorisation.rank") != std::string::npos);
    config.rank = 16;
    REQUIRE(tasks::validate(config).ok());
    CHECK(std::isfinite(tasks::makeMatrixFactorisation(config, {0})->evaluate().loss));
    config = {2, 2, 1, 0.0, 0.1, 1}; // the least there is
    CHECK(std::isfinite(tasks::makeMatrixFactorisation(config, {0})->evaluate().loss));
}
