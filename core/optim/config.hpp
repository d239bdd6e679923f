// SPDX-License-Identifier: GPL-3.0-or-later
// The hyper-parameters of every optimizer: shared by the textbook and the engine, so that one
// description runs on both. Plain values; letters are those of the papers.
#pragma once

#include "lab/result.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace psephos::optim {

/// What an optimizer may do with a parameter. A matrix with a side of length 1 is a vector.
enum class ParameterClass {
    Matrix, ///< two sides above 1: preconditioned or orthogonalised
    Vector, ///< one side (or none): see each optimizer's rule for vectors
};

/// The class of a parameter of shape [rows, cols].
[[nodiscard]] constexpr ParameterClass parameterClass(long rows, long cols) {
    return rows > 1 && cols > 1 ? ParameterClass::Matrix : ParameterClass::Vector;
}

/// Where ε stands in Adam's denominator.
enum class EpsMode {
    Hat, ///< M̂/(√V̂ + ε), after bias correction (torch.optim)
    Raw, ///< α·M/(√V + ε) with α = η√(1−β₂ᵗ)/(1−β₁ᵗ) (Kingma & Ba's efficient form, SOAP)
    Clamp, ///< M̂/max(√V̂, ε)
};

/// SGD with momentum and Nesterov's variant, in the semantics of torch.optim.SGD.
struct SgdConfig {
    double learningRate = 1e-2; ///< η ≥ 0
    double momentum = 0.0;      ///< μ in [0,1)
    double dampening = 0.0;     ///< d in [0,1]; not applied to the first gradient
    bool nesterov = false;
    double l2 = 0.0;                   ///< λ ≥ 0, added to the gradient
    double decoupledWeightDecay = 0.0; ///< λ ≥ 0, W ← (1−ηλ)W before the step
};

/// Adam (l2) and AdamW (decoupledWeightDecay). Source: 1412.6980 Algorithm 1, 1711.05101.
struct AdamConfig {
    double learningRate = 1e-3; ///< η ≥ 0
    double beta1 = 0.9;         ///< in [0,1)
    double beta2 = 0.999;       ///< in [0,1)
    double eps = 1e-8;          ///< ≥ 0; zero is warned about
    EpsMode epsMode = EpsMode::Hat;
    double l2 = 0.0;                   ///< λ ≥ 0, added to the gradient (Adam)
    double decoupledWeightDecay = 0.0; ///< λ ≥ 0, W ← (1−ηλ)W before the step (AdamW)
};

/// Whose step length a Shampoo step takes over.
enum class Graft { None, Sgd, Adam };

/// What Shampoo's factors L and R average.
enum class FactorStatistics {
    Gram,            ///< GGᵀ and GᵀG
    KullbackLeibler, ///< G·R⁻¹·Gᵀ/n and Gᵀ·L⁻¹·G/m: L⊗R nears the gradients' covariance
                     ///< (KL-Shampoo)
};

/// Shampoo with exponential averages, as 2309.06497 practises it; refreshed at update 1 and then
/// at every update t with t mod f = 0.
struct ShampooConfig {
    double learningRate = 1e-2;     ///< η ≥ 0
    double beta1 = 0.9;             ///< of the filtered gradient, in [0,1)
    double beta2 = 0.999;           ///< of L and R, in [0,1]; 1 is the plain sum
    double eps = 1e-12;             ///< > 0, added to L̂ before its decomposition
    std::optional<double> exponent; ///< in [−1,0]; absent: −1/4 for a matrix, −1/2 for a vector
    int refreshPeriod = 1;          ///< f ≥ 1, in updates
    int basisWarmup = 0;            ///< ≥ 0: also refresh on each of the first so many updates
    Graft graft = Graft::Adam;
    double graftBeta2 = 0.95;          ///< in [0,1), where graft is Adam
    double graftEps = 1e-8;            ///< ≥ 0, where graft is Adam
    bool traceScale = false;           ///< direction times √tr(L̂) (2406.17748)
    double decoupledWeightDecay = 0.0; ///< λ ≥ 0, folded into the direction: D ← D + λW
    int maxPreconditionerDim = 10000;  ///< ≥ 1; a longer side is left alone
    bool precondition1d = false;       ///< a vector gets its full matrix, else vectorRule()
    FactorStatistics statistics = FactorStatistics::Gram;
    /// Of KL-Shampoo, > 0: L₀ = R₀ = factor·I, so that the inverses exist from the start; its
    /// averages are not bias corrected.
    double initFactor = 0.1;
    /// Gupta's: L₀ = R₀ = εI and nothing is added later. With β₂ = 1 only.
    bool startsAtEps = false;
    /// Until the first t with t mod f = 0 (or within the warm-up) the grafted step is taken.
    bool startsGrafted = false;
    /// τ in [0,1): a due refresh keeps the eigenvectors Q while ‖B − diag B‖ ≤ τ‖B‖, B = QᵀL̂Q, and
    /// takes diag B for the eigenvalues; 0 never does. Source: 2506.03595.
    double refreshTolerance = 0.0;
    /// A longer side than maxPreconditionerDim is split into equal blocks (one more or less), each
    /// a problem of its own, rather than left alone.
    bool blocking = false;
};

/// How SOAP finds a new basis.
enum class BasisRefresh {
    Qr,          ///< one orthogonal iteration: the Q of GG·Q, the faster way on the device
    Eigh,        ///< the eigenvectors of GG
    CholeskyQr2, ///< as Qr, by two Cholesky factorisations; Householder where they fail
    Householder, ///< as Qr, by Householder reflections
};

/// Which sides of a matrix get a basis of their own; the others keep their axes.
enum class Sides { Both, Left, Right, Smaller };

/// How SOAP keeps the second moment in its basis.
enum class SecondMoment {
    Full,     ///< V [m,n]
    Factored, ///< row and column sums: V of rank one, as Adafactor's
};

/// What becomes of the second moment when the basis changes.
enum class SecondMomentCarry {
    Permute,   ///< its rows and columns follow the order of the basis vectors (the reference)
    Keep,      ///< nothing: a mistake of several ports
    Transport, ///< V ← (T∘T)ᵀV with T = Q_oldᵀQ_new, the diagonal of the turned covariance
};

/// SOAP in the reference's order of operations. Source: 2409.11321 Algorithm 3 and its code;
/// HeavyBall's HeavySOAP for Transport and the two other places of ε.
struct SoapConfig {
    double learningRate = 3e-3;        ///< η ≥ 0
    double beta1 = 0.95;               ///< in [0,1)
    double beta2 = 0.95;               ///< in [0,1)
    double shampooBeta = 0.95;         ///< β_s of the Gram matrices, in [0,1)
    double eps = 1e-8;                 ///< > 0
    EpsMode epsMode = EpsMode::Raw;    ///< Hat and Clamp stand after bias correction
    int refreshPeriod = 10;            ///< f ≥ 1, in updates
    int basisWarmup = 0;               ///< ≥ 0: also refresh on each of the first so many updates
    bool correctBias = true;           ///< α = η√(1−β₂ᵏ)/(1−β₁ᵏ), else α = η
    double decoupledWeightDecay = 0.0; ///< λ ≥ 0, W ← W − ηλW after the step
    int maxPreconditionerDim = 10000;  ///< ≥ 1; a longer side keeps Q = I
    bool precondition1d = false;       ///< a vector gets a basis; else Q = I, which is Adam, raw ε
    BasisRefresh refresh = BasisRefresh::Qr;
    Sides sides = Sides::Both;
    SecondMoment secondMoment = SecondMoment::Full;
    SecondMomentCarry carry = SecondMomentCarry::Permute;
    bool normalizeUpdate = false; ///< N ← N/RMS(N) before the step
    /// Call 1 only finds a basis. Otherwise it goes on with the steps of every other call.
    bool skipFirstUpdate = true;
    bool decayBeforeUpdate = false; ///< W ← (1−ηλ)W before the step instead
};

/// What turns Muon's momentum into an orthogonal matrix.
enum class Orthogonalisation {
    NewtonSchulz, ///< a few steps of a quintic iteration: singular values near 1
    Svd,          ///< UVᵀ exactly, without the directions of singular value zero
};

/// The number s that Muon's orthogonal matrix [m,n] is multiplied by.
enum class MuonScale {
    Shape,    ///< max(1, m/n)^½ (Jordan)
    Moonshot, ///< 0.2·max(m,n)^½: the RMS of AdamW's updates (2502.16982)
    Spectral, ///< max(m,n)^½
    UnitRms,  ///< (m/n)^½
    None,     ///< 1
};

/// In which numbers the Newton–Schulz iteration computes.
enum class NsPrecision { State, Float32, BFloat16 };

/// (a,b,c) of each step of the iteration X ← aX + (bA + cA²)X; the last is repeated.
using NewtonSchulzCoefficients = std::vector<std::array<double, 3>>;

/// One set for all steps, of the steepest rise from 0. Source: K. Jordan's Muon (2024).
[[nodiscard]] const NewtonSchulzCoefficients& jordanCoefficients();

/// A set for each of five steps, which end nearer to 1. Source: HeavyBall, Emerging-Optimizers.
[[nodiscard]] const NewtonSchulzCoefficients& quinticCoefficients();

/// Muon for matrices, AdamW for everything else.
struct MuonConfig {
    double learningRate = 0.02; ///< η ≥ 0
    double momentum = 0.95;     ///< μ in [0,1), of an average: B ← μB + (1−μ)G
    bool nesterov = true;
    Orthogonalisation orthogonalisation = Orthogonalisation::NewtonSchulz;
    int newtonSchulzSteps = 5;                                    ///< in [1,100]
    NewtonSchulzCoefficients coefficients = jordanCoefficients(); ///< at least one set
    NsPrecision precision = NsPrecision::State;
    MuonScale scale = MuonScale::Shape;
    /// For a weight with three or four sides, as of a convolution (the engine has such): s of its
    /// last two sides, as the reference takes them, and not of the matrix [out, rest].
    bool scaleOfLastSides = false;
    double normEps = 1e-7;             ///< > 0, added to ‖X‖ before the iteration
    double decoupledWeightDecay = 0.0; ///< λ ≥ 0, W ← (1−ηλ)W before the step
    bool orthogonalize1d = false;      ///< a vector is a matrix with one column, else aux
    AdamConfig aux{3e-4, 0.9, 0.95, 1e-10, EpsMode::Hat, 0.0, 0.0}; ///< what Muon does not take
};

/// Lion: the sign of an average. Source: 2302.06675 Algorithm 2.
struct LionConfig {
    double learningRate = 1e-4;        ///< η ≥ 0; 3–10 times below AdamW's
    double beta1 = 0.9;                ///< of the direction, in [0,1)
    double beta2 = 0.99;               ///< of the average that is kept, in [0,1)
    double decoupledWeightDecay = 0.0; ///< λ ≥ 0, W ← (1−ηλ)W before the step
};

/// Adafactor as first printed: no momentum unless asked for, a second moment of rank one, a clipped
/// update and steps relative to the weights. Source: 1804.04235 Algorithms 4 and 5.
struct AdafactorConfig {
    double learningRate = 1e-2;        ///< η ≥ 0; the ceiling of ρ where relativeStep
    bool relativeStep = true;          ///< ρ = min(η, 1/√t), else ρ = η
    bool scaleParameter = true;        ///< α = max(ε₂, RMS(W))·ρ, else α = ρ
    double eps1 = 1e-30;               ///< > 0, added to each squared gradient
    double eps2 = 1e-3;                ///< > 0, least RMS of the weights
    double clip = 1.0;                 ///< d > 0: u ← u/max(1, RMS(u)/d)
    double decayExponent = -0.8;       ///< < 0: β̂ = 1 − t^exponent
    double beta1 = 0.0;                ///< of αu, in [0,1)
    double decoupledWeightDecay = 0.0; ///< λ ≥ 0, W ← (1−ρλ)W before the step
};

/// Adafactor, simplified: Adam with the second moment of rank one that its row and column sums
/// have; ε after bias correction. Source: 2409.11321 §2.
struct FactoredAdamConfig {
    double learningRate = 1e-3;        ///< η ≥ 0
    double beta1 = 0.95;               ///< in [0,1)
    double beta2 = 0.95;               ///< in [0,1)
    double eps = 1e-8;                 ///< > 0
    double decoupledWeightDecay = 0.0; ///< λ ≥ 0, W ← (1−ηλ)W before the step
};

/// Schedule-Free AdamW: no schedule, but an average; gradients are taken at y, the model is
/// evaluated at x. Source: 2405.15682 Algorithm 1 with AdamW's direction.
struct ScheduleFreeConfig {
    double learningRate = 2.5e-3;      ///< η ≥ 0
    double beta1 = 0.9;                ///< share of x in y, in [0,1)
    double beta2 = 0.999;              ///< in [0,1)
    double eps = 1e-8;                 ///< > 0, after bias correction
    double decoupledWeightDecay = 0.0; ///< λ ≥ 0, of y, in the step of z
    int warmup = 0;                    ///< ≥ 0: η rises on a line over the first so many steps
};

using OptimizerConfig =
    std::variant<SgdConfig, AdamConfig, ShampooConfig, SoapConfig, MuonConfig, LionConfig,
                 AdafactorConfig, FactoredAdamConfig, ScheduleFreeConfig>;

/// The family's word: "sgd", "adam", "shampoo", "soap", "muon", "lion", "adafactor",
/// "adafactor_simple", "schedule_free_adamw".
[[nodiscard]] std::string_view familyName(const OptimizerConfig& config);

/// η, β, ε, λ, f within their ranges; the error names the first value that is not.
[[nodiscard]] lab::Result<void> validate(const OptimizerConfig& config);

/// What is allowed but unwise (ε = 0); empty where there is nothing to say. Assumes a valid config.
[[nodiscard]] std::vector<std::string> warnings(const OptimizerConfig& config);

/// Muon's s for a matrix of shape [rows, cols].
[[nodiscard]] double muonScale(MuonScale scale, long rows, long cols);

/// The exponent that applies: config.exponent, or −1/(2·order), or −1/2 for KL-Shampoo.
[[nodiscard]] double shampooExponent(const ShampooConfig& config, ParameterClass parameter);

/// The sides of a parameter that have a factor (L and R, Q_L and Q_R) of their own.
struct Factors {
    bool left = false;
    bool right = false;

    [[nodiscard]] constexpr bool any() const { return left || right; }
};

/// Those of a parameter of shape [rows, cols]: of length above 1 and at most maxPreconditionerDim,
/// of a matrix (or a vector with precondition1d), on the sides that are asked for.
[[nodiscard]] Factors factorsOf(const SoapConfig& config, long rows, long cols);
[[nodiscard]] Factors factorsOf(const ShampooConfig& config, long rows, long cols);

/// Shampoo as first printed: sums from εI, no momentum, a refresh a step. Source: 1802.09568
/// Algorithm 1.
[[nodiscard]] ShampooConfig guptaShampoo(double learningRate, double eps);

/// L₀ = R₀ = this times I.
[[nodiscard]] double initialFactor(const ShampooConfig& config);

/// What L and R of update t = 1, 2, … are divided by: 1−β₂ᵗ for averages from zero, else 1.
[[nodiscard]] double factorCorrection(const ShampooConfig& config, long update);

/// The update at which Shampoo first has inverse roots: 1, or with startsGrafted later.
[[nodiscard]] constexpr long firstRefresh(const ShampooConfig& config) {
    return !config.startsGrafted || config.basisWarmup > 0 ? 1 : config.refreshPeriod;
}

/// Whether Shampoo splits a parameter of shape [rows, cols].
[[nodiscard]] constexpr bool isBlocked(const ShampooConfig& config, long rows, long cols) {
    const long longest = config.maxPreconditionerDim;
    return config.blocking && (rows > longest || cols > longest);
}

/// The lengths of the blocks of a side: as few as have at most `longest` each, equal but for one.
[[nodiscard]] std::vector<long> blockLengths(long side, long longest);

/// What Shampoo does with a vector where precondition1d is off: AdamW with Shampoo's η, β₁ and λ,
/// and the β₂ and ε of the grafted Adam (without grafting: Shampoo's β₂, .999 for the plain sum,
/// and ε 1e-8).
[[nodiscard]] AdamConfig vectorRule(const ShampooConfig& config);

/// Whether a refresh is due at update `update` (1, 2, …): the first, those within the warm-up, and
/// then every f-th. SOAP has its basis before update 1, so its first is not special (`first`).
[[nodiscard]] constexpr bool refreshDue(long update, int refreshPeriod, int basisWarmup,
                                        bool first) {
    return (first && update == 1) || update <= basisWarmup || update % refreshPeriod == 0;
}

} // namespace psephos::optim
