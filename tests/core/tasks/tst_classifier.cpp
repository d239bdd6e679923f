// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tasks/task_helpers.hpp"
#include "datasets/generated.hpp"
#include "tasks/classifier.hpp"

using namespace psephos;

namespace {

std::shared_ptr<const datasets::Labelled> digits() {
    static const auto kDigits =
        std::make_shared<const datasets::Labelled>(datasets::paintedDigits(400));
    return kDigits;
}

std::unique_ptr<tasks::Task> makeTiny(std::uint64_t seed) {
    return tasks::makeClassifier({{12, 8}, 16}, digits(), {seed});
}

} // namespace

TEST_CASE("classifier_startAndBatches_areKeyedBySeedAndStep") {
    test::checkKeyedBySeedAndStep(makeTiny);
}

TEST_CASE("classifier_gradient_isTheDerivativeOfTheLoss") {
    test::checkGradient(makeTiny);
}

TEST_CASE("classifier_fewSteps_learnDigitsAndRestoreBitForBit") {
    test::checkLearnsAndRestores(makeTiny, 60, 0.5);
}

TEST_CASE("classifier_withoutHiddenLayers_isLinear") {
    const auto task = tasks::makeClassifier({{}, 16}, digits(), {0});
    REQUIRE(task->parameters().size() == 2);
    CHECK(task->parameters()[0].role == tensor::ParameterRole::Head);
    CHECK(task->parameterCount() == 144 * 10 + 10);
    test::checkLearnsAndRestores(
        [](std::uint64_t seed) {
            return tasks::makeClassifier({{}, 16}, digits(), {seed});
        },
        30, 0.3);
}

TEST_CASE("classifier_accuracy_isThatOfTheHeldOutRows") {
    const auto task = makeTiny(0);
    const auto evaluation = task->evaluate();
    REQUIRE(evaluation.accuracy.has_value());
    CHECK(*evaluation.accuracy >= 0.0);
    CHECK(*evaluation.accuracy <= 0.5);
    const double rows = *evaluation.accuracy * static_cast<double>(digits()->heldOut.size());
    CHECK(rows == doctest::Approx(std::round(rows)));
}

TEST_CASE("classifier_weightsOfAnotherModel_areRefused") {
    tensor::Archive archive;
    makeTiny(0)->save(archive);
    const auto wider = tasks::makeClassifier({{13, 8}, 16}, digits(), {0});
    CHECK_FALSE(wider->restore(archive).ok());
    CHECK_FALSE(wider->restore(tensor::Archive()).ok());
}

TEST_CASE("classifier_sample_namesWhatWasShownAndSaid") {
    const std::string line = makeTiny(0)->sample(1);
    CHECK(line.rfind("shown ", 0) == 0);
    CHECK(line.find(", says ") != std::string::npos);
    CHECK(makeTiny(0)->sample(2) == line);
}
