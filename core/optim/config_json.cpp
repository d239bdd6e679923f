// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/config_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <initializer_list>
#include <limits>

namespace psephos::optim {

namespace {

using lab::Json;

/// Whether a key has to be there.
enum class Need { Required, Optional };

/// Reads the keys of one configuration; the first thing wrong is kept.
class Reader {
  public:
    Reader(std::string_view algorithm, const Json& config)
        : algorithm_(algorithm)
        , config_(config) {}

    /// Whether `key` is there and null: a number that is not given. Takes it.
    bool isNull(std::string_view key) {
        const auto found = config_.find(key);
        if (found == config_.end() || !found->is_null()) {
            return false;
        }
        taken_.emplace_back(key);
        return true;
    }

    double number(std::string_view key, std::optional<double> fallback = std::nullopt) {
        const Json* value = take(key, !fallback);
        if (value == nullptr) {
            return fallback.value_or(0.0);
        }
        if (!value->is_number()) {
            fail(key, *value, "a number");
            return 0.0;
        }
        return value->get<double>();
    }

    int integer(std::string_view key, std::optional<int> fallback = std::nullopt) {
        const Json* value = take(key, !fallback);
        if (value == nullptr) {
            return fallback.value_or(0);
        }
        const double real = value->is_number() ? value->get<double>() : 0.5;
        if (real != static_cast<double>(static_cast<long long>(std::clamp(real, -1e15, 1e15))) ||
            real < std::numeric_limits<int>::min() || real > std::numeric_limits<int>::max()) {
            fail(key, *value, "an integer");
            return 0;
        }
        return static_cast<int>(real);
    }

    bool flag(std::string_view key, std::optional<bool> fallback = std::nullopt) {
        const Json* value = take(key, !fallback);
        if (value == nullptr) {
            return fallback.value_or(false);
        }
        if (!value->is_boolean()) {
            fail(key, *value, "true or false");
            return false;
        }
        return value->get<bool>();
    }

    template <std::size_t N>
    std::array<double, N> numbers(std::string_view key) {
        std::array<double, N> result{};
        const Json* value = take(key, true);
        if (value == nullptr) {
            return result;
        }
        const bool good = value->is_array() && value->size() == N &&
                          std::all_of(value->begin(), value->end(),
                                      [](const Json& item) { return item.is_number(); });
        if (!good) {
            fail(key, *value, "a list of " + std::to_string(N) + " numbers");
            return result;
        }
        for (std::size_t i = 0; i < N; ++i) {
            result[i] = (*value)[i].get<double>();
        }
        return result;
    }

    /// Three numbers, or a list of such for one step each.
    NewtonSchulzCoefficients triples(std::string_view key) {
        const auto found = config_.find(key);
        const bool isNested = found != config_.end() && found->is_array() && !found->empty() &&
                              found->front().is_array();
        if (!isNested) {
            return {numbers<3>(key)};
        }
        NewtonSchulzCoefficients result;
        for (const Json& step : *take(key, true)) {
            const bool good = step.is_array() && step.size() == 3 &&
                              std::all_of(step.begin(), step.end(),
                                          [](const Json& item) { return item.is_number(); });
            if (!good) {
                fail(key, step, "a list of 3 numbers");
                break;
            }
            result.push_back({step[0].get<double>(), step[1].get<double>(), step[2].get<double>()});
        }
        return result;
    }

    /// What the word of `key` stands for; the first where it is none of them (or left out).
    template <typename Value>
    Value oneOf(std::string_view key,
                std::initializer_list<std::pair<std::string_view, Value>> words,
                Need need = Need::Required) {
        const Json* value = take(key, need == Need::Required);
        if (value == nullptr) {
            return words.begin()->second;
        }
        std::string expected = "one of";
        for (const auto& [word, meaning] : words) {
            if (*value == word) {
                return meaning;
            }
            expected += " " + std::string(word);
        }
        fail(key, *value, expected);
        return words.begin()->second;
    }

    lab::Result<ParsedConfig> finish(OptimizerConfig config) {
        for (const auto& [key, value] : config_.items()) {
            if (!error_ && std::find(taken_.begin(), taken_.end(), key) == taken_.end()) {
                error_ = lab::Error{algorithm_ + ": unknown key '" + key + "'", {}, {}};
            }
        }
        if (error_) {
            return *error_;
        }
        if (const auto valid = validate(config); !valid) {
            return valid.error();
        }
        return ParsedConfig(std::move(config));
    }

  private:
    const Json* take(std::string_view key, bool required) {
        taken_.emplace_back(key);
        const auto found = config_.find(key);
        if (found != config_.end()) {
            return &*found;
        }
        if (required && !error_) {
            error_ = lab::Error{algorithm_ + ": key '" + std::string(key) + "' is missing", {}, {}};
        }
        return nullptr;
    }

    void fail(std::string_view key, const Json& value, const std::string& expected) {
        if (!error_) {
            error_ = lab::Error{algorithm_ + ": " + std::string(key) + " = " + value.dump() +
                                    " is not " + expected,
                                {},
                                {}};
        }
    }

    std::string algorithm_;
    const Json& config_;
    std::vector<std::string> taken_;
    std::optional<lab::Error> error_;
};

EpsMode epsModeOf(Reader& read) {
    return read.oneOf<EpsMode>(
        "eps_mode", {{"hat", EpsMode::Hat}, {"raw", EpsMode::Raw}, {"clamp", EpsMode::Clamp}});
}

lab::Result<ParsedConfig> parseSgd(Reader read) {
    SgdConfig config;
    config.learningRate = read.number("lr");
    config.momentum = read.number("momentum");
    config.dampening = read.number("dampening");
    config.nesterov = read.flag("nesterov");
    config.l2 = read.number("l2");
    config.decoupledWeightDecay = read.number("decoupled_weight_decay");
    return read.finish(config);
}

lab::Result<ParsedConfig> parseAdam(Reader read, bool decoupled) {
    AdamConfig config;
    config.learningRate = read.number("lr");
    const auto betas = read.numbers<2>("betas");
    config.beta1 = betas[0];
    config.beta2 = betas[1];
    config.eps = read.number("eps");
    config.epsMode = epsModeOf(read);
    if (decoupled) {
        config.decoupledWeightDecay = read.number("decoupled_weight_decay");
    } else {
        config.l2 = read.number("l2");
    }
    return read.finish(config);
}

lab::Result<ParsedConfig> parseShampoo(Reader read, FactorStatistics statistics) {
    ShampooConfig config;
    config.statistics = statistics;
    config.learningRate = read.number("lr");
    const auto betas = read.numbers<2>("betas");
    config.beta1 = betas[0];
    config.beta2 = betas[1];
    config.eps = read.number("eps");
    config.exponent = read.number("exponent");
    config.refreshPeriod = read.integer("f");
    config.startsGrafted =
        read.oneOf<bool>("refresh_at", {{"first and every f", false}, {"every f", true}});
    config.graft = read.oneOf<Graft>(
        "graft", {{"none", Graft::None}, {"sgd", Graft::Sgd}, {"adam", Graft::Adam}});
    if (config.graft == Graft::Adam) {
        config.graftBeta2 = read.number("graft_beta2");
        config.graftEps = read.number("graft_eps");
    } else { // may be there, and then says nothing
        read.number("graft_beta2", config.graftBeta2);
        read.number("graft_eps", config.graftEps);
    }
    config.traceScale = read.flag("trace_scale");
    config.decoupledWeightDecay = read.number("decoupled_weight_decay");
    config.precondition1d = read.flag("precondition_1d", false);
    config.maxPreconditionerDim = read.integer("max_precond_dim", config.maxPreconditionerDim);
    config.basisWarmup = read.integer("basis_warmup", 0);
    config.refreshTolerance = read.number("refresh_tolerance", 0.0);
    config.blocking = read.flag("blocking", false);
    if (statistics == FactorStatistics::KullbackLeibler) {
        config.initFactor = read.number("init_factor", config.initFactor);
    }
    return read.finish(config);
}

lab::Result<ParsedConfig> parseGuptaShampoo(Reader read) {
    const double learningRate = read.number("lr");
    ShampooConfig config = guptaShampoo(learningRate, read.number("eps"));
    config.exponent = read.number("exponent");
    return read.finish(config);
}

lab::Result<ParsedConfig> parseSoap(Reader read) {
    SoapConfig config;
    config.learningRate = read.number("lr");
    const auto betas = read.numbers<2>("betas");
    config.beta1 = betas[0];
    config.beta2 = betas[1];
    config.shampooBeta = read.number("shampoo_beta");
    if (config.shampooBeta == -1.0) { // the reference's word for "as beta2"
        config.shampooBeta = config.beta2;
    }
    config.eps = read.number("eps");
    config.epsMode = epsModeOf(read);
    config.refreshPeriod = read.integer("f");
    config.refresh =
        read.oneOf<BasisRefresh>("refresh", {{"qr", BasisRefresh::Qr},
                                             {"eigh", BasisRefresh::Eigh},
                                             {"cholesky_qr2", BasisRefresh::CholeskyQr2},
                                             {"householder", BasisRefresh::Householder}});
    config.sides = read.oneOf<Sides>("sides", {{"both", Sides::Both},
                                               {"left", Sides::Left},
                                               {"right", Sides::Right},
                                               {"smaller", Sides::Smaller}});
    config.secondMoment = read.oneOf<SecondMoment>(
        "second_moment", {{"full", SecondMoment::Full}, {"factored", SecondMoment::Factored}});
    config.carry =
        read.flag("permute_second_moment") ? SecondMomentCarry::Permute : SecondMomentCarry::Keep;
    if (read.flag("transport_second_moment", false)) {
        config.carry = SecondMomentCarry::Transport;
    }
    config.normalizeUpdate = read.flag("normalize_update");
    config.correctBias = read.flag("correct_bias");
    config.skipFirstUpdate = read.flag("skip_first_update");
    config.decoupledWeightDecay = read.number("decoupled_weight_decay");
    config.decayBeforeUpdate =
        read.oneOf<bool>("decay_order", {{"after update", false}, {"before update", true}});
    config.precondition1d = read.flag("precondition_1d", false);
    config.maxPreconditionerDim = read.integer("max_precond_dim", config.maxPreconditionerDim);
    config.basisWarmup = read.integer("basis_warmup", 0);
    return read.finish(config);
}

lab::Result<ParsedConfig> parseMuon(Reader read) {
    MuonConfig config;
    config.learningRate = read.number("lr");
    config.momentum = read.number("momentum");
    config.nesterov = read.flag("nesterov");
    config.orthogonalisation = read.oneOf<Orthogonalisation>(
        "orthogonalisation",
        {{"newton_schulz", Orthogonalisation::NewtonSchulz}, {"svd", Orthogonalisation::Svd}});
    config.newtonSchulzSteps = read.integer("ns_steps");
    config.coefficients = read.triples("coef");
    config.precision = read.oneOf<NsPrecision>("ns_precision",
                                               {{"state", NsPrecision::State},
                                                {"float32", NsPrecision::Float32},
                                                {"bfloat16", NsPrecision::BFloat16}},
                                               Need::Optional);
    config.normEps = read.number("norm_eps");
    config.scale =
        read.oneOf<MuonScale>("scale", {{"sqrt_max_1_m_over_n", MuonScale::Shape},
                                        {"moonshot_0.2_sqrt_max_m_n", MuonScale::Moonshot},
                                        {"sqrt_max_m_n", MuonScale::Spectral},
                                        {"sqrt_m_over_n", MuonScale::UnitRms},
                                        {"none", MuonScale::None}});
    config.decoupledWeightDecay = read.number("decoupled_weight_decay");
    config.orthogonalize1d = read.flag("precondition_1d", true);
    return read.finish(config);
}

lab::Result<ParsedConfig> parseLion(Reader read) {
    LionConfig config;
    config.learningRate = read.number("lr");
    const auto betas = read.numbers<2>("betas");
    config.beta1 = betas[0];
    config.beta2 = betas[1];
    config.decoupledWeightDecay = read.number("decoupled_weight_decay");
    return read.finish(config);
}

lab::Result<ParsedConfig> parseAdafactor(Reader read) {
    AdafactorConfig config;
    config.relativeStep = read.flag("relative_step");
    // Without a rate of its own the step is relative, below the paper's ceiling.
    if (config.relativeStep && read.isNull("lr")) {
        config.learningRate = AdafactorConfig{}.learningRate;
    } else {
        config.learningRate = read.number("lr");
    }
    config.scaleParameter = read.flag("scale_parameter");
    config.eps1 = read.number("eps1");
    config.eps2 = read.number("eps2");
    config.clip = read.number("clip");
    config.decayExponent = read.number("decay_exponent");
    config.beta1 = read.number("beta1");
    config.decoupledWeightDecay = read.number("decoupled_weight_decay", 0.0);
    return read.finish(config);
}

lab::Result<ParsedConfig> parseFactoredAdam(Reader read) {
    FactoredAdamConfig config;
    config.learningRate = read.number("lr");
    const auto betas = read.numbers<2>("betas");
    config.beta1 = betas[0];
    config.beta2 = betas[1];
    config.eps = read.number("eps");
    config.decoupledWeightDecay = read.number("decoupled_weight_decay");
    return read.finish(config);
}

lab::Result<ParsedConfig> parseScheduleFree(Reader read) {
    ScheduleFreeConfig config;
    config.learningRate = read.number("lr");
    const auto betas = read.numbers<2>("betas");
    config.beta1 = betas[0];
    config.beta2 = betas[1];
    config.eps = read.number("eps");
    config.decoupledWeightDecay = read.number("decoupled_weight_decay");
    config.warmup = read.integer("warmup");
    return read.finish(config);
}

} // namespace

lab::Result<ParsedConfig> parseConfig(std::string_view algorithm, const Json& config) {
    if (!config.is_object()) {
        return lab::Error{std::string(algorithm) + ": config is not an object", {}, {}};
    }
    const Reader reader(algorithm, config);
    if (algorithm == "sgd") {
        return parseSgd(reader);
    }
    if (algorithm == "adam" || algorithm == "adamw") {
        return parseAdam(reader, algorithm == "adamw");
    }
    if (algorithm == "shampoo") {
        return parseShampoo(reader, FactorStatistics::Gram);
    }
    if (algorithm == "kl_shampoo") {
        return parseShampoo(reader, FactorStatistics::KullbackLeibler);
    }
    if (algorithm == "shampoo_gupta") {
        return parseGuptaShampoo(reader);
    }
    if (algorithm == "soap") {
        return parseSoap(reader);
    }
    if (algorithm == "muon") {
        return parseMuon(reader);
    }
    if (algorithm == "lion") {
        return parseLion(reader);
    }
    if (algorithm == "adafactor") {
        return parseAdafactor(reader);
    }
    if (algorithm == "adafactor_simple") {
        return parseFactoredAdam(reader);
    }
    if (algorithm == "schedule_free_adamw") {
        return parseScheduleFree(reader);
    }
    return ParsedConfig(NotAvailable{"algorithm '" + std::string(algorithm) + "'"});
}

} // namespace psephos::optim
