// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/bradley_terry.hpp"

#include "choice/strong_components.hpp"

#include <Eigen/Cholesky>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <string>

namespace psephos::choice {

namespace {

using lab::Error;
using lab::Result;

constexpr double kLongestStep = 2.0;  ///< of one strength; the first steps from far away are longer
constexpr double kWidestOdds = 600.0; ///< differences up to here leave exp() in range
constexpr int kMostIterations = 200;
constexpr int kPatience = 20; ///< steps after which rounding is accepted as the end

} // namespace

double logistic(double x) {
    return 1.0 / (1.0 + std::exp(-x));
}

double logLogistic(double x) {
    return x < 0.0 ? x - std::log1p(std::exp(x)) : -std::log1p(std::exp(-x));
}

std::vector<double> winsWithTies(const ballots::PairCounts& counts, ballots::Ties ties) {
    std::vector<double> wins = counts.wins;
    if (ties == ballots::Ties::Half) {
        for (std::size_t k = 0; k < wins.size(); ++k) {
            wins[k] += 0.5 * counts.ties[k];
        }
    }
    return wins;
}

PackedWins::PackedWins(std::size_t candidates)
    : size(candidates)
    , over(candidates * (candidates - std::min<std::size_t>(candidates, 1)) / 2, 0.0)
    , under(over.size(), 0.0) {}

PackedWins::PackedWins(std::span<const double> wins, std::size_t candidates)
    : PackedWins(candidates) {
    assert(wins.size() == candidates * candidates);
    for (std::size_t i = 1; i < candidates; ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            over[at(i, j)] = wins[i * candidates + j];
            under[at(i, j)] = wins[j * candidates + i];
        }
    }
}

double logLikelihood(const PackedWins& wins, std::span<const double> strengths) {
    double sum = 0.0;
    for (std::size_t i = 1; i < wins.size; ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            const std::size_t at = PackedWins::at(i, j);
            const double difference = strengths[i] - strengths[j];
            if (wins.over[at] > 0.0) {
                sum += wins.over[at] * logLogistic(difference);
            }
            if (wins.under[at] > 0.0) {
                sum += wins.under[at] * logLogistic(-difference);
            }
        }
    }
    return sum;
}

struct BradleyTerryNewton::Workspace {
    Eigen::MatrixXd information; ///< upper triangle of minus the Hessian
    Eigen::VectorXd score;
    Eigen::VectorXd step;
    std::vector<double> odds;   ///< exp(θ), in a gauge that does not overflow
    std::vector<double> weight; ///< C p (1−p) of one row
    std::vector<double> lead;   ///< N_ij − C p of one row

    explicit Workspace(std::size_t size)
        : information(static_cast<Eigen::Index>(size), static_cast<Eigen::Index>(size))
        , score(static_cast<Eigen::Index>(size))
        , step(static_cast<Eigen::Index>(size))
        , odds(size)
        , weight(size)
        , lead(size) {}

    /// Chances by dividing odds where these are in range, which saves an exponential a pair.
    void fillRow(const PackedWins& wins, std::span<const double> theta, std::size_t i,
                 bool isNear) {
        const double* over = wins.over.data() + PackedWins::at(i, 0);
        const double* under = wins.under.data() + PackedWins::at(i, 0);
        double* w = weight.data();
        double* g = lead.data();
        if (isNear) {
            const double mine = odds[i];
            const double* other = odds.data();
            for (std::size_t j = 0; j < i; ++j) {
                const double inverse = 1.0 / (mine + other[j]);
                const double p = mine * inverse;
                const double q = other[j] * inverse;
                g[j] = over[j] * q - under[j] * p;
                w[j] = (over[j] + under[j]) * p * q;
            }
            return;
        }
        for (std::size_t j = 0; j < i; ++j) {
            const double p = logistic(theta[i] - theta[j]);
            const double q = logistic(theta[j] - theta[i]);
            g[j] = over[j] * q - under[j] * p;
            w[j] = (over[j] + under[j]) * p * q;
        }
    }

    /// Score and information at these strengths.
    void assemble(const PackedWins& wins, std::span<const double> theta, double ridge) {
        const auto [least, greatest] = std::minmax_element(theta.begin(), theta.end());
        const bool isNear = *greatest - *least < kWidestOdds;
        const double middle = 0.5 * (*greatest + *least);
        for (std::size_t i = 0; i < theta.size(); ++i) {
            odds[i] = isNear ? std::exp(theta[i] - middle) : 0.0;
            score[static_cast<Eigen::Index>(i)] = -ridge * theta[i];
        }
        information.diagonal().setConstant(ridge);
        for (std::size_t i = 1; i < theta.size(); ++i) {
            fillRow(wins, theta, i, isNear);
            const auto row = static_cast<Eigen::Index>(i);
            const Eigen::Map<const Eigen::VectorXd> w(weight.data(), row);
            const Eigen::Map<const Eigen::VectorXd> g(lead.data(), row);
            information.col(row).head(row) = -w;
            information.diagonal().head(row) += w;
            information(row, row) += w.sum();
            score.head(row) -= g;
            score[row] += g.sum();
        }
    }

    /// Newton's step; without a ridge the first strength is held. False where it can't be solved.
    bool solve(bool isHeld) {
        const Eigen::Index held = isHeld ? 1 : 0;
        const Eigen::Index rest = score.size() - held;
        auto block = information.bottomRightCorner(rest, rest);
        Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>, Eigen::Upper> factor(block);
        step.head(held).setZero();
        step.tail(rest) = factor.solve(score.tail(rest));
        return factor.info() == Eigen::Success && step.allFinite();
    }
};

BradleyTerryNewton::BradleyTerryNewton(std::size_t size, double ridge)
    : workspace_(std::make_unique<Workspace>(size))
    , size_(size)
    , ridge_(ridge) {}

BradleyTerryNewton::~BradleyTerryNewton() = default;

// The log-likelihood is concave, so along a step its slope only falls: a step after which the slope
// is more than half as steep downhill as it was uphill went too far, and is halved.
bool BradleyTerryNewton::solve(const PackedWins& wins, std::span<double> strengths,
                               double tolerance) {
    assert(wins.size == size_ && strengths.size() == size_ && size_ > 0);
    Workspace& work = *workspace_;
    const auto n = static_cast<Eigen::Index>(size_);
    Eigen::Map<Eigen::VectorXd> theta(strengths.data(), n);
    iterations_ = 0;
    residual_ = 0.0;
    if (size_ == 1) {
        theta.setZero();
        return true;
    }
    Eigen::VectorXd total = Eigen::VectorXd::Ones(n); // 1 + W
    for (std::size_t i = 1; i < size_; ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            total[static_cast<Eigen::Index>(i)] += wins.over[PackedWins::at(i, j)];
            total[static_cast<Eigen::Index>(j)] += wins.under[PackedWins::at(i, j)];
        }
    }
    double slope = 0.0;
    bool isLast = false;
    work.step.setZero();
    for (;;) {
        work.assemble(wins, strengths, ridge_);
        const double slopeAfter = work.score.dot(work.step);
        if (!isLast && iterations_ > 0 && slopeAfter < -0.5 * slope) {
            work.step *= 0.5;
            slope *= 0.5;
            theta -= work.step;
            continue;
        }
        if (watcher_ && iterations_ > 0) {
            watcher_(strengths);
        }
        residual_ = (work.score.array().abs() / total.array()).maxCoeff();
        const bool isRounding = iterations_ >= kPatience && residual_ < 1e-11;
        if (isLast || isRounding || iterations_ == kMostIterations) {
            break;
        }
        if (!work.solve(ridge_ == 0.0)) {
            return false;
        }
        ++iterations_;
        if (ridge_ == 0.0) {
            work.step.array() -= work.step.mean();
        }
        const double longest = work.step.cwiseAbs().maxCoeff();
        if (longest > kLongestStep) {
            work.step *= kLongestStep / longest;
        }
        isLast = longest < tolerance;
        slope = work.score.dot(work.step);
        theta += work.step;
    }
    if (ridge_ == 0.0) {
        theta.array() -= theta.mean();
    }
    return residual_ <= kScoreTolerance && theta.allFinite();
}

namespace {

Result<void> checkWins(std::span<const double> wins, std::size_t size, double ridge) {
    if (size == 0) {
        return Error{"there is no candidate to rate", "", ""};
    }
    assert(wins.size() == size * size);
    if (!(ridge >= 0.0) || !std::isfinite(ridge)) {
        return Error{"the ridge is " + std::to_string(ridge), "it is a number that is not negative",
                     ""};
    }
    for (std::size_t k = 0; k < wins.size(); ++k) {
        if (!std::isfinite(wins[k]) || wins[k] < 0.0) {
            return Error{"the wins in row " + std::to_string(k / size + 1) + ", column " +
                             std::to_string(k % size + 1) + " are " + std::to_string(wins[k]),
                         "wins are finite and not negative", ""};
        }
    }
    return {};
}

} // namespace

Result<BradleyTerryFit> fitBradleyTerry(std::span<const double> wins, std::size_t size,
                                        double ridge) {
    if (auto checked = checkWins(wins, size, ridge); !checked) {
        return checked.error();
    }
    if (ridge == 0.0) {
        const StrongComponents components = strongComponents(wins, size);
        if (!components.isConnected()) {
            return Error{"no strengths fit best: the candidates fall into " +
                             std::to_string(components.size()) +
                             " groups between which all wins go one way, so that the likelihood "
                             "grows without end",
                         "fit the groups one by one, or give a ridge", ""};
        }
    }
    const PackedWins packed(wins, size);
    BradleyTerryFit fit;
    fit.strengths.assign(size, 0.0);
    BradleyTerryNewton newton(size, ridge);
    const bool isSolved = newton.solve(packed, fit.strengths);
    fit.iterations = newton.iterations();
    fit.residual = newton.residual();
    if (!isSolved) {
        return Error{"the strengths could not be found: after " + std::to_string(fit.iterations) +
                         " Newton steps the equations still miss by " +
                         std::to_string(fit.residual) + " of the wins",
                     "counts of very different sizes may be too hard for a computer's numbers; a "
                     "ridge helps",
                     ""};
    }
    fit.logLikelihood = logLikelihood(packed, fit.strengths);
    return fit;
}

} // namespace psephos::choice
