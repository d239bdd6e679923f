// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/textbook/identities.hpp"

#include "numerics/orthogonal.hpp"
#include "numerics/symmetric.hpp"
#include "optim/textbook/adafactor.hpp"
#include "optim/textbook/golden_problem.hpp"
#include "optim/textbook/muon.hpp"
#include "optim/textbook/optimizer.hpp"
#include "optim/textbook/shampoo.hpp"
#include "optim/textbook/soap.hpp"

#include <Eigen/LU>
#include <Eigen/SVD>

#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

namespace psephos::optim::textbook {

namespace {

constexpr Eigen::Index kRows = 3;
constexpr Eigen::Index kCols = 4;
constexpr double kEta = 0.05;

/// W₀ and G_t of the golden document.
Matrix startMatrix() {
    Matrix w(kRows, kCols);
    for (Eigen::Index i = 0; i < kRows; ++i) {
        for (Eigen::Index j = 0; j < kCols; ++j) {
            w(i, j) = 0.5 * std::cos(static_cast<double>(i + 1) + 2.0 * static_cast<double>(j + 1));
        }
    }
    return w;
}

Matrix gradientMatrix(int t) {
    Matrix g(kRows, kCols);
    for (Eigen::Index row = 0; row < kRows; ++row) {
        for (Eigen::Index column = 0; column < kCols; ++column) {
            const auto i = static_cast<double>(row + 1);
            const auto j = static_cast<double>(column + 1);
            g(row, column) =
                std::sin(0.8 * i * j + 0.5 * t) + 0.8 * std::cos(0.7 * i * t - 2.0 * j);
        }
    }
    return g;
}

/// Collects rows; the first error stops it.
class Identities {
  public:
    explicit Identities(std::vector<lab::CheckRow>& rows)
        : rows_(rows) {}

    void compare(const std::string& name, const std::string& quantity, const Matrix& computed,
                 const Matrix& expected, double tolerance) {
        const lab::Json like = lab::Json::array({lab::Json::array()});
        add(name, quantity, writeMatrix(computed, like), writeMatrix(expected, like), tolerance);
    }

    void compare(const std::string& name, const std::string& quantity, double computed,
                 double expected, double tolerance) {
        add(name, quantity, computed, expected, tolerance);
    }

    /// The opposite: passes where they differ by more than `least`, relative to the largest entry.
    void mustDiffer(const std::string& name, const std::string& quantity, const Matrix& computed,
                    const Matrix& other, double least) {
        compare(name, quantity, computed, other, least);
        lab::CheckRow& row = rows_.back();
        row.pass = row.residual && *row.residual > least;
    }

    /// W after `calls` calls on turned gradients U G_t Vᵀ, from U W₀ Vᵀ.
    Matrix run(const OptimizerConfig& config, const Matrix& u, const Matrix& v, int calls) {
        Matrix w = u * startMatrix() * v.transpose();
        auto optimizer = makeOptimizer(config, w.rows(), w.cols());
        if (!optimizer) {
            error_ = optimizer.error();
            return w;
        }
        for (int t = 1; t <= calls && !error_; ++t) {
            const auto report = (*optimizer)->step(w, u * gradientMatrix(t) * v.transpose());
            if (!report) {
                error_ = report.error();
            }
        }
        return w;
    }

    Matrix run(const OptimizerConfig& config, int calls) {
        return run(config, Matrix::Identity(kRows, kRows), Matrix::Identity(kCols, kCols), calls);
    }

    [[nodiscard]] lab::Result<void> result() const {
        if (error_) {
            return *error_;
        }
        return {};
    }

  private:
    void add(const std::string& name, const std::string& quantity, lab::Json computed,
             lab::Json expected, double tolerance) {
        lab::CheckRow row;
        row.area = "optim";
        row.caseName = name;
        row.quantity = quantity;
        row.implementation = "textbook";
        const double scale = std::max(1.0, largestMagnitude(expected));
        lab::compare(row, std::move(computed), std::move(expected), tolerance, scale);
        rows_.push_back(std::move(row));
    }

    std::vector<lab::CheckRow>& rows_;
    std::optional<lab::Error> error_;
};

ShampooConfig plainShampoo() {
    ShampooConfig config;
    config.learningRate = kEta;
    config.graft = Graft::None;
    config.eps = 1e-6;
    return config;
}

/// W → UWVᵀ turns every path with it.
void checkEquivariance(Identities& identities) {
    constexpr int kCalls = 15;
    numerics::RandomStream random(0, "optim/equivariance");
    const Matrix u = numerics::randomOrthogonal(kRows, random);
    const Matrix v = numerics::randomOrthogonal(kCols, random);
    SoapConfig soap;
    soap.learningRate = kEta;
    soap.refreshPeriod = 3;
    SoapConfig eigh = soap;
    eigh.refresh = BasisRefresh::Eigh;
    SoapConfig factored = soap;
    factored.secondMoment = SecondMoment::Factored;
    SoapConfig oneSided = soap;
    oneSided.sides = Sides::Smaller;
    AdamConfig adam;
    adam.learningRate = kEta;
    const std::vector<std::pair<std::string, OptimizerConfig>> family{
        {"sgd", SgdConfig{kEta, 0.9, 0.0, false, 0.0, 0.01}},
        {"shampoo", plainShampoo()},
        {"soap", soap},
        {"soap by eigh", eigh},
        {"soap, factored", factored},
        {"muon", MuonConfig{}}};
    for (const auto& [name, config] : family) {
        const Matrix turned = identities.run(config, u, v, kCalls);
        identities.compare("equivariance", name, u.transpose() * turned * v,
                           identities.run(config, kCalls), 1e-9);
    }
    const std::vector<std::pair<std::string, OptimizerConfig>> bound{
        {"adamw", adam},
        {"adafactor, simplified", FactoredAdamConfig{kEta}},
        {"lion", LionConfig{kEta}},
        {"soap, one-sided", oneSided}};
    for (const auto& [name, config] : bound) {
        const Matrix turned = identities.run(config, u, v, kCalls);
        identities.mustDiffer("bound to the axes", name, u.transpose() * turned * v,
                              identities.run(config, kCalls), 1e-2);
    }
}

/// SOAP with Q = I is Adam with raw ε that starts one call later.
void checkSoapWithoutBasis(Identities& identities) {
    constexpr int kCalls = 20;
    SoapConfig soap;
    soap.learningRate = kEta;
    soap.maxPreconditionerDim = 1;
    AdamConfig adam;
    adam.learningRate = soap.learningRate;
    adam.beta1 = soap.beta1;
    adam.beta2 = soap.beta2;
    adam.eps = soap.eps;
    adam.epsMode = EpsMode::Raw;
    Matrix expected = startMatrix();
    const auto optimizer = makeOptimizer(adam, kRows, kCols);
    for (int t = 2; optimizer && t <= kCalls; ++t) {
        (void)(*optimizer)->step(expected, gradientMatrix(t)).ok(); // shapes are right
    }
    identities.compare("soap with Q = I is adam", "params", identities.run(soap, kCalls), expected,
                       1e-14);
}

/// Shampoo with exponent 0 and no graft is bias-corrected averaged SGD.
void checkShampooWithoutPower(Identities& identities) {
    constexpr int kCalls = 20;
    ShampooConfig config = plainShampoo();
    config.exponent = 0.0;
    Matrix expected = startMatrix();
    Matrix average = Matrix::Zero(kRows, kCols);
    for (int t = 1; t <= kCalls; ++t) {
        average = config.beta1 * average + (1.0 - config.beta1) * gradientMatrix(t);
        expected -= kEta * average / (1.0 - std::pow(config.beta1, t));
    }
    identities.compare("shampoo with exponent 0 is averaged sgd", "params",
                       identities.run(config, kCalls), expected, 1e-13);
}

/// On one gradient G = UΣVᵀ, Shampoo's direction L^{-1/4} G R^{-1/4} is UVᵀ, that of exact Muon.
void checkSingleGradient(Identities& identities) {
    ShampooConfig config = plainShampoo();
    config.learningRate = 1.0;
    config.eps = 1e-14;
    const Eigen::JacobiSVD<Matrix> svd(gradientMatrix(1),
                                       Eigen::ComputeThinU | Eigen::ComputeThinV);
    identities.compare("shampoo on one gradient is U V^T", "direction",
                       startMatrix() - identities.run(config, 1),
                       svd.matrixU() * svd.matrixV().transpose(), 1e-7);
}

/// Newton–Schulz on that gradient, and its exact factor: recorded numbers.
void checkOrthogonalFactors(Identities& identities) {
    const Matrix g = gradientMatrix(1);
    const Eigen::JacobiSVD<Matrix> svd(g);
    Matrix iterated;
    NewtonSchulz(5, jordanCoefficients(), 1e-7).compute(g, iterated);
    const Eigen::JacobiSVD<Matrix> after(iterated);
    const std::string name = "orthogonal factors of one gradient";
    identities.compare(name, "singular values", svd.singularValues(),
                       Eigen::Vector3d(2.8519703143, 1.4676478992, 0.6810336476), 1e-9);
    identities.compare(name, "U V^T, row 1", orthogonalFactor(g).row(0),
                       Eigen::RowVector4d(0.7835433928, 0.4350745214, 0.4364288274, -0.0793712236),
                       1e-9);
    identities.compare(name, "singular values of newton-schulz", after.singularValues(),
                       Eigen::Vector3d(1.1130912556, 0.8507083835, 0.6876245377), 1e-7);
    identities.compare(name, "newton-schulz, entry 11", iterated(0, 0), 0.7191673499, 1e-7);
}

/// The gradients G₁ … G₈ with their mean factors and eigenbases.
struct GradientSet {
    std::vector<Matrix> gradients;
    Matrix left = Matrix::Zero(kRows, kRows);  ///< L = mean GGᵀ
    Matrix right = Matrix::Zero(kCols, kCols); ///< R = mean GᵀG
    numerics::SymmetricEigen leftEigen;
    numerics::SymmetricEigen rightEigen;

    GradientSet() {
        constexpr int kCount = 8;
        for (int t = 1; t <= kCount; ++t) {
            gradients.push_back(gradientMatrix(t));
            left += gradients.back() * gradients.back().transpose() / kCount;
            right += gradients.back().transpose() * gradients.back() / kCount;
        }
        (void)leftEigen.compute(left).ok(); // finite by construction
        (void)rightEigen.compute(right).ok();
    }

    /// mean (Q_LᵀGQ_R)∘(Q_LᵀGQ_R).
    [[nodiscard]] Matrix secondMoment(const Matrix& leftBasis, const Matrix& rightBasis) const {
        Matrix mean = Matrix::Zero(kRows, kCols);
        for (const Matrix& g : gradients) {
            mean += (leftBasis.transpose() * g * rightBasis).cwiseAbs2() /
                    static_cast<double>(gradients.size());
        }
        return mean;
    }
};

/// √V̂ of the rank-one V̂ with the sums of `v`.
Matrix rankOneRoot(const Matrix& v) {
    FactoredMoment moment(v.rows(), v.cols());
    moment.average(v, 0.0);
    return moment.root();
}

/// Claim 1 of SOAP's paper: idealised Shampoo of exponent −1/2 with the trace's scale is idealised
/// Adafactor in Shampoo's eigenbasis. Then what SOAP and Adam make of the same gradients.
void checkClaimOne(Identities& identities) {
    const std::string name = "shampoo^1/2 is adafactor in its eigenbasis";
    const GradientSet set;
    const Matrix g = gradientMatrix(9);
    const Matrix& ql = set.leftEigen.vectors();
    const Matrix& qr = set.rightEigen.vectors();
    const auto power = [](const numerics::SymmetricEigen& eigen) -> Matrix {
        return eigen.vectors() * eigen.values().array().rsqrt().matrix().asDiagonal() *
               eigen.vectors().transpose();
    };
    const Matrix shampoo =
        std::sqrt(set.left.trace()) * power(set.leftEigen) * g * power(set.rightEigen);
    const Matrix v = set.secondMoment(ql, qr);
    const Matrix turned = ql.transpose() * g * qr;
    const Matrix adafactor = ql * turned.cwiseQuotient(rankOneRoot(v)) * qr.transpose();
    identities.compare(name, "direction", shampoo, adafactor, 1e-13);
    Matrix recorded(kRows, kCols);
    recorded << -1.2255732997, -0.6518584724, 1.2329254369, 1.5143661373, -0.0044897757,
        0.3682627362, 0.8717873580, -1.0554598596, -0.0179765770, -0.2738845646, 0.2082930185,
        1.1490781027;
    identities.compare(name, "direction, recorded", adafactor, recorded, 1e-9);
    identities.compare(name, "norm", adafactor.norm(), 3.031354153719, 1e-11);
    identities.compare(name, "tr L", set.left.trace(), 10.369469595099, 1e-11);
    identities.compare(name, "row sums are eigenvalues of L", v.rowwise().sum(),
                       set.leftEigen.values(), 1e-12);
    identities.compare(name, "column sums are eigenvalues of R", v.colwise().sum().transpose(),
                       set.rightEigen.values(), 1e-12);
    identities.compare(name, "eigenvalues of L", set.leftEigen.values(),
                       Eigen::Vector3d(2.7400677022, 3.4162115363, 4.2131903567), 1e-9);
    identities.compare(name, "eigenvalues of R", set.rightEigen.values(),
                       Eigen::Vector4d(0.8082740593, 1.3339794424, 2.9083898631, 5.3188262303),
                       1e-9);

    const Matrix soap = ql * turned.cwiseQuotient(v.cwiseSqrt()) * qr.transpose();
    identities.compare("idealised soap", "norm", soap.norm(), 3.147154780689, 1e-11);
    identities.compare("idealised soap", "entry 11", soap(0, 0), -1.286056683702, 1e-11);
    identities.compare("idealised soap", "cosine with shampoo",
                       soap.cwiseProduct(shampoo).sum() / (soap.norm() * shampoo.norm()),
                       0.986301073509, 1e-11);
    const Matrix plain =
        set.secondMoment(Matrix::Identity(kRows, kRows), Matrix::Identity(kCols, kCols));
    const Matrix adam = g.cwiseQuotient(plain.cwiseSqrt());
    identities.compare("idealised adam", "norm", adam.norm(), 3.928038540981, 1e-11);
    identities.compare("idealised adam", "entry 11", adam(0, 0), -0.864903784709, 1e-11);

    const auto rankOneError = [](const Matrix& moment) {
        return (moment - rankOneRoot(moment).cwiseAbs2()).norm() / moment.norm();
    };
    identities.compare("distance of V from rank one", "in the eigenbasis", rankOneError(v),
                       0.226235527, 1e-8);
    identities.compare("distance of V from rank one", "in the original basis", rankOneError(plain),
                       0.360047526, 1e-8);
}

/// How well orthogonal iterations from Q = I diagonalise L: not even monotone. Recorded numbers.
void checkStaleness(Identities& identities) {
    const GradientSet set;
    numerics::SignFixedQr qr;
    Matrix q = Matrix::Identity(kRows, kRows);
    int iterations = 0;
    for (const double expected :
         {0.15523594, 0.13127663, 0.10423957, 0.08491349, 0.07688816, 0.07781887}) {
        identities.compare("off-diagonal residual",
                           "after " + std::to_string(iterations) + " iterations",
                           numerics::offDiagonalResidual(set.left, q), expected, 1e-7);
        qr.compute(set.left * q, q);
        ++iterations;
    }
}

/// HeavySOAP's transport of V: the diagonal of the turned covariance. A recorded example.
void checkTransport(Identities& identities) {
    Matrix turn(3, 3);
    turn << 0.594233219, 0.5103186, -0.6216605247, -0.4867757542, 0.8434858183, 0.2271145954,
        0.6402626387, 0.1676502337, 0.7496380144;
    const Eigen::Vector3d v(3.0, 2.0, 1.0);
    const Matrix moved = transportedRows(v, turn);
    const Matrix covariance = turn.transpose() * v.asDiagonal() * turn;
    identities.compare("heavysoap transports V", "diag(T^T diag(v) T)", moved,
                       covariance.diagonal(), 1e-14);
    identities.compare("heavysoap transports V", "recorded", moved,
                       Eigen::Vector3d(1.943176872, 2.232318473, 1.824504655), 1e-9);
    identities.compare("heavysoap transports V", "sum", moved.sum(), v.sum(), 1e-8);
}

/// KL-Shampoo's fixed point: L = mean G R⁻¹ Gᵀ/n, R = mean Gᵀ L⁻¹ G/m, and tr(H S⁻¹) = mn for
/// S = L⊗R and H the gradients' covariance. Source: 2509.03378.
void checkKlFixedPoint(Identities& identities) {
    const std::string name = "kl-shampoo at its fixed point";
    const GradientSet set;
    const auto count = static_cast<double>(set.gradients.size());
    const auto traceOf = [&](const Matrix& left, const Matrix& right) {
        double trace = 0.0;
        for (const Matrix& g : set.gradients) {
            trace += (left.inverse() * g * right.inverse() * g.transpose()).trace() / count;
        }
        return trace;
    };
    const auto meanOf = [&](bool isLeft, const Matrix& inverse) {
        Matrix mean = isLeft ? Matrix::Zero(kRows, kRows) : Matrix::Zero(kCols, kCols);
        for (const Matrix& g : set.gradients) {
            mean +=
                (isLeft ? klStatistic(g, inverse) : klStatistic(g.transpose(), inverse)) / count;
        }
        return mean;
    };
    Matrix left = Matrix::Identity(kRows, kRows);
    Matrix right = Matrix::Identity(kCols, kCols);
    for (int round = 0; round < 500; ++round) {
        left = meanOf(true, right.inverse());
        right = meanOf(false, left.inverse());
    }
    identities.compare(name, "L", meanOf(true, right.inverse()), left, 1e-9);
    identities.compare(name, "tr(H S^-1)", traceOf(left, right), 12.0, 1e-9);

    ShampooConfig config;
    config.statistics = FactorStatistics::KullbackLeibler;
    config.beta2 = 0.999;
    config.refreshPeriod = static_cast<int>(set.gradients.size());
    Matrix w = startMatrix();
    const auto optimizer = makeOptimizer(config, kRows, kCols);
    constexpr int kRounds = 1500;
    for (int round = 0; optimizer && round < kRounds; ++round) {
        for (const Matrix& g : set.gradients) {
            (void)(*optimizer)->step(w, g).ok(); // shapes are right
        }
    }
    const Matrix l = (*optimizer)->state("L").value();
    const Matrix r = (*optimizer)->state("R").value();
    identities.compare(name, "tr(H S^-1), the optimizer in cycles", traceOf(l, r), 12.0, 1e-3);
}

/// qr(MQ) = Q·qr(QᵀMQ) for an orthogonal Q, signs of diag(R) fixed.
void checkQr(Identities& identities) {
    numerics::RandomStream random(0, "optim/qr");
    const Matrix basis = numerics::randomOrthogonal(kRows, random);
    const Matrix gram = gradientMatrix(1) * gradientMatrix(1).transpose();
    numerics::SignFixedQr qr;
    Matrix direct;
    Matrix inBasis;
    qr.compute(gram * basis, direct);
    qr.compute(basis.transpose() * gram * basis, inBasis);
    identities.compare("qr(M Q) is Q qr(Q^T M Q)", "Q", direct, basis * inBasis, 1e-12);
}

/// With ε → 0 the first step of Adam and the second call of SOAP have length η√(mn).
void checkNorms(Identities& identities) {
    constexpr double kTinyEps = 1e-300;
    const double expected = kEta * std::sqrt(static_cast<double>(kRows * kCols));
    AdamConfig adam;
    adam.learningRate = kEta;
    adam.eps = kTinyEps;
    SoapConfig soap;
    soap.learningRate = kEta;
    soap.eps = kTinyEps;
    identities.compare("length of the first step is eta sqrt(m n)", "adam",
                       (identities.run(adam, 1) - startMatrix()).norm(), expected, 1e-12);
    identities.compare("length of the first step is eta sqrt(m n)", "soap",
                       (identities.run(soap, 2) - startMatrix()).norm(), expected, 1e-12);
    identities.compare("length of the first step is eta sqrt(m n)", "lion",
                       (identities.run(LionConfig{kEta}, 1) - startMatrix()).norm(), expected,
                       1e-12);
    MuonConfig muon;
    muon.learningRate = kEta;
    muon.orthogonalisation = Orthogonalisation::Svd;
    identities.compare("length of exact muon's step is eta s sqrt(min(m, n))", "muon",
                       (identities.run(muon, 1) - startMatrix()).norm(), kEta * std::sqrt(3.0),
                       1e-12);
}

/// The singular values of Newton–Schulz follow a scalar map; its recorded values.
void checkNewtonSchulz(Identities& identities) {
    constexpr std::array<std::pair<double, double>, 7> kMap{{{0.001, 0.4705439512},
                                                             {0.01, 0.6989170633},
                                                             {0.1, 0.7121200817},
                                                             {0.3, 1.0795922929},
                                                             {0.5, 0.7654385305},
                                                             {0.7, 1.1203226305},
                                                             {1.0, 0.6964364095}}};
    NewtonSchulz iteration(5, MuonConfig{}.coefficients, 1e-300);
    for (const auto& [sigma, expected] : kMap) {
        Matrix x = Matrix::Zero(2, 2);
        x(0, 0) = sigma;
        x(1, 1) = std::sqrt(1.0 - sigma * sigma); // ‖X‖ = 1
        Matrix out;
        iteration.compute(x, out);
        identities.compare("newton-schulz maps singular values", "sigma " + lab::toText(sigma),
                           out(0, 0), expected, 1e-9);
    }
}

} // namespace

lab::Result<void> checkIdentities(std::vector<lab::CheckRow>& rows) {
    Identities identities(rows);
    checkEquivariance(identities);
    checkSoapWithoutBasis(identities);
    checkShampooWithoutPower(identities);
    checkSingleGradient(identities);
    checkOrthogonalFactors(identities);
    checkClaimOne(identities);
    checkStaleness(identities);
    checkTransport(identities);
    checkKlFixedPoint(identities);
    checkQr(identities);
    checkNorms(identities);
    checkNewtonSchulz(identities);
    return identities.result();
}

} // namespace psephos::optim::textbook
