// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/config.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace psephos::optim {

namespace {

/// Collects the first value that is out of its range.
class RangeCheck {
  public:
    explicit RangeCheck(std::string_view family)
        : family_(family) {}

    void require(bool good, std::string_view name, double value, std::string_view range) {
        if (good || error_) {
            return;
        }
        std::ostringstream text;
        text << family_ << ": " << name << " = " << value << " is not " << range;
        error_ = lab::Error{text.str(), {}, {}};
    }

    void atLeastZero(std::string_view name, double value) {
        require(std::isfinite(value) && value >= 0.0, name, value, "a finite number >= 0");
    }

    void positive(std::string_view name, double value) {
        require(std::isfinite(value) && value > 0.0, name, value, "a finite number > 0");
    }

    void factor(std::string_view name, double value) {
        require(value >= 0.0 && value < 1.0, name, value, "in [0, 1)");
    }

    void between(std::string_view name, double value, double low, double high) {
        std::ostringstream range;
        range << "in [" << low << ", " << high << "]";
        require(value >= low && value <= high, name, value, range.str());
    }

    void count(std::string_view name, int value, int least) {
        require(value >= least, name, value, "an integer >= " + std::to_string(least));
    }

    [[nodiscard]] lab::Result<void> result() const {
        if (error_) {
            return *error_;
        }
        return {};
    }

  private:
    std::string_view family_;
    std::optional<lab::Error> error_;
};

void checkValues(const SgdConfig& c, RangeCheck& check) {
    check.atLeastZero("lr", c.learningRate);
    check.factor("momentum", c.momentum);
    check.between("dampening", c.dampening, 0.0, 1.0);
    check.atLeastZero("l2", c.l2);
    check.atLeastZero("decoupled_weight_decay", c.decoupledWeightDecay);
}

void checkValues(const AdamConfig& c, RangeCheck& check) {
    check.atLeastZero("lr", c.learningRate);
    check.factor("beta1", c.beta1);
    check.factor("beta2", c.beta2);
    check.atLeastZero("eps", c.eps);
    check.atLeastZero("l2", c.l2);
    check.atLeastZero("decoupled_weight_decay", c.decoupledWeightDecay);
}

void checkValues(const ShampooConfig& c, RangeCheck& check) {
    check.atLeastZero("lr", c.learningRate);
    check.factor("beta1", c.beta1);
    check.between("beta2", c.beta2, 0.0, 1.0);
    check.positive("eps", c.eps);
    if (c.exponent) {
        check.between("exponent", *c.exponent, -1.0, 0.0);
    }
    check.count("f", c.refreshPeriod, 1);
    check.count("basis_warmup", c.basisWarmup, 0);
    if (c.graft == Graft::Adam) {
        check.factor("graft_beta2", c.graftBeta2);
        check.atLeastZero("graft_eps", c.graftEps);
    }
    check.atLeastZero("decoupled_weight_decay", c.decoupledWeightDecay);
    check.count("max_precond_dim", c.maxPreconditionerDim, 1);
    check.factor("refresh_tolerance", c.refreshTolerance);
    if (c.startsAtEps) {
        check.require(c.beta2 == 1.0, "beta2", c.beta2, "1, as sums that start at eps need");
    }
    if (c.statistics == FactorStatistics::KullbackLeibler) {
        check.require(c.beta2 < 1.0, "beta2", c.beta2, "below 1, as averages need");
        check.positive("init_factor", c.initFactor);
    }
}

void checkValues(const SoapConfig& c, RangeCheck& check) {
    check.atLeastZero("lr", c.learningRate);
    check.factor("beta1", c.beta1);
    check.factor("beta2", c.beta2);
    check.factor("shampoo_beta", c.shampooBeta);
    check.positive("eps", c.eps);
    check.count("f", c.refreshPeriod, 1);
    check.count("basis_warmup", c.basisWarmup, 0);
    check.atLeastZero("decoupled_weight_decay", c.decoupledWeightDecay);
    check.count("max_precond_dim", c.maxPreconditionerDim, 1);
}

void checkValues(const MuonConfig& c, RangeCheck& check) {
    check.atLeastZero("lr", c.learningRate);
    check.factor("momentum", c.momentum);
    check.between("ns_steps", c.newtonSchulzSteps, 1, 100);
    check.count("coef", static_cast<int>(c.coefficients.size()), 1);
    for (const auto& step : c.coefficients) {
        for (const double coefficient : step) {
            check.require(std::isfinite(coefficient), "coef", coefficient, "finite");
        }
    }
    check.positive("norm_eps", c.normEps);
    check.atLeastZero("decoupled_weight_decay", c.decoupledWeightDecay);
    checkValues(c.aux, check);
}

void checkValues(const LionConfig& c, RangeCheck& check) {
    check.atLeastZero("lr", c.learningRate);
    check.factor("beta1", c.beta1);
    check.factor("beta2", c.beta2);
    check.atLeastZero("decoupled_weight_decay", c.decoupledWeightDecay);
}

void checkValues(const AdafactorConfig& c, RangeCheck& check) {
    check.atLeastZero("lr", c.learningRate);
    check.positive("eps1", c.eps1);
    check.positive("eps2", c.eps2);
    check.positive("clip", c.clip);
    check.require(std::isfinite(c.decayExponent) && c.decayExponent < 0.0, "decay_exponent",
                  c.decayExponent, "a finite number < 0");
    check.factor("beta1", c.beta1);
    check.atLeastZero("decoupled_weight_decay", c.decoupledWeightDecay);
}

void checkValues(const FactoredAdamConfig& c, RangeCheck& check) {
    check.atLeastZero("lr", c.learningRate);
    check.factor("beta1", c.beta1);
    check.factor("beta2", c.beta2);
    check.positive("eps", c.eps);
    check.atLeastZero("decoupled_weight_decay", c.decoupledWeightDecay);
}

void checkValues(const ScheduleFreeConfig& c, RangeCheck& check) {
    check.atLeastZero("lr", c.learningRate);
    check.factor("beta1", c.beta1);
    check.factor("beta2", c.beta2);
    check.positive("eps", c.eps);
    check.atLeastZero("decoupled_weight_decay", c.decoupledWeightDecay);
    check.count("warmup", c.warmup, 0);
}

} // namespace

std::string_view familyName(const OptimizerConfig& config) {
    static constexpr std::array<std::string_view, std::variant_size_v<OptimizerConfig>> kNames{
        "sgd",
        "adam",
        "shampoo",
        "soap",
        "muon",
        "lion",
        "adafactor",
        "adafactor_simple",
        "schedule_free_adamw"};
    return kNames[config.index()];
}

lab::Result<void> validate(const OptimizerConfig& config) {
    RangeCheck check(familyName(config));
    std::visit([&check](const auto& values) { checkValues(values, check); }, config);
    return check.result();
}

std::vector<std::string> warnings(const OptimizerConfig& config) {
    const AdamConfig* adam = std::get_if<AdamConfig>(&config);
    if (const auto* muon = std::get_if<MuonConfig>(&config)) {
        adam = &muon->aux;
    }
    if (adam != nullptr && adam->eps == 0.0) {
        return {
            "eps = 0: a coordinate whose gradients were all zero is divided by zero; it is left "
            "where it is"};
    }
    return {};
}

const NewtonSchulzCoefficients& jordanCoefficients() {
    static const NewtonSchulzCoefficients kCoefficients{{3.4445, -4.7750, 2.0315}};
    return kCoefficients;
}

const NewtonSchulzCoefficients& quinticCoefficients() {
    static const NewtonSchulzCoefficients kCoefficients{{4.0848, -6.8946, 2.9270},
                                                        {3.9505, -6.3029, 2.6377},
                                                        {3.7418, -5.5913, 2.3037},
                                                        {2.8769, -3.1427, 1.2046},
                                                        {2.8366, -3.0525, 1.2012}};
    return kCoefficients;
}

double muonScale(MuonScale scale, long rows, long cols) {
    const auto m = static_cast<double>(rows);
    const auto n = static_cast<double>(cols);
    switch (scale) {
    case MuonScale::Shape:
        return std::sqrt(std::max(1.0, m / n));
    case MuonScale::Moonshot:
        return 0.2 * std::sqrt(std::max(m, n));
    case MuonScale::Spectral:
        return std::sqrt(std::max(m, n));
    case MuonScale::UnitRms:
        return std::sqrt(m / n);
    case MuonScale::None:
        break;
    }
    return 1.0;
}

double shampooExponent(const ShampooConfig& config, ParameterClass parameter) {
    const bool isQuarter =
        parameter == ParameterClass::Matrix && config.statistics == FactorStatistics::Gram;
    return config.exponent.value_or(isQuarter ? -0.25 : -0.5);
}

ShampooConfig guptaShampoo(double learningRate, double eps) {
    ShampooConfig config;
    config.learningRate = learningRate;
    config.beta1 = 0.0;
    config.beta2 = 1.0;
    config.eps = eps;
    config.graft = Graft::None;
    config.precondition1d = true;
    config.startsAtEps = true;
    return config;
}

double initialFactor(const ShampooConfig& config) {
    if (config.statistics == FactorStatistics::KullbackLeibler) {
        return config.initFactor;
    }
    return config.startsAtEps ? config.eps : 0.0;
}

double factorCorrection(const ShampooConfig& config, long update) {
    const bool isFromZero = config.beta2 < 1.0 && initialFactor(config) == 0.0;
    return isFromZero ? 1.0 - std::pow(config.beta2, update) : 1.0;
}

std::vector<long> blockLengths(long side, long longest) {
    const long count = (side + longest - 1) / longest;
    std::vector<long> lengths;
    for (long i = 0; i < count; ++i) {
        lengths.push_back(side * (i + 1) / count - side * i / count);
    }
    return lengths;
}

namespace {

template <typename Config>
Factors factorsOfBoth(const Config& config, long rows, long cols) {
    const auto hasFactor = [&config](long side, long other) {
        return side > 1 && side <= config.maxPreconditionerDim &&
               (other > 1 || config.precondition1d);
    };
    return {hasFactor(rows, cols), hasFactor(cols, rows)};
}

} // namespace

Factors factorsOf(const ShampooConfig& config, long rows, long cols) {
    return factorsOfBoth(config, rows, cols);
}

Factors factorsOf(const SoapConfig& config, long rows, long cols) {
    Factors factors = factorsOfBoth(config, rows, cols);
    const bool isLeftSmaller = rows <= cols;
    switch (config.sides) {
    case Sides::Both:
        break;
    case Sides::Left:
        factors.right = false;
        break;
    case Sides::Right:
        factors.left = false;
        break;
    case Sides::Smaller:
        (isLeftSmaller ? factors.right : factors.left) = false;
        break;
    }
    return factors;
}

AdamConfig vectorRule(const ShampooConfig& config) {
    constexpr double kBeta2OfSum = 0.999;
    AdamConfig rule;
    rule.learningRate = config.learningRate;
    rule.beta1 = config.beta1;
    rule.beta2 = config.beta2 < 1.0 ? config.beta2 : kBeta2OfSum;
    if (config.graft == Graft::Adam) {
        rule.beta2 = config.graftBeta2;
        rule.eps = config.graftEps;
    }
    rule.decoupledWeightDecay = config.decoupledWeightDecay;
    return rule;
}

} // namespace psephos::optim
