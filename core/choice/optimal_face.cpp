// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/optimal_face.hpp"

#include "choice/least_squares.hpp"
#include "choice/linear_program.hpp"
#include "numerics/dense_lu.hpp"

#include <Eigen/Cholesky>
#include <Eigen/QR>

#include <algorithm>
#include <cmath>
#include <limits>

namespace psephos::choice {

namespace {

using Eigen::ArrayXd;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// The strategies that are played: those whose probability exceeds their payoff as a reply.
std::vector<Index> supportOf(const MatrixXd& game, const VectorXd& strategy) {
    const VectorXd payoff = game.transpose() * strategy;
    std::vector<Index> support;
    for (Index i = 0; i < strategy.size(); ++i) {
        if (strategy[i] > std::abs(payoff[i])) {
            support.push_back(i);
        }
    }
    return support;
}

/// [ M_SS  1 ] is singular exactly where the optimal strategies on the support are not unique.
/// [ −1ᵀ   0 ]
template <typename Matrix>
void fillBordered(Matrix bordered, const MatrixXd& game, const std::vector<Index>& support) {
    const auto size = static_cast<Index>(support.size());
    for (Index j = 0; j < size; ++j) {
        const double* column = game.col(support[static_cast<std::size_t>(j)]).data();
        for (Index i = 0; i < size; ++i) {
            bordered(i, j) = column[support[static_cast<std::size_t>(i)]];
        }
    }
    bordered.row(size).setConstant(-1.0);
    bordered.col(size).setOnes();
    bordered(size, size) = 0.0;
}

bool isRegular(const numerics::DenseLu& solver, Index size) {
    constexpr double kSingular = 1e-12;
    if (!(solver.pivotRatio() > kSingular)) {
        return false;
    }
    // The pivots may pass over it; a right side without structure shows how much is magnified.
    VectorXd probe(size);
    for (Index i = 0; i < size; ++i) {
        probe[i] = std::cos(static_cast<double>(i * i + 1));
    }
    return solver.solve(probe).lpNorm<Eigen::Infinity>() < 1.0 / kSingular;
}

/// The strategies outside of the support.
std::vector<Index> othersOf(const OptimalFace& face) {
    std::vector<Index> others;
    std::size_t next = 0;
    for (Index j = 0; j < face.strategy.size(); ++j) {
        if (next < face.support.size() && face.support[next] == j) {
            ++next;
        } else {
            others.push_back(j);
        }
    }
    return others;
}

/// What must not be negative on the face: probabilities of the support, payoffs of the others. They
/// are `values` + `slopes` y at the point `basis` y from the face's strategy.
struct Walls {
    VectorXd values;
    MatrixXd slopes;
};

Walls wallsOf(const MatrixXd& game, const OptimalFace& face) {
    const auto size = static_cast<Index>(face.support.size());
    const std::vector<Index> others = othersOf(face);
    const MatrixXd replies = game(face.support, others).transpose();
    const VectorXd onSupport = face.strategy(face.support);
    Walls walls;
    walls.values.resize(size + replies.rows());
    walls.values.head(size) = onSupport;
    walls.values.tail(replies.rows()) = (replies * onSupport).cwiseMax(0.0);
    walls.slopes.resize(walls.values.size(), face.basis.cols());
    walls.slopes.topRows(size) = face.basis;
    walls.slopes.bottomRows(replies.rows()) = replies * face.basis;
    return walls;
}

/// A wall along which the face runs does not bound it, however rounding tilts it.
constexpr double kParallel = 1e-11;

} // namespace

VectorXd clipped(const VectorXd& raw) {
    constexpr double kNoise = 1e-15;
    VectorXd strategy = (raw.array() > kNoise).select(raw, 0.0);
    strategy /= strategy.sum();
    return strategy;
}

OptimalFace faceAt(const MatrixXd& game, const VectorXd& strategy) {
    OptimalFace face;
    face.support = supportOf(game, strategy);
    const auto size = static_cast<Index>(face.support.size());
    numerics::DenseLu solver;
    fillBordered(solver.matrix(size + 1), game, face.support);
    const MatrixXd bordered = solver.matrix(size + 1);
    VectorXd onSupport = VectorXd::Zero(size + 1);
    onSupport.head(size) = strategy(face.support);
    const VectorXd residual = -VectorXd::Unit(size + 1, size) - bordered * onSupport;
    solver.factorize();
    if (isRegular(solver, size + 1)) {
        onSupport += solver.solve(residual);
        face.basis.resize(size, 0);
    } else {
        Eigen::CompleteOrthogonalDecomposition<MatrixXd> general;
        general.setThreshold(1e-10);
        general.compute(bordered);
        onSupport += general.solve(residual);
        // Directions d with M_SS d = 0 and Σd = 0: orthogonal to the rows of the matrix's left
        // part.
        Eigen::ColPivHouseholderQR<MatrixXd> rows;
        rows.setThreshold(1e-10);
        rows.compute(bordered.leftCols(size).transpose());
        const MatrixXd all = rows.householderQ();
        face.basis = all.rightCols(size - rows.rank());
    }
    face.strategy = VectorXd::Zero(strategy.size());
    face.strategy(face.support) = onSupport.head(size);
    face.strategy = clipped(face.strategy);
    return face;
}

void moveToCentre(const MatrixXd& game, OptimalFace& face) {
    constexpr int kMaxSteps = 30;
    const auto size = static_cast<Index>(face.support.size());
    const MatrixXd slopes = wallsOf(game, face).slopes;
    const std::vector<Index> others = othersOf(face);
    VectorXd onSupport = face.strategy(face.support);
    for (int step = 0; step < kMaxSteps; ++step) {
        ArrayXd values(slopes.rows());
        values.head(size) = onSupport;
        values.tail(values.size() - size) = game(face.support, others).transpose() * onSupport;
        if (!(values.minCoeff() > 0.0)) {
            return;
        }
        const MatrixXd scaled = values.inverse().matrix().asDiagonal() * slopes;
        const VectorXd newton = (scaled.transpose() * scaled)
                                    .ldlt()
                                    .solve(scaled.transpose() * VectorXd::Ones(values.size()));
        const ArrayXd relative = (scaled * newton).array();
        // Half the way to the wall at most keeps every step inside.
        const double length = std::min(1.0, 0.5 / std::max(0.5, -relative.minCoeff()));
        onSupport += length * face.basis * newton;
        if (!(relative.abs().maxCoeff() > 1e-14)) {
            break;
        }
    }
    if (onSupport.allFinite() && onSupport.minCoeff() > 0.0) {
        face.strategy(face.support) = onSupport / onSupport.sum();
    }
}

namespace {

/// How far a face of dimension 1 goes in both directions from its strategy.
std::pair<double, double> reachOf(const Walls& walls) {
    double back = -std::numeric_limits<double>::infinity();
    double ahead = std::numeric_limits<double>::infinity();
    for (Index wall = 0; wall < walls.values.size(); ++wall) {
        const double slope = walls.slopes(wall, 0);
        if (slope > kParallel) {
            back = std::max(back, -walls.values[wall] / slope);
        } else if (slope < -kParallel) {
            ahead = std::min(ahead, -walls.values[wall] / slope);
        }
    }
    return {back, ahead};
}

/// Greatest value of objective · y over the face.
lab::Result<double> greatestOver(const Walls& walls, const VectorXd& objective) {
    LinearProgram program;
    for (Index k = 0; k < objective.size(); ++k) {
        program.addColumn(objective[k], -kUnbounded, kUnbounded);
    }
    std::vector<double> row(static_cast<std::size_t>(objective.size()));
    for (Index wall = 0; wall < walls.values.size(); ++wall) {
        VectorXd::Map(row.data(), objective.size()) = walls.slopes.row(wall);
        if (walls.slopes.row(wall).lpNorm<Eigen::Infinity>() > kParallel) {
            program.addRow(-walls.values[wall], kUnbounded, row);
        }
    }
    const lab::Result<LinearOptimum> optimum = solve(program);
    if (!optimum) {
        return optimum.error();
    }
    return optimum->objective;
}

} // namespace

lab::Result<StrategyRanges> rangesOver(const MatrixXd& game, const OptimalFace& face) {
    StrategyRanges ranges{face.strategy, face.strategy};
    if (face.basis.cols() == 0) {
        return ranges;
    }
    const Walls walls = wallsOf(game, face);
    const auto bounded = [](double probability) { return std::clamp(probability, 0.0, 1.0); };
    const std::pair<double, double> reach =
        face.basis.cols() == 1 ? reachOf(walls) : std::pair<double, double>();
    for (std::size_t s = 0; s < face.support.size(); ++s) {
        const VectorXd slope = face.basis.row(static_cast<Index>(s));
        const double here = face.strategy[face.support[s]];
        double least = 0.0;
        double greatest = 0.0;
        if (slope.lpNorm<Eigen::Infinity>() <= kParallel) {
            continue;
        }
        if (face.basis.cols() == 1) {
            least = std::min(slope[0] * reach.first, slope[0] * reach.second);
            greatest = std::max(slope[0] * reach.first, slope[0] * reach.second);
        } else {
            const lab::Result<double> up = greatestOver(walls, slope);
            const lab::Result<double> down = greatestOver(walls, -slope);
            if (!up || !down) {
                return up ? down.error() : up.error();
            }
            least = -*down;
            greatest = *up;
        }
        ranges.least[face.support[s]] = bounded(here + least);
        ranges.greatest[face.support[s]] = bounded(here + greatest);
    }
    return ranges;
}

lab::Result<VectorXd> leastNormOver(const MatrixXd& game, const OptimalFace& face) {
    if (face.basis.cols() == 0) {
        return face.strategy;
    }
    const Walls walls = wallsOf(game, face);
    // With y = z − basisᵀ p the norm of p + basis y is that of z, but for a constant.
    const VectorXd onSupport = face.strategy(face.support);
    const VectorXd origin = -face.basis.transpose() * onSupport;
    const lab::Result<VectorXd> nearest =
        leastDistance(walls.slopes, -walls.values - walls.slopes * origin);
    if (!nearest) {
        return nearest.error();
    }
    VectorXd strategy = VectorXd::Zero(face.strategy.size());
    strategy(face.support) = onSupport + face.basis * (*nearest + origin);
    return clipped(strategy);
}

SupportGuess::SupportGuess(const MatrixXd& game)
    : game_(game) {}

namespace {

/// A support and the strategy on it whose payoffs there are 0.
struct Trial {
    std::vector<bool> isPlayed;
    VectorXd strategy;
    std::vector<Index> wrong; ///< those with a negative probability, or payoff as a reply
    bool isStrict = false;    ///< every probability and every payoff outside is clearly positive
};

/// A strictly complementary pair of probability and payoff has one that is at least this large.
constexpr double kStrict = 1e-11;

/// Skew-symmetric matrices of even size have no null vector in general: an even support gains or
/// loses the strategy about which there is most doubt.
void makeOdd(std::vector<bool>& isPlayed, const ArrayXd& leanings) {
    if (std::count(isPlayed.begin(), isPlayed.end(), true) % 2 != 0) {
        return;
    }
    Index doubtful = 0;
    leanings.abs().minCoeff(&doubtful);
    isPlayed[static_cast<std::size_t>(doubtful)].flip();
}

std::optional<Trial> tryOn(const MatrixXd& game, std::vector<bool> isPlayed) {
    std::vector<Index> support;
    for (std::size_t i = 0; i < isPlayed.size(); ++i) {
        if (isPlayed[i]) {
            support.push_back(static_cast<Index>(i));
        }
    }
    const auto size = static_cast<Index>(support.size());
    numerics::DenseLu solver;
    fillBordered(solver.matrix(size + 1), game, support);
    solver.factorize();
    if (!isRegular(solver, size + 1)) {
        return std::nullopt;
    }
    const VectorXd onSupport = solver.solve(-VectorXd::Unit(size + 1, size)).head(size);
    Trial trial{std::move(isPlayed), VectorXd::Zero(game.rows()), {}, true};
    trial.strategy(support) = onSupport;
    trial.strategy /= trial.strategy.sum();
    const VectorXd payoff = game.transpose() * trial.strategy;
    for (Index i = 0; i < game.rows(); ++i) {
        const double room =
            trial.isPlayed[static_cast<std::size_t>(i)] ? trial.strategy[i] : payoff[i];
        trial.isStrict = trial.isStrict && room > kStrict;
        if (!(room > 0.0)) {
            trial.wrong.push_back(i);
        }
    }
    return trial;
}

} // namespace

std::optional<VectorXd> SupportGuess::tryAt(const ArrayXd& leanings) {
    constexpr int kMaxExchanges = 4;
    std::vector<bool> guess(static_cast<std::size_t>(leanings.size()));
    for (Index i = 0; i < leanings.size(); ++i) {
        guess[static_cast<std::size_t>(i)] = leanings[i] > 0.0;
    }
    std::size_t changed = guess.size();
    if (last_.size() == guess.size()) {
        changed = 0;
        for (std::size_t i = 0; i < guess.size(); ++i) {
            changed += guess[i] != last_[i] ? 1 : 0;
        }
    }
    last_ = guess;
    makeOdd(guess, leanings);
    if (changed > 2 + guess.size() / 50 || guess == failed_) {
        return std::nullopt;
    }
    failed_ = guess;
    std::size_t fewest = 3 + guess.size() / 50;
    for (int exchange = 0; exchange <= kMaxExchanges; ++exchange) {
        std::optional<Trial> trial = tryOn(game_, guess);
        if (!trial) {
            return std::nullopt;
        }
        if (trial->isStrict) {
            return std::move(trial->strategy);
        }
        if (trial->wrong.empty() || trial->wrong.size() >= fewest) {
            return std::nullopt;
        }
        fewest = trial->wrong.size();
        for (const Index i : trial->wrong) {
            guess[static_cast<std::size_t>(i)].flip();
        }
        makeOdd(guess, leanings);
    }
    return std::nullopt;
}

} // namespace psephos::choice
