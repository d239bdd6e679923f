// SPDX-License-Identifier: GPL-3.0-or-later
// How well one number a candidate explains the comparisons, and how much of them goes in circles.
#pragma once

#include "choice/paired_model.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace psephos::choice {

/// Wins against what the model expects of them, pair by pair.
struct GoodnessOfFit {
    /// [n,n], skew-symmetric: (W_ij − its expectation) over its standard deviation, for the pairs
    /// that were compared within a component; NaN elsewhere. W counts ties as halves (or not at
    /// all, where they are dropped). About a standard normal each if the model holds; where ties
    /// are halves and the model knows of none, less.
    std::vector<double> residuals;
    double pearson = 0.0; ///< Σ residual² over pairs
    /// 2 Σ observed ln(observed/expected) over the outcomes of every pair: two where the model
    /// knows no tie, else three.
    double deviance = 0.0;
    /// Free outcomes of the pairs − free parameters: what the deviance is on average if the model
    /// holds and there are many battles a pair.
    double freedom = 0.0;
};

[[nodiscard]] GoodnessOfFit goodnessOfFit(const PairedData& data, const PairedModel& model,
                                          const PairedFit& fit);

/// How much of what the comparisons say can be put down to one number a candidate.
///
/// Each compared pair has a flow Y_ij = ln((W_ij + ½)/(W_ji + ½)) with weight
/// w_ij = 1/(1/(W_ij + ½) + 1/(W_ji + ½)), about the inverse of its variance. The potential s
/// minimises Σ w_ij (Y_ij − (s_i − s_j))², and the flow splits into the gradient s_i − s_j and a
/// rest that is orthogonal to every gradient: it goes round in circles.
///
/// Source: X. Jiang, L.-H. Lim, Y. Yao, Y. Ye, "Statistical ranking and combinatorial Hodge
/// theory", Mathematical Programming 127 (2011), 0811.1067, for the split; flow and weights here
/// are those of log-odds, so that the model of Bradley and Terry is exactly a gradient.
struct CyclicShare {
    double total = 0.0;  ///< Σ w Y²
    double cyclic = 0.0; ///< Σ w (Y − gradient)²
    /// Pairs − (n − connected parts): about what `cyclic` is if the model of Bradley and Terry
    /// holds and all of it is chance.
    double chance = 0.0;
    std::vector<double> potential; ///< [n]: s, mean 0 in every connected part

    /// cyclic/total in [0, 1]; 0 where nothing flows.
    [[nodiscard]] double share() const { return total > 0.0 ? cyclic / total : 0.0; }

    /// The part of the total that chance alone would turn in circles, at most 1.
    [[nodiscard]] double chanceShare() const {
        return total > 0.0 && chance < total ? chance / total : total > 0.0 ? 1.0 : 0.0;
    }
};

/// \param wins [n,n], row-major, ties added already
[[nodiscard]] CyclicShare cyclicShare(std::span<const double> wins, std::size_t size);

/// Three candidates of whom each beats the next, the third the first.
struct Triangle {
    std::array<std::size_t, 3> candidates{};
    double margin = 0.0; ///< least of the three win rates' leads, 2q − 1, in (0, 1]
};

/// The triangle whose least lead is greatest; none where nobody runs in a circle of three. O(n³).
[[nodiscard]] std::optional<Triangle> strongestTriangle(std::span<const double> wins,
                                                        std::size_t size);

} // namespace psephos::choice
