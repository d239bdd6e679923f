// SPDX-License-Identifier: GPL-3.0-or-later
// Hunts that were left, so that they go on where they stopped.
#pragma once

#include "choice/counterexample_hunt.hpp"

#include <list>
#include <mutex>
#include <optional>

namespace psephos::experiments {

/// A knob that a hunt does not depend on (how much of the change is shown) ends the run that hunts;
/// the next one takes the hunt from here. A hunt finds the same in whatever pieces it is done, so
/// nothing but time depends on the shelf. Thread-safe.
class HuntShelf {
  public:
    struct Hunt {
        choice::HuntOptions options;
        choice::CounterexampleHunt hunt;
        bool isOver = false;
    };

    /// The hunt that was put back with these options, else a new one.
    [[nodiscard]] Hunt take(const choice::HuntOptions& options);
    void put(Hunt hunt);

  private:
    static constexpr std::size_t kMost = 16;
    std::mutex mutex_;
    std::list<Hunt> hunts_; ///< guarded; newest first
};

} // namespace psephos::experiments
