// SPDX-License-Identifier: GPL-3.0-or-later
// Cohorts: runs that differ in nothing but the seed, and what they say together.
#pragma once

#include "lab/run.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::lab {

/// Runs of one comparison that would be the same run but for the seed.
struct Cohort {
    std::string name; ///< of its runs, without the seed
    std::vector<RunPtr> runs;
};

/// Whether two runs may be one cohort: experiment, device and all knobs are equal, the knob `apart`
/// (may be empty) aside.
[[nodiscard]] bool sameButSeed(const RunScenario& one, const RunScenario& other,
                               std::string_view apart = {});

/// The runs in cohorts, both in the order given. A fork is a cohort of its own. With `apart`, runs
/// that differ in this knob are together too, and the name does not tell it.
[[nodiscard]] std::vector<Cohort> cohortsOf(std::span<const RunPtr> runs,
                                            std::string_view apart = {});

/// Median and quartiles.
struct Spread {
    double low = 0;    ///< first quartile
    double median = 0; ///< all three may be infinite
    double high = 0;   ///< third quartile
    std::size_t count = 0;

    /// Whether the quartiles' intervals have a point in common.
    [[nodiscard]] bool overlaps(const Spread& other) const;
};

/// The p-quantile of values in any order, between neighbours on a straight line (Hyndman and Fan's
/// seventh definition). A value that is not a number counts as infinitely large: a run without a
/// result is worse than any with one. \param values at least one \param p in [0, 1]
[[nodiscard]] double quantile(std::vector<double> values, double p);
/// The 1/4, 1/2 and 3/4-quantile. \param values at least one
[[nodiscard]] Spread spreadOf(const std::vector<double>& values);

/// What a run's progress is counted in: steps, compute seconds, or what one of its scalar channels
/// has come to (operations, bytes).
struct Clock {
    enum class Kind { Step, Seconds, Channel };

    Kind kind = Kind::Step;
    std::string channel; ///< of kind Channel

    friend bool operator==(const Clock&, const Clock&) = default;
};

/// The clock's reading at a sample of the run; none where its channel has said nothing by then.
[[nodiscard]] std::optional<double> readingAt(const History& history, const Clock& clock,
                                              const Sample& sample);

/// A cohort at one step.
struct CohortPoint {
    std::int64_t step = 0;
    double clock = 0; ///< median of the runs' readings
    Spread value;     ///< of those runs that have a sample at this step
};

/// The cohort on a scalar channel, in order of step, up to `lastStep`: a point at every step at
/// which each of its runs that have come so far has a sample. A run counts as infinitely large from
/// where it diverged.
[[nodiscard]] std::vector<CohortPoint> pointsOf(const Cohort& cohort, std::string_view channel,
                                                const Clock& clock, std::int64_t lastStep);

/// The clock's reading at each run's first sample at or below the target; infinite where a run has
/// none up to `lastStep` or has diverged by then. None for a cohort without samples.
[[nodiscard]] std::optional<Spread> reached(const Cohort& cohort, std::string_view channel,
                                            const Clock& clock, double target,
                                            std::int64_t lastStep);

} // namespace psephos::lab
