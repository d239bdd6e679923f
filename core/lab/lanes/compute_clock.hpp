// SPDX-License-Identifier: GPL-3.0-or-later
// A clock that counts only a run's own compute.
#pragma once

#include <chrono>

namespace psephos::lab {

/// Monotonic seconds, counted while started and not paused. Not thread-safe: a run's lane owns it.
class ComputeClock {
  public:
    void start();
    void stop();
    /// Seconds counted so far, the running stretch included.
    [[nodiscard]] double seconds() const;
    /// Sets the reading; used when a run is continued.
    void set(double seconds);

    /// Stops the clock until destroyed; pauses nest.
    class Pause {
      public:
        explicit Pause(ComputeClock& clock);
        ~Pause();
        Pause(const Pause&) = delete;
        Pause& operator=(const Pause&) = delete;

      private:
        ComputeClock& clock_;
        bool wasRunning_;
    };

    [[nodiscard]] Pause pause() { return Pause(*this); }

  private:
    using Clock = std::chrono::steady_clock;
    double counted_ = 0;
    bool running_ = false;
    Clock::time_point since_{};
};

} // namespace psephos::lab
