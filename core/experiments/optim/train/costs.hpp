// SPDX-License-Identifier: GPL-3.0-or-later
// What a step of a run costs: time by phase beside the least that it could take, and memory.
#pragma once

#include "lab/run_context.hpp"
#include "optim/engine/optimizer.hpp"
#include "tensor/archive.hpp"
#include "tensor/parameter.hpp"

#include <c10/core/Device.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace psephos::experiments::train {

/// Averages over the steps so far, refreshes in the proportion in which they happened. Call it off
/// the run's clock.
class Costs {
  public:
    /// By what the optimizer's next step shall tell its phases. On a GPU only steps that are shown
    /// and refreshes now and then wait for each phase; on a CPU every step is measured anyway.
    [[nodiscard]] optim::engine::PhaseTiming timingOf(bool isDue, bool refreshesNext,
                                                      c10::Device device) const;

    /// Counts a step in.
    void add(double gradientMilliseconds, const optim::engine::StepReport& report, bool isMeasured);

    /// Emits the mean step and the memory. `floor`: measured here for these sizes when first asked
    /// for in this process, some hundredths of a second.
    void show(lab::RunContext& context, const optim::engine::Optimizer& optimizer,
              std::span<const tensor::Parameter> parameters);

    /// Another optimizer goes on.
    void startAfresh() { *this = {}; }

    void save(tensor::Archive& archive) const;
    void restore(const tensor::Archive& archive);

  private:
    static constexpr std::size_t kRows = optim::engine::kPhases + 1; ///< the gradient is the last

    /// Of steps with or without a refresh.
    struct Sums {
        std::array<double, kRows> milliseconds{};
        double measured = 0; ///< steps in these sums
        double all = 0;      ///< steps
    };

    [[nodiscard]] std::array<double, kRows> mean() const;
    /// By phase; NaN where no floor is known.
    [[nodiscard]] std::array<double, kRows>
    floor(const optim::engine::Optimizer& optimizer,
          std::span<const tensor::Parameter> parameters) const;

    std::array<Sums, 2> sums_; ///< without and with a refresh
};

/// Bytes of gradient and state by the papers' formula for these parameters; none for an optimizer
/// for which none is given. Source: 2409.11321 §7.2.
[[nodiscard]] std::optional<double> formulaBytes(const optim::engine::Optimizer& optimizer,
                                                 std::span<const tensor::Parameter> parameters);

} // namespace psephos::experiments::train
