// SPDX-License-Identifier: GPL-3.0-or-later
// Batched against single, missing gradients, bad gradients, routing.
#include "core/optim/engine_helpers.hpp"
#include "optim/engine/batched.hpp"
#include "optim/engine/host_pass.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace psephos;
using namespace psephos::test;

TEST_CASE("engine_batched_equalsOneOptimizerAParameter") {
    for (const auto& [name, config] : manyConfigs()) {
        CAPTURE(name);
        const std::vector<std::vector<std::int64_t>> shapes{{6, 5}, {6, 5}, {6, 5}, {5}, {5}};
        const auto together = randomParameters(shapes, 2);
        const auto alone = randomParameters(shapes, 2);
        auto batched = Optimizer::make(config, together);
        REQUIRE(batched.ok());
        std::vector<std::unique_ptr<Optimizer>> singles;
        for (const Parameter& parameter : alone) {
            auto made = Optimizer::make(config, std::span(&parameter, 1));
            REQUIRE(made.ok());
            singles.push_back(std::move(*made));
        }
        for (std::uint64_t step = 1; step <= 10; ++step) {
            const auto gradients = randomGradients(together, 2, step);
            REQUIRE((*batched)->step(gradients, Optimizer::rates(config)).ok());
            for (std::size_t i = 0; i < alone.size(); ++i) {
                REQUIRE(
                    singles[i]->step(std::span(&gradients[i], 1), Optimizer::rates(config)).ok());
                CHECK(largestDifference(together[i].value, alone[i].value) < 1e-10);
            }
        }
    }
}

TEST_CASE("accumulateGram_longSidesInBlocks_isTheWholeProduct") {
    for (const std::int64_t count : {1, 3}) {
        const at::Tensor g = randomTensor({count, 300, 270}, 4, "g", 0);
        for (const bool isLeft : {true, false}) {
            CAPTURE(count);
            CAPTURE(isLeft);
            const at::Tensor turned = g.transpose(1, 2);
            const at::Tensor whole = isLeft ? at::bmm(g, turned) : at::bmm(turned, g);
            const at::Tensor gram = whole.tril(); // what is above is not read
            optim::engine::accumulateGram(gram, g, isLeft, 0.25, 0.5);
            CHECK(largestDifference(gram.tril(), whole.tril() * 0.75) < 1e-11);
            optim::engine::mirrorGram(gram);
            CHECK(largestDifference(gram, whole * 0.75) < 1e-11);
        }
    }
}

TEST_CASE("mirrorGram_leavesTheLowerHalfAndMakesItWhole") {
    for (const std::int64_t d : {1, 15, 16, 17, 33, 100}) {
        CAPTURE(d);
        const at::Tensor gram = randomTensor({3, d, d}, 4, "gram", 0);
        const at::Tensor lower = gram.tril();
        optim::engine::mirrorGram(gram);
        CHECK(isBitEqual(gram.tril(), lower));
        CHECK(isBitEqual(gram, gram.transpose(1, 2)));
    }
}

TEST_CASE("mirrorGram_whatIsNotContiguous_keepsEachBitOfTheLowerHalf") {
    // What a device's tensors go through; −0 + 0 is not −0.
    const at::Tensor gram = randomTensor({2, 7, 7}, 4, "gram", 0).transpose(1, 2);
    gram.select(1, 5).fill_(-0.0);
    const at::Tensor lower = gram.clone();
    optim::engine::mirrorGram(gram);
    for (std::int64_t row = 0; row < 7; ++row) {
        CHECK(isBitEqual(gram.select(1, row).narrow(1, 0, row + 1),
                         lower.select(1, row).narrow(1, 0, row + 1)));
    }
    CHECK(isBitEqual(gram, gram.transpose(1, 2)));
}

TEST_CASE("sortRows_whereSomeEstimatesAreNoNumbers_isArgsort") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const at::Tensor estimates =
        at::tensor({1.0, nan, 3.0, 2.0, nan, 5.0, 4.0, nan, 0.0, 9.0, nan, 7.0, 8.0, 6.0, 7.0});
    const std::int64_t d = estimates.size(0);
    const at::Tensor image = estimates.unsqueeze(1).expand({d, d}).to(at::kDouble).contiguous();
    const at::Tensor order = at::empty({d}, at::kLong);
    const at::Tensor sorted = at::empty_like(image);
    optim::engine::sortRows(at::ones_like(image), image, order, sorted);
    CHECK(isBitEqual(order, estimates.argsort(/*stable=*/true, /*dim=*/0, /*descending=*/true)));
    CHECK(isBitEqual(sorted, image.index_select(0, order)));
}

TEST_CASE("permute_rowsOrColumns_isGather") {
    using optim::engine::Along;
    const at::Tensor items = randomTensor({3, 5, 7}, 4, "items", 0);
    const at::Tensor rows = randomTensor({3, 5}, 4, "rows", 0).argsort(std::int64_t{1});
    const at::Tensor cols = randomTensor({3, 7}, 4, "cols", 0).argsort(std::int64_t{1});
    at::Tensor moved = items.clone();
    optim::engine::permute(moved, rows, Along::Rows);
    CHECK(isBitEqual(moved, items.gather(1, rows.unsqueeze(2).expand_as(items))));
    optim::engine::permute(moved, rows.argsort(std::int64_t{1}), Along::Rows);
    CHECK(isBitEqual(moved, items));
    optim::engine::permute(moved, cols, Along::Columns);
    CHECK(isBitEqual(moved, items.gather(2, cols.unsqueeze(1).expand_as(items))));
}

TEST_CASE("refreshBases_wherePlacesOfColumnsDiffer_isTheSame") {
    // Columns one after another are turned in place, others by whole tensors: one result.
    for (const std::int64_t count : {1, 3}) {
        CAPTURE(count);
        const at::Tensor half = randomTensor({count, 9, 9}, 2, "gram", 0);
        const at::Tensor gram = at::bmm(half, half.transpose(1, 2));
        const auto [start, unused] = at::linalg_qr(randomTensor({count, 9, 9}, 2, "basis", 0));
        const at::Tensor rows = start.contiguous();
        const at::Tensor columns = start.transpose(1, 2).contiguous().transpose(1, 2);
        std::vector<at::Tensor> orders;
        const auto carry = [&orders](const optim::engine::BasisChange& change) {
            orders.push_back(change.order);
        };
        for (int round = 0; round < 3; ++round) {
            CHECK(optim::engine::refreshBases(gram, rows, optim::BasisRefresh::Qr, carry));
            CHECK(optim::engine::refreshBases(gram, columns, optim::BasisRefresh::Qr, carry));
            CHECK(isBitEqual(orders[0], orders[1]));
            CHECK(largestDifference(rows, columns) < 1e-12);
            orders.clear();
        }
    }
}

TEST_CASE("orthogonalFactor_spreadOverThreads_isEachItemsOwn") {
    const at::Tensor batch = randomTensor({5, 40, 40}, 3, "a", 0, at::kFloat);
    tensor::useThreads(1);
    std::vector<at::Tensor> alone;
    for (std::int64_t item = 0; item < batch.size(0); ++item) {
        alone.push_back(optim::engine::orthogonalFactor(batch.narrow(0, item, 1)));
    }
    tensor::useThreads(2);
    const at::Tensor together = optim::engine::orthogonalFactor(batch);
    tensor::useThreads(1);
    CHECK(largestDifference(together, at::cat(alone)) < 1e-5);
    const at::Tensor identity = at::eye(40, batch.options()).expand_as(batch);
    CHECK(largestDifference(at::bmm(together.transpose(1, 2), together), identity) < 1e-5);
}

TEST_CASE("choleskyQr2_batch_isHouseholdersOrNothing") {
    // Source: spec §9.2: the same Q where it works; in float32 it breaks on a wide spectrum.
    const at::Tensor a = randomTensor({3, 6, 6}, 1, "cholesky", 0);
    const auto found = optim::engine::choleskyQr2(a);
    REQUIRE(found.isGood.all().item<bool>());
    const auto [expected, r] = at::linalg_qr(a);
    const at::Tensor signs = r.diagonal(0, 1, 2).sign().unsqueeze(1);
    CHECK(largestDifference(found.q, expected * signs) < 1e-10);
    at::Tensor singular = a.clone();
    singular.select(0, 1).fill_(1.0);
    const auto some = optim::engine::choleskyQr2(singular);
    for (const std::int64_t item : {0, 1, 2}) {
        CHECK(some.isGood[item].item<bool>() == (item != 1));
    }
    CHECK(largestDifference(some.q.select(0, 2), found.q.select(0, 2)) < 1e-10);
    const at::Tensor spectrum = at::logspace(0, -6, 6, 10.0, at::kFloat);
    const at::Tensor wide = at::mm(expected.select(0, 0).to(at::kFloat) * spectrum,
                                   expected.select(0, 1).to(at::kFloat));
    CHECK_FALSE(optim::engine::choleskyQr2(wide.unsqueeze(0)).isGood.item<bool>());
}

TEST_CASE("refreshBases_choleskyOnASingularGram_fallsBackToHouseholder") {
    // One item of rank one among sound ones: every basis comes out orthogonal, nothing fails.
    at::Tensor half = randomTensor({3, 5, 5}, 2, "gram", 0);
    half.select(0, 1).narrow(1, 1, 4).zero_();
    const at::Tensor gram = at::bmm(half, half.transpose(1, 2));
    const at::Tensor identity = at::eye(5, at::kDouble).expand({3, 5, 5});
    const at::Tensor cheap = identity.clone();
    const at::Tensor sure = identity.clone();
    int carried = 0;
    const auto carry = [&carried](const optim::engine::BasisChange& change) {
        carried += static_cast<int>(change.order.size(0));
    };
    CHECK(optim::engine::refreshBases(gram, cheap, optim::BasisRefresh::CholeskyQr2, carry));
    CHECK(carried == 3);
    CHECK(optim::engine::refreshBases(gram, sure, optim::BasisRefresh::Qr, carry));
    CHECK(largestDifference(at::bmm(cheap.transpose(1, 2), cheap), identity) < 1e-12);
    for (const std::int64_t item : {0, 2}) {
        CHECK(largestDifference(cheap.select(0, item).abs(), sure.select(0, item).abs()) < 1e-9);
    }
}

TEST_CASE("refreshBases_choleskyOnAWideSpectrum_takesMoreDigitsBeforeHouseholder") {
    // In float32 Cholesky breaks on the second item. diag(R) > 0 is Cholesky's mark: Householder's
    // reflections leave diag(R) ≤ 0 here.
    const std::int64_t d = 24;
    const at::Tensor half = randomTensor({2, d, d}, 2, "gram", 0, at::kFloat);
    const at::Tensor scales = at::logspace(0, -3, d, 10.0, at::kFloat);
    half.select(0, 1).mul_(scales.unsqueeze(1)).copy_(at::mm(half.select(0, 0), half.select(0, 1)));
    const at::Tensor gram = at::bmm(half, half.transpose(1, 2));
    const at::Tensor basis = at::eye(d, at::kFloat).expand({2, d, d}).contiguous();
    at::Tensor image;
    const auto carry = [&](const optim::engine::BasisChange& change) {
        image = gram.gather(2, change.order.unsqueeze(1).expand_as(gram));
    };
    CHECK(optim::engine::refreshBases(gram, basis, optim::BasisRefresh::CholeskyQr2, carry));
    REQUIRE(image.defined());
    CHECK_FALSE(optim::engine::choleskyQr2(image).isGood[1].item<bool>());
    const at::Tensor wide = basis.to(at::kDouble);
    const at::Tensor r = at::bmm(wide.transpose(1, 2), image.to(at::kDouble));
    CHECK((r.diagonal(0, 1, 2).narrow(1, 0, d / 2) > 0).all().item<bool>());
    const at::Tensor identity = at::eye(d, at::kDouble).expand_as(wide);
    CHECK(largestDifference(at::bmm(wide.transpose(1, 2), wide), identity) < 1e-6);
}

TEST_CASE("engine_missingGradient_leavesParameterAndCounterAlone") {
    for (const auto& [name, config] : manyConfigs()) {
        CAPTURE(name);
        const std::vector<std::vector<std::int64_t>> shapes{{4, 5}, {4, 5}, {3}, {4, 5}};
        const auto some = randomParameters(shapes, 4);
        auto engine = Optimizer::make(config, some);
        // What the second parameter should look like: steps 3 and 4 never happened for it.
        const auto reference = randomParameters(shapes, 4);
        auto single = Optimizer::make(config, std::span(&reference[1], 1));
        REQUIRE(engine.ok());
        REQUIRE(single.ok());
        for (std::uint64_t step = 1; step <= 9; ++step) {
            auto gradients = randomGradients(some, 4, step);
            if (step == 3 || step == 4) {
                const at::Tensor before = some[1].value.detach().clone();
                gradients[1] = at::Tensor();
                REQUIRE((*engine)->step(gradients, Optimizer::rates(config)).ok());
                CHECK(isBitEqual(before, some[1].value));
            } else {
                REQUIRE(
                    (*single)->step(std::span(&gradients[1], 1), Optimizer::rates(config)).ok());
                REQUIRE((*engine)->step(gradients, Optimizer::rates(config)).ok());
            }
        }
        CHECK(largestDifference(some[1].value, reference[1].value) < 1e-10);
    }
}

TEST_CASE("engine_nonfiniteGradient_changesNothingAndIsReported") {
    constexpr double kBad[] = {std::numeric_limits<double>::quiet_NaN(),
                               std::numeric_limits<double>::infinity(),
                               -std::numeric_limits<double>::infinity()};
    for (const auto& [name, config] : manyConfigs()) {
        CAPTURE(name);
        const auto parameters = randomParameters({{4, 5}, {5}}, 6);
        auto engine = Optimizer::make(config, parameters);
        REQUIRE(engine.ok());
        for (std::uint64_t step = 1; step <= 3; ++step) {
            REQUIRE((*engine)
                        ->step(randomGradients(parameters, 6, step), Optimizer::rates(config))
                        .ok());
        }
        tensor::Archive before;
        (*engine)->save(before);
        const std::string bytes = before.bytes();
        const at::Tensor first = parameters[0].value.detach().clone();
        const at::Tensor second = parameters[1].value.detach().clone();
        for (const double bad : kBad) {
            auto gradients = randomGradients(parameters, 6, 4);
            gradients[1][2] = bad;
            const auto report = (*engine)->step(gradients, Optimizer::rates(config));
            REQUIRE(report.ok());
            CHECK(report->skippedNonfinite);
            CHECK_FALSE(std::isfinite(report->gradientNorm));
            CHECK(report->updateNorm == 0.0);
        }
        tensor::Archive after;
        (*engine)->save(after);
        CHECK(after.bytes() == bytes);
        CHECK(isBitEqual(first, parameters[0].value));
        CHECK(isBitEqual(second, parameters[1].value));
    }
}

TEST_CASE("engine_zeroGradients_giveFiniteWeights") {
    for (const auto& [name, config] : manyConfigs()) {
        CAPTURE(name);
        const auto parameters = randomParameters({{4, 5}, {4, 5}, {5}}, 6);
        auto engine = Optimizer::make(config, parameters);
        REQUIRE(engine.ok());
        for (std::uint64_t step = 1; step <= 4; ++step) {
            std::vector<at::Tensor> gradients;
            for (const Parameter& parameter : parameters) {
                gradients.push_back(at::zeros_like(parameter.value));
            }
            if (step == 4) {
                gradients = randomGradients(parameters, 6, step);
            }
            const auto report = (*engine)->step(gradients, Optimizer::rates(config));
            REQUIRE(report.ok());
            for (const Parameter& parameter : parameters) {
                CHECK(at::isfinite(parameter.value).all().item<bool>());
            }
        }
    }
}

TEST_CASE("engine_gramOverflow_keepsTheOldBasisAndSaysSo") {
    optim::SoapConfig config;
    config.refreshPeriod = 1;
    const auto parameters = randomParameters({{4, 5}, {4, 5}}, 8, at::kFloat);
    auto engine = Optimizer::make(config, parameters);
    REQUIRE(engine.ok());
    for (std::uint64_t step = 1; step <= 3; ++step) {
        REQUIRE(
            (*engine)
                ->step(randomGradients(parameters, 8, step, at::kFloat), Optimizer::rates(config))
                .ok());
    }
    const at::Tensor basis = *(*engine)->state(0, "QL");
    auto gradients = randomGradients(parameters, 8, 4, at::kFloat);
    gradients[0] = gradients[0] * 1e25; // its square is no float32
    const auto report = (*engine)->step(gradients, Optimizer::rates(config));
    REQUIRE(report.ok());
    CHECK(report->refreshFailed);
    CHECK_FALSE(report->skippedNonfinite);
    CHECK(isBitEqual(basis, *(*engine)->state(0, "QL")));
    CHECK_FALSE(isBitEqual(*(*engine)->state(1, "QL"), basis));
    for (const Parameter& parameter : parameters) {
        CHECK(at::isfinite(parameter.value).all().item<bool>());
    }
}

TEST_CASE("engine_routing_sendsHeadsEmbeddingsAndVectorsToAdamW") {
    const optim::AdamConfig auxiliary{3e-3, 0.9, 0.95, 1e-10, optim::EpsMode::Hat, 0.0, 0.0};
    optim::MuonConfig muon;
    muon.aux = auxiliary;
    const std::vector<NamedConfig> configs{
        {"shampoo", optim::ShampooConfig{}}, {"soap", optim::SoapConfig{}}, {"muon", muon}};
    for (const auto& [name, config] : configs) {
        CAPTURE(name);
        auto parameters = randomParameters({{4, 5}, {4, 5}, {4, 5}, {5}}, 9);
        parameters[1].role = ParameterRole::Embedding;
        parameters[2].role = ParameterRole::Head;
        parameters[3].role = ParameterRole::Vector;
        auto copies = randomParameters({{4, 5}, {4, 5}, {4, 5}, {5}}, 9);
        const optim::engine::Routing routing{auxiliary};
        auto engine = Optimizer::make(config, parameters, routing);
        auto adam = Optimizer::make(auxiliary, copies);
        REQUIRE(engine.ok());
        REQUIRE(adam.ok());
        for (std::uint64_t step = 1; step <= 4; ++step) {
            const auto gradients = randomGradients(parameters, 9, step);
            REQUIRE((*engine)->step(gradients, Optimizer::rates(config, routing)).ok());
            REQUIRE((*adam)->step(gradients, Optimizer::rates(auxiliary)).ok());
        }
        for (std::size_t i = 1; i < parameters.size(); ++i) {
            CHECK(largestDifference(parameters[i].value, copies[i].value) < 1e-14);
        }
        CHECK(largestDifference(parameters[0].value, copies[0].value) > 1e-4);
    }
}

TEST_CASE("engine_badInput_isRefusedWithWords") {
    const auto parameters = randomParameters({{4, 5}, {5}}, 6);
    CHECK_FALSE(Optimizer::make(optim::SgdConfig{-1.0}, parameters).ok());
    CHECK_FALSE(Optimizer::make(optim::SgdConfig{}, {}).ok());
    auto mixed = parameters;
    mixed[1].value = mixed[1].value.to(at::kFloat);
    CHECK_FALSE(Optimizer::make(optim::SgdConfig{}, mixed).ok());
    auto engine = Optimizer::make(optim::SgdConfig{}, parameters);
    REQUIRE(engine.ok());
    auto gradients = randomGradients(parameters, 6, 1);
    CHECK_FALSE((*engine)->step(std::span(gradients).first(1), {0.1, 0.1}).ok());
    gradients[1] = at::zeros({4}, at::kDouble);
    CHECK_FALSE((*engine)->step(gradients, {0.1, 0.1}).ok());
}

TEST_CASE("engine_evaluationScope_showsTheAverageAndPutsTheWeightsBack") {
    for (const auto& [name, config] : manyConfigs()) {
        CAPTURE(name);
        const auto parameters = randomParameters({{3, 4}, {5}, {3, 4}}, 8);
        auto engine = Optimizer::make(config, parameters);
        REQUIRE(engine.ok());
        for (std::uint64_t step = 1; step <= 3; ++step) {
            auto gradients = randomGradients(parameters, 8, step);
            gradients[2] = at::Tensor(); // never stepped: it has no average
            REQUIRE((*engine)->step(gradients, Optimizer::rates(config)).ok());
        }
        std::vector<at::Tensor> before;
        for (const Parameter& parameter : parameters) {
            before.push_back(parameter.value.detach().clone());
        }
        {
            const optim::engine::EvaluationScope scope(**engine);
            for (std::size_t i = 0; i < 2; ++i) {
                const at::Tensor expected = (*engine)->state(i, "x_eval").value_or(before[i]);
                CHECK(isBitEqual(parameters[i].value, expected));
                CHECK(isBitEqual(parameters[i].value, before[i]) == (name != "schedule-free"));
            }
            CHECK(isBitEqual(parameters[2].value, before[2]));
        }
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            CHECK(isBitEqual(parameters[i].value, before[i]));
        }
    }
}
