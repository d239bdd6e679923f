// SPDX-License-Identifier: GPL-3.0-or-later
// What Shampoo's and SOAP's groups have in common.
#pragma once

#include "optim/engine/group.hpp"

#include <chrono>

namespace psephos::optim::engine {

/// Whether a side of length `side` beside one of length `other` gets a factor of its own.
template <typename Config>
[[nodiscard]] bool hasFactor(const Config& config, std::int64_t side, std::int64_t other) {
    return side > 1 && side <= config.maxPreconditionerDim && (other > 1 || config.precondition1d);
}

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
