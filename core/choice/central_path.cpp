// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/central_path.hpp"

#include "lab/value.hpp"

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <Eigen/QR>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace psephos::choice {

namespace {

using Eigen::ArrayXd;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// A Newton direction; `shift` moves along with the point.
struct Direction {
    ArrayXd strategy;
    ArrayXd slack;
    double shift = 0.0;
};

/// A point p, s > 0 with s = Mᵀp + t, kept so by every move; on the path p_i s_i = mu and t = n mu.
class PathFollower {
  public:
    explicit PathFollower(const MatrixXd& game)
        : transposed_(game.transpose())
        , size_(game.rows()) {
        strategy_ = ArrayXd::Constant(size_, 1.0 / static_cast<double>(size_));
        const ArrayXd payoff = (transposed_ * strategy_.matrix()).array();
        shift_ = std::max(2.0 * std::max(0.0, -payoff.minCoeff()), 1e-3);
        slack_ = payoff + shift_;
    }

    /// Mean of p_i s_i.
    [[nodiscard]] double mu() const {
        return (strategy_ * slack_).sum() / static_cast<double>(size_);
    }

    [[nodiscard]] const ArrayXd& strategy() const { return strategy_; }

    [[nodiscard]] const ArrayXd& slack() const { return slack_; }

    [[nodiscard]] int factorizations() const { return factorizations_; }

    /// Largest |p_i s_i / mu − 1|, and |t / (n mu) − 1|.
    [[nodiscard]] double offCentre(double mu) const {
        return std::max((strategy_ * slack_ / mu - 1.0).abs().maxCoeff(),
                        std::abs(shift_ / (static_cast<double>(size_) * mu) - 1.0));
    }

    /// One step of Mehrotra's method towards mu = 0.
    void descend();

    /// Damped Newton steps towards the point of the path at mu, until every p_i s_i differs from mu
    /// by at most this share of it, or 60 steps.
    void centreAt(double mu, double offCentre);

    /// Where a full step to mu = 0 would end; its error is of the order of mu squared.
    [[nodiscard]] VectorXd extrapolate();

  private:
    void factorize();
    [[nodiscard]] Direction direction(const ArrayXd& complementarity, double shift) const;
    [[nodiscard]] double longestStep(const Direction& direction) const;
    void move(const Direction& direction, double length);

    MatrixXd transposed_; // Mᵀ
    Eigen::Index size_;
    ArrayXd strategy_; // p
    ArrayXd slack_;    // s
    double shift_ = 0; // t
    ArrayXd weight_;   // sqrt(p / s) at the last factorization
    Eigen::PartialPivLU<MatrixXd> solver_;
    int factorizations_ = 0;
};

// The Newton equations are (diag(s) + diag(p) Mᵀ) dp = r. Written with w = sqrt(p / s) and dp = w y
// their matrix is I + diag(w) Mᵀ diag(w): the identity plus a skew matrix, which is never singular.
void PathFollower::factorize() {
    weight_ = (strategy_ / slack_).sqrt();
    MatrixXd system = weight_.matrix().asDiagonal() * transposed_ * weight_.matrix().asDiagonal();
    system.diagonal().setOnes();
    solver_.compute(system);
    ++factorizations_;
}

// Solves s dp + p ds = complementarity, ds = Mᵀ dp + shift.
Direction PathFollower::direction(const ArrayXd& complementarity, double shift) const {
    const ArrayXd right = (complementarity - strategy_ * shift) / (strategy_ * slack_).sqrt();
    Direction step;
    step.strategy = weight_ * solver_.solve(right.matrix()).array();
    // Each coordinate by the equation in which rounding is harmless: a slack that is small beside
    // its probability by complementarity, a large one by feasibility.
    const ArrayXd feasible = (transposed_ * step.strategy.matrix()).array() + shift;
    const ArrayXd complementary = (complementarity - slack_ * step.strategy) / strategy_;
    step.slack = (slack_ < strategy_).select(complementary, feasible);
    step.shift = shift;
    return step;
}

// How far the point may go until a coordinate is zero; may exceed 1.
double PathFollower::longestStep(const Direction& direction) const {
    const double shrink = std::max((-direction.strategy / strategy_).maxCoeff(),
                                   (-direction.slack / slack_).maxCoeff());
    return shrink > 0.0 ? 1.0 / shrink : std::numeric_limits<double>::infinity();
}

void PathFollower::move(const Direction& direction, double length) {
    strategy_ += length * direction.strategy;
    slack_ += length * direction.slack;
    shift_ += length * direction.shift;
}

void PathFollower::descend() {
    factorize();
    const double now = mu();
    const ArrayXd products = strategy_ * slack_;
    const Direction affine = direction(-products, -shift_);
    const double reach = std::min(1.0, longestStep(affine));
    const double reached =
        ((strategy_ + reach * affine.strategy) * (slack_ + reach * affine.slack)).sum() /
        static_cast<double>(size_);
    const double ratio = std::clamp(reached / now, 0.0, 1.0);
    const double sigma = std::max(ratio * ratio * ratio, 1e-8);
    const Direction corrected =
        direction(sigma * now - products - affine.strategy * affine.slack, (sigma - 1.0) * shift_);
    const double damping = std::clamp(1.0 - now, 0.9, 0.995);
    move(corrected, std::min(1.0, damping * longestStep(corrected)));
}

void PathFollower::centreAt(double mu, double offCentre) {
    constexpr int kMaxSteps = 60;
    for (int step = 0; step<kMaxSteps&& this->offCentre(mu)> offCentre; ++step) {
        factorize();
        const Direction newton =
            direction(mu - strategy_ * slack_, static_cast<double>(size_) * mu - shift_);
        move(newton, std::min(1.0, 0.9 * longestStep(newton)));
    }
}

VectorXd PathFollower::extrapolate() {
    factorize();
    const Direction step = direction(-strategy_ * slack_, -shift_);
    return (strategy_ + step.strategy).matrix();
}

double gapOf(const MatrixXd& game, const VectorXd& strategy) {
    if (!strategy.allFinite()) {
        return std::numeric_limits<double>::infinity();
    }
    return std::max(0.0, -(game.transpose() * strategy).minCoeff());
}

/// Clips what is below zero or only noise, and rescales to a sum of 1.
VectorXd clipped(const VectorXd& raw) {
    constexpr double kNoise = 1e-15;
    VectorXd strategy = (raw.array() > kNoise).select(raw, 0.0);
    strategy /= strategy.sum();
    return strategy;
}

/// The strategies that are played: those whose probability exceeds their payoff as a reply.
std::vector<Eigen::Index> supportOf(const MatrixXd& game, const VectorXd& strategy) {
    const VectorXd payoff = game.transpose() * strategy;
    std::vector<Eigen::Index> support;
    for (Eigen::Index i = 0; i < strategy.size(); ++i) {
        if (strategy[i] > std::abs(payoff[i])) {
            support.push_back(i);
        }
    }
    return support;
}

/// The set of strategies on a support whose payoffs there are exactly 0: one of them, and an
/// orthonormal basis of the directions in which there are others.
struct Face {
    std::vector<Eigen::Index> support;
    VectorXd strategy; ///< [n], on the support
    MatrixXd basis;    ///< [|support|, dimensions]
};

bool isRegular(const Eigen::PartialPivLU<MatrixXd>& solver) {
    constexpr double kSingular = 1e-12;
    // The estimate of the condition passes over a pivot that is exactly 0.
    const ArrayXd pivots = solver.matrixLU().diagonal().array().abs();
    return pivots.minCoeff() > kSingular * pivots.maxCoeff() && solver.rcond() > kSingular;
}

/// The face of optimal strategies next to this one.
Face faceAt(const MatrixXd& game, const VectorXd& strategy) {
    Face face;
    face.support = supportOf(game, strategy);
    const auto size = static_cast<Eigen::Index>(face.support.size());
    // [ M_SS  1 ] is singular exactly where the optimal strategies on the support are not unique.
    // [ −1ᵀ   0 ]
    MatrixXd bordered = MatrixXd::Ones(size + 1, size + 1);
    bordered.topLeftCorner(size, size) = game(face.support, face.support);
    bordered.row(size).setConstant(-1.0);
    bordered(size, size) = 0.0;
    VectorXd onSupport = VectorXd::Zero(size + 1);
    onSupport.head(size) = strategy(face.support);
    const VectorXd residual = -VectorXd::Unit(size + 1, size) - bordered * onSupport;
    const Eigen::PartialPivLU<MatrixXd> solver(bordered);
    if (isRegular(solver)) {
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

/// Moves a face's strategy to its analytic centre: Newton's method on the sum of the logarithms of
/// what is not 0 on it, probabilities of the support and payoffs of the others. Near the end of the
/// central path this is better conditioned than the path itself, which knows the position within
/// the face only up to rounding over mu.
void moveToCentre(const MatrixXd& game, Face& face) {
    constexpr int kMaxSteps = 30;
    const auto size = static_cast<Eigen::Index>(face.support.size());
    std::vector<Eigen::Index> others;
    for (Eigen::Index j = 0; j < game.rows(); ++j) {
        if (face.strategy[j] == 0.0) {
            others.push_back(j);
        }
    }
    // Every logarithm's argument is `values`, which moves by `slopes` times the coordinates.
    MatrixXd slopes(size + static_cast<Eigen::Index>(others.size()), face.basis.cols());
    slopes.topRows(size) = face.basis;
    slopes.bottomRows(slopes.rows() - size) = game(face.support, others).transpose() * face.basis;
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

} // namespace

lab::Result<PathEnd> centralPathPoint(const MatrixXd& game, double mu) {
    constexpr double kTolerance = 1e-10;
    PathFollower path(game);
    while (path.mu() > 10.0 * mu && path.factorizations() < 60) {
        path.descend();
    }
    path.centreAt(mu, 1e-13);
    if (!(path.offCentre(mu) <= kTolerance)) {
        return lab::Error{.message =
                              "the central path could not be followed to mu = " + lab::toText(mu),
                          .hint = {},
                          .place = {}};
    }
    PathEnd end;
    end.strategy = path.strategy() / path.strategy().sum(); // 1 but for rounding
    end.gap = gapOf(game, end.strategy);
    end.factorizations = path.factorizations();
    return end;
}

lab::Result<PathEnd> analyticCentre(const MatrixXd& game, double tolerance) {
    constexpr int kMaxDescents = 60;
    constexpr double kExact = 1e-14;
    PathFollower path(game);
    PathEnd best;
    best.gap = std::numeric_limits<double>::infinity();
    const auto propose = [&game, &best](const VectorXd& strategy, Eigen::Index freedom) {
        const double gap = gapOf(game, strategy);
        // Of two exact ones the later is closer to the centre.
        if (gap < best.gap || gap <= kExact) {
            best.strategy = strategy;
            best.gap = gap;
            best.freedom = freedom;
        }
    };
    for (const double target : {1e-8, 1e-10, 1e-12, 1e-14}) {
        for (int step = 0; step < kMaxDescents && path.mu() > target; ++step) {
            path.descend();
        }
        // The gap of a point of the path is n mu at most, whatever the game is like.
        propose(path.strategy() / path.strategy().sum(), 0);
        path.centreAt(path.mu(), 1e-2);
        const VectorXd strategy = clipped(path.extrapolate());
        Face face = faceAt(game, strategy);
        propose(strategy, face.basis.cols());
        propose(face.strategy, face.basis.cols());
        if (face.basis.cols() > 0) {
            moveToCentre(game, face);
            propose(face.strategy, face.basis.cols());
        }
        if (best.gap <= kExact) {
            break;
        }
    }
    best.factorizations = path.factorizations();
    if (!(best.gap <= tolerance)) {
        return lab::Error{.message = "the central path ended at a lottery with a gap of " +
                                     lab::toText(best.gap),
                          .hint = {},
                          .place = {}};
    }
    return best;
}

} // namespace psephos::choice
