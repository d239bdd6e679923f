// SPDX-License-Identifier: GPL-3.0-or-later
// SOAP: Adam in the slowly rotating eigenbasis of Shampoo, in the reference's order of operations.
#pragma once

#include "numerics/orthogonal.hpp"
#include "numerics/symmetric.hpp"
#include "optim/textbook/adafactor.hpp"
#include "optim/textbook/optimizer.hpp"

#include <vector>

namespace psephos::optim::textbook {

/// (T∘T)ᵀV: the second moment's rows after the basis was turned by T = Q_oldᵀQ_new, taking V for
/// the diagonal of a covariance. V [d,n], T [d,d] orthogonal; keeps ΣV and V ≥ 0.
/// Source: HeavyBall's HeavySOAP.
[[nodiscard]] Matrix transportedRows(const Matrix& v, const Matrix& turn);

/// State: "L" [m,m], "R" [n,n] (a side with Q = I has none), in the rotated basis "exp_avg_sq"
/// [m,n] or, where it is factored, "row" [m,1] and "col" [1,n]; "exp_avg_original_space" [m,n],
/// "bias_step" [1,1].
/// The first call only finds a basis: no parameter changes, unless skipFirstUpdate is off.
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
    void averageSecondMoment();
    void findDirection(double rootOfCorrection2);
    [[nodiscard]] bool initializeBasis(Side& side);
    [[nodiscard]] bool refreshBasis(Side& side, bool isLeft);
    [[nodiscard]] bool findBasis(const Side& side);
    void sortByEstimates(const Matrix& basis);
    void carrySecondMoment(const Side& side, bool isLeft);
    void permuteSecondMoment(bool isLeft);
    void rotate(const Matrix& original, Matrix& rotated);
    void rotateBack(const Matrix& rotated, Matrix& original);

    SoapConfig config_;
    bool isInitialized_ = false;
    long k_ = 0; ///< updates so far
    std::optional<Side> left_;
    std::optional<Side> right_;
    Matrix m_;               ///< in the rotated basis
    Matrix v_;               ///< in the rotated basis; empty where it is factored
    FactoredMoment factors_; ///< V in the rotated basis where it is factored
    Matrix gradient_;        ///< G'
    Matrix rotated_;         ///< N'
    Matrix direction_;       ///< N
    Matrix temporary_;
    Matrix permuted_;
    Matrix image_;    ///< GG·Q
    Matrix newBasis_; ///< of one side
    std::vector<Eigen::Index> order_;
    std::vector<double> estimates_;
    numerics::SymmetricEigen eigen_;
    numerics::SignFixedQr qr_;
    numerics::CholeskyQr2 choleskyQr_;
};

} // namespace psephos::optim::textbook
