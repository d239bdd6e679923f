// SPDX-License-Identifier: GPL-3.0-or-later
// What Shampoo's and SOAP's groups have in common.
#pragma once

#include "optim/engine/group.hpp"

#include <chrono>

namespace psephos::optim::engine {

/// Adds the time of its scope to the report's refresh time.
class RefreshTimer {
  public:
    explicit RefreshTimer(GroupReport& report)
        : report_(report) {}

    ~RefreshTimer() {
        const std::chrono::duration<double, std::milli> passed = Clock::now() - start_;
        report_.refreshMilliseconds += passed.count();
    }

    RefreshTimer(const RefreshTimer&) = delete;
    RefreshTimer& operator=(const RefreshTimer&) = delete;

  private:
    using Clock = std::chrono::steady_clock;
    GroupReport& report_;
    Clock::time_point start_ = Clock::now();
};

} // namespace psephos::optim::engine
