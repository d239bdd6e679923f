// SPDX-License-Identifier: GPL-3.0-or-later
// The Plackett-Luce model of orders: places are filled from the top, each by a choice among those
// left, with chances in proportion to strengths.
#pragma once

#include "ballots/profile.hpp"
#include "choice/votes.hpp"
#include "lab/result.hpp"

#include <cstddef>
#include <vector>

namespace psephos::choice {

/// Maximum likelihood strengths. Where some candidates never stand above any of the others, the
/// likelihood has no maximum: it grows as they fall without end. The estimate is then the limit:
/// finite strengths of the one group that stands above the rest, −inf below it.
struct PlackettLuce {
    /// [n]: log strength, mean 0 over those that are finite; −inf: the likelihood drives it down
    /// without end. Empty: there is no order among groups that were never ranked against one
    /// another, or only one way.
    std::vector<double> logStrengths;
    std::size_t groups = 1;     ///< strongly connected by "stood above"; 1: all are finite
    std::size_t topGroups = 1;  ///< groups that nobody else stood above; 1: there is an estimate
    int iterations = 0;         ///< sweeps
    double residual = 0.0;      ///< largest |wins − expected wins| over 1 + wins
    double logLikelihood = 0.0; ///< of the orders, restricted to the finite candidates
};

/// Residual that counts as converged.
inline constexpr double kPlackettLuceResidual = 1e-9;

/// Minorise and maximise: each strength becomes a candidate's wins over what it faced. A win is a
/// place filled while others were left.
///
/// \param profile  orders without ties but for the last place; ballots with count 0 are skipped
/// \param unranked TiedBelow: whom a ballot leaves out was at hand in every choice and never
///                 chosen; NotCompared: it took no part
/// \errors a ballot with tied candidates above others (the model has no ties), no choice at all in
///         the ballots, stopped(), no convergence
/// Source: D. R. Hunter, MM algorithms for generalized Bradley-Terry models, Annals of Statistics
/// 32 (2004), section 5, with its assumption 1 tested.
[[nodiscard]] lab::Result<PlackettLuce>
plackettLuce(const ballots::Profile& profile,
             ballots::Unranked unranked = ballots::Unranked::TiedBelow,
             const StopRequest& stop = {});

/// Its outcome as a rule: elects the strongest. Scores: logStrengths.
[[nodiscard]] RuleOutcome outcomeOf(const PlackettLuce& model, const ballots::Profile& profile);

} // namespace psephos::choice
