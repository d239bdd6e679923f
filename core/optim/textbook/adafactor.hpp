// SPDX-License-Identifier: GPL-3.0-or-later
// Adafactor: a second moment of rank one, kept as the sums of its rows and columns.
#pragma once

#include "optim/textbook/optimizer.hpp"

namespace psephos::optim::textbook {

/// V̂ = R·Cᵀ/(1ᵀR): the matrix of rank one with row sums R and column sums C, kept as exponential
/// averages. Exact where the averaged matrix has rank one, and so for a vector.
struct FactoredMoment {
    Eigen::VectorXd row;    ///< R [m]
    Eigen::RowVectorXd col; ///< C [n]

    FactoredMoment(Eigen::Index rows, Eigen::Index cols);

    /// R ← βR + (1−β)U·1, C ← βC + (1−β)1ᵀU.
    void average(const Matrix& squares, double beta);

    /// √V̂ [m,n]; zero before the first average.
    [[nodiscard]] Matrix root() const;
};

/// State: "row" [m,1], "col" [1,n], "m" [m,n] where β₁ > 0.
/// Source: 1804.04235 Algorithms 4 and 5.
class Adafactor final : public Optimizer {
  public:
    Adafactor(const AdafactorConfig& config, Eigen::Index rows, Eigen::Index cols);
    [[nodiscard]] std::optional<Matrix> state(std::string_view name) const override;

  private:
    void update(Matrix& w, const Matrix& g, double scheduleFactor, StepReport& report) override;

    AdafactorConfig config_;
    long t_ = 0;
    FactoredMoment v_;
    Matrix m_; ///< average of αu
};

/// Adam with that second moment, bias corrected. State: "m" [m,n], "row" [m,1], "col" [1,n].
/// Source: 2409.11321 §2.
class FactoredAdam final : public Optimizer {
  public:
    FactoredAdam(const FactoredAdamConfig& config, Eigen::Index rows, Eigen::Index cols);
    [[nodiscard]] std::optional<Matrix> state(std::string_view name) const override;

  private:
    void update(Matrix& w, const Matrix& g, double scheduleFactor, StepReport& report) override;

    FactoredAdamConfig config_;
    long t_ = 0;
    Matrix m_;
    FactoredMoment v_;
};

} // namespace psephos::optim::textbook
