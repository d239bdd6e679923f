// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/schedule.hpp"

#include <doctest/doctest.h>

using namespace psephos;
using tasks::Schedule;
using tasks::ScheduleKind;

TEST_CASE("schedule_warmup_risesToOne") {
    for (const auto kind : {ScheduleKind::Constant, ScheduleKind::Linear, ScheduleKind::Cosine}) {
        const Schedule schedule{kind, 100, 10, 0.1};
        CHECK(schedule.factor(1) == doctest::Approx(0.1));
        CHECK(schedule.factor(5) == doctest::Approx(0.5));
        CHECK(schedule.factor(10) == 1.0);
    }
}

TEST_CASE("schedule_descent_endsAtItsFloorAndStaysThere") {
    for (const auto kind : {ScheduleKind::Linear, ScheduleKind::Cosine}) {
        const Schedule schedule{kind, 100, 10, 0.1};
        CHECK(schedule.factor(100) == doctest::Approx(0.1));
        CHECK(schedule.factor(101) == schedule.factor(100));
        CHECK(schedule.factor(100000) == schedule.factor(100));
        for (int step = 11; step <= 100; ++step) {
            CHECK(schedule.factor(step) < schedule.factor(step - 1));
        }
        CHECK(schedule.factor(55) == doctest::Approx(0.55));
    }
}

TEST_CASE("schedule_constant_staysAtOne") {
    const Schedule schedule{ScheduleKind::Constant, 50, 0, 0.1};
    CHECK(schedule.factor(1) == 1.0);
    CHECK(schedule.factor(1000) == 1.0);
}

TEST_CASE("schedule_oddLengths_areFinite") {
    CHECK(Schedule{ScheduleKind::Cosine, 1, 0, 0.0}.factor(1) == doctest::Approx(0.0));
    CHECK(Schedule{ScheduleKind::Linear, 5, 10, 0.5}.factor(3) == doctest::Approx(0.3));
    CHECK(Schedule{ScheduleKind::Linear, 5, 10, 0.5}.factor(20) == doctest::Approx(0.5));
    CHECK(Schedule{ScheduleKind::Linear, 5, 5, 0.5}.factor(6) == doctest::Approx(0.5));
}
