// SPDX-License-Identifier: GPL-3.0-or-later
// Looks at one matrix of a run while it trains, beside the run: it changes none of its numbers.
#pragma once

#include "lab/result.hpp"
#include "lab/run_context.hpp"
#include "optim/engine/optimizer.hpp"
#include "tensor/archive.hpp"
#include "tensor/parameter.hpp"

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace psephos::experiments::train {

/// How the bases of the watched matrix turn and how far they are off, what a step's spectrum is,
/// and how near the second moment is to rank one. Call it off the run's clock.
class Watcher {
  public:
    /// Finds the matrix of the knob `watch`; where that is empty, the largest hidden matrix, which
    /// is the same whoever trains it. \errors no parameter of that name
    lab::Result<void> start(const lab::KnobValues& knobs,
                            std::span<const tensor::Parameter> parameters);

    /// Whether this step's state is shown whole.
    [[nodiscard]] bool isDue(std::int64_t step) const;

    /// Whether anything is ever looked at.
    [[nodiscard]] bool isOn() const { return matrix_ && every_ > 0; }

    /// Before the optimizer's step: keeps the basis that a refresh is about to replace, if its turn
    /// is to be shown.
    /// \return whether the step refreshes, by plan
    bool before(std::int64_t step, const optim::engine::Optimizer& optimizer);

    /// After it: emits what is due. `gradients` are those of the step.
    void after(lab::RunContext& context, const optim::engine::Optimizer& optimizer,
               const optim::engine::StepReport& report, std::span<const at::Tensor> gradients);

    /// Another optimizer goes on with fresh state: what was shown of the former one ends.
    void startAfresh();

    void save(tensor::Archive& archive) const;
    /// Takes over what is there; an older checkpoint without it is no error.
    void restore(const tensor::Archive& archive);

  private:
    using Insight = optim::engine::Insight;
    using Bases = std::array<at::Tensor, 2>; ///< left and right; undefined where there is none

    /// The present bases: the optimizer's own, or the eigenvectors of its roots, computed once a
    /// refresh.
    const Bases& bases(const Insight& insight);
    void showTurn(lab::RunContext& context, const Insight& insight);
    void showResiduals(lab::RunContext& context, const Insight& insight);
    void showMoment(lab::RunContext& context, const Insight& insight);
    /// Averages the squared gradient along the weights' own axes, where the optimizer itself keeps
    /// something else.
    void averageSquares(const Insight& insight, const at::Tensor& gradient);

    std::optional<std::size_t> matrix_; ///< none: nothing is watched
    std::string words_;                 ///< "block0.mlp.up, 256 × 64"
    std::int64_t every_ = 0;
    std::int64_t steps_ = 0;

    std::int64_t lastRefresh_ = 0;
    std::int64_t nextTurn_ = 0; ///< the first step from which a refresh's turn is shown
    bool isAfresh_ = false;
    at::Tensor squares_; ///< EMA of G∘G [rows, cols]; undefined where it is not measured
    Bases replaced_;     ///< while the optimizer steps
    Bases known_;        ///< what bases() answered since the last refresh
    c10::Device device_ = c10::Device(c10::DeviceType::CPU);
};

} // namespace psephos::experiments::train
