// SPDX-License-Identifier: GPL-3.0-or-later
// The engine: the textbook's optimizers on LibTorch, for all parameters of a model at once.
// Matrices of one shape are one batched tensor [b,m,n]; everything elementwise is one flat vector.
#pragma once

#include "lab/result.hpp"
#include "optim/config.hpp"
#include "optim/cost.hpp"
#include "optim/engine/insight.hpp"
#include "optim/engine/phases.hpp"
#include "tensor/archive.hpp"
#include "tensor/parameter.hpp"

#include <ATen/core/Tensor.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::optim::engine {

class Group;

/// Learning rates of one step, schedule included.
struct Rates {
    double main = 0.0;      ///< η of the optimizer itself
    double auxiliary = 0.0; ///< η of the AdamW that has what the optimizer does not take
};

/// What a step did, over all parameters.
struct StepReport {
    bool skippedNonfinite = false; ///< a gradient was not finite: nothing changed
    bool refreshed = false;        ///< some preconditioner root or basis was computed anew
    bool refreshFailed = false;    ///< some should have been, but the old one was kept
    double refreshResidual = 0.0; ///< largest ‖B − diag B‖/‖B‖ that a refresh measured, if any
    double gradientNorm = 0.0; ///< of all gradients as given; infinite or NaN where skipped
    double updateNorm = 0.0;   ///< of W_new − W_old, decay included
    double milliseconds = 0.0; ///< wall time of the step: the sum of its phases
    PhaseTimes phases{};       ///< milliseconds by Phase

    [[nodiscard]] double in(Phase phase) const { return phases[static_cast<std::size_t>(phase)]; }
};

/// What phases are told by on a GPU; on a CPU there is no difference.
enum class PhaseTiming {
    Queue, ///< when work was handed out: costs nothing, only the sum is to be trusted
    Device ///< when it was done: each phase waits for the one before
};

/// How parameters are shared out.
struct Routing {
    /// AdamW for embeddings, heads and vectors, which SOAP and Shampoo then leave alone. Without it
    /// they follow the textbook's rule for vectors. Muon always has MuonConfig::aux.
    std::optional<AdamConfig> auxiliary;
};

/// One optimizer for a list of parameters, with all state in the parameters' number type. A step is
/// a pure function of parameters, gradients, state and rates: on a CPU the same inputs give the
/// same bits at a fixed number of threads. Not thread-safe.
class Optimizer {
  public:
    /// Makes an optimizer and moves the parameters' values into its batched storage: the tensors
    /// keep their identity, but what they share with others before is no longer shared.
    /// \param config     hyper-parameters; its learning rates are not used (see Rates)
    /// \param parameters of one number type (float32 or float64) and one device; at least one
    /// \errors an invalid configuration, no parameters, mixed or other number types or devices
    [[nodiscard]] static lab::Result<std::unique_ptr<Optimizer>>
    make(const OptimizerConfig& config, std::span<const tensor::Parameter> parameters,
         const Routing& routing = {});

    ~Optimizer();
    Optimizer(const Optimizer&) = delete;
    Optimizer& operator=(const Optimizer&) = delete;

    /// One step. `gradients` follow the parameters; one that is not defined leaves its parameter
    /// and the parameter's state and step counter alone. Any entry that is not finite in any of
    /// them changes nothing at all and is reported. \errors a number of gradients or a shape other
    /// than the parameters'; LibTorch's own
    [[nodiscard]] lab::Result<StepReport> step(std::span<const at::Tensor> gradients, Rates rates,
                                               PhaseTiming timing = PhaseTiming::Queue);

    /// The rates of a configuration, times a schedule's factor.
    [[nodiscard]] static Rates rates(const OptimizerConfig& config, const Routing& routing = {},
                                     double scheduleFactor = 1.0);

    /// A named part of a parameter's state in the parameter's shape (or its side's), by the
    /// textbook's names: "m", "v", "momentum", "row", "col", "x_eval", "z", "L", "R", "QL", "QR",
    /// "exp_avg_sq", "exp_avg_original_space", "bias_step" ([1]); none where there is no such part.
    [[nodiscard]] std::optional<at::Tensor> state(std::size_t parameter,
                                                  std::string_view name) const;

    /// What is kept of a parameter and what the last step did to it, as views.
    [[nodiscard]] Insight insight(std::size_t parameter) const;

    /// Bytes held, by what they are for.
    [[nodiscard]] MemoryUse memory() const;

    /// Which state there is, in words: equal texts mean that state can be taken over.
    [[nodiscard]] std::string layout() const;

    /// Operations of a step of all parameters, by formula (see costOf()).
    [[nodiscard]] Cost cost() const { return cost_; }

    /// Bytes of state beside parameters and gradients.
    [[nodiscard]] std::size_t stateBytes() const;

    /// Writes the state (not the parameters), every name starting with "optimizer/".
    void save(tensor::Archive& archive) const;

    /// Takes the state over bit for bit where the archive's layout is this one's.
    /// \return false: the archive holds another optimizer's state, nothing was changed
    /// \errors entries missing or of another shape
    [[nodiscard]] lab::Result<bool> restore(const tensor::Archive& archive);

  private:
    friend class EvaluationScope;

    Optimizer();

    struct Place {
        std::size_t group = 0;
        std::size_t member = 0;
    };

    std::vector<std::unique_ptr<Group>> groups_;
    std::vector<Place> places_; ///< by parameter
    std::vector<std::vector<std::int64_t>> shapes_;
    c10::Device device_ = c10::Device(c10::DeviceType::CPU);
    Cost cost_;
};

/// While it lives, the parameters are where the model is to be evaluated: for Schedule-Free at its
/// average, for everybody else where they were. No step, checkpoint or second scope meanwhile.
class EvaluationScope {
  public:
    explicit EvaluationScope(const Optimizer& optimizer);
    ~EvaluationScope();
    EvaluationScope(const EvaluationScope&) = delete;
    EvaluationScope& operator=(const EvaluationScope&) = delete;

  private:
    const Optimizer& optimizer_;
};

} // namespace psephos::optim::engine
