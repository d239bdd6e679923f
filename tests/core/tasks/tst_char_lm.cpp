// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tasks/task_helpers.hpp"
#include "lab/text.hpp"
#include "numerics/random.hpp"
#include "tasks/char_lm.hpp"

#include <cmath>
#include <map>
#include <optional>
#include <string>

using namespace psephos;

namespace {

std::shared_ptr<const datasets::Text> abcText() {
    std::string bytes;
    for (int i = 0; i < 400; ++i) {
        bytes += "abc, ";
    }
    return std::make_shared<const datasets::Text>(datasets::Text::fromBytes(bytes, "abc").value());
}

tasks::CharLmConfig tiny() {
    return {2, 16, 2, 8, 4};
}

std::unique_ptr<tasks::Task> makeTiny(std::uint64_t seed) {
    return tasks::makeCharLm(tiny(), abcText(), {seed});
}

} // namespace

TEST_CASE("charLm_startAndBatches_areKeyedBySeedAndStep") {
    test::checkKeyedBySeedAndStep([](std::uint64_t seed) {
        auto text = std::make_shared<const datasets::Text>(datasets::builtInText());
        return tasks::makeCharLm(tiny(), text, {seed});
    });
}

TEST_CASE("charLm_gradient_isTheDerivativeOfTheLoss") {
    test::checkGradient(makeTiny);
}

TEST_CASE("charLm_fewSteps_learnAPatternAndRestoreBitForBit") {
    test::checkLearnsAndRestores(makeTiny, 30, 1.0);
}

TEST_CASE("charLm_untrained_isNearTheUniformGuess") {
    const auto text = std::make_shared<const datasets::Text>(datasets::builtInText());
    const auto task = tasks::makeCharLm(tiny(), text, {0});
    const double uniform = std::log(static_cast<double>(text->alphabet().size()));
    CHECK(task->evaluate().loss > uniform - 0.2);
    CHECK(task->evaluate().loss < uniform + 1.0);
}

TEST_CASE("charLm_alternatingText_isLearnedFromOneByte") {
    std::string bytes(2000, 'a');
    for (std::size_t i = 0; i < bytes.size(); i += 2) {
        bytes[i] = 'b';
    }
    const auto text =
        std::make_shared<const datasets::Text>(datasets::Text::fromBytes(bytes, "ab").value());
    tasks::CharLmConfig config = tiny();
    config.context = 1; // a window of one byte: the next is decided by it
    const auto task = tasks::makeCharLm(config, text, {0});
    optim::AdamConfig adam;
    adam.learningRate = 1e-2;
    auto optimizer = optim::engine::Optimizer::make(adam, task->parameters());
    REQUIRE(optimizer.ok());
    std::vector<at::Tensor> gradients;
    for (int step = 1; step <= 60; ++step) {
        task->draw(step);
        static_cast<void>(task->gradient(gradients));
        REQUIRE((*optimizer)->step(gradients, {1e-2, 1e-2}).ok());
    }
    CHECK(task->evaluate().accuracy == 1.0);
}

TEST_CASE("charLm_randomText_cannotBePredicted") {
    // A model that saw the byte it is to predict would beat chance on noise.
    numerics::RandomStream stream(1, "noise", 0);
    std::string bytes;
    for (int i = 0; i < 4000; ++i) {
        bytes += static_cast<char>('a' + stream.below(4));
    }
    const auto text =
        std::make_shared<const datasets::Text>(datasets::Text::fromBytes(bytes, "noise").value());
    const auto task = tasks::makeCharLm(tiny(), text, {0});
    optim::AdamConfig adam;
    auto optimizer = optim::engine::Optimizer::make(adam, task->parameters());
    REQUIRE(optimizer.ok());
    std::vector<at::Tensor> gradients;
    for (int step = 1; step <= 150; ++step) {
        task->draw(step);
        static_cast<void>(task->gradient(gradients));
        REQUIRE((*optimizer)->step(gradients, {1e-2, 1e-2}).ok());
    }
    CHECK(task->evaluate().loss > std::log(4.0) - 0.05);
    CHECK(task->evaluate().accuracy < 0.4);
}

TEST_CASE("charLm_parameters_haveTheirRoles") {
    const auto task = makeTiny(0);
    std::size_t hidden = 0;
    std::size_t embeddings = 0;
    std::size_t heads = 0;
    for (const tensor::Parameter& parameter : task->parameters()) {
        hidden += parameter.role == tensor::ParameterRole::Hidden ? 1 : 0;
        embeddings += parameter.role == tensor::ParameterRole::Embedding ? 1 : 0;
        heads += parameter.role == tensor::ParameterRole::Head ? 1 : 0;
    }
    CHECK(hidden == 12);
    CHECK(embeddings == 2);
    CHECK(heads == 1);
    CHECK(task->parameterCount() == 5 * 16 + 8 * 16 + 2 * (16 + 4 * 256 + 16 + 2 * 1024) + 16 + 80);
}

TEST_CASE("charLm_start_isByInputsOrAlike") {
    // Root mean square of a weight's numbers, a row a parameter that is a matrix.
    const auto deviations = [](std::optional<double> start) {
        tasks::CharLmConfig config{2, 64, 2, 8, 4};
        config.startDeviation = start;
        const auto text = std::make_shared<const datasets::Text>(datasets::builtInText());
        const auto task = tasks::makeCharLm(config, text, {0});
        std::map<std::string, double> found;
        for (const tensor::Parameter& parameter : task->parameters()) {
            if (parameter.value.dim() == 2) {
                found[parameter.name] =
                    parameter.value.square().mean().sqrt().item<double>(); // mean 0
            }
        }
        return found;
    };
    const auto near = [](double value) { return doctest::Approx(value).epsilon(0.1); };
    const auto byInputs = deviations(std::nullopt);
    CHECK(byInputs.at("embedding.token") == near(1.0 / 8));
    CHECK(byInputs.at("layer1.attention.query") == near(1.0 / 8));
    CHECK(byInputs.at("layer1.attention.out") == near(1.0 / 16));
    CHECK(byInputs.at("layer1.mlp.down") == near(1.0 / 32));
    const auto alike = deviations(0.02);
    CHECK(alike.size() == byInputs.size());
    for (const auto& [name, deviation] : alike) {
        CHECK_MESSAGE(deviation == near(0.02), name);
    }
}

TEST_CASE("charLm_badSizes_areNamed") {
    tasks::CharLmConfig config = tiny();
    config.heads = 3;
    const auto heads = tasks::validate(config, *abcText());
    REQUIRE_FALSE(heads.ok());
    CHECK(heads.error().message.find("char_lm.heads") != std::string::npos);
    config = tiny();
    config.context = 200; // the held-out tenth has 200 bytes
    const auto context = tasks::validate(config, *abcText());
    REQUIRE_FALSE(context.ok());
    CHECK(context.error().message.find("char_lm.context") != std::string::npos);
    config.context = 199;
    CHECK(tasks::validate(config, *abcText()).ok());
    CHECK(std::isfinite(tasks::makeCharLm(config, abcText(), {0})->evaluate().loss));
}

TEST_CASE("charLm_sample_isOneReadableLineKeyedByStep") {
    // An alphabet with a line's end, a control character, a letter of two bytes and half a letter.
    std::string bytes;
    for (int i = 0; i < 200; ++i) {
        bytes += "a\nb\x01 \xc3\xa9 \xff";
    }
    const auto text =
        std::make_shared<const datasets::Text>(datasets::Text::fromBytes(bytes, "odd").value());
    const auto task = tasks::makeCharLm(tiny(), text, {0});
    const std::string line = task->sample(3);
    CHECK(line.find('\n') == std::string::npos);
    CHECK(line.find('\x01') == std::string::npos);
    CHECK(lab::isUtf8(line));
    CHECK(line.size() >= 72);
    CHECK(task->sample(3) == line);
    CHECK(task->sample(4) != line);
}
