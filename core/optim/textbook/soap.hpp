// SPDX-License-Identifier: GPL-3.0-or-later
// SOAP: Adam in the slowly rotating eigenbasis of Shampoo, in the reference's order of operations.
#pragma once

#include "numerics/orthogonal.hpp"
#include "numerics/symmetric.hpp"
#include "optim/textbook/optimizer.hpp"

#include <vector>

namespace psephos::optim::textbook {

/// State: "L" [m,m], "R" [n,n] (a side with Q = I has none), "exp_avg_sq" [m,n] in the rotated
/// basis, "exp_avg_original_space" [m,n], "bias_step" [1,1].
/// The first call only finds a basis: no parameter changes.
/// Source: 2409.11321 Algorithm 3 with the authors' code for the order of operations. Algorithm 3
/// keeps M in the original space and projects it at every call; the code, and this class, keep it
/// in the basis and re-project it when the basis changes: the same numbers. V is never projected,
/// only its rows and columns follow the order of the basis vectors.
class Soap final : public Optimizer {
  public:
    Soap(const SoapConfig& config, Eigen::Index rows, Eigen::Index cols);
    [[nodiscard]] std::optional<Matrix> state(std::string_view name) const override;

  private:
    /// One factor of the basis.
    struct Side {
        Matrix gram;  ///< GG
        Matrix basis; ///< Q
    };

    void update(Matrix& w, const Matrix& g, double scheduleFactor, StepReport& report) override;
    void initialize(const Matrix& g, StepReport& report);
    void averageGrams(const Matrix& g);
    [[nodiscard]] bool initializeBasis(Side& side);
    [[nodiscard]] bool refreshBasis(Side& side, bool isLeft);
    void rotate(const Matrix& original, Matrix& rotated);
    void rotateBack(const Matrix& rotated, Matrix& original);

    SoapConfig config_;
    bool isInitialized_ = false;
    long k_ = 0; ///< updates so far
    std::optional<Side> left_;
    std::optional<Side> right_;
    Matrix m_;         ///< in the rotated basis
    Matrix v_;         ///< in the rotated basis
    Matrix gradient_;  ///< G'
    Matrix rotated_;   ///< N'
    Matrix direction_; ///< N
    Matrix temporary_;
    Matrix permuted_;
    std::vector<Eigen::Index> order_;
    std::vector<double> estimates_;
    numerics::SymmetricEigen eigen_;
    numerics::SignFixedQr qr_;
};

} // namespace psephos::optim::textbook
