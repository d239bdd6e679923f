// SPDX-License-Identifier: GPL-3.0-or-later
// Robust lotteries: the lottery that does best against the worst opponent in the worst mix of
// groups within a distance of the electorate at hand.
#pragma once

#include "lab/result.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace psephos::choice {

/// What groups of voters make of every duel, and how many of the voters each group holds.
struct GroupGame {
    std::size_t size = 0; ///< n candidates, at least 1
    /// [K][n,n], row-major within a group: what the row's candidate wins from the column's there.
    /// Margins are skew-symmetric; what is pessimistic on both sides need not be.
    std::vector<double> payoffs;
    std::vector<double> weights; ///< [K] reference mix w0: nonnegative, sums to 1

    [[nodiscard]] std::size_t groups() const { return weights.size(); }

    [[nodiscard]] double payoff(std::size_t group, std::size_t row, std::size_t column) const {
        return payoffs[(group * size + row) * size + column];
    }

    /// Payoffs in the reference mix, row-major [n,n].
    [[nodiscard]] std::vector<double> pooled() const;
};

/// A mix of groups and what it makes of payoffs by group.
struct WorstMix {
    std::vector<double> weights; ///< [K]
    double value = 0.0;          ///< Σ_k weights_k payoff_k
};

/// The mix within total-variation distance `rho` of the reference that makes the least of these
/// payoffs: up to rho of the mass moves from the groups with the largest payoffs to the first of
/// those with the smallest one. A group whose payoff is no larger gives nothing.
///
/// \param payoffs [K]; \param reference [K], nonnegative, sums to 1; \param rho in [0, 1]
/// Source: arXiv 2602.21297 for the set; over it the greedy choice is exact.
[[nodiscard]] WorstMix worstMix(std::span<const double> payoffs, std::span<const double> reference,
                                double rho);

/// One of the adversary's choices: an opponent, and the mix of groups in which it meets the
/// lottery.
struct Threat {
    std::size_t opponent = 0;
    double probability = 0.0;
    std::vector<double> weights; ///< [K]
};

/// A lottery that maximises its payoff against the worst opponent in the worst mix.
struct RobustLottery {
    double rho = 0.0;
    std::vector<double> probabilities; ///< [n]
    /// Both bounds of the game's value, each evaluated from the payoffs alone: `lower` is what the
    /// lottery is sure of, `upper` what the adversary holds every lottery down to.
    double lower = 0.0;
    double upper = 0.0;
    bool isUnique = false;         ///< no other lottery does as well
    std::vector<Threat> adversary; ///< the mixed reply that certifies `upper`, likeliest first
    int pivots = 0;                ///< of the simplex method
};

/// How a robust lottery is found.
enum class RobustSolver {
    CuttingPlanes, ///< adds worst mixes one by one as the lottery gives cause
    LinearProgram  ///< the whole problem, dualised, by HiGHS: the reference
};

/// Widest gap between the two bounds that is still called solved, relative to the largest payoff.
inline constexpr double kRobustTolerance = 1e-9;

/// Solves max_p min_a min_w Σ_k w_k (pᵀM_k)_a over lotteries p, opponents a and mixes w within
/// `rho` of the reference. Where several lotteries do equally well the answer is the maximal
/// lottery of the pool at rho 0 of skew-symmetric payoffs (see maximalLottery()), else the one of
/// least norm.
///
/// \errors sizes that do not fit, a payoff that is not finite, weights that are negative or do not
///         sum to 1, rho outside of [0, 1]; the bounds did not meet to kRobustTolerance
/// Thread-safe; the same input gives the same bits. n = 23, K = 4 takes about 0.2 ms.
[[nodiscard]] lab::Result<RobustLottery>
robustLottery(const GroupGame& game, double rho, RobustSolver solver = RobustSolver::CuttingPlanes);

/// robustLottery() for each of the distances, in their order; each starts from the end of the one
/// before.
///
/// \param stop asked between two distances; once it answers true the path ends there
[[nodiscard]] lab::Result<std::vector<RobustLottery>>
robustPath(const GroupGame& game, std::span<const double> rhos,
           const std::function<bool()>& stop = {});

/// Least and greatest probability of each candidate over all lotteries that do as well as this one.
struct RobustRanges {
    std::vector<double> least;
    std::vector<double> greatest;
};

/// \param solved what robustLottery() answered for this game
/// \errors those of solve()
[[nodiscard]] lab::Result<RobustRanges> robustRanges(const GroupGame& game,
                                                     const RobustLottery& solved);

/// What a lottery is sure of: min_a min_w Σ_k w_k (pᵀM_k)_a.
[[nodiscard]] double robustValue(const GroupGame& game, std::span<const double> lottery,
                                 double rho);

/// What a lottery gets from the worst opponent in each group on its own, [K].
[[nodiscard]] std::vector<double> groupValues(const GroupGame& game,
                                              std::span<const double> lottery);

/// Two candidates and two groups in closed form: group 1 prefers a by m1 > 0, group 2 prefers b by
/// m2 > 0.
struct TwoGroupLottery {
    double probability = 0.0; ///< of a
    double value = 0.0;
    double leastMargin = 0.0; ///< of a over b in the worst mix
    double greatestMargin = 0.0;
};

/// \param weight of group 1, in [0, 1], \param rho in [0, 1]
/// Derived here from the definition of worstMix(); the tests compare with robustLottery().
[[nodiscard]] TwoGroupLottery twoGroupLottery(double m1, double m2, double weight, double rho);

/// Lowers every payoff off the diagonal by how uncertain it is, but not below −1: what a lottery is
/// sure of when each margin may lie anywhere within the box. Sizes must agree.
void lowerByBox(std::span<double> payoffs, std::span<const double> halfWidths, std::size_t size);

/// Bounds the error of every observed margin with probability 1 − delta when each of the pairs of n
/// candidates was compared at least `comparisons` times: sqrt(2 ln(n (n − 1) / delta) / T).
[[nodiscard]] double marginErrorBound(std::size_t candidates, double comparisons, double delta);

} // namespace psephos::choice
