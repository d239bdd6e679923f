// SPDX-License-Identifier: GPL-3.0-or-later
// Identities of the specification (§4) as property tests on random problems.
#include "numerics/orthogonal.hpp"
#include "optim/textbook/identities.hpp"
#include "optim/textbook/muon.hpp"
#include "optim/textbook/optimizer.hpp"
#include "optim/textbook/soap.hpp"

#include <Eigen/SVD>

#include <doctest/doctest.h>

#include <cmath>

using namespace psephos;
using namespace psephos::numerics;
using namespace psephos::optim;
using namespace psephos::optim::textbook;

namespace {

std::unique_ptr<Optimizer> make(const OptimizerConfig& config, const Matrix& like) {
    auto made = makeOptimizer(config, like.rows(), like.cols());
    REQUIRE(made.ok());
    return std::move(*made);
}

void step(Optimizer& optimizer, Matrix& w, const Matrix& g) {
    REQUIRE(optimizer.step(w, g).ok());
}

/// Runs `calls` calls on gradients drawn from a stream, each turned to U G Vᵀ.
Matrix run(const OptimizerConfig& config, const Matrix& start, const Matrix& u, const Matrix& v,
           int calls) {
    Matrix w = u * start * v.transpose();
    const auto optimizer = make(config, w);
    for (int t = 1; t <= calls; ++t) {
        RandomStream random(5, "gradient", static_cast<std::uint64_t>(t));
        const Matrix g = randomNormal(start.rows(), start.cols(), random);
        step(*optimizer, w, u * g * v.transpose());
    }
    return w;
}

/// ‖run in turned coordinates − turned run‖∞ over ‖·‖∞.
double equivarianceError(const OptimizerConfig& config, Eigen::Index rows, Eigen::Index cols,
                         std::uint64_t seed) {
    RandomStream random(seed, "equivariance");
    const Matrix start = randomNormal(rows, cols, random);
    const Matrix u = randomOrthogonal(rows, random);
    const Matrix v = randomOrthogonal(cols, random);
    const Matrix plain =
        run(config, start, Matrix::Identity(rows, rows), Matrix::Identity(cols, cols), 15);
    const Matrix turned = run(config, start, u, v, 15);
    const Matrix back = u.transpose() * turned * v;
    return (back - plain).cwiseAbs().maxCoeff() / plain.cwiseAbs().maxCoeff();
}

double distance(const Matrix& a, const Matrix& b) {
    return (a - b).cwiseAbs().maxCoeff();
}

} // namespace

TEST_CASE("equivariance_rotatedProblem_rotatesEveryMatrixMethodButNotAdam") {
    // Source: spec §4.4. SOAP on |m−n| ≤ 1: a larger null space makes its first basis arbitrary.
    SgdConfig sgd{0.05, 0.9, 0.0, false, 0.0, 0.01};
    ShampooConfig quarter;
    quarter.learningRate = 0.05;
    quarter.graft = Graft::None;
    quarter.eps = 1e-6;
    ShampooConfig grafted = quarter;
    grafted.graft = Graft::Sgd;
    grafted.refreshPeriod = 4;
    SoapConfig soap;
    soap.learningRate = 0.05;
    soap.refreshPeriod = 3;
    soap.decoupledWeightDecay = 0.01;
    MuonConfig muon;
    AdamConfig adam;
    adam.learningRate = 0.05;
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
        const Eigen::Index rows = 3 + static_cast<Eigen::Index>(seed % 3);
        const Eigen::Index cols = 4;
        INFO("seed " << seed);
        CHECK(equivarianceError(sgd, rows, cols, seed) < 1e-14);
        CHECK(equivarianceError(quarter, rows, cols, seed) < 1e-9);
        CHECK(equivarianceError(grafted, rows, cols, seed) < 1e-9);
        CHECK(equivarianceError(soap, rows, cols, seed) < 1e-9);
        CHECK(equivarianceError(muon, rows, cols, seed) < 1e-12);
        CHECK(equivarianceError(adam, rows, cols, seed) > 0.01);
        // Grafting onto Adam takes over the length of a step that is not equivariant.
        ShampooConfig ontoAdam = quarter;
        ontoAdam.graft = Graft::Adam;
        CHECK(equivarianceError(ontoAdam, rows, cols, seed) > 1e-4);
    }
}

TEST_CASE("equivariance_ofSoapsVariants_needsBothSides") {
    // Source: spec §4.4: SOAP by eigh and with a second moment of rank one turn with the problem;
    // one-sided SOAP, Lion and both forms of Adafactor do not.
    SoapConfig soap;
    soap.learningRate = 0.05;
    soap.refreshPeriod = 3;
    SoapConfig eigh = soap;
    eigh.refresh = BasisRefresh::Eigh;
    SoapConfig cholesky = soap;
    cholesky.refresh = BasisRefresh::CholeskyQr2;
    SoapConfig factored = soap;
    factored.secondMoment = SecondMoment::Factored;
    SoapConfig transported = soap;
    transported.carry = SecondMomentCarry::Transport;
    SoapConfig oneSided = soap;
    oneSided.sides = Sides::Smaller;
    AdafactorConfig adafactor;
    adafactor.learningRate = 0.05;
    adafactor.relativeStep = false;
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
        INFO("seed " << seed);
        for (const SoapConfig& config : {eigh, cholesky, factored, transported}) {
            CHECK(equivarianceError(config, 3, 4, seed) < 1e-8);
        }
        CHECK(equivarianceError(oneSided, 3, 4, seed) > 0.01);
        CHECK(equivarianceError(LionConfig{0.05, 0.9, 0.99, 0.0}, 3, 4, seed) > 0.01);
        CHECK(equivarianceError(adafactor, 3, 4, seed) > 0.01);
        CHECK(equivarianceError(FactoredAdamConfig{0.05}, 3, 4, seed) > 0.01);
    }
}

TEST_CASE("soap_refreshByCholeskyOrHouseholder_isTheSame") {
    RandomStream random(9, "refresh");
    SoapConfig householder;
    householder.learningRate = 0.05;
    householder.refreshPeriod = 2;
    SoapConfig cholesky = householder;
    cholesky.refresh = BasisRefresh::CholeskyQr2;
    Matrix w = randomNormal(4, 5, random);
    Matrix other = w;
    const auto one = make(householder, w);
    const auto two = make(cholesky, w);
    for (int t = 0; t < 20; ++t) {
        const Matrix g = randomNormal(4, 5, random);
        step(*one, w, g);
        step(*two, other, g);
    }
    CHECK(distance(w, other) < 1e-10);
}

TEST_CASE("soap_transport_keepsTheSumAndThePrintedExample") {
    // Source: spec §2.7, HeavySOAP.
    Matrix turn(3, 3);
    turn << 0.594233219, 0.5103186, -0.6216605247, -0.4867757542, 0.8434858183, 0.2271145954,
        0.6402626387, 0.1676502337, 0.7496380144;
    const Eigen::Vector3d v(3.0, 2.0, 1.0);
    const Matrix moved = transportedRows(v, turn);
    CHECK(distance(moved, Eigen::Vector3d(1.943176872, 2.232318473, 1.824504655)) < 1e-9);
    const Matrix covariance = turn.transpose() * v.asDiagonal() * turn;
    CHECK(distance(moved, covariance.diagonal()) < 1e-14);
    RandomStream random(10, "transport");
    const Matrix any = randomNormal(5, 3, random).cwiseAbs2();
    const Matrix there = transportedRows(any, randomOrthogonal(5, random));
    CHECK(there.minCoeff() >= 0.0);
    CHECK((there.colwise().sum() - any.colwise().sum()).norm() < 1e-13);
}

TEST_CASE("soap_factoredMomentOfRankOne_isTheFullOne") {
    // One gradient, however often, has a second moment G'∘G' of rank one only where G' is diagonal
    // or of rank one: here u·vᵀ, whose eigenbasis leaves a single entry.
    RandomStream random(12, "rank one");
    const Matrix g = randomNormal(3, 1, random) * randomNormal(1, 4, random);
    SoapConfig full;
    full.learningRate = 0.05;
    full.eps = 1e-3;
    SoapConfig factored = full;
    factored.secondMoment = SecondMoment::Factored;
    Matrix w = Matrix::Zero(3, 4);
    Matrix other = w;
    const auto one = make(full, w);
    const auto two = make(factored, w);
    for (int t = 0; t < 8; ++t) {
        step(*one, w, g);
        step(*two, other, g);
    }
    CHECK(distance(w, other) < 1e-12);
    CHECK(w.norm() > 0.1);
}

TEST_CASE("soap_normalized_movesByTheRateTimesTheRootOfTheEntries") {
    RandomStream random(13, "normalized");
    SoapConfig config;
    config.learningRate = 0.05;
    config.normalizeUpdate = true;
    config.correctBias = false;
    config.decoupledWeightDecay = 0.0;
    Matrix w = randomNormal(3, 4, random);
    const auto optimizer = make(config, w);
    step(*optimizer, w, randomNormal(3, 4, random));
    for (int t = 0; t < 5; ++t) {
        const auto report = optimizer->step(w, randomNormal(3, 4, random));
        REQUIRE(report.ok());
        CHECK(report->updateNorm == doctest::Approx(0.05 * std::sqrt(12.0)).epsilon(1e-12));
    }
}

TEST_CASE("soap_withoutBasis_isAdamWithRawEpsOneCallLater") {
    // Source: spec §4.5 and §2.5 (f).
    for (const auto& [rows, cols, limit] :
         {std::tuple<int, int, int>{4, 3, 2}, {5, 1, 10000}, {1, 5, 10000}}) {
        RandomStream random(9, "q=1");
        SoapConfig soap;
        soap.maxPreconditionerDim = limit;
        AdamConfig adam;
        adam.learningRate = soap.learningRate;
        adam.beta1 = soap.beta1;
        adam.beta2 = soap.beta2;
        adam.eps = soap.eps;
        adam.epsMode = EpsMode::Raw;
        Matrix bySoap = randomNormal(rows, cols, random);
        Matrix byAdam = bySoap;
        const auto one = make(soap, bySoap);
        const auto other = make(adam, byAdam);
        step(*one, bySoap, randomNormal(rows, cols, random)); // finds no basis, changes nothing
        CHECK(distance(bySoap, byAdam) == 0.0);
        for (int t = 0; t < 20; ++t) {
            const Matrix g = randomNormal(rows, cols, random);
            step(*one, bySoap, g);
            step(*other, byAdam, g);
        }
        CHECK(distance(bySoap, byAdam) < 1e-15);
    }
}

TEST_CASE("shampoo_exponentZeroWithoutGraft_isBiasCorrectedAveragedSgd") {
    // Source: spec §4.5.
    RandomStream random(10, "p=0");
    ShampooConfig config;
    config.exponent = 0.0;
    config.graft = Graft::None;
    config.learningRate = 0.1;
    Matrix w = randomNormal(3, 5, random);
    Matrix expected = w;
    Matrix average = Matrix::Zero(3, 5);
    const auto shampoo = make(config, w);
    for (int t = 1; t <= 20; ++t) {
        const Matrix g = randomNormal(3, 5, random);
        step(*shampoo, w, g);
        average = config.beta1 * average + (1.0 - config.beta1) * g;
        expected -= 0.1 * average / (1.0 - std::pow(config.beta1, t));
    }
    CHECK(distance(w, expected) < 1e-13);
}

TEST_CASE("normLaws_firstStep_isEtaTimesRootOfTheNumberOfEntries") {
    // Source: spec §4.7.
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        RandomStream random(seed, "norm");
        const auto rows = 2 + static_cast<Eigen::Index>(random.below(4));
        const auto cols = 2 + static_cast<Eigen::Index>(random.below(4));
        const Matrix g = randomNormal(rows, cols, random);
        const double eta = 0.07;
        const double expected = eta * std::sqrt(static_cast<double>(rows * cols));

        AdamConfig adam;
        adam.learningRate = eta;
        adam.eps = 1e-300;
        Matrix w = randomNormal(rows, cols, random);
        const Matrix before = w;
        const auto report = make(adam, w)->step(w, g);
        REQUIRE(report.ok());
        CHECK(report->updateNorm == doctest::Approx(expected).epsilon(1e-12));
        // ε → 0, t = 1: ΔW = −η sign(G).
        CHECK(distance(before - w, eta * g.cwiseSign()) < 1e-12);

        SoapConfig soap;
        soap.learningRate = eta;
        soap.eps = 1e-300;
        const auto optimizer = make(soap, w);
        step(*optimizer, w, randomNormal(rows, cols, random));
        const auto second = optimizer->step(w, g);
        REQUIRE(second.ok());
        CHECK(second->updateNorm == doctest::Approx(expected).epsilon(1e-10));
    }
}

TEST_CASE("newtonSchulz_scalars_followTheRecordedMap") {
    // Source: spec §2.9 (d); diag(σ, 0…) scaled so that ‖X‖ = 1 keeps σ where the rest makes up 1.
    NewtonSchulz iteration(5, MuonConfig{}.coefficients, 1e-300);
    const std::vector<std::pair<double, double>> map{
        {0.001, 0.4705439512}, {0.01, 0.6989170633}, {0.1, 0.7121200817}, {0.3, 1.0795922929},
        {0.5, 0.7654385305},   {0.7, 1.1203226305},  {1.0, 0.6964364095}};
    for (const auto& [sigma, expected] : map) {
        Matrix x = Matrix::Zero(2, 2);
        x(0, 0) = sigma;
        x(1, 1) = std::sqrt(1.0 - sigma * sigma);
        Matrix out;
        iteration.compute(x, out);
        CHECK(out(0, 0) == doctest::Approx(expected).epsilon(1e-9));
    }
}

TEST_CASE("newtonSchulz_specificationGradient_givesItsSingularValues") {
    // Source: spec §4.3.
    Matrix g(3, 4);
    for (int i = 1; i <= 3; ++i) {
        for (int j = 1; j <= 4; ++j) {
            g(i - 1, j - 1) = std::sin(0.8 * i * j + 0.5) + 0.8 * std::cos(0.7 * i - 2.0 * j);
        }
    }
    NewtonSchulz iteration(5, MuonConfig{}.coefficients, 1e-7);
    Matrix out;
    iteration.compute(g, out);
    const Eigen::VectorXd sigma = Eigen::JacobiSVD<Matrix>(out).singularValues();
    CHECK(sigma[0] == doctest::Approx(1.1130912556).epsilon(1e-7));
    CHECK(sigma[1] == doctest::Approx(0.8507083835).epsilon(1e-7));
    CHECK(sigma[2] == doctest::Approx(0.6876245377).epsilon(1e-7));
    CHECK(out(0, 0) == doctest::Approx(0.7191673499).epsilon(1e-7));
    // Tall matrices are worked on transposed.
    Matrix tall;
    iteration.compute(g.transpose(), tall);
    CHECK(distance(tall.transpose(), out) < 1e-15);
}

TEST_CASE("newtonSchulz_quinticSet_endsNearerToOne") {
    // Source: spec §2.9: one set for each step; singular values in [0.01, 1] of ‖X‖.
    NewtonSchulz jordan(5, jordanCoefficients(), 1e-300);
    NewtonSchulz quintic(5, quinticCoefficients(), 1e-300);
    const auto map = [](NewtonSchulz& iteration, double sigma) {
        Matrix x = Matrix::Zero(2, 2);
        x(0, 0) = sigma;
        x(1, 1) = std::sqrt(1.0 - sigma * sigma);
        Matrix out;
        iteration.compute(x, out);
        return out(0, 0);
    };
    double worstOfJordan = 0.0;
    double worstOfQuintic = 0.0;
    for (double sigma = 0.01; sigma < 1.0; sigma *= 1.02) {
        worstOfJordan = std::max(worstOfJordan, std::abs(map(jordan, sigma) - 1.0));
        worstOfQuintic = std::max(worstOfQuintic, std::abs(map(quintic, sigma) - 1.0));
        double x = sigma;
        for (const auto& [a, b, c] : quinticCoefficients()) {
            x = a * x + b * std::pow(x, 3) + c * std::pow(x, 5);
        }
        CHECK(map(quintic, sigma) == doctest::Approx(x).epsilon(1e-9));
    }
    CHECK(worstOfJordan > 0.3);
    CHECK(worstOfQuintic < worstOfJordan);
}

TEST_CASE("newtonSchulz_lowerPrecision_differsByItsRoundOff") {
    RandomStream random(20, "precision");
    const Matrix u = randomNormal(8, 6, random);
    Matrix exact;
    NewtonSchulz(5, jordanCoefficients(), 1e-7).compute(u, exact);
    Matrix single;
    NewtonSchulz(5, jordanCoefficients(), 1e-7, NsPrecision::Float32).compute(u, single);
    Matrix brain;
    NewtonSchulz(5, jordanCoefficients(), 1e-7, NsPrecision::BFloat16).compute(u, brain);
    CHECK(distance(single, exact) > 1e-9);
    CHECK(distance(single, exact) < 1e-5);
    CHECK(distance(brain, exact) > 1e-4);
    CHECK(distance(brain, exact) < 0.1);
}

TEST_CASE("muon_bySvd_hasTheLengthOfAnOrthogonalMatrix") {
    // Source: spec §4.7: ‖ΔW‖ = η·s·√min(m,n); rank one moves along one direction only.
    RandomStream random(21, "svd");
    MuonConfig config;
    config.orthogonalisation = Orthogonalisation::Svd;
    for (const auto& [rows, cols] : {std::pair{3, 5}, std::pair{6, 2}}) {
        Matrix w = Matrix::Zero(rows, cols);
        const auto report = make(config, w)->step(w, randomNormal(rows, cols, random));
        REQUIRE(report.ok());
        CHECK(report->updateNorm ==
              doctest::Approx(0.02 * std::sqrt(std::max(1.0, double(rows) / cols)) *
                              std::sqrt(std::min(rows, cols)))
                  .epsilon(1e-12));
    }
    const Matrix one = randomNormal(4, 1, random) * randomNormal(1, 5, random);
    CHECK(distance(orthogonalFactor(one), one / one.norm()) < 1e-14);
    CHECK(orthogonalFactor(Matrix::Zero(3, 2)) == Matrix::Zero(3, 2));
}

TEST_CASE("shampoo_singleGradient_isTheOrthogonalFactorOfMuon") {
    // Source: spec §4.3: L^{-1/4} G R^{-1/4} = UVᵀ; ε → 0 stands for the pseudo-inverse.
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
        RandomStream random(seed, "single");
        const Matrix g = randomNormal(3, 4, random);
        ShampooConfig config;
        config.learningRate = 1.0;
        config.graft = Graft::None;
        config.eps = 1e-14;
        Matrix w = Matrix::Zero(3, 4);
        step(*make(config, w), w, g);
        const Eigen::JacobiSVD<Matrix> svd(g, Eigen::ComputeThinU | Eigen::ComputeThinV);
        CHECK(distance(-w, svd.matrixU() * svd.matrixV().transpose()) < 1e-6);
    }
}

TEST_CASE("identities_ofVerify_allPass") {
    std::vector<lab::CheckRow> rows;
    REQUIRE(checkIdentities(rows).ok());
    CHECK(rows.size() == 56);
    for (const lab::CheckRow& row : rows) {
        INFO(row.caseName << " " << row.quantity << " " << row.residual.value_or(-1.0));
        CHECK(row.pass == true);
        CHECK_FALSE(row.computed.is_null());
    }
}
