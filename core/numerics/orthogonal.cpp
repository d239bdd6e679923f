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
