// SPDX-License-Identifier: GPL-3.0-or-later
// Shampoo, SOAP and Muon on batches of matrices of one shape.
#pragma once

#include "optim/config.hpp"
#include "optim/engine/adafactor.hpp"
#include "optim/engine/batched.hpp"
#include "optim/engine/group.hpp"

#include <optional>

namespace psephos::optim::engine {

/// Whether Shampoo has anything to precondition in this shape (the textbook's rule).
[[nodiscard]] bool shampooPreconditions(const ShampooConfig& config, Shape shape);

/// Shampoo in every form but blocked. State: "m", "v" (where Adam is grafted), "L", "R", "PL", "PR"
/// (inverse roots), "trace_scale"; "IL", "IR" (inverses) for KL-Shampoo; "QL", "QR" (eigenvectors)
/// where they may be kept. Sources as for the textbook's.
class ShampooGroup final : public Group {
  public:
    explicit ShampooGroup(const ShampooConfig& config);

  private:
    struct Side {
        at::Tensor gram;    ///< L or R [b,d,d]
        at::Tensor root;    ///< (L̂ + εI)^exponent
        at::Tensor inverse; ///< (L̂ + εI)⁻¹; undefined but for KL-Shampoo
        at::Tensor basis;   ///< undefined where eigenvectors are never kept
        bool isLeft = true;
    };

    void allocate() override;
    [[nodiscard]] Side makeSide(std::int64_t d, bool isLeft);
    Computed compute(const Slice& slice, double learningRate, GroupReport& report) override;
    void settle(const Slice& slice) const override;
    void look(const Slice& slice, Insight& insight) const override;
    void averageFactors(const Slice& slice) const;
    void refresh(const Slice& slice, GroupReport& report);
    /// The step A of the grafted method.
    [[nodiscard]] at::Tensor graftedStep(const Slice& slice, const at::Tensor& filtered) const;

    ShampooConfig config_;
    double exponent_ = -0.25;
    std::optional<Side> left_;
    std::optional<Side> right_;
    at::Tensor traceScale_; ///< √tr(L̂) of the last refresh [b,1,1]
    at::Tensor m_;
    at::Tensor v_; ///< undefined unless Adam is grafted
};

/// SOAP in the reference's order of operations. State: "m", "exp_avg_sq" in the rotated basis (or
/// "row", "col"), "L", "R", "QL", "QR". The first call only finds a basis.
/// Source: 2409.11321 Algorithm 3 with the authors' code for the order of operations.
class SoapGroup final : public Group {
  public:
    explicit SoapGroup(const SoapConfig& config);

  private:
    struct Side {
        at::Tensor gram;  ///< GG [b,d,d]
        at::Tensor basis; ///< Q [b,d,d], its columns the eigenvectors, one after another in memory
        bool isLeft = true;
    };

    void allocate() override;
    Computed compute(const Slice& slice, double learningRate, GroupReport& report) override;
    void settle(const Slice& slice) const override;
    void look(const Slice& slice, Insight& insight) const override;
    [[nodiscard]] std::optional<at::Tensor> derivedState(std::string_view name,
                                                         const Slice& slice) const override;
    void saveDerived(tensor::Archive& archive, const std::string& prefix) const override;
    [[nodiscard]] lab::Result<void> restoreDerived(const tensor::Archive& archive,
                                                   const std::string& prefix) override;
    void initialize(const Slice& slice, GroupReport& report);
    void averageGrams(const Slice& slice, GroupReport& report);
    /// N' = M/√V with ε where it is wanted [b,m,n], after both took in the turned gradients.
    [[nodiscard]] at::Tensor averaged(const Slice& slice, const at::Tensor& turned,
                                      const at::Tensor& m, double rootOfCorrection2) const;
    /// √V with ε where it is wanted [b,m,n], after V took in the turned gradients.
    [[nodiscard]] at::Tensor denominator(const Slice& slice, const at::Tensor& turned,
                                         double rootOfCorrection2) const;
    void refresh(const Slice& slice, GroupReport& report);
    void carry(const Slice& slice, const BasisChange& change, bool isLeft) const;
    /// Q_Lᵀ X Q_R and back.
    [[nodiscard]] at::Tensor rotated(const at::Tensor& original, const Slice& slice) const;
    [[nodiscard]] at::Tensor rotatedBack(const at::Tensor& turned, const Slice& slice) const;

    SoapConfig config_;
    std::optional<Side> left_;
    std::optional<Side> right_;
    at::Tensor m_;
    at::Tensor v_;           ///< undefined where it is factored
    FactoredMoment factors_; ///< undefined where it is not
    /// Whether m_ is in the gradient's space, as Algorithm 3 has it. Where every step turns the
    /// basis, that saves a rotation; elsewhere it would cost one a step.
    bool keepsOriginal_ = false;
};

/// Muon. State: "momentum". Source: K. Jordan's Muon (2024), its reference code.
class MuonGroup final : public Group {
  public:
    explicit MuonGroup(const MuonConfig& config);

  private:
    void allocate() override;
    Computed compute(const Slice& slice, double learningRate, GroupReport& report) override;

    MuonConfig config_;
    at::Tensor momentum_;
    at::Tensor scale_; ///< s of each item [b,1,1]
};

/// X ← aX + (bA + cA²)X with A = XXᵀ, `steps` times, from u/(‖u‖ + normEps), on the transpose where
/// a matrix has more rows than columns. u [b,m,n]; zero gives zero. Computes in `precision`.
[[nodiscard]] at::Tensor newtonSchulz(const at::Tensor& u, int steps,
                                      const NewtonSchulzCoefficients& coefficients, double normEps,
                                      NsPrecision precision);

/// UVᵀ of each item u = UΣVᵀ, without the directions whose singular value is zero within round-off.
[[nodiscard]] at::Tensor orthogonalFactors(const at::Tensor& u);

} // namespace psephos::optim::engine
