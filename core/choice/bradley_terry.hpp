// SPDX-License-Identifier: GPL-3.0-or-later
// The Bradley-Terry model: P(i beats j) = σ(θ_i − θ_j), fitted to counts by Newton's method.
#pragma once

#include "ballots/pair_counts.hpp"
#include "lab/result.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace psephos::choice {

/// 1/(1 + exp(−x)), without overflow.
[[nodiscard]] double logistic(double x);

/// ln(1/(1 + exp(−x))), without overflow or cancellation.
[[nodiscard]] double logLogistic(double x);

/// Wins as the model counts them, row-major [n,n]: a tie is half a win of each, or nothing.
[[nodiscard]] std::vector<double> winsWithTies(const ballots::PairCounts& counts,
                                               ballots::Ties ties);

/// Wins of both sides of every pair i > j, each an array in which row i holds its j < i: what the
/// solver reads, without gaps.
struct PackedWins {
    std::size_t size = 0;      ///< n candidates
    std::vector<double> over;  ///< [n(n−1)/2]: wins of i over j
    std::vector<double> under; ///< [n(n−1)/2]: wins of j over i

    PackedWins() = default;

    /// No wins.
    explicit PackedWins(std::size_t candidates);

    /// From a row-major [n,n].
    PackedWins(std::span<const double> wins, std::size_t candidates);

    /// Where the pair i > j stands.
    [[nodiscard]] static std::size_t at(std::size_t i, std::size_t j) {
        return i * (i - 1) / 2 + j;
    }
};

struct BradleyTerryFit {
    std::vector<double> strengths; ///< [n]: θ, mean 0
    double logLikelihood = 0.0;    ///< Σ wins_ij ln P(i beats j), without the penalty
    /// max_i |W_i − Σ_j C_ij P(i beats j) − ridge θ_i| / (1 + W_i): how well the equations hold
    double residual = 0.0;
    int iterations = 0; ///< Newton steps
};

/// Largest BradleyTerryFit::residual that is still called a fit; what does not reach it is an
/// error.
inline constexpr double kScoreTolerance = 1e-9;

/// Maximum likelihood of the strengths. Without a ridge it exists, and is unique up to a common
/// shift, if and only if wins connect the candidates strongly (Ford 1957).
///
/// \param wins  row-major [n,n], not negative, finite; ties added already (winsWithTies())
/// \param ridge λ ≥ 0 of the penalty (λ/2)‖θ‖² on the sum of the negative log-likelihood
/// \errors n = 0; a number that is negative or not finite; no maximum (not strongly connected and
/// no
///         ridge); the equations could not be solved to kScoreTolerance
/// O(n³) a Newton step, about 6 of them.
/// Source: L. R. Ford, "Solution of a ranking problem from binary comparisons", American
/// Mathematical Monthly 64 (1957).
[[nodiscard]] lab::Result<BradleyTerryFit> fitBradleyTerry(std::span<const double> wins,
                                                           std::size_t size, double ridge = 0.0);

/// Newton's method with its workspace, for many fits of one size. Not thread-safe.
class BradleyTerryNewton {
  public:
    BradleyTerryNewton(std::size_t size, double ridge);
    ~BradleyTerryNewton();
    BradleyTerryNewton(const BradleyTerryNewton&) = delete;
    BradleyTerryNewton& operator=(const BradleyTerryNewton&) = delete;

    /// Moves `strengths` [n] to the maximum from where they are; false where it is not reached, as
    /// when there is none.
    ///
    /// \param tolerance stops after a step that moves no strength by more; what is left is about
    ///                  its square
    [[nodiscard]] bool solve(const PackedWins& wins, std::span<double> strengths,
                             double tolerance = 1e-8);

    /// Called with the strengths after each step, not centred; for pictures.
    void watch(std::function<void(std::span<const double>)> watcher) {
        watcher_ = std::move(watcher);
    }

    [[nodiscard]] int iterations() const { return iterations_; }

    [[nodiscard]] double residual() const { return residual_; }

  private:
    struct Workspace;
    std::unique_ptr<Workspace> workspace_;
    std::size_t size_;
    double ridge_;
    std::function<void(std::span<const double>)> watcher_;
    int iterations_ = 0;
    double residual_ = 0.0;
};

/// Σ wins_ij ln P(i beats j).
[[nodiscard]] double logLikelihood(const PackedWins& wins, std::span<const double> strengths);

} // namespace psephos::choice
