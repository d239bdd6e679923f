// SPDX-License-Identifier: GPL-3.0-or-later
// How fast files of votes are read.
#pragma once

#include "lab/check.hpp"

namespace psephos::ballots {

/// Registers a benchmark of the area `voting`: a CSV and a JSONL of 2 million battles between 150
/// candidates, written to a temporary folder off the clock, read by two threads (or as many as the
/// options say). Each answers its rows, megabytes, threads, median milliseconds, median and most
/// megabytes a second, and repetitions.
void registerBenchmarks(lab::CheckRegistry& registry);

} // namespace psephos::ballots
