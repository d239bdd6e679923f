// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/fit_quality.hpp"

#include "choice/bradley_terry.hpp"

#include <Eigen/Cholesky>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace psephos::choice {

namespace {

using Eigen::Index;

/// W ln(W/expected), 0 where W is.
double term(double won, double expected) {
    return won > 0.0 ? won * std::log(won / expected) : 0.0;
}

} // namespace

GoodnessOfFit goodnessOfFit(std::span<const double> wins, std::span<const double> strengths,
                            const StrongComponents& components) {
    const std::size_t n = strengths.size();
    assert(wins.size() == n * n && components.of.size() == n);
    GoodnessOfFit quality;
    quality.residuals.assign(n * n, std::numeric_limits<double>::quiet_NaN());
    std::size_t pairs = 0;
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = i + 1; j < n; ++j) {
            const double won = wins[i * n + j];
            const double lost = wins[j * n + i];
            const double both = won + lost;
            if (!(both > 0.0) || components.of[i] != components.of[j]) {
                continue;
            }
            const double p = logistic(strengths[i] - strengths[j]);
            const double q = logistic(strengths[j] - strengths[i]);
            const double lead = won * q - lost * p; // = won − both·p without cancellation
            const double spread = std::sqrt(both * p * q);
            quality.residuals[i * n + j] = spread > 0.0 ? lead / spread : 0.0;
            quality.residuals[j * n + i] = 0.0 - quality.residuals[i * n + j];
            quality.deviance += 2.0 * (term(won, both * p) + term(lost, both * q));
            quality.pearson += quality.residuals[i * n + j] * quality.residuals[i * n + j];
            ++pairs;
        }
    }
    quality.freedom = static_cast<double>(pairs + components.size()) - static_cast<double>(n);
    return quality;
}

CyclicShare cyclicShare(std::span<const double> wins, std::size_t size) {
    assert(wins.size() == size * size);
    std::vector<double> compared(wins.size());
    for (std::size_t k = 0; k < wins.size(); ++k) {
        compared[k] = wins[k] + wins[k % size * size + k / size];
    }
    const StrongComponents parts = strongComponents(compared, size);
    const auto n = static_cast<Index>(size);
    Eigen::MatrixXd laplacian = Eigen::MatrixXd::Zero(n, n);
    Eigen::VectorXd divergence = Eigen::VectorXd::Zero(n);
    CyclicShare share;
    std::size_t pairs = 0;
    const auto eachPair = [&](const auto& visit) {
        for (std::size_t i = 0; i < size; ++i) {
            for (std::size_t j = i + 1; j < size; ++j) {
                if (compared[i * size + j] > 0.0) {
                    const double won = wins[i * size + j] + 0.5;
                    const double lost = wins[j * size + i] + 0.5;
                    visit(Index(i), Index(j), std::log(won / lost), won * lost / (won + lost));
                }
            }
        }
    };
    eachPair([&](Index i, Index j, double flow, double weight) {
        laplacian(i, i) += weight;
        laplacian(j, j) += weight;
        laplacian(i, j) -= weight;
        laplacian(j, i) -= weight;
        divergence[i] += weight * flow;
        divergence[j] -= weight * flow;
        share.total += weight * flow * flow;
        ++pairs;
    });
    for (const auto& members : parts.members) { // the first of each part stays at 0
        const auto held = Index(members.front());
        laplacian.row(held).setZero();
        laplacian.col(held).setZero();
        laplacian(held, held) = 1.0;
        divergence[held] = 0.0;
    }
    Eigen::VectorXd potential = Eigen::LLT<Eigen::MatrixXd>(laplacian).solve(divergence);
    eachPair([&](Index i, Index j, double flow, double weight) {
        const double rest = flow - (potential[i] - potential[j]);
        share.cyclic += weight * rest * rest;
    });
    for (const auto& members : parts.members) {
        double sum = 0.0;
        for (const std::size_t member : members) {
            sum += potential[Index(member)];
        }
        for (const std::size_t member : members) {
            potential[Index(member)] -= sum / static_cast<double>(members.size());
        }
    }
    share.chance = static_cast<double>(pairs + parts.size()) - static_cast<double>(size);
    share.potential.assign(potential.begin(), potential.end());
    return share;
}

std::optional<Triangle> strongestTriangle(std::span<const double> wins, std::size_t size) {
    std::vector<double> leads(size * size, 0.0);
    for (std::size_t k = 0; k < wins.size(); ++k) {
        const double lost = wins[k % size * size + k / size];
        const double both = wins[k] + lost;
        leads[k] = both > 0.0 && k / size != k % size ? (wins[k] - lost) / both : 0.0;
    }
    Triangle best;
    for (std::size_t i = 0; i < size; ++i) { // i is the least of the three
        for (std::size_t j = i + 1; j < size; ++j) {
            if (!(leads[i * size + j] > best.margin)) {
                continue;
            }
            for (std::size_t k = i + 1; k < size; ++k) {
                const double least =
                    std::min({leads[i * size + j], leads[j * size + k], leads[k * size + i]});
                if (least > best.margin) {
                    best = {{i, j, k}, least};
                }
            }
        }
    }
    return best.margin > 0.0 ? std::optional<Triangle>(best) : std::nullopt;
}

} // namespace psephos::choice
