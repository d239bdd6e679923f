// SPDX-License-Identifier: GPL-3.0-or-later
// How fast lotteries and ratings are found.
#pragma once

#include "lab/check.hpp"

namespace psephos::choice {

/// Registers the benchmarks of the area `voting`: maximal lotteries of Gaussian margins by the
/// central path and, for reference, by linear programs, each with its size, solver, median and
/// least milliseconds, largest gap and repetitions; a sweep of robust lotteries; and 10,000 games
/// of 50 candidates at once on the device `cuda`, a hundred of them by the host twin on `cpu`.
void registerBenchmarks(lab::CheckRegistry& registry);

/// Registers the benchmarks of ratings: Bradley-Terry with 100 bootstraps from a CSV of 2 million
/// battles between 150 candidates, from the file to the table, by two threads (or as many as the
/// options say); and 10,000 replicates of 150 candidates at once on the device `cuda`, a hundred of
/// them by the host twin on `cpu`.
void registerRatingBenchmarks(lab::CheckRegistry& registry);

/// The same for voting rules: Kemeny with 15 and 20 candidates in one tier, the quick rules
/// together, Plackett-Luce and Stable Voting.
void registerRuleBenchmarks(lab::CheckRegistry& registry);

} // namespace psephos::choice
