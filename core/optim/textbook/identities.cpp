// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/textbook/identities.hpp"

#include "numerics/orthogonal.hpp"
#include "optim/textbook/golden_problem.hpp"
#include "optim/textbook/muon.hpp"
#include "optim/textbook/optimizer.hpp"

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
    const std::vector<std::pair<std::string, OptimizerConfig>> family{
        {"sgd", SgdConfig{kEta, 0.9, 0.0, false, 0.0, 0.01}},
        {"shampoo", plainShampoo()},
        {"soap", soap},
        {"muon", MuonConfig{}}};
    for (const auto& [name, config] : family) {
        const Matrix turned = identities.run(config, u, v, kCalls);
        identities.compare("equivariance", name, u.transpose() * turned * v,
                           identities.run(config, kCalls), 1e-9);
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
    checkQr(identities);
    checkNorms(identities);
    checkNewtonSchulz(identities);
    return identities.result();
}

} // namespace psephos::optim::textbook
