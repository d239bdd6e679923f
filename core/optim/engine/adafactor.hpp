// SPDX-License-Identifier: GPL-3.0-or-later
// Adafactor in both forms, on batches of matrices of one shape.
#pragma once

#include "optim/config.hpp"
#include "optim/engine/group.hpp"

namespace psephos::optim::engine {

/// A second moment of rank one, kept as averages of row and column sums.
struct FactoredMoment {
    at::Tensor row; ///< R [b,m,1]
    at::Tensor col; ///< C [b,1,n]
};

/// R ← βR + (1−β)U·1, C ← βC + (1−β)1ᵀU, of squares U [b,m,n], in place.
void averageFactors(const FactoredMoment& moment, const at::Tensor& squares, double beta);

/// √(R·Cᵀ/(1ᵀR)) [b,m,n]; zero where R is.
[[nodiscard]] at::Tensor factoredRoot(const FactoredMoment& moment);

/// Adafactor as first printed. State: "row", "col", "m" where β₁ > 0.
/// Source: 1804.04235 Algorithms 4 and 5.
class AdafactorGroup final : public Group {
  public:
    explicit AdafactorGroup(const AdafactorConfig& config);

  private:
    void allocate() override;
    Computed compute(const Slice& slice, double learningRate, GroupReport& report) override;

    AdafactorConfig config_;
    FactoredMoment v_;
    at::Tensor m_; ///< undefined where β₁ = 0
};

/// Adam with that second moment. State: "m", "row", "col". Source: 2409.11321 §2.
class FactoredAdamGroup final : public Group {
  public:
    explicit FactoredAdamGroup(const FactoredAdamConfig& config);

  private:
    void allocate() override;
    Computed compute(const Slice& slice, double learningRate, GroupReport& report) override;
    void look(const Slice& slice, Insight& insight) const override;

    FactoredAdamConfig config_;
    FactoredMoment v_;
    at::Tensor m_;
};

} // namespace psephos::optim::engine
