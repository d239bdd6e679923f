// SPDX-License-Identifier: GPL-3.0-or-later
// What can be seen of an optimizer: its state as views, its bytes, its time by phase.
#include "core/optim/engine_helpers.hpp"
#include "optim/engine/floor.hpp"
#include "optim/engine/measures.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/SVD>

#include <doctest/doctest.h>

#include <cmath>
#include <numeric>

using namespace psephos;
using namespace psephos::test;
using namespace psephos::optim::engine;
using optim::textbook::Matrix;

namespace {

at::Tensor toTensor(const Matrix& matrix) {
    at::Tensor tensor = at::empty({matrix.rows(), matrix.cols()}, at::kDouble);
    for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
        for (Eigen::Index j = 0; j < matrix.cols(); ++j) {
            tensor.index_put_({at::tensor(i), at::tensor(j)}, matrix(i, j));
        }
    }
    return tensor;
}

/// Problem P: G_t[i][j] = sin(0.8ij + 0.5t) + 0.8cos(0.7it − 2j), indices from 1.
Matrix gradientOfP(int t) {
    Matrix g(3, 4);
    for (int i = 1; i <= 3; ++i) {
        for (int j = 1; j <= 4; ++j) {
            g(i - 1, j - 1) = std::sin(0.8 * i * j + 0.5 * t) + 0.8 * std::cos(0.7 * i * t - 2 * j);
        }
    }
    return g;
}

/// Mean over G_1 … G_8.
template <typename Term>
Matrix meanOfP(const Term& term) {
    Matrix sum = term(gradientOfP(1));
    for (int t = 2; t <= 8; ++t) {
        sum += term(gradientOfP(t));
    }
    return sum / 8;
}

Matrix leftOfP() {
    return meanOfP([](const Matrix& g) { return Matrix(g * g.transpose()); });
}

Matrix rightOfP() {
    return meanOfP([](const Matrix& g) { return Matrix(g.transpose() * g); });
}

Matrix eigenvectors(const Matrix& a) {
    return Eigen::SelfAdjointEigenSolver<Matrix>(a).eigenvectors();
}

Matrix orthogonal(int size, std::uint64_t seed) {
    return Eigen::HouseholderQR<Matrix>(toMatrix(randomTensor({size, size}, seed, "basis", 0)))
        .householderQ();
}

/// An optimizer that has made `steps` steps.
struct Stepped {
    std::vector<Parameter> parameters;
    std::unique_ptr<Optimizer> optimizer;
    StepReport report;

    Stepped(const OptimizerConfig& config, const std::vector<std::vector<std::int64_t>>& shapes)
        : parameters(randomParameters(shapes, 1)) {
        auto made = Optimizer::make(config, parameters);
        REQUIRE(made.ok());
        optimizer = std::move(*made);
    }

    void step(std::uint64_t number) {
        const auto stepped =
            optimizer->step(randomGradients(parameters, 1, number), Optimizer::rates({}));
        REQUIRE(stepped.ok());
        report = *stepped;
    }
};

double sum(const PhaseTimes& times) {
    return std::accumulate(times.begin(), times.end(), 0.0);
}

} // namespace

TEST_CASE("offDiagonalResidual_ofOrthogonalIterations_isTheSpecifications") {
    const Matrix left = leftOfP();
    Matrix q = Matrix::Identity(3, 3);
    for (const double expected :
         {0.15523594, 0.13127663, 0.10423957, 0.08491349, 0.07688816, 0.07781887}) {
        CHECK(offDiagonalResidual(toTensor(left), toTensor(q)) ==
              doctest::Approx(expected).epsilon(1e-7));
        q = Eigen::HouseholderQR<Matrix>(left * q).householderQ();
    }
    CHECK(offDiagonalResidual(toTensor(left), toTensor(eigenvectors(left))) < 1e-12);
    CHECK(offDiagonalResidual(at::zeros({3, 3}, at::kDouble), toTensor(q)) == 0.0);
}

TEST_CASE("eigenvectorsOf_aRoot_areThoseOfItsMatrix") {
    const Matrix left = leftOfP();
    const Matrix root = Eigen::SelfAdjointEigenSolver<Matrix>(left).operatorInverseSqrt();
    const auto found = eigenvectorsOf(toTensor(root));
    REQUIRE(found.has_value());
    CHECK(offDiagonalResidual(toTensor(left), *found) < 1e-10);
    CHECK_FALSE(eigenvectorsOf(at::full({2, 2}, std::nan(""), at::kDouble)).has_value());
}

TEST_CASE("rankOneResidual_inEigenbasisAndAlongTheAxes_isTheSpecifications") {
    const Matrix left = eigenvectors(leftOfP());
    const Matrix right = eigenvectors(rightOfP());
    const Matrix turned = meanOfP([&](const Matrix& g) {
        return Matrix((left.transpose() * g * right).array().square().matrix());
    });
    const Matrix plain =
        meanOfP([](const Matrix& g) { return Matrix(g.array().square().matrix()); });
    CHECK(rankOneResidual(toTensor(turned)) == doctest::Approx(0.226235527).epsilon(1e-8));
    CHECK(rankOneResidual(toTensor(plain)) == doctest::Approx(0.360047526).epsilon(1e-8));
    CHECK(rankOneResidual(toTensor(plain.col(0) * plain.row(1))) < 1e-14);
    CHECK(rankOneResidual(at::zeros({2, 3})) == 0.0);
}

TEST_CASE("relativeSpectrum_isThatOfTheSvdOverItsRootMeanSquare") {
    for (const auto& shape : {std::vector<std::int64_t>{7, 4}, {4, 7}, {5, 5}}) {
        const at::Tensor matrix = randomTensor(shape, 3, "matrix", 0);
        const Eigen::VectorXd sigma = Eigen::JacobiSVD<Matrix>(toMatrix(matrix)).singularValues();
        const double scale = std::sqrt(sigma.squaredNorm() / static_cast<double>(sigma.size()));
        const auto spectrum = relativeSpectrum(matrix * 1e-5);
        REQUIRE(spectrum.size() == static_cast<std::size_t>(sigma.size()));
        for (std::size_t i = 0; i < spectrum.size(); ++i) {
            CHECK(spectrum[i] ==
                  doctest::Approx(sigma(static_cast<Eigen::Index>(i)) / scale).epsilon(1e-6));
        }
    }
    for (const double value : relativeSpectrum(toTensor(orthogonal(6, 1)))) {
        CHECK(value == doctest::Approx(1.0));
    }
    CHECK(relativeSpectrum(at::zeros({3, 2})).empty());
    CHECK(relativeSpectrum(at::full({3, 2}, std::nan(""))).empty());
}

TEST_CASE("turnOf_isTheProductOfTheBasesCellByCell") {
    const Matrix before = orthogonal(7, 1);
    const Matrix after = orthogonal(7, 2);
    const auto whole = turnOf(toTensor(before), toTensor(after), 40);
    const Matrix expected = (before.transpose() * after).cwiseAbs();
    REQUIRE(whole.size() == 49);
    for (std::size_t i = 0; i < 49; ++i) {
        CHECK(whole[i] == doctest::Approx(expected(static_cast<Eigen::Index>(i / 7),
                                                   static_cast<Eigen::Index>(i % 7))));
    }
    // Gathered: what a new direction takes from the old ones still adds up.
    CHECK(turnStarts(7, 3) == std::vector<std::int64_t>{0, 2, 4});
    const auto cells = turnOf(toTensor(before), toTensor(after), 3);
    REQUIRE(cells.size() == 9);
    for (std::size_t column = 0; column < 3; ++column) {
        double squares = 0.0;
        for (std::size_t row = 0; row < 3; ++row) {
            squares += cells[row * 3 + column] * cells[row * 3 + column];
        }
        CHECK(squares == doctest::Approx(1.0));
    }
    CHECK(cells[1] == doctest::Approx(expected.block(0, 2, 2, 2).norm() / std::sqrt(2.0)));
    CHECK(turnOf(toTensor(before), toTensor(before), 2)[0] == doctest::Approx(1.0));
}

TEST_CASE("insight_isTheStateItself_andTheLastChangeOfTheWeights") {
    for (const auto& [name, config] : manyConfigs()) {
        CAPTURE(name);
        Stepped it(config, {{5, 3}, {5, 3}, {4}, {3, 2, 2}});
        for (std::uint64_t call = 1; call <= 4; ++call) {
            std::vector<at::Tensor> before;
            for (const Parameter& parameter : it.parameters) {
                before.push_back(parameter.value.detach().clone());
            }
            it.step(call);
            for (std::size_t i = 0; i < it.parameters.size(); ++i) {
                const Insight insight = it.optimizer->insight(i);
                CHECK(it.optimizer->layout().find(insight.algorithm) != std::string::npos);
                const at::Tensor now = it.parameters[i].value.detach();
                const at::Tensor change = (now - before[i]).reshape(insight.update.sizes());
                CHECK(largestDifference(insight.update, change) < 1e-12);
            }
        }
        const Insight first = it.optimizer->insight(1);
        for (const auto& [state, seen] : {std::pair{"L", first.left.gram},
                                          {"R", first.right.gram},
                                          {"QL", first.left.basis},
                                          {"PR", first.right.root}}) {
            const auto kept = it.optimizer->state(1, state);
            REQUIRE(kept.has_value() == seen.defined());
            CHECK((!kept || isBitEqual(*kept, seen)));
        }
        const auto v = it.optimizer->state(1, "v");
        const auto turned = it.optimizer->state(1, "exp_avg_sq");
        REQUIRE((v || turned) == first.secondMoment.defined());
        CHECK((!v || isBitEqual(*v, first.secondMoment)));
        CHECK((!turned || isBitEqual(*turned, first.secondMoment)));
        CHECK((first.momentBeta > 0.0) == (v || turned || first.isMomentFactored));
    }
}

TEST_CASE("insight_ofAMemberThatSatOut_isItsOwnLastStep") {
    optim::AdamConfig adamw;
    adamw.decoupledWeightDecay = 0.1;
    Stepped it(adamw, {{5, 3}, {4}});
    it.step(1);
    const at::Tensor before = it.parameters[0].value.detach().clone();
    auto gradients = randomGradients(it.parameters, 1, 2);
    REQUIRE(it.optimizer->step(gradients, {0.5, 0.5}).ok());
    const at::Tensor change = it.parameters[0].value.detach() - before;
    gradients[0] = at::Tensor();
    REQUIRE(it.optimizer->step(gradients, {0.01, 0.01}).ok());
    CHECK(largestDifference(it.optimizer->insight(0).update, change) < 1e-12);
}

TEST_CASE("insight_ofAdamTakenBackToACheckpoint_tellsNoUpdateOfAnotherStep") {
    optim::AdamConfig adamw;
    adamw.decoupledWeightDecay = 0.1;
    Stepped it(adamw, {{5, 3}});
    it.step(1);
    tensor::Archive archive;
    it.optimizer->save(archive);
    const auto saved = tensor::Archive::read(archive.bytes());
    REQUIRE(saved.ok());
    REQUIRE(it.optimizer->step(randomGradients(it.parameters, 1, 2), {0.5, 0.5}).ok());
    REQUIRE(it.optimizer->insight(0).update.defined());
    REQUIRE(it.optimizer->restore(*saved).ok());
    CHECK_FALSE(it.optimizer->insight(0).update.defined());
    it.step(2);
    CHECK(it.optimizer->insight(0).update.defined());
}

TEST_CASE("insight_foretellsTheNextRefresh") {
    for (const auto& [name, config] : manyConfigs()) {
        if (name.find("kept eigenvectors") != std::string::npos) {
            continue; // these may find that they need none
        }
        CAPTURE(name);
        Stepped it(config, {{5, 3}});
        for (std::uint64_t call = 1; call <= 9; ++call) {
            CAPTURE(call);
            const bool isForetold = it.optimizer->insight(0).refreshesNext;
            it.step(call);
            const bool isBlocked = name.find("blocked") != std::string::npos; // seen as one matrix
            CHECK((isBlocked || it.report.refreshed == isForetold));
        }
    }
}

TEST_CASE("phases_addUpToTheStep") {
    for (const auto& [name, config] : manyConfigs()) {
        CAPTURE(name);
        Stepped it(config, {{5, 3}, {4}});
        it.step(1);
        it.step(2);
        CHECK(sum(it.report.phases) == it.report.milliseconds);
        for (const double time : it.report.phases) {
            CHECK(time >= 0.0);
        }
        const bool isMatrix = name.starts_with("soap") || name.starts_with("shampoo");
        CHECK((it.report.in(Phase::Gram) > 0.0) == isMatrix);
        CHECK((it.report.in(Phase::Project) > 0.0) == isMatrix);
        CHECK((it.report.in(Phase::ProjectBack) > 0.0) == name.starts_with("soap"));
        CHECK((it.report.in(Phase::Refresh) > 0.0) == it.report.refreshed);
        CHECK((it.report.in(Phase::Orthogonalise) > 0.0) == name.starts_with("muon"));
        CHECK(it.report.in(Phase::Elementwise) > 0.0);
    }
}

TEST_CASE("memory_isTheStatesBytes_andSoapsTheFormulas") {
    for (const auto& [name, config] : manyConfigs()) {
        CAPTURE(name);
        Stepped it(config, {{5, 3}, {4}});
        const MemoryUse use = it.optimizer->memory();
        CHECK(use.state() == it.optimizer->stateBytes());
        CHECK(use.weights == (15 + 4) * sizeof(double));
        CHECK(use.gradients == use.weights);
    }
    // 2m² + 2n² + 3mn numbers, gradient included; AdamW 3mn.
    Stepped soap(optim::SoapConfig{}, {{5, 3}});
    const MemoryUse use = soap.optimizer->memory();
    CHECK(use.state() + use.gradients == (2 * 25 + 2 * 9 + 3 * 15) * sizeof(double));
    CHECK(use.grams == (25 + 9) * sizeof(double));
    CHECK(use.bases == use.grams);
    Stepped adamw(optim::AdamConfig{}, {{5, 3}});
    const MemoryUse plain = adamw.optimizer->memory();
    CHECK(plain.state() + plain.gradients == 3 * 15 * sizeof(double));
    CHECK(plain.firstMoments == 15 * sizeof(double));
    CHECK(plain.others == 0);
}

TEST_CASE("floor_hasTheSharesOfTheCostModel") {
    tensor::useThreads(1);
    StepFloor floor(c10::Device(c10::DeviceType::CPU), 1.0);
    const FloorBatch both{2, 24, 16};
    const auto in = [](const PhaseTimes& times, Phase phase) {
        return times[static_cast<std::size_t>(phase)];
    };
    const PhaseTimes soap = floor.preconditioned(both, Preconditioner::Bases, 1);
    CHECK(in(soap, Phase::Project) > 0.0);
    CHECK(in(soap, Phase::Project) == floor.rotation(both, at::kFloat));
    CHECK(in(soap, Phase::ProjectBack) == in(soap, Phase::Project));
    CHECK(in(soap, Phase::Gram) == 0.5 * in(soap, Phase::Project));
    const PhaseTimes seldom = floor.preconditioned(both, Preconditioner::Bases, 10);
    CHECK(in(seldom, Phase::Refresh) == doctest::Approx(in(soap, Phase::Refresh) / 10));
    const PhaseTimes shampoo = floor.preconditioned(both, Preconditioner::Roots, 1);
    CHECK(in(shampoo, Phase::ProjectBack) == 0.0);
    CHECK(in(soap, Phase::Refresh) - in(shampoo, Phase::Refresh) ==
          doctest::Approx(in(soap, Phase::Project)));
    const FloorBatch one{2, 24, 16, true, false};
    CHECK(StepFloor::rotationFlops(one) == 2.0 * 2 * 24 * 16 * 24);
    CHECK(StepFloor::rotationFlops(both) == 2.0 * 2 * 24 * 16 * (24 + 16));
    CHECK(sum(floor.preconditioned(one, Preconditioner::Bases, 1)) < sum(soap));
    CHECK(sum(floor.preconditioned({2, 24, 16, false, false}, Preconditioner::Bases, 1)) == 0.0);
    CHECK(sum(floor.elementwise(1000, 7)) ==
          doctest::Approx(3.5 * sum(floor.elementwise(1000, 2))));
    CHECK(sum(floor.elementwise(0, 7)) == 0.0);
}
