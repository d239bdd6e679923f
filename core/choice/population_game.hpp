// SPDX-License-Identifier: GPL-3.0-or-later
// The game behind a robust lottery, solved by cutting planes: a simplex method on the adversary's
// side that finds its columns, an opponent in a mix of groups each, as it needs them.
#pragma once

#include "choice/robust_lottery.hpp"

#include <Eigen/Core>

#include <optional>
#include <vector>

namespace psephos::choice {

/// Minimises u subject to Σ_c x_c c ≤ u in every coordinate, Σ x = 1, x ≥ 0, where the columns c
/// are the payoffs of all candidates against an opponent in a mix of groups within a distance of
/// the reference. The duals are the robust lottery. Keeps its basis: the next distance starts there
/// where that is feasible.
class PopulationGame {
  public:
    explicit PopulationGame(const GroupGame& game);

    /// Solves the game at this distance.
    ///
    /// \return whether the reduced costs came to an end; else the answers below mean nothing
    [[nodiscard]] bool solve(double rho);

    [[nodiscard]] Eigen::VectorXd lottery() const;
    [[nodiscard]] std::vector<Threat> adversary() const;

    /// No basic variable is 0, so no other lottery meets the same conditions.
    [[nodiscard]] bool isNondegenerate() const;

    [[nodiscard]] int pivots() const { return pivots_; }

    /// The worst mix for each opponent of a lottery: the payoff of the worst, and the column.
    struct Reply {
        Eigen::Index opponent = 0;
        double value = 0.0;
        std::vector<double> weights;
    };

    [[nodiscard]] std::vector<Reply> worstReplies(const Eigen::VectorXd& lottery, double rho) const;

    /// Payoffs of all candidates against an opponent in a mix.
    [[nodiscard]] Eigen::VectorXd column(Eigen::Index opponent,
                                         const std::vector<double>& weights) const;

  private:
    /// A basic variable: u, the slack of a coordinate, or the share of a column.
    struct Basic {
        enum class Kind { Bound, Slack, Column };
        Kind kind = Kind::Slack;
        Eigen::Index index = 0;          // coordinate of a slack, opponent of a column
        std::vector<Eigen::Index> order; // of a column: groups as the worst mix fills them
    };

    /// What could enter the basis.
    struct Entering {
        Basic basic;
        Eigen::VectorXd column; // [n + 1]
        double reducedCost = 0.0;
    };

    void startAfresh();
    [[nodiscard]] bool restart();
    [[nodiscard]] bool refactorize();
    [[nodiscard]] std::optional<Entering> price();
    [[nodiscard]] bool pivot(const Entering& entering);
    [[nodiscard]] Eigen::VectorXd columnOf(const Basic& basic) const;
    [[nodiscard]] std::vector<double> mixOf(const std::vector<Eigen::Index>& order) const;
    void findOrder(const Eigen::MatrixXd& payoffs, Eigen::Index opponent);

    Eigen::Index size_;
    Eigen::Index groups_;
    Eigen::MatrixXd payoffs_; // [K n, n]: row k n + a holds M_k(·, a)
    Eigen::VectorXd weights_; // w0
    double scale_ = 1.0;      // largest payoff
    double rho_ = 0.0;
    std::vector<Basic> basis_;
    Eigen::MatrixXd inverse_; // of the basis matrix
    Eigen::VectorXd right_;   // right side, perturbed so that no tie is met twice
    Eigen::VectorXd shares_;  // values of the basic variables
    Eigen::MatrixXd byGroup_; // [n, K] payoffs of the current lottery, opponents by groups
    std::vector<Eigen::Index> order_;
    int pivots_ = 0;
};

} // namespace psephos::choice
