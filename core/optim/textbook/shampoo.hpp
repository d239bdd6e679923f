// SPDX-License-Identifier: GPL-3.0-or-later
// Shampoo: sums or exponential averages, grafting, KL-Shampoo, blocks.
#pragma once

#include "numerics/symmetric.hpp"
#include "optim/textbook/optimizer.hpp"

#include <memory>
#include <vector>

namespace psephos::optim::textbook {

/// State: "m" (filtered gradient) [m,n], "v" (of the grafted Adam) [m,n], "L" [m,m], "R" [n,n]; a
/// side that is not preconditioned has no Gram matrix.
/// Source: 1802.09568 Algorithm 1 (guptaShampoo()); 2309.06497 for averages, grafting, ε and
/// blocks; 2406.17748 for the trace scale; 2506.03595 for refreshes that keep the eigenvectors;
/// 2509.03378 for KL-Shampoo.
class Shampoo final : public Optimizer {
  public:
    /// Whether Shampoo has anything to precondition: a matrix, or a vector with precondition1d,
    /// with a side of at most maxPreconditionerDim. For what it has not, vectorRule() holds.
    [[nodiscard]] static bool preconditions(const ShampooConfig& config, Eigen::Index rows,
                                            Eigen::Index cols);

    Shampoo(const ShampooConfig& config, Eigen::Index rows, Eigen::Index cols);
    [[nodiscard]] std::optional<Matrix> state(std::string_view name) const override;

  private:
    /// One factor of the Kronecker product.
    struct Side {
        Matrix gram;    ///< L or R
        Matrix average; ///< L̂ = L/(1−β₂ᵗ)
        Matrix root;    ///< (L̂ + εI)^exponent
        Matrix inverse; ///< (L̂ + εI)⁻¹, for KL-Shampoo
        Matrix basis;   ///< eigenvectors of the last decomposition, where they may be kept
    };

    void update(Matrix& w, const Matrix& g, double scheduleFactor, StepReport& report) override;
    void averageFactors(const Matrix& g);
    void average(Matrix& gram, const Matrix& outer) const;
    void refresh(StepReport& report);
    [[nodiscard]] bool refreshRoot(Side& side, StepReport& report);
    void rootInBasis(Side& side);
    /// ‖A‖ of the grafted method's step A, which is written to `step`.
    double graftedStep(Matrix& step) const;

    ShampooConfig config_;
    double exponent_;
    long t_ = 0;
    std::optional<Side> left_;
    std::optional<Side> right_;
    double traceScale_ = 1.0; ///< √tr(L̂) at the last refresh
    Matrix m_;
    Matrix v_;
    Matrix filtered_;  ///< M̂
    Matrix direction_; ///< D
    Matrix grafted_;   ///< A
    Matrix outer_;     ///< GGᵀ, GᵀG and other temporaries
    numerics::InverseRoot inverseRoot_;
};

/// A parameter with sides above maxPreconditionerDim in blocks (isBlocked()), each of which is a
/// Shampoo of its own. It has no state by a name of its own.
class BlockedShampoo final : public Optimizer {
  public:
    BlockedShampoo(const ShampooConfig& config, Eigen::Index rows, Eigen::Index cols);
    [[nodiscard]] std::optional<Matrix> state(std::string_view name) const override;

  private:
    struct Block {
        Eigen::Index row = 0;
        Eigen::Index col = 0;
        std::unique_ptr<Optimizer> optimizer;
        Matrix w;
        Matrix g;
    };

    void update(Matrix& w, const Matrix& g, double scheduleFactor, StepReport& report) override;

    std::vector<Block> blocks_;
};

/// One KL-Shampoo statistic of a gradient: G·R⁻¹·Gᵀ/n, with G [m,n] and R⁻¹ [n,n].
[[nodiscard]] Matrix klStatistic(const Matrix& g, const Matrix& inverseOfOther);

} // namespace psephos::optim::textbook
