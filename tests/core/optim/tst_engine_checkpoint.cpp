// SPDX-License-Identifier: GPL-3.0-or-later
// Saving and restoring the engine's state: bit for bit, at every place in the refresh period.
#include "core/optim/engine_helpers.hpp"

#include <doctest/doctest.h>

using namespace psephos;
using namespace psephos::test;

namespace {

constexpr std::uint64_t kSeed = 12;
const std::vector<std::vector<std::int64_t>> kShapes{{16, 12}, {16, 12}, {20}, {12, 16}};

void run(Optimizer& optimizer, const std::vector<Parameter>& parameters,
         const OptimizerConfig& config, std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t step = from; step <= to; ++step) {
        const auto gradients =
            randomGradients(parameters, kSeed, step, parameters.front().value.scalar_type());
        REQUIRE(optimizer.step(gradients, Optimizer::rates(config)).ok());
    }
}

/// Weights and state after `last` steps, interrupted after `cut` (never, where cut is 0).
std::string finalBytes(const OptimizerConfig& config, std::uint64_t cut, std::uint64_t last) {
    auto parameters = randomParameters(kShapes, kSeed, at::kFloat);
    auto optimizer = Optimizer::make(config, parameters);
    REQUIRE(optimizer.ok());
    run(**optimizer, parameters, config, 1, cut == 0 ? last : cut);
    if (cut > 0) {
        tensor::Archive archive;
        for (const Parameter& parameter : parameters) {
            archive.set(parameter.name, parameter.value);
        }
        (*optimizer)->save(archive);
        const std::string bytes = archive.bytes();
        parameters = randomParameters(kShapes, kSeed + 1, at::kFloat);
        optimizer = Optimizer::make(config, parameters);
        const auto read = tensor::Archive::read(bytes);
        REQUIRE(read.ok());
        for (Parameter& parameter : parameters) {
            REQUIRE(read->copyInto(parameter.name, parameter.value).ok());
        }
        const auto taken = (*optimizer)->restore(*read);
        REQUIRE(taken.ok());
        REQUIRE(*taken);
        run(**optimizer, parameters, config, cut + 1, last);
    }
    tensor::Archive archive;
    for (const Parameter& parameter : parameters) {
        archive.set(parameter.name, parameter.value);
    }
    (*optimizer)->save(archive);
    return archive.bytes();
}

} // namespace

TEST_CASE("engine_restored_goesOnBitForBit") {
    // SOAP's k is one behind the call: with f = 5 these are k mod f = 0, 1, 4 and the first call.
    constexpr std::uint64_t kLast = 14;
    std::vector<NamedConfig> configs = manyConfigs();
    optim::SoapConfig soap;
    soap.refreshPeriod = 5;
    configs.emplace_back("soap, f = 5", soap);
    optim::ShampooConfig shampoo;
    shampoo.refreshPeriod = 5;
    configs.emplace_back("shampoo, f = 5", shampoo);
    for (const auto& [name, config] : configs) {
        CAPTURE(name);
        const std::string undisturbed = finalBytes(config, 0, kLast);
        const bool isOfPeriod = name.ends_with("f = 5");
        for (const std::uint64_t cut : isOfPeriod ? std::vector<std::uint64_t>{1, 5, 6, 7, 10}
                                                  : std::vector<std::uint64_t>{6}) {
            CHECK_MESSAGE(finalBytes(config, cut, kLast) == undisturbed, "cut after ", cut);
        }
    }
}

TEST_CASE("engine_archiveOfAnotherOptimizer_isNotTakenOver") {
    const auto parameters = randomParameters(kShapes, kSeed, at::kFloat);
    auto soap = Optimizer::make(optim::SoapConfig{}, parameters);
    REQUIRE(soap.ok());
    run(**soap, parameters, optim::SoapConfig{}, 1, 3);
    tensor::Archive archive;
    (*soap)->save(archive);
    auto adam = Optimizer::make(optim::AdamConfig{}, parameters);
    REQUIRE(adam.ok());
    const auto taken = (*adam)->restore(archive);
    REQUIRE(taken.ok());
    CHECK_FALSE(*taken);
}

TEST_CASE("engine_archiveUnderAnotherPeriod_isTakenOver") {
    // Refreshed at every step, the momentum is kept in the gradient's space: it is carried over.
    for (const auto& [from, to] : {std::pair{10, 1}, {1, 10}, {5, 10}}) {
        CAPTURE(from);
        CAPTURE(to);
        optim::SoapConfig before;
        before.refreshPeriod = from;
        optim::SoapConfig after;
        after.refreshPeriod = to;
        const auto parameters = randomParameters(kShapes, kSeed, at::kDouble);
        auto soap = Optimizer::make(before, parameters);
        REQUIRE(soap.ok());
        run(**soap, parameters, before, 1, 3);
        tensor::Archive archive;
        (*soap)->save(archive);
        auto other = Optimizer::make(after, parameters);
        REQUIRE(other.ok());
        const auto taken = (*other)->restore(archive);
        REQUIRE(taken.ok());
        CHECK(*taken);
        CHECK(isBitEqual(*(*soap)->state(0, "QL"), *(*other)->state(0, "QL")));
        for (const char* name : {"m", "exp_avg_original_space"}) {
            const at::Tensor m = *(*soap)->state(0, name);
            CHECK(m.abs().max().item<double>() > 0.1);
            CHECK(largestDifference(m, *(*other)->state(0, name)) < 1e-14);
        }
    }
}

TEST_CASE("engine_lookedAt_goesOnBitForBit") {
    // Reading makes the statistics whole; a step reads only the half that stays as it was.
    for (const auto& [name, config] : manyConfigs()) {
        CAPTURE(name);
        std::vector<std::vector<at::Tensor>> weights;
        for (const bool isLookedAt : {false, true}) {
            const std::vector<std::vector<std::int64_t>> shapes{{150, 140}, {150, 140}, {7, 5}};
            const auto parameters = randomParameters(shapes, kSeed, at::kFloat);
            auto optimizer = Optimizer::make(config, parameters);
            REQUIRE(optimizer.ok());
            for (std::uint64_t step = 1; step <= 6; ++step) {
                run(**optimizer, parameters, config, step, step);
                if (isLookedAt) {
                    static_cast<void>((*optimizer)->insight(1));
                    static_cast<void>((*optimizer)->state(0, "L"));
                    tensor::Archive archive;
                    (*optimizer)->save(archive);
                }
            }
            weights.emplace_back();
            for (const Parameter& parameter : parameters) {
                weights.back().push_back(parameter.value);
            }
        }
        for (std::size_t i = 0; i < weights[0].size(); ++i) {
            CHECK(isBitEqual(weights[0][i], weights[1][i]));
        }
    }
}

TEST_CASE("engine_archiveWithoutState_isAnError") {
    const auto parameters = randomParameters(kShapes, kSeed, at::kFloat);
    auto soap = Optimizer::make(optim::SoapConfig{}, parameters);
    REQUIRE(soap.ok());
    CHECK_FALSE((*soap)->restore(tensor::Archive()).ok());
    tensor::Archive incomplete;
    incomplete.set("optimizer/layout", (*soap)->layout());
    CHECK_FALSE((*soap)->restore(incomplete).ok());
}

TEST_CASE("engine_stateBytes_followTheSizes") {
    const auto parameters = randomParameters({{8, 4}}, kSeed, at::kFloat);
    auto adam = Optimizer::make(optim::AdamConfig{}, parameters);
    auto soap = Optimizer::make(optim::SoapConfig{}, parameters);
    REQUIRE(adam.ok());
    REQUIRE(soap.ok());
    CHECK((*adam)->stateBytes() == 4 * 2 * 32);
    CHECK((*soap)->stateBytes() == 4 * (2 * 32 + 2 * 64 + 2 * 16));
}
