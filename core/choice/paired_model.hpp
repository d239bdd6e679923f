// SPDX-License-Identifier: GPL-3.0-or-later
// Paired comparisons with ties and covariates: Bradley-Terry, Davidson and Rao-Kupper, with what is
// known about each battle (who played at home, whose answer was longer), and how certain it is.
#pragma once

#include "ballots/battles.hpp"
#include "choice/bootstrap.hpp"
#include "choice/strong_components.hpp"
#include "lab/result.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace psephos::choice {

/// What a tie says. With d the advantage of the first (θ_i − θ_j + βᵀx):
enum class TieModel {
    Half,     ///< half a win of each: P(first) = σ(d)
    Dropped,  ///< nothing: P(first) = σ(d) among the others
    Davidson, ///< P(first) : P(second) : P(tie) = exp(d/2) : exp(−d/2) : ν
    RaoKupper ///< P(first) = σ(d − ln η), P(second) = σ(−d − ln η), the rest ties; η ≥ 1
};

/// Battles that the model can't tell apart: the same two candidates in the same order, and the same
/// covariates.
struct PairedCell {
    std::uint32_t first = 0;
    std::uint32_t second = 0;
    std::array<double, 3> counts{}; ///< won by the first, tied, won by the second
};

/// Comparisons as the model reads them.
struct PairedData {
    std::size_t candidates = 0;
    std::size_t features = 0;
    std::vector<PairedCell> cells;
    std::vector<double> x; ///< [cells, features]: advantages of the first
};

/// One cell for every pair that was compared, without covariates.
[[nodiscard]] PairedData pairedData(const ballots::PairCounts& counts);

/// The estimate; strengths are in the gauge of mean 0.
struct PairedFit {
    std::vector<double> strengths;    ///< [n]: θ, mean 0 in every component
    std::vector<double> coefficients; ///< [features]: β
    /// ν of Davidson, η of Rao and Kupper; NaN where the model has none. Without any tie 0 and 1.
    double tie = std::numeric_limits<double>::quiet_NaN();
    double logLikelihood = 0.0; ///< without the penalty
    double residual = 0.0;      ///< as BradleyTerryFit::residual, over all equations
    int iterations = 0;
};

/// The model with its data. Fits strengths that wins connect: cells between different components
/// are left out, and every component has its own gauge.
class PairedModel {
  public:
    /// \param components of the candidates (pairedComponents()); with a ridge all count as one
    /// \param ridge      λ ≥ 0 of the penalty (λ/2)(‖θ‖² + ‖β‖²)
    PairedModel(TieModel ties, double ridge, StrongComponents components);

    /// Maximum likelihood by Newton's method.
    ///
    /// \param start an estimate near by, of the same shape; null: from nothing
    /// \errors no candidate; nothing but ties; no maximum or none that is unique (covariates that
    ///         decide every battle, or that can't be told apart)
    /// O(cells (2 + features)² + (n + features)³) a step.
    /// Source: R. R. Davidson, "On extending the Bradley-Terry model to accommodate ties in paired
    /// comparison experiments", JASA 65 (1970); P. V. Rao, L. L. Kupper, "Ties in
    /// paired-comparison experiments", JASA 62 (1967). Solved here in θ, β, ln ν or ln η, in which
    /// both are concave.
    [[nodiscard]] lab::Result<PairedFit> fit(const PairedData& data,
                                             const PairedFit* start = nullptr) const;

    /// Covariances of (θ, β, ln ν or ln η) at a fit, in the gauge of mean 0; row-major.
    struct Covariance {
        std::size_t size = 0;
        std::vector<double> fisher; ///< inverse of the information H
        std::vector<double> sandwich; ///< H⁻¹ G H⁻¹, G = Σ count · score scoreᵀ of single battles
    };

    /// \param extraRidge added to the diagonal of H here only, as some leaderboards do
    /// \param clusters   battles by cluster (cell 3c + o is outcome o of the data's cell c); then
    /// the
    ///                   scores of a cluster are added up before they are squared, because its
    ///                   battles are not independent. Null: every battle by itself.
    /// \errors H can't be inverted
    [[nodiscard]] lab::Result<Covariance> covariance(const PairedData& data, const PairedFit& fit,
                                                     double extraRidge = 0.0,
                                                     const Resampling* clusters = nullptr) const;

    [[nodiscard]] const StrongComponents& components() const { return components_; }

    [[nodiscard]] TieModel ties() const { return ties_; }

    [[nodiscard]] double ridge() const { return ridge_; }

  private:
    TieModel ties_;
    double ridge_;
    StrongComponents components_;
};

/// Components of "i beat j", in which ties count as wins of both unless they are dropped.
[[nodiscard]] StrongComponents pairedComponents(const PairedData& data, TieModel ties);

/// All candidates as one component: what a ridge makes of them.
[[nodiscard]] StrongComponents oneComponent(std::size_t candidates);

/// Log-chances of the three outcomes (won, tied, lost) at an advantage `d` of the first, and their
/// derivatives by d and by the tie parameter t = ln ν or ln η.
struct OutcomeLaw {
    std::array<double, 3> log{};
    std::array<double, 3> d{};
    std::array<double, 3> t{};
    std::array<double, 3> dd{};
    std::array<double, 3> dt{};
    std::array<double, 3> tt{};
};

/// With `Half` the log of a tie is the mean of the others'; with `Dropped` it is 0.
[[nodiscard]] OutcomeLaw outcomeLaw(TieModel ties, double d, double t);

} // namespace psephos::choice
