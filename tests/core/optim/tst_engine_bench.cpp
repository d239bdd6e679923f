// SPDX-License-Identifier: GPL-3.0-or-later
// The benchmark's rows, on matrices that take no time.
#include "core/optim/engine_helpers.hpp"
#include "optim/engine/bench.hpp"
#include "optim/engine/peers.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace psephos;
using lab::Json;

TEST_CASE("bench_optim_hasARowAnOptimizerWithItsFields") {
    const optim::engine::BenchShapes tiny{"tiny", {{12, 8}, {8, 8}}, 2};
    lab::BenchOptions options;
    options.threads = 1;
    const auto rows = optim::engine::benchSteps(tiny, options, 0.0);
    REQUIRE_MESSAGE(rows.ok(), (rows.ok() ? "" : rows.error().line()));
    std::set<std::string> seen;
    for (const Json& row : *rows) {
        CAPTURE(row.dump());
        CHECK(row.size() == 9);
        CHECK(row.at("shapes") == "tiny");
        CHECK(row.at("device") == "cpu");
        CHECK(row.at("threads") == 1);
        for (const char* number : {"ms_mean", "ms_off_refresh", "floor_ms", "gemm_gflops"}) {
            CHECK(row.at(number).get<double>() > 0.0);
        }
        const Json& f = row.at("f");
        seen.insert(row.at("optimizer").get<std::string>() +
                    (f.is_null() ? "" : " " + std::to_string(f.get<int>())));
    }
    CHECK(seen == std::set<std::string>{"adamw", "adamw_libtorch", "muon", "muon_float32",
                                        "shampoo 1", "shampoo 10", "soap 1", "soap 10",
                                        "soap_cholesky_qr2 10", "soap_libtorch 1",
                                        "soap_libtorch 10"});
    CHECK(rows->size() == seen.size());
}

TEST_CASE("plainSoapPeer_arrivesWhereTheEngineDoes") {
    for (const int period : {1, 3}) {
        CAPTURE(period);
        optim::SoapConfig config;
        config.refreshPeriod = period;
        config.decoupledWeightDecay = 0.1;
        const auto parameters = test::randomParameters({{7, 5}, {4, 6}}, 1);
        auto engine = test::Optimizer::make(config, parameters);
        REQUIRE(engine.ok());
        const auto rates = test::Optimizer::rates(config);
        REQUIRE((*engine)->step(test::randomGradients(parameters, 1, 1), rates).ok());
        std::vector<optim::engine::PlainSoapPeer::Matrix> matrices;
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            const auto state = [&](const char* name) { return (*engine)->state(i, name).value(); };
            matrices.push_back({parameters[i].value.detach().clone(),
                                {state("L"), state("R")},
                                {state("QL"), state("QR")}});
        }
        optim::engine::PlainSoapPeer peer(config, matrices);
        int refreshes = 0;
        for (std::uint64_t call = 2; call <= 10; ++call) {
            const auto gradients = test::randomGradients(parameters, 1, call);
            REQUIRE((*engine)->step(gradients, rates).ok());
            refreshes += peer.step(gradients).refreshed ? 1 : 0;
        }
        CHECK(refreshes == 9 / period);
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            CHECK(test::largestDifference(parameters[i].value.detach(), matrices[i].weights) <
                  1e-9);
        }
    }
}

TEST_CASE("bench_optim_unknownDevice_isRefused") {
    lab::BenchOptions options;
    options.device = "abacus";
    CHECK_FALSE(optim::engine::benchSteps(optim::engine::smallShapes(), options, 0.0).ok());
}
