// SPDX-License-Identifier: GPL-3.0-or-later
// The engine against the textbook: open loop, random shapes, every option.
#include "core/optim/engine_helpers.hpp"

#include <doctest/doctest.h>

using namespace psephos;
using namespace psephos::test;

namespace {

/// Shapes that share batches, have a long and a short side, and are vectors in every spelling.
/// Where SOAP's first Gram matrix has a null space of two or more dimensions its first basis is
/// arbitrary and results differ legitimately (spec §10e), so sides differ by at most one unless the
/// longer one is without a factor; and the vectors that get a basis have length 2.
const std::vector<std::vector<std::int64_t>> kShapes{{3, 4}, {4, 3}, {3, 4}, {5, 5}, {5},   {5, 1},
                                                     {1, 2}, {2},    {1},    {},     {3, 4}};

class Textbook {
  public:
    Textbook(const OptimizerConfig& config, const std::vector<Parameter>& parameters) {
        for (const Parameter& parameter : parameters) {
            weights_.push_back(toMatrix(parameter.value));
            auto made = optim::textbook::makeOptimizer(config, weights_.back().rows(),
                                                       weights_.back().cols());
            REQUIRE(made.ok());
            optimizers_.push_back(std::move(*made));
        }
    }

    optim::textbook::StepReport step(std::size_t i, const at::Tensor& gradient, double factor) {
        const auto report = optimizers_[i]->step(weights_[i], toMatrix(gradient), factor);
        REQUIRE(report.ok());
        return *report;
    }

    [[nodiscard]] const optim::textbook::Matrix& weight(std::size_t i) const { return weights_[i]; }

    [[nodiscard]] std::optional<optim::textbook::Matrix> state(std::size_t i,
                                                               std::string_view name) const {
        return optimizers_[i]->state(name);
    }

  private:
    std::vector<optim::textbook::Matrix> weights_;
    std::vector<std::unique_ptr<optim::textbook::Optimizer>> optimizers_;
};

} // namespace

TEST_CASE("engine_randomShapes_equalTheTextbook") {
    for (const auto& [name, config] : manyConfigs()) {
        CAPTURE(name);
        for (std::uint64_t seed = 0; seed < 3; ++seed) {
            const auto parameters = randomParameters(kShapes, seed);
            Textbook textbook(config, parameters);
            auto engine = Optimizer::make(config, parameters);
            REQUIRE(engine.ok());
            for (std::uint64_t step = 1; step <= 12; ++step) {
                const double factor = step < 6 ? 1.0 : 0.3;
                const auto gradients = randomGradients(parameters, seed, step);
                const auto report =
                    (*engine)->step(gradients, Optimizer::rates(config, {}, factor));
                REQUIRE(report.ok());
                double gradientSquares = 0.0;
                double updateSquares = 0.0;
                for (std::size_t i = 0; i < parameters.size(); ++i) {
                    const auto told = textbook.step(i, gradients[i], factor);
                    gradientSquares += told.gradientNorm * told.gradientNorm;
                    updateSquares += told.updateNorm * told.updateNorm;
                    const double difference =
                        (toMatrix(parameters[i].value) - textbook.weight(i)).cwiseAbs().maxCoeff();
                    CHECK_MESSAGE(difference < 1e-10, "parameter ", i, " step ", step);
                }
                CHECK(report->gradientNorm == doctest::Approx(std::sqrt(gradientSquares)));
                CHECK(report->updateNorm == doctest::Approx(std::sqrt(updateSquares)));
                CHECK_FALSE(report->skippedNonfinite);
                CHECK_FALSE(report->refreshFailed);
            }
        }
    }
}

TEST_CASE("engine_state_equalsTheTextbookByName") {
    for (const auto& [name, config] : manyConfigs()) {
        CAPTURE(name);
        const auto parameters = randomParameters(kShapes, 5);
        Textbook textbook(config, parameters);
        auto engine = Optimizer::make(config, parameters);
        REQUIRE(engine.ok());
        for (std::uint64_t step = 1; step <= 7; ++step) {
            const auto gradients = randomGradients(parameters, 5, step);
            REQUIRE((*engine)->step(gradients, Optimizer::rates(config)).ok());
            for (std::size_t i = 0; i < parameters.size(); ++i) {
                textbook.step(i, gradients[i], 1.0);
            }
        }
        std::size_t compared = 0;
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            for (const char* part : {"m", "v", "momentum", "row", "col", "x_eval", "z", "L", "R",
                                     "exp_avg_sq", "exp_avg_original_space", "bias_step"}) {
                const auto expected = textbook.state(i, part);
                const auto found = (*engine)->state(i, part);
                // Where the textbook keeps nothing (SGD without momentum) the engine may not
                // either.
                if (!expected || !found) {
                    continue;
                }
                const auto matrix = toMatrix(*found);
                REQUIRE(matrix.size() == expected->size());
                const optim::textbook::Matrix same =
                    matrix.reshaped(expected->rows(), expected->cols());
                CHECK_MESSAGE((same - *expected).cwiseAbs().maxCoeff() < 1e-10, part);
                ++compared;
            }
        }
        CHECK((compared > 0 || name == "sgd, plain"));
    }
}

TEST_CASE("engine_float32_staysNearTheTextbook") {
    for (const auto& [name, config] : manyConfigs()) {
        CAPTURE(name);
        const auto parameters = randomParameters({{3, 4}, {5, 5}, {5}}, 3, at::kFloat);
        Textbook textbook(config, parameters);
        auto engine = Optimizer::make(config, parameters);
        REQUIRE(engine.ok());
        for (std::uint64_t step = 1; step <= 10; ++step) {
            const auto gradients = randomGradients(parameters, 3, step, at::kFloat);
            REQUIRE((*engine)->step(gradients, Optimizer::rates(config)).ok());
            for (std::size_t i = 0; i < parameters.size(); ++i) {
                textbook.step(i, gradients[i], 1.0);
                const double difference =
                    (toMatrix(parameters[i].value) - textbook.weight(i)).cwiseAbs().maxCoeff();
                CHECK_MESSAGE(difference < 1e-3, "parameter ", i, " step ", step);
            }
        }
    }
}

TEST_CASE("engine_convolutionWeight_isTheMatrixOfItsRows") {
    for (const auto& [name, config] : manyConfigs()) {
        CAPTURE(name);
        auto parameters = randomParameters({{4, 5, 1, 1}, {4, 5}}, 1);
        {
            const at::NoGradGuard noGradient;
            parameters[1].value.copy_(parameters[0].value.view({4, 5}));
        }
        auto engine = Optimizer::make(config, parameters);
        REQUIRE(engine.ok());
        for (std::uint64_t step = 1; step <= 5; ++step) {
            auto gradients = randomGradients(parameters, 1, step);
            gradients[1] = gradients[0].view({4, 5});
            REQUIRE((*engine)->step(gradients, Optimizer::rates(config)).ok());
        }
        CHECK(largestDifference(parameters[0].value.view({4, 5}), parameters[1].value) < 1e-12);
    }
}

TEST_CASE("engine_muonPrecision_roundsTheIterationAlone") {
    using optim::NsPrecision;
    for (const auto& [precision, least, most] :
         {std::tuple{NsPrecision::Float32, 1e-10, 1e-6}, {NsPrecision::BFloat16, 1e-5, 3e-3}}) {
        optim::MuonConfig config;
        const auto reference = randomParameters({{8, 6}, {8, 6}}, 4);
        const auto rounded = randomParameters({{8, 6}, {8, 6}}, 4);
        auto exact = Optimizer::make(config, reference);
        config.precision = precision;
        auto other = Optimizer::make(config, rounded);
        REQUIRE(exact.ok());
        REQUIRE(other.ok());
        const auto gradients = randomGradients(reference, 4, 1);
        REQUIRE((*exact)->step(gradients, Optimizer::rates(config)).ok());
        REQUIRE((*other)->step(gradients, Optimizer::rates(config)).ok());
        const double difference = largestDifference(reference[0].value, rounded[0].value);
        CHECK(difference > least);
        CHECK(difference < most);
        CHECK(isBitEqual((*exact)->state(0, "momentum").value(),
                         (*other)->state(0, "momentum").value()));
    }
}

TEST_CASE("engine_muonOnConvolution_scalesByTheFlattenedShapeUnlessToldOtherwise") {
    // Source: spec §2.9 trap (a): (64,3,3,3) gets √(64/27) flattened and 1 from its last two sides.
    const auto lengthOf = [](bool ofLastSides, const std::vector<std::int64_t>& shape) {
        optim::MuonConfig config;
        config.scaleOfLastSides = ofLastSides;
        const auto parameters = randomParameters({shape, {64, 27}}, 7);
        auto engine = Optimizer::make(config, parameters);
        REQUIRE(engine.ok());
        const at::Tensor before = parameters[0].value.detach().clone();
        REQUIRE((*engine)->step(randomGradients(parameters, 7, 1), Optimizer::rates(config)).ok());
        return (parameters[0].value.detach() - before).norm().item<double>();
    };
    const double flattened = lengthOf(false, {64, 3, 3, 3});
    CHECK(flattened / lengthOf(true, {64, 3, 3, 3}) == doctest::Approx(std::sqrt(64.0 / 27.0)));
    CHECK(lengthOf(true, {64, 27}) == doctest::Approx(lengthOf(false, {64, 27})));
}
