// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/files/json.hpp"
#include "optim/textbook/golden.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <set>

using namespace psephos;
using namespace psephos::optim;
using namespace psephos::optim::textbook;

namespace {

lab::Json document() {
    auto json = embeddedGolden();
    REQUIRE(json.ok());
    return *json;
}

std::vector<lab::CheckRow> check(const lab::Json& json) {
    std::vector<lab::CheckRow> rows;
    const auto done = checkGolden(json, "test.json", textbookTarget(), rows);
    INFO((done.ok() ? std::string() : done.error().line()));
    REQUIRE(done.ok());
    return rows;
}

std::string errorOf(const lab::Json& json) {
    std::vector<lab::CheckRow> rows;
    const auto done = checkGolden(json, "test.json", textbookTarget(), rows);
    return done.ok() ? std::string() : done.error().line();
}

const lab::CheckRow& find(const std::vector<lab::CheckRow>& rows, const std::string& caseName,
                          const std::string& quantity) {
    for (const lab::CheckRow& row : rows) {
        if (row.caseName == caseName && row.quantity == quantity) {
            return row;
        }
    }
    FAIL("no row " << caseName << " " << quantity);
    return rows.front();
}

/// A document with one case: the named one.
lab::Json only(const std::string& caseName) {
    lab::Json json = document();
    const lab::Json entry = json["cases"][caseName];
    json["cases"] = lab::Json::object();
    json["cases"]["renamed"] = entry;
    for (const char* section :
         {"test_functions", "closed_loop_2d", "closed_loop_matrix_quadratic"}) {
        json.erase(section);
    }
    return json;
}

} // namespace

TEST_CASE("golden_embeddedDocument_everyAvailableQuantityPasses") {
    const auto rows = check(document());
    CHECK(rows.size() > 150);
    std::map<std::string, double> worst;
    for (const lab::CheckRow& row : rows) {
        INFO(row.caseName << " " << row.quantity << " residual "
                          << (row.residual ? *row.residual : -1.0));
        CHECK((!row.pass || *row.pass));
        if (row.pass && row.residual && row.tolerance) {
            worst[row.caseName] = std::max(worst[row.caseName], *row.residual);
        }
    }
    for (const auto& [name, residual] : worst) {
        MESSAGE(name << ": largest residual " << residual);
    }
}

TEST_CASE("golden_embeddedDocument_everyQuantityHasAVerdict") {
    const lab::Json golden = document();
    std::set<std::string> judged;
    for (const lab::CheckRow& row : check(golden)) {
        INFO(row.caseName << " " << row.quantity);
        CHECK(row.pass.has_value());
        CHECK_FALSE(row.computed.is_null());
        judged.insert(row.caseName);
    }
    for (const auto& [name, entry] : golden["cases"].items()) {
        CHECK(judged.contains(name));
    }
}

TEST_CASE("golden_negativeVector_mustBeMissed_andIsWhenTheRightOneIsThere") {
    const auto rows = check(only("soap_f5_noperm"));
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].quantity == "params_after_call.25");
    CHECK(rows[0].pass == true);
    CHECK(*rows[0].residual > 1e-2);
    lab::Json json = only("soap_f5");
    json["cases"]["renamed"].erase("state_after_call");
    json["cases"]["renamed"]["expect"] = "differ";
    CHECK(check(json)[0].pass == false);
}

TEST_CASE("golden_changedNumber_isMissed") {
    for (const char* name : {"sgd_momentum", "adamw", "shampoo_ema_half", "soap_f10", "muon_ns5"}) {
        lab::Json json = only(name);
        auto& cell = json["cases"]["renamed"]["params_after_call"]["25"][1][2];
        cell = cell.get<double>() + 1e-8;
        const auto rows = check(json);
        CHECK(find(rows, "renamed", "params_after_call.25").pass == false);
        CHECK(find(rows, "renamed", "params_after_call.10").pass == true);
    }
}

TEST_CASE("golden_hyperParameters_comeFromConfigAlone") {
    // Every hyper-parameter that is changed alone must change the answer.
    const std::vector<std::tuple<std::string, std::string, lab::Json>> changes{
        {"sgd_momentum", "lr", 0.04},
        {"sgd_momentum", "momentum", 0.8},
        {"sgd_momentum", "dampening", 0.1},
        {"sgd_momentum", "nesterov", true},
        {"sgd_momentum", "l2", 0.01},
        {"sgd_momentum", "decoupled_weight_decay", 0.01},
        {"adam", "eps_mode", "raw"},
        {"adam", "eps", 1e-3},
        {"adam", "betas", lab::Json{0.8, 0.999}},
        {"adam", "l2", 0.01},
        {"adamw", "betas", lab::Json{0.9, 0.99}},
        {"adamw", "decoupled_weight_decay", 0.2},
        {"shampoo_ema_half", "exponent", -0.25},
        {"shampoo_ema_half", "graft", "sgd"},
        {"shampoo_ema_half", "eps", 1e-3},
        {"shampoo_ema_half", "trace_scale", true},
        {"shampoo_ema_half", "f", 3},
        {"shampoo_ema_half", "basis_warmup", 3},
        {"shampoo_ema_half", "betas", lab::Json{0.95, 1.0}},
        {"shampoo_ema_half", "decoupled_weight_decay", 0.1},
        {"shampoo_ema_half", "max_precond_dim", 3},
        {"shampoo_ema_half", "refresh_tolerance", 0.9},
        {"shampoo_ema_half_graft_f5", "refresh_at", "every f"},
        {"shampoo_gupta", "lr", 0.04},
        {"shampoo_gupta", "eps", 1e-2},
        {"shampoo_gupta", "exponent", -0.5},
        {"shampoo_ema_half_graft_f5", "graft_beta2", 0.9},
        {"shampoo_ema_half_graft_f5", "graft_eps", 1e-2},
        {"shampoo_ema_half_graft_f5", "basis_warmup", 4},
        {"soap_f5", "shampoo_beta", 0.9},
        {"soap_f5", "f", 4},
        {"soap_f5", "basis_warmup", 8},
        {"soap_f5", "eps", 1e-3},
        {"soap_f5", "correct_bias", false},
        {"soap_f5", "decoupled_weight_decay", 0.0},
        {"soap_f5", "max_precond_dim", 3},
        {"lion", "betas", lab::Json{0.9, 0.9}},
        {"lion", "betas", lab::Json{0.8, 0.99}},
        {"lion", "decoupled_weight_decay", 0.0},
        {"adafactor_2018", "scale_parameter", false},
        {"adafactor_2018", "relative_step", false},
        {"adafactor_2018", "lr", 5e-3},
        {"adafactor_2018", "eps1", 1e-2},
        {"adafactor_2018", "eps2", 10.0},
        {"adafactor_2018", "clip", 0.5},
        {"adafactor_2018", "decay_exponent", -0.5},
        {"adafactor_2018", "beta1", 0.9},
        {"adafactor_2018", "decoupled_weight_decay", 0.1},
        {"adafactor_2018_fixed_lr", "lr", 0.04},
        {"adafactor_simple", "betas", lab::Json{0.95, 0.9}},
        {"adafactor_simple", "eps", 1e-3},
        {"adafactor_simple", "decoupled_weight_decay", 0.1},
        {"schedule_free_adamw", "betas", lab::Json{0.8, 0.999}},
        {"schedule_free_adamw", "betas", lab::Json{0.9, 0.99}},
        {"schedule_free_adamw", "eps", 1e-3},
        {"schedule_free_adamw", "decoupled_weight_decay", 0.0},
        {"schedule_free_adamw", "warmup", 5},
        {"soap_f5", "eps_mode", "hat"},
        {"soap_f5", "eps_mode", "clamp"},
        {"soap_f5", "refresh", "eigh"},
        {"soap_f5", "sides", "left"},
        {"soap_f5", "sides", "right"},
        {"soap_f5", "sides", "smaller"},
        {"soap_f5", "second_moment", "factored"},
        {"soap_f5", "permute_second_moment", false},
        {"soap_f5", "transport_second_moment", true},
        {"soap_f5", "normalize_update", true},
        {"soap_f5", "skip_first_update", false},
        {"soap_f5", "decay_order", "before update"},
        {"soap_f5_factorized", "permute_second_moment", false},
        {"soap_f5_factorized", "transport_second_moment", true},
        {"muon_ns5", "orthogonalisation", "svd"},
        {"muon_ns5", "scale", "moonshot_0.2_sqrt_max_m_n"},
        {"muon_ns5", "scale", "sqrt_max_m_n"},
        {"muon_ns5", "scale", "sqrt_m_over_n"},
        {"muon_ns5", "ns_precision", "float32"},
        {"muon_ns5", "ns_precision", "bfloat16"},
        {"muon_ns5", "coef", lab::Json{{3.4445, -4.7750, 2.0315}, {3.0, -4.0, 2.0}}},
        {"muon_exact_svd", "scale", "moonshot_0.2_sqrt_max_m_n"},
        {"muon_ns5", "ns_steps", 4},
        {"muon_ns5", "nesterov", false},
        {"muon_ns5", "coef", lab::Json{3.4, -4.7, 2.0}},
        {"muon_ns5", "norm_eps", 0.5},
        {"muon_ns5", "momentum", 0.9},
    };
    for (const auto& [name, key, value] : changes) {
        lab::Json json = only(name);
        json["cases"]["renamed"]["config"][key] = value;
        if (key == "relative_step") { // then it needs a rate
            json["cases"]["renamed"]["config"]["lr"] = 2e-2;
        }
        INFO(name << " " << key);
        // A refresh on every step leaves nothing to warm up.
        const bool isWarmup = key == "basis_warmup" && name == "shampoo_ema_half";
        CHECK(find(check(json), "renamed", "params_after_call.25").pass == isWarmup);
    }
}

TEST_CASE("golden_soapFactorOnOneSide_isThatOfTheOneSidedReference") {
    // The reference's own switch for one side: a length limit between the two (spec §2.6).
    lab::Json json = only("soap_f5_onesided_left");
    json["cases"]["renamed"]["config"]["sides"] = "both";
    json["cases"]["renamed"]["config"]["max_precond_dim"] = 3;
    for (const lab::CheckRow& row : check(json)) {
        INFO(row.quantity);
        CHECK(row.pass == true);
    }
}

TEST_CASE("golden_otherShapesAndGradients_areTaken") {
    lab::Json json = {
        {"problem",
         {{"W0_values", {{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}}},
          {"G_values", {{{1.0, 0.0, 0.0}, {0.0, 2.0, 0.0}}, {{0.0, 1.0, 0.0}, {1.0, 0.0, 0.0}}}}}},
        {"cases",
         {{"any name",
           {{"algorithm", "sgd"},
            {"config", document()["cases"]["sgd"]["config"]},
            {"params_after_call", {{"2", {{0.95, 1.95, 3.0}, {3.95, 4.9, 6.0}}}}}}}}}};
    auto rows = check(json);
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].pass == true);
    CHECK(rows[0].tolerance == 1e-12);

    // Vectors as flat lists.
    json["problem"] = {{"W0_values", {1.0, 2.0}}, {"G_values", {{1.0, 0.0}, {0.0, 1.0}}}};
    json["cases"]["any name"]["params_after_call"] = {{"2", {0.95, 1.95}}};
    rows = check(json);
    CHECK(rows[0].pass == true);
    CHECK(rows[0].computed == lab::Json{0.95, 1.95});

    // Formulas for both.
    json["problem"] = {{"rows_m", 1}, {"cols_n", 2}, {"W0", "W0[i][j] = i*j"}, {"G", "G = t*j"}};
    json["cases"]["any name"]["params_after_call"] = {{"2", {{0.85, 1.7}}}};
    CHECK(check(json)[0].pass == true);
}

TEST_CASE("golden_largeValues_areComparedRelatively") {
    lab::Json json = {{"problem", {{"W0_values", {{1e9, 1e9}}}, {"G_values", {{{1.0, 3.0}}}}}},
                      {"cases",
                       {{"large",
                         {{"algorithm", "sgd"},
                          {"config", document()["cases"]["sgd"]["config"]},
                          {"params_after_call", {{"1", {{999999999.9500001, 999999999.85}}}}}}}}}};
    CHECK(check(json)[0].pass == true);
}

TEST_CASE("golden_subsetsOfSections_areTaken") {
    for (const char* section :
         {"cases", "test_functions", "closed_loop_2d", "closed_loop_matrix_quadratic"}) {
        lab::Json json = document();
        for (const char* other :
             {"cases", "test_functions", "closed_loop_2d", "closed_loop_matrix_quadratic"}) {
            if (std::string_view(section) != other) {
                json.erase(other);
            }
        }
        INFO(section);
        CHECK(check(json).size() >= 8);
    }
}

TEST_CASE("golden_tolerancesThatAreNotGiven_areTheSpecifications") {
    lab::Json json = document();
    json["tolerance"] = {{"float64", {{"default", 1e-9}, {"soap", 1e-8}}}};
    json["closed_loop_2d"]["quad/sgd"].erase("tolerance_relative");
    const auto rows = check(json);
    CHECK(find(rows, "adamw", "params_after_call.25").tolerance == 1e-9);
    CHECK(find(rows, "soap_f5", "params_after_call.25").tolerance == 1e-8);
    CHECK(find(rows, "quad/sgd", "after_call.10.f").tolerance == 1e-9);
    GoldenTarget target = textbookTarget();
    target.precision = "float32";
    std::vector<lab::CheckRow> single;
    REQUIRE(checkGolden(json, "test.json", target, single).ok());
    CHECK(find(single, "soap_f5", "params_after_call.25").tolerance == 2e-5);
}

TEST_CASE("golden_float32_leavesOutClosedLoopsAndTakesItsTolerance") {
    GoldenTarget target = textbookTarget();
    target.precision = "float32";
    std::vector<lab::CheckRow> rows;
    REQUIRE(checkGolden(document(), "test.json", target, rows).ok());
    for (const lab::CheckRow& row : rows) {
        CHECK(row.caseName.find('/') == std::string::npos);
    }
    CHECK(find(rows, "soap_f5", "params_after_call.25").tolerance == 2e-5);
    CHECK(find(rows, "adamw", "params_after_call.25").tolerance == 5e-6);
}

TEST_CASE("golden_faultyDocument_isOneClearError") {
    const auto broken = [](const auto& change) {
        lab::Json json = only("soap_f1");
        change(json);
        return errorOf(json);
    };
    const auto has = [](const std::string& error, std::string_view part) {
        INFO(error);
        CHECK(error.find(part) != std::string::npos);
        CHECK(error.find('\n') == std::string::npos);
    };
    has(errorOf(lab::Json::array()), "not a JSON object");
    has(errorOf({{"format", 1}}), "holds none of");
    has(errorOf({{"format", 2}, {"cases", lab::Json::object()}}), "format 2");
    has(broken([](lab::Json& j) { j.erase("problem"); }), "'problem' is missing");
    has(broken([](lab::Json& j) { j["cases"]["renamed"].erase("algorithm"); }),
        "cases.renamed: 'algorithm' is missing");
    has(broken([](lab::Json& j) { j["cases"]["renamed"].erase("config"); }), "'config' is missing");
    has(broken([](lab::Json& j) { j["cases"]["renamed"]["config"].erase("f"); }),
        "cases.renamed.config: soap: key 'f' is missing");
    has(broken([](lab::Json& j) { j["cases"]["renamed"]["config"]["f"] = 0; }), "f = 0");
    has(broken([](lab::Json& j) { j["cases"]["renamed"]["config"]["refresh"] = "cholesky"; }),
        "refresh = \"cholesky\" is not one of qr eigh cholesky_qr2 householder");
    has(broken([](lab::Json& j) { j["cases"]["renamed"]["config"]["typo"] = 1; }),
        "unknown key 'typo'");
    has(broken([](lab::Json& j) { j["cases"]["renamed"]["expect"] = "same"; }), "expect");
    has(broken([](lab::Json& j) { j["cases"]["renamed"]["params_after_call"]["x"] = 1; }),
        "params_after_call.x");
    has(broken([](lab::Json& j) { j["cases"]["renamed"]["params_after_call"]["25"] = {{1.0}}; }),
        "another shape");
    has(broken([](lab::Json& j) {
            j["cases"]["renamed"].erase("params_after_call");
            j["cases"]["renamed"].erase("state_after_call");
        }),
        "'params_after_call' is missing");
    has(broken([](lab::Json& j) { j["problem"]["W0_values"][1] = {1.0}; }), "W0_values.1");
    has(broken([](lab::Json& j) { j["problem"]["rows_m"] = 4; }), "rows_m");
    has(broken([](lab::Json& j) { j["problem"]["G"] = "G = foo(i)"; }), "problem.G");
    has(broken([](lab::Json& j) { j["problem"]["G_values"] = lab::Json::array(); }),
        "no gradient for call 1");
    has(broken([](lab::Json& j) { j["problem"]["G_values"] = {{{1.0}}}; }), "G_values.0");
    has(broken([](lab::Json& j) { j["tolerance"]["float64"].erase("default"); }), "'default'");
    has(broken([](lab::Json& j) { j["tolerance"]["float64"]["default"] = -1e-12; }),
        "tolerance.float64.default: is not a number >= 0");
    lab::Json json = document();
    json["closed_loop_2d"]["quad/sgd"]["tolerance_relative"] = -1;
    has(errorOf(json), "closed_loop_2d.quad/sgd.tolerance_relative: is not a number >= 0");
    json = document();
    json["closed_loop_matrix_quadratic"]["A"][0] = "x";
    has(errorOf(json), "closed_loop_matrix_quadratic.A");
    json = document();
    json["test_functions"]["booth"].erase("grad");
    has(errorOf(json), "test_functions.booth: 'grad' is missing");
}

TEST_CASE("golden_unknownAlgorithmOrSurface_hasNoVerdict") {
    lab::Json json = document();
    json["cases"] = {{"new",
                      {{"algorithm", "adagrad"},
                       {"config", {{"lr", 0.1}}},
                       {"params_after_call", {{"1", json["problem"]["W0_values"]}}}}}};
    json["test_functions"] = {{"ackley", {{"x", {0.0, 0.0}}, {"f", 0.0}, {"grad", {0.0, 0.0}}}}};
    json["closed_loop_2d"] = {{"ackley/sgd", document()["closed_loop_2d"]["quad/sgd"]}};
    json.erase("closed_loop_matrix_quadratic");
    const auto rows = check(json);
    CHECK(rows.size() == 1 + 2 + 8);
    for (const lab::CheckRow& row : rows) {
        CHECK_FALSE(row.pass.has_value());
        CHECK(row.computed.is_null());
    }
}
