// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace psephos::tasks {

double Schedule::factor(std::int64_t step) const {
    if (step <= warmup) {
        return static_cast<double>(step) / static_cast<double>(warmup);
    }
    if (kind == ScheduleKind::Constant) {
        return 1.0;
    }
    // The first step after the warm-up still has factor 1 (nearly), step `length` has the floor.
    const double span = static_cast<double>(std::max<std::int64_t>(1, length - warmup));
    const double done = std::min(1.0, static_cast<double>(step - warmup) / span);
    const double left =
        kind == ScheduleKind::Linear ? 1.0 - done : 0.5 * (1.0 + std::cos(std::numbers::pi * done));
    return floor + (1.0 - floor) * left;
}

} // namespace psephos::tasks
