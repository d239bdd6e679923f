// SPDX-License-Identifier: GPL-3.0-or-later
// Shampoo with exponential averages and grafting.
#pragma once

#include "numerics/symmetric.hpp"
#include "optim/textbook/optimizer.hpp"

namespace psephos::optim::textbook {

/// State: "m" (filtered gradient) [m,n], "v" (of the grafted Adam) [m,n], "L" [m,m], "R" [n,n]; a
/// side that is not preconditioned has no Gram matrix.
/// Source: 1802.09568 Algorithm 1; 2309.06497 for averages, grafting and ε; 2406.17748 for the
/// trace scale.
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
    };

    void update(Matrix& w, const Matrix& g, double scheduleFactor, StepReport& report) override;
    void average(Matrix& gram, const Matrix& outer) const;
    void refresh(StepReport& report);
    void graft();

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
    Matrix outer_;     ///< GGᵀ, GᵀG and other temporaries
    numerics::InverseRoot inverseRoot_;
};

} // namespace psephos::optim::textbook
