// SPDX-License-Identifier: GPL-3.0-or-later
#include "numerics/symmetric.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <string>

namespace psephos::numerics {

lab::Result<void> SymmetricEigen::compute(const Eigen::MatrixXd& a) {
    const std::string shape = std::to_string(a.rows()) + " x " + std::to_string(a.cols());
    if (a.rows() != a.cols() || a.rows() == 0) {
        return lab::Error{"eigendecomposition of a matrix of shape " + shape, {}, {}};
    }
    if (!a.allFinite()) {
        return lab::Error{"eigendecomposition: the " + shape +
                              " matrix has an entry that is not "
                              "finite",
                          {},
                          {}};
    }
    solver_.compute(a, Eigen::ComputeEigenvectors);
    if (solver_.info() != Eigen::Success) {
        return lab::Error{"eigendecomposition of a " + shape + " matrix did not converge", {}, {}};
    }
    return {};
}

double offDiagonalResidual(const Eigen::MatrixXd& a, const Eigen::MatrixXd& q) {
    Eigen::MatrixXd b = q.transpose() * a * q;
    const double whole = b.norm();
    b.diagonal().setZero();
    return whole > 0.0 ? b.norm() / whole : 0.0;
}

lab::Result<void> InverseRoot::compute(const Eigen::MatrixXd& a, double eps, double exponent,
                                       Eigen::MatrixXd& out) {
    shifted_ = a;
    shifted_.diagonal().array() += eps;
    eps_ = eps;
    if (const auto done = decompose(a.trace() / static_cast<double>(a.rows())); !done) {
        return done;
    }
    power(exponent, out);
    return {};
}

lab::Result<void> InverseRoot::computeUnshifted(const Eigen::MatrixXd& a, double eps,
                                                double exponent, Eigen::MatrixXd& out) {
    shifted_ = a;
    eps_ = eps;
    if (const auto done = decompose(a.trace() / static_cast<double>(a.rows())); !done) {
        return done;
    }
    power(exponent, out);
    return {};
}

lab::Result<void> InverseRoot::decompose(double meanEigenvalue) {
    constexpr double kRelativeRidge = 1e-6;
    const auto first = eigen_.compute(shifted_);
    if (first) {
        return first;
    }
    shifted_.diagonal().array() += kRelativeRidge * meanEigenvalue;
    return eigen_.compute(shifted_) ? lab::Result<void>() : first;
}

void InverseRoot::power(double exponent, Eigen::MatrixXd& out) {
    assert(eps_ > 0.0 && exponent <= 0.0);
    // V diag(λ^p) Vᵀ; columns of V are scaled first.
    scaled_ = eigen_.vectors();
    for (Eigen::Index j = 0; j < scaled_.cols(); ++j) {
        scaled_.col(j) *= std::pow(std::max(eigen_.values()[j], eps_), exponent);
    }
    out.noalias() = scaled_ * eigen_.vectors().transpose();
}

} // namespace psephos::numerics
