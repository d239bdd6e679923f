// SPDX-License-Identifier: GPL-3.0-or-later
#include "numerics/orthogonal.hpp"

namespace psephos::numerics {

void SignFixedQr::compute(const Eigen::MatrixXd& a, Eigen::MatrixXd& q) {
    qr_.compute(a);
    qr_.householderQ().evalTo(q, workspace_);
    for (Eigen::Index j = 0; j < q.cols(); ++j) {
        if (qr_.matrixQR()(j, j) < 0.0) {
            q.col(j) = -q.col(j);
        }
    }
}

bool CholeskyQr2::compute(const Eigen::MatrixXd& a, Eigen::MatrixXd& q) {
    constexpr double kNearlyOrthogonal = 1e-12;
    q_ = a;
    for (int round = 0; round < 2; ++round) {
        gram_.noalias() = q_.transpose() * q_;
        cholesky_.compute(gram_);
        if (cholesky_.info() != Eigen::Success) {
            return false;
        }
        cholesky_.matrixU().solveInPlace<Eigen::OnTheRight>(q_);
    }
    gram_.noalias() = q_.transpose() * q_;
    gram_.diagonal().array() -= 1.0;
    if (!(gram_.cwiseAbs().maxCoeff() <= kNearlyOrthogonal * static_cast<double>(a.rows()))) {
        return false;
    }
    q = q_;
    return true;
}

Eigen::MatrixXd randomNormal(Eigen::Index rows, Eigen::Index cols, RandomStream& random) {
    Eigen::MatrixXd matrix(rows, cols);
    for (Eigen::Index i = 0; i < rows; ++i) {
        for (Eigen::Index j = 0; j < cols; ++j) {
            matrix(i, j) = random.normal();
        }
    }
    return matrix;
}

Eigen::MatrixXd randomOrthogonal(Eigen::Index d, RandomStream& random) {
    Eigen::MatrixXd q;
    SignFixedQr().compute(randomNormal(d, d, random), q);
    return q;
}

} // namespace psephos::numerics
