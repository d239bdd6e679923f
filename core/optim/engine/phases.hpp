// SPDX-License-Identifier: GPL-3.0-or-later
// Where a step's time goes: a stopwatch that is always in exactly one phase.
#pragma once

#include "tensor/device.hpp"

#include <c10/core/Device.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace psephos::optim::engine {

/// What a step does, by the names of its cost model.
enum class Phase : std::uint8_t {
    Gram,          ///< averages of GGᵀ and GᵀG
    Project,       ///< Q_LᵀGQ_R, or Shampoo's P_LMP_R
    Elementwise,   ///< moments, quotients, the step itself
    ProjectBack,   ///< Q_LNQ_Rᵀ
    Refresh,       ///< bases or inverse roots, what is carried over included
    Orthogonalise, ///< Muon's Newton–Schulz iteration or SVD
    Other,         ///< gathering gradients, checking and reporting
};

inline constexpr std::size_t kPhases = 7;

/// Milliseconds by Phase.
using PhaseTimes = std::array<double, kPhases>;

/// Every moment between start and stop() belongs to one phase, so that they add up to the whole.
/// A change of phase costs one reading of the clock (some 25 ns).
class PhaseClock {
  public:
    /// Starts in Phase::Other. With `waits` each change first waits until the device has done what
    /// was handed to it: on a GPU, without it, phases tell who hands out work, not who computes.
    explicit PhaseClock(c10::Device device = c10::Device(c10::DeviceType::CPU), bool waits = false)
        : device_(device)
        , waits_(waits && device.is_cuda()) {}

    /// \return the phase until now
    Phase enter(Phase phase) {
        if (waits_) {
            tensor::synchronize(device_);
        }
        const Clock::time_point now = Clock::now();
        const std::chrono::duration<double, std::milli> passed = now - since_;
        times_[static_cast<std::size_t>(current_)] += passed.count();
        since_ = now;
        return std::exchange(current_, phase);
    }

    /// The times so far.
    [[nodiscard]] const PhaseTimes& stop() {
        enter(Phase::Other);
        return times_;
    }

  private:
    using Clock = std::chrono::steady_clock;
    c10::Device device_;
    bool waits_ = false;
    Phase current_ = Phase::Other;
    Clock::time_point since_ = Clock::now();
    PhaseTimes times_{};
};

/// A phase as long as it lives; then the one before goes on.
class PhaseScope {
  public:
    PhaseScope(PhaseClock& clock, Phase phase)
        : clock_(clock)
        , before_(clock.enter(phase)) {}

    ~PhaseScope() { clock_.enter(before_); }

    PhaseScope(const PhaseScope&) = delete;
    PhaseScope& operator=(const PhaseScope&) = delete;

  private:
    PhaseClock& clock_;
    Phase before_;
};

} // namespace psephos::optim::engine
