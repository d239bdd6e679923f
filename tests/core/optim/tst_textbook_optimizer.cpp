// SPDX-License-Identifier: GPL-3.0-or-later
// The contract that every optimizer keeps: bad input, zero gradients, shapes, vectors, schedules.
#include "numerics/orthogonal.hpp"
#include "numerics/symmetric.hpp"
#include "optim/textbook/optimizer.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace psephos;
using namespace psephos::numerics;
using namespace psephos::optim;
using namespace psephos::optim::textbook;

namespace {

struct Named {
    std::string name;
    OptimizerConfig config;
};

std::vector<Named> everyOptimizer() {
    SgdConfig sgd;
    sgd.momentum = 0.9;
    ShampooConfig plain;
    plain.graft = Graft::None;
    plain.precondition1d = true;
    ShampooConfig onSgd;
    onSgd.graft = Graft::Sgd;
    SoapConfig soap;
    soap.refreshPeriod = 2;
    SoapConfig vectorSoap = soap;
    vectorSoap.precondition1d = true;
    ShampooConfig kl;
    kl.statistics = FactorStatistics::KullbackLeibler;
    kl.eps = 1e-6;
    ShampooConfig lazy;
    lazy.refreshTolerance = 0.3;
    lazy.startsGrafted = true;
    lazy.refreshPeriod = 3;
    ShampooConfig blocked;
    blocked.blocking = true;
    blocked.maxPreconditionerDim = 2;
    SoapConfig heavySoap = soap;
    heavySoap.carry = SecondMomentCarry::Transport;
    heavySoap.epsMode = EpsMode::Hat;
    heavySoap.refresh = BasisRefresh::Eigh;
    SoapConfig factored = soap;
    factored.secondMoment = SecondMoment::Factored;
    factored.sides = Sides::Smaller;
    factored.refresh = BasisRefresh::CholeskyQr2;
    factored.skipFirstUpdate = false;
    MuonConfig muon;
    muon.orthogonalize1d = true;
    MuonConfig exact = muon;
    exact.orthogonalisation = Orthogonalisation::Svd;
    exact.scale = MuonScale::Moonshot;
    AdamConfig raw;
    raw.epsMode = EpsMode::Raw;
    AdamConfig clamp;
    clamp.epsMode = EpsMode::Clamp;
    AdafactorConfig fixedRate;
    fixedRate.learningRate = 1e-2;
    fixedRate.relativeStep = false;
    fixedRate.scaleParameter = false;
    fixedRate.beta1 = 0.9;
    AdamConfig noEps;
    noEps.eps = 0.0;
    return {{"sgd", sgd},
            {"adam", AdamConfig{}},
            {"adam raw", raw},
            {"adam clamp", clamp},
            {"adam no eps", noEps},
            {"shampoo", ShampooConfig{}},
            {"shampoo 1d", plain},
            {"shampoo sgd", onSgd},
            {"soap", soap},
            {"soap 1d", vectorSoap},
            {"muon", MuonConfig{}},
            {"muon 1d", muon},
            {"lion", LionConfig{}},
            {"adafactor", AdafactorConfig{}},
            {"adafactor fixed", fixedRate},
            {"adafactor simple", FactoredAdamConfig{}},
            {"schedule-free", ScheduleFreeConfig{}},
            {"heavysoap", heavySoap},
            {"soap factored", factored},
            {"muon svd", exact},
            {"shampoo gupta", guptaShampoo(0.1, 1e-4)},
            {"kl shampoo", kl},
            {"shampoo lazy", lazy},
            {"shampoo blocked", blocked}};
}

std::unique_ptr<Optimizer> make(const OptimizerConfig& config, Eigen::Index rows,
                                Eigen::Index cols) {
    auto made = makeOptimizer(config, rows, cols);
    REQUIRE(made.ok());
    return std::move(*made);
}

StepReport stepped(Optimizer& optimizer, Matrix& w, const Matrix& g, double factor = 1.0) {
    const auto report = optimizer.step(w, g, factor);
    REQUIRE(report.ok());
    return *report;
}

const std::vector<std::pair<Eigen::Index, Eigen::Index>> kShapes{{3, 4}, {4, 3}, {2, 1},
                                                                 {1, 3}, {1, 1}, {5, 5}};

} // namespace

TEST_CASE("optimizer_nonFiniteGradient_isSkippedWithoutTrace") {
    for (const Named& named : everyOptimizer()) {
        for (const auto& [rows, cols] : kShapes) {
            INFO(named.name << " " << rows << "x" << cols);
            RandomStream random(1, "skip");
            const auto one = make(named.config, rows, cols);
            const auto other = make(named.config, rows, cols);
            Matrix w = randomNormal(rows, cols, random);
            Matrix undisturbed = w;
            for (int t = 0; t < 8; ++t) {
                const Matrix g = randomNormal(rows, cols, random);
                Matrix bad = g;
                bad(rows - 1, cols - 1) = t % 2 == 0 ? std::numeric_limits<double>::quiet_NaN()
                                                     : -std::numeric_limits<double>::infinity();
                const Matrix before = w;
                CHECK(stepped(*one, w, bad).skippedNonfinite);
                REQUIRE(w == before);
                CHECK_FALSE(stepped(*one, w, g).skippedNonfinite);
                stepped(*other, undisturbed, g);
            }
            CHECK(w == undisturbed);
        }
    }
}

TEST_CASE("optimizer_zeroGradients_leaveTheParameterWhereItIs") {
    for (const Named& named : everyOptimizer()) {
        for (const auto& [rows, cols] : kShapes) {
            INFO(named.name << " " << rows << "x" << cols);
            RandomStream random(2, "zero");
            const auto optimizer = make(named.config, rows, cols);
            Matrix w = randomNormal(rows, cols, random);
            const Matrix before = w;
            for (int t = 0; t < 5; ++t) {
                const StepReport report = stepped(*optimizer, w, Matrix::Zero(rows, cols));
                CHECK_FALSE(report.refreshFailed);
                CHECK(report.updateNorm == 0.0);
                CHECK(report.cosine == 0.0);
            }
            CHECK(w == before);
            // And the optimizer still works afterwards.
            for (int t = 0; t < 5; ++t) {
                stepped(*optimizer, w, randomNormal(rows, cols, random));
            }
            CHECK(w.allFinite());
            CHECK(w != before);
        }
    }
}

TEST_CASE("optimizer_bothDecays_takeTheParameterAsItWas") {
    // The coupled decay is the penalty's gradient where the gradient was taken: before the
    // decoupled one has moved the parameter.
    Matrix w(1, 2);
    w << 2.0, -4.0;
    Matrix g(1, 2);
    g << 1.0, 0.5;
    const Matrix coupled = g + 0.2 * w;
    const Matrix decayed = (1.0 - 0.1 * 0.3) * w;
    Matrix byMomentum = w;
    stepped(*make(SgdConfig{0.1, 0.9, 0.0, false, 0.2, 0.3}, 1, 2), byMomentum, g);
    CHECK((byMomentum - (decayed - 0.1 * coupled)).norm() < 1e-15);
    Matrix byAdam = w; // at its first step M̂/√V̂ is g/|g|
    stepped(*make(AdamConfig{0.1, 0.9, 0.99, 1.0, EpsMode::Hat, 0.2, 0.3}, 1, 2), byAdam, g);
    const Matrix direction = coupled.array() / (coupled.array().abs() + 1.0);
    CHECK((byAdam - (decayed - 0.1 * direction)).norm() < 1e-15);
}

TEST_CASE("optimizer_hugeGradients_doNotEndTheProgram") {
    for (const Named& named : everyOptimizer()) {
        INFO(named.name);
        const auto optimizer = make(named.config, 3, 4);
        RandomStream random(3, "huge");
        Matrix w = randomNormal(3, 4, random);
        for (int t = 0; t < 5; ++t) {
            CHECK(optimizer->step(w, 1e200 * randomNormal(3, 4, random)).ok());
        }
    }
}

TEST_CASE("optimizer_sameInput_sameBits") {
    for (const Named& named : everyOptimizer()) {
        RandomStream random(4, "bits");
        Matrix one = randomNormal(4, 5, random);
        Matrix other = one;
        const auto first = make(named.config, 4, 5);
        const auto second = make(named.config, 4, 5);
        for (int t = 0; t < 10; ++t) {
            const Matrix g = randomNormal(4, 5, random);
            stepped(*first, one, g);
            stepped(*second, other, g);
        }
        CHECK(one == other);
    }
}

TEST_CASE("optimizer_descends_onAQuadratic") {
    for (const Named& named : everyOptimizer()) {
        for (const auto& [rows, cols] : kShapes) {
            INFO(named.name << " " << rows << "x" << cols);
            RandomStream random(5, "descends");
            Matrix w = randomNormal(rows, cols, random);
            const double before = w.norm();
            const auto optimizer = make(named.config, rows, cols);
            bool hasMoved = false;
            for (int t = 0; t < 60; ++t) {
                const StepReport report = stepped(*optimizer, w, w);
                REQUIRE(report.parameterNorm == w.norm());
                CHECK(std::abs(report.cosine) <= 1.0 + 1e-12);
                if (report.updateNorm > 0.0 && !hasMoved) { // later, momentum may run uphill
                    CHECK(report.cosine > 0.0);
                    hasMoved = true;
                }
            }
            CHECK(w.norm() < before);
        }
    }
}

TEST_CASE("optimizer_otherShape_isRefused") {
    const auto optimizer = make(AdamConfig{}, 3, 4);
    Matrix w = Matrix::Zero(3, 4);
    const auto report = optimizer->step(w, Matrix::Zero(4, 3));
    REQUIRE_FALSE(report.ok());
    CHECK(report.error().message == "step: gradient of shape 4 x 3, expected 3 x 4");
    Matrix other = Matrix::Zero(2, 2);
    CHECK_FALSE(optimizer->step(other, Matrix::Zero(3, 4)).ok());
    CHECK_FALSE(makeOptimizer(SgdConfig{}, 0, 3).ok());
    SgdConfig bad;
    bad.learningRate = -1;
    CHECK_FALSE(makeOptimizer(bad, 2, 2).ok());
}

TEST_CASE("optimizer_scheduleFactor_scalesEveryLearningRate") {
    for (const Named& named : everyOptimizer()) {
        for (const auto& [rows, cols] : kShapes) {
            INFO(named.name << " " << rows << "x" << cols);
            OptimizerConfig doubled = named.config;
            std::visit([](auto& c) { c.learningRate *= 2.0; }, doubled);
            if (auto* muon = std::get_if<MuonConfig>(&doubled)) {
                muon->aux.learningRate *= 2.0;
            }
            RandomStream random(6, "schedule");
            Matrix w = randomNormal(rows, cols, random);
            Matrix expected = w;
            const auto one = make(named.config, rows, cols);
            const auto other = make(doubled, rows, cols);
            for (int t = 0; t < 6; ++t) {
                const Matrix g = randomNormal(rows, cols, random);
                stepped(*one, w, g, 2.0);
                stepped(*other, expected, g);
            }
            CHECK(w == expected);
        }
    }
}

TEST_CASE("optimizer_vector_followsItsOwnRule") {
    RandomStream random(7, "vector");
    const Matrix start = randomNormal(5, 1, random);
    std::vector<Matrix> gradients;
    for (int t = 0; t < 10; ++t) {
        gradients.push_back(randomNormal(5, 1, random));
    }
    const auto run = [&](const OptimizerConfig& config) {
        Matrix w = start;
        const auto optimizer = make(config, 5, 1);
        for (const Matrix& g : gradients) {
            stepped(*optimizer, w, g);
        }
        return w;
    };
    ShampooConfig shampoo;
    CHECK(run(shampoo) == run(vectorRule(shampoo)));
    shampoo.precondition1d = true;
    CHECK(run(shampoo) != run(vectorRule(shampoo)));
    MuonConfig muon;
    CHECK(run(muon) == run(muon.aux));

    // Muon on a vector, orthogonalised: the singular value 1 of u/‖u‖ becomes 0.6964…, and
    // s = √5; so every step has one length.
    muon.orthogonalize1d = true;
    Matrix w = start;
    const auto optimizer = make(muon, 5, 1);
    for (const Matrix& g : gradients) {
        CHECK(stepped(*optimizer, w, g).updateNorm ==
              doctest::Approx(0.02 * std::sqrt(5.0) * 0.6964364095).epsilon(1e-6));
    }
    // A vector lies down as well as it stands.
    SoapConfig soap;
    soap.precondition1d = true;
    soap.refreshPeriod = 2;
    Matrix lying = start.transpose();
    const auto row = make(soap, 1, 5);
    for (const Matrix& g : gradients) {
        stepped(*row, lying, g.transpose());
    }
    CHECK((lying.transpose() - run(soap)).cwiseAbs().maxCoeff() < 1e-12);
}

TEST_CASE("shampoo_plainSum_isAdaGradWithTheFullMatrix") {
    // β₂ = 1, a vector, exponent −1/2, no average of the gradient: W ← W − η (Σ ggᵀ + εI)^{-1/2} g.
    ShampooConfig config;
    config.learningRate = 0.1;
    config.beta1 = 0.0;
    config.beta2 = 1.0;
    config.eps = 1e-6;
    config.graft = Graft::None;
    config.precondition1d = true;
    RandomStream random(8, "adagrad");
    Matrix w = randomNormal(3, 1, random);
    Matrix expected = w;
    Matrix sum = Matrix::Zero(3, 3);
    const auto optimizer = make(config, 3, 1);
    InverseRoot root;
    Matrix half;
    for (int t = 0; t < 15; ++t) {
        const Matrix g = randomNormal(3, 1, random);
        stepped(*optimizer, w, g);
        sum += g * g.transpose();
        REQUIRE(root.compute(sum, 1e-6, -0.5, half).ok());
        expected -= 0.1 * half * g;
    }
    CHECK((w - expected).cwiseAbs().maxCoeff() < 1e-11);
}

TEST_CASE("refresh_happensWhenDue") {
    SoapConfig soap;
    soap.refreshPeriod = 3;
    soap.basisWarmup = 2;
    const auto optimizer = make(soap, 3, 4);
    RandomStream random(9, "due");
    Matrix w = randomNormal(3, 4, random);
    std::string pattern;
    for (int call = 0; call < 11; ++call) {
        pattern += stepped(*optimizer, w, randomNormal(3, 4, random)).refreshed ? 'R' : '.';
    }
    CHECK(pattern == "RRRR..R..R."); // call 1 finds the first basis; updates 1, 2, 3, 6, 9
    CHECK((*optimizer->state("bias_step"))(0, 0) == 10.0);
    CHECK_FALSE(optimizer->state("momentum").has_value());
}

TEST_CASE("soap_refreshOnGradientsThatOverflow_keepsTheOldBasis") {
    SoapConfig soap;
    soap.refreshPeriod = 1;
    const auto optimizer = make(soap, 2, 2);
    Matrix w = Matrix::Zero(2, 2);
    stepped(*optimizer, w, Matrix::Identity(2, 2));
    CHECK_FALSE(stepped(*optimizer, w, Matrix::Ones(2, 2)).refreshFailed);
    CHECK(stepped(*optimizer, w, Matrix::Constant(2, 2, 1e200)).refreshFailed);
}

TEST_CASE("scheduleFree_evaluationPoint_isTheMeanOfItsSteps") {
    // Source: 2405.15682: with one rate throughout c = 1/t, so x is the mean of z₁ … z_t.
    ScheduleFreeConfig config;
    config.learningRate = 0.1;
    const auto optimizer = make(config, 3, 4);
    RandomStream random(11, "schedule-free");
    Matrix w = randomNormal(3, 4, random);
    CHECK(optimizer->evaluationPoint(w) == w);
    Matrix sum = Matrix::Zero(3, 4);
    for (int t = 1; t <= 20; ++t) {
        stepped(*optimizer, w, randomNormal(3, 4, random));
        sum += optimizer->state("z").value();
        CHECK((optimizer->evaluationPoint(w) - sum / t).norm() < 1e-13);
    }
    CHECK((optimizer->evaluationPoint(w) - w).norm() > 1e-3);
    const auto adam = make(AdamConfig{}, 3, 4);
    stepped(*adam, w, w);
    CHECK(adam->evaluationPoint(w) == w);
}

TEST_CASE("scheduleFree_warmUp_risesOnALine") {
    // Its first direction is G/|G|, whatever the scale.
    for (int warmup : {0, 1, 4}) {
        ScheduleFreeConfig config;
        config.learningRate = 0.1;
        config.eps = 1e-300;
        config.warmup = warmup;
        Matrix w = Matrix::Zero(2, 2);
        const auto optimizer = make(config, 2, 2);
        stepped(*optimizer, w, Matrix::Ones(2, 2));
        CHECK(w(0, 0) == doctest::Approx(warmup == 4 ? -0.025 : -0.1));
    }
}
