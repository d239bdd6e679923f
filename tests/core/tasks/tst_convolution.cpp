// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tasks/task_helpers.hpp"
#include "datasets/generated.hpp"
#include "tasks/convolution.hpp"

#include <algorithm>
#include <cmath>

using namespace psephos;

namespace {

std::shared_ptr<const datasets::Labelled> numbers() {
    static const auto kNumbers =
        std::make_shared<const datasets::Labelled>(datasets::houseNumbers(400));
    return kNumbers;
}

std::unique_ptr<tasks::Task> makeTiny(std::uint64_t seed) {
    return tasks::makeConvolution({2, 4, 16}, numbers(), {seed});
}

} // namespace

TEST_CASE("convolution_startAndBatches_areKeyedBySeedAndStep") {
    test::checkKeyedBySeedAndStep(makeTiny);
}

TEST_CASE("convolution_gradient_isTheDerivativeOfTheLoss") {
    test::checkGradient(makeTiny);
}

TEST_CASE("convolution_fewSteps_learnNumbersAndRestoreBitForBit") {
    test::checkLearnsAndRestores(makeTiny, 80, 0.4);
}

TEST_CASE("convolution_parameters_haveTheirShapesAndRoles") {
    const auto task = tasks::makeConvolution({3, 4, 16}, numbers(), {0});
    const auto parameters = task->parameters();
    REQUIRE(parameters.size() == 8);
    CHECK(parameters[0].value.sizes() == at::IntArrayRef{4, 3, 3, 3});
    CHECK(parameters[2].value.sizes() == at::IntArrayRef{8, 4, 3, 3});
    CHECK(parameters[4].value.sizes() == at::IntArrayRef{16, 8, 3, 3});
    CHECK(parameters[6].value.sizes() == at::IntArrayRef{10, 16 * 2 * 2});
    // Pixels are no hidden units: the matrix methods leave the first filters to AdamW.
    CHECK(parameters[0].role == tensor::ParameterRole::Embedding);
    CHECK(parameters[2].role == tensor::ParameterRole::Hidden);
    CHECK(parameters[6].role == tensor::ParameterRole::Head);
    // 256, 64 and 16 places by 27, 36 and 72 inputs of 4, 8 and 16 filters, and the head.
    CHECK(task->multiplications() ==
          doctest::Approx(16.0 * (256 * 27 * 4 + 64 * 36 * 8 + 16 * 72 * 16 + 640)));
}

TEST_CASE("convolution_movedPicture_isTheSameToAHeadThatWeighsAllPlacesAlike") {
    // A filter sees what it sees wherever it is; a move by two is one place behind the pooling.
    const auto lossOfADotAt = [](std::size_t column) {
        datasets::Labelled set = datasets::houseNumbers(20);
        const std::size_t side = set.image->columns;
        std::fill(set.values.begin(), set.values.end(), 0.0F);
        for (std::size_t row = 0; row < set.rows(); ++row) {
            set.values[row * set.features + 6 * side + column] = 1.0F; // red
        }
        const auto task = tasks::makeConvolution(
            {1, 4, 16}, std::make_shared<const datasets::Labelled>(std::move(set)), {0});
        const at::Tensor head = task->parameters()[2].value.detach();
        const at::Tensor alike = head.view({10, 4, 64}).mean(2, true).expand({10, 4, 64});
        head.copy_(alike.reshape({10, 256}));
        return task->evaluate().loss;
    };
    CHECK(lossOfADotAt(6) == doctest::Approx(lossOfADotAt(8)).epsilon(1e-6));
    CHECK(lossOfADotAt(6) != doctest::Approx(lossOfADotAt(0)).epsilon(1e-6)); // cut by the edge
}

TEST_CASE("convolution_anImageOfFewRows_isPooledAsLongAsThereAreTwo") {
    const auto digits = std::make_shared<const datasets::Labelled>(datasets::paintedDigits(100));
    const auto task = tasks::makeConvolution({5, 2, 8}, digits, {0}); // 12, 6, 3, 1, 1, 1
    CHECK(task->parameters()[10].value.sizes() == at::IntArrayRef{10, 32});
    CHECK(std::isfinite(task->evaluate().loss));
    test::checkKeyedBySeedAndStep([&](std::uint64_t seed) {
        return tasks::makeConvolution({5, 2, 8}, digits, {seed});
    });
}

TEST_CASE("convolution_rowsWithoutAShape_areRefused") {
    const datasets::Labelled series = datasets::seriesDigits(100);
    const auto valid = tasks::validate(tasks::ConvolutionConfig(), series);
    REQUIRE_FALSE(valid.ok());
    CHECK(valid.error().message.find("not images") != std::string::npos);
    CHECK(valid.error().place == series.name);
    CHECK(tasks::validate(tasks::ConvolutionConfig(), *numbers()).ok());
}
