// SPDX-License-Identifier: GPL-3.0-or-later
// What the lanes share: where they compute, who keeps the results, and who else is busy.
#pragma once

#include "lab/check.hpp"
#include "lab/experiment.hpp"
#include "lab/lanes/run_keeper.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace psephos::lab {

/// Counts who computes, so that a run can say that it was not alone. Thread-safe.
class LaneActivity {
  public:
    /// One stretch of work of one lane.
    class Stretch {
      public:
        explicit Stretch(LaneActivity& activity)
            : activity_(activity)
            , others_(activity.busy_.fetch_add(1) > 0)
            , begun_(activity.begun_.fetch_add(1) + 1) {}

        ~Stretch() { activity_.busy_.fetch_sub(1); }

        Stretch(const Stretch&) = delete;
        Stretch& operator=(const Stretch&) = delete;

        /// Whether another lane computed since this stretch began.
        [[nodiscard]] bool wasShared() const { return others_ || activity_.begun_ != begun_; }

      private:
        LaneActivity& activity_;
        bool others_;
        std::uint64_t begun_;
    };

  private:
    std::atomic<int> busy_{0};
    std::atomic<std::uint64_t> begun_{0};
};

/// Wakes those who wait for a run to change its state.
class StateBell {
  public:
    void ring() {
        const std::lock_guard lock(mutex_);
        ++rung_;
        condition_.notify_all();
    }

    /// Returns once `done` answers true or `stop` does; both are asked after each change, `stop`
    /// also fifty times a second.
    void wait(const std::function<bool()>& done, const std::function<bool()>& stop);

  private:
    std::mutex mutex_;
    std::condition_variable condition_;
    std::uint64_t rung_ = 0;
};

/// Makes computations, opening their module where that is allowed.
class ComputationSource {
  public:
    ComputationSource(Registry& registry, CheckRegistry& checks, bool openModulesOnDemand)
        : registry_(registry)
        , checks_(checks)
        , openModulesOnDemand_(openModulesOnDemand) {}

    /// What the experiment waits for ("LibTorch is loading"); empty when create() may be called.
    [[nodiscard]] std::string waitingFor(const Description& description) const;
    [[nodiscard]] Result<std::unique_ptr<Computation>> create(const Description& description) const;
    /// The module could not be opened: its experiments fail with these words instead of waiting.
    void setFailed(const std::string& module, Error error);

  private:
    Registry& registry_;
    CheckRegistry& checks_;
    bool openModulesOnDemand_;
    mutable std::mutex mutex_; ///< guards failed_
    std::vector<std::pair<std::string, Error>> failed_;
};

/// What a lane works with; outlives it.
struct LaneTools {
    const ComputationSource& source;
    RunKeeper& keeper;
    LaneActivity& activity;
    StateBell& bell;
};

} // namespace psephos::lab
