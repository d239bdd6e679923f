// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/central_path.hpp"

#include "choice/optimal_face.hpp"
#include "lab/value.hpp"
#include "numerics/dense_lu.hpp"

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
        correctors_ = size_ < 100 ? 1 : size_ < 300 ? 2 : 4;
    }

    /// Mean of p_i s_i.
    [[nodiscard]] double mu() const {
        return (strategy_ * slack_).sum() / static_cast<double>(size_);
    }

    [[nodiscard]] const ArrayXd& strategy() const { return strategy_; }

    [[nodiscard]] const ArrayXd& slack() const { return slack_; }

    /// The strategies that are played, as far as can be told from here, and how clearly: the
    /// logarithms of p / s.
    [[nodiscard]] ArrayXd leanings() const { return (strategy_ / slack_).log(); }

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

    /// Gondzio's correction: pulls the products that hinder a longer step towards the target.
    /// Answers whether that made it longer.
    bool lengthen(Direction& step, double& length, double target) const;

    MatrixXd transposed_; // Mᵀ
    Eigen::Index size_;
    ArrayXd strategy_; // p
    ArrayXd slack_;    // s
    double shift_ = 0; // t
    ArrayXd weight_;   // sqrt(p / s) at the last factorization
    numerics::DenseLu solver_;
    int factorizations_ = 0;
    int correctors_ = 0; // at most so many corrections a step: worth it where factorizing is dear
};

// The Newton equations are (diag(s) + diag(p) Mᵀ) dp = r. Written with w = sqrt(p / s) and dp = w y
// their matrix is I + diag(w) Mᵀ diag(w): the identity plus a skew matrix, which is never singular.
void PathFollower::factorize() {
    weight_ = (strategy_ / slack_).sqrt();
    auto system = solver_.matrix(size_);
    for (Eigen::Index j = 0; j < size_; ++j) {
        system.col(j).array() = weight_ * (weight_[j] * transposed_.col(j).array());
    }
    system.diagonal().setOnes();
    solver_.factorize();
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
    Direction step =
        direction(sigma * now - products - affine.strategy * affine.slack, (sigma - 1.0) * shift_);
    double length = std::min(1.0, longestStep(step));
    for (int corrector = 0; corrector < correctors_; ++corrector) {
        if (!lengthen(step, length, sigma * now)) {
            break;
        }
    }
    const double damping = std::clamp(1.0 - now, 0.9, 0.995);
    move(step, std::min(1.0, damping * longestStep(step)));
}

bool PathFollower::lengthen(Direction& step, double& length, double target) const {
    constexpr double kFurther = 0.1; // how much longer than `length` the step shall become
    constexpr double kLeastGain = 0.01;
    constexpr double kSpread = 10.0; // products within this factor of the target are left alone
    if (length >= 1.0) {
        return false;
    }
    const double wanted = std::min(1.0, 1.3 * length + kFurther);
    const ArrayXd products = (strategy_ + wanted * step.strategy) * (slack_ + wanted * step.slack);
    const ArrayXd pull =
        (products.max(target / kSpread).min(target * kSpread) - products).max(-target * kSpread);
    const Direction correction = direction(pull, 0.0);
    Direction corrected = step;
    corrected.strategy += correction.strategy;
    corrected.slack += correction.slack;
    const double reach = std::min(1.0, longestStep(corrected));
    if (reach < length + kLeastGain) {
        return false;
    }
    step = std::move(corrected);
    length = reach;
    return true;
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
    SupportGuess guess(game);
    for (const double target : {1e-8, 1e-10, 1e-12, 1e-14}) {
        for (int step = 0; step < kMaxDescents && path.mu() > target; ++step) {
            path.descend();
            if (const auto only = guess.tryAt(path.leanings())) {
                PathEnd end;
                end.strategy = *only;
                end.gap = gapOf(game, end.strategy);
                end.factorizations = path.factorizations();
                if (end.gap <= tolerance) {
                    return end;
                }
            }
        }
        // The gap of a point of the path is n mu at most, whatever the game is like.
        propose(path.strategy() / path.strategy().sum(), 0);
        path.centreAt(path.mu(), 1e-2);
        const VectorXd strategy = clipped(path.extrapolate());
        OptimalFace face = faceAt(game, strategy);
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
