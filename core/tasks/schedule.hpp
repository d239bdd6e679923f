// SPDX-License-Identifier: GPL-3.0-or-later
// Learning-rate schedules as factors of the learning rate.
#pragma once

#include <cstdint>

namespace psephos::tasks {

enum class ScheduleKind { Constant, Linear, Cosine };

/// A linear warm-up to 1, then constant, or a descent to `floor` at step `length`. After its end a
/// schedule stays at its last value: a run that is extended goes on at that.
struct Schedule {
    ScheduleKind kind = ScheduleKind::Constant;
    std::int64_t length = 1; ///< steps that it was made for, >= 1
    std::int64_t warmup = 0; ///< steps of it that warm up
    double floor = 0.1;      ///< last factor of Linear and Cosine, in [0,1]

    /// The factor of a step (from 1), in (0,1] for floor > 0.
    [[nodiscard]] double factor(std::int64_t step) const;
};

} // namespace psephos::tasks
