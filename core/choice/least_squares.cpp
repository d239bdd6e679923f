// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/least_squares.hpp"

#include <Eigen/QR>

#include <algorithm>
#include <limits>
#include <vector>

namespace psephos::choice {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using lab::Error;

/// A smaller relative gain of an exchange is rounding.
constexpr double kGain = 1e-14;

/// The least-squares solution whose coordinates outside of `free` are 0.
VectorXd solveOn(const MatrixXd& a, const VectorXd& b, const std::vector<Index>& free) {
    VectorXd x = VectorXd::Zero(a.cols());
    const MatrixXd columns = a(Eigen::all, free);
    x(free) = columns.colPivHouseholderQr().solve(b);
    return x;
}

} // namespace

lab::Result<VectorXd> nonnegativeLeastSquares(const MatrixXd& a, const VectorXd& b) {
    const double tolerance =
        1e-13 * std::max(1.0, a.cwiseAbs().maxCoeff()) * std::max(1.0, b.lpNorm<Eigen::Infinity>());
    VectorXd x = VectorXd::Zero(a.cols());
    std::vector<Index> free;
    std::vector<bool> isFree(static_cast<std::size_t>(a.cols()), false);
    // Columns that entered without any gain, as far as rounding tells: else those that depend on
    // the free ones would enter and leave for ever.
    std::vector<Index> idle;
    double residual = b.norm();
    for (Index exchange = 0; exchange < 10 * (a.cols() + 1); ++exchange) {
        VectorXd gradient = a.transpose() * (b - a * x);
        for (const std::vector<Index>* out : {&free, &idle}) {
            for (const Index i : *out) {
                gradient[i] = -std::numeric_limits<double>::infinity();
            }
        }
        Index entering = 0;
        if (free.size() == isFree.size() || !(gradient.maxCoeff(&entering) > tolerance)) {
            return x;
        }
        free.push_back(entering);
        isFree[static_cast<std::size_t>(entering)] = true;
        for (;;) {
            const VectorXd aim = solveOn(a, b, free);
            double length = 1.0;
            for (const Index i : free) {
                if (aim[i] <= 0.0) {
                    length = std::min(length, x[i] / (x[i] - aim[i]));
                }
            }
            if (!(length < 1.0)) {
                x = aim;
                break;
            }
            x += length * (aim - x);
            std::erase_if(free, [&](Index i) {
                const bool leaves = aim[i] <= 0.0 && x[i] <= tolerance;
                if (leaves) {
                    x[i] = 0.0;
                    isFree[static_cast<std::size_t>(i)] = false;
                }
                return leaves;
            });
            if (free.empty()) {
                break;
            }
        }
        const double left = (b - a * x).norm();
        if (left < residual * (1.0 - kGain)) {
            idle.clear();
            residual = left;
        } else {
            idle.push_back(entering);
        }
    }
    return Error{
        .message = "the least-squares problem did not come to an end", .hint = {}, .place = {}};
}

lab::Result<VectorXd> leastDistance(const MatrixXd& g, const VectorXd& h) {
    MatrixXd dual(g.cols() + 1, g.rows());
    dual.topRows(g.cols()) = g.transpose();
    dual.bottomRows(1) = h.transpose();
    const VectorXd aim = VectorXd::Unit(g.cols() + 1, g.cols());
    const lab::Result<VectorXd> multipliers = nonnegativeLeastSquares(dual, aim);
    if (!multipliers) {
        return multipliers.error();
    }
    const VectorXd residual = dual * *multipliers - aim;
    const double last = residual[g.cols()];
    VectorXd x = VectorXd::Zero(g.cols());
    if (last < 0.0) {
        x = -residual.head(g.cols()) / last;
    }
    const double scale = 1.0 + h.lpNorm<Eigen::Infinity>();
    if (!x.allFinite() || (g.rows() > 0 && (g * x - h).minCoeff() < -1e-9 * scale)) {
        return Error{.message = "no point meets all inequalities", .hint = {}, .place = {}};
    }
    return x;
}

} // namespace psephos::choice
