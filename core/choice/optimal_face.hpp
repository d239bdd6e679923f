// SPDX-License-Identifier: GPL-3.0-or-later
// The set of all optimal strategies of a symmetric zero-sum game, from one that plays all that any
// of them plays.
#pragma once

#include "lab/result.hpp"

#include <Eigen/Core>

#include <optional>
#include <vector>

namespace psephos::choice {

/// A strategy from one with rounding errors: clips what is below zero or only noise, and rescales
/// to a sum of 1.
[[nodiscard]] Eigen::VectorXd clipped(const Eigen::VectorXd& raw);

/// The affine set that holds the optimal strategies: those on a support whose payoffs there are
/// exactly 0. One of them, and an orthonormal basis of the directions in which there are others.
struct OptimalFace {
    std::vector<Eigen::Index> support;
    Eigen::VectorXd strategy; ///< [n], nonnegative, sums to 1, 0 outside of the support
    Eigen::MatrixXd basis;    ///< [|support|, dimensions]
};

/// The face of optimal strategies next to one close to a strictly complementary strategy: its
/// support are those whose probability exceeds their payoff as a reply.
///
/// \param game skew-symmetric [n,n], entries at most 1 in size
[[nodiscard]] OptimalFace faceAt(const Eigen::MatrixXd& game, const Eigen::VectorXd& strategy);

/// Moves a face's strategy to its analytic centre: Newton's method on the sum of the logarithms of
/// what is not 0 on it, probabilities of the support and payoffs of the others. Near the end of the
/// central path this is better conditioned than the path itself, which knows the position within
/// the face only up to rounding over mu. A strategy that is not inside the face stays as it is.
void moveToCentre(const Eigen::MatrixXd& game, OptimalFace& face);

/// Least and greatest probability of each strategy over a set of optimal strategies.
struct StrategyRanges {
    Eigen::VectorXd least;
    Eigen::VectorXd greatest;
};

/// Ranges over all optimal strategies, from a face with its strategy inside. Of a face of dimension
/// 0 or 1 in closed form, else by two linear programs for each strategy of the support.
///
/// \errors those of solve()
[[nodiscard]] lab::Result<StrategyRanges> rangesOver(const Eigen::MatrixXd& game,
                                                     const OptimalFace& face);

/// The optimal strategy of least Euclidean norm: the projection of 0 on the face's optimal part, by
/// least-distance programming over nonnegative least squares.
///
/// \errors the projection was not found to 1e-9
/// Source: C. L. Lawson, R. J. Hanson, Solving Least Squares Problems (1974), chapter 23.
[[nodiscard]] lab::Result<Eigen::VectorXd> leastNormOver(const Eigen::MatrixXd& game,
                                                         const OptimalFace& face);

/// Guesses which strategies are played, and finds out whether that is right: while the central path
/// is still under way the only optimal strategy can often be computed from a good guess at an
/// eighth of the cost of a step.
class SupportGuess {
  public:
    /// \param game skew-symmetric [n,n], entries at most 1 in size; outlives this
    explicit SupportGuess(const Eigen::MatrixXd& game);

    /// The only optimal strategy, if the guess from these leanings is right or can be mended by
    /// exchanging a few strategies; none where there are several optimal ones. Tries only when the
    /// guess has settled since the last call.
    ///
    /// \param leanings [n]: positive where the strategy is likely played, the more so the greater
    [[nodiscard]] std::optional<Eigen::VectorXd> tryAt(const Eigen::ArrayXd& leanings);

  private:
    const Eigen::MatrixXd& game_;
    std::vector<bool> last_;
    std::vector<bool> failed_; // the last guess that was tried
};

} // namespace psephos::choice
