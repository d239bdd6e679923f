// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/files/json.hpp"
#include "optim/config.hpp"
#include "optim/config_json.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <limits>

using namespace psephos;
using namespace psephos::optim;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string refusal(const OptimizerConfig& config) {
    const auto valid = validate(config);
    return valid.ok() ? std::string() : valid.error().message;
}

template <typename Config>
std::string refusal(const std::function<void(Config&)>& change) {
    Config config;
    change(config);
    return refusal(OptimizerConfig(config));
}

lab::Json soapJson() {
    return lab::parseJson(R"({"lr": 0.05, "betas": [0.95, 0.9], "shampoo_beta": 0.8, "eps": 1e-8,
        "eps_mode": "raw", "f": 5, "refresh": "qr", "sides": "both", "second_moment": "full",
        "permute_second_moment": true, "normalize_update": false, "correct_bias": true,
        "skip_first_update": true, "decoupled_weight_decay": 0.01,
        "decay_order": "after update"})",
                          "test")
        .value();
}

} // namespace

TEST_CASE("config_defaults_areValidAndUnwarned") {
    for (const OptimizerConfig& config :
         {OptimizerConfig(SgdConfig{}), OptimizerConfig(AdamConfig{}),
          OptimizerConfig(ShampooConfig{}), OptimizerConfig(SoapConfig{}),
          OptimizerConfig(MuonConfig{}), OptimizerConfig(LionConfig{}),
          OptimizerConfig(AdafactorConfig{}), OptimizerConfig(FactoredAdamConfig{}),
          OptimizerConfig(ScheduleFreeConfig{})}) {
        CHECK(validate(config).ok());
        CHECK(warnings(config).empty());
    }
    CHECK(familyName(SgdConfig{}) == "sgd");
    CHECK(familyName(AdamConfig{}) == "adam");
    CHECK(familyName(ShampooConfig{}) == "shampoo");
    CHECK(familyName(SoapConfig{}) == "soap");
    CHECK(familyName(MuonConfig{}) == "muon");
    CHECK(familyName(LionConfig{}) == "lion");
    CHECK(familyName(ScheduleFreeConfig{}) == "schedule_free_adamw");
    CHECK(familyName(AdafactorConfig{}) == "adafactor");
    CHECK(familyName(FactoredAdamConfig{}) == "adafactor_simple");
}

TEST_CASE("config_valueOutOfRange_isNamed") {
    // Source: spec §0.2.
    using Sgd = SgdConfig;
    using Adam = AdamConfig;
    using Shampoo = ShampooConfig;
    using Soap = SoapConfig;
    using Muon = MuonConfig;
    CHECK(refusal<Sgd>([](Sgd& c) { c.learningRate = -1e-3; }) ==
          "sgd: lr = -0.001 is not a finite number >= 0");
    CHECK(refusal<Sgd>([](Sgd& c) { c.learningRate = kNan; }) != "");
    CHECK(refusal<Sgd>([](Sgd& c) { c.learningRate = kInfinity; }) != "");
    CHECK(refusal<Sgd>([](Sgd& c) { c.momentum = 1.0; }) == "sgd: momentum = 1 is not in [0, 1)");
    CHECK(refusal<Sgd>([](Sgd& c) { c.momentum = kNan; }) != "");
    CHECK(refusal<Sgd>([](Sgd& c) { c.dampening = 1.1; }) != "");
    CHECK(refusal<Sgd>([](Sgd& c) { c.l2 = -1; }) != "");
    CHECK(refusal<Adam>([](Adam& c) { c.beta1 = -0.1; }) != "");
    CHECK(refusal<Adam>([](Adam& c) { c.beta2 = 1.0; }) != "");
    CHECK(refusal<Adam>([](Adam& c) { c.eps = -1e-9; }) != "");
    CHECK(refusal<Adam>([](Adam& c) { c.decoupledWeightDecay = -0.1; }) != "");
    CHECK(refusal<Adam>([](Adam& c) { c.eps = 0.0; }) == "");
    CHECK(refusal<Shampoo>([](Shampoo& c) { c.beta2 = 1.0; }) == "");
    CHECK(refusal<Shampoo>([](Shampoo& c) { c.beta2 = 1.01; }) != "");
    CHECK(refusal<Shampoo>([](Shampoo& c) { c.beta1 = 1.0; }) != "");
    CHECK(refusal<Shampoo>([](Shampoo& c) { c.eps = 0.0; }) != "");
    CHECK(refusal<Shampoo>([](Shampoo& c) { c.refreshPeriod = 0; }) ==
          "shampoo: f = 0 is not an integer >= 1");
    CHECK(refusal<Shampoo>([](Shampoo& c) { c.exponent = 0.25; }) != "");
    CHECK(refusal<Shampoo>([](Shampoo& c) { c.graftBeta2 = 1.0; }) != "");
    CHECK(refusal<Shampoo>([](Shampoo& c) {
              c.graft = Graft::Sgd;
              c.graftBeta2 = 1.0; // not read
          }) == "");
    CHECK(refusal<Shampoo>([](Shampoo& c) { c.refreshTolerance = 1.0; }) != "");
    CHECK(refusal<Shampoo>([](Shampoo& c) { c.startsAtEps = true; }) ==
          "shampoo: beta2 = 0.999 is not 1, as sums that start at eps need");
    CHECK(refusal<Shampoo>([](Shampoo& c) {
              c.statistics = FactorStatistics::KullbackLeibler;
              c.beta2 = 1.0;
          }) == "shampoo: beta2 = 1 is not below 1, as averages need");
    CHECK(refusal(guptaShampoo(0.1, 1e-4)) == "");
    CHECK(refusal<Shampoo>([](Shampoo& c) {
              c.statistics = FactorStatistics::KullbackLeibler;
              c.initFactor = 0.0;
          }) != "");
    CHECK(refusal<Soap>([](Soap& c) { c.shampooBeta = 1.0; }) != "");
    CHECK(refusal<Soap>([](Soap& c) { c.refreshPeriod = -3; }) != "");
    CHECK(refusal<Soap>([](Soap& c) { c.basisWarmup = -1; }) != "");
    CHECK(refusal<Soap>([](Soap& c) { c.maxPreconditionerDim = 0; }) != "");
    CHECK(refusal<Soap>([](Soap& c) { c.eps = 0.0; }) != "");
    CHECK(refusal<Muon>([](Muon& c) { c.newtonSchulzSteps = 0; }) != "");
    CHECK(refusal<Muon>([](Muon& c) { c.coefficients[0][1] = kNan; }) != "");
    CHECK(refusal<Muon>([](Muon& c) { c.coefficients.clear(); }) != "");
    CHECK(refusal<Muon>([](Muon& c) { c.normEps = 0.0; }) != "");
    CHECK(refusal<Muon>([](Muon& c) { c.aux.beta1 = 1.0; }) != "");
    CHECK(refusal<ScheduleFreeConfig>([](ScheduleFreeConfig& c) { c.warmup = -1; }) ==
          "schedule_free_adamw: warmup = -1 is not an integer >= 0");
    using Adafactor = AdafactorConfig;
    CHECK(refusal<Adafactor>([](Adafactor& c) { c.eps1 = 0.0; }) != "");
    CHECK(refusal<Adafactor>([](Adafactor& c) { c.clip = 0.0; }) != "");
    CHECK(refusal<Adafactor>([](Adafactor& c) { c.decayExponent = 0.0; }) ==
          "adafactor: decay_exponent = 0 is not a finite number < 0");
    CHECK(refusal<Adafactor>([](Adafactor& c) { c.beta1 = 1.0; }) != "");
    CHECK(refusal<FactoredAdamConfig>([](FactoredAdamConfig& c) { c.eps = 0.0; }) != "");
    CHECK(refusal<LionConfig>([](LionConfig& c) { c.beta2 = 1.0; }) ==
          "lion: beta2 = 1 is not in [0, 1)");
    CHECK(refusal<LionConfig>([](LionConfig& c) { c.decoupledWeightDecay = -1.0; }) != "");
}

TEST_CASE("config_zeroEpsOfAdam_isWarnedAbout") {
    AdamConfig adam;
    adam.eps = 0.0;
    CHECK(warnings(adam).size() == 1);
    MuonConfig muon;
    muon.aux.eps = 0.0;
    CHECK(warnings(muon).size() == 1);
}

TEST_CASE("config_refreshDue_followsTheRule") {
    std::vector<long> soap;
    std::vector<long> shampoo;
    std::vector<long> warm;
    for (long update = 1; update <= 12; ++update) {
        if (refreshDue(update, 5, 0, false)) {
            soap.push_back(update);
        }
        if (refreshDue(update, 5, 0, true)) {
            shampoo.push_back(update);
        }
        if (refreshDue(update, 5, 3, false)) {
            warm.push_back(update);
        }
    }
    CHECK(soap == std::vector<long>{5, 10});
    CHECK(shampoo == std::vector<long>{1, 5, 10});
    CHECK(warm == std::vector<long>{1, 2, 3, 5, 10});
}

TEST_CASE("config_vectorRule_isTheGraftedAdam") {
    ShampooConfig config;
    config.learningRate = 0.3;
    config.beta1 = 0.8;
    config.beta2 = 1.0;
    config.decoupledWeightDecay = 0.1;
    AdamConfig rule = vectorRule(config);
    CHECK(rule.learningRate == 0.3);
    CHECK(rule.beta1 == 0.8);
    CHECK(rule.beta2 == config.graftBeta2);
    CHECK(rule.eps == config.graftEps);
    CHECK(rule.decoupledWeightDecay == 0.1);
    config.graft = Graft::None;
    CHECK(vectorRule(config).beta2 == 0.999);
    config.beta2 = 0.9;
    CHECK(vectorRule(config).beta2 == 0.9);
    CHECK(validate(vectorRule(config)).ok());
    CHECK(shampooExponent(config, ParameterClass::Matrix) == -0.25);
    CHECK(shampooExponent(config, ParameterClass::Vector) == -0.5);
    config.exponent = -0.3;
    CHECK(shampooExponent(config, ParameterClass::Vector) == -0.3);
}

TEST_CASE("parseConfig_soap_readsEveryKey") {
    const auto parsed = parseConfig("soap", soapJson());
    REQUIRE(parsed.ok());
    const auto& soap = std::get<SoapConfig>(std::get<OptimizerConfig>(*parsed));
    CHECK(soap.learningRate == 0.05);
    CHECK(soap.beta1 == 0.95);
    CHECK(soap.beta2 == 0.9);
    CHECK(soap.shampooBeta == 0.8);
    CHECK(soap.refreshPeriod == 5);
    CHECK(soap.decoupledWeightDecay == 0.01);
    CHECK_FALSE(soap.precondition1d);
    lab::Json json = soapJson();
    json["shampoo_beta"] = -1;
    json["precondition_1d"] = true;
    json["basis_warmup"] = 30;
    const auto again = parseConfig("soap", json);
    REQUIRE(again.ok());
    const auto& other = std::get<SoapConfig>(std::get<OptimizerConfig>(*again));
    CHECK(other.shampooBeta == 0.9); // the reference's word for "as beta2"
    CHECK(other.precondition1d);
    CHECK(other.basisWarmup == 30);
}

TEST_CASE("parseConfig_soapOptions_areReadByTheirWords") {
    const auto soap = [](const std::string& key, const lab::Json& value) {
        lab::Json json = soapJson();
        json[key] = value;
        const auto parsed = parseConfig("soap", json);
        REQUIRE(parsed.ok());
        return std::get<SoapConfig>(std::get<OptimizerConfig>(*parsed));
    };
    CHECK(soap("refresh", "eigh").refresh == BasisRefresh::Eigh);
    CHECK(soap("refresh", "cholesky_qr2").refresh == BasisRefresh::CholeskyQr2);
    CHECK(soap("refresh", "householder").refresh == BasisRefresh::Householder);
    CHECK(soap("sides", "left").sides == Sides::Left);
    CHECK(soap("sides", "right").sides == Sides::Right);
    CHECK(soap("sides", "smaller").sides == Sides::Smaller);
    CHECK(soap("second_moment", "factored").secondMoment == SecondMoment::Factored);
    CHECK(soap("permute_second_moment", false).carry == SecondMomentCarry::Keep);
    CHECK(soap("transport_second_moment", true).carry == SecondMomentCarry::Transport);
    CHECK(soap("normalize_update", true).normalizeUpdate);
    CHECK_FALSE(soap("skip_first_update", false).skipFirstUpdate);
    CHECK(soap("eps_mode", "hat").epsMode == EpsMode::Hat);
    CHECK(soap("eps_mode", "clamp").epsMode == EpsMode::Clamp);
    CHECK(soap("decay_order", "before update").decayBeforeUpdate);
}

TEST_CASE("parseConfig_unknownAlgorithm_isNotAvailable") {
    const auto unknown = parseConfig("adagrad", lab::Json::object());
    REQUIRE(unknown.ok());
    CHECK(std::get<NotAvailable>(*unknown).what == "algorithm 'adagrad'");
}

TEST_CASE("config_factors_followSidesAndLength") {
    SoapConfig soap;
    soap.maxPreconditionerDim = 5;
    const auto has = [&soap](long rows, long cols, bool left, bool right) {
        const Factors factors = factorsOf(soap, rows, cols);
        CHECK(factors.left == left);
        CHECK(factors.right == right);
        CHECK(factors.any() == (left || right));
    };
    has(3, 5, true, true);
    has(3, 6, true, false);
    has(6, 6, false, false);
    has(4, 1, false, false);
    soap.sides = Sides::Smaller;
    has(3, 5, true, false);
    has(5, 3, false, true);
    has(4, 4, true, false);
    soap.sides = Sides::Right;
    has(3, 5, false, true);
    soap.sides = Sides::Left;
    soap.precondition1d = true;
    has(4, 1, true, false);
    has(1, 4, false, false);
}

TEST_CASE("parseConfig_adafactorWithoutRate_needsARelativeStep") {
    lab::Json json = lab::parseJson(R"({"lr": null, "relative_step": true, "scale_parameter": true,
        "eps1": 1e-30, "eps2": 0.001, "clip": 1.0, "decay_exponent": -0.8, "beta1": 0})",
                                    "test")
                         .value();
    const auto relative = parseConfig("adafactor", json);
    REQUIRE(relative.ok());
    CHECK(std::get<AdafactorConfig>(std::get<OptimizerConfig>(*relative)).learningRate == 1e-2);
    json["relative_step"] = false;
    const auto absolute = parseConfig("adafactor", json);
    REQUIRE_FALSE(absolute.ok());
    CHECK(absolute.error().message == "adafactor: lr = null is not a number");
}

TEST_CASE("parseConfig_faultyObject_isAnError") {
    const auto error = [](const std::string& key, const lab::Json& value) {
        lab::Json json = soapJson();
        json[key] = value;
        const auto parsed = parseConfig("soap", json);
        return parsed.ok() ? std::string() : parsed.error().message;
    };
    CHECK(error("sides", "both sides") ==
          "soap: sides = \"both sides\" is not one of both left right smaller");
    CHECK(error("sides", 3) != "");
    CHECK(error("lr", "0.1") == "soap: lr = \"0.1\" is not a number");
    CHECK(error("lr", nullptr) != "");
    CHECK(error("lr", -0.1) != "");
    CHECK(error("f", 2.5) == "soap: f = 2.5 is not an integer");
    CHECK(error("f", 1e300) != "");
    CHECK(error("f", 5.0) == "");
    CHECK(error("betas", lab::Json{0.9}) == "soap: betas = [0.9] is not a list of 2 numbers");
    CHECK(error("correct_bias", 1) == "soap: correct_bias = 1 is not true or false");
    CHECK(error("new_key", 1) == "soap: unknown key 'new_key'");
    // What is wrong wins over what is not available.
    lab::Json json = soapJson();
    json["refresh"] = "eigh";
    json["f"] = 0;
    CHECK_FALSE(parseConfig("soap", json).ok());
    const lab::Json whole = soapJson();
    for (const auto& [key, value] : whole.items()) {
        lab::Json without = soapJson();
        without.erase(key);
        INFO(key);
        const auto parsed = parseConfig("soap", without);
        REQUIRE_FALSE(parsed.ok());
        CHECK(parsed.error().message == "soap: key '" + key + "' is missing");
    }
    CHECK_FALSE(parseConfig("sgd", lab::Json::array()).ok());
}

TEST_CASE("parseConfig_muonOnVectors_orthogonalisesUnlessToldNotTo") {
    lab::Json json = lab::parseJson(R"({"lr": 0.02, "momentum": 0.95, "nesterov": true,
        "orthogonalisation": "newton_schulz", "ns_steps": 5, "coef": [3.4445, -4.775, 2.0315],
        "norm_eps": 1e-07, "scale": "sqrt_max_1_m_over_n", "decoupled_weight_decay": 0.1})",
                                    "test")
                         .value();
    const auto orthogonalizes = [&json] {
        const auto parsed = parseConfig("muon", json);
        REQUIRE(parsed.ok());
        return std::get<MuonConfig>(std::get<OptimizerConfig>(*parsed)).orthogonalize1d;
    };
    CHECK(orthogonalizes());
    json["precondition_1d"] = false;
    CHECK_FALSE(orthogonalizes());
}

TEST_CASE("parseConfig_muonOptions_areReadByTheirWords") {
    lab::Json json = lab::parseJson(R"({"lr": 0.02, "momentum": 0.95, "nesterov": true,
        "orthogonalisation": "svd", "ns_steps": 5, "coef": [[4, -6, 3], [3, -3, 1]],
        "norm_eps": 1e-07, "scale": "sqrt_m_over_n", "decoupled_weight_decay": 0.1,
        "ns_precision": "bfloat16"})",
                                    "test")
                         .value();
    const auto parsed = parseConfig("muon", json);
    REQUIRE(parsed.ok());
    const auto& muon = std::get<MuonConfig>(std::get<OptimizerConfig>(*parsed));
    CHECK(muon.orthogonalisation == Orthogonalisation::Svd);
    CHECK(muon.coefficients == NewtonSchulzCoefficients{{4.0, -6.0, 3.0}, {3.0, -3.0, 1.0}});
    CHECK(muon.scale == MuonScale::UnitRms);
    CHECK(muon.precision == NsPrecision::BFloat16);
    json["coef"] = {{4, -6}};
    CHECK(parseConfig("muon", json).error().message ==
          "muon: coef = [4,-6] is not a list of 3 numbers");
    json["coef"] = lab::Json::array();
    CHECK_FALSE(parseConfig("muon", json).ok());
}

TEST_CASE("config_muonScale_followsItsRule") {
    CHECK(muonScale(MuonScale::Shape, 64, 16) == 2.0);
    CHECK(muonScale(MuonScale::Shape, 16, 64) == 1.0);
    CHECK(muonScale(MuonScale::Moonshot, 16, 100) == doctest::Approx(2.0));
    CHECK(muonScale(MuonScale::Spectral, 16, 100) == 10.0);
    CHECK(muonScale(MuonScale::UnitRms, 16, 64) == 0.5);
    CHECK(muonScale(MuonScale::None, 16, 64) == 1.0);
}

TEST_CASE("config_blockLengths_areNearlyEqualAndShortEnough") {
    CHECK(blockLengths(9, 4) == std::vector<long>{3, 3, 3});
    CHECK(blockLengths(8, 4) == std::vector<long>{4, 4});
    CHECK(blockLengths(10, 4) == std::vector<long>{3, 3, 4});
    CHECK(blockLengths(3, 4) == std::vector<long>{3});
    CHECK(blockLengths(1, 4) == std::vector<long>{1});
    ShampooConfig config;
    config.maxPreconditionerDim = 4;
    CHECK_FALSE(isBlocked(config, 9, 3));
    config.blocking = true;
    CHECK(isBlocked(config, 9, 3));
    CHECK(isBlocked(config, 3, 9));
    CHECK_FALSE(isBlocked(config, 4, 4));
}

TEST_CASE("config_firstRefresh_isTheFirstThatIsDue") {
    for (const auto& [startsGrafted, warmup, expected] :
         {std::tuple{false, 0, 1L}, {false, 3, 1L}, {true, 0, 5L}, {true, 3, 1L}}) {
        ShampooConfig config;
        config.refreshPeriod = 5;
        config.basisWarmup = warmup;
        config.startsGrafted = startsGrafted;
        CHECK(firstRefresh(config) == expected);
        long update = 1;
        while (!refreshDue(update, 5, warmup, !startsGrafted)) {
            ++update;
        }
        CHECK(update == expected);
    }
}

TEST_CASE("parseConfig_shampooOptions_areReadByTheirWords") {
    lab::Json json = lab::parseJson(R"({"lr": 0.05, "betas": [0.9, 0.95], "eps": 1e-8,
        "exponent": -0.5, "f": 5, "refresh_at": "every f", "graft": "sgd", "trace_scale": false,
        "decoupled_weight_decay": 0.1, "refresh_tolerance": 0.2, "blocking": true,
        "max_precond_dim": 64})",
                                    "test")
                         .value();
    const auto shampoo = [&json](const char* algorithm) {
        const auto parsed = parseConfig(algorithm, json);
        REQUIRE(parsed.ok());
        return std::get<ShampooConfig>(std::get<OptimizerConfig>(*parsed));
    };
    const ShampooConfig config = shampoo("shampoo");
    CHECK(config.startsGrafted);
    CHECK(config.graft == Graft::Sgd);
    CHECK(config.refreshTolerance == 0.2);
    CHECK(config.blocking);
    CHECK(config.statistics == FactorStatistics::Gram);
    CHECK(shampoo("kl_shampoo").statistics == FactorStatistics::KullbackLeibler);
    json["graft"] = "adagrad";
    CHECK(parseConfig("shampoo", json).error().message ==
          "shampoo: graft = \"adagrad\" is not one of none sgd adam");
    const auto gupta =
        parseConfig("shampoo_gupta", lab::Json{{"lr", 0.05}, {"eps", 1e-4}, {"exponent", -0.25}});
    REQUIRE(gupta.ok());
    const auto& sums = std::get<ShampooConfig>(std::get<OptimizerConfig>(*gupta));
    CHECK(sums.startsAtEps);
    CHECK(sums.beta2 == 1.0);
    CHECK(sums.beta1 == 0.0);
}
